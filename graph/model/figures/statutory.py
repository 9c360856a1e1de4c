"""Statutory returns: which competence counts as which return, with its source, and what a service counts of it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from graph.model.casework.handoff import State
from graph.model.figures.facts import Facts, HandoffFact, NeedFact

# After two years a reference is to be looked up again.
CHECKED_FOR: Final = timedelta(days=730)
UNCHECKED: Final = "Référence à vérifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A return that is owed to an authority: the competence that counts as it, and the text that governs it; `checked` is the day
    on which that was last compared with the text or with who quotes it (`seen` in the file), None for never.
    """

    name: str
    competence: str
    words: str
    source: str
    checked: date | None

    def reference(self, today: date) -> str:
        """The text, while it was checked lately: codes are renumbered."""
        fresh = self.checked is not None and today - self.checked <= CHECKED_FOR
        return self.source if fresh else UNCHECKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a service counts of a return in a period. `asked` are handoffs that it received; each of them is in one of `taken`,
    `declined`, `redirected`, `unanswered`, `withdrawn`, `waiting`, as it stands when it is counted.
    """

    needs: int
    requests: int
    unmet: int
    asked: int
    taken: int
    declined: int
    redirected: int
    unanswered: int
    withdrawn: int
    waiting: int
    sent: int
    reasons: tuple[tuple[str, int], ...]


@cache
def returns() -> tuple[Return, ...]:
    """Every return, in the order of the file."""
    with (Path(__file__).parent / "statutory.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Return(
                name=row["return"],
                competence=row["competence"],
                words=row["words"],
                source=row["source"],
                checked=date.fromisoformat(row["checked"]) if row["checked"] else None,
            )
            for row in csv.DictReader(lines)
        )


def counted(facts: Facts, competence: str, bodies: Collection[str], begin: datetime, end: datetime) -> Counted:
    """What these bodies count of a competence from `begin` to `end`, its end excluded."""

    def within(at: datetime | None) -> bool:
        return at is not None and begin <= at < end

    about = [one for one in facts.handoffs if one.competence == competence and within(one.sent)]
    about = [one for one in about if one.state is not State.VOIDED]
    asked = [one for one in about if one.target in bodies and one.sender not in bodies]
    states = Counter(_group(one) for one in asked)
    led = {file.id for file in facts.files if file.lead in bodies}
    requests = [one for one in facts.requests if one.organisation in bodies and within(one.at)]
    files_unmet = sum(
        one.cause is not None for one in facts.needs if _hers(one, competence, led) and within(one.opened)
    )
    return Counted(
        needs=sum(_hers(one, competence, led) and within(one.opened) for one in facts.needs),
        requests=sum(competence in one.reasons for one in requests),
        unmet=files_unmet + sum(competence in dict(one.unmet) for one in requests if not one.file),
        asked=len(asked),
        taken=states["taken"],
        declined=states["declined"],
        redirected=states["redirected"],
        unanswered=states["unanswered"],
        withdrawn=states["withdrawn"],
        waiting=states["waiting"],
        sent=sum(one.sender in bodies and one.target not in bodies for one in about),
        reasons=tuple(sorted(Counter(one.reason.value for one in asked if one.reason).items())),
    )


def _hers(need: NeedFact, competence: str, led: Collection[str]) -> bool:
    return need.competence == competence and need.file in led


def _group(handoff: HandoffFact) -> str:
    match handoff.state:
        case State.DECLINED:
            return "declined"
        case State.REDIRECTED:
            return "redirected"
        case State.EXPIRED:
            return "unanswered"
        case State.RECALLED | State.WITHDRAWN:
            return "withdrawn"
        case State.SENT | State.RECEIVED | State.WAITLISTED | State.AWAITING_DECISION:
            return "waiting"
        case _:
            return "taken"
