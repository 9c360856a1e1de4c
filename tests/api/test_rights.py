"""Every door obeys the matrix: each role gets what it says, hidden and absent look the same, what was taken away is gone.

`checked.csv` names, for every mutation and every route that changes something, the act of the matrix that it checks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from graphql import GraphQLObjectType

from api.app import create_app
from api.graphql.schema import schema
from api.settings import Settings
from graph.model.access import Operation, Role, Subject, Viewer, may
from graph.model.account import Account, Membership, MembershipState
from graph.model.directory import Contact
from graph.model.vocabulary import competences
from graph.store.unit import Graph, Unit
from tests import make
from tests.api.inside import Inside, inside

CHECKED = Path(__file__).parent / "checked.csv"
HERE, THERE, BELOW = "t:caf", "t:autre", "t:antenne"
KEPT = "organisation:t:caf"
# Acts on one's own session, or that anyone may: no line of the matrix speaks of them.
OWN = "own session"
# Acts that hold by the address that was mailed, and by the word of who signed someone in.
OWN_LINK, PROVIDER = "own link", "identity provider"
ROLES = [
    (role, organisation)
    for role in Role
    for organisation in (
        ("",)
        if role in {Role.VISITOR, Role.MODERATOR, Role.COORDINATOR, Role.AUDITOR, Role.PLATFORM_ADMINISTRATOR}
        else (HERE, THERE)
    )
]
SUGGEST = """mutation($i: SuggestCorrectionInput!) { suggestCorrection(input: $i) {
  __typename ... on Suggestion { id } ... on Refusal { message } } }"""
ACCEPT = """mutation($i: AcceptSuggestionInput!) { acceptSuggestion(input: $i) {
  __typename ... on Refusal { message } } }"""
REFUSE = """mutation($i: RefuseSuggestionInput!) { refuseSuggestion(input: $i) {
  __typename ... on Refusal { message } } }"""
WITHDRAW = """mutation($i: WithdrawSuggestionInput!) { withdrawSuggestion(input: $i) {
  __typename ... on Refusal { message } } }"""
DECIDE = (
    "mutation($i: DecideInput!) { decide(input: $i) { __typename ... on Decision { id } ... on Refusal { message } } }"
)
UNDO = "mutation($i: UndoDecisionInput!) { undoDecision(input: $i) { __typename ... on Refusal { message } } }"
CONFIRM = "mutation($i: ConfirmListingInput!) { confirmListing(input: $i) { __typename ... on Refusal { message } } }"
# What is asked of each act on a listing or its posts: well formed, and refused further on by whoever has the right, so that one
# record serves for every role.
LISTING = {"listing": KEPT}
POSTS = {"organisation": HERE}
ASKED: dict[str, dict[str, Any]] = {
    "updateListing": LISTING | {"values": {"contact": {"phone": "0381000001"}}},
    "resumeListing": LISTING,
    "publishListing": LISTING,
    "archiveListing": LISTING | {"successor": "t:absent"},
    "duplicateListing": LISTING,
    "setPost": POSTS | {"label": "Accueil", "holder": "t:absent"},
    "removePost": POSTS | {"post": "t:absent"},
    "setAbsence": POSTS | {"professional": "t:absent", "first": "2020-01-02"},
    "leavePosts": POSTS | {"professional": "t:absent", "lastDay": "2020-01-02"},
    "saveSearch": {"competences": ["t:absent"], "territory": "25056"},
    "setAlert": {"search": "t:absent", "pace": "DAILY"},
    "deleteSearch": {"search": "t:absent"},
}
READ = "{ suggestions { edges { node { id text } } } moderationQueue { items { id } more } decisions { edges { node { id } } } }"


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    """Two bodies that are strangers to each other, and a unit of the first."""
    bodies = [
        make.organisation(HERE, name="Ici", source="dila", contact=Contact(phone="0381000001")),
        make.organisation(THERE, name="Ailleurs", source="dila"),
        make.organisation(BELOW, name="Antenne", source="dila", part_of=HERE),
    ]
    async with inside(empty_graph, tmp_path, *bodies) as made:
        yield made


def viewer(role: Role, organisation: str) -> Viewer:
    if role is Role.VISITOR:
        return Viewer()
    return Viewer(account="t:x", organisation=organisation, roles=frozenset({role}))


async def run(client: httpx2.AsyncClient, query: str, **given: Any) -> Any:
    body: dict[str, Any] = {"query": query}
    if given:
        body["variables"] = {"i": given | {"idempotencyKey": uuid4().hex}}
    answer = await client.post("/graphql", json=body, headers={"accept": "application/json"})
    told = answer.json()
    assert "errors" not in told, told
    return next(iter(told["data"].values())) if given else told["data"]


async def suggested(site: Inside, listing: str = KEPT) -> str:
    async with site.client() as visitor:
        found = await run(visitor, SUGGEST, listing=listing, about="OTHER", text="Le nom a changé.")
    assert found["__typename"] == "Suggestion"
    return found["id"]


def expected(asker: Viewer, operation: Operation, subject: Subject, *, sees: bool) -> str:
    """Allowed, told that it is not, or that there is nothing."""
    if may(asker, operation, subject):
        return "done"
    return "NotAllowed" if sees else "NotFound"


async def test_each_role_gets_what_the_matrix_says(site: Inside) -> None:
    for role, organisation in ROLES:
        await gets_what_the_matrix_says(site, role, organisation)


async def nothing_waits(site: Inside) -> None:
    await site.rooms.graph.write(lambda unit: unit.run("MATCH (s:Suggestion) DETACH DELETE s"))


async def gets_what_the_matrix_says(site: Inside, role: Role, organisation: str) -> None:
    await nothing_waits(site)
    asker, subject = viewer(role, organisation), Subject(organisation=HERE, listing=KEPT)
    sees = may(asker, Operation.READ_QUEUE)
    one, other = await suggested(site), await suggested(site)
    async with await site.signed_in(role, organisation) as client:
        answers = expected(asker, Operation.ANSWER_SUGGESTION, subject, sees=sees)
        taken = await run(client, ACCEPT, suggestion=one)
        assert taken["__typename"] == ("Suggestion" if answers == "done" else answers)
        refused = await run(client, REFUSE, suggestion=other, reason="Non.")
        assert refused["__typename"] == ("Suggestion" if answers == "done" else answers)
        withdrawn = await run(client, WITHDRAW, suggestion=await suggested(site))
        assert withdrawn["__typename"] == "NotFound"
        confirms = expected(asker, Operation.CONFIRM, subject, sees=may(asker, Operation.READ_HISTORY, subject))
        confirmed = await run(client, CONFIRM, listing=KEPT, groups=["CONTACT"])
        assert confirmed["__typename"] == ("Listing" if confirms == "done" else confirms)
        third = await suggested(site)
        decided = await run(client, DECIDE, item=f"suggestion|{third}", choice="REFUSE", reason="Non.")
        assert decided["__typename"] == ("Decision" if may(asker, Operation.MODERATE) else "NotAllowed")
        read = await run(client, READ)
        assert (read["moderationQueue"] is not None, read["decisions"] is not None) == (sees, sees)
        reads = sees or may(asker, Operation.ANSWER_SUGGESTION, Subject(organisation=organisation or "x"))
        assert (read["suggestions"] is not None) == reads
        own = {edge["node"]["id"] for edge in (read["suggestions"] or {"edges": []})["edges"]}
        assert bool(own) == (sees or answers == "done")


def asked(name: str) -> str:
    arguments = schema().core.mutation_type.fields[name].args["input"].type  # type: ignore[union-attr]
    return f"mutation($i: {arguments}) {{ {name}(input: $i) {{ __typename ... on Refusal {{ message code }} }} }}"


async def held(site: Inside) -> list[Any]:
    """All that the graph holds, but for who is signed in and what was answered."""
    without = "MATCH (n) WHERE NOT n:Session AND NOT n:Account AND NOT n:Membership AND NOT n:Reply"
    async with site.rooms.graph.reading() as unit:
        return await unit.run(f"{without} RETURN n{{.*}} AS n ORDER BY n.id")


async def test_each_act_is_refused_to_whom_the_matrix_does_not_name(site: Inside) -> None:
    acts = {row["name"]: Operation(row["operation"]) for row in checked_rows() if row["name"] in ASKED}
    assert set(acts) == set(ASKED)
    before = await held(site)
    for role, organisation in ROLES:
        asker = viewer(role, organisation)
        async with await site.signed_in(role, organisation) as client:
            told = {name: (await run(client, asked(name), **ASKED[name]))["__typename"] for name in ASKED}
        for name, operation in acts.items():
            subject = Subject(organisation=HERE, listing=KEPT)
            sees = may(asker, Operation.READ_HISTORY, subject)
            if operation is Operation.SAVE_SEARCH:
                subject, sees = Subject(account=asker.account), True
            said = expected(asker, operation, subject, sees=sees)
            assert told[name] == said if said != "done" else told[name] != "NotAllowed", (name, role, organisation)
    assert await held(site) == before


async def test_a_visitor_and_a_stranger_change_nothing_through_any_page(site: Inside) -> None:
    """The routes of one's own listings, members, mails and files, with the names of another's."""
    given = {"kind": "organisme", "id_": HERE, "listing_id": HERE, "organisation_id": HERE, "slug": "contact"}
    given |= {"post_id": "nouveau", "service_id": "t:absent"}
    paths = [
        re.sub(r"\{(\w+)[^}]*\}", lambda found: given[found[1]], row["name"].removeprefix("POST "))
        for row in checked_rows()
        if row["name"].startswith(("POST /mes-fiches/", "POST /organisme/", "POST /correspondant/"))
    ]
    assert len(paths) == 20
    form = {"cle": "k", "organisme": HERE, "organisation": HERE, "nom": "Accueil", "phone": "0381000009"}
    form |= {"faire": "partir", "dernier": "2026-01-02", "personne": "t:x", "entree": "1", "adresse": "x@example.org"}
    form |= {
        "name": "Accueil",
        "competences": next(iter(competences())),
        "covers": "25056",
        "rubrique": "contact",
        "de": "1",
        "seq": "0",
    }
    before = await held(site)
    async with site.client() as visitor, await site.signed_in(Role.LISTING_EDITOR, THERE) as stranger:
        for path in paths:
            sent_away = await visitor.post(path, data=form)
            assert (sent_away.status_code, sent_away.headers["location"].partition("?")[0]) == (303, "/connexion"), path
            assert (await stranger.post(path, data=form)).status_code in {403, 404}, path
    assert await held(site) == before


async def test_each_page_obeys_too(site: Inside) -> None:
    for role, organisation in ROLES:
        if role is not Role.VISITOR:
            await page_obeys(site, role, organisation)


async def page_obeys(site: Inside, role: Role, organisation: str) -> None:
    asker, subject = viewer(role, organisation), Subject(organisation=HERE)
    sees = may(asker, Operation.READ_QUEUE)
    answers = may(asker, Operation.ANSWER_SUGGESTION, subject)
    one = await suggested(site)
    async with await site.signed_in(role, organisation) as client:
        for path in ("/moderation", "/moderation/decisions"):
            assert (await client.get(path)).status_code == (200 if sees else 403), path
        case = f"/moderation/cas/orphan|organisation:{BELOW}"
        shown = await client.get(case)
        assert shown.status_code == (200 if sees else 403)
        assert ("Que décidez-vous" in shown.text) == may(asker, Operation.MODERATE)
        without_reason = await client.post(case, data={"choix": "suspend", "motif": "", "cle": uuid4().hex})
        assert without_reason.status_code == (422 if may(asker, Operation.MODERATE) else 403)
        reads = sees or may(asker, Operation.ANSWER_SUGGESTION, Subject(organisation=organisation or "x"))
        assert (await client.get("/corriger/suggestions")).status_code == (200 if reads else 403)
        page = await client.get(f"/corriger/suggestions/{one}")
        assert page.status_code == (200 if sees or answers else 404)
        form = {"choix": "refuser", "motif": "Non.", "cle": uuid4().hex}
        posted = await client.post(f"/corriger/suggestions/{one}", data=form)
        assert posted.status_code == (303 if answers else 403 if sees else 404)


async def test_hidden_and_absent_look_the_same(site: Inside) -> None:
    one = await suggested(site)
    for role, organisation in (
        (Role.LISTING_EDITOR, THERE),
        (Role.PROFESSIONAL, HERE),
        (Role.PLATFORM_ADMINISTRATOR, ""),
    ):
        async with await site.signed_in(role, organisation) as client:
            for path in ("/corriger/suggestions/{}",):
                pages = [await client.get(path.format(id_)) for id_ in (one, "0" * 32)]
                said = [re.sub(rf"{one}|0{{32}}|\d+ h \d+|repère : \w+", "", page.text) for page in pages]
                assert [page.status_code for page in pages] == [404, 404]
                assert said[0] == said[1]
            for query, more in ((ACCEPT, {}), (REFUSE, {"reason": "Non."}), (WITHDRAW, {})):
                told = [await run(client, query, suggestion=id_, **more) for id_ in (one, "0" * 32)]
                assert told[0] == told[1]
                assert told[0]["__typename"] == "NotFound"
    async with site.client() as visitor:
        assert (await visitor.get(f"/corriger/suggestions/{one}")).headers["location"].startswith("/connexion")


async def test_a_right_that_was_taken_away_is_gone_on_the_next_call(site: Inside) -> None:
    one = await suggested(site)
    client = await site.signed_in(Role.LISTING_EDITOR, HERE)
    async with client:
        assert (await client.get(f"/corriger/suggestions/{one}")).status_code == 200
        account = f"t:listing_editor.{HERE.partition(':')[2]}"
        less = Membership(account=account, organisation=HERE, roles=frozenset({Role.PROFESSIONAL}))
        await site.rooms.graph.write(lambda unit: unit.accounts.put_membership(less))
        assert (await client.get(f"/corriger/suggestions/{one}")).status_code == 404
        assert (await run(client, ACCEPT, suggestion=one))["__typename"] == "NotFound"
        assert (await run(client, CONFIRM, listing=KEPT, groups=["CONTACT"]))["__typename"] == "NotAllowed"
    async with site.rooms.graph.reading() as unit:
        assert [found.id for found in await unit.suggestions.waiting(10)] == [one]


async def test_one_who_keeps_the_whole_answers_for_its_unit_and_not_the_reverse(site: Inside) -> None:
    unit, whole = await suggested(site, f"organisation:{BELOW}"), await suggested(site)
    async with await site.signed_in(Role.LISTING_EDITOR, HERE) as client:
        assert (await run(client, ACCEPT, suggestion=unit))["__typename"] == "Suggestion"
    async with await site.signed_in(Role.LISTING_EDITOR, BELOW) as client:
        assert (await run(client, ACCEPT, suggestion=whole))["__typename"] == "NotFound"


async def test_only_our_own_pages_change_something(site: Inside) -> None:
    """GET, a form, plain text and another site's page: nothing is executed."""
    one = await suggested(site)
    given = {"suggestion": one, "idempotencyKey": "k"}
    async with await site.signed_in(Role.MODERATOR) as client:
        body = {"query": ACCEPT, "variables": {"i": given}}
        calls = [
            await client.get("/graphql", params={"query": ACCEPT}),
            await client.post("/graphql", data={"query": ACCEPT}),
            await client.post("/graphql", content=str(body), headers={"content-type": "text/plain"}),
            await client.post("/graphql", json=body, headers={"origin": "https://ailleurs.example"}),
            await client.post("/graphql", json=body, headers={"sec-fetch-site": "cross-site"}),
            await client.get(f"/corriger/suggestions/{one}?choix=accepter"),
            await client.post(
                f"/corriger/suggestions/{one}",
                data={"choix": "accepter", "motif": "Vu.", "cle": "k"},
                headers={"origin": "https://ailleurs.example"},
            ),
        ]
    assert [call.status_code for call in calls] == [405, 415, 415, 403, 403, 200, 403]
    async with site.rooms.graph.reading() as unit:
        assert [found.id for found in await unit.suggestions.waiting(10)] == [one]
        assert await unit.decisions.log(10) == []


def doors(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every mutation, and every route that changes something."""
    mutation = schema().core.mutation_type
    assert isinstance(mutation, GraphQLObjectType)
    yield from (("mutation", name) for name in mutation.fields)
    yield from (("route", f"{method} {path}") for method, path in routes(app.router) if path != "/graphql")


def routes(router: APIRouter | Any) -> Iterator[tuple[str, str]]:
    for route in router.routes:
        if inner := getattr(route, "original_router", None):
            yield from routes(inner)
        for method in sorted((getattr(route, "methods", None) or set()) - {"GET", "HEAD", "OPTIONS"}):
            yield method, str(getattr(route, "path", ""))


def checked_rows() -> list[dict[str, str]]:
    with CHECKED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_door_that_changes_something_names_the_act_that_it_checks() -> None:
    rows = checked_rows()
    named = {(row["door"], row["name"]): row["operation"] for row in rows}
    assert len(named) == len(rows)
    assert set(named) == set(doors(create_app(Settings())))
    assert set(named.values()) <= {*Operation, OWN, OWN_LINK, PROVIDER}


async def test_a_moderator_decides_on_the_page_what_nobody_answers_for(site: Inside) -> None:
    case = f"/moderation/cas/orphan|organisation:{BELOW}"
    neuf = Account(id="t:neuf", email="neuf@example.org", name="Nina Neuf")
    asked = Membership(account=neuf.id, organisation=THERE, state=MembershipState.ASKED, since=1, roles=frozenset())

    async def ask(unit: Unit) -> None:
        await unit.accounts.put(neuf)
        await unit.accounts.put_membership(asked)

    await site.rooms.graph.write(ask)
    async with await site.signed_in(Role.MODERATOR) as client:
        queue = (await client.get("/moderation?tache=orphan")).text
        assert f'href="{case.replace("|", "%7C")}"' in queue
        assert f"/correspondant?organisme={BELOW.replace(':', '%3A')}" in (await client.get(case)).text
        done = await client.post(case, data={"choix": "set_aside", "motif": "Fermé l’été.", "cle": "k1"})
        assert (done.status_code, done.headers["location"]) == (303, "/moderation?fait=decider")
        assert (await client.get(case)).status_code == 404
        joining = f"/moderation/cas/join|{neuf.id}|{THERE}"
        shown = (await client.get(joining)).text
        assert "Nina Neuf" in shown and 'name="role" value="organisation_administrator"' in shown
        assert 'value="listing_editor"' not in shown
        given = {"choix": "accept", "role": "organisation_administrator", "motif": "Vérifié.", "cle": "k2"}
        assert (await client.post(joining, data=given)).status_code == 303
    async with site.rooms.graph.reading() as unit:
        (held_now,) = await unit.accounts.memberships(neuf.id)
        made = [(one.choice.value, one.reason) for one in await unit.decisions.log(10)]
    assert (held_now.state, held_now.roles) == (
        MembershipState.ACTIVE,
        frozenset({Role.ORGANISATION_ADMINISTRATOR}),
    )
    assert made == [("accept", "Vérifié."), ("set_aside", "Fermé l’été.")]
