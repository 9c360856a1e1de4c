"""The table of steps: which step is possible in which state of which kind of handoff, from which side, and what it makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from graph.model.casework.handoff import ENDED, UNSENT, Kind, Side, State, Step


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: from these states, by these sides, to that state; None where the step leaves it as it is, or where
    what is said decides.
    """

    by: frozenset[Side]
    to: State | None


Table = dict[tuple[Kind, State, Step], Row]

_COMMON: Final = (Kind.REFER, Kind.RELINK, Kind.TRANSFER, Kind.ORDERED)
_OPEN: Final = tuple(state for state in State if state not in ENDED)
_ASKED: Final = (State.SENT, State.RECEIVED)
_REFUSABLE: Final = (*_ASKED, State.WAITLISTED, State.ACCEPTED)
_BEGUN: Final = (State.IN_PROGRESS, State.ON_HOLD)
# A partner has it, and may have answered by telephone; how such an answer may have ended it.
_REPORTABLE: Final = (*_REFUSABLE, State.AWAITING_DECISION, *_BEGUN)
_REPORTED_ENDINGS: Final = (State.COMPLETED, State.NOT_COMPLETED, State.DECLINED)
_SENDER, _TARGET, _PERSON, _CLOCK = Side.SENDER, Side.TARGET, Side.PERSON, Side.CLOCK

# kinds, from, step, by, to. Where a line says nothing of `to`, `consequences.py` does.
_LINES: Final[tuple[tuple[tuple[Kind, ...], tuple[State, ...], Step, tuple[Side, ...], State | None], ...]] = (
    (_COMMON, (State.DRAFT,), Step.SUBMIT, (_SENDER,), None),
    (_COMMON, (State.AWAITING_CONSENT,), Step.CONSENT, (_SENDER, _PERSON), State.SENT),
    (_COMMON, (State.AWAITING_CONSENT,), Step.REFUSE, (_SENDER, _PERSON), State.WITHDRAWN),
    (_COMMON, (State.SENT,), Step.OPEN, (_TARGET,), State.RECEIVED),
    (_COMMON, _ASKED, Step.ASK, (_TARGET,), None),
    (_COMMON, _ASKED, Step.ANSWER, (_SENDER,), None),
    (_COMMON, _ASKED, Step.WAITLIST, (_TARGET,), State.WAITLISTED),
    (_COMMON, (State.WAITLISTED,), Step.WAITLIST, (_TARGET,), None),
    (
        _COMMON,
        (*_ASKED, State.ACCEPTED, State.IN_PROGRESS),
        Step.FILE_FOR_DECISION,
        (_TARGET,),
        State.AWAITING_DECISION,
    ),
    (_COMMON, (State.AWAITING_DECISION,), Step.DECIDE, (_TARGET,), None),
    (_COMMON, (*_ASKED, State.WAITLISTED), Step.ACCEPT, (_TARGET,), State.ACCEPTED),
    (_COMMON, (State.ACCEPTED,), Step.BOOK, (_TARGET, _PERSON), None),
    (_COMMON, (State.ACCEPTED,), Step.MISS, (_TARGET,), None),
    # The clock: a contact that was reported, and that nobody contested.
    (_COMMON, (State.ACCEPTED,), Step.CONTACT, (_TARGET, _PERSON, _CLOCK), State.IN_PROGRESS),
    (_COMMON, (State.WAITLISTED,), Step.CONTACT, (_TARGET, _PERSON), State.IN_PROGRESS),
    (_COMMON, (State.IN_PROGRESS,), Step.PAUSE, (_TARGET,), State.ON_HOLD),
    (_COMMON, (State.ON_HOLD,), Step.RESUME, (_TARGET,), State.IN_PROGRESS),
    (_COMMON, _BEGUN, Step.COMPLETE, (_TARGET,), State.COMPLETED),
    (_COMMON, _BEGUN, Step.FAIL, (_TARGET,), State.NOT_COMPLETED),
    (_COMMON, _REFUSABLE, Step.DECLINE, (_TARGET,), State.DECLINED),
    ((Kind.REFER,), _BEGUN, Step.DECLINE, (_TARGET,), State.DECLINED),
    (_COMMON, _REFUSABLE, Step.REDIRECT, (_TARGET,), State.REDIRECTED),
    ((Kind.REFER,), _BEGUN, Step.REDIRECT, (_TARGET,), State.REDIRECTED),
    (_COMMON, (*UNSENT, *_REFUSABLE), Step.RECALL, (_SENDER,), State.RECALLED),
    ((Kind.REFER, Kind.RELINK, Kind.TRANSFER), _OPEN, Step.WITHDRAW, (_PERSON, _SENDER), State.WITHDRAWN),
    (_COMMON, (*_ASKED, State.ACCEPTED), Step.EXPIRE, (_CLOCK,), State.EXPIRED),
    (_COMMON, _REPORTABLE, Step.REPORT, (_SENDER,), None),
    # Of a report, also of one that ended it.
    (_COMMON, (*_REPORTABLE, *_REPORTED_ENDINGS), Step.CONTEST, (_TARGET,), None),
    ((Kind.ORDERED,), tuple(UNSENT), Step.CONTEST, (_PERSON,), None),
    ((Kind.ORDERED,), _REPORTABLE, Step.CONTEST, (_TARGET, _PERSON), None),
    (_COMMON, (State.IN_PROGRESS,), Step.DISPUTE, (_PERSON,), State.ACCEPTED),
    # The person goes alone: the sender is bound, and asks after it.
    ((Kind.ORIENT,), (State.DRAFT,), Step.SUBMIT, (_SENDER,), State.ACCEPTED),
    ((Kind.ORIENT,), (State.ACCEPTED,), Step.CONTACT, (_SENDER, _PERSON), State.IN_PROGRESS),
    ((Kind.ORIENT,), (State.IN_PROGRESS,), Step.COMPLETE, (_SENDER,), State.COMPLETED),
    ((Kind.ORIENT,), (State.ACCEPTED, State.IN_PROGRESS), Step.FAIL, (_SENDER,), State.NOT_COMPLETED),
    ((Kind.ORIENT,), (State.DRAFT, State.ACCEPTED), Step.RECALL, (_SENDER,), State.RECALLED),
    (
        (Kind.ORIENT,),
        (State.DRAFT, State.ACCEPTED, State.IN_PROGRESS),
        Step.WITHDRAW,
        (_PERSON, _SENDER),
        State.WITHDRAWN,
    ),
    ((Kind.ORIENT,), (State.IN_PROGRESS,), Step.DISPUTE, (_PERSON,), State.ACCEPTED),
    # Within one organisation, at once; whoever leads then meets the person, and that is all.
    ((Kind.ASSIGN,), (State.DRAFT,), Step.SUBMIT, (_SENDER,), State.ACCEPTED),
    ((Kind.ASSIGN,), (State.ACCEPTED,), Step.CONTACT, (_TARGET,), State.COMPLETED),
    ((Kind.ASSIGN,), (State.DRAFT,), Step.RECALL, (_SENDER,), State.RECALLED),
    # Asked for by the receiver: the present lead answers, then the asker meets the person.
    ((Kind.TAKE_OVER,), (State.DRAFT,), Step.SUBMIT, (_SENDER,), State.SENT),
    ((Kind.TAKE_OVER,), (State.SENT,), Step.OPEN, (_TARGET,), State.RECEIVED),
    ((Kind.TAKE_OVER,), _ASKED, Step.ASK, (_TARGET,), None),
    ((Kind.TAKE_OVER,), _ASKED, Step.ANSWER, (_SENDER,), None),
    ((Kind.TAKE_OVER,), _ASKED, Step.ACCEPT, (_TARGET,), State.ACCEPTED),
    ((Kind.TAKE_OVER,), _ASKED, Step.DECLINE, (_TARGET,), State.DECLINED),
    ((Kind.TAKE_OVER,), (State.DRAFT, *_ASKED), Step.RECALL, (_SENDER,), State.RECALLED),
    ((Kind.TAKE_OVER,), (State.DRAFT, *_ASKED), Step.WITHDRAW, (_PERSON,), State.WITHDRAWN),
    ((Kind.TAKE_OVER,), _ASKED, Step.EXPIRE, (_CLOCK,), State.EXPIRED),
    ((Kind.TAKE_OVER,), (State.ACCEPTED,), Step.CONTACT, (_SENDER, _PERSON), State.IN_PROGRESS),
    ((Kind.TAKE_OVER,), (State.IN_PROGRESS,), Step.COMPLETE, (_SENDER,), State.COMPLETED),
    ((Kind.TAKE_OVER,), (State.ACCEPTED, State.IN_PROGRESS), Step.FAIL, (_SENDER,), State.NOT_COMPLETED),
    ((Kind.TAKE_OVER,), (State.IN_PROGRESS,), Step.DISPUTE, (_PERSON,), State.ACCEPTED),
    # Errors, and what only time does: of every kind.
    (tuple(Kind), tuple(State), Step.VOID, (_SENDER,), State.VOIDED),
    (tuple(Kind), (State.DRAFT,), Step.REMIND, (_CLOCK,), None),
    (tuple(Kind), (State.DRAFT,), Step.ESCALATE, (_CLOCK,), None),
    (tuple(Kind), tuple(s for s in _OPEN if s is not State.DRAFT), Step.REMIND, (_CLOCK, _SENDER), None),
    (tuple(Kind), tuple(s for s in _OPEN if s is not State.DRAFT), Step.ESCALATE, (_CLOCK, _SENDER), None),
)


def _lines() -> Iterator[tuple[tuple[Kind, State, Step], Row]]:
    for kinds, states, step, by, to in _LINES:
        for kind in kinds:
            for state in states:
                if not (step is Step.VOID and state is State.VOIDED):
                    yield (kind, state, step), Row(frozenset(by), to)


# A later line of the table stands where two say something of the same.
STEPS: Final[MappingProxyType[tuple[Kind, State, Step], Row]] = MappingProxyType(dict(_lines()))
