"""The editor of opening hours, sessions and posts in a browser: wide and narrow, with a keyboard, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from graph.store.unit import Graph
from tests import make
from tests.web.keepers import served
from tests.web.looks import Scheme, listen, violations, width_of
from tests.web.test_hours_pages import HOURS, POSTS, SESSIONS, STORED, hours, told
from tests.windows import OpenPage, Windows

__all__ = ["told"]


@pytest.fixture(scope="module")
def window(browser: Browser) -> OpenPage:
    return Windows(browser).open


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        (HOURS, 380, "dark"),
        (f"{HOURS}?d0.0.de=25:00&d0.0.a=12:00&e0.du=&r0.rythme=1&faire=voir", 1280, "light"),
        (SESSIONS, 380, "light"),
        (f"{SESSIONS}/nouvelle", 380, "light"),
        (POSTS, 380, "dark"),
        (f"{POSTS}/t:hotel", 1280, "light"),
    ],
)
async def test_each_page_is_accessible_and_fits(
    window: OpenPage, told: Graph, path: str, width: int, scheme: Scheme
) -> None:
    async with served(told, make.viewer()) as address, window(width=width) as page:
        await page.emulate_media(color_scheme=scheme)
        heard = listen(page)
        await page.goto(address + path)
        assert await violations(page) == []
        assert await width_of(page) == width
        assert heard == []


async def test_rows_are_added_and_previewed_without_leaving_the_page(window: OpenPage, told: Graph) -> None:
    async with served(told, make.viewer()) as address, window() as page:
        await page.goto(address + HOURS)
        await page.get_by_role("button", name="Ajouter une plage Lundi").press("Enter")
        added = page.locator("[id='d0.1.de']")
        await expect(added).to_be_focused()
        await added.fill("14:00")
        await page.locator("[id='d0.1.a']").fill("17:00")
        await page.locator("[id='d0.1.note']").fill("sur rendez-vous")
        await page.keyboard.press("Tab")
        await expect(page.locator("#apercu")).to_contain_text("sur rendez-vous")
        assert page.url == address + HOURS
        assert await hours(told) == STORED
        await page.get_by_role("button", name="Enregistrer les horaires").press("Enter")
        await expect(page.get_by_text("Horaires enregistrés.")).to_be_visible()
        assert await hours(told) == ('Mo 09:00-12:00, Mo 14:00-17:00 "sur rendez-vous"; Tu-Fr 09:00-12:00; PH off')
        await page.get_by_role("button", name="Annuler ce changement").click()
        await expect(page.get_by_text("Changement annulé.")).to_be_visible()
        assert await hours(told) == STORED


async def test_the_return_key_and_the_buttons_work_without_scripts(window: OpenPage, told: Graph) -> None:
    async with served(told, make.viewer()) as address, window(javascript=False) as page:
        await page.goto(address + HOURS)
        await page.get_by_role("button", name="Copier le lundi partout").click()
        await expect(page.locator("#apercu")).to_contain_text("tous les jours")
        # The return key shows, and writes nothing.
        await page.locator("[id='d0.0.note']").fill("accueil B")
        await page.keyboard.press("Enter")
        await expect(page.locator("#apercu")).to_contain_text("accueil B")
        assert await hours(told) == STORED
        await page.get_by_role("button", name="Enregistrer les horaires").click()
        await expect(page.get_by_text("Horaires enregistrés.")).to_be_visible()
        assert await hours(told) == 'Mo 09:00-12:00 "accueil B"; Tu-Su 09:00-12:00; PH off'
