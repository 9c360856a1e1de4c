"""Answering a suggestion: it is held, the listing changed through its log, the decision kept with its reason; all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from api.actions import within
from api.actions.suggestions import ABSENT, NO_LISTING, kept_by, listing_of, right
from api.rooms import Rooms
from graph.model.access import ANYTHING, Operation, Viewer, check, may
from graph.model.directory import Contact, ListingState, Organisation
from graph.model.errors import InvalidInput, NotFound
from graph.model.keeping import Act, Kept, Target, entry, voice_of, words_after
from graph.model.listing import FieldGroup, split
from graph.model.moderation import Choice, Decision, Item, Task, decided
from graph.model.reasons import full_date
from graph.model.suggestion import CONTACT_PARTS, About, Suggestion, SuggestionState, SuggestionStep, step, would_be
from graph.model.vocabulary import label
from graph.store.unit import Unit
from search.hours import PARIS

MOST_DECIDED: Final = 50
CHOICE_OF: Final = {SuggestionState.ACCEPTED: Choice.ACCEPT, SuggestionState.REFUSED: Choice.REFUSE}


async def answer(
    rooms: Rooms,
    viewer: Viewer,
    id_: str,
    what: SuggestionStep,
    *,
    key: str,
    parts: Collection[str] | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> Suggestion:
    """Accept a suggestion (all of it, or these parts), or refuse it with a reason.

    Raises NotFound, NotAllowed, InvalidInput, and Conflict with the present suggestion when someone else decided meanwhile.
    """
    if what not in {SuggestionStep.ACCEPT, SuggestionStep.REFUSE}:
        raise InvalidInput("Une suggestion s’accepte ou se refuse.", "choice")
    now = (at or datetime.now(UTC)).astimezone(UTC)
    asked = ("answer", id_, what, sorted(parts) if parts is not None else None, reason)

    async def act(unit: Unit) -> None:
        if await unit.replies.found(viewer.key, key, asked):
            return
        await answer_within(unit, viewer, id_, what, parts=parts, reason=reason, at=now)
        await unit.replies.keep(viewer.key, key, asked, {"id": id_})

    await rooms.graph.write(act)
    async with rooms.graph.reading() as unit:
        return (await unit.suggestions.find([id_]))[id_]


async def answer_within(
    unit: Unit,
    viewer: Viewer,
    id_: str,
    what: SuggestionStep,
    *,
    parts: Collection[str] | None,
    reason: str,
    at: datetime,
) -> Decision:
    """Decide about one inside a unit: the listing's change, the suggestion's new state, the decision. Raises as `answer`."""
    held, listing = await _answerable(unit, viewer, id_)
    accepts = what is SuggestionStep.ACCEPT
    taken = tuple(held.value) if parts is None else tuple(parts)
    # First the step: what cannot be decided changes nothing.
    after = step(held, what, by=viewer.key, name=viewer.name, at=at, reason=reason, taken=taken if accepts else ())
    if accepts:
        after = replace(after, change=await _take(unit, viewer, held, listing, after.taken, at))
    await unit.suggestions.save(after)
    made = _decision(viewer, held, after, listing, at)
    await unit.decisions.add(made)
    return made


async def decided_here(rooms: Rooms, viewer: Viewer, since: datetime) -> list[Decision]:
    """What was decided since then about suggestions that this viewer answers, the latest first; by herself, for a moderator.

    Raises NotAllowed.
    """
    async with rooms.graph.reading() as unit:
        if may(viewer, Operation.ANSWER_SUGGESTION) or may(viewer, Operation.READ_QUEUE):
            made = await unit.decisions.log(MOST_DECIDED, by=viewer.key)
            return [one for one in made if one.at >= since and one.task in (Task.NEW, Task.SUGGESTION)]
        return await unit.decisions.of_organisations(await kept_by(unit, viewer), Task.SUGGESTION, since)


async def undo_within(unit: Unit, viewer: Viewer, decision: Decision, *, reason: str, at: datetime) -> None:
    """Take back what a decision on a suggestion did, inside a unit. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    held, listing = await _answerable(unit, viewer, decision.subject)
    after = step(held, SuggestionStep.UNDO, by=viewer.key, name=viewer.name, at=at, reason=reason)
    if held.about is About.MISSING and held.change is not None and listing:
        off = {FieldGroup.IDENTITY: {"state": ListingState.ARCHIVED}}
        await within.change(unit, viewer, listing, off, at, reason)
    elif held.change is not None:
        await within.take_back(unit, viewer, Target.named(held.subject), held.change, at, reason)
    await unit.suggestions.save(after)


async def _answerable(unit: Unit, viewer: Viewer, id_: str) -> tuple[Suggestion, Kept | None]:
    """A suggestion that she answers, with its listing. Raises NotFound, NotAllowed where she sees it and may not."""
    held = await unit.suggestions.hold(id_, viewer.key)
    if held is None:
        raise NotFound(ABSENT)
    listing, about = await listing_of(unit, held)
    if not may(viewer, right(held), about, held.group):
        if not may(viewer, Operation.READ_QUEUE, about):
            raise NotFound(ABSENT)
        check(viewer, right(held), about, held.group)
    return held, listing


async def _take(
    unit: Unit, viewer: Viewer, one: Suggestion, listing: Kept | None, parts: Collection[str], at: datetime
) -> int | None:
    """What these parts change of the listing; the number of that change, None when it is none."""
    # The log is kept for good, the name of whoever suggested is not.
    note = f"Suggestion du {full_date(one.at.astimezone(PARIS).date())}"
    if one.about is About.MISSING:
        return await _publish(unit, viewer, one, listing, at, note)
    if listing is None:
        raise NotFound(NO_LISTING)
    if one.group is None:
        return None
    present = listing.value(one.group)
    return await within.change(unit, viewer, listing, {one.group: would_be(one, present, parts)}, at, note)


async def _publish(
    unit: Unit, viewer: Viewer, one: Suggestion, listing: Kept | None, at: datetime, note: str
) -> int | None:
    """The organisation that was missing, in the voice of whoever publishes it; one that was taken off again comes back."""
    target, on = Target.named(one.subject), at.astimezone(PARIS).date()
    values = {name: value for name, value in one.value.items() if name not in CONTACT_PARTS}
    contact = Contact(**{name: value for name, value in one.value.items() if name in CONTACT_PARTS})
    voice = voice_of(viewer, listing.subject) if listing else voice_of(viewer, ANYTHING)
    record = Organisation(id=target.id, source=voice, vouched_on=on, contact=contact, **values)
    said: dict[FieldGroup, Mapping[str, Any]] = {claim.group: claim.value for claim in split(record)}
    if listing:
        return await within.change(unit, viewer, listing, said, at, note)
    empty = Kept(target=target, record=record, claims=(), standing={}, conflicts=(), seq=0)
    made = entry(empty, Act.CREATED, said, viewer, at, note=note)
    await unit.keeping.append(made, words_after(made, None, on))
    return made.seq


def _decision(viewer: Viewer, before: Suggestion, after: Suggestion, listing: Kept | None, at: datetime) -> Decision:
    missing = before.about is About.MISSING
    accepted = after.state is SuggestionState.ACCEPTED
    choice = Choice.PUBLISH if missing and accepted else CHOICE_OF[after.state]
    name = before.value["name"] if missing else listing.record.name if listing else before.subject
    item = Item(
        task=Task.NEW if missing else Task.SUGGESTION,
        subject=before.id,
        name=f"{name} — {label('suggestion_about', before.about.value)}",
        since=before.at,
        organisation=before.organisation,
    )
    return decided(
        uuid4().hex,
        item,
        choice,
        by=viewer.key,
        name=viewer.name,
        at=at,
        reason=after.reason,
        before={"was": before.state},
    )
