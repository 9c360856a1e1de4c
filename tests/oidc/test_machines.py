"""Machines: tokens of ours and of an issuer, at the GraphQL door."""

from __future__ import annotations

import base64
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.auth.bearer import new_machine_token
from api.auth.cookie import digest
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import Account, MachineToken, Membership
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make
from tests.oidc.forger import CLIENT, Forger, app_of, signed, unsigned
from tests.oidc.house import House, house_over, issuers_file, served
from tests.outside import free_port

AUDIENCE = "https://maillage.example"
ME = "{ me { name email machine roles may organisation { id } organisations { id } } }"
# What a listing editor may do for her organisation and about herself, written by hand.
EDITOR_MAY = [
    *("READ_HISTORY", "CONFIRM", "EDIT", "SET_CAPACITY", "SUSPEND", "ARCHIVE", "DUPLICATE", "CREATE", "UNDO"),
    *("EDIT_POST", "SET_ABSENCE", "LEAVE_POSTS"),
    *("SUGGEST", "ANSWER_SUGGESTION", "REVOKE_LINK", "IMPORT", "EXPORT", "SAVE_SEARCH"),
]
FAR = 4_000_000_000_000


@pytest.fixture
async def forger() -> AsyncIterator[Forger]:
    port = free_port()
    forger = Forger(f"http://127.0.0.1:{port}")
    async with served(app_of(forger), port):
        yield forger


@pytest.fixture
async def house(empty_graph: Graph, forger: Forger, tmp_path: Path) -> AsyncIterator[House]:
    """Claire works for two organisations, and the issuer knows her."""
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    loader = Loader(empty_graph, "essai")
    bodies = make.batch(make.organisation("t:a", name="A"), make.organisation("t:b", name="B"))
    await loader.load(await loader.plan_batch(bodies), lambda done: None)
    account = Account(id="a1", email="claire@essai.example", name="Claire Essai")

    async def write(unit: Any) -> None:
        await unit.accounts.put(account)
        await unit.accounts.know(f"{forger.issuer}|claire", "a1", 1)
        for organisation in ("t:a", "t:b"):
            roles = frozenset({Role.LISTING_EDITOR})
            await unit.accounts.put_membership(Membership(account="a1", organisation=organisation, roles=roles))

    await empty_graph.write(write)
    table = {"label": "Essai", "issuer": forger.issuer, "client_id": CLIENT, "client_secret": "s", "audience": AUDIENCE}
    other = {"label": "Autre", "issuer": "https://autre.example", "client_id": CLIENT, "client_secret": "s"}
    file = issuers_file(tmp_path, {"essai": table, "autre": other})
    settings = Settings(data=tmp_path, port=free_port(), issuers=file, graphql_requests_per_minute=0)
    async with house_over(empty_graph, settings) as house:
        yield house


async def me(house: House, token: str | None) -> tuple[int, Any]:
    headers = {} if token is None else {b"authorization": f"Bearer {token}".encode()}
    async with httpx2.AsyncClient(base_url=house.address) as client:
        answer = await client.post("/graphql", json={"query": ME}, headers=headers)
    body = answer.json()
    if "errors" in body:
        assert "data" not in body
        return answer.status_code, body["errors"][0]["extensions"]["code"]
    return answer.status_code, body["data"]["me"]


async def issued(house: House, ends: int = FAR, organisation: str = "t:b") -> str:
    token = new_machine_token()
    made = MachineToken(id=digest(token), account="a1", issued=1, ends=ends, organisation=organisation)
    await house.graph.write(lambda unit: unit.tokens.issue(made))
    return token


async def test_a_token_of_ours_acts_for_its_account_until_it_is_taken_back(house: House) -> None:
    assert await me(house, None) == (200, None)
    token = await issued(house)
    told = {
        "name": "Claire Essai",
        "email": "claire@essai.example",
        "machine": True,
        "roles": ["LISTING_EDITOR"],
        "may": EDITOR_MAY,
        "organisation": {"id": "t:b"},
        "organisations": [{"id": "t:a"}, {"id": "t:b"}],
    }
    assert await me(house, token) == (200, told)
    async with house.graph.reading() as unit:
        assert [(one.id, one.organisation) for one in await unit.tokens.of_account("a1")] == [(digest(token), "t:b")]
    # What is kept opens nothing: it is not the token.
    assert await me(house, digest(token)) == (401, "NOT_SIGNED_IN")
    assert await house.graph.write(lambda unit: unit.tokens.revoke(digest(token)[:12])) == 1
    assert await me(house, token) == (401, "NOT_SIGNED_IN")


async def test_a_token_that_ended_or_whose_account_is_closed_opens_nothing(house: House) -> None:
    assert await me(house, await issued(house, ends=int(time.time() * 1000))) == (401, "NOT_SIGNED_IN")
    token = await issued(house)
    closed = Account(id="a1", email="claire@essai.example", name="Claire Essai", active=False)
    await house.graph.write(lambda unit: unit.accounts.put(closed))
    assert await me(house, token) == (401, "NOT_SIGNED_IN")


async def test_a_token_of_a_trusted_issuer_is_verified_by_its_keys(house: House, forger: Forger) -> None:
    status, told = await me(house, signed(access(forger), forger.own, typ="at+jwt"))
    assert (status, told["name"], told["machine"], told["organisation"]) == (200, "Claire Essai", True, None)
    # While no organisation acts she may do what a visitor may.
    assert told["may"] == ["SUGGEST"]
    keycloak = signed(access(forger, typ="Bearer"), forger.own, typ="JWT")
    assert (await me(house, keycloak))[0] == 200


def access(forger: Forger, **change: Any) -> dict[str, Any]:
    whole = forger.claims(**({"aud": AUDIENCE, "nonce": None, "acr": None, "sid": None} | change))
    return {name: value for name, value in whole.items() if value is not None}


BAD: list[tuple[str, dict[str, Any]]] = [
    ("another audience", {"aud": "other"}),
    ("our client's audience", {"aud": CLIENT}),
    ("no audience", {"aud": None}),
    ("another issuer", {"iss": "https://autre.example"}),
    ("an unknown issuer", {"iss": "https://inconnu.example"}),
    ("expired", {"exp": int(time.time()) - 60}),
    ("without an end", {"exp": None}),
    ("not yet", {"nbf": int(time.time()) + 600}),
    ("someone unknown", {"sub": "paul"}),
    ("nobody", {"sub": ""}),
]


async def test_a_bad_token_opens_nothing_and_is_not_taken_for_a_visitor(house: House, forger: Forger) -> None:
    for _, change in BAD:
        assert await me(house, signed(access(forger, **change), forger.own, typ="at+jwt")) == (401, "NOT_SIGNED_IN")
    good = access(forger)
    # An ID token is no access token.
    assert await me(house, signed(good, forger.own)) == (401, "NOT_SIGNED_IN")
    assert await me(house, signed(good, forger.strange, typ="at+jwt")) == (401, "NOT_SIGNED_IN")
    assert await me(house, unsigned(good)) == (401, "NOT_SIGNED_IN")
    deep = base64.urlsafe_b64encode(b"[" * 5900).decode().rstrip("=")
    header = base64.urlsafe_b64encode(b'{"alg":"RS256","kid":"a","crit":5}').decode().rstrip("=")
    critical = ".".join((header, *signed(good, forger.own, typ="at+jwt").split(".")[1:]))
    for nonsense in ("x", "a.b.c", "maillage_x", "a" * 9000, f"a.{deep}.c", critical):
        assert await me(house, nonsense) == (401, "NOT_SIGNED_IN")
