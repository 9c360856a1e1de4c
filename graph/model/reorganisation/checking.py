"""Whether a plan can be done: what keeps it from being published, and from beginning on its day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from graph.model.directory import ListingState
from graph.model.reorganisation.facts import DirectoryFacts
from graph.model.reorganisation.move_faults import LONGEST_NAME, Fault, MoveFaults
from graph.model.reorganisation.plan import (
    FilesRule,
    Move,
    MoveFiles,
    MovePost,
    MoveProfessional,
    MoveService,
    Plan,
    RenameBody,
)

MOST_MOVES: Final = 500
FURTHEST_YEARS: Final = 5
OF_THE_PLAN: Final = -1


def checked(plan: Plan, known: DirectoryFacts, today: date) -> list[Fault]:
    """All that keeps the plan from being published, the plan's own first, then move by move; none when it can be."""
    return [*_of_plan(plan, today), *MoveFaults(plan, known).found()]


def hindrances(plan: Plan, known: DirectoryFacts) -> list[Fault]:
    """What keeps a published plan from beginning as the directory now is. What is no longer there to move, or is where the plan
    has it already, is none: people leave and services end in the months before its day.
    """
    left = {number: move for number, one in enumerate(plan.moves) if (move := _left(one, known))}
    numbers, rest = tuple(left), replace(plan, moves=tuple(left.values()))
    return [replace(fault, move=numbers[fault.move]) for fault in MoveFaults(rest, known).found()]


def _left(move: Move, known: DirectoryFacts) -> Move | None:
    """What of a move is still to be done."""
    match move:
        case MoveProfessional():
            over = move.account not in known.members.get(move.source, frozenset())
        case MoveService():
            service = known.services.get(move.service)
            over = service is None or service.state is ListingState.ARCHIVED or service.organisation == move.to
        case MovePost():
            post = known.posts.get(move.post)
            over = post is None or post.organisation == move.to
        case RenameBody():
            body = known.bodies.get(move.id)
            over = body is not None and body.name == move.name.strip()
        case MoveFiles(rule=FilesRule.BY_PROFESSIONAL):
            there = known.members.get(move.source, frozenset())
            move = replace(move, accounts=tuple(one for one in move.accounts if one in there))
            over = not move.accounts
        case _:
            over = False
    return None if over else move


def _of_plan(plan: Plan, today: date) -> Iterator[Fault]:
    if not plan.title.strip():
        yield Fault(OF_THE_PLAN, "title", "Donnez un titre à cette réorganisation.")
    if len(plan.title) > LONGEST_NAME:
        yield Fault(OF_THE_PLAN, "title", f"Le titre tient {LONGEST_NAME} caractères.")
    if plan.on < today:
        yield Fault(OF_THE_PLAN, "on", "Cette date est passée : donnez un jour à venir, ou aujourd’hui.")
    if plan.on.year > today.year + FURTHEST_YEARS:
        yield Fault(OF_THE_PLAN, "on", f"Donnez une date dans les {FURTHEST_YEARS} ans.")
    if not plan.moves:
        yield Fault(OF_THE_PLAN, "moves", "Rien n’est encore prévu : ajoutez un mouvement.")
    if len(plan.moves) > MOST_MOVES:
        yield Fault(OF_THE_PLAN, "moves", f"Une réorganisation tient {MOST_MOVES} mouvements : faites-en plusieurs.")
