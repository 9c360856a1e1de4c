"""A listing as those who keep it see it: each group with its value, who said it and when, and what was said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from api.web.group_words import (
    STATE_WORDS,
    FindTerritory,
    Line,
    changed_lines,
    group_lines,
    suspended_words,
)
from api.web.kept_paths import group_path, kept_path, public_path
from api.web.listing_view import Freshness, freshness, source_name
from api.words.dates import exact_day, relative_moment
from graph.model.access import Operation, Viewer, may
from graph.model.directory import ListingState, Organisation, Service
from graph.model.freshness import due_on, vouched
from graph.model.keeping import Act, Entry, Kept
from graph.model.life import PARIS, state_on
from graph.model.listing import GROUPS, Claim, FieldGroup
from graph.model.room import Room, room_of
from graph.model.vocabulary import label

ACT_WORDS: Final = {
    Act.CREATED: "a créé la fiche",
    Act.EDITED: "a modifié",
    Act.CONFIRMED: "a confirmé",
    Act.TAKEN_BACK: "a annulé un changement",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastView:
    """An entry of the log as one group shows it: who did what, when, what it changed, how to undo it."""

    seq: int
    who: str
    did: str
    when: str
    exact: str
    note: str
    lines: tuple[tuple[str, str, str], ...]
    undo: bool


@dataclass(frozen=True, slots=True)
class OtherView:
    """What another source says."""

    source: str
    day: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group. `edit` and `confirm` are what the viewer may do; `freshness` is None where nobody said anything."""

    group: FieldGroup
    label: str
    lines: tuple[Line, ...]
    source: str
    said_by: str
    freshness: Freshness | None
    due: str
    late: bool
    others: tuple[OtherView, ...]
    past: tuple[PastView, ...]
    edit: str
    confirm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptView:
    """The page. `state` is said where the listing is not plainly published; `may` names the acts that the viewer has."""

    name: str
    what: str
    seq: int
    state: str
    draft: bool
    suspended: str
    resume: bool
    archived: bool
    public: str
    path: str
    groups: tuple[GroupView, ...]
    may: frozenset[str]
    room: str


def kept_view(kept: Kept, log: Sequence[Entry], viewer: Viewer, find: FindTerritory, at: datetime) -> KeptView:
    """`log` is the history, the most recent first."""
    record, today = kept.record, at.astimezone(PARIS).date()
    state = state_on(record, today)
    acts = (Operation.SUSPEND, Operation.ARCHIVE, Operation.DUPLICATE, Operation.CREATE)
    service = isinstance(record, Service)
    return KeptView(
        name=record.name,
        what="Service" if isinstance(record, Service) else label("organisation_kind", record.kind),
        seq=kept.seq,
        state="" if state is ListingState.PUBLISHED else STATE_WORDS[state],
        draft=state is ListingState.DRAFT,
        suspended=suspended_words(record, today),
        resume=bool(suspended_words(record, today)) or state is ListingState.SUSPENDED,
        archived=state is ListingState.ARCHIVED,
        public=public_path(kept.target) if state in (ListingState.PUBLISHED, ListingState.SUSPENDED) else "",
        path=kept_path(kept.target),
        groups=tuple(_group(group, kept, log, viewer, find, at) for group in GROUPS[type(record)]),
        may=frozenset(act.value for act in acts if may(viewer, act, kept.subject)),
        room=_room(record, today) if service else "",
    )


def _room(record: Service, today: date) -> str:
    return {
        Room.FULL: "Complet",
        Room.FREE: "De la place",
        Room.UNKNOWN: "Inconnues",
    }[room_of(record.capacity, today)]


def _group(
    group: FieldGroup, kept: Kept, log: Sequence[Entry], viewer: Viewer, find: FindTerritory, at: datetime
) -> GroupView:
    today = at.astimezone(PARIS).date()
    claim = kept.standing.get(group)
    room = group is FieldGroup.CAPACITY
    due = due_on(group, claim.vouched_on) if claim and not room else None
    operation = Operation.SET_CAPACITY if room else Operation.EDIT
    return GroupView(
        group=group,
        label=label("field_group", group.value),
        lines=group_lines(group, kept.value(group), find, at),
        source=source_name(claim.source) if claim else "",
        said_by=_last_hand(claim, log),
        freshness=freshness(claim.vouched_on, today) if claim else None,
        due=exact_day(due) if due else "",
        late=bool(due and due <= today),
        others=_others(group, kept, find, at),
        past=tuple(_past(one, group, kept, log, viewer, find, at) for one in log if group in one.steps),
        edit=group_path(kept.target, group) if may(viewer, operation, kept.subject, group) else "",
        confirm=bool(claim) and not room and may(viewer, Operation.CONFIRM, kept.subject, group),
    )


def checked_days(record: Organisation | Service, claims: Iterable[Claim]) -> dict[str, str]:
    """By group, the day when someone last vouched for it: "3 mars 2026"."""
    return {group.value: exact_day(one.on) for group, one in vouched(record, claims).items()}


def _last_hand(claim: Claim | None, log: Iterable[Entry]) -> str:
    """Who, by name, where the word that stands was given by hand."""
    if claim is None:
        return ""
    return next((one.said_by for one in log if claim.group in one.steps and one.voice == claim.source), "")


def _others(group: FieldGroup, kept: Kept, find: FindTerritory, at: datetime) -> tuple[OtherView, ...]:
    shown = group_lines(group, kept.value(group), find, at)
    found = next((conflict.others for conflict in kept.conflicts if conflict.group is group), ())
    told = [
        OtherView(
            source_name(other.source), exact_day(other.vouched_on), group_lines(group, dict(other.value), find, at)
        )
        for other in found
    ]
    return tuple(one for one in told if one.lines != shown)


def _past(
    one: Entry,
    group: FieldGroup,
    kept: Kept,
    log: Sequence[Entry],
    viewer: Viewer,
    find: FindTerritory,
    at: datetime,
) -> PastView:
    step, local = one.steps[group], one.at.astimezone(PARIS)
    before = _lines(group, step.stood.value if step.stood else {}, find, at)
    after = _lines(group, step.value, find, at)
    return PastView(
        seq=one.seq,
        who=one.said_by or source_name(one.voice),
        did=ACT_WORDS[one.act],
        when=relative_moment(one.at, at),
        exact=f"{exact_day(local.date())} {local:%H:%M}",
        note=one.note,
        lines=() if one.act is Act.CONFIRMED else changed_lines(before, after),
        undo=may_undo(one, log, viewer, kept),
    )


def may_undo(one: Entry, log: Sequence[Entry], viewer: Viewer, kept: Kept) -> bool:
    """Whether taking it back would be done: hers, or hers to undo; not undone, and nothing newer of the same voice stands on it."""
    if one.act in (Act.CREATED, Act.TAKEN_BACK):
        return False
    own = viewer.signed_in and one.by == viewer.key
    if not own and not all(may(viewer, Operation.UNDO, kept.subject, group) for group in one.steps):
        return False
    undone = {later.of for later in log if later.of is not None}
    newer = [later for later in log if later.seq > one.seq and later.act is not Act.TAKEN_BACK]
    return one.seq not in undone and not any(
        later.voice == one.voice and later.steps.keys() & one.steps.keys() and later.seq not in undone
        for later in newer
    )


def last_change(log: Iterable[Entry], group: FieldGroup, at: datetime) -> tuple[str, str]:
    """Who changed a group last, and when, in words; empty when nobody did."""
    found = next((one for one in log if group in one.steps and one.act is not Act.CONFIRMED), None)
    return (found.said_by or source_name(found.voice), relative_moment(found.at, at)) if found else ("", "")


def _lines(group: FieldGroup, value: Mapping[str, object], find: FindTerritory, at: datetime) -> tuple[Line, ...]:
    return group_lines(group, value, find, at) if value else ()
