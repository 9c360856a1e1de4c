"""What a listing asks of those who keep it, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from graph.model.directory import ListingState, Organisation, Service
from graph.model.freshness import NOTICE, vouched
from graph.model.life import state_on
from graph.model.listing import Claim, FieldGroup, Merged, merge
from graph.model.room import Room, room_of

# Room has a rule of its own, and goes with how many places there are.
DATED: Final = tuple(group for group in FieldGroup if group is not FieldGroup.CAPACITY)


class Need(IntEnum):
    """Why a listing asks for someone; the smallest comes first."""

    PAST_DUE = 0
    DUE_SOON = 1
    CONFLICT = 2
    SUGGESTION = 3
    ROOM_UNKNOWN = 4
    DRAFT = 5
    NOTHING = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing to do: the groups that it is about, in the order of a page; the first of their due days; how many wait."""

    need: Need
    groups: tuple[FieldGroup, ...] = ()
    on: date | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Attention:
    """All that a listing asks, the most pressing first; nothing where `asks` is empty."""

    asks: tuple[Ask, ...]

    @property
    def need(self) -> Need:
        """The most pressing."""
        return self.asks[0].need if self.asks else Need.NOTHING

    @property
    def order(self) -> tuple[int, date]:
        """Listings sorted by it begin with the most pressing."""
        return self.need.value, next((ask.on for ask in self.asks if ask.on), date.max)


def attention(record: Organisation | Service, claims: Iterable[Claim], today: date, suggestions: int = 0) -> Attention:
    """What it asks on a day. One that has ended asks nothing; a draft only to be published; one that is suspended nothing of
    its room. `suggestions` of others wait for an answer.
    """
    state = state_on(record, today)
    if state is ListingState.ARCHIVED:
        return Attention(())
    if state is ListingState.DRAFT:
        return Attention((Ask(need=Need.DRAFT),))
    said = tuple(claims)
    due = {group: one.due for group, one in vouched(record, said).items() if group in DATED}
    asks = [
        _due(Need.PAST_DUE, {group: day for group, day in due.items() if day <= today}),
        _due(Need.DUE_SOON, {group: day for group, day in due.items() if today < day <= today + NOTICE}),
        _conflicts(record, said),
        Ask(need=Need.SUGGESTION, count=suggestions) if suggestions else None,
        _room(record, state, today),
    ]
    return Attention(tuple(ask for ask in asks if ask))


def _merged(record: Organisation | Service, claims: Iterable[Claim]) -> Merged[Organisation] | Merged[Service] | None:
    return merge(Service, claims) if isinstance(record, Service) else merge(Organisation, claims)


def _due(need: Need, days: Mapping[FieldGroup, date]) -> Ask | None:
    return Ask(need=need, groups=tuple(days), on=min(days.values()), count=len(days)) if days else None


def _conflicts(record: Organisation | Service, claims: Iterable[Claim]) -> Ask | None:
    """Groups where a source said something else after the one that stands: older words were known when it was said."""
    merged = _merged(record, claims)
    if merged is None:
        return None
    groups = tuple(
        conflict.group
        for conflict in merged.conflicts
        if any(other.vouched_on >= conflict.kept.vouched_on for other in conflict.others)
    )
    return Ask(need=Need.CONFLICT, groups=groups, count=len(groups)) if groups else None


def _room(record: Organisation | Service, state: ListingState, today: date) -> Ask | None:
    """Only where someone once counted on it."""
    if not isinstance(record, Service) or record.capacity is None or state is not ListingState.PUBLISHED:
        return None
    unknown = room_of(record.capacity, today) is Room.UNKNOWN
    return Ask(need=Need.ROOM_UNKNOWN, groups=(FieldGroup.CAPACITY,)) if unknown else None
