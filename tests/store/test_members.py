"""Who administers an organisation: there is always someone, whoever decides at the same moment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from api.actions import memberships
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import Account, Membership, MembershipState
from graph.model.errors import InvalidInput
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit
from search.places import Gazetteer
from tests import make
from tests.reading import shared

ADMINISTRATOR = frozenset({Role.ORGANISATION_ADMINISTRATOR})
LAST = "C’est le seul administrateur"
ROUNDS = 8


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    loader = Loader(empty_graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(make.organisation(covers=()))), lambda done: None)
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=shared())


async def administrators(rooms: Rooms, *names: str, closed: str = "") -> None:
    """These accounts administer the organisation."""

    async def write(unit: Unit) -> None:
        for name in names:
            account = Account(id=name, email=f"{name}@example.org", name=name, active=name != closed)
            await unit.accounts.put(account)
            await unit.accounts.put_membership(Membership(account=name, organisation="t:caf", roles=ADMINISTRATOR))

    await rooms.graph.write(write)


async def left(rooms: Rooms) -> set[str]:
    async with rooms.graph.reading() as unit:
        return {
            one.account
            for one, _ in await unit.accounts.members("t:caf")
            if one.state is MembershipState.ACTIVE and one.roles >= ADMINISTRATOR
        }


async def end(rooms: Rooms, who: str, whom: str) -> None:
    await memberships.end_membership(rooms, make.viewer(*ADMINISTRATOR, account=who), "t:caf", whom, 1)


async def take_role(rooms: Rooms, who: str, whom: str) -> None:
    viewer = make.viewer(*ADMINISTRATOR, account=who)
    await memberships.give_roles(rooms, viewer, "t:caf", whom, ["professional"], 1)


@pytest.mark.parametrize("acts", [(end, end), (take_role, take_role), (end, take_role)])
async def test_of_two_who_remove_each_other_at_one_moment_one_stays(rooms: Rooms, acts: Any) -> None:
    for _ in range(ROUNDS):
        await administrators(rooms, "anne", "bruno")
        first, second = acts
        told = await asyncio.gather(
            first(rooms, "anne", "bruno"), second(rooms, "bruno", "anne"), return_exceptions=True
        )
        refused = [one for one in told if one is not None]
        assert [type(one) for one in refused] == [InvalidInput]
        assert LAST in str(refused[0])
        assert len(await left(rooms)) == 1


async def test_of_three_who_leave_at_one_moment_one_stays(rooms: Rooms) -> None:
    names = ("anne", "bruno", "chloe")
    for _ in range(ROUNDS):
        await administrators(rooms, *names)
        told = await asyncio.gather(*(end(rooms, name, name) for name in names), return_exceptions=True)
        assert [type(one) for one in told if one is not None] == [InvalidInput]
        assert len(await left(rooms)) == 1


@pytest.mark.parametrize("act", [end, take_role])
async def test_someone_whose_account_is_closed_administers_nothing(rooms: Rooms, act: Any) -> None:
    await administrators(rooms, "anne", "bruno", closed="bruno")
    with pytest.raises(InvalidInput, match=LAST):
        await act(rooms, "anne", "anne")
    assert await left(rooms) == {"anne", "bruno"}
    # Who is closed can be removed: there is another.
    await act(rooms, "anne", "bruno")
    assert await left(rooms) == {"anne"}
