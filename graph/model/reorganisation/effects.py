"""What a plan does to each thing: what is shown before it is decided is what is done on the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph.model.casework.handoff import Side
from graph.model.directory import Post, Service, SuccessionKind
from graph.model.reorganisation.facts import DirectoryFacts, FileFacts, HandoffFacts
from graph.model.reorganisation.plan import (
    Ending,
    FilesRule,
    Heir,
    MoveFiles,
    MovePost,
    MoveProfessional,
    MoveService,
    Plan,
    endings,
)


@dataclass(frozen=True, slots=True)
class Seat:
    """Who has it from then on: an account of an organisation, or its duty desk where `account` is empty."""

    organisation: str
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A service, a post, a unit or a member (by id) that goes from one body to another; `to` is empty for what ends with it."""

    id: str
    source: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEffect:
    """An open file whose lead moves."""

    file: str
    before: Seat
    after: Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffEffect:
    """One end of an open handoff that moves. `service` and `post` are those that its target still has there."""

    handoff: str
    file: str
    side: Side
    before: Seat
    after: Seat
    service: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """All that a plan does, thing by thing; what is not named stays as it is."""

    services: tuple[Carried, ...] = ()
    posts: tuple[Carried, ...] = ()
    units: tuple[Carried, ...] = ()
    members: tuple[Carried, ...] = ()
    endings: tuple[Ending, ...] = ()
    files: tuple[FileEffect, ...] = ()
    handoffs: tuple[HandoffEffect, ...] = ()


class Reading:
    """A plan made ready to be asked about many files."""

    def __init__(self, plan: Plan) -> None:
        self.endings = endings(plan)
        self._files: dict[str, list[MoveFiles]] = {}
        self._services: dict[str, str] = {}
        self._posts: dict[str, str] = {}
        self._people: dict[tuple[str, str], MoveProfessional] = {}
        self._sources: set[str] = set()
        for move in plan.moves:
            match move:
                case MoveFiles():
                    self._files.setdefault(move.source, []).append(move)
                case MoveService():
                    self._services.setdefault(move.service, move.to)
                    self._sources.add(move.source)
                case MovePost():
                    self._posts.setdefault(move.post, move.to)
                    self._sources.add(move.source)
                case MoveProfessional():
                    self._people.setdefault((move.account, move.source), move)
                case _:
                    pass

    @property
    def sources(self) -> frozenset[str]:
        """The bodies whose open files and handoffs this plan may move."""
        return frozenset({*self.endings, *self._files, *self._sources, *(source for _, source in self._people)} - {""})

    # -------------------------------------------------------------- people and things

    def home(self, account: str, organisation: str) -> str:
        """For which body someone works afterwards who worked for this one: the same one, where nothing says otherwise."""
        if move := self._people.get((account, organisation)):
            return move.to
        return self._default(organisation)

    def of_service(self, service: Service) -> str:
        """Who offers a service afterwards; empty for one that ends with its body."""
        if to := self._services.get(service.id):
            return to
        return self._heir(service.organisation, frozenset(service.covers), service.competences)

    def of_post(self, post: Post) -> str:
        """Whose post it is afterwards; empty for one that ends with its body."""
        if to := self._posts.get(post.id):
            return to
        return self._heir(post.organisation, frozenset(post.covers), post.competences)

    def of_unit(self, unit: str, under: str) -> str:
        """What a unit of this body is part of afterwards, where no move says it of the unit itself."""
        return self._default(under)

    def _default(self, organisation: str) -> str:
        ending = self.endings.get(organisation)
        if ending is None:
            return organisation
        return ending.heirs[0].id if ending.heirs else ""

    def _heir(self, organisation: str, zones: frozenset[str], competences: Sequence[str]) -> str:
        ending = self.endings.get(organisation)
        if ending is None:
            return organisation
        taking = (heir.id for heir in ending.heirs if _takes(heir, zones, competences))
        return next(taking, self._default(organisation))

    # -------------------------------------------------------------- files

    def destination(self, file: FileFacts) -> Seat:
        """Who leads the file afterwards: those who lead it now, where nothing says otherwise."""
        to = self._lead_goes(file)
        if to == file.organisation and self._stays(file.account, file.organisation):
            return Seat(to, file.account)
        return self._seat(file.account, file.organisation, to)

    def _lead_goes(self, file: FileFacts) -> str:
        for move in self._files.get(file.organisation, ()):
            if _concerns(move, file):
                return move.to
        person = self._people.get((file.account, file.organisation))
        if person and person.with_files:
            return person.to
        return self._heir(file.organisation, file.zones, file.competences)

    def _stays(self, account: str, organisation: str) -> bool:
        return (account, organisation) not in self._people

    def _seat(self, account: str, organisation: str, to: str) -> Seat:
        """The account where it goes there too, else the duty desk."""
        return Seat(to, account if account and self.home(account, organisation) == to else "")

    def handoff(self, file: FileFacts, one: HandoffFacts) -> tuple[Seat, Seat, str, str]:
        """Both ends of an open handoff afterwards, the sender's and the target's, with the target's service and post."""
        lead = self.destination(file).organisation
        sends = lead if one.sender == file.organisation else self._heir(one.sender, file.zones, one.competences)
        if one.of_lead and one.target == file.organisation:
            gets = lead
        else:
            moved = self._services.get(one.service) or self._posts.get(one.post)
            gets = moved or self._heir(one.target, file.zones, one.competences)
        sender = self._end(one.sender_account, one.sender, sends)
        target = self._end(one.account, one.target, gets)
        if target.organisation == one.target:
            return sender, target, one.service, one.post
        service = one.service if self._follows(self._services, one.service, one.target, gets) else ""
        post = one.post if self._follows(self._posts, one.post, one.target, gets) else ""
        return sender, target, service, post

    def _follows(self, moves: Mapping[str, str], id_: str, source: str, to: str) -> bool:
        """Whether a service or a post of a body is afterwards with the one that answers."""
        return bool(id_) and (moves.get(id_) or self._default(source)) == to

    def _end(self, account: str, organisation: str, to: str) -> Seat:
        if to == organisation and self._stays(account, organisation):
            return Seat(to, account)
        return self._seat(account, organisation, to)


def destination(plan: Plan, file: FileFacts) -> tuple[str, str]:
    """The organisation and the account (empty: the duty desk) that lead this file afterwards."""
    seat = Reading(plan).destination(file)
    return seat.organisation, seat.account


def effects(plan: Plan, known: DirectoryFacts, files: Iterable[FileFacts] = ()) -> Effects:
    """All that a plan does to what is known. Of files, to those given."""
    reading = Reading(plan)
    moved: list[FileEffect] = []
    ends: list[HandoffEffect] = []
    for file in files:
        one, some = of_file(reading, file)
        moved += [one] if one else []
        ends += some
    # Triples first, and compared in one place: with names bound inside generators the type checker does not come to its end.
    units = [one for one in known.bodies.values() if one.part_of in reading.endings and one.id not in reading.endings]
    members = [(account, body) for body, accounts in sorted(known.members.items()) for account in sorted(accounts)]
    return Effects(
        services=_carried((one.id, one.organisation, reading.of_service(one)) for one in known.services.values()),
        posts=_carried((one.id, one.organisation, reading.of_post(one)) for one in known.posts.values()),
        units=_carried((one.id, one.part_of, reading.of_unit(one.id, one.part_of)) for one in units),
        members=_carried((account, body, reading.home(account, body)) for account, body in members),
        endings=tuple(reading.endings.values()),
        files=tuple(moved),
        handoffs=tuple(ends),
    )


def _carried(things: Iterable[tuple[str, str, str]]) -> tuple[Carried, ...]:
    """Those that go somewhere else: each its id, where it is, where it goes."""
    return tuple(Carried(id=id_, source=source, to=to) for id_, source, to in things if to != source)


def of_file(reading: Reading, file: FileFacts) -> tuple[FileEffect | None, list[HandoffEffect]]:
    """What a plan does to one file, and to the open handoffs in it. What would go nowhere stays: its body does not end before."""
    before, after = Seat(file.organisation, file.account), reading.destination(file)
    lead = FileEffect(file=file.id, before=before, after=after) if after.organisation and after != before else None
    ends: list[HandoffEffect] = []
    for one in file.handoffs:
        sender, target, service, post = reading.handoff(file, one)
        was = Seat(one.sender, one.sender_account)
        if sender.organisation and sender != was:
            ends.append(HandoffEffect(handoff=one.id, file=file.id, side=Side.SENDER, before=was, after=sender))
        was = Seat(one.target, one.account)
        if target.organisation and target != was:
            ends.append(
                HandoffEffect(
                    handoff=one.id,
                    file=file.id,
                    side=Side.TARGET,
                    before=was,
                    after=target,
                    service=service,
                    post=post,
                )
            )
    return lead, ends


def kind_of(ending: Ending) -> SuccessionKind:
    """How the directory tells it: with one heir nothing was split."""
    return (
        ending.kind if len(ending.heirs) > 1 or ending.kind is not SuccessionKind.SPLIT else SuccessionKind.TRANSFERRED
    )


def _takes(heir: Heir, zones: frozenset[str], competences: Sequence[str]) -> bool:
    """Whether it is told to be this heir's. A list of hers that is empty leaves it open; with both empty she takes nothing by
    rule, and the first of them has the rest.
    """
    if not heir.territories and not heir.competences:
        return False
    there = not heir.territories or bool(zones & set(heir.territories))
    about = not heir.competences or bool(set(competences) & set(heir.competences))
    return there and about


def _concerns(move: MoveFiles, file: FileFacts) -> bool:
    match move.rule:
        case FilesRule.ALL:
            return True
        case FilesRule.BY_COMMUNE:
            return bool(file.zones & set(move.territories))
        case FilesRule.BY_PROFESSIONAL:
            return file.account in move.accounts
