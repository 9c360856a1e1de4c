"""Reports and agreements in a browser: accessible, no wider than a telephone, fit to print."""

from __future__ import annotations

from tests.conftest import OpenPage
from tests.signed import sign_in
from tests.web.looks import NARROW, listen, violations, width_of

PATHS = (
    "/rapports",
    "/rapports/activite",
    "/rapports/obligations",
    "/rapports/accueil",
    "/rapports/besoins",
    "/rapports/reseau",
    "/equipe/activite",
    "/coordination/conventions",
)


async def test_its_pages_are_accessible_and_fit(browser_page: OpenPage) -> None:
    async with browser_page(width=NARROW[0]) as page:
        heard = listen(page)
        await sign_in(page, "responsable.cms")
        for path in PATHS:
            answer = await page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert await violations(page) == [], path
            assert await width_of(page) <= NARROW[0], path
        await page.locator(".reports__title a").first.click()
        assert await violations(page) == []
        await page.emulate_media(media="print")
        assert not await page.locator("form.reports__period").first.is_visible()
        assert heard == []
