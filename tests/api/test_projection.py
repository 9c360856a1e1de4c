"""The short road says what the executor says, to the byte, or leaves it to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    get_operation_ast,
    get_variable_values,
    is_leaf_type,
    parse,
    validate,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from api.graphql.context import Context
from api.graphql.execution import Asked, Limits, answer
from api.graphql.projection import MOST_FIELDS, REMEMBERED, NotAtHand, Projection, Projections
from api.graphql.schema import schema
from api.graphql.told import told as as_told
from api.rooms import Rooms
from api.settings import Settings
from graph.model.directory import Capacity, Contact, Holder, Mode, Public, SuccessionKind
from graph.model.relay import Former, Ground, Listing, Tie
from graph.store.connection import driver_of
from graph.store.engine import Address
from graph.store.unit import Graph
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.places import Gazetteer
from tests import make, reading
from tests.conftest import FULL
from tests.outside import free_port

CORE = schema().core
LIMITS = Limits(cost=6_000, seconds=10.0, size=1_048_576, introspection=True)
QUESTION = {"text": "impayés de loyer", "territory": "25056", "at": "2026-03-10T10:00:00+01:00"}
HOTEL = {"competences": [make.HOTEL, make.RENT], "territory": "25056", "publics": ["FAMILLES"], "urgent": True}
RELAYS = "query($q: RelayQuestion!) { relays(question: $q, first: 3) { %s } }"
CONNECTION = RELAYS % "... on RelayConnection { %s }"
NODE = CONNECTION % "edges { node { %s } }"


def listings() -> list[Listing]:
    """One of each kind, with every field told, and others where nothing is."""
    body = make.organisation(
        "t:adil",
        name="ADIL d’essai",
        kind="ADIL",
        aliases=("Agence d’essai",),
        place=make.place(),
        contact=Contact(phone="0381000000", email="adil@example.org", url="https://example.org"),
        hours="Mo-Fr 09:00-12:00",
        demonstration=True,
    )
    post = make.post(
        "t:accueil",
        organisation="t:adil",
        competences=(make.RENT,),
        holders=(Holder(professional="t:pro", name="Camille Essai", function="juriste"),),
    )
    service = make.service(
        "t:permanence",
        organisation="t:adil",
        publics=(Public.FAMILLES,),
        excludes=(Public.JEUNES,),
        modes=(Mode.EN_PRESENTIEL, Mode.A_DISTANCE),
        place=make.place(point=None),
        capacity=Capacity(vouched_on=make.TODAY, waiting_days=3, full_until=date(2026, 4, 1)),
        answer_days=2,
        interpreter=True,
        free=False,
    )
    former = Former("t:avant", "Agence d’avant", date(2024, 1, 1), SuccessionKind.RENAMED)
    plain = make.organisation("t:nue", kind="UN_GENRE_DE_DEMAIN")
    return [
        make.listing("organisation:t:adil", organisation=body, posts=(post,), formers=(former,), ground=Ground.LAW),
        make.listing("service:t:permanence", organisation=body, service=service, posts=(post,)),
        make.listing("organisation:t:nue", organisation=plain),
        make.listing(
            "agreement:t:a",
            organisation=body,
            agreement=make.agreement(unit="chambre", unit_price=61.5, capacity=12, publics=(Public.FAMILLES,)),
            ties=(Tie(make.HOTEL, Ground.MANDATE, "Mandat d’essai"),),
        ),
        *(make.listing(f"service:t:s{n}", service=make.service(f"t:s{n}")) for n in range(4)),
    ]


@pytest.fixture(scope="module")
async def rooms(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Rooms]:
    """A small index, and a graph that nobody answers for."""
    folder: Path = tmp_path_factory.mktemp("projection")
    writer = await EmbeddedEngine(folder).aside()
    await writer.keep_places(make.territories())
    await writer.replace((), listings())
    await writer.commit()
    await writer.switch()
    await writer.close()
    nowhere = Address(f"bolt://127.0.0.1:{free_port()}", "nobody", "")
    graph = Graph(driver_of(nowhere), nowhere.database)
    yield Rooms(settings=Settings(), graph=graph, index=EmbeddedIndex(folder), reader=reading.shared())
    await graph.close()


def short(query: str, variables: dict[str, Any]) -> tuple[Projection | None, Any]:
    """The short road of this operation, and its variables as the executor sees them."""
    document = parse(query)
    assert validate(CORE, document) == []
    operation = get_operation_ast(document)
    assert operation is not None
    coerced = get_variable_values(CORE, operation.variable_definitions or (), variables)
    assert not isinstance(coerced, list), coerced
    return Projections(CORE, document).of(operation, coerced), coerced


async def by_executor(rooms: Rooms, query: str, variables: dict[str, Any]) -> bytes:
    context = Context(rooms, "repère", now=make.NOW, document=parse(query))
    told = await schema().execute(query, variable_values=variables, context_value=context)
    assert told.errors is None, told.errors
    return orjson.dumps(told.data)


async def by_short_road(rooms: Rooms, query: str, variables: dict[str, Any]) -> bytes:
    projection, coerced = short(query, variables)
    assert projection is not None
    return orjson.dumps(await projection.data(coerced, Context(rooms, "repère", now=make.NOW)))


SAME: dict[str, tuple[str, dict[str, Any]]] = {
    "a page as our own": (
        NODE
        % """organisation { id name kind kindLabel demonstration place { city point { lat lon } } contact { phone } }
        service { id name fee modes capacity { placesFree fullUntil vouchedOn } contact { phone } }
        post { label contact { phone } holders { name onLeave } } agreement { label since unitPrice }
        reasons { kind text } distanceKm""",
        {"q": QUESTION},
    ),
    "what was understood": (
        CONNECTION
        % """totalCount at understood { competence { id label category } because certainty }
        widened { step text } emergency { number label } territory { id name level postcodes point { lat } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor }""",
        {"q": QUESTION},
    ),
    "counts": (
        CONNECTION
        % """totalCount facets { openNow free publics { public count } modes { mode count } kinds { kind count } fresh
        hasRoom interpreter } """,
        {"q": QUESTION | {"fresh": True}},
    ),
    "danger": (CONNECTION % "emergency { number label }", {"q": QUESTION | {"text": "il veut se suicider"}}),
    "widened": (CONNECTION % "widened { step text } totalCount", {"q": QUESTION | {"modes": ["A_DISTANCE"]}}),
    "nothing found": (CONNECTION % "totalCount edges { cursor } pageInfo { endCursor }", {"q": {"text": "zzzz"}}),
    "an agreement": (
        NODE % "agreement { id kind label capacity unit unitPrice until payers publics source vouchedOn }",
        {"q": HOTEL},
    ),
    "a refusal": (
        RELAYS % "__typename ... on InvalidInput { message code field } ... on RelayConnection { totalCount }",
        {"q": {"text": "  "}},
    ),
    "a refusal that is not asked for": (CONNECTION % "totalCount", {"q": {"text": "rsa", "territory": "99999"}}),
    "a refusal by its interface": (RELAYS % "... on Refusal { message code }", {"q": {"text": ""}}),
    "type names": (
        RELAYS
        % "__typename ... on RelayConnection { edges { __typename node { __typename organisation { __typename } } } }",
        {"q": QUESTION},
    ),
    "only a type name": (RELAYS % "__typename", {"q": QUESTION}),
    "aliases": (
        "query($q: RelayQuestion!) { a: relays(question: $q) { ... on RelayConnection { b: totalCount c: totalCount at } } }",
        {"q": QUESTION},
    ),
    "the order of the question": (NODE % "distanceKm reasons { text kind } organisation { name id }", {"q": QUESTION}),
    "aliases that mean something in Python": (
        CONNECTION
        % "None: totalCount it: totalCount held: at lambda: at edges { tell_1: node { type: distanceKm __class__: __typename } }",
        {"q": QUESTION},
    ),
    "merged selections": (
        NODE % "organisation { id } ...O organisation { name place { city } }"
        + " fragment O on Relay { organisation { place { point { lat } } id } }",
        {"q": QUESTION},
    ),
    "fragments": (
        "query($q: RelayQuestion!) { ...R } fragment R on Query { relays(question: $q) { ...C } } "
        "fragment C on RelayConnection { totalCount edges { ...E } } fragment E on RelayEdge { node { distanceKm } }",
        {"q": QUESTION},
    ),
    "include and skip": (
        "query($q: RelayQuestion!, $yes: Boolean!, $no: Boolean = false) { relays(question: $q) { ... on RelayConnection { "
        "totalCount @skip(if: $yes) at @include(if: $no) edges @include(if: $yes) { cursor node @skip(if: $no) "
        "{ distanceKm } ... @include(if: $no) { cursor } } } } }",
        {"q": QUESTION, "yes": True},
    ),
    "everything left out": (RELAYS % "... on RelayConnection @skip(if: true) { totalCount }", {"q": QUESTION}),
    "literal arguments": (
        '{ relays(question: {text: "loyer", territory: "25056", modes: EN_PRESENTIEL, near: {lat: 47, lon: 6}}, first: null) '
        "{ ... on RelayConnection { totalCount } } }",
        {},
    ),
    "competences": ('{ competences(text: "loyer") { competence { id label } because certainty } }', {}),
    "completion": ('{ complete(text: "imp", first: 3) { text competence { id label category } } }', {}),
    "territories": ('{ territories(text: "25") { id name level population point { lat lon } postcodes } }', {}),
}


@pytest.mark.parametrize(("query", "variables"), SAME.values(), ids=SAME)
async def test_both_roads_say_the_same(rooms: Rooms, query: str, variables: dict[str, Any]) -> None:
    assert await by_short_road(rooms, query, variables) == await by_executor(rooms, query, variables)


def at_hand(type_: GraphQLObjectType) -> list[tuple[str, Any]]:
    """The fields of a type that have no resolver of their own."""
    return [(name, field.type) for name, field in type_.fields.items() if getattr(field.resolve, "_is_default", False)]


@st.composite
def selections(draw: st.DrawFn, type_: Any, depth: int = 6) -> str:
    """Some of what may be asked of a type without its resolvers, under other names, behind choices, in fragments."""
    if isinstance(type_, GraphQLUnionType):
        parts = [f"... on {member.name} {draw(selections(member, depth))}" for member in type_.types]
        return "{ " + " ".join(["__typename", *parts]) + " }"
    fields = draw(st.lists(st.sampled_from(at_hand(type_)), min_size=1, max_size=6, unique_by=lambda field: field[0]))
    asked = []
    for name, wrapped in fields:
        inner = get_named_type(wrapped)
        if not is_leaf_type(inner) and depth == 0:
            continue
        alias = draw(st.sampled_from(("", "", f"x_{name}: ")))
        choice = draw(st.sampled_from(("", "", " @include(if: $yes)", " @skip(if: $yes)")))
        inside = "" if is_leaf_type(inner) else draw(selections(inner, depth - 1))
        text = f"{alias}{name}{choice} {inside}"
        asked.append(draw(st.sampled_from((text, text, f"... on {type_.name} {{ {text} }}"))))
    return "{ " + " ".join([*asked, "__typename"]) + " }"


RELAYS_RESULT = get_named_type(CORE.type_map["Query"].fields["relays"].type)  # pyright: ignore[reportAttributeAccessIssue]


@settings(max_examples=120 if FULL else 40, deadline=None, suppress_health_check=list(HealthCheck))  # pyright: ignore[reportArgumentType]
@given(asked=selections(RELAYS_RESULT), question=st.sampled_from([QUESTION, HOTEL, {"text": ""}]), yes=st.booleans())
async def test_whatever_is_at_hand_is_told_alike(rooms: Rooms, asked: str, question: dict[str, Any], yes: bool) -> None:
    query = f"query($q: RelayQuestion!, $yes: Boolean!) {{ relays(question: $q, first: 5) {asked} }}"
    # Choices may be unused: the two roads are compared below what the gate would let pass.
    query = query if "$yes)" in query else query.replace(", $yes: Boolean!", "")
    variables = {"q": question} | ({"yes": yes} if "$yes" in query else {})
    assert await by_short_road(rooms, query, variables) == await by_executor(rooms, query, variables)


LEFT: dict[str, str] = {
    "a resolver deeper": '{ relays(question: {text: "rsa"}) { ... on RelayConnection { edges { node { organisation '
    "{ services { edges { node { id } } } } } } } } }",
    "a territory": '{ relays(question: {text: "rsa"}) { ... on RelayConnection { territory { zones { id } } } } }',
    "voices": '{ relays(question: {text: "rsa"}) { ... on RelayConnection { edges { node { service { voices { source } } } } } } }',
    "two roots": '{ competences(text: "rsa") { because } territories(text: "25") { id } }',
    "a root twice": '{ a: competences(text: "rsa") { because } b: competences(text: "caf") { because } }',
    "introspection": "{ __schema { description } }",
    "the root's name": "{ __typename }",
    "more fields than are compiled": "{ "
    + 'competences(text: "rsa") { ...A b: competence { ...B } c: competence { ...B } } } '
    + "fragment A on CompetenceMatch { "
    + " ".join(f"a{n}: because" for n in range(MOST_FIELDS))
    + " } "
    + "fragment B on Competence { id label }",
    "nothing": '{ competences(text: "rsa") @skip(if: true) { because } }',
}


@pytest.mark.parametrize("query", LEFT.values(), ids=LEFT)
def test_what_is_not_at_hand_is_left_to_the_executor(query: str) -> None:
    assert short(query, {})[0] is None


def test_every_field_without_a_resolver_is_known() -> None:
    """What `at_hand` finds by the schema's resolvers, the short road finds by its definitions: all types of an answer."""
    for type_ in CORE.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__") and type_.name != "Query":
            assert [name for name, field in type_.fields.items() if getattr(field.resolve, "_is_default", False)] == [
                name for name, field in type_.fields.items() if field.extensions["strawberry-definition"].is_basic_field
            ]


async def test_projections_of_a_document_are_bounded() -> None:
    names = [f"b{n}" for n in range(6)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    asked = " ".join(f"{name}: because @include(if: ${name})" for name in names)
    document = parse(f'query({declared}) {{ competences(text: "rsa") {{ certainty {asked} }} }}')
    operation = get_operation_ast(document)
    assert operation is not None
    projections = Projections(CORE, document)
    for number in range(64):
        values = {name: bool(number >> bit & 1) for bit, name in enumerate(names)}
        coerced = get_variable_values(CORE, operation.variable_definitions or (), values)
        assert not isinstance(coerced, list)
        kept = projections.of(operation, coerced)
        assert kept is not None
        assert projections.of(operation, coerced) is kept
        assert len(projections._compiled) <= REMEMBERED


async def told(rooms: Rooms, query: str, limits: Limits = LIMITS, **variables: Any) -> dict[str, Any]:
    context = Context(rooms, "repère", now=make.NOW)
    return orjson.loads((await answer(context, Asked(query=query, variables=variables), limits)).body)


async def test_relays_are_answered_while_nobody_answers_for_the_graph(rooms: Rooms) -> None:
    query = CONNECTION % "totalCount edges { node { organisation { name } } }"
    content = await told(rooms, query, q=QUESTION)
    assert content == {"data": orjson.loads(await by_executor(rooms, query, {"q": QUESTION}))}
    assert content["data"]["relays"]["totalCount"] == 6


async def test_an_organisation_that_came_with_the_answer_is_not_asked_of_the_graph(rooms: Rooms) -> None:
    query = NODE % "service { id organisation { id name } } organisation { id name }"
    assert short(query, {"q": QUESTION})[0] is None
    content = await told(rooms, query, q=QUESTION)
    nodes = [edge["node"] for edge in content["data"]["relays"]["edges"]]
    assert [node["service"]["organisation"] for node in nodes if node["service"]] == [
        node["organisation"] for node in nodes if node["service"]
    ]
    assert "errors" not in content


class Watched(EmbeddedIndex):
    """The real index, which counts how often it is asked where places are."""

    asked = 0

    @property
    def places(self) -> Gazetteer:
        self.asked += 1
        return super().places


async def test_an_index_that_does_not_answer_is_asked_once_and_told_as_the_executor_tells_it(
    rooms: Rooms, tmp_path: Path
) -> None:
    index = Watched(tmp_path)
    nothing = replace(rooms, index=index)
    query = CONNECTION % "totalCount"
    content = await told(nothing, query, q=QUESTION)
    assert index.asked == 1
    context = Context(nothing, "repère", now=make.NOW, document=parse(query))
    slow = await schema().execute(query, variable_values={"q": QUESTION}, context_value=context)
    assert slow.errors
    assert content == {"data": slow.data, "errors": as_told(slow.errors, context)}
    assert content["data"] is None
    [error] = content["errors"]
    assert (error["path"], error["extensions"]) == (["relays"], {"code": "UNAVAILABLE"})


async def test_a_choice_that_is_null_is_refused_as_the_executor_refuses_it(rooms: Rooms) -> None:
    query = 'query($yes: Boolean = true) { competences(text: "rsa") { because @include(if: $yes) } }'
    assert short(query, {})[0] is not None
    assert short(query, {"yes": None})[0] is None
    context = Context(rooms, "repère", now=make.NOW, document=parse(query))
    by_executor = await schema().execute(query, variable_values={"yes": None}, context_value=context)
    assert by_executor.errors
    [error] = (await told(rooms, query, yes=None))["errors"]
    assert error["message"] == by_executor.errors[0].message


async def test_what_may_not_be_null_and_is_goes_to_the_executor(rooms: Rooms) -> None:
    projection, _ = short('{ competences(text: "rsa") { because } }', {})
    assert projection is not None
    with pytest.raises(NotAtHand):
        projection.tell(None)
    with pytest.raises(NotAtHand):
        projection.tell([None])


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (replace(LIMITS, cost=100), "TOO_MUCH"),
        (replace(LIMITS, size=200), "TOO_MUCH"),
        (replace(LIMITS, seconds=0.0), "UNAVAILABLE"),
    ],
    ids=["cost", "size", "time"],
)
async def test_limits_hold_on_the_short_road(rooms: Rooms, limits: Limits, code: str) -> None:
    query = NODE % "organisation { name } reasons { text }"
    assert "errors" not in await told(rooms, query, q=QUESTION)
    with capture_logs() as logs:
        content = await told(rooms, query, limits, q=QUESTION)
    assert [error["extensions"]["code"] for error in content["errors"]] == [code]
    assert logs == []
