"""Two pages of coordination as they are seen: accessible, and no wider than a telephone; a click leads to the files."""

from __future__ import annotations

from tests.conftest import OpenPage
from tests.signed import sign_in
from tests.web.looks import NARROW, listen, violations, width_of

COORDINATOR, HEAD = "animateur@example.org", "responsable.cms"
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


async def test_a_click_on_a_picture_leads_where_its_table_does(browser_page: OpenPage) -> None:
    async with browser_page(width=NARROW[0]) as page:
        heard = listen(page)
        await sign_in(page, HEAD)
        for path in ("/coordination/delais?vue=service", "/coordination/parcours?vue=service"):
            await page.goto(path)
            assert await width_of(page) == NARROW[0], path
        table = await page.locator(".figure__table a").evaluate_all("some => some.map(one => one.getAttribute('href'))")
        band = page.locator(".pic__band[data-to]").first
        to = await band.get_attribute("data-to")
        assert to in table
        await band.click()
        await page.wait_for_url(f"**{to}")
        assert await page.locator(".dossiers > li").count() > 0
        assert await violations(page) == []
        assert await width_of(page) == NARROW[0]
        await page.locator(".chip__away").first.click()
        assert await page.locator(".chip").count() == 1
        assert heard == []
