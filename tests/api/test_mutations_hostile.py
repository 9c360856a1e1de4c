"""Every mutation of the schema, sent as another site's page could send it, and asked for by a visitor: nothing is executed.

Each is then sent as it should be, and does change something: what was refused before was worth refusing.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from graphql import GraphQLObjectType, GraphQLUnionType, get_named_type

from api.graphql.schema import schema
from graph.model.access import SITE_ROLES, Role
from graph.model.casework.deciding import opened
from graph.model.casework.file import Actor, ActorKind, Identity, Member, MemberRole
from graph.store.unit import Graph
from tests import make
from tests.api import planning
from tests.api.casework import keeping_pages, life, passing
from tests.api.figures import alerts
from tests.api.inside import Inside, inside

HERE, SERVICE = "t:caf", "service:t:s"
PHONE = "03 81 55 66 77"
FOREIGN = "https://ailleurs.example"
# What is told of each kind of answer: enough for the next step to name it.
TOLD = {
    "Listing": "id seq",
    "PostsChange": "entry posts { id }",
    "Suggestion": "id",
    "Decision": "id",
    "SavedSearch": "id",
    "SearchDeleted": "id",
    "MemberPost": "post",
    **passing.TOLD,
    "Request": "id",
    "LookedUp": "known { hit }",
    "Relinked": "organisation",
    **keeping_pages.TOLD,
    **life.TOLD,
    **alerts.TOLD,
    **planning.TOLD,
}
TODAY = date.today()  # noqa: DTZ011 - the site asks its own clock too
SOON = (TODAY + timedelta(days=10)).isoformat()
# Sessions are left out: to read one may write when it was last seen.
NODES = """
MATCH (n) WHERE NOT n:Competence AND NOT n:Session
RETURN labels(n) AS labels, n{.*} AS node
"""
EDGES = "MATCH (a)-[r]->(b) WHERE NOT a:Competence RETURN a.id AS a, type(r) AS kind, r{.*} AS edge, b.id AS b"


@dataclass(frozen=True, slots=True)
class Step:
    """One mutation: who may, what she says given the answers before (by name), and what she is answered."""

    name: str
    says: Callable[[dict[str, Any]], dict[str, Any]]
    answer: str
    role: Role = Role.LISTING_EDITOR
    visitors_may: bool = False
    changes: bool = True


def listing(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda _: {"listing": SERVICE} | more


def posts(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda _: {"organisation": HERE} | more


def contact(**more: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda said: {"request": said["recordRequest"]["id"]} | more


# One after the other: each finds what it needs in what was done before.
STEPS = (
    Step("setPost", posts(label="Loyers", competences=[make.RENT], holder="t:pro"), "PostsChange"),
    Step("setAbsence", posts(professional="t:pro", first=TODAY.isoformat(), last=SOON), "PostsChange"),
    Step("leavePosts", posts(professional="t:pro", lastDay=SOON), "PostsChange"),
    Step("takeBackPosts", lambda said: {"organisation": HERE, "entry": said["leavePosts"]["entry"]}, "PostsChange"),
    Step("removePost", lambda said: {"organisation": HERE, "post": said["setPost"]["posts"][0]["id"]}, "PostsChange"),
    Step(
        "giveMemberPost",
        posts(member="t:organisation_administrator.caf", post="t:desk"),
        "MemberPost",
        Role.ORGANISATION_ADMINISTRATOR,
    ),
    Step("updateListing", listing(values={"contact": {"phone": "03 81 00 00 02"}}), "Listing"),
    Step("undoListingChange", lambda said: {"listing": SERVICE, "seq": said["updateListing"]["seq"]}, "Listing"),
    Step("confirmListing", listing(groups=["CONTACT"]), "Listing"),
    Step("setCapacity", listing(placesFree=3), "Listing"),
    Step("suspendListing", listing(since=TODAY.isoformat(), until=SOON), "Listing"),
    Step("resumeListing", listing(), "Listing"),
    Step("duplicateListing", listing(), "Listing"),
    Step("publishListing", lambda said: {"listing": said["duplicateListing"]["id"]}, "Listing"),
    Step("archiveListing", lambda said: {"listing": said["duplicateListing"]["id"]}, "Listing"),
    Step("suggestCorrection", listing(about="OTHER", text="Le nom a changé."), "Suggestion", visitors_may=True),
    Step("withdrawSuggestion", lambda said: {"suggestion": said["suggestCorrection"]["id"]}, "Suggestion"),
    Step("acceptSuggestion", lambda said: {"suggestion": said["waiting"][0]}, "Suggestion"),
    Step("refuseSuggestion", lambda said: {"suggestion": said["waiting"][1], "reason": "Non."}, "Suggestion"),
    Step(
        "decide",
        lambda said: {"item": f"suggestion|{said['waiting'][2]}", "choice": "REFUSE", "reason": "Non."},
        "Decision",
        Role.MODERATOR,
    ),
    Step(
        "undoDecision",
        lambda said: {"decision": said["decide"]["id"], "reason": "Trop vite."},
        "Decision",
        Role.MODERATOR,
    ),
    Step("saveSearch", lambda _: {"competences": [make.RENT], "territory": "25056"}, "SavedSearch"),
    Step("setAlert", lambda said: {"search": said["saveSearch"]["id"], "pace": "WEEKLY"}, "SavedSearch"),
    Step("deleteSearch", lambda said: {"search": said["saveSearch"]["id"]}, "SearchDeleted"),
    *(Step(name, says, answer, Role.PROFESSIONAL, changes=changes) for name, says, answer, changes in passing.PASSING),
    # Another person than who told it.
    Step("reviewDanger", passing.other("danger", text="Il le fallait."), "Handoff", Role.HEAD_OF_SERVICE),
    Step("recordRequest", lambda _: {"contact": {"reasons": [make.RENT]}}, "Request", Role.PROFESSIONAL),
    Step("correctRequest", contact(contact={"sex": "MAN", "reasons": [make.RENT]}), "Request", Role.PROFESSIONAL),
    Step("noteRequestNeed", contact(competence=make.RENT, cause="NO_CAPACITY"), "Request", Role.PROFESSIONAL),
    Step("followRequest", contact(sequel="ANSWERED"), "Request", Role.PROFESSIONAL),
    Step("voidRequest", contact(), "Request", Role.PROFESSIONAL),
    Step("lookUp", lambda _: {"phone": PHONE}, "LookedUp", Role.PROFESSIONAL),
    Step("relink", lambda said: {"hit": said["lookUp"]["known"][0]["hit"]}, "Relinked", Role.PROFESSIONAL),
    *(Step(name, says, answer, role) for name, says, answer, role in keeping_pages.PAGES),
    *(Step(name, says, answer, Role.PROFESSIONAL) for name, says, answer in life.LIFE),
    Step("silenceAlert", lambda _: alerts.SILENCED, "NetworkAlert", Role.COORDINATOR),
    Step("unsilenceAlert", lambda _: alerts.NAMED, "NetworkAlert", Role.COORDINATOR),
    *(Step(name, says, "Reorganisation", Role.COORDINATOR) for name, says in planning.PLANNING),
)


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    records = [
        make.organisation(HERE, name="Ici", source="dila"),
        make.service("t:s", source="dila"),
        make.professional("t:pro"),
        make.post("t:desk", duty_desk=True),
    ]
    async with inside(empty_graph, tmp_path, *records) as made:
        yield made


def mutations() -> dict[str, Any]:
    """Those of the schema, by name."""
    kind = schema().core.mutation_type
    assert isinstance(kind, GraphQLObjectType)
    return kind.fields


def body(name: str, given: dict[str, Any], key: str) -> dict[str, Any]:
    """As a client sends it."""
    field = mutations()[name]
    answer = get_named_type(field.type)
    assert isinstance(answer, GraphQLUnionType)
    told = " ".join(f"... on {kind.name} {{ {TOLD[kind.name]} }}" for kind in answer.types if kind.name in TOLD)
    query = (
        f"mutation ($input: {field.args['input'].type}) "
        f"{{ {name}(input: $input) {{ __typename {told} ... on Refusal {{ message }} }} }}"
    )
    return {"query": query, "variables": {"input": given | {"idempotencyKey": key}}}


async def digest(site: Inside) -> list[str]:
    """Everything that is kept, but who was last seen when."""
    async with site.rooms.graph.reading() as unit:
        rows = [*await unit.run(NODES), *await unit.run(EDGES)]
    return sorted(json.dumps(dict(row), default=str, sort_keys=True) for row in rows)


async def sent_wrongly(client: httpx2.AsyncClient, whole: dict[str, Any]) -> dict[str, httpx2.Response]:
    """As a page of another site could make a browser send it, with the cookie of whoever is signed in."""
    text = json.dumps(whole)
    form = {"query": whole["query"], "variables": json.dumps(whole["variables"])}
    return {
        "GET": await client.get("/graphql", params=form),
        "form": await client.post("/graphql", data=form),
        "multipart": await client.post("/graphql", files={"operations": (None, text), "map": (None, "{}")}),
        "text/plain": await client.post("/graphql", content=text, headers={"content-type": "text/plain"}),
        "no type": await client.post("/graphql", content=text),
        "foreign": await client.post("/graphql", json=whole, headers={"origin": FOREIGN}),
        "null origin": await client.post("/graphql", json=whole, headers={"origin": "null"}),
        "cross-site": await client.post("/graphql", json=whole, headers={"sec-fetch-site": "cross-site"}),
    }


REFUSED = {
    "GET": 405,
    "form": 415,
    "multipart": 415,
    "text/plain": 415,
    "no type": 415,
    "foreign": 403,
    "null origin": 403,
    "cross-site": 403,
}


def test_every_mutation_of_the_schema_is_tried() -> None:
    assert sorted(step.name for step in STEPS) == sorted(mutations())


async def test_none_is_executed_but_as_it_should_be_asked(site: Inside) -> None:
    said: dict[str, Any] = {"waiting": await suggested(site, 3), **await passing.prepared(site, HERE)}
    said |= await keeping_pages.prepared(site, HERE)
    await followed(site)
    await alerts.planted(site.rooms.graph)
    said |= await life.prepared(site, HERE)
    for step in STEPS:
        given = step.says(said)
        async with await site.signed_in(step.role, "" if step.role in SITE_ROLES else HERE) as client:
            # Her account is there from the first step on.
            before = await digest(site)
            answers = await sent_wrongly(client, body(step.name, given, f"wrong-{step.name}"))
            assert {how: answer.status_code for how, answer in answers.items()} == REFUSED, step.name
            assert not any("data" in answer.text for answer in answers.values()), step.name
            if not step.visitors_may:
                await refused_to_a_visitor(site, step, given)
            assert await digest(site) == before, step.name
            answer = await client.post("/graphql", json=body(step.name, given, f"right-{step.name}"))
            assert "errors" not in answer.json(), (step.name, answer.json())
            told = answer.json()["data"][step.name]
            assert told["__typename"] == step.answer, (step.name, told)
            assert (await digest(site) != before) is step.changes, step.name
            said[step.name] = told


async def refused_to_a_visitor(site: Inside, step: Step, given: dict[str, Any]) -> None:
    async with site.client() as visitor:
        answer = await visitor.post("/graphql", json=body(step.name, given, f"visitor-{step.name}"))
    told = answer.json()["data"][step.name]
    assert told["__typename"] in {"NotAllowed", "NotFound"}, (step.name, told)


async def followed(site: Inside) -> None:
    """Someone whom this number leads to has a file here."""
    by = Actor(kind=ActorKind.PROFESSIONAL, account="t:professional.caf", organisation=HERE)
    member = Member(id="m", role=MemberRole.ADULT, identity=Identity(phone=PHONE))
    at = datetime.now(UTC)
    await site.rooms.graph.write(lambda unit: unit.files.append(None, by, at, opened(by, (member,), at)))


async def suggested(site: Inside, count: int) -> list[str]:
    """Suggestions of visitors, which wait."""
    found = []
    async with site.client() as visitor:
        for number in range(count):
            given = {"listing": SERVICE, "about": "OTHER", "text": f"Remarque {number}."}
            answer = await visitor.post("/graphql", json=body("suggestCorrection", given, f"made-{number}"))
            found.append(answer.json()["data"]["suggestCorrection"]["id"])
    return found
