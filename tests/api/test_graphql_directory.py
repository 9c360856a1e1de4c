from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest
from fastapi import FastAPI
from graphql import get_introspection_query
from structlog.testing import capture_logs

from api.gateway import Gateway
from api.graphql.connections import NameCursor, RelayCursor, decode, encode
from api.graphql.context import Context
from api.graphql.door import router
from api.graphql.execution import Asked, Limits, answer
from api.rooms import Rooms
from api.settings import Settings
from graph.model.directory import Holder, ListingState
from graph.store.loading import Loader
from graph.store.unit import Graph, calls_made
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.indexer import Indexer
from tests import make, reading

LIMITS = Limits(cost=6_000, seconds=5.0, size=1_048_576, introspection=True)
SERVICES = 23


def records() -> list[Any]:
    return [
        make.organisation("t:ville", name="Ville d’essai", kind="COMMUNE", covers=("25056",)),
        make.organisation("t:caf", name="Caisse d’essai", place=make.place(), part_of="t:ville"),
        make.organisation("t:unite", name="Antenne d’essai", part_of="t:caf"),
        make.organisation("t:cachee", name="Antenne en préparation", part_of="t:caf", state=ListingState.DRAFT),
        make.organisation("t:ancienne", name="Caisse d’avant", closed_on=date(2024, 1, 1)),
        make.succession("t:ancienne", "t:caf", scope="tout le Doubs"),
        *(make.service(f"t:s{i:02}", name=f"Service {i:02}") for i in range(SERVICES)),
        make.service("t:suspendu", name="Service suspendu", state=ListingState.SUSPENDED),
        make.professional("t:camille", name="Camille Essai"),
        make.professional("t:alex", name="Alex Essai"),
        make.post(
            "t:accueil",
            label="Accueil des allocataires",
            competences=(make.RENT,),
            holders=(
                Holder(professional="t:camille", leave_from=date(2026, 3, 1), leave_until=date(2026, 3, 31)),
                Holder(professional="t:alex", until=date(2025, 1, 1)),
            ),
        ),
        make.agreement("t:mandat", label="Mandat ouvert"),
        make.agreement("t:reserve", label="Mandat réservé", reserved=True),
    ]


@pytest.fixture(scope="module")
async def rooms(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    """A small network in the real graph and the real index; no test here changes it."""
    folder: Path = tmp_path_factory.mktemp("graphql")
    await graph.write(
        lambda unit: unit.run("MATCH (n) WHERE NOT n:Competence AND NOT n:Migration DETACH DELETE n"),
    )
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    await loader.load(await loader.plan_batch(make.batch(*records())), lambda done: None)
    indexer = Indexer(graph, EmbeddedEngine(folder))
    await indexer.rebuild()
    await indexer.close()
    yield Rooms(settings=Settings(), graph=graph, index=EmbeddedIndex(folder), reader=reading.shared())


async def told(rooms: Rooms, query: str, limits: Limits = LIMITS, **variables: Any) -> dict[str, Any]:
    context = Context(rooms, "repère-1", now=make.NOW)
    return orjson.loads((await answer(context, Asked(query=query, variables=variables), limits)).body)


async def data(rooms: Rooms, query: str, **variables: Any) -> dict[str, Any]:
    content = await told(rooms, query, **variables)
    assert "errors" not in content, content["errors"]
    return content["data"]


async def test_an_organisation_and_what_stands_around_it(rooms: Rooms) -> None:
    query = """{ organisation(id: "t:caf") {
      id name kind kindLabel state closedOn demonstration vouchedOn source
      place { city point { lat lon } territory { name level zones { id } within(level: DEPARTEMENT) { name } } }
      partOf { name partOf { name } }
      covers { id name }
      units { edges { node { name } } pageInfo { hasNextPage hasPreviousPage } }
      posts { edges { node {
        label dutyDesk competences { id } organisation { id } holders { name role onLeave }
      } } }
      agreements { edges { node { label kind givenTo { name } grantedBy { name } covers { name } } } }
      predecessors { on kind scope organisation { name closedOn successors { organisation { name } } } }
      successors { on }
    } }"""
    assert (await data(rooms, query))["organisation"] == {
        "id": "t:caf",
        "name": "Caisse d’essai",
        "kind": "CAF",
        "kindLabel": "Caisse d’allocations familiales",
        "state": "PUBLISHED",
        "closedOn": None,
        "demonstration": False,
        "vouchedOn": "2026-03-10",
        "source": "essai",
        "place": {
            "city": "Besançon",
            "point": {"lat": 47.24, "lon": 6.02},
            "territory": {
                "name": "Besançon",
                "level": "COMMUNE",
                "zones": [{"id": "25056"}, {"id": "departement:25"}, {"id": "pays:FR"}],
                "within": {"name": "Doubs"},
            },
        },
        "partOf": {"name": "Ville d’essai", "partOf": None},
        "covers": [{"id": "departement:25", "name": "Doubs"}],
        "units": {
            "edges": [{"node": {"name": "Antenne d’essai"}}],
            "pageInfo": {"hasNextPage": False, "hasPreviousPage": False},
        },
        "posts": {
            "edges": [
                {
                    "node": {
                        "label": "Accueil des allocataires",
                        "dutyDesk": False,
                        "competences": [{"id": make.RENT}],
                        "organisation": {"id": "t:caf"},
                        "holders": [{"name": "Camille Essai", "role": "HOLDER", "onLeave": True}],
                    }
                }
            ]
        },
        "agreements": {
            "edges": [
                {
                    "node": {
                        "label": "Mandat ouvert",
                        "kind": "MANDAT_DE_GESTION",
                        "givenTo": {"name": "Caisse d’essai"},
                        "grantedBy": [{"name": "Ville d’essai"}],
                        "covers": [{"name": "Doubs"}],
                    }
                }
            ]
        },
        "predecessors": [
            {
                "on": "2024-01-01",
                "kind": "RENAMED",
                "scope": "tout le Doubs",
                "organisation": {
                    "name": "Caisse d’avant",
                    "closedOn": "2024-01-01",
                    "successors": [{"organisation": {"name": "Caisse d’essai"}}],
                },
            }
        ],
        "successors": [],
    }


@pytest.mark.parametrize("id_", ["t:cachee", "t:rien", "", "t:s00"])
async def test_what_is_not_published_does_not_exist(rooms: Rooms, id_: str) -> None:
    assert await data(rooms, "query($id: ID!) { organisation(id: $id) { id } }", id=id_) == {"organisation": None}


async def test_a_service_is_shown_and_a_suspended_one_is_not(rooms: Rooms) -> None:
    query = """{
      shown: service(id: "t:s00") { name organisation { name } competences { id } covers { name } capacity { placesFree } }
      hidden: service(id: "t:suspendu") { name }
    }"""
    found = await data(rooms, query)
    assert found["hidden"] is None
    assert found["shown"]["name"] == "Service 00"
    assert found["shown"]["organisation"] == {"name": "Caisse d’essai"}
    assert [entry["id"] for entry in found["shown"]["competences"]] == [make.RENT]
    assert found["shown"]["capacity"] is None


async def test_services_come_page_by_page_each_once(rooms: Rooms) -> None:
    query = """query($after: String) { organisation(id: "t:caf") { services(first: 10, after: $after) {
      edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } }"""
    names, after, pages = [], None, []
    while len(pages) < 4:
        page = (await data(rooms, query, after=after))["organisation"]["services"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        pages.append((page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]))
        after = page["pageInfo"]["endCursor"]
        assert after == page["edges"][-1]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert names == [f"Service {i:02}" for i in range(SERVICES)]
    assert pages == [(False, True), (True, True), (True, False)]


async def test_the_directory_comes_in_order_of_name(rooms: Rooms) -> None:
    query = """query($text: String, $kind: OrganisationKind, $territory: ID, $after: String) {
      organisations(text: $text, kind: $kind, territory: $territory, first: 2, after: $after) {
        edges { node { name } } pageInfo { hasNextPage hasPreviousPage endCursor }
      } }"""
    first = (await data(rooms, query))["organisations"]
    assert [edge["node"]["name"] for edge in first["edges"]] == ["Antenne d’essai", "Caisse d’essai"]
    assert first["pageInfo"]["hasNextPage"] is True
    second = (await data(rooms, query, after=first["pageInfo"]["endCursor"]))["organisations"]
    assert [edge["node"]["name"] for edge in second["edges"]] == ["Ville d’essai"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    by_kind = (await data(rooms, query, kind="COMMUNE", text="VILLE", territory="25056"))["organisations"]
    assert [edge["node"]["name"] for edge in by_kind["edges"]] == ["Ville d’essai"]


RELAYS = """query($question: RelayQuestion!, $first: Int, $after: String) {
  relays(question: $question, first: $first, after: $after) {
    ... on RelayConnection {
      edges { cursor node { organisation { id name %s } service { id } reasons { kind text } distanceKm } }
      pageInfo { hasNextPage hasPreviousPage endCursor } totalCount at
      understood { competence { id label category } because }
      widened { step text } emergency { number label } territory { id }
    }
    ... on InvalidInput { message code field }
  } }"""
QUESTION = {"competences": [make.RENT], "territory": "25056"}


async def relays(rooms: Rooms, question: dict[str, Any], **variables: Any) -> dict[str, Any]:
    return (await data(rooms, RELAYS % "", question=question, **variables))["relays"]


async def test_relays_answer_with_reasons(rooms: Rooms) -> None:
    found = await relays(rooms, QUESTION | {"at": "2026-03-10T10:00:00+01:00"}, first=50)
    services = [edge["node"]["service"]["id"] for edge in found["edges"] if edge["node"]["service"]]
    assert sorted(services) == [f"t:s{i:02}" for i in range(SERVICES)]
    assert all(edge["node"]["reasons"] for edge in found["edges"])
    assert found["totalCount"] == len(found["edges"])
    assert found["territory"] == {"id": "25056"}
    assert datetime.fromisoformat(found["at"]) == datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


async def test_pages_of_relays_are_one_order_cut_in_pieces(rooms: Rooms) -> None:
    whole = await relays(rooms, QUESTION, first=50)
    pieces, after = [], None
    for _ in range(10):
        page = await relays(rooms, QUESTION, first=7, after=after)
        pieces += page["edges"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [edge["node"] for edge in pieces] == [edge["node"] for edge in whole["edges"]]


async def test_the_next_page_is_judged_at_the_moment_of_the_first(rooms: Rooms) -> None:
    night = "2026-03-10T02:00:00+00:00"
    page = await relays(rooms, QUESTION | {"at": night}, first=5)
    following = await relays(rooms, QUESTION, first=5, after=page["pageInfo"]["endCursor"])
    assert following["at"] == page["at"] == night


async def test_a_cursor_whose_listing_has_moved_stands_after_it(rooms: Rooms) -> None:
    page = await relays(rooms, QUESTION, first=8)
    old = decode(page["edges"][3]["cursor"], RelayCursor)
    moved = encode(RelayCursor(old.moment, old.position + 90, old.listing))
    found = await relays(rooms, QUESTION, first=4, after=moved)
    assert [edge["node"] for edge in found["edges"]] == [edge["node"] for edge in page["edges"][4:]]


@pytest.mark.parametrize(
    "cursor",
    [
        "n’importe quoi",
        "W10=",
        "x" * 5_000,
        encode(NameCursor("Caisse", "t:caf")),
        encode(RelayCursor(make.NOW, 1, "organisation:jamais-vue")),
        encode(RelayCursor(make.NOW, 1, "organisation:" + "t" * 300)),
        encode(RelayCursor(datetime(1, 1, 1, tzinfo=UTC), 1, "organisation:t:caf")),
    ],
)
async def test_a_cursor_that_is_not_ours_is_refused_in_words(rooms: Rooms, cursor: str) -> None:
    refused = await relays(rooms, QUESTION, after=cursor)
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", "after")
    assert refused["message"].endswith(("Reprenez à la première page.", "La date va de 2000 à 2100."))


@pytest.mark.parametrize(
    ("question", "variables", "field"),
    [
        ({}, {}, "text"),
        (QUESTION, {"first": 0}, "first"),
        (QUESTION, {"first": 99_999_999}, "first"),
        (QUESTION, {"first": -1}, "first"),
        (QUESTION | {"territory": "99999"}, {}, "territory"),
        (QUESTION | {"territory": "x" * 201}, {}, "territory"),
        (QUESTION | {"competences": ["inconnue"]}, {}, "competences"),
        (QUESTION | {"competences": [make.RENT] * 21}, {}, "competences"),
        (QUESTION | {"at": "2026-03-10T10:00:00"}, {}, "at"),
        (QUESTION | {"at": "0001-01-01T00:00:00Z"}, {}, "at"),
        (QUESTION | {"near": {"lat": 91, "lon": 0}}, {}, "near"),
        (QUESTION | {"near": {"lat": 47, "lon": 6}, "radiusKm": -1}, {}, "radiusKm"),
        ({"text": "x" * 50_000}, {}, "text"),
    ],
)
async def test_a_question_that_cannot_be_read_names_its_field(
    rooms: Rooms, question: dict[str, Any], variables: dict[str, Any], field: str
) -> None:
    refused = await relays(rooms, question, **variables)
    assert (refused["code"], refused["field"]) == ("INVALID_INPUT", field)


async def test_outside_unions_a_refusal_is_an_error_with_its_code(rooms: Rooms) -> None:
    content = await told(rooms, '{ organisations(first: 51) { edges { cursor } } territories(text: "") { id } }')
    assert content["data"] is None
    assert content["errors"] == [
        {
            "message": "Demandez entre 1 et 50 résultats par page.",
            "locations": [{"line": 1, "column": 3}],
            "path": ["organisations"],
            "extensions": {"code": "INVALID_INPUT", "field": "first"},
        }
    ]


async def test_territories_are_completed(rooms: Rooms) -> None:
    found = await data(rooms, '{ territories(text: "besan") { id name level population postcodes point { lat } } }')
    assert found["territories"] == [
        {
            "id": "25056",
            "name": "Besançon",
            "level": "COMMUNE",
            "population": 118_489,
            "postcodes": ["25000"],
            "point": {"lat": 47.24},
        }
    ]


async def test_words_are_taken_to_mean_competences_or_nothing(rooms: Rooms) -> None:
    query = "query($text: String!) { competences(text: $text) { competence { id label category } because certainty } }"
    assert (await data(rooms, query, text="zzzz"))["competences"] == []
    found = (await data(rooms, query, text="impayés de loyer"))["competences"]
    assert found[0]["competence"]["id"] == make.RENT


async def test_an_operation_that_costs_too_much_is_not_executed(rooms: Rooms) -> None:
    made: list[str] = []
    token = calls_made.set(made)
    nested = "units(first: 50) { edges { node { services(first: 50) { edges { node { id name } } } } } }"
    try:
        content = await told(rooms, f'{{ organisation(id: "t:caf") {{ {nested} }} }}')
    finally:
        calls_made.reset(token)
    assert made == []
    assert content == {
        "errors": [
            {
                "message": "La requête coûte 7653 points, pour 6000 au plus. "
                "Demandez moins de champs, ou une page plus courte.",
                "extensions": {"code": "TOO_MUCH"},
            }
        ]
    }


async def test_an_answer_that_is_too_large_is_not_sent(rooms: Rooms) -> None:
    small = Limits(cost=6_000, seconds=5.0, size=2_000, introspection=True)
    content = await told(rooms, RELAYS % "", small, question=QUESTION, first=50)
    assert [error["extensions"] for error in content["errors"]] == [{"code": "TOO_MUCH"}]
    assert "data" not in content


async def test_an_answer_that_takes_too_long_is_given_up(rooms: Rooms) -> None:
    hasty = Limits(cost=6_000, seconds=0.000_001, size=1_048_576, introspection=True)
    content = await told(rooms, '{ organisation(id: "t:caf") { name } }', hasty)
    assert [error["extensions"] for error in content["errors"]] == [{"code": "UNAVAILABLE"}]
    assert "data" not in content
    assert await data(rooms, '{ organisation(id: "t:caf") { name } }') == {"organisation": {"name": "Caisse d’essai"}}


async def test_a_fault_is_told_by_its_mark_and_logged_without_the_question(rooms: Rooms) -> None:
    broken = Rooms(settings=rooms.settings, graph=rooms.graph, index=rooms.index, reader=None)  # pyright: ignore[reportArgumentType]
    with capture_logs() as logs:
        content = await told(broken, '{ MadameDurand: competences(text: "Madame Durand") { because } }')
    assert content["data"] is None
    (error,) = content["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "requestId": "repère-1"}
    assert error["message"].endswith("donnez-nous ce repère : repère-1.")
    (line,) = logs
    assert (line["event"], line["request_id"], line["field"]) == ("graphql_fault", "repère-1", "competences")
    assert line["fault"] == "AttributeError"
    assert "Durand" not in str(line)


async def test_which_operation_must_be_said_when_there_are_two(rooms: Rooms) -> None:
    content = await told(rooms, "query A { service(id: 1) { id } } query B { service(id: 2) { id } }")
    assert [error["extensions"] for error in content["errors"]] == [{"code": "INVALID_INPUT", "field": "operationName"}]


@asynccontextmanager
async def door(rooms: Rooms, **settings: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """The door of a site with other settings."""
    app = FastAPI(openapi_url=None)
    app.include_router(router)
    app.state.rooms = replace(rooms, settings=Settings(**settings))
    transport = httpx2.ASGITransport(app=Gateway(app, app.state.rooms.settings))
    async with httpx2.AsyncClient(transport=transport, base_url="http://maillage.example") as client:
        yield client


async def test_explorer_and_introspection_are_closed_by_setting(rooms: Rooms) -> None:
    async with door(rooms, explorer=False, introspection=False) as client:
        page = await client.get("/graphql")
        assert (page.status_code, page.headers["allow"]) == (405, "POST")
        asked = await client.post("/graphql", json={"query": get_introspection_query()})
        assert {error["extensions"]["code"] for error in asked.json()["errors"]} == {"INVALID_INPUT"}
        assert "data" not in asked.json()


async def test_another_site_may_ask_where_the_settings_name_it(rooms: Rooms) -> None:
    friend = "https://partenaire.example"
    query = {"query": '{ organisation(id: "t:caf") { name } }'}
    async with door(rooms, allowed_origins=(friend,)) as client:
        allowed = await client.post("/graphql", json=query, headers={"origin": friend})
        assert allowed.json() == {"data": {"organisation": {"name": "Caisse d’essai"}}}
        refused = await client.post("/graphql", json=query, headers={"origin": "https://autre.example"})
        assert refused.status_code == 403


async def test_limits_come_from_the_settings(rooms: Rooms) -> None:
    query = {"query": '{ organisation(id: "t:caf") { services(first: 50) { edges { node { id name fee } } } } }'}
    async with door(rooms, graphql_cost=100, graphql_body_bytes=1_000) as client:
        assert (await client.post("/graphql", json=query)).json()["errors"][0]["extensions"] == {"code": "TOO_MUCH"}
        assert (await client.post("/graphql", json=query | {"x": "x" * 1_000})).status_code == 413


async def test_introspection_fits_in_the_limits(rooms: Rooms) -> None:
    found = await data(rooms, get_introspection_query())
    assert found["__schema"]["queryType"] == {"name": "Query", "kind": "OBJECT"}
