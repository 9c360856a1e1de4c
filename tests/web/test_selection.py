"""The short list: kept in its address, printed, sent, and silent about the person."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2
import pytest
from playwright.async_api import expect

from api.web.chosen import MOST_KEPT, selection_path
from api.web.selection_view import selection
from graph.model.directory import Contact, Public
from search.hours import PARIS
from tests import make
from tests.web.looks import Scheme, in_turn, looked_at, violations, width_of
from tests.web.test_pages import addresses, get, names, text
from tests.windows import OpenPage

ADIL = "service:demo:adil-doubs--conseil"
LANDLORD = "service:demo:bailleur-deux-rives--impayes"
BODY = "organisation:dila:adil-25056-01"
# So many answer it that they do not fit on a sheet.
MANY = "difficultes-administratives-ou-juridiques--accompagnement-aux-demarches-administratives"
THREE = selection_path([ADIL, LANDLORD, BODY])
AT = datetime(2026, 3, 10, 10, 0, tzinfo=PARIS)


def test_the_text_is_what_someone_would_type() -> None:
    service = make.service(
        "t:s",
        name="Permanence logement",
        place=make.place(),
        hours="Mo-Fr 09:00-12:00",
        conditions="Habiter la commune.",
        excludes=(Public.ETUDIANTS,),
        free=True,
        contact=Contact(phone="0399001234", email="permanence@example.org"),
    )
    post = make.post(label="Accueil logement", competences=(make.RENT,))
    body = make.organisation(name="CCAS d’essai")
    one = make.listing("service:t:s", service=service, organisation=body, posts=(post,))
    other = make.listing("organisation:t:x", organisation=replace(body, id="t:x", demonstration=True))
    found = selection([one, other], AT)
    assert found.text == (
        "1. Permanence logement — CCAS d’essai\n"
        "   Pour : Réduire les impayés de loyer\n"
        "   Téléphone : 03 99 00 12 34\n"
        "   Courriel : permanence@example.org\n"
        "   Demander : Accueil logement\n"
        "   Adresse : 1 rue des Essais, 25000 Besançon\n"
        "   Horaires : du lundi au vendredi 9 h – 12 h\n"
        "   Conditions : Habiter la commune. ; Gratuit ; Sauf : Étudiants\n"
        "   Vérifié le 10 mars 2026\n"
        "\n"
        "2. CCAS d’essai (exemple inventé pour la démonstration)\n"
        "   Pour : Réduire les impayés de loyer\n"
        "   Vérifié le 10 mars 2026\n"
        "\n"
        "Appelez avant de vous déplacer : horaires et conditions peuvent avoir changé.\n"
        "Liste faite le 10 mars 2026."
    )
    mail = parse_qs(urlsplit(found.mail).query)
    assert mail == {"subject": ["Adresses utiles"], "body": [found.text.replace("\n", "\r\n")]}


def test_a_relay_moves_by_one_place_and_the_ends_stay() -> None:
    listings = [make.listing(f"organisation:t:{name}") for name in "abc"]
    found = selection(listings, AT).relays
    a, b, c = (f"organisation:t:{name}" for name in "abc")
    assert [one.up for one in found] == ["", selection_path([b, a, c]), selection_path([a, c, b])]
    assert [one.down for one in found] == [selection_path([b, a, c]), selection_path([a, c, b]), ""]
    assert [one.away for one in found] == [selection_path([b, c]), selection_path([a, c]), selection_path([a, b])]


async def test_a_selection_shows_what_is_needed_to_go_there(client: httpx2.AsyncClient) -> None:
    html = await get(client, THREE)
    said = text(html)
    assert html.count('class="carry__relay"') == 3
    for term in ("Pour", "Demander", "Adresse", "Horaires", "Conditions"):
        assert f"<dt>{term}</dt>" in html
    assert len(addresses(html, "tel:")) == 3
    body = parse_qs(urlsplit(addresses(html, "mailto:?")[0]).query)["body"][0]
    assert body.startswith("1. ")
    assert body.replace("\r\n", "\n") in re.sub("[\u00a0\u202f]", " ", _field(html))
    assert "Rien ici ne parle de la personne" in said


def _field(html: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, flags=re.S)
    assert found is not None
    return unquote(found[1].replace("&#39;", "'").replace("&amp;", "&"))


async def test_the_question_does_not_come_along(client: httpx2.AsyncClient) -> None:
    """The form of the results sends its question too: the list drops it before anything is shown."""
    asked = {"r": [ADIL, BODY], "q": "Mme Durand ne paie plus son loyer", "ou": "Besançon", "urgent": "1"}
    answer = await client.get("/selection", params=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, selection_path([ADIL, BODY]))
    assert "Durand" not in answer.text
    assert "Durand" not in await get(client, answer.headers["location"])


async def test_a_sheet_offers_to_keep_what_it_tells(client: httpx2.AsyncClient) -> None:
    for path in ("/service/demo:adil-doubs--conseil", "/organisme/dila:adil-25056-01"):
        html = await get(client, path)
        heading = re.findall(r"<h1>(.*?)</h1>", html)
        kept = await get(client, addresses(html, "/selection?r=")[0])
        assert re.findall(r'carry__name"><a href="[^"]+">(.*?)</a>', kept) == heading
    assert addresses(await get(client, "/organisme/demo:edas-puteaux"), "/selection") == []


async def test_an_empty_selection_offers_the_first_gesture(client: httpx2.AsyncClient) -> None:
    said = text(await get(client, "/selection"))
    assert "Votre sélection est vide." in said
    assert "Trouver un relais" in said


async def test_what_is_gone_is_told_and_what_is_too_much_too(client: httpx2.AsyncClient) -> None:
    html = await get(client, selection_path([ADIL, "service:nulle:part"]))
    assert "Un relais de cette liste n’existe plus" in text(html)
    assert html.count('class="carry__relay"') == 1
    found = await get(client, f"/chercher?c={MANY}&ou=Besan%C3%A7on")
    assert len(names(found)) > MOST_KEPT
    shown = re.findall(r'data-result>|<h3 class="relay__name"><a href="/(service|organisme)/([^"]+)"', found)
    keys = [f"{'service' if kind == 'service' else 'organisation'}:{id_}" for kind, id_ in shown if kind]
    many = await get(client, selection_path(keys[: MOST_KEPT + 1]))
    assert many.count('class="carry__relay"') == MOST_KEPT
    assert f"Une sélection tient {MOST_KEPT} relais" in text(many)


@pytest.mark.parametrize(("path", "width", "scheme"), in_turn(["/selection"], THREE))
async def test_a_selection_is_accessible_and_fits(
    browser_page: OpenPage, path: str, width: int, scheme: Scheme
) -> None:
    async with looked_at(browser_page, path, width, scheme):
        pass


async def test_without_javascript_the_text_is_open_and_the_order_changes(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await page.goto(THREE)
        await expect(page.get_by_label("Texte de la liste")).to_be_visible()
        await expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
        heads = page.locator(".carry__name")
        first, second = await heads.nth(0).inner_text(), await heads.nth(1).inner_text()
        await page.get_by_role("link", name="Descendre").first.click()
        await expect(heads.nth(0)).to_have_text(second)
        await expect(heads.nth(1)).to_have_text(first)
        await page.get_by_role("link", name="Retirer").first.click()
        await expect(heads).to_have_count(2)
        await page.get_by_role("link", name="Vider").click()
        await expect(page.get_by_text("Votre sélection est vide.")).to_be_visible()


async def test_a_tab_remembers_from_one_search_to_the_next_until_it_is_emptied(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto(selection_path([ADIL]))
        await page.goto(selection_path([LANDLORD]))
        await expect(page.get_by_text("Vous aviez gardé 1 relais lors d’une autre recherche.")).to_be_visible()
        assert await violations(page) == []
        await page.get_by_role("link", name="Les ajouter à cette liste").click()
        await expect(page.locator(".carry__relay")).to_have_count(2)
        await page.get_by_role("link", name="Retirer").first.click()
        await expect(page.locator(".carry__relay")).to_have_count(1)
        await page.get_by_role("link", name="Vider").click()
        await expect(page.get_by_text("Votre sélection est vide.")).to_be_visible()
        await expect(page.get_by_text("Vous aviez gardé")).to_be_hidden()
        assert await page.evaluate("sessionStorage.length") == 0


async def test_the_text_is_copied_or_chosen_for_copying(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto(THREE)
        await expect(page.get_by_label("Texte de la liste")).to_be_hidden()
        await page.get_by_role("button", name="Copier le texte").click()
        await expect(page.get_by_role("status").filter(has_text="exte")).to_be_visible()


async def test_the_sheet_to_carry_is_made_for_paper(browser_page: OpenPage) -> None:
    async with browser_page(width=690) as page:
        await page.goto(THREE)
        await page.emulate_media(media="print")
        await expect(page.get_by_text("Adresses utiles")).to_be_visible()
        for gone in ("Ma sélection", "Envoyer par courriel", "Descendre", "Vider"):
            await expect(page.get_by_text(gone, exact=True).first).to_be_hidden()
        assert await width_of(page) == 690
        size = await page.locator(".carry__call .phone").first.evaluate("it => getComputedStyle(it).fontSize")
        assert float(size.removesuffix("px")) >= 28
