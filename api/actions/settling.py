"""What waits because nobody answers for it: organisations that nobody keeps, reminders without answer, requests to join."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import uuid4

from api.actions import memberships, within
from graph.model.access import Operation, Viewer, check
from graph.model.account import MembershipState
from graph.model.errors import Conflict, NotFound
from graph.model.freshness import Step
from graph.model.keeping import ListingKind, Target
from graph.model.listing import FieldGroup
from graph.model.moderation import Choice, Decision, Item, Task, decided
from graph.store.orphans import orphans
from graph.store.records import digest
from graph.store.reminders import Reminders
from graph.store.unit import Unit
from search.hours import PARIS

MOST: Final = 200
SETTLED: Final = frozenset({Task.ORPHAN, Task.SILENT, Task.JOIN})
MOVED: Final = "Ce cas a changé depuis que vous l’avez ouvert : rien n’a été modifié. Regardez-le à nouveau."


async def kept_by_nobody(unit: Unit) -> tuple[list[Item], bool]:
    """Organisations without an editor or a correspondent, the oldest word first; whether there are more."""
    found = await orphans(unit, most=MOST)
    items = [
        Item(
            task=Task.ORPHAN,
            subject=Target(ListingKind.ORGANISATION, one.id).key,
            name=one.name,
            since=_noon(date.fromisoformat(one.vouched_on)),
            organisation=one.id,
        )
        for one in found.listed
    ]
    return items, found.total > MOST


async def silent(unit: Unit) -> tuple[list[Item], bool]:
    """Organisations that answered none of the reminders, since the day on which a moderator was told."""
    store = Reminders(unit)
    ids = await store.unanswered("", MOST + 1)
    reminded = await store.of(ids[:MOST])
    names = await unit.queue.names(ids[:MOST])
    items = []
    for id_, several in reminded.items():
        last = [one for one in several if one.step is Step.MODERATOR]
        items.append(
            Item(
                task=Task.SILENT,
                subject=Target(ListingKind.ORGANISATION, id_).key,
                name=names[id_],
                since=_noon(min(one.on for one in last)),
                organisation=id_,
                mark=digest(sorted(f"{one.item}|{one.due}" for one in last)),
            )
        )
    return items, len(ids) > MOST


async def asking_to_join(unit: Unit) -> tuple[list[Item], bool]:
    """Requests that no administrator, there or above, could answer."""
    administered = await unit.queue.administered()
    asked = await unit.queue.asking(MOST + 1)
    accounts = await unit.accounts.of([one.account for one in asked])
    items = []
    for one in asked[:MOST]:
        held = {one.organisation, *await unit.keeping.above(one.organisation)}
        if held & administered or one.account not in accounts:
            continue
        items.append(
            Item(
                task=Task.JOIN,
                subject=one.id,
                name=accounts[one.account].name,
                since=datetime.fromtimestamp(one.since / 1000, UTC),
                organisation=one.organisation,
                mark=str(one.since),
            )
        )
    return items, len(asked) > MOST


async def settle(
    unit: Unit,
    viewer: Viewer,
    item: Item,
    choice: Choice,
    *,
    mark: str,
    roles: Collection[str],
    reason: str,
    at: datetime,
) -> Decision:
    """Decide about one of these, within a unit; `roles` are those given to one who joins.

    Raises NotAllowed, NotFound, InvalidInput, and Conflict when it is not as it was looked at.
    """
    if mark and mark != item.mark:
        raise Conflict(MOVED, item)
    # First the decision: what may not be decided so changes nothing.
    made = decided(uuid4().hex, item, choice, by=viewer.key, name=viewer.name, at=at, reason=reason)
    if item.task is Task.JOIN:
        account, _, organisation = item.subject.partition("|")
        accept, now = choice is Choice.ACCEPT, int(at.timestamp() * 1000)
        before = await memberships.answer_within(
            unit, viewer, organisation, account, accept=accept, roles=roles, note=made.reason, at=now
        )
        made = decided(
            made.id, item, choice, by=viewer.key, name=viewer.name, at=at, reason=reason, before={"since": before.since}
        )
    elif choice is Choice.SUSPEND:
        held = await unit.keeping.current(Target.named(item.subject))
        if held is None:
            raise NotFound("Cette fiche n’existe plus : rien n’a été modifié.")
        check(viewer, Operation.SUSPEND, held.subject, FieldGroup.IDENTITY)
        off = {"suspended_from": at.astimezone(PARIS).date(), "suspended_until": None}
        value = {FieldGroup.IDENTITY: dict(held.value(FieldGroup.IDENTITY)) | off}
        seq = await within.change(unit, viewer, held, value, at, made.reason)
        done = {} if seq is None else {"seq": seq}
        made = decided(made.id, item, choice, by=viewer.key, name=viewer.name, at=at, reason=reason, before=done)
    await unit.decisions.add(made)
    return made


async def ask_anew(unit: Unit, viewer: Viewer, decision: Decision) -> None:
    """Undo an answer to a request to join, within a unit: it waits again. Raises NotAllowed, NotFound when it moved since."""
    account, _, organisation = decision.subject.partition("|")
    state = MembershipState.ACTIVE if decision.choice is Choice.ACCEPT else MembershipState.REFUSED
    await memberships.ask_anew_within(unit, viewer, organisation, account, state, decision.before["since"])


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), PARIS).astimezone(UTC)
