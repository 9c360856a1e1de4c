"""The members page: refusing with a reason, adding by e-mail, and an organisation that keeps its last administrator."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.actions.sessions import SignedBy, open_session
from api.auth.signed_in import now_ms
from graph.model.access import Role
from graph.model.account import Account, Membership, MembershipState
from graph.store.unit import Graph
from search.hours import PARIS
from tests import make
from tests.api.inside import Inside, inside
from tests.web.test_pages import text

HERE, THERE = "t:caf", "t:autre"
PAGE = f"/organisme/{HERE}/membres"
JOIN = "/compte/rejoindre"
REASON = "Vous n’êtes pas de la maison."


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    bodies = [make.organisation(HERE, name="CCAS d’ici"), make.organisation(THERE, name="CCAS d’ailleurs")]
    async with inside(empty_graph, tmp_path, *bodies) as made:
        yield made


@pytest.fixture
async def head(site: Inside) -> AsyncIterator[httpx2.AsyncClient]:
    """Who administers the CCAS d’ici."""
    async with await site.signed_in(Role.ORGANISATION_ADMINISTRATOR, HERE) as client:
        yield client


async def held(site: Inside, organisation: str = HERE) -> list[tuple[Membership, Account]]:
    async with site.rooms.graph.reading() as unit:
        return await unit.accounts.members(organisation)


@asynccontextmanager
async def asked(site: Inside) -> AsyncIterator[tuple[Account, httpx2.AsyncClient]]:
    """Someone whom nobody knows yet, and who asks to join."""
    nadia = Account(id="t:nadia", email="nadia@example.org", name="Nadia Petit")
    await site.rooms.graph.write(lambda unit: unit.accounts.put(nadia))
    token = await open_session(site.rooms, nadia, SignedBy(issuer="essai"), "", now_ms())
    async with site.client(token) as client:
        assert (await client.post(JOIN, data={"organisme": HERE})).status_code == 303
        yield nadia, client


def account_of(role: Role) -> str:
    return f"t:{role.value}.{HERE.partition(':')[2]}"


async def test_a_refusal_needs_a_reason_and_the_asker_reads_it(site: Inside, head: httpx2.AsyncClient) -> None:
    async with asked(site) as (asker, client):
        assert "attend la réponse de son administrateur" in text((await client.get(JOIN)).text)
        before = await held(site)
        for reason in ("", "   "):
            answer = await head.post(PAGE, data={"compte": asker.id, "geste": "refuser", "motif": reason})
            assert answer.status_code == 422
            assert "Dites pourquoi vous refusez" in text(answer.text)
        assert await held(site) == before
        answer = await head.post(PAGE, data={"compte": asker.id, "geste": "refuser", "motif": REASON})
        assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
        (refused,) = [one for one, _ in await held(site) if one.account == asker.id]
        assert (refused.state, refused.note, refused.roles) == (MembershipState.REFUSED, REASON, frozenset())
        assert refused.decided_by == account_of(Role.ORGANISATION_ADMINISTRATOR)
        assert "Aucune demande en attente" in text((await head.get(PAGE)).text)
        said = text((await client.get(JOIN)).text)
        assert f"« CCAS d’ici » a été refusée : {REASON}" in said
        assert "attend la réponse" not in said
        assert (await client.get(PAGE)).status_code == 404
        # Asked again at once, it would be refused again: that waits a month.
        before = await held(site)
        again = await client.post(JOIN, data={"organisme": HERE})
        assert (again.status_code, "il y a moins de 30 jours" in text(again.text)) == (403, True)
        assert await held(site) == before


async def test_a_request_is_answered_once(site: Inside, head: httpx2.AsyncClient) -> None:
    async with asked(site) as (asker, _):
        pass
    assert (await head.post(PAGE, data={"compte": asker.id, "geste": "refuser", "motif": REASON})).status_code == 303
    before = await held(site)
    for form in ({"geste": "accepter", "role": "professional"}, {"geste": "refuser", "motif": "Encore."}):
        answer = await head.post(PAGE, data={"compte": asker.id} | form)
        assert answer.status_code == 404
        assert "Cette personne n’est plus dans cet état" in text(answer.text)
    assert await held(site) == before


@pytest.mark.parametrize("form", [{"geste": "terminer"}, {"geste": "roles", "role": "listing_editor"}])
async def test_the_last_administrator_stays_one(site: Inside, head: httpx2.AsyncClient, form: dict[str, str]) -> None:
    await site.account(Role.LISTING_EDITOR, HERE)
    own, before = account_of(Role.ORGANISATION_ADMINISTRATOR), await held(site)
    answer = await head.post(PAGE, data={"compte": own} | form)
    assert answer.status_code == 422
    assert "C’est le seul administrateur de l’organisme : nommez-en un autre d’abord." in text(answer.text)
    assert await held(site) == before
    # With another one, she may go; and her rights are gone with the next call.
    both = {"compte": account_of(Role.LISTING_EDITOR), "geste": "roles"}
    named = await head.post(PAGE, data=both | {"role": ["listing_editor", "organisation_administrator"]})
    assert named.status_code == 303
    assert (await head.post(PAGE, data={"compte": own} | form)).status_code == 303
    assert (await head.get(PAGE)).status_code == 404
    administrators = [one.account for one, _ in await held(site) if Role.ORGANISATION_ADMINISTRATOR in one.roles]
    assert administrators == [account_of(Role.LISTING_EDITOR)]


async def test_someone_is_added_by_her_address(site: Inside, head: httpx2.AsyncClient) -> None:
    form = {"geste": "ajouter", "email": " Nadia.Petit@Example.ORG ", "nom": "Nadia Petit", "role": "head_of_service"}
    answer = await head.post(PAGE, data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    ((one, account),) = [found for found in await held(site) if found[1].email == "nadia.petit@example.org"]
    assert (account.name, account.active, account.roles) == ("Nadia Petit", True, frozenset())
    # She is a member once she has accepted.
    assert (one.state, one.roles) == (MembershipState.INVITED, {Role.HEAD_OF_SERVICE})
    assert one.decided_by == account_of(Role.ORGANISATION_ADMINISTRATOR)
    assert "Nadia Petit" in text((await head.get(PAGE)).text)
    # Twice is once.
    assert (await head.post(PAGE, data=form | {"role": "listing_editor"})).status_code == 303
    ((one, _),) = [found for found in await held(site) if found[1].email == "nadia.petit@example.org"]
    assert (one.state, one.roles) == (MembershipState.INVITED, {Role.LISTING_EDITOR})


async def test_who_has_an_account_or_asked_is_added_under_the_name_that_she_has(
    site: Inside, head: httpx2.AsyncClient
) -> None:
    known = await site.account(Role.LISTING_EDITOR, THERE)
    async with asked(site) as (asker, _):
        pass
    for account in (known, asker):
        form = {"geste": "ajouter", "email": account.email, "nom": "Un autre nom", "role": "professional"}
        assert (await head.post(PAGE, data=form)).status_code == 303
    found = {account.id: (one.state, account) for one, account in await held(site)}
    assert found[known.id] == (MembershipState.INVITED, known)
    assert found[asker.id] == (MembershipState.ACTIVE, asker)
    # Where she worked before she works still.
    assert [(one.account, one.roles) for one, _ in await held(site, THERE)] == [(known.id, {Role.LISTING_EDITOR})]
    assert "Aucune demande en attente" in text((await head.get(PAGE)).text)


async def test_what_cannot_be_added_is_said_and_nothing_changes(site: Inside, head: httpx2.AsyncClient) -> None:
    before = await held(site)
    email, pro = {"email": "nadia@example.org"}, {"role": "professional"}
    forms: list[tuple[dict[str, Any], str]] = [
        (pro | {"email": "nadia"}, "Cette adresse ne peut pas être lue"),
        (pro | {"email": ""}, "Cette adresse ne peut pas être lue"),
        ({**email}, "Choisissez au moins un rôle"),
        (email | {"role": "platform_administrator"}, "Choisissez au moins un rôle"),
        (email | {"role": "moderator"}, "Choisissez au moins un rôle"),
        ({**email, "role": ["professional", "reine"]}, "Choisissez au moins un rôle"),
        (email | pro | {"geste": "autre"}, "Ce bouton n’est plus connu"),
    ]
    for form, words in forms:
        answer = await head.post(PAGE, data={"geste": "ajouter"} | form)
        assert (answer.status_code, words in text(answer.text)) == (422, True), form
    assert await held(site) == before
    async with site.rooms.graph.reading() as unit:
        assert await unit.accounts.by_email("nadia@example.org") is None


async def test_who_does_not_administer_changes_nobody(site: Inside) -> None:
    async with asked(site) as (asker, _):
        pass
    head = (await site.account(Role.ORGANISATION_ADMINISTRATOR, HERE)).id
    forms = (
        {"compte": asker.id, "geste": "accepter", "role": "organisation_administrator"},
        {"compte": asker.id, "geste": "refuser", "motif": REASON},
        {"compte": head, "geste": "terminer"},
        {"compte": head, "geste": "roles", "role": "professional"},
        {"geste": "ajouter", "email": "lea@example.org", "role": "professional"},
    )
    for role, organisation in (
        (Role.LISTING_EDITOR, HERE),
        (Role.HEAD_OF_SERVICE, HERE),
        (Role.ORGANISATION_ADMINISTRATOR, THERE),
        (Role.COORDINATOR, ""),
    ):
        async with await site.signed_in(role, organisation) as other:
            before = await held(site)
            for form in forms:
                answer = await other.post(PAGE, data=form)
                assert (answer.status_code, "rien n’a été modifié" in text(answer.text)) == (403, True), (role, form)
            assert await held(site) == before
    async with site.client() as visitor:
        before = await held(site)
        for form in forms:
            answer = await visitor.post(PAGE, data=form)
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/connexion")
        assert await held(site) == before


async def test_the_post_of_a_member_is_said_and_her_services_load_is_told_by_it(
    empty_graph: Graph, tmp_path: Path
) -> None:
    bodies = [make.organisation(HERE, name="CCAS d’ici"), make.organisation(THERE, name="CCAS d’ailleurs")]
    posts = [
        make.post("t:p", organisation=HERE, label="Accueil"),
        make.post("t:q", organisation=THERE, label="Ailleurs"),
    ]
    async with inside(empty_graph, tmp_path, *bodies, *posts) as site:
        administrator = await site.signed_in(Role.ORGANISATION_ADMINISTRATOR, HERE)
        worker = await site.signed_in(Role.PROFESSIONAL, HERE)
        chief = await site.signed_in(Role.HEAD_OF_SERVICE, HERE)
        who, before = account_of(Role.PROFESSIONAL), await held(site)
        for client, form, status in (
            (worker, {"poste": "t:p"}, 403),
            (administrator, {"poste": "t:q"}, 422),
            (administrator, {"poste": "t:p", "compte": "t:nobody"}, 404),
        ):
            answer = await client.post(PAGE, data={"compte": who, "geste": "poste"} | form)
            assert answer.status_code == status, form
        assert await held(site) == before
        opened = {"cle": "k", "role": "adult", "name": "Odile", "competence": "droits-et-prestations--rsa"}
        assert (await worker.post("/dossiers/ouvrir", data=opened)).status_code == 303
        # Before anybody's post is known, load is told by who carries it.
        month = f"{datetime.now(PARIS):%Y-%m}"
        report = f"/equipe/activite?du={month}&au={month}"
        assert "Charge par poste" not in (await chief.get(report)).text
        assert (
            await administrator.post(PAGE, data={"compte": who, "geste": "poste", "poste": "t:p"})
        ).status_code == 303
        assert "poste : Accueil" in text((await administrator.get(PAGE)).text)
        page = await chief.get(report)
        assert "Accueil 1 1 1 1,0" in text(page.text)
        # Who carries it is led to: her files, and no other.
        links = re.findall(r'<th scope="row"><a href="(/dossiers[^"]*)"', page.text)
        assert len(links) == 1
        assert "Odile" in (await chief.get(unescape(links[0]))).text
        # A change of roles keeps her post; through the other door it is taken away.
        assert (
            await administrator.post(PAGE, data={"compte": who, "geste": "roles", "role": "professional"})
        ).status_code == 303
        [kept] = [one for one, _ in await held(site) if one.account == who]
        assert kept.post == "t:p"
        query = """mutation($input: GiveMemberPostInput!) { giveMemberPost(input: $input) { __typename
          ... on MemberPost { member post } ... on InvalidInput { field } } }"""
        asked_of = {"organisation": HERE, "member": who, "post": None}
        for client, more, told in (
            (worker, {}, {"__typename": "NotAllowed"}),
            (administrator, {"post": "t:q"}, {"__typename": "InvalidInput", "field": "post"}),
            (administrator, {}, {"__typename": "MemberPost", "member": who, "post": None}),
        ):
            answer = await client.post(
                "/graphql",
                json={"query": query, "variables": {"input": asked_of | more | {"idempotencyKey": uuid4().hex}}},
            )
            assert answer.json() == {"data": {"giveMemberPost": told}}
        [taken] = [one for one, _ in await held(site) if one.account == who]
        assert taken.post == ""
