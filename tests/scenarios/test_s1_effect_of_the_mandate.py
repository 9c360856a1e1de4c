"""S1: what the mandate changed, told with its ranges to who gave it; and what it would be in another département."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from graph.model.access import Role
from graph.model.casework import deciding
from graph.model.casework.desk_report import beside, month_of
from graph.model.casework.file import Actor, ActorKind, Need
from graph.model.casework.writings import Delivered
from graph.model.directory import AgreementKind
from graph.model.figures.impact_words import ranged
from graph.model.figures.ranges import Range
from graph.store.unit import Graph
from tests import make
from tests.api.inside import Inside, inside
from tests.cases import MEMBER, Log
from tests.web.rooms import index_of
from tests.web.test_pages import text

HOTEL = "logement-hebergement--hebergement-hotelier-des-familles"
GIVER, OPERATOR, MANDATE = "t:protection", "t:samu", "t:mandate"
PAGE = f"/coordination/conventions/{MANDATE}"
NOW = datetime.now(UTC)
SINCE = date.fromisoformat(f"{beside(month_of(NOW), -12)}-01")
FAMILIES = 24
MANDATE_TERMS = make.agreement(
    MANDATE,
    label="Mandat hôtelier",
    kind=AgreementKind.MANDAT_DE_GESTION,
    granted_by=(GIVER,),
    given_to=OPERATOR,
    competences=(HOTEL,),
    covers=("departement:25",),
    since=SINCE,
    unit="nuitée",
    capacity=100,
    unit_price=65.0,
)


JSON = {"accept": "application/json", "origin": "http://m.example"}
IMPACT = """query($id: ID!) { impact(agreement: $id) { ... on AgreementImpact {
  sentence told filesBefore filesAfter cautions { words }
  effects { gauge settled says words before { low point high } }
} } }"""
COPY = """query($id: ID!, $there: ID!) { simulatedCopy(agreement: $id, departement: $there) {
  __typename ... on InvalidInput { field } ... on NotAllowed { code } ... on NotFound { code }
  ... on SimulatedCopy { agreement { id } departement { id } sentence supposition volumeMeasured priceMeasured
    operators { id name } estimates { basis words here there volume { ...r } } volume { ...r } price { ...r } cost { ...r } }
} } fragment r on FigureRange { point low high }"""
DOUBS, JURA = "departement:25", "departement:39"
PEOPLED = (
    replace(make.doubs(), population=550_000),
    replace(make.doubs(), id=JURA, name="Jura", zones=(JURA, "pays:FR"), population=260_000),
)


def worker(organisation: str) -> Actor:
    return Actor(kind=ActorKind.PROFESSIONAL, account=f"pro-{organisation}", organisation=organisation, name="Ben")


async def lodged(log: Log, number: int, at: datetime, *, under: bool) -> None:
    """A family of the giver's lodged for ten nights: by its own worker, or by the operator under the mandate."""
    us, cents = worker(GIVER), (7_000 if under else 10_000) + 100 * (number % 7)
    file = await log.append(None, us, deciding.opened(us, (MEMBER,), at), at=at)
    need = Need(
        id=f"hotel-{under}-{number}", competence=HOTEL, opened=at, review=deciding.need_review(at, False), words="x"
    )
    file = await log.append(file, us, deciding.need_added(file, need), at=at)
    then = at + timedelta(days=1 if under else 6)
    stay = Delivered(
        what="hôtel",
        since=then.date(),
        until=then.date() + timedelta(days=10),
        quantity=10,
        unit="nuitées",
        unit_cents=cents,
        agreement=MANDATE if under else "",
        minutes=5 if under else 60 + number,
    )
    await log.append(file, worker(OPERATOR) if under else us, stay, at=then)


@pytest.fixture
async def paris(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    bodies = (
        make.organisation(GIVER, name="Protection de l’enfance"),
        make.organisation(OPERATOR, name="Samu social d’ici", kind="SAMU_SOCIAL_115", covers=("departement:25",)),
        make.organisation("t:caf", name="CAF"),
        MANDATE_TERMS,
    )
    async with inside(empty_graph, tmp_path, *bodies) as made:
        await index_of(tmp_path / "index", [], PEOPLED)
        yield made


async def two_years(graph: Graph, families: int) -> None:
    log, start = Log(graph), datetime(SINCE.year, SINCE.month, 2, 9, tzinfo=UTC)
    for number in range(families):
        at = start + timedelta(days=13 * number)
        await lodged(log, number, at - timedelta(days=365), under=False)
        await lodged(log, number, at, under=True)


def row(page: str, name: str) -> str:
    shown = text(page).replace("\u00a0", " ").replace("\u202f", " ")
    start = shown.index(name, shown.index("Ce qu’on peut en dire"))
    return shown[start : start + 160]


async def test_the_giver_sees_what_the_mandate_changed_with_its_ranges(paris: Inside) -> None:
    await two_years(paris.rooms.graph, FAMILIES)
    async with await paris.signed_in(Role.HEAD_OF_SERVICE, GIVER) as head:
        page = (await head.get(PAGE, params={"departement": "departement:25"})).text
        names = text((await head.get("/coordination/conventions")).text)
        answer = await head.post("/graphql", json={"query": IMPACT, "variables": {"id": MANDATE}}, headers=JSON)
    assert "Mandat hôtelier" in names
    shown = text(page).replace("\u00a0", " ")
    # A night cost 102.8 € on average, and costs 72.8 €: 29 % less, told as a range.
    assert "Une unité coûte entre 2" in shown
    assert "de moins qu’avant la convention" in shown
    assert f"{FAMILIES} dossiers" in shown
    # By GraphQL the same is told, with its ends as numbers.
    found = answer.json()["data"]["impact"]
    assert found["sentence"] in shown
    assert (found["told"], found["filesBefore"], found["filesAfter"]) == (True, FAMILIES, FAMILIES)
    told = {one["gauge"]: one for one in found["effects"]}
    before = told["UNIT_COST"]["before"]
    assert [round(before[end]) for end in ("low", "point", "high")] == [102, 103, 104]
    assert (told["UNIT_COST"]["settled"], told["UNIT_COST"]["says"]) == (True, "moins qu’avant")
    assert (told["VOLUME"]["settled"], told["VOLUME"]["says"]) == (False, "pas de différence sûre")
    assert all(one["words"] in shown for one in found["effects"] + found["cautions"])
    cost = row(page, "Coût de l’unité")
    assert "103 (entre 102 et 104)" in cost
    assert "72,8 (entre 7" in cost
    assert "moins qu’avant" in cost
    assert "moins qu’avant" in row(page, "Temps des professionnels")
    assert "moins qu’avant" in row(page, "Délai jusqu’à l’aide")
    assert "pas de différence sûre" in row(page, "Besoins")
    # The copy: to where it already is, it is itself; by the operator that is there.
    assert "Simulation." in shown
    assert "Samu social d’ici" in shown[shown.index("Qui agirait") :]
    assert "Rien n’est enregistré" in shown


async def copied(client: httpx2.AsyncClient, there: str, id_: str = MANDATE) -> Any:
    answer = await client.post("/graphql", json={"query": COPY, "variables": {"id": id_, "there": there}}, headers=JSON)
    return answer.json()["data"]["simulatedCopy"]


def words(one: dict[str, float | None], unit: str = "") -> str:
    """A range as pages write it."""
    return ranged(Range(**one), unit).replace("\u202f", " ")


async def test_the_copy_is_told_by_the_page_and_by_graphql_alike(paris: Inside) -> None:
    await two_years(paris.rooms.graph, FAMILIES)
    head = await paris.signed_in(Role.HEAD_OF_SERVICE, GIVER)
    coordinator = await paris.signed_in(Role.COORDINATOR)
    for client, measured in ((head, True), (coordinator, False)):
        for there, operators in ((DOUBS, [(OPERATOR, "Samu social d’ici")]), (JURA, [])):
            page = text((await client.get(PAGE, params={"departement": there})).text)
            shown = page.replace("\u00a0", " ").replace("\u202f", " ")
            shown = shown[shown.index("Simulation.") :]
            found = await copied(client, there)
            assert (found["agreement"]["id"], found["departement"]["id"]) == (MANDATE, there)
            assert (found["volumeMeasured"], found["priceMeasured"]) == (measured, measured)
            for told in (found["sentence"], found["supposition"]):
                assert told.replace("\u202f", " ") in shown
            assert [one["basis"] for one in found["estimates"]] == ["POPULATION"]
            for one in found["estimates"]:
                assert (one["here"], one["there"]) == (550_000, 550_000 if there == DOUBS else 260_000)
                assert f"{one['words']} {words(one['volume'])} par mois".replace("\u202f", " ") in shown
            assert f"Prix de l’unité {words(found['price'], '€')}" in shown
            volume, cost = words(found["volume"], "nuitée par mois"), words(found["cost"], "€ par mois")
            assert f" : {volume}, soit {cost}." in shown
            assert [(one["id"], one["name"]) for one in found["operators"]] == operators
            assert ("il reste à trouver" in shown) == (not operators)
            assert all(one["name"] in shown for one in found["operators"])
        for absent in ("25056", "departement:00", "region:27"):
            assert await copied(client, absent) == {"__typename": "InvalidInput", "field": "departement"}
        assert await copied(client, DOUBS, "t:none") == {"__typename": "NotFound", "code": "NOT_FOUND"}
    refused = {"__typename": "NotAllowed", "code": "NOT_ALLOWED"}
    for client in (paris.client(), await paris.signed_in(Role.PROFESSIONAL, GIVER)):
        assert await copied(client, DOUBS) == refused


async def test_few_families_conclude_nothing(paris: Inside) -> None:
    await two_years(paris.rooms.graph, 3)
    async with await paris.signed_in(Role.HEAD_OF_SERVICE, GIVER) as head:
        shown = text((await head.get(PAGE)).text)
    assert "Trop peu pour conclure" in shown
    assert "entre 1" not in shown[shown.index("Avant et depuis") : shown.index("Ce qui peut tromper")]


async def test_others_see_the_terms_and_no_figure(paris: Inside) -> None:
    await two_years(paris.rooms.graph, 2)
    for role, organisation in (
        (Role.COORDINATOR, ""),
        (Role.HEAD_OF_SERVICE, "t:caf"),
        (Role.HEAD_OF_SERVICE, OPERATOR),
    ):
        async with await paris.signed_in(role, organisation) as client:
            shown = text((await client.get(PAGE, params={"departement": "departement:25"})).text)
            assert "Son effet se lit chez l’organisme" in shown
            assert "Avant et depuis" not in shown
            # From what was agreed, not from what was given.
            assert "tels que la convention les a prévus" in shown
            assert (await client.get(PAGE, params={"departement": "25056"})).status_code == 422
    async with await paris.signed_in(Role.PROFESSIONAL, GIVER) as client:
        assert (await client.get(PAGE)).status_code == 403
    async with await paris.signed_in(Role.COORDINATOR) as client:
        assert (await client.get("/coordination/conventions/t:none")).status_code == 404
