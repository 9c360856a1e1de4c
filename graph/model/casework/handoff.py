"""A handoff: the movement of one need, or of the file itself, towards another actor. Its kinds, states, steps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from graph.model.casework.grounds import ShareGroup


class Kind(StrEnum):
    """What is handed, and who leads afterwards."""

    ORIENT = "orient"
    RELINK = "relink"
    REFER = "refer"
    TRANSFER = "transfer"
    TAKE_OVER = "take_over"
    ASSIGN = "assign"
    ORDERED = "ordered"


class State(StrEnum):
    """Where a handoff is."""

    DRAFT = "draft"
    AWAITING_CONSENT = "awaiting_consent"
    SENT = "sent"
    RECEIVED = "received"
    WAITLISTED = "waitlisted"
    AWAITING_DECISION = "awaiting_decision"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"
    DECLINED = "declined"
    REDIRECTED = "redirected"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOIDED = "voided"


class Step(StrEnum):
    """What may be done to a handoff."""

    SUBMIT = "submit"
    CONSENT = "consent"
    REFUSE = "refuse"
    OPEN = "open"
    ASK = "ask"
    ANSWER = "answer"
    WAITLIST = "waitlist"
    FILE_FOR_DECISION = "file_for_decision"
    DECIDE = "decide"
    ACCEPT = "accept"
    BOOK = "book"
    MISS = "miss"
    CONTACT = "contact"
    PAUSE = "pause"
    RESUME = "resume"
    COMPLETE = "complete"
    FAIL = "fail"
    DECLINE = "decline"
    REDIRECT = "redirect"
    RECALL = "recall"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    REPORT = "report"
    CONTEST = "contest"
    DISPUTE = "dispute"
    VOID = "void"
    REMIND = "remind"
    ESCALATE = "escalate"


class Side(StrEnum):
    """From which side a step may come. The sender's side is that of the file: its lead too."""

    SENDER = "sender"
    TARGET = "target"
    PERSON = "person"
    CLOCK = "clock"


class ReasonCode(StrEnum):
    """Why something was not taken, or did not succeed."""

    NO_CAPACITY = "no_capacity"
    NOT_ELIGIBLE = "not_eligible"
    OUT_OF_AREA = "out_of_area"
    NOT_OFFERED = "not_offered"
    ALREADY_SERVED = "already_served"
    UNREACHABLE = "unreachable"
    DECLINED_BY_PERSON = "declined_by_person"
    OTHER = "other"


ENDED: Final = frozenset(
    {
        State.COMPLETED,
        State.NOT_COMPLETED,
        State.DECLINED,
        State.REDIRECTED,
        State.RECALLED,
        State.WITHDRAWN,
        State.EXPIRED,
        State.VOIDED,
    }
)
# A need that has been handed on more often goes to whoever keeps the network.
LONGEST_CHAIN: Final = 3
# Nothing has left the sender's house.
UNSENT: Final = frozenset({State.DRAFT, State.AWAITING_CONSENT})
# The target has it, and owes an answer.
UNANSWERED: Final = frozenset({State.SENT, State.RECEIVED})
# What goes to a partner only on a ground.
ON_A_GROUND: Final = frozenset({Kind.REFER, Kind.RELINK, Kind.TRANSFER, Kind.ORDERED})
# These move the file itself, not one need.
OF_THE_FILE: Final = frozenset({Kind.TRANSFER, Kind.TAKE_OVER, Kind.ASSIGN})
# What needs a code, and words where the code says nothing by itself.
WITH_REASON: Final = frozenset({Step.FAIL, Step.DECLINE, Step.REDIRECT, Step.PAUSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Towards whom: an organisation, and where it is known the service, the post, the agreement, the professional (account)."""

    organisation: str
    service: str = ""
    post: str = ""
    agreement: str = ""
    professional: str = ""


class OrderedLead(StrEnum):
    """When the lead moves by an authority's order."""

    UNCHANGED = "unchanged"
    AT_ONCE = "at_once"
    AT_CONTACT = "at_contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """An answer that the sender had by telephone: what it was before, and until when it may be contested."""

    before: Handoff
    until: datetime
    contact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """A handoff as its entries make it.

    `sender` is the organisation and account that answer for sending it; `needs` what it is about (none for the file itself);
    `groups` what of the file the target may read, `ground` the id of the consent or the ground that lets it leave.
    `since` is when the clock of the present state began, `due` when its next action is to be done, `tick` when time itself next
    reminds, escalates or expires; `chain` the handoffs it follows from, the first first. `statutory` is the day on which an
    authority's silence counts; `moved_lead` says whether the file's lead came by it. `asked` is when the question that waits was
    put, `unanswered` that it has waited too long: the target's clock runs again. `contested` is when the person contested an
    ordered measure, until the lead has said what follows; `authority` is who ordered it, in words.
    """

    id: str
    kind: Kind
    state: State
    sender: str
    sender_account: str
    target: Target
    needs: tuple[str, ...] = ()
    purpose: str = ""
    message: str = ""
    groups: frozenset[ShareGroup] = frozenset()
    ground: str = ""
    urgent: bool = False
    confirmed: bool = False
    order: OrderedLead = OrderedLead.UNCHANGED
    authority: str = ""
    parent: str = ""
    chain: tuple[str, ...] = ()
    drafted: datetime
    since: datetime
    due: datetime
    tick: datetime | None = None
    sent: datetime | None = None
    answered: datetime | None = None
    contacted: datetime | None = None
    ended: datetime | None = None
    reason: ReasonCode | None = None
    outcome: str = ""
    asked: datetime | None = None
    question: str = ""
    unanswered: bool = False
    appointment: datetime | None = None
    missed: int = 0
    reminded: int = 0
    escalated: bool = False
    interim: str = ""
    position: int | None = None
    reported: Reported | None = None
    statutory: datetime | None = None
    moved_lead: bool = False
    settled: bool = False
    contested: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether something is still to come of it."""
        return self.state not in ENDED

    @property
    def passed_around(self) -> bool:
        """Whether its need was handed on so often that whoever keeps the network looks at it."""
        return len(self.chain) > LONGEST_CHAIN

    @property
    def shared(self) -> bool:
        """Whether its target may read what was shared: from the sending to the end."""
        return self.open and self.state not in UNSENT and self.kind not in {Kind.ORIENT, Kind.TAKE_OVER}

    @property
    def begun(self) -> bool:
        """Whether the person and the target have met."""
        return self.contacted is not None
