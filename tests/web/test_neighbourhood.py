"""An organisation among its neighbours: what is drawn, what is folded, what it was before, and under which other ids it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import expect

from api.actions.directory import ServiceSheet
from api.premises import premises
from api.settings import Settings
from api.web.network_view import MOST_UNITS, Network, Side, network
from api.web.render import environment
from api.web.sheet_view import service_view
from graph.model.directory import Body, Link, LinkKind, OrganisationSheet, Step, SuccessionKind
from search.hours import PARIS
from tests import make
from tests.web.looks import Scheme, in_turn, looked_at, width_of
from tests.web.test_pages import get, text
from tests.windows import OpenPage

TODAY = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 10, 0, tzinfo=PARIS)
SPLIT_BODY = "/organisme/demo:sst-rueil"
CROWDED = "/organisme/demo:departement-hauts-de-seine"
CLOSED = "/organisme/demo:edas-puteaux"
PAIRED = "/organisme/demo:ccas-besancon"


def link(kind: LinkKind, name: str, **values: Any) -> Link:
    return Link(kind=kind, id=f"t:{name}", name=name, organisation_kind="CAF", **values)


def step(before: str, after: str, year: int, kind: SuccessionKind, scope: str = "") -> Step:
    closed = date(year, 1, 1)
    return Step(
        before=Body(f"t:{before}", before, closed), after=Body(f"t:{after}", after), on=closed, kind=kind, scope=scope
    )


def around(*links: Link, history: tuple[Step, ...] = (), **values: Any) -> Network:
    organisation = make.organisation("t:centre", name="centre", **values)
    found = network(OrganisationSheet(organisation=organisation, links=links, history=history), TODAY)
    assert found is not None
    return found


def drawn(shown: Network) -> str:
    page = '{% from "components/network.html" import network %}{{ network(it) }}'
    return text(environment().from_string(page).render(it=shown))


def test_an_organisation_alone_has_no_picture() -> None:
    assert network(OrganisationSheet(organisation=make.organisation()), TODAY) is None


def test_each_bond_has_its_side_and_its_sentence() -> None:
    shown = around(
        link(LinkKind.PART_OF, "parent"),
        link(LinkKind.UNIT, "unité"),
        link(LinkKind.RECEIVES, "mandant", detail="Convention", on=date(2024, 1, 1), until=date(2025, 12, 31)),
        link(LinkKind.GRANTS, "opérateur", detail="Mandat", on=date(2024, 1, 1)),
        link(LinkKind.CARRIED_TO, "successeur"),
    )
    assert [(group.title, group.side, [one.name for one in group.shown]) for group in shown.groups] == [
        ("Fait partie de", Side.ABOVE, ["parent"]),
        ("Agit pour", Side.LEFT, ["mandant"]),
        ("A confié à", Side.RIGHT, ["opérateur"]),
        ("Ses unités", Side.BELOW, ["unité"]),
    ]
    assert [sentence.replace("\u00a0", " ") for sentence in shown.sentences] == [
        "centre fait partie de parent.",
        "centre agit pour mandant (Convention, depuis le 1er janvier 2024, jusqu’au 31 décembre 2025, terminé).",
        "centre a confié une mission à opérateur (Mandat, depuis le 1er janvier 2024).",
        "centre a pour unité unité.",
    ]


def test_what_has_ended_says_so_in_words() -> None:
    shown = around(
        link(LinkKind.UNIT, "ancienne", closed_on=date(2020, 1, 1)),
        link(LinkKind.UNIT, "future", closed_on=date(2027, 1, 1)),
    )
    assert [one.past for one in shown.groups[0].shown] == ["N’existe plus", ""]
    assert "ancienne N’existe plus future" in drawn(shown)


@pytest.mark.parametrize(("count", "shown_count", "rest"), [(1, 1, 0), (13, 13, 0), (14, 12, 2), (60, 12, 48)])
def test_a_crowd_is_folded_and_opened_in_place(count: int, shown_count: int, rest: int) -> None:
    shown = around(*(link(LinkKind.UNIT, f"unité {n}") for n in range(count)))
    group = shown.groups[0]
    assert (len(group.shown), len(group.rest)) == (shown_count, rest)
    said = drawn(shown)
    assert (f"et {rest} autres unités" in said) is bool(rest)
    assert all(f"unité {n}" in said for n in range(count))
    assert len(shown.sentences) == count
    assert MOST_UNITS == 12


@pytest.mark.parametrize(("count", "rest"), [(6, 0), (7, 0), (8, 2)])
def test_a_step_of_many_is_folded_and_its_sentence_names_them_all(count: int, rest: int) -> None:
    shown = around(history=tuple(step(f"maison {n}", "centre", 2015, SuccessionKind.MERGED) for n in range(count)))
    before = shown.history[0].before
    assert (len(before.shown), len(before.rest)) == (count - rest, rest)
    assert before.rest_words == f"et {rest} autres"
    assert all(f"maison {n}" in shown.sentences[0] for n in range(count))


def test_a_history_puts_together_what_was_one_event() -> None:
    shown = around(
        history=(
            step("ancien", "centre", 2010, SuccessionKind.SPLIT, "Nord"),
            step("ancien", "voisin", 2010, SuccessionKind.SPLIT, "Sud"),
            step("un", "centre", 2015, SuccessionKind.MERGED),
            step("deux", "centre", 2015, SuccessionKind.MERGED),
            step("centre", "suivant", 2027, SuccessionKind.RENAMED),
        )
    )
    told = [(one.day.replace("\u00a0", " "), one.title, one.verb, one.here) for one in shown.history]
    assert told == [
        ("1er janvier 2010", "Partage", "est partagé entre", ""),
        ("1er janvier 2015", "Regroupement", "rejoignent", ""),
        ("", "Aujourd’hui", "", "centre"),
        ("1er janvier 2027", "Changement de nom", "devient", ""),
    ]
    split, merged = shown.history[0], shown.history[1]
    assert [(one.name, one.note, one.href) for one in split.after.all] == [
        ("centre", "Nord", ""),
        ("voisin", "Sud", "/organisme/t:voisin"),
    ]
    assert [(one.name, one.past) for one in merged.before.all] == [("un", "N’existe plus"), ("deux", "N’existe plus")]
    assert [sentence.replace("\u00a0", " ") for sentence in shown.sentences][:2] == [
        "Le 1er janvier 2010, ancien est partagé entre centre (Nord) et voisin (Sud).",
        "Le 1er janvier 2015, un et deux rejoignent centre.",
    ]


def test_a_closed_body_has_no_today_and_a_part_is_said_as_a_part() -> None:
    shown = around(
        history=(step("centre", "heritier", 2020, SuccessionKind.SPLIT, "Nord"),), closed_on=date(2020, 1, 1)
    )
    assert (shown.gone, [one.here for one in shown.history]) == (True, [""])
    assert shown.history[0].verb == "passe en partie à"


def test_a_service_whose_body_is_closed_says_who_to_call_instead() -> None:
    closed = replace(make.organisation(name="Ancienne"), closed_on=date(2024, 1, 1))
    heir = link(LinkKind.CARRIED_TO, "héritière", on=date(2024, 1, 1))
    sheet = ServiceSheet(service=make.service(), organisation=OrganisationSheet(organisation=closed, links=(heir,)))
    view = service_view(sheet.service, sheet.organisation, (), AT)
    assert (view.gone, [name for name, _ in view.carried_to[0].links]) == (True, ["héritière"])
    alive = service_view(sheet.service, OrganisationSheet(organisation=make.organisation()), (), AT)
    assert (alive.gone, alive.closed, alive.carried_to) == (False, "", ())


@pytest.fixture
async def told_twice(data: Path, site: str, site_graph: dict[str, str]) -> AsyncIterator[str]:
    """An id under which another source tells a body of the site."""
    graph = {name.removeprefix("MAILLAGE_").lower(): value for name, value in site_graph.items()}
    async with premises(Settings(data=data, **graph)) as house:  # pyright: ignore[reportArgumentType]
        body, local = "demo:ccas-besancon", "essai:autre source/12"
        await house.graph.write(lambda unit: unit.bodies.keep_under("essai", {body: local}))
        yield local
        await house.graph.write(lambda unit: unit.bodies.no_longer_under("essai", [body]))


async def test_another_sources_id_leads_to_the_body(client: httpx2.AsyncClient, told_twice: str) -> None:
    answer = await client.get(f"/organisme/{told_twice}")
    assert (answer.status_code, answer.headers["location"]) == (308, PAIRED)
    assert (await client.get("/organisme/essai:inconnu")).status_code == 404


async def test_the_page_draws_what_the_graph_holds(client: httpx2.AsyncClient) -> None:
    html = await get(client, SPLIT_BODY)
    said = text(html)
    assert "EDAS de Puteaux n’existe plus est partagé entre" in said
    assert "Service des solidarités territoriales de Rueil-Malmaison (Suresnes)" in said
    assert "Aujourd’hui" in said
    assert "Convention de domiciliation des personnes sans abri, depuis le" in text(await get(client, PAIRED))
    assert "s’adresser à" in text(await get(client, CLOSED))


@pytest.mark.parametrize(("path", "width", "scheme"), in_turn([SPLIT_BODY, CROWDED, CLOSED, PAIRED]))
async def test_a_neighbourhood_is_accessible_and_fits(
    browser_page: OpenPage, path: str, width: int, scheme: Scheme
) -> None:
    async with looked_at(browser_page, path, width, scheme) as page:
        await page.evaluate("for (const part of document.querySelectorAll('.network details')) part.open = true")


async def test_the_keyboard_opens_the_crowd_and_goes_on_to_a_neighbour(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await page.goto(CROWDED)
        fold = page.locator(".network__rest summary")
        await fold.focus()
        hidden = page.locator(".network__rest .network__node a").first
        await expect(hidden).to_be_hidden()
        await page.keyboard.press("Enter")
        await expect(hidden).to_be_visible()
        name = await hidden.inner_text()
        await page.keyboard.press("Tab")
        await expect(hidden).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text(name)


async def test_on_paper_nothing_is_folded(browser_page: OpenPage) -> None:
    async with browser_page(width=690) as page:
        await page.goto(CROWDED)
        await page.emulate_media(media="print")
        await expect(page.locator(".network__node a").last).to_be_visible()
        await expect(page.get_by_text("Le même voisinage, en phrases")).to_be_hidden()
        assert await width_of(page) == 690
