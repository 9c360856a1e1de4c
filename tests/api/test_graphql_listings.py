"""Keeping a listing through GraphQL: typed inputs, refusals as members of the union, each key once, nothing by another way in."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from graph.model.life import PARIS
from graph.store.unit import Graph
from tests.web.keeping import HOST, Desk, open_desk

SERVICE = "service:demo:ccas-besancon--domiciliation"
STANDS = """{ __typename ... on Refusal { message code } ... on InvalidInput { field }
  ... on ListingConflict { current { seq service { contact { phone } } } }
  ... on Listing { id seq suspension successor service { name state conditions free contact { phone email }
    capacity { placesFree fullUntil waitingDays } place { city } competences { id } } } }"""
LISTING = """query ($id: ID!) { listing(id: $id) { seq groups { group source saidBy contested }
  history(first: 2) { edges { node { seq act saidBy note takesBack changes { field before after } } }
    pageInfo { hasNextPage } } } }"""


@pytest.fixture
async def desk(empty_graph: Graph, tmp_path: Path) -> Desk:
    return await open_desk(empty_graph, tmp_path)


async def asked(client: httpx2.AsyncClient, query: str, **variables: Any) -> dict[str, Any]:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]


async def does(client: httpx2.AsyncClient, name: str, key: str, listing: str = SERVICE, **said: Any) -> dict[str, Any]:
    """One mutation, with its answer."""
    kind = {"resumeListing": "ListingAct", "publishListing": "ListingAct", "duplicateListing": "ListingAct"}.get(
        name, name[0].upper() + name[1:]
    )
    query = f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {STANDS} }}"
    given = {"listing": listing, "idempotencyKey": key, **said}
    return (await asked(client, query, input=given))[name]


async def seq_of(client: httpx2.AsyncClient) -> int:
    return (await asked(client, LISTING, id=SERVICE))["listing"]["seq"]


async def test_groups_are_given_new_values_and_the_rest_stays(desk: Desk) -> None:
    async with desk("editrice.ccas") as client:
        values = {
            "contact": {"phone": "0381410000"},
            "conditions": {"conditions": "Venir avec une pièce.", "free": True},
            "place": {"address": "2 rue Neuve", "postcode": "", "commune": "25462"},
        }
        done = await does(client, "updateListing", "k1", values=values, note="Déménagement")
        assert (done["__typename"], done["seq"]) == ("Listing", 1)
        service = done["service"]
        assert service["contact"] == {"phone": "03 81 41 00 00", "email": ""}
        assert (service["conditions"], service["free"]) == ("Venir avec une pièce.", True)
        assert service["name"] == "Domiciliation"
        # Asked again under its key it is done once, whatever changed meanwhile; another act needs a key of its own.
        await does(client, "updateListing", "k2", values={"contact": {"email": "a@exemple.fr"}})
        again = await does(client, "updateListing", "k1", values=values, note="Déménagement")
        assert (again["__typename"], again["seq"]) == ("Listing", 2)
        other = await does(client, "updateListing", "k1", values={"contact": {"phone": "115"}})
        assert (other["__typename"], other["field"]) == ("InvalidInput", "idempotencyKey")
        listing = (await asked(client, LISTING, id=SERVICE))["listing"]
        groups = {one["group"]: (one["source"], one["saidBy"]) for one in listing["groups"]}
        assert groups["CONTACT"] == ("partner:demo:ccas-besancon", "Claire Monnier")
        assert groups["MATTERS"] == ("essai", "")
        last, first = (edge["node"] for edge in listing["history"]["edges"])
        assert last["changes"] == [{"field": "contact.email", "before": [], "after": ["a@exemple.fr"]}]
        assert (first["note"], first["act"], first["saidBy"]) == ("Déménagement", "EDITED", "Claire Monnier")
        undone = await does(client, "undoListingChange", "k3", seq=2)
        assert undone["service"]["contact"] == {"phone": "03 81 41 00 00", "email": ""}


async def test_what_cannot_be_read_names_its_field(desk: Desk) -> None:
    async with desk("editrice.ccas") as client:
        for values, field in (
            ({"contact": {"email": "x"}}, "email"),
            ({"matters": {"competences": ["nulle"]}}, "competences"),
            ({"territory": {"covers": []}}, "covers"),
            ({"identity": {"siret": "1"}}, "siret"),
            ({"hours": {"hours": "25:00"}}, "hours"),
            ({"conditions": {"free": True, "fee": "5 €"}}, "fee"),
            ({}, "values"),
        ):
            refused = await does(client, "updateListing", f"k-{field}", values=values)
            assert (refused["__typename"], refused["field"]) == ("InvalidInput", field)
        full = await does(client, "setCapacity", "k", placesFree=2, fullUntil="2099-01-01")
        assert (full["__typename"], full["field"]) == ("InvalidInput", "placesFree")
        far = await does(client, "setCapacity", "k", fullUntil="2099-01-01")
        assert (far["__typename"], far["field"]) == ("InvalidInput", "fullUntil")
        assert await seq_of(client) == 0


async def test_the_second_of_two_is_shown_the_first_s(desk: Desk) -> None:
    async with desk("editrice.ccas") as one, desk("administrateur.ccas") as other:
        await does(one, "updateListing", "k1", values={"contact": {"phone": "115"}}, expectedSeq=0)
        refused = await does(other, "updateListing", "k1", values={"contact": {"phone": "119"}}, expectedSeq=0)
        assert refused["__typename"] == "ListingConflict"
        assert refused["current"] == {"seq": 1, "service": {"contact": {"phone": "115"}}}
        assert await seq_of(one) == 1


async def test_room_suspension_copy_and_end(desk: Desk) -> None:
    async with desk("editrice.ccas") as client:
        room = await does(client, "setCapacity", "k1", placesFree=0, waitingDays=45)
        assert room["service"]["capacity"] == {"placesFree": 0, "fullUntil": None, "waitingDays": 45}
        since, until = (datetime.now(PARIS).date() + timedelta(days=days) for days in (10, 19))
        days = [since.isoformat(), until.isoformat()]
        away = await does(client, "suspendListing", "k2", since=days[0], until=days[1])
        assert away["suspension"] == days
        back = await does(client, "resumeListing", "k3")
        assert back["suspension"] == []
        copy = await does(client, "duplicateListing", "k4")
        assert (copy["service"]["state"], copy["service"]["capacity"]) == ("DRAFT", None)
        shown = await does(client, "publishListing", "k5", listing=copy["id"])
        assert shown["service"]["state"] == "PUBLISHED"
        ended = await does(client, "archiveListing", "k6", successor=copy["id"].removeprefix("service:"))
        assert (ended["service"]["state"], ended["successor"]) == ("ARCHIVED", copy["id"].removeprefix("service:"))


async def test_rights_are_refused_as_members_and_what_is_hidden_is_absent(desk: Desk) -> None:
    contact = {"contact": {"phone": "115"}}
    async with desk("bailleur") as stranger, desk("") as visitor, desk("editrice.ccas") as editor:
        for client in (stranger, visitor):
            hidden = await does(client, "updateListing", "k", values=contact)
            absent = await does(client, "updateListing", "k", listing="service:nulle-part", values=contact)
            assert hidden == absent
            assert hidden["__typename"] == "NotFound"
            assert (await asked(client, LISTING, id=SERVICE))["listing"] is None
        async with desk("moderatrice") as moderator:
            refused = await does(moderator, "confirmListing", "k", groups=["CONTACT"])
            assert refused["__typename"] == "NotAllowed"
        assert await seq_of(editor) == 0


async def test_no_other_way_in_executes(desk: Desk) -> None:
    async with desk("editrice.ccas") as client:
        mutation = (
            f'mutation {{ confirmListing(input: {{listing: "{SERVICE}", groups: [CONTACT], idempotencyKey: "k"}})'
            " { __typename } }"
        )
        json = {"query": mutation}
        got = await client.get("/graphql", params={"query": mutation}, headers={"accept": "application/json"})
        form = await client.post("/graphql", data={"query": mutation})
        plain = await client.post("/graphql", content=mutation, headers={"content-type": "text/plain"})
        foreign = await client.post("/graphql", json=json, headers={"origin": "https://ailleurs.example"})
        assert [answer.status_code >= 400 for answer in (form, plain, foreign)] == [True, True, True]
        assert "confirmListing" not in got.text
        assert await seq_of(client) == 0
        done = await client.post("/graphql", json=json, headers={"origin": HOST})
        assert done.json()["data"]["confirmListing"]["__typename"] == "Listing"
        assert await seq_of(client) == 1
