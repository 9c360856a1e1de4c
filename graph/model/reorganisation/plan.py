"""A plan: the moves of a reorganisation, on a date. A draft is a what-if; published, it is frozen and runs on its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from graph.model.directory import Organisation, Post, Service, SuccessionKind
from graph.model.errors import InvalidInput

# The source of a body that a plan creates.
SOURCE: Final = "reorganisation"


class PlanState(StrEnum):
    """The life of a plan: it can be called off until it runs."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RUNNING = "running"
    DONE = "done"
    CALLED_OFF = "called_off"


class FilesRule(StrEnum):
    """Which open files of a body go: those of people who live there, of these professionals, or all."""

    ALL = "all"
    BY_COMMUNE = "by_commune"
    BY_PROFESSIONAL = "by_professional"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateBody:
    """A body that there is from that day on."""

    record: Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseBody:
    """It ends. What it has goes to `successor`; nowhere where that is empty, so that it must have nothing open."""

    id: str
    successor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeBodies:
    """These end, and what they have goes to `into`, with those who work there."""

    ids: tuple[str, ...]
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """One of those among whom a body is split. `scope` says in words what goes there; `territories` (of any level) and
    `competences` say it so that it can be done: what is in one of each goes there, an empty list leaving that open.
    """

    id: str
    scope: str = ""
    territories: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitBody:
    """It ends, and each thing goes to the first heir that takes it; what none takes goes to the first."""

    id: str
    heirs: tuple[Heir, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveBody:
    """It becomes a part of another body, or of none."""

    id: str
    under: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameBody:
    """Another name; the old one still finds it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveService:
    """A service is offered by another body. `source` is whose it is while the plan is written, filled in when it is published."""

    service: str
    to: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePost:
    """A post is another body's. `source` as for a service."""

    post: str
    to: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveProfessional:
    """Someone (an account) works for `to` and no longer for `source`. Her files come along, or stay with the duty desk."""

    account: str
    source: str
    to: str
    with_files: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTerritory:
    """A body covers these territories and no others."""

    body: str
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFiles:
    """Open files of `source` are led by `to`: all, those of people of these `territories`, or those these `accounts` lead."""

    source: str
    to: str
    rule: FilesRule = FilesRule.ALL
    territories: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


Move = (
    CreateBody | CloseBody | MergeBodies | SplitBody | MoveBody | RenameBody | MoveService | MovePost | MoveProfessional
    | ChangeTerritory | MoveFiles
)  # fmt: skip
MOVES: Final[Mapping[str, type[Move]]] = MappingProxyType({move.__name__: move for move in Move.__args__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The move at this place (from 0) was another one before."""

    place: int
    before: Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A reorganisation. `author` is the account that wrote it last, `version` how often it was written; the moments are those
    at which it was published, began, ended (run or called off). `changed` is a change in place, while nothing else was written.
    """

    id: str
    title: str
    on: date
    moves: tuple[Move, ...] = ()
    state: PlanState = PlanState.DRAFT
    author: str = ""
    note: str = ""
    version: int = 1
    published: datetime | None = None
    began: datetime | None = None
    ended: datetime | None = None
    changed: Changed | None = None

    @property
    def draft(self) -> bool:
        """Whether it may still be changed."""
        return self.state is PlanState.DRAFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A body that the plan ends, and who has what it had; the first heir has what no other takes."""

    id: str
    kind: SuccessionKind
    heirs: tuple[Heir, ...]


def endings(plan: Plan) -> dict[str, Ending]:
    """By body, how the plan ends it; of two endings of one body the first."""
    found: dict[str, Ending] = {}
    for move in plan.moves:
        match move:
            case CloseBody():
                heirs = (Heir(id=move.successor),) if move.successor else ()
                made = [Ending(id=move.id, kind=SuccessionKind.TRANSFERRED, heirs=heirs)]
            case MergeBodies():
                made = [
                    Ending(id=id_, kind=SuccessionKind.MERGED, heirs=(Heir(id=move.into),))
                    for id_ in dict.fromkeys(move.ids)
                ]
            case SplitBody():
                made = [Ending(id=move.id, kind=SuccessionKind.SPLIT, heirs=move.heirs)]
            case _:
                continue
        for one in made:
            found.setdefault(one.id, one)
    return found


def created(plan: Plan) -> dict[str, Organisation]:
    """By id, the bodies that the plan creates."""
    return {move.record.id: move.record for move in plan.moves if isinstance(move, CreateBody)}


def bodies_named(plan: Plan) -> frozenset[str]:
    """All bodies that the plan speaks of, those that it creates included."""
    found: set[str] = set()
    for move in plan.moves:
        match move:
            case CreateBody():
                found |= {move.record.id, move.record.part_of}
            case CloseBody():
                found |= {move.id, move.successor}
            case MergeBodies():
                found |= {*move.ids, move.into}
            case SplitBody():
                found |= {move.id, *(heir.id for heir in move.heirs)}
            case MoveBody():
                found |= {move.id, move.under}
            case RenameBody():
                found.add(move.id)
            case MoveService() | MovePost():
                found |= {move.source, move.to}
            case MoveProfessional() | MoveFiles():
                found |= {move.source, move.to}
            case ChangeTerritory():
                found.add(move.body)
    return frozenset(found - {""})


def with_sources(plan: Plan, services: Mapping[str, Service], posts: Mapping[str, Post]) -> Plan:
    """The plan with whose each service and post is that it moves: what was addressed there is looked for there. One that is with
    the receiver already keeps the source that it had.
    """
    moves: list[Move] = []
    for move in plan.moves:
        if isinstance(move, MoveService) and (service := services.get(move.service)):
            moves.append(_from(move, service.organisation))
        elif isinstance(move, MovePost) and (post := posts.get(move.post)):
            moves.append(_from(move, post.organisation))
        else:
            moves.append(move)
    return replace(plan, moves=tuple(moves))


def _from(move: MoveService | MovePost, source: str) -> MoveService | MovePost:
    return replace(move, source=source) if source != move.to else move


def of_ended(plan: Plan) -> Plan:
    """What the plan says of the bodies that it ends, alone. What comes to them later goes the same way; what has once left a body
    that goes on is not taken from where it went.
    """
    ended = endings(plan)
    kept = tuple(
        move
        for move in plan.moves
        if isinstance(move, CloseBody | MergeBodies | SplitBody)
        or (isinstance(move, MoveFiles | MoveService | MovePost | MoveProfessional) and move.source in ended)
    )
    return replace(plan, moves=kept)


# ------------------------------------------------------------------ its life


def published(plan: Plan, at: datetime) -> Plan:
    """Frozen from now on, and done on its day. Raises InvalidInput."""
    if not plan.draft:
        raise InvalidInput("Seul un brouillon se publie : rien n’a été modifié.", "plan")
    return replace(plan, state=PlanState.PUBLISHED, published=at, changed=None)


def called_off(plan: Plan, at: datetime) -> Plan:
    """It will not be done. Raises InvalidInput once it has begun."""
    if plan.state in {PlanState.RUNNING, PlanState.DONE}:
        raise InvalidInput(
            "Cette réorganisation a commencé : elle ne s’annule plus, elle va jusqu’au bout. Préparez-en une autre pour "
            "revenir en arrière.",
            "plan",
        )
    if plan.state is PlanState.CALLED_OFF:
        raise InvalidInput("Cette réorganisation est déjà annulée.", "plan")
    return replace(plan, state=PlanState.CALLED_OFF, ended=at)


def begun(plan: Plan, at: datetime) -> Plan:
    """It runs from now on, and can no longer be called off."""
    if plan.state is not PlanState.PUBLISHED:
        raise InvalidInput("Seule une réorganisation publiée commence.", "plan")
    return replace(plan, state=PlanState.RUNNING, began=at)


def done(plan: Plan, at: datetime) -> Plan:
    """All of it is done."""
    if plan.state is not PlanState.RUNNING:
        raise InvalidInput("Cette réorganisation n’est pas en cours.", "plan")
    return replace(plan, state=PlanState.DONE, ended=at)
