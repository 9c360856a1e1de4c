"""How long a partner's word holds, group by group: when it is to be asked again, and by which reminder.

The days are those that move the rank (graph/model/weights.py): full weight for six months, a handicap at two years, capacity
counted for thirty days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from graph.model.directory import Capacity, Organisation, Service
from graph.model.listing import GROUPS, Claim, FieldGroup, merge, split
from graph.model.weights import CAPACITY_HOLDS_FOR, FRESH_FOR, STALE_AFTER

ListingRecord = Organisation | Service

# What a partner is told ahead, what it is left to answer the reminder after the date, and then the last one.
NOTICE: Final = timedelta(days=30)
AFTER: Final = timedelta(days=14)
# Room changes by the week: half of the thirty days is no time to ask.
CAPACITY_NOTICE: Final = timedelta(days=7)


class FreshnessState(StrEnum):
    """Where a group stands; the order is that of time."""

    FRESH = "fresh"
    DUE_SOON = "due_soon"
    DUE = "due"
    FADING = "fading"
    STALE = "stale"


class Step(StrEnum):
    """The reminders of a group, in order; after the last mail it stands in the moderator's list."""

    BEFORE = "before"
    AT = "at"
    AFTER = "after"
    MODERATOR = "moderator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """One group of a listing: the day when someone vouched for it, and who (a source, as in a claim)."""

    group: FieldGroup
    on: date
    source: str

    @property
    def due(self) -> date:
        """The day from which the word no longer counts in full."""
        return due_on(self.group, self.on)

    def state(self, today: date) -> FreshnessState:
        """Where it stands on a day."""
        return state(self.group, self.on, today)


def due_on(group: FieldGroup, vouched_on: date) -> date:
    """The first day on which what was said then no longer counts in full."""
    holds = CAPACITY_HOLDS_FOR if group is FieldGroup.CAPACITY else FRESH_FOR
    return vouched_on + holds + timedelta(days=1)


def state(group: FieldGroup, vouched_on: date, today: date) -> FreshnessState:
    """Where a group stands. Due lasts as long as its reminders; capacity does not fade, it is unknown from its date on."""
    due = due_on(group, vouched_on)
    capacity = group is FieldGroup.CAPACITY
    if today < due:
        soon = today >= due - (CAPACITY_NOTICE if capacity else NOTICE)
        return FreshnessState.DUE_SOON if soon else FreshnessState.FRESH
    if capacity or today - vouched_on >= STALE_AFTER:
        return FreshnessState.STALE
    return FreshnessState.DUE if today < due + 2 * AFTER else FreshnessState.FADING


def next_step(group: FieldGroup, vouched_on: date, today: date, last: Step | None, last_on: date | None) -> Step | None:
    """The reminder that is to go on this day, after `last`, which went on `last_on`; None when none is.

    Each leaves two weeks for an answer, counted from the day it went: after an absence of ours they are not all due at once.
    Capacity is asked for once, at its date: three mails a month would teach people to delete them.
    """
    due = due_on(group, vouched_on)
    if last is None:
        soon = today >= due - NOTICE and group is not FieldGroup.CAPACITY
        return Step.AT if today >= due else Step.BEFORE if soon else None
    if last is Step.BEFORE:
        return Step.AT if today >= due else None
    if last is Step.MODERATOR or group is FieldGroup.CAPACITY or today < (last_on or due) + AFTER:
        return None
    return Step.AFTER if last is Step.AT else Step.MODERATOR


def vouched(record: ListingRecord, claims: Iterable[Claim]) -> dict[FieldGroup, Vouched]:
    """Each group of which something is said, in the order of a page. `claims` are all those about the record; none where a
    single source speaks, which then vouches for all of it on one day.
    """
    kind: Any = type(record)
    merged = merge(kind, claims)
    kept: Mapping[FieldGroup, Claim] = merged.kept if merged else {claim.group: claim for claim in split(record)}
    found = {group: _vouched(kept[group]) for group in GROUPS[kind] if group in kept}
    return {group: one for group, one in found.items() if one}


def _vouched(claim: Claim) -> Vouched | None:
    """Of capacity the day that it carries itself counts, as in the rank; without one there is nothing to ask again."""
    if claim.group is not FieldGroup.CAPACITY:
        return Vouched(group=claim.group, on=claim.vouched_on, source=claim.source)
    capacity: Capacity | None = claim.value.get("capacity")
    return Vouched(group=claim.group, on=capacity.vouched_on, source=claim.source) if capacity else None


def known_capacity(capacity: Capacity | None, today: date) -> Capacity | None:
    """What still counts of what was said about room: "full until" a day to come, whenever it was said; the rest for thirty
    days. None when nothing does: room is then unknown, and no page may show a figure as if it held.
    """
    if capacity is None or today - capacity.vouched_on <= CAPACITY_HOLDS_FOR:
        return capacity
    if capacity.full_until and capacity.full_until > today:
        return Capacity(vouched_on=capacity.vouched_on, full_until=capacity.full_until)
    return None
