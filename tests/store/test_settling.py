"""What nobody answers for, in the moderators' queue: decided with a reason, taken back, and gone once someone answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.actions import moderation
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import Account, Membership, MembershipState
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound
from graph.model.freshness import Step
from graph.model.keeping import ListingKind, Target
from graph.model.listing import FieldGroup
from graph.model.mail import Item as MailItem
from graph.model.mail import Reminded
from graph.model.moderation import Choice, Item, Task
from graph.store.correspondents import Correspondents
from graph.store.loading import Loader
from graph.store.reminders import Reminders
from graph.store.unit import Graph, Unit
from search.places import Gazetteer
from tests import make
from tests.reading import shared

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
BODY = Target(ListingKind.ORGANISATION, "t:caf")
MODERATOR = make.viewer(Role.MODERATOR, account="t:mod", name="Maud", organisation="", organisations=())
COORDINATOR = make.viewer(Role.COORDINATOR, account="t:anim", organisation="", organisations=())


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    for source, some in (("carte", None), ("dila", make.batch(make.organisation(vouched_on=date(2024, 5, 6))))):
        loader = Loader(empty_graph, source)
        plan = await (loader.plan_batch(some) if some else loader.plan_territories(make.territories()))
        await loader.load(plan, lambda done: None)
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=shared())


async def waiting(rooms: Rooms, task: Task) -> list[Item]:
    return list((await moderation.queue(rooms, MODERATOR, tasks=[task], at=AT)).items)


async def decide(rooms: Rooms, item: Item, choice: Choice, key: str = "d", **more: Any) -> Any:
    given = {"reason": "Appelé.", "mark": item.mark, "key": key, "at": AT} | more
    return await moderation.decide(rooms, MODERATOR, item.id, choice, **given)


async def suspended(rooms: Rooms) -> date | None:
    async with rooms.graph.reading() as unit:
        return (await unit.directory.organisations(["t:caf"]))["t:caf"].suspended_from


async def test_an_organisation_that_nobody_keeps_waits_until_someone_is_written_to(rooms: Rooms) -> None:
    (item,) = await waiting(rooms, Task.ORPHAN)
    assert (item.id, item.since.date(), item.organisation) == ("orphan|organisation:t:caf", date(2024, 5, 6), "t:caf")
    assert await moderation.case(rooms, COORDINATOR, item.id, AT) == item
    await rooms.graph.write(lambda unit: Correspondents(unit).appoint("t:caf", "a@example.org", "t:mod"))
    assert await waiting(rooms, Task.ORPHAN) == []
    with pytest.raises(NotFound):
        await decide(rooms, item, Choice.SET_ASIDE)
    assert await moderation.log(rooms, MODERATOR, 10) == []


async def test_it_is_set_aside_or_suspended_and_either_is_taken_back(rooms: Rooms) -> None:
    (item,) = await waiting(rooms, Task.ORPHAN)
    for choice, since in ((Choice.SET_ASIDE, None), (Choice.SUSPEND, AT.date())):
        made = await decide(rooms, item, choice, key=choice)
        assert (made.choice, made.by_name, made.reason) == (choice, "Maud", "Appelé.")
        assert (await suspended(rooms), await waiting(rooms, Task.ORPHAN)) == (since, [])
        await moderation.undo(rooms, MODERATOR, made.id, reason="Erreur.", key=f"u{choice}", at=AT)
        again = [(one.id, one.name) for one in await waiting(rooms, Task.ORPHAN)]
        assert (await suspended(rooms), again) == (None, [(item.id, item.name)])


async def test_what_may_not_be_decided_changes_nothing(rooms: Rooms) -> None:
    (item,) = await waiting(rooms, Task.ORPHAN)
    with pytest.raises(InvalidInput):
        await decide(rooms, item, Choice.ACCEPT)
    with pytest.raises(InvalidInput):
        await decide(rooms, item, Choice.SUSPEND, reason=" ")
    with pytest.raises(NotAllowed):
        await moderation.decide(rooms, COORDINATOR, item.id, Choice.SET_ASIDE, reason="Vu.", key="c", at=AT)
    assert (await waiting(rooms, Task.ORPHAN), await suspended(rooms)) == ([item], None)
    assert await moderation.log(rooms, MODERATOR, 10) == []


async def test_reminders_without_answer_wait_and_a_later_one_is_looked_at_again(rooms: Rooms) -> None:
    contact, place = (MailItem(listing=BODY.key, group=group) for group in (FieldGroup.CONTACT, FieldGroup.PLACE))

    async def remind(item: MailItem, step: Step, on: date) -> None:
        sent = [Reminded(item=item, step=step, due=date(2026, 1, 1), on=on)]
        await rooms.graph.write(lambda unit: Reminders(unit).add("t:caf", sent))

    await remind(contact, Step.AT, date(2026, 1, 1))
    assert await waiting(rooms, Task.SILENT) == []
    await remind(contact, Step.MODERATOR, date(2026, 2, 1))
    (item,) = await waiting(rooms, Task.SILENT)
    assert (item.id, item.since.date()) == ("silent|organisation:t:caf", date(2026, 2, 1))
    await decide(rooms, item, Choice.SET_ASIDE)
    assert await waiting(rooms, Task.SILENT) == []
    await remind(place, Step.MODERATOR, date(2026, 3, 1))
    (again,) = await waiting(rooms, Task.SILENT)
    assert again.mark != item.mark
    with pytest.raises(Conflict):
        await decide(rooms, item, Choice.SUSPEND, key="late")
    assert await suspended(rooms) is None


async def ask(rooms: Rooms) -> None:
    async def write(unit: Unit) -> None:
        await unit.accounts.put(Account(id="t:neuf", email="neuf@example.org", name="Nina"))
        asked = Membership(
            account="t:neuf",
            organisation="t:caf",
            state=MembershipState.ASKED,
            since=1_700_000_000_000,
            roles=frozenset(),
        )
        await unit.accounts.put_membership(asked)

    await rooms.graph.write(write)


async def membership(rooms: Rooms) -> tuple[MembershipState, frozenset[Role]]:
    async with rooms.graph.reading() as unit:
        (held,) = await unit.accounts.memberships("t:neuf")
    return held.state, held.roles


async def test_a_request_to_join_is_answered_where_no_administrator_could(rooms: Rooms) -> None:
    await ask(rooms)
    (item,) = await waiting(rooms, Task.JOIN)
    assert (item.id, item.name, item.organisation_name) == ("join|t:neuf|t:caf", "Nina", "Organisme d’essai")
    with pytest.raises(InvalidInput, match="au moins un rôle"):
        await decide(rooms, item, Choice.ACCEPT)
    asked = (MembershipState.ASKED, frozenset[Role]())
    assert await membership(rooms) == asked
    roles = [Role.ORGANISATION_ADMINISTRATOR.value]
    for choice, state in ((Choice.ACCEPT, MembershipState.ACTIVE), (Choice.REFUSE, MembershipState.REFUSED)):
        made = await decide(rooms, item, choice, key=choice, parts=roles)
        given = frozenset({Role.ORGANISATION_ADMINISTRATOR}) if choice is Choice.ACCEPT else frozenset[Role]()
        assert (await membership(rooms), await waiting(rooms, Task.JOIN)) == ((state, given), [])
        await moderation.undo(rooms, MODERATOR, made.id, reason="Erreur.", key=f"u{choice}", at=AT)
        assert (await membership(rooms), await waiting(rooms, Task.JOIN)) == (asked, [item])


async def test_where_there_is_an_administrator_the_request_is_hers(rooms: Rooms) -> None:
    await ask(rooms)
    admin = Membership(account="t:chef", organisation="t:caf", roles=frozenset({Role.ORGANISATION_ADMINISTRATOR}))
    await rooms.graph.write(lambda unit: unit.accounts.put_membership(admin))
    assert await waiting(rooms, Task.JOIN) == []
