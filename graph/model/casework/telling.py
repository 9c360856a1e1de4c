"""What of a file is told through a handoff, by groups: the one place that says it, for pages, GraphQL and the preview.

A group that may not be told is None, never empty: nobody learns from it whether there is anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, TypeVar

from graph.model.casework.acts import Entry
from graph.model.casework.file import CircleMember, File, Member, MemberRole, Need
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import Handoff
from graph.model.casework.sight import Sight, shared_groups
from graph.model.casework.writings import Assessed

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Practical:
    """What it takes to receive someone."""

    language: str
    interpreter: bool
    safe_hours: str
    commune: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Who she is."""

    name: str
    born: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How she is reached."""

    phone: str
    email: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Her place in the household."""

    role: MemberRole
    sex: str
    age_band: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMember:
    """Someone of the file, each group of what is known of her told or not."""

    id: str
    practical: Practical | None = None
    identity: Named | None = None
    contact: Reach | None = None
    household: Household | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldNeed:
    """A need without the words that it was told in: those are of the situation."""

    id: str
    competence: str
    member: str
    opened: datetime
    urgent: bool
    due: date | None
    due_what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told, by groups; `situation` is what the sender wrote, and the words of the needs."""

    groups: frozenset[ShareGroup] = frozenset()
    members: tuple[ToldMember, ...] | None = None
    needs: tuple[ToldNeed, ...] | None = None
    situation: tuple[str, ...] | None = None
    assessments: tuple[Assessed, ...] | None = None
    circle: tuple[CircleMember, ...] | None = None


NOTHING: Final = Told()
OF_MEMBERS: Final = frozenset({ShareGroup.PRACTICAL, ShareGroup.IDENTITY, ShareGroup.CONTACT, ShareGroup.HOUSEHOLD})


def told(file: File, of: Sight | Handoff, at: datetime, written: Iterable[Entry] = ()) -> Told:
    """What may be shown at this moment: to the target of a handoff, or to whoever has this sight of the file.

    `written` are entries of the file: assessments are read from there.
    """
    entries = tuple(written)
    if isinstance(of, Handoff):
        return through(file, of, shared_groups(file, of, at), entries)
    if of.whole:
        return _whole(file, entries)
    found = NOTHING
    # Whoever gave the file away reads nothing of it through what she sent.
    for id_ in sorted(of.handoffs - of.written):
        handoff = file.handoffs[id_]
        # Through one that she sent herself, and that left with the file, nothing is told back to her.
        found = _both(found, through(file, handoff, shared_groups(file, handoff, at) & of.groups, entries))
    return found


def through(file: File, handoff: Handoff, groups: frozenset[ShareGroup], written: Iterable[Entry] = ()) -> Told:
    """What these groups tell through a handoff: the preview of what is not sent yet is made of it too."""
    needs = _needs_of(file, handoff)
    # An evaluation of the household as a whole goes with the file, not with one need.
    about = frozenset(need.id for need in needs) | (frozenset() if handoff.needs else {""})
    return Told(
        groups=groups,
        members=_members(_concerned(file, handoff, needs), file, groups) if groups & OF_MEMBERS else None,
        needs=tuple(_need(need) for need in needs) if ShareGroup.NEED in groups else None,
        situation=_situation(handoff, needs) if ShareGroup.SITUATION in groups else None,
        assessments=_assessments(file, written, about) if ShareGroup.ASSESSMENTS in groups else None,
        # What each of them may know is said to those who work on the file alone.
        circle=tuple(replace(one, may_know="") for one in file.circle.values())
        if ShareGroup.CIRCLE in groups
        else None,
    )


def _whole(file: File, written: tuple[Entry, ...]) -> Told:
    needs = tuple(file.needs.values())
    return Told(
        groups=frozenset(ShareGroup),
        members=tuple(_member(member, frozenset(ShareGroup)) for member in file.members.values()),
        needs=tuple(_need(need) for need in needs),
        situation=tuple(need.words for need in needs if need.words),
        assessments=_assessments(file, written, frozenset(file.needs) | {""}),
        circle=tuple(file.circle.values()),
    )


def _needs_of(file: File, handoff: Handoff) -> tuple[Need, ...]:
    """Those that it is about; of a handoff of the file itself the open ones, but for what is secret."""
    if handoff.needs:
        return tuple(file.needs[id_] for id_ in handoff.needs if id_ in file.needs)
    return tuple(need for need in file.needs.values() if need.open and not need.secret and not _of_secret(file, need))


def _of_secret(file: File, need: Need) -> bool:
    return need.member in file.members and file.members[need.member].secret


def _concerned(file: File, handoff: Handoff, needs: tuple[Need, ...]) -> frozenset[str]:
    """Whose needs they are; everyone of the household where they are all of theirs, but for who asked for secrecy."""
    named = {need.member for need in needs}
    if handoff.needs and "" not in named:
        return frozenset(named)
    living = {member.id for member in file.members.values() if member.left is None and not member.secret}
    return frozenset(living | (named - {""}))


def _members(concerned: frozenset[str], file: File, groups: frozenset[ShareGroup]) -> tuple[ToldMember, ...]:
    """Whoever is concerned by the groups that are told; the others of the household by their place in it alone."""
    found = []
    for member in file.members.values():
        if member.id in concerned:
            found.append(_member(member, groups))
        elif ShareGroup.HOUSEHOLD in groups and not member.secret and member.left is None:
            found.append(_member(member, frozenset({ShareGroup.HOUSEHOLD})))
    return tuple(found)


def _member(member: Member, groups: frozenset[ShareGroup]) -> ToldMember:
    one = member.identity
    return ToldMember(
        id=member.id,
        practical=Practical(
            language=one.language, interpreter=one.interpreter, safe_hours=one.safe_hours, commune=one.commune
        )
        if ShareGroup.PRACTICAL in groups
        else None,
        identity=Named(name=one.name, born=one.born) if ShareGroup.IDENTITY in groups else None,
        contact=Reach(phone=one.phone, email=one.email, address=one.address) if ShareGroup.CONTACT in groups else None,
        household=Household(role=member.role, sex=member.sex, age_band=member.age_band)
        if ShareGroup.HOUSEHOLD in groups
        else None,
    )


def _need(need: Need) -> ToldNeed:
    return ToldNeed(
        id=need.id,
        competence=need.competence,
        member=need.member,
        opened=need.opened,
        urgent=need.urgent,
        due=need.due,
        due_what=need.due_what,
    )


def _situation(handoff: Handoff, needs: tuple[Need, ...]) -> tuple[str, ...]:
    return tuple(words for words in (handoff.message, *(need.words for need in needs)) if words)


def _assessments(file: File, written: Iterable[Entry], about: frozenset[str]) -> tuple[Assessed, ...]:
    return tuple(
        entry.event
        for entry in written
        if isinstance(entry.event, Assessed) and entry.seq not in file.struck and entry.event.need in about
    )


def _both(one: Told, other: Told) -> Told:
    """What two handoffs to the same organisation tell together."""
    members = {member.id: member for member in one.members or ()}
    for member in other.members or ():
        members[member.id] = _merged(members.get(member.id), member)
    return Told(
        groups=one.groups | other.groups,
        members=None if one.members is None and other.members is None else tuple(members.values()),
        needs=_joined(one.needs, other.needs),
        situation=_joined(one.situation, other.situation),
        assessments=_joined(one.assessments, other.assessments),
        circle=_joined(one.circle, other.circle),
    )


def _merged(one: ToldMember | None, other: ToldMember) -> ToldMember:
    if one is None:
        return other
    return ToldMember(
        id=one.id,
        practical=one.practical or other.practical,
        identity=one.identity or other.identity,
        contact=one.contact or other.contact,
        household=one.household or other.household,
    )


def _joined(one: tuple[T, ...] | None, other: tuple[T, ...] | None) -> tuple[T, ...] | None:
    """Each once, in order; None where neither is told."""
    if one is None or other is None:
        return one if other is None else other
    return (*one, *(it for it in other if it not in one))
