"""Browsing: by territory down to who covers a commune, and by theme."""

from __future__ import annotations

import re
from urllib.parse import quote

import httpx2
import pytest
from playwright.async_api import expect

from api.actions.coverage import Covered
from api.web.question import Asked
from api.web.territory_view import Child, by_letter, children, coverage_view, crumbs, grouped
from api.web.theme_list import themes_around
from graph.model.relay import Relay
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import competences
from search.places import Gazetteer
from tests import make
from tests.web.looks import Scheme, in_turn, looked_at, width_of
from tests.web.test_pages import addresses, get, text
from tests.windows import OpenPage

RENT = "logement-hebergement--reduire-les-impayes-de-loyer"
BESANCON = "/territoires/25056"
PAGES = (
    "/territoires",
    "/territoires?ou=Besncon",
    "/territoires/region:27",
    "/territoires/departement:25",
    BESANCON,
    "/territoires/75056",
    "/themes?ou=Besan%C3%A7on",
    f"/themes/{RENT}?ou=Besan%C3%A7on",
)


def gazetteer() -> Gazetteer:
    whole = Territory(
        id="epci:242500361",
        name="CU Grand Besançon Métropole",
        level=TerritoryLevel.EPCI,
        zones=("epci:242500361", "departement:25", "pays:FR"),
    )
    return Gazetteer([*make.territories(), whole])


def test_a_territory_is_told_with_what_is_around_and_inside() -> None:
    places = gazetteer()
    assert crumbs(places, make.besancon()) == (("France", "/territoires"), ("Doubs", "/territoires/departement:25"))
    found = children(places, make.doubs(), {"25056": 1007})
    assert [(group.title, [one.name for one in group.entries]) for group in found] == [
        ("Intercommunalités", ["CU Grand Besançon Métropole"]),
        ("Communes", ["Besançon", "Pontarlier"]),
    ]
    assert [one.count_words for one in found[1].entries] == ["1\u202f007", ""]
    assert children(places, make.besancon(), {}) == ()


def test_a_long_list_is_cut_at_its_letters() -> None:
    entries = [Child(name, "#", 0) for name in ("Abbans", "Étalans", "Eternoz")]
    assert [(letter, len(found)) for letter, found in by_letter(entries)] == [("A", 1), ("E", 2)]
    assert grouped(999) == "999"


def test_more_relays_than_are_weighed_are_told_as_more() -> None:
    first = Relay(listing=make.listing(), score=1.0, reasons=())
    found = [Covered(make.RENT, first, 977, cut=True), Covered(make.RSA, first, 1007)]
    view = coverage_view(gazetteer(), make.besancon(), found, {}, make.NOW)
    told = {theme.label: theme.others for category in view.categories for theme in category.themes}
    assert [told[competences()[one.competence].label] for one in found] == [
        "et plus de 976 autres",
        "et 1\u202f006 autres",
    ]
    counted = {one.competence: one for one in found}
    empty = {id_: Covered(id_, None, 0) for id_ in competences()}
    themes = {theme.label: theme for one in themes_around(Asked(), empty | counted) for theme in one.themes}
    said = [(themes[competences()[id_].label].count, themes[competences()[id_].label].said) for id_ in counted]
    assert said == [("976+", "plus de 976 relais"), ("1\u202f007", "1\u202f007 relais")]


def test_within_leaves_the_territory_itself_out() -> None:
    places = gazetteer()
    assert {one.id for one in places.within("departement:25")} == {"25056", "25462", "epci:242500361"}
    assert places.within("25056") == []
    assert places.within("departement:99") == []


async def test_browsing_goes_from_france_down_to_a_commune(client: httpx2.AsyncClient) -> None:
    france = await get(client, "/territoires")
    assert "/territoires/region:27" in addresses(france, "/territoires/")
    region = await get(client, "/territoires/region:27")
    assert "/territoires/departement:25" in addresses(region, "/territoires/")
    doubs = await get(client, "/territoires/departement:25")
    assert BESANCON in addresses(doubs, "/territoires/")
    assert "Doubs" in text(doubs)
    told = re.search(r"(\d[\d ]*) relais interviennent dans le Doubs", text(doubs))
    assert told is not None
    counted = re.search(r'departement:25">Doubs</a>\s*<span class="count-of">([^<]+)<', region)
    assert counted is not None
    assert counted[1].replace("\u202f", " ") == told[1]


@pytest.mark.parametrize("id_", [RENT, "droits-et-prestations--rsa", "protection--enfance-en-danger"])
async def test_a_commune_counts_what_a_search_finds(client: httpx2.AsyncClient, id_: str) -> None:
    said = await get(client, BESANCON)
    row = said[said.index(f'href="/themes/{id_}?') :]
    row = row[: row.index("</li>")]
    first = re.findall(r'<p class="door__name"><a href="[^"]+">(.*?)</a>', row)
    others = re.findall(r"et (\d+) autres?", row)
    found = await get(client, f"/chercher?c={id_}&ou=Besan%C3%A7on+(Doubs)&lieu=25056")
    total = re.search(r"(\d+) relais", text(found[found.index('id="compte"') :]))
    assert total is not None
    assert int(total[1]) == int(others[0] if others else 0) + 1
    assert first == re.findall(r"data-result>(.*?)</a>", found)[:1]


async def test_a_commune_tells_every_competence_once(client: httpx2.AsyncClient) -> None:
    for path in (BESANCON, "/territoires/69123"):
        html = await get(client, path)
        covered = set(re.findall(r'covered__what"><a href="/themes/([\w-]+)\?', html))
        gaps = html[html.index('id="manques"') : html.index('id="themes"')]
        missing = set(re.findall(r"[?&;]c=([\w-]+)", gaps)) | set(re.findall(r'href="/themes/([\w-]+)', gaps))
        assert covered | missing == set(competences())
        assert covered & missing == set()
        assert f"{len(covered)} thèmes sur {len(competences())} ont au moins un relais" in text(html)


async def test_a_gap_leads_to_where_it_exists(client: httpx2.AsyncClient) -> None:
    html = await get(client, "/territoires/69123")
    gaps = html[html.index('id="manques"') : html.index('id="themes"')]
    address = next(found for found in addresses(gaps, "/chercher?") if RENT in found)
    assert "lieu=pays%3AFR" in address
    assert "Aucun relais" not in text(await get(client, address))


async def test_a_commune_shows_the_social_service_of_its_sector(client: httpx2.AsyncClient) -> None:
    html = await get(client, BESANCON)
    part = html[html.index('id="secteur"') : html.index('id="manques"')]
    assert addresses(part, "/service/") + addresses(part, "/organisme/") != []
    assert addresses(part, "tel:") != []


async def test_a_typed_commune_leads_to_its_page(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/territoires", params={"ou": "Besançon"})
    assert (answer.status_code, answer.headers["location"]) == (303, BESANCON)
    unknown = await get(client, "/territoires?ou=Besncon", 422)
    assert BESANCON in addresses(unknown, "/territoires/")
    assert "n’est pas connu" in text(unknown)
    assert "Cette page n’existe pas" in text(await get(client, "/territoires/99999", 404))
    answer = await client.get("/territoires/pays:FR")
    assert (answer.status_code, answer.headers["location"]) == (308, "/territoires")


async def test_themes_are_counted_where_a_place_is_given(client: httpx2.AsyncClient) -> None:
    bare = await get(client, "/themes")
    assert "count-of" not in bare
    here = await get(client, "/themes?ou=Besan%C3%A7on")
    assert len(re.findall('class="count-of"', here)) == len(competences())
    assert len(addresses(here, "/themes/")) == len(competences())
    assert all("lieu=25056" in address for address in addresses(here, "/themes/"))


async def test_a_theme_says_what_it_is_and_who_is_competent(client: httpx2.AsyncClient) -> None:
    said = text(await get(client, f"/themes/{RENT}?ou={quote('Besançon')}"))
    assert "Loyers en retard : plan de paiement" in said
    assert "Agence départementale d’information sur le logement Première porte (département)" in said
    assert "CCH L.366-1" in said
    assert "« dettes de loyer »" in said
    assert re.search(r"\d+ relais à Besançon", said)
    assert "Cette page n’existe pas" in text(await get(client, "/themes/nulle--part", 404))


@pytest.mark.parametrize(("path", "width", "scheme"), in_turn(PAGES))
async def test_a_page_is_accessible_and_fits(browser_page: OpenPage, path: str, width: int, scheme: Scheme) -> None:
    async with looked_at(browser_page, path, width, scheme):
        pass


async def test_from_france_to_a_door_without_javascript(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await page.goto("/territoires")
        await page.get_by_label("Votre commune").fill("Montbéliard")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Montbéliard")
        await page.locator(".covered__theme .door__name a").first.click()
        await page.wait_for_url(re.compile("/(service|organisme)/"))


async def test_on_paper_a_commune_keeps_its_doors_and_loses_its_forms(browser_page: OpenPage) -> None:
    async with browser_page(width=794) as page:
        await page.goto(BESANCON)
        await page.emulate_media(media="print")
        await expect(page.locator(".go-to")).to_be_hidden()
        await expect(page.locator(".covered__theme").first).to_be_visible()
        assert await width_of(page) == 794
