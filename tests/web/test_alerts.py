"""The pages of kept searches: saved from the results without a word of them, run again, taken away, told and not told."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.signed import sign_in, signed_in
from tests.web.looks import violations, width_of
from tests.windows import OpenPage

WHO = "travailleuse.sociale"
ANSWER = "/chercher?q=impay%C3%A9s+de+loyer+de+Madame+Untel&ou=Besan%C3%A7on"


async def test_from_the_results_to_the_list_and_back(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await sign_in(page, WHO, "/alertes")
        await expect(page.get_by_text("Vos recherches viendront ici")).to_be_visible()
        await page.goto(ANSWER)
        await page.get_by_role("button", name="Enregistrer cette recherche").click()
        await expect(page.get_by_text("Recherche enregistrée.")).to_be_visible()
        assert "Untel" not in await page.content()
        await page.get_by_label("Courriel quand un relais apparaît").select_option("weekly")
        await page.get_by_role("button", name="Enregistrer le rythme").click()
        await expect(page.get_by_label("Courriel quand un relais apparaît")).to_have_value("weekly")
        await page.locator("summary", has_text="Renommer").click()
        await page.get_by_label("Nom").fill("Mon secteur")
        await page.get_by_role("button", name="Renommer").click()
        # The page that the form leads to is there before it is looked at.
        await expect(page.get_by_role("link", name="Mon secteur")).to_be_visible()
        assert await width_of(page) == 380
        await page.get_by_role("link", name="Mon secteur").click()
        await expect(page.get_by_role("heading", level=2, name=re.compile("relais"))).to_be_visible()
        await page.goto("/alertes")
        await page.locator("summary", has_text="Renommer").click()
        await page.get_by_role("button", name="Supprimer cette recherche").click()
        await page.get_by_role("button", name="Annuler").click()
        await expect(page.get_by_role("link", name="Mon secteur")).to_be_visible()
        await page.locator("summary", has_text="Renommer").click()
        await page.get_by_role("button", name="Supprimer cette recherche").click()
        await expect(page.get_by_text("Vos recherches viendront ici")).to_be_visible()


async def test_the_list_is_accessible(browser_page: OpenPage) -> None:
    async with browser_page(width=380) as page:
        await sign_in(page, WHO, ANSWER)
        await page.goto(ANSWER)
        await page.get_by_role("button", name="Enregistrer cette recherche").click()
        await page.locator("summary", has_text="Renommer").click()
        assert await violations(page) == []
        await page.get_by_role("button", name="Supprimer cette recherche").click()
        await expect(page.get_by_text("Recherche supprimée.")).to_be_visible()


async def test_visitors_save_nothing(site: str, browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto(ANSWER)
        await expect(page.get_by_role("button", name="Enregistrer cette recherche")).to_have_count(0)
    async with signed_in(site, WHO) as client:
        assert (await client.post("/alertes", data={"c": "", "lieu": "25056", "ou": "x"})).status_code == 422
        assert (await client.get("/alertes/arret/none/none")).status_code == 404
        assert "Vos recherches viendront ici" in (await client.get("/alertes")).text
