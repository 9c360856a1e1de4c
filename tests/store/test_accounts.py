"""Accounts, memberships and sessions in the graph."""

from __future__ import annotations

from typing import Any

import pytest

from graph.model.access import Role
from graph.model.account import NOBODY, Account, Membership, MembershipState, Session
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make

NOW = 1_700_000_000_000
MINUTE = 60_000
IDLE = 30 * MINUTE
EDITOR = frozenset({Role.LISTING_EDITOR})


def account(id_: str = "a1", **values: Any) -> Account:
    plain: dict[str, Any] = {"email": f"{id_}@example.org", "name": "Claire Essai", "function": "agente"}
    return Account(id=id_, **(plain | values))


def member(organisation: str, **values: Any) -> Membership:
    plain: dict[str, Any] = {"account": "a1", "roles": EDITOR, "since": NOW}
    return Membership(organisation=organisation, **(plain | values))


def session(id_: str = "s1", **values: Any) -> Session:
    plain: dict[str, Any] = {"account": "a1", "issuer": "x", "started": NOW, "seen": NOW, "ends": NOW + 600 * MINUTE}
    return Session(id=id_, **(plain | values))


@pytest.fixture
async def two_bodies(empty_graph: Graph) -> Graph:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    loader = Loader(empty_graph, "essai")
    bodies = make.batch(make.organisation("t:a", name="A", siret="12345678901234"), make.organisation("t:b", name="B"))
    await loader.load(await loader.plan_batch(bodies), lambda done: None)
    return empty_graph


async def put(graph: Graph, *records: Account | Membership | Session) -> None:
    async def write(unit: Any) -> None:
        for record in records:
            match record:
                case Account():
                    await unit.accounts.put(record)
                case Membership():
                    await unit.accounts.put_membership(record)
                case Session():
                    await unit.sessions.open(record)

    await graph.write(write)


async def who(graph: Graph, now: int = NOW, id_: str = "s1") -> Any:
    async with graph.reading() as unit:
        return await unit.sessions.signed_in(id_, now, IDLE)


async def test_a_session_tells_who_acts_for_whom(two_bodies: Graph) -> None:
    moderator = frozenset({Role.MODERATOR})
    await put(two_bodies, account(roles=moderator, professional="t:pro"), member("t:a"), member("t:b", roles=moderator))
    await put(two_bodies, session(organisation="t:a"))
    found = await who(two_bodies)
    viewer = found.viewer
    assert (viewer.account, viewer.name, viewer.email) == ("a1", "Claire Essai", "a1@example.org")
    assert (viewer.organisation, viewer.organisations) == ("t:a", ("t:a", "t:b"))
    assert viewer.roles == {Role.LISTING_EDITOR, Role.MODERATOR}
    assert (viewer.professional, viewer.session, viewer.signed_in, viewer.machine) == ("t:pro", "s1", True, False)
    assert found.names == {"t:a": "A", "t:b": "B"}
    assert (found.issuer, found.seen, found.ends) == ("x", NOW, NOW + 600 * MINUTE)


async def test_without_a_membership_there_is_someone_and_no_organisation(two_bodies: Graph) -> None:
    await put(two_bodies, account(), session(organisation="t:a"))
    viewer = (await who(two_bodies)).viewer
    assert (viewer.account, viewer.organisation, viewer.organisations) == ("a1", "", ())
    assert viewer.roles == {Role.VISITOR}


async def test_what_is_taken_away_is_gone_on_the_next_call(two_bodies: Graph) -> None:
    await put(two_bodies, account(), member("t:a"), member("t:b"), session(organisation="t:a"))
    assert (await who(two_bodies)).viewer.organisation == "t:a"
    await put(two_bodies, member("t:a", roles=frozenset({Role.PROFESSIONAL})))
    assert (await who(two_bodies)).viewer.roles == {Role.PROFESSIONAL}
    await put(two_bodies, member("t:a", state=MembershipState.ENDED))
    viewer = (await who(two_bodies)).viewer
    assert (viewer.organisation, viewer.organisations, viewer.roles) == ("", ("t:b",), {Role.VISITOR})
    await put(two_bodies, account(active=False))
    assert await who(two_bodies) == NOBODY


@pytest.mark.parametrize("state", [MembershipState.ASKED, MembershipState.REFUSED, MembershipState.ENDED])
async def test_only_an_active_membership_counts(two_bodies: Graph, state: MembershipState) -> None:
    await put(two_bodies, account(), member("t:a", state=state), session(organisation="t:a"))
    viewer = (await who(two_bodies)).viewer
    assert (viewer.organisation, viewer.organisations, viewer.roles) == ("", (), {Role.VISITOR})


async def test_an_organisation_that_is_gone_gives_nothing_to_act_for(two_bodies: Graph) -> None:
    await put(two_bodies, account(), member("t:gone"), session(organisation="t:gone"))
    viewer = (await who(two_bodies)).viewer
    assert (viewer.organisation, viewer.organisations, viewer.roles) == ("", (), {Role.VISITOR})


async def test_a_session_ends_by_itself(two_bodies: Graph) -> None:
    await put(two_bodies, account(), session(ends=NOW + 40 * MINUTE))
    assert (await who(two_bodies, NOW + IDLE - 1)).viewer.account == "a1"
    assert await who(two_bodies, NOW + IDLE) == NOBODY
    await two_bodies.write(lambda unit: unit.sessions.seen("s1", NOW + IDLE - 1))
    assert (await who(two_bodies, NOW + 40 * MINUTE - 1)).viewer.account == "a1"
    assert await who(two_bodies, NOW + 40 * MINUTE) == NOBODY
    assert await who(two_bodies, id_="s2") == NOBODY


async def test_all_sessions_of_an_account_end_at_once_and_no_other(two_bodies: Graph) -> None:
    await put(two_bodies, account(), account("a2"), session("s1"), session("s2"), session("s3", account="a2"))
    await two_bodies.write(lambda unit: unit.sessions.end_all("a1"))
    assert [(await who(two_bodies, id_=id_)).viewer.account for id_ in ("s1", "s2", "s3")] == ["", "", "a2"]


async def test_the_provider_ends_one_session_or_all_of_a_person(two_bodies: Graph) -> None:
    ours = {"sub": "claire", "issuer": "one"}
    sessions = (
        session("s1", sid="x", **ours),
        session("s2", sid="y", **ours),
        session("s3", sid="x", sub="claire", issuer="two"),
        session("s4", sid="z", sub="paul", issuer="one"),
    )
    await put(two_bodies, account(), *sessions)

    async def left() -> list[str]:
        async with two_bodies.reading() as unit:
            return [one.id for one in sessions if await unit.sessions.get(one.id)]

    await two_bodies.write(lambda unit: unit.sessions.end_by_provider("one", "claire", "x"))
    assert await left() == ["s2", "s3", "s4"]
    await two_bodies.write(lambda unit: unit.sessions.end_by_provider("one", "", "z"))
    assert await left() == ["s2", "s3"]
    await two_bodies.write(lambda unit: unit.sessions.end_by_provider("one", "", ""))
    assert await left() == ["s2", "s3"]
    await two_bodies.write(lambda unit: unit.sessions.end_by_provider("one", "claire", ""))
    assert await left() == ["s3"]


async def test_old_sessions_are_swept_and_open_ones_stay(two_bodies: Graph) -> None:
    await put(two_bodies, account(), session("s1"), session("s2", seen=NOW - IDLE), session("s3", ends=NOW))
    assert await two_bodies.write(lambda unit: unit.sessions.sweep(NOW, IDLE)) == 2
    assert await two_bodies.write(lambda unit: unit.sessions.sweep(NOW, IDLE)) == 0
    async with two_bodies.reading() as unit:
        assert await unit.sessions.count("a1") == 1
        assert await unit.sessions.get("s1") == session("s1")


async def test_an_identity_stays_with_the_account_that_it_signed_in_to_first(two_bodies: Graph) -> None:
    await put(two_bodies, account("a1"), account("a2"))
    await two_bodies.write(lambda unit: unit.accounts.know("one|claire", "a1", NOW))
    await two_bodies.write(lambda unit: unit.accounts.know("one|claire", "a2", NOW))
    async with two_bodies.reading() as unit:
        assert await unit.accounts.by_identity("one|claire") == account("a1")
        assert await unit.accounts.by_identity("two|claire") is None
        assert await unit.accounts.by_email("a2@example.org") == account("a2")
        assert await unit.accounts.with_siret("12345678901234") == ["t:a"]
        assert await unit.accounts.with_siret("00000000000000") == []


async def test_members_of_an_organisation_are_told_in_order_of_name(two_bodies: Graph) -> None:
    asked = member("t:a", account="a2", state=MembershipState.ASKED)
    await put(two_bodies, account("a1"), account("a2", name="Aline"), member("t:a"), asked, member("t:b"))
    async with two_bodies.reading() as unit:
        assert await unit.accounts.members("t:a") == [(asked, account("a2", name="Aline")), (member("t:a"), account())]
        assert await unit.accounts.memberships("a1") == [member("t:a"), member("t:b")]
