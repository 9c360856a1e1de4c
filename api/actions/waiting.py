"""What waits for a moderator, gathered task by task; each time anew, so that what was mended elsewhere is gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import islice
from typing import Final

from api.actions import settling
from api.rooms import Rooms
from api.words.differences import FindTerritory, differences
from graph.model.keeping import MODERATOR, Kept, Target
from graph.model.listing import Claim, FieldGroup
from graph.model.moderation import Item, Task
from graph.model.suggestion import About, Suggestion
from graph.model.vocabulary import label
from graph.store.records import digest
from graph.store.unit import Unit
from search.hours import PARIS

# Listings of which several voices speak that are read for one look at the queue, and suggestions.
MOST_COMPARED: Final = 200
MOST_SUGGESTIONS: Final = 500

Gathered = tuple[list[Item], bool]
Gather = Callable[[Unit, Rooms, datetime], Awaitable[Gathered]]


async def proposals(unit: Unit, rooms: Rooms, now: datetime) -> Gathered:
    """Organisations that someone misses."""
    some = await unit.suggestions.waiting(MOST_SUGGESTIONS + 1)
    found = [suggestion_item(one, one.value["name"]) for one in some[:MOST_SUGGESTIONS] if one.about is About.MISSING]
    return found, len(some) > MOST_SUGGESTIONS


async def late_suggestions(unit: Unit, rooms: Rooms, now: datetime) -> Gathered:
    """Corrections that nobody answered in two weeks."""
    some = await unit.suggestions.waiting(MOST_SUGGESTIONS + 1)
    late = [one for one in some[:MOST_SUGGESTIONS] if one.about is not About.MISSING and one.late(now)]
    names = await unit.queue.listing_names([one.subject for one in late])
    found = [suggestion_item(one, names.get(one.subject, one.subject)) for one in late]
    return found, len(some) > MOST_SUGGESTIONS


async def contested(unit: Unit, rooms: Rooms, now: datetime) -> Gathered:
    """Groups of fields of which sources say different things, and of which the body itself says nothing."""
    keys = await unit.queue.contested()
    found: list[Item] = []
    for key in islice(keys, MOST_COMPARED):
        held = await unit.keeping.current(Target.named(key))
        if held:
            told = disagreements(held, rooms.places.get, now)
            found += [conflict_item(held, group, said) for group, said in told.items()]
    return found, len(keys) > MOST_COMPARED


SOURCES: Final[Mapping[Task, Gather]] = {
    Task.NEW: proposals,
    Task.SUGGESTION: late_suggestions,
    Task.CONFLICT: contested,
    Task.SILENT: lambda unit, rooms, now: settling.silent(unit),
    Task.ORPHAN: lambda unit, rooms, now: settling.kept_by_nobody(unit),
    Task.JOIN: lambda unit, rooms, now: settling.asking_to_join(unit),
}


def disagreements(held: Kept, places: FindTerritory, now: datetime) -> dict[FieldGroup, list[Claim]]:
    """What the sources say of each group on which they disagree, the latest first. Where the body itself speaks, its word is
    not a moderator's to weigh; and two that read alike are no disagreement.
    """
    found: dict[FieldGroup, list[Claim]] = {}
    for group, stands in held.standing.items():
        told: dict[str, Claim] = {}
        for claim in sorted(held.claims, key=lambda claim: claim.vouched_on):
            if claim.group is group and claim.source != MODERATOR:
                told[claim.source] = claim
        said = sorted(told.values(), key=lambda claim: (-claim.vouched_on.toordinal(), claim.source))
        if stands.by_partner or len(said) < 2:
            continue
        if any(differences(said[0].value, other.value, places, now) for other in said[1:]):
            found[group] = said
    return found


def suggestion_item(one: Suggestion, name: str) -> Item:
    """A suggestion as the queue has it."""
    missing = one.about is About.MISSING
    return Item(
        task=Task.NEW if missing else Task.SUGGESTION,
        subject=one.id,
        name=name if missing else f"{name} — {label('suggestion_about', one.about.value)}",
        since=one.at,
        organisation=one.organisation,
        # A decision that was taken back leaves it open: what hides it is its state.
        mark=str(one.decisions),
    )


def conflict_item(held: Kept, group: FieldGroup, said: Sequence[Claim]) -> Item:
    """A disagreement, since the day of the last word in it; its mark is what the sources say."""
    return Item(
        task=Task.CONFLICT,
        subject=held.target.key,
        group=group,
        name=held.record.name,
        since=datetime.combine(said[0].vouched_on, time(12), PARIS).astimezone(UTC),
        organisation=held.organisation,
        mark=digest(sorted((claim.source, digest(dict(claim.value))) for claim in said)),
    )


async def with_organisations(unit: Unit, items: Sequence[Item]) -> tuple[Item, ...]:
    """The items, each with the name of the organisation that it is about."""
    names = await unit.queue.names([item.organisation for item in items if item.organisation])
    return tuple(replace(item, organisation_name=names.get(item.organisation, "")) for item in items)
