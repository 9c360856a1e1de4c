"""What may happen to a file: one class an act, and the entry that holds it. An entry is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from graph.model.casework.file import (
    Actor,
    CircleMember,
    CoReferent,
    Lead,
    Member,
    Need,
    Outcome,
    PersonPage,
    ToCallBack,
    Watch,
)
from graph.model.casework.grounds import Consent
from graph.model.casework.handoff import Handoff, ReasonCode, Side, State, Step
from graph.model.casework.writings import (
    AppointmentSet,
    Assessed,
    CalledBack,
    ContactTold,
    DecisionTold,
    Delivered,
    ForgettingTold,
    Looked,
    Met,
    NoRelayFound,
    Noted,
    OpinionGiven,
    RightAnswered,
    RightAsked,
    Struck,
    WatchSet,
    WorryTold,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The first entry: who leads, and who is accompanied. `request` is the contact at the front door that led to it."""

    organisation: str
    lead: Lead
    members: tuple[Member, ...]
    review: datetime
    request: str = ""
    transitional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSet:
    """A member as she is from now on."""

    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedAdded:
    """A problem is known."""

    need: Need


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedSet:
    """Urgency, date from outside, next look: what changes of a need while it is open. Reopens one that had ended."""

    need: Need


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedEnded:
    """It is met, or will not be."""

    need: str
    outcome: Outcome
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A handoff is prepared."""

    handoff: Handoff


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """A step of a handoff. What does not concern the step is empty.

    `due` and `tick` are the handoff's from now on, `lead` who leads from now on where the step moves it, `child` the handoff that
    a redirect makes, `account` who will do it on the target's side, `on` a day that was named (review, appointment, decision).
    `reported` is the step that the target is said to have taken, `stands` whether a decision is a yes,
    `review` when a second person looks at what was told in danger, `restored` the handoff as it was before a contested report.
    """

    handoff: str
    step: Step
    side: Side
    to: State
    due: datetime
    tick: datetime | None = None
    reason: ReasonCode | None = None
    text: str = ""
    reported: Step | None = None
    account: str = ""
    on: datetime | None = None
    interim: str = ""
    position: int | None = None
    stands: bool = False
    until: datetime | None = None
    appeal: str = ""
    outcome: str = ""
    consent: str = ""
    lead: Lead | None = None
    child: Handoff | None = None
    review: datetime | None = None
    restored: Handoff | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassigned:
    """Someone else of the same house does it from now on, on one side of a handoff; the desk when `account` is empty."""

    handoff: str
    side: Side
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehoused:
    """Another organisation stands at one end of a handoff from now on, for a reorganisation has put it in the other's place.

    On the target's side `service`, `post` and `ground` (a consent that names it) are what it has there; a post or a service that
    did not come along is empty.
    """

    handoff: str
    side: Side
    organisation: str
    account: str = ""
    service: str = ""
    post: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The lead has seen how a handoff ended, and says what follows."""

    handoff: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadMoved:
    """The lead moves without a handoff: departure, reorganisation, linking. `text` says why."""

    lead: Lead
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersSet:
    """Who works on it with the lead, from now on."""

    accounts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """Something may be told."""

    consent: Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn:
    """It may not be told any longer."""

    consent: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A second person has looked at what was told in danger."""

    handoff: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleSet:
    """Someone around the file, from now on."""

    member: CircleMember


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleLeft:
    """No longer around it."""

    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoReferentSet:
    """Another body's referent."""

    co_referent: CoReferent


@dataclass(frozen=True, slots=True, kw_only=True)
class CoReferentLeft:
    """No longer."""

    co_referent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSet:
    """A member's page is opened, closed, or given another code."""

    page: PersonPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The lead has looked at the file as a whole, and will again then."""

    review: datetime
    text: str = ""
    transitional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The accompaniment ends."""

    outcome: Outcome
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """It begins again."""

    lead: Lead
    review: datetime
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Two files of one person become one: `other` goes into this one, or (`into`) this one into that.

    What was owed in the other comes along, and who is around it; `no_relay` are (need, cause), of the needs as they are here;
    `danger` the members for whom a danger at home was noted in the other.
    """

    other: str
    into: bool
    needs: tuple[Need, ...] = ()
    members: tuple[Member, ...] = ()
    watches: tuple[Watch, ...] = ()
    to_call: tuple[ToCallBack, ...] = ()
    circle: tuple[CircleMember, ...] = ()
    co_referents: tuple[CoReferent, ...] = ()
    no_relay: tuple[tuple[str, str], ...] = ()
    last_contact: datetime | None = None
    danger: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """Nothing is left but that there was something. `visa` is the archive's, where the law of public archives asks for it."""

    visa: str = ""
    why: str = ""


Event = (
    Opened | MemberSet | NeedAdded | NeedSet | NeedEnded | Drafted | Stepped | Reassigned | Rehoused | Settled | LeadMoved
    | WorkersSet | ConsentGiven | ConsentWithdrawn | Reviewed | CircleSet | CircleLeft | CoReferentSet | CoReferentLeft | Noted
    | Met | Assessed | DecisionTold | WatchSet | Looked | Delivered | AppointmentSet | OpinionGiven | NoRelayFound | WorryTold
    | ContactTold | CalledBack | PageSet | Kept | Struck | Closed | Reopened | Linked | Erased | RightAsked | RightAnswered
    | ForgettingTold
)  # fmt: skip
EVENTS: Final[Mapping[str, type[Event]]] = MappingProxyType({event.__name__: event for event in Event.__args__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event of a file's log. `key` is its id; `request` the idempotency key of whoever made it."""

    file: str
    seq: int
    at: datetime
    by: Actor
    event: Event

    @property
    def key(self) -> str:
        """What makes it the only one with its number."""
        return f"{self.file}:{self.seq}"

    @property
    def act(self) -> str:
        """Its act's name; that of a step is the step's."""
        return self.event.step.value if isinstance(self.event, Stepped) else type(self.event).__name__
