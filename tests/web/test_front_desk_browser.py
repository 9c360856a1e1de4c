"""The front desk in a browser: by the keyboard alone, without JavaScript, narrow, accessible, on paper."""

from __future__ import annotations

import re
from datetime import datetime

from playwright.async_api import expect

from search.hours import PARIS
from tests.conftest import OpenPage
from tests.signed import sign_in
from tests.web.looks import listen, violations, width_of

WHO = "travailleuse.sociale"


async def test_a_contact_by_the_keyboard_alone(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        heard = listen(page)
        await sign_in(page, WHO, "/accueil")
        await page.get_by_role("radio", name="Accueil").focus()
        await page.keyboard.press("Tab")
        await page.keyboard.type("Un vo")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Besançon")
        for _ in range(4):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.name") == "mots":
                break
        await page.keyboard.type("impayés de loyer")
        await expect(page.get_by_role("checkbox", name=re.compile("impayés de loyer"))).to_be_checked()
        assert await violations(page) == []
        await page.keyboard.press("Alt+r")
        await expect(page.get_by_text("Contact noté.")).to_be_visible()
        await expect(page.locator("#fait")).to_contain_text("Un voisin")
        await expect(page.get_by_role("heading", name=re.compile("Aujourd’hui"))).to_contain_text("contact")
        assert heard == []


async def test_danger_takes_one_key_and_keeps_what_was_typed(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await sign_in(page, WHO, "/accueil")
        words = page.locator("#mots")
        await words.fill("il est tombé")
        await expect(page.locator("[data-danger]")).to_be_hidden()
        await words.press("Alt+d")
        await expect(page.locator("[data-danger]")).to_be_focused()
        await expect(page.get_by_role("link", name="15", exact=True)).to_be_in_viewport()
        await expect(words).to_have_value("il est tombé")
        await page.goto("/accueil")
        await page.locator("#mots").fill("il veut se suicider")
        await expect(page.get_by_role("heading", name=re.compile("appelez d’abord"))).to_be_visible()


async def test_from_a_contact_to_what_follows_without_javascript(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await sign_in(page, WHO, "/accueil")
        assert await width_of(page) == 380
        await page.locator("#mots").fill("impayés de loyer")
        await page.locator("#ou").fill("Besançon")
        await page.get_by_role("button", name="Lire").click()
        await expect(page.locator("input[name=c]").first).to_be_checked()
        await page.get_by_role("button", name="Enregistrer et poursuivre").click()
        await expect(page.get_by_role("heading", name="Trouver un relais")).to_be_visible()
        assert await width_of(page) == 380
        await page.get_by_role("button", name=re.compile("^Orienter vers")).first.click()
        await expect(page.locator(".desk__sequels")).to_contain_text("Orienté")
        await page.get_by_role("button", name="Annuler ce contact").click()
        await expect(page.get_by_text("Contact annulé.")).to_be_visible()
        await page.get_by_role("button", name="Rétablir").click()
        await expect(page.get_by_role("button", name="Annuler ce contact")).to_be_visible()


async def test_the_pages_are_accessible_and_fit(browser_page: OpenPage) -> None:
    async with browser_page(width=380) as page:
        await page.emulate_media(color_scheme="dark")
        await sign_in(page, WHO, "/accueil")
        await page.locator("#mots").fill("impayés de loyer")
        await page.get_by_role("button", name="Enregistrer et poursuivre").click()
        await page.get_by_text("Ouvrir un dossier, ou garder une veille").click()
        assert (await violations(page), await width_of(page)) == ([], 380)
        for path in (f"/accueil/rapport/{datetime.now(PARIS):%Y-%m}", "/accueil/transitoires"):
            await page.goto(path)
            assert (await violations(page), await width_of(page)) == ([], 380), path
