"""A request between two houses in a real browser: from a result to the answer, accessible, narrow, by keyboard, without script."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.async_api import Page, expect

from tests.conftest import OpenPage
from tests.signed import sign_in
from tests.web.looks import listen, violations, width_of

SEARCH = "/chercher?q=impay%C3%A9s+de+loyer&ou=Besan%C3%A7on"
TO = "demo:ccas-besancon||"
NAME = "Jeanne Essai"


async def looked_at(page: Page, width: int, heard: list[str]) -> None:
    for details in await page.locator("main details").all():
        await details.evaluate("one => { one.open = true; }")
    assert await violations(page) == []
    assert await width_of(page) == width
    assert heard == []


async def test_from_a_result_to_an_answer(browser_page: OpenPage) -> None:
    """The sender by day and wide, the receiver by night and narrow."""
    async with browser_page() as page:
        heard = listen(page)
        await sign_in(page, "travailleuse.sociale", "/aide")
        await page.goto(SEARCH)
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("o")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Orienter")
        await page.goto(f"/passer?genre=refer&c=logement-hebergement--reduire-les-impayes-de-loyer&vers={TO}")
        await looked_at(page, 1280, heard)
        await page.get_by_label("Nom").fill(NAME)
        await page.get_by_role("button", name="Ouvrir le dossier").click()
        await page.get_by_label("Pour quoi faire").fill("Éviter l’expulsion")
        await looked_at(page, 1280, heard)
        await page.get_by_role("button", name="Voir ce que le destinataire lira").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("Avant d’envoyer")
        await expect(page.locator(".preview")).to_contain_text(NAME)
        await looked_at(page, 1280, heard)
        await page.get_by_role("button", name="Envoyer").click()
        await expect(page.locator(".handed__state")).to_contain_text("Envoyée")
        await looked_at(page, 1280, heard)
        here = urlsplit(page.url).path
    async with browser_page(width=380) as page:
        heard = listen(page)
        await page.emulate_media(color_scheme="dark")
        await sign_in(page, "referente.ccas", "/mes-actions")
        await expect(page.locator(".owed__item").filter(has_text=NAME)).to_contain_text("Répondre à la demande")
        # Told by the events of the subscription.
        await expect(page.locator("[data-owed]")).to_have_text(re.compile(r"\(\d+\)"))
        await looked_at(page, 380, heard)
        await page.goto(here)
        await looked_at(page, 380, heard)
        await page.get_by_role("button", name="Accepter", exact=True).click()
        await expect(page.locator(".handed__state")).to_contain_text("Acceptée")
        # With the forms of moments and of a take-over.
        await looked_at(page, 380, heard)
        await expect(page.get_by_role("button", name="Proposer ces moments")).to_be_visible()
        await expect(page.get_by_role("button", name="Proposer de reprendre")).to_be_visible()


async def test_the_choice_of_a_relay_and_an_ordered_measure_fit(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        heard = listen(page)
        await sign_in(page, "travailleuse.sociale", "/aide")
        # Beside all the doors of the head, the words of the box can be read.
        box = page.locator(".quick input")
        assert await box.evaluate("one => one.clientWidth") > 180
        await page.set_viewport_size({"width": 380, "height": 900})
        await page.goto(f"/passer?genre=refer&c=logement-hebergement--reduire-les-impayes-de-loyer&vers={TO}")
        await page.get_by_label("Nom").fill(NAME)
        await page.get_by_role("button", name="Ouvrir le dossier").click()
        await expect(page.get_by_label("Pour quoi faire")).to_be_visible()
        await looked_at(page, 380, heard)
        await expect(page.get_by_label("Autorité et date de la décision")).to_be_visible()
        await page.goto(f"{urlsplit(page.url).path}?q=impay%C3%A9s+de+loyer&ou=Besan%C3%A7on")
        await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^Vers qui"))
        await expect(page.get_by_role("link", name=re.compile("^Passer à ce relais")).first).to_be_visible()
        await looked_at(page, 380, heard)


async def test_without_javascript_a_request_is_answered(browser_page: OpenPage) -> None:
    async with browser_page(javascript=False, width=380) as page:
        await sign_in(page, "travailleuse.sociale", "/aide")
        await page.goto(f"/passer?genre=refer&c=droits-et-prestations--rsa&vers={TO}")
        await page.get_by_role("button", name="Ouvrir le dossier").click()
        await page.get_by_label("Pour quoi faire").fill("Ouvrir ses droits")
        await page.get_by_role("button", name="Voir ce que le destinataire lira").click()
        await page.get_by_role("button", name="Envoyer").click()
        here = urlsplit(page.url).path
    async with browser_page(javascript=False) as page:
        await sign_in(page, "referente.ccas", here)
        await page.locator("summary", has_text="Refuser").click()
        form = page.locator("details", has=page.locator("summary", has_text="Refuser"))
        await form.get_by_label("Motif", exact=True).select_option("no_capacity")
        await form.get_by_role("button", name="Refuser").click()
        await expect(page.locator(".handed__state")).to_contain_text("Refusée")
        await expect(page.locator("main")).to_contain_text("Il reste cette trace")
