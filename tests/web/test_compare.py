"""Relays side by side."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from playwright.async_api import expect

from api.actions.kept import Judged, well_formed
from api.web.chosen import compare_path, selection_path
from api.web.compare_view import NOT_IN_ANSWER, Comparison, best, comparison
from api.web.question import Asked
from graph.model.directory import Capacity, Contact, Public
from graph.model.relay import Ground, Listing, Reason, ReasonKind, Relay, Tie
from tests import make
from tests.web.looks import Scheme, in_turn, looked_at
from tests.web.test_pages import addresses, get, text
from tests.windows import OpenPage

ADIL = "service:demo:adil-doubs--conseil"
LANDLORD = "service:demo:bailleur-deux-rives--impayes"
BODY = "organisation:dila:adil-25056-01"
FUND = "service:demo:departement-doubs--fsl"
BOARD = "service:demo:ccapex-doubs--examen"
ASKED = Asked(text="impayés de loyer", place="Besançon (Doubs)", place_id="25056")


def path(*keys: str, asked: Asked = ASKED) -> str:
    return compare_path(keys, asked)


def listing(name: str, **values: Any) -> Listing:
    service = make.service(f"t:{name}", name=name, **values)
    return make.listing(f"service:t:{name}", service=service)


def lines(table: Comparison, title: str) -> list[str]:
    row = next(row for row in table.rows if row.title == title)
    return [" / ".join((cell.best, *cell.lines)).removeprefix(" / ") for cell in row.cells]


def test_the_best_is_told_only_where_it_can_be_known() -> None:
    assert best([3, 1, 2], "Mieux") == ["", "Mieux", ""]
    assert best([1, 1, 2], "Mieux") == ["Mieux, à égalité", "Mieux, à égalité", ""]
    assert best([1, 1], "Mieux") == ["", ""]
    assert best([1, None], "Mieux") == ["", ""]
    assert best([None, 4, 2], "Mieux") == ["", "", "Mieux"]


def test_each_line_says_what_differs_and_who_is_best() -> None:
    near = listing(
        "Proche",
        place=make.place(),
        answer_days=2,
        vouched_on=make.TODAY - timedelta(days=9),
        capacity=Capacity(vouched_on=make.TODAY, places_free=4),
        conditions="Habiter la commune.",
        free=True,
    )
    far = listing(
        "Loin",
        place=make.place("25462", make.pontarlier().point),
        answer_days=9,
        vouched_on=make.TODAY,
        capacity=Capacity(vouched_on=make.TODAY, places_free=1),
        excludes=(Public.ETUDIANTS,),
    )
    table = comparison([Judged(near), Judged(far)], make.question())
    assert lines(table, "Délai de réponse") == ["Répond le plus vite / Répond en 2 jours", "Répond en 9 jours"]
    assert lines(table, "Places et attente") == [
        "Le plus de places / 4 places disponibles",
        "1 place disponible",
    ]
    assert lines(table, "Distance") == ["Le plus proche / À moins d’un kilomètre", "À 45 km"]
    assert [cell.best for row in table.rows if row.title == "Vérifié" for cell in row.cells] == [
        "",
        "Vérifié le plus récemment",
    ]
    assert lines(table, "Public") == ["Tout le monde", "Tout le monde / Sauf : Étudiants"]
    assert lines(table, "Conditions") == ["Habiter la commune. / Gratuit", "Aucune condition connue"]
    same = {row.title: row.same for row in table.rows}
    assert (same["Source"], same["Public"], same["Distance"]) == (True, False, False)
    assert "Ouverture" not in same


def test_a_right_hides_that_it_can_help_and_gives_its_text() -> None:
    ties = (
        Tie(make.RENT, Ground.GENERAL),
        Tie(make.RENT, Ground.LAW, "Loi d’essai"),
        Tie(make.RENT, Ground.FIRST_STEP, "Loi d’essai"),
        Tie(make.RSA, Ground.GENERAL),
    )
    one = replace(listing("Une"), ties=ties)
    table = comparison([Judged(one), Judged(listing("Autre"))], make.question())
    assert lines(table, "Compétence et fondement")[0] == (
        "Réduire les impayés de loyer : première porte (Loi d’essai), par la loi (Loi d’essai)"
    )
    bare = comparison([Judged(one), Judged(listing("Autre"))], make.question(competences=(), text=""))
    assert lines(bare, "Compétence et fondement")[0].count(" / ") == 1
    assert "Pourquoi" not in [row.title for row in bare.rows]


def test_reasons_come_with_their_points_and_what_is_not_in_the_answer_says_so() -> None:
    one, other = listing("Une"), listing("Autre")
    why = (Reason(ReasonKind.LAW, "Compétente", 80.0), Reason(ReasonKind.DISTANCE, "À 3 km", -0.75))
    relay = Relay(listing=one, score=79.25, reasons=why)
    table = comparison([Judged(one, 3, relay), Judged(other)], make.question())
    row = table.rows[0]
    assert row.cells[0].points == (("Compétente", "+80"), ("À 3 km", "−0,8"))
    assert (row.cells[1].known, row.cells[1].lines) == (False, (NOT_IN_ANSWER,))
    assert [column.place for column in table.columns] == [3, 0]


def test_a_contact_is_that_of_the_post_for_this_question() -> None:
    post = make.post(competences=(make.RENT,), contact=Contact(phone="0399001235"))
    one = replace(listing("Une"), posts=(post,))
    table = comparison([Judged(one), Judged(listing("Autre"))], make.question())
    cells = next(row.cells for row in table.rows if row.title == "Contact")
    assert cells[0].reach is not None and cells[0].reach.phone is not None
    assert (cells[0].reach.phone.shown.replace("\u00a0", " "), cells[1].lines) == (
        "03 99 00 12 35",
        ("Aucun contact connu",),
    )


def test_addresses_hold_the_relays_and_only_a_comparison_the_question() -> None:
    assert (
        path(ADIL, BODY)
        == f"/comparer?r={ADIL}&r={BODY}&q=impay%C3%A9s+de+loyer&ou=Besan%C3%A7on+%28Doubs%29&lieu=25056"
    )
    assert compare_path([ADIL], Asked()) == f"/comparer?r={ADIL}"
    assert selection_path([ADIL, BODY]) == f"/selection?r={ADIL}&r={BODY}"
    assert selection_path([]) == "/selection"
    assert well_formed([ADIL, ADIL, "service:", "autre:x", "organisation:" + "x" * 200, BODY]) == [ADIL, BODY]


async def test_a_comparison_shows_reasons_places_and_what_is_best(client: httpx2.AsyncClient) -> None:
    html = await get(client, path(ADIL, LANDLORD, BODY, FUND))
    said = text(html)
    assert re.findall(r'<th scope="row">([^<]+?) <', html)[:2] == ["Pourquoi", "Compétence et fondement"]
    assert "Pour « impayés de loyer » à Besançon" in said
    assert html.count('scope="col"') == 4
    assert "de la réponse" in said
    assert "Répond le plus vite" in said
    assert "Identique" in said and "Différent" in said
    results = await get(client, ASKED.address())
    first = re.findall(r"data-result>(.*?)</a>", results)[0]
    head = html[html.index("<thead>") : html.index("</thead>")]
    assert re.search(rf'1<sup>er</sup> de la réponse</span>\s*<a href="[^"]+">{re.escape(first)}</a>', head)


async def test_what_the_answer_does_not_hold_is_shown_without_rank(client: httpx2.AsyncClient) -> None:
    paris = re.findall(r'href="/service/([^"]+)"', await get(client, "/chercher?q=rsa&ou=Nanterre"))[0]
    said = text(await get(client, path(ADIL, f"service:{paris}")))
    assert NOT_IN_ANSWER in said


async def test_danger_puts_the_numbers_on_top_here_too(client: httpx2.AsyncClient) -> None:
    html = await get(client, path(ADIL, BODY, asked=replace(ASKED, text="elle veut se suicider")))
    assert html.index('class="danger"') < html.index("<h1")
    assert 'href="tel:3114"' in html
    assert text(html).count(NOT_IN_ANSWER) == 2


async def test_without_a_question_the_facts_alone(client: httpx2.AsyncClient) -> None:
    html = await get(client, path(ADIL, BODY, asked=Asked()))
    assert "Sans question : les faits seuls" in text(html)
    assert '<th scope="row">Compétence et fondement' in html
    assert '<th scope="row">Pourquoi' not in html


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ((), "Choisissez au moins deux relais"),
        ((ADIL,), "Choisissez au moins deux relais"),
        ((ADIL, "service:nulle:part"), "Choisissez au moins deux relais"),
        ((ADIL, ADIL), "Choisissez au moins deux relais"),
        ((ADIL, LANDLORD, BODY, FUND, BOARD), "On compare 4 relais au plus."),
    ],
)
async def test_too_few_or_too_many_says_what_to_do(
    client: httpx2.AsyncClient, keys: tuple[str, ...], sentence: str
) -> None:
    html = await get(client, path(*keys), 422)
    assert sentence in text(html)
    assert "<table" not in html
    assert ASKED.address() in addresses(html, "/chercher")
    taken_away = addresses(html, "/comparer")
    assert len(taken_away) == (5 if len(keys) == 5 else 0)
    for address in taken_away[:1]:
        assert "<table" in await get(client, address)


async def test_a_relay_that_is_gone_is_told_and_the_others_compared(client: httpx2.AsyncClient) -> None:
    said = text(await get(client, path(ADIL, "service:nulle:part", BODY)))
    assert "Un relais demandé n’existe plus" in said
    assert "Comparaison" in await get(client, path(ADIL, BODY))


@pytest.mark.parametrize("broken", ["qui=martiens", "c=nulle--part", "q=rsa&ou=Xyzzyx"])
async def test_a_question_that_cannot_be_read_leaves_the_facts(client: httpx2.AsyncClient, broken: str) -> None:
    said = text(await get(client, f"/comparer?{urlencode([('r', ADIL), ('r', BODY)])}&{broken}"))
    assert "La question n’a pas pu être lue" in said


@pytest.mark.parametrize(
    ("keys", "width", "scheme"),
    in_turn([(ADIL,), (ADIL, LANDLORD, BODY, FUND, BOARD)], (ADIL, LANDLORD, BODY, FUND)),
)
async def test_a_comparison_is_accessible_and_fits(
    browser_page: OpenPage, keys: tuple[str, ...], width: int, scheme: Scheme
) -> None:
    async with looked_at(browser_page, path(*keys), width, scheme):
        pass


async def test_narrow_the_keyboard_goes_from_relay_to_relay_and_row_heads_stay(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await page.goto(path(ADIL, LANDLORD))
        table = page.get_by_role("region", name="Comparaison")
        head = page.get_by_role("rowheader").first
        before = await head.bounding_box()
        await table.focus()
        for _ in range(12):
            await page.keyboard.press("ArrowRight")
        second = page.get_by_role("columnheader").nth(1)
        await expect(second).to_be_in_viewport(ratio=0.9)
        after = await head.bounding_box()
        assert before is not None and after is not None
        assert before["x"] == after["x"]


async def test_on_paper_no_relay_is_cut(browser_page: OpenPage) -> None:
    async with browser_page(width=1030) as page:
        await page.goto(path(ADIL, LANDLORD, BODY, FUND))
        await page.emulate_media(media="print")
        assert await page.evaluate("document.querySelector('.compare__table').scrollWidth") <= 1030
        await expect(page.get_by_text("Revenir aux résultats")).to_be_hidden()
