"""A file: a person or a household that is accompanied, as its entries make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from graph.model.casework.grounds import Consent
from graph.model.casework.handoff import Handoff


class FileState(StrEnum):
    """The life of a file."""

    OPEN = "open"
    CLOSED = "closed"
    LINKED = "linked"
    ERASED = "erased"


class Outcome(StrEnum):
    """How a need, or a file, ended."""

    MET = "met"
    PARTLY_MET = "partly_met"
    RIGHT_REFUSED = "right_refused"
    NO_LONGER_WANTED = "no_longer_wanted"
    MOVED = "moved"
    NO_NEWS = "no_news"
    DECEASED = "deceased"


class MemberRole(StrEnum):
    """Who someone is in a file."""

    ADULT = "adult"
    CHILD = "child"
    PARENTAL_AUTHORITY = "parental_authority"
    PROTECTED_ADULT = "protected_adult"


class ActorKind(StrEnum):
    """Who did something."""

    PROFESSIONAL = "professional"
    ADDRESSEE = "addressee"
    PERSON = "person"
    CLOCK = "clock"
    SYSTEM = "system"


class LeadCause(StrEnum):
    """By what a lead moves: nothing else does it."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    FIRST_CONTACT = "first_contact"
    TAKEN_OVER = "taken_over"
    ORDERED = "ordered"
    LINKED = "linked"
    DEPARTURE = "departure"
    REORGANISED = "reorganised"
    WENT_BACK = "went_back"
    REOPENED = "reopened"


class CircleKind(StrEnum):
    """What someone around a file is to it."""

    RELATIVE = "relative"
    NEIGHBOUR = "neighbour"
    VOLUNTEER = "volunteer"
    PROFESSIONAL = "professional"
    GUARDIAN = "guardian"
    LANDLORD = "landlord"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: the account and the organisation that she acts for, her name and function as they are shown."""

    kind: ActorKind
    account: str = ""
    organisation: str = ""
    name: str = ""
    function: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Who answers for the file: a professional (account) of an organisation, or its duty desk where `account` is empty."""

    organisation: str
    account: str = ""
    since: datetime
    cause: LeadCause
    handoff: str = ""

    @property
    def desk(self) -> bool:
        """Whether the duty desk leads."""
        return not self.account


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a member is. Every field may be empty: a file can be opened without a name. No national number, no residence title."""

    name: str = ""
    born: date | None = None
    phone: str = ""
    email: str = ""
    address: str = ""
    commune: str = ""
    language: str = ""
    interpreter: bool = False
    safe_hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Someone of a file. `secret` members' needs are told to those who work on them alone."""

    id: str
    role: MemberRole
    identity: Identity = field(default_factory=Identity)
    sex: str = ""
    age_band: str = ""
    secret: bool = False
    since: date | None = None
    left: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One problem. `due` comes from outside (a hearing, a discharge); `review` is when the lead next owes something about it.

    `member` is whose it is, empty for the household's; a `secret` one is hidden from the others of the household.
    """

    id: str
    competence: str
    opened: datetime
    review: datetime
    member: str = ""
    words: str = ""
    urgent: bool = False
    due: date | None = None
    due_what: str = ""
    secret: bool = False
    outcome: Outcome | None = None
    outcome_text: str = ""
    ended: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to be met."""
        return self.ended is None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoReferent:
    """Another body's own referent for one matter (paperwork, RSA, child protection): shown, never moved by us."""

    id: str
    organisation: str
    matter: str
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleMember:
    """A relative or a professional around the file, with what she may know."""

    id: str
    kind: CircleKind
    name: str
    tie: str = ""
    phone: str = ""
    organisation: str = ""
    may_know: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Look again, until when."""

    id: str
    what: str
    next: date
    every_days: int
    until: date
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCallBack:
    """The person got in touch at another organisation's door: the lead owes her a call."""

    id: str
    organisation: str
    told: datetime
    due: datetime
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Slots that were offered, and the one that was taken: to a member, or to the household where `member` is empty. `where` is
    shown; mails and calendars tell none of it.
    """

    id: str
    organisation: str
    slots: tuple[datetime, ...]
    handoff: str = ""
    where: str = ""
    minutes: int = 45
    member: str = ""
    booked: datetime | None = None
    cancelled: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """A member's own page. `token` is the digest of what its address holds, `code` a salted hash of what the worker handed over,
    `until` when it closes by itself. It stays off where there is danger at home, unless she asks for it.
    """

    member: str = ""
    on: bool = False
    danger_at_home: bool = False
    token: str = ""
    code: str = ""
    until: datetime | None = None


class Right(StrEnum):
    """What a member may ask of what is kept of her."""

    COPY = "copy"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A right that a member asked for on her page, to be answered by `due`."""

    id: str
    right: Right
    member: str
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """All that is known of a file, but what was written and met: notes and meetings are read from its entries.

    `seq` is the number of its last entry. `lead` is exactly one while it is open; `leads` those before, the first first.
    `review` is when the lead next looks at the file as a whole; `to_review` what was told in danger, by handoff, with the day on
    which a second person reviews it; `no_relay` why no relay was found, by need. `linked` is the file it went into. `pages` are
    those of its members, by member; `opinions` who gave hers about what ("person:<member>|<handoff>"); `forgotten_on` the day
    told for its erasure.
    """

    id: str
    seq: int
    state: FileState
    opened: datetime
    organisation: str
    lead: Lead | None
    review: datetime
    leads: tuple[Lead, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    needs: Mapping[str, Need] = field(default_factory=dict)
    handoffs: Mapping[str, Handoff] = field(default_factory=dict)
    consents: Mapping[str, Consent] = field(default_factory=dict)
    circle: Mapping[str, CircleMember] = field(default_factory=dict)
    co_referents: Mapping[str, CoReferent] = field(default_factory=dict)
    watches: Mapping[str, Watch] = field(default_factory=dict)
    appointments: Mapping[str, Appointment] = field(default_factory=dict)
    to_call: Mapping[str, ToCallBack] = field(default_factory=dict)
    no_relay: Mapping[str, str] = field(default_factory=dict)
    to_review: Mapping[str, datetime] = field(default_factory=dict)
    pages: Mapping[str, PersonPage] = field(default_factory=dict)
    askings: Mapping[str, Asking] = field(default_factory=dict)
    opinions: frozenset[str] = frozenset()
    forgotten_on: datetime | None = None
    workers: frozenset[str] = frozenset()
    request: str = ""
    transitional: bool = False
    last_contact: datetime | None = None
    closed: datetime | None = None
    outcome: Outcome | None = None
    linked: str = ""
    struck: frozenset[int] = frozenset()

    @property
    def open(self) -> bool:
        """Whether someone is accompanied under it."""
        return self.state is FileState.OPEN

    @property
    def danger_at_home(self) -> bool:
        """Whether someone of the household is to be feared: no paper, no message, no calendar."""
        return any(page.danger_at_home for page in self.pages.values())

    def handing(self, need: str) -> list[Handoff]:
        """The open handoffs of a need."""
        return [handoff for handoff in self.handoffs.values() if handoff.open and need in handoff.needs]
