"""Two pages of coordination as they are seen: accessible, and no wider than a telephone."""

from __future__ import annotations

from tests.conftest import OpenPage
from tests.signed import sign_in
from tests.web.looks import NARROW, listen, violations, width_of

COORDINATOR = "animateur@example.org"
PATHS = ("/coordination", "/coordination/parcours")


async def test_they_are_accessible_and_fit(browser_page: OpenPage) -> None:
    async with browser_page(width=NARROW[0]) as page:
        heard = listen(page)
        await sign_in(page, COORDINATOR)
        for path in PATHS:
            answer = await page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            assert await page.locator("h1").count() == 1
            assert await violations(page) == [], path
            assert await width_of(page) == NARROW[0], path
        assert heard == []
