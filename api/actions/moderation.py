"""The moderators' queue: what waits, what is decided about it and why, and decisions taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from api.actions import answering, settling, waiting, within
from api.rooms import Rooms
from graph.model.access import Operation, Viewer, check, may
from graph.model.directory import ListingState
from graph.model.errors import Conflict, InvalidInput, NotFound
from graph.model.keeping import Kept, Target
from graph.model.listing import OPTIONAL, UNCLASSED, Claim, FieldGroup
from graph.model.moderation import SHOWN_AT_ONCE, Choice, Decision, Item, Task, decided, item_named, left, undone
from graph.model.suggestion import LONGEST_REASON, SuggestionStep, checked_text
from graph.store.decisions import LATEST
from graph.store.suggestions import moment
from graph.store.unit import Unit

ABSENT: Final = "Rien de tel n’attend ici : c’est peut-être déjà fait."
NO_DECISION: Final = "Cette décision n’existe pas, ou n’est pas de celles que vous pouvez voir."
MOVED: Final = "Cette fiche a changé depuis que vous l’avez ouverte : rien n’a été modifié. Regardez-la à nouveau."
STEP_OF: Final = {
    Choice.PUBLISH: SuggestionStep.ACCEPT,
    Choice.ACCEPT: SuggestionStep.ACCEPT,
    Choice.REFUSE: SuggestionStep.REFUSE,
}
# What one source may say in the place of another.
LENT: Final = (*OPTIONAL, "kind")
SUGGESTED: Final = frozenset({Task.NEW, Task.SUGGESTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits, the oldest first, and how many there are of each task; `more` says that not all were counted."""

    items: tuple[Item, ...]
    counts: dict[Task, int]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """What the sources say of one group of a listing, the latest first."""

    item: Item
    listing: Kept
    said: tuple[Claim, ...]


async def queue(
    rooms: Rooms, viewer: Viewer, *, tasks: Collection[Task] = tuple(waiting.SOURCES), at: datetime | None = None
) -> Queue:
    """The first of what waits of these tasks; all tasks are counted. Raises NotAllowed."""
    check(viewer, Operation.READ_QUEUE)
    now = _moment(at)
    found: dict[Task, list[Item]] = {}
    more = False
    async with rooms.graph.reading() as unit:
        for task, gather in waiting.SOURCES.items():
            some, cut = await gather(unit, rooms, now)
            decisions = await unit.decisions.on_items([item.id for item in some])
            found[task] = left(some, decisions, now)
            more = more or cut
        wanted = sorted(
            (item for task in set(tasks) for item in found.get(task, ())), key=lambda item: (item.since, item.id)
        )
        items = await waiting.with_organisations(unit, wanted[:SHOWN_AT_ONCE])
    return Queue(items=items, counts={task: len(some) for task, some in found.items()}, more=more)


async def decide(
    rooms: Rooms,
    viewer: Viewer,
    item: str,
    choice: Choice,
    *,
    reason: str,
    key: str,
    voice: str = "",
    mark: str = "",
    parts: Collection[str] | None = None,
    at: datetime | None = None,
) -> Decision:
    """Decide about what waits under this id, for a reason; `voice` is the source whose word is chosen, `mark` how the item was
    when it was looked at (empty: however it is), `parts` those of a suggestion that are taken, or the roles of one who joins.

    Raises NotAllowed, NotFound when it waits no more, InvalidInput with the field, Conflict when it changed meanwhile.
    """
    check(viewer, Operation.MODERATE)
    task, subject, _ = item_named(item)
    said = checked_text(reason, "reason", LONGEST_REASON, needed=True)
    now = _moment(at)
    asked = ("decide", item, choice, said, voice, sorted(parts) if parts is not None else None)

    async def act(unit: Unit) -> str:
        if before := await unit.replies.found(viewer.key, key, asked):
            return before["id"]
        if task in SUGGESTED:
            if choice not in STEP_OF:
                raise InvalidInput(f"« {choice} » ne se décide pas ici.", "choice")
            what = STEP_OF[choice]
            made = await answering.answer_within(unit, viewer, subject, what, parts=parts, reason=said, at=now)
        elif task is Task.CONFLICT:
            made = await _choose(unit, rooms, viewer, item, choice, voice, mark, said, now)
        else:
            found = await _waiting(unit, rooms, item, now)
            made = await settling.settle(unit, viewer, found, choice, mark=mark, roles=parts or (), reason=said, at=now)
        await unit.replies.keep(viewer.key, key, asked, {"id": made.id})
        return made.id

    id_ = await rooms.graph.write(act)
    return await _decision(rooms, id_)


async def undo(
    rooms: Rooms, viewer: Viewer, id_: str, *, reason: str, key: str, at: datetime | None = None
) -> Decision:
    """Take a decision back, for a reason: what it changed is as it was, and what waited waits again.

    Raises NotFound, NotAllowed, InvalidInput, and Conflict when it is too old, was undone, or something was built on it.
    """
    now = _moment(at)
    asked = ("undo", id_, reason)

    async def act(unit: Unit) -> None:
        if await unit.replies.found(viewer.key, key, asked):
            return
        held = await unit.decisions.hold(id_, viewer.key)
        if held is None:
            raise NotFound(NO_DECISION)
        if held.task not in SUGGESTED or held.task is Task.NEW:
            _check_moderates(viewer)
        back = undone(held, by=viewer.key, name=viewer.name, at=now, reason=reason)
        if held.task in SUGGESTED:
            await answering.undo_within(unit, viewer, held, reason=back.undone_reason, at=now)
        elif held.task is Task.JOIN:
            await settling.ask_anew(unit, viewer, held)
        elif (seq := held.before.get("seq")) is not None:
            await within.take_back(unit, viewer, Target.named(held.subject), seq, now, back.undone_reason)
        await unit.decisions.save(back)
        await unit.replies.keep(viewer.key, key, asked, {"id": id_})

    await rooms.graph.write(act)
    return await _decision(rooms, id_)


async def log(
    rooms: Rooms,
    viewer: Viewer,
    most: int,
    *,
    mine: bool = False,
    task: Task | None = None,
    after: tuple[str, str] = LATEST,
) -> list[Decision]:
    """What was decided, the latest first; `mine` for one's own. `after` is the (moment, id) of the last one seen.

    Raises NotAllowed.
    """
    check(viewer, Operation.READ_QUEUE)
    async with rooms.graph.reading() as unit:
        return await unit.decisions.log(most, by=viewer.key if mine else "", task=task, after=after)


async def conflict(rooms: Rooms, viewer: Viewer, item: str, at: datetime | None = None) -> Disagreement:
    """A disagreement of the queue, with its listing. Raises NotAllowed, NotFound when nothing disagrees any more."""
    check(viewer, Operation.READ_QUEUE)
    task, subject, group = item_named(item)
    if task is not Task.CONFLICT or group is None:
        raise NotFound(ABSENT)
    async with rooms.graph.reading() as unit:
        return await _disagreement(unit, rooms, Target.named(subject), group, _moment(at))


async def case(rooms: Rooms, viewer: Viewer, item: str, at: datetime | None = None) -> Item:
    """One of the queue for which nobody answers. Raises NotAllowed, NotFound when it waits no more."""
    check(viewer, Operation.READ_QUEUE)
    if item_named(item)[0] not in settling.SETTLED:
        raise NotFound(ABSENT)
    async with rooms.graph.reading() as unit:
        return (await waiting.with_organisations(unit, [await _waiting(unit, rooms, item, _moment(at))]))[0]


def place(decision: Decision) -> tuple[str, str]:
    """Where it stands in the log."""
    return moment(decision.at), decision.id


async def _choose(
    unit: Unit,
    rooms: Rooms,
    viewer: Viewer,
    item: str,
    choice: Choice,
    voice: str,
    mark: str,
    reason: str,
    at: datetime,
) -> Decision:
    """One source's word stands for a group, in the moderator's voice, until a source says something else."""
    _, subject, group = item_named(item)
    if choice is not Choice.CHOOSE or group is None:
        raise InvalidInput(f"« {choice} » ne se décide pas ici.", "choice")
    found = await _disagreement(unit, rooms, Target.named(subject), group, at)
    if mark and mark != found.item.mark:
        raise Conflict(MOVED, found.item)
    check(viewer, Operation.EDIT, found.listing.subject, group)
    chosen = next((claim for claim in found.said if claim.source == voice), None)
    if chosen is None:
        raise InvalidInput("Choisissez l’une des sources qui parlent de cette rubrique.", "voice")
    # What this source leaves unsaid of what the listing is stays as another said it.
    value = {name: said for name, said in chosen.value.items() if said not in ((), "", UNCLASSED) or name not in LENT}
    # Also where it stands already: an import that gives another word a later day undoes no decision.
    seq = await within.change(unit, viewer, found.listing, {group: value}, at, reason, always=True)
    before = {"voice": voice, "seq": seq}
    made = decided(
        uuid4().hex, found.item, choice, by=viewer.key, name=viewer.name, at=at, reason=reason, before=before
    )
    await unit.decisions.add(made)
    return made


async def _waiting(unit: Unit, rooms: Rooms, id_: str, at: datetime) -> Item:
    """What waits under this id, and no decision hides. Raises NotFound."""
    items, _ = await waiting.SOURCES[item_named(id_)[0]](unit, rooms, at)
    found = next((one for one in left(items, await unit.decisions.on_items([id_]), at) if one.id == id_), None)
    if found is None:
        raise NotFound(ABSENT)
    return found


async def _disagreement(unit: Unit, rooms: Rooms, target: Target, group: FieldGroup, at: datetime) -> Disagreement:
    held = await unit.keeping.current(target)
    if held is None or held.record.state is not ListingState.PUBLISHED:
        raise NotFound(ABSENT)
    said = waiting.disagreements(held, rooms.places.get, at).get(group)
    if not said:
        raise NotFound(ABSENT)
    return Disagreement(item=waiting.conflict_item(held, group, said), listing=held, said=tuple(said))


def _check_moderates(viewer: Viewer) -> None:
    """What is not a partner's own answer is hidden from whoever may not read the queue."""
    if not may(viewer, Operation.READ_QUEUE):
        raise NotFound(NO_DECISION)
    check(viewer, Operation.MODERATE)


async def _decision(rooms: Rooms, id_: str) -> Decision:
    async with rooms.graph.reading() as unit:
        found = await unit.decisions.find(id_)
    if found is None:
        raise NotFound(NO_DECISION)
    return found


def _moment(at: datetime | None) -> datetime:
    return (at or datetime.now(UTC)).astimezone(UTC)
