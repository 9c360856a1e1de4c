"""What is written down, met, watched, given: acts that move neither the lead nor a handoff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from graph.model.casework.file import Appointment, Asking, Watch


class NoteKind(StrEnum):
    """What is written down."""

    NOTE = "note"
    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something written, a call, a visit. `to` is the partner to whom an intervention outside one's field was told, `on` when."""

    kind: NoteKind
    text: str
    on: datetime | None = None
    to: str = ""
    with_person: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A meeting: who was there, what was decided, whether the person was invited and came."""

    on: datetime
    present: tuple[str, ...]
    decided: str
    invited: bool
    came: bool = False
    next: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """A social evaluation."""

    need: str = ""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTold:
    """An authority's answer, with its reasons and ways of appeal, and the last day for it."""

    authority: str
    granted: bool
    on: date
    need: str = ""
    reasons: str = ""
    appeal: str = ""
    appeal_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSet:
    """A watch is set, or set anew."""

    watch: Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Someone looked. `next` is None where the watch ends."""

    watch: str
    text: str
    next: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What was given under a handoff or an agreement. Money in cents, `payers` by name with their share in cents."""

    what: str
    since: date
    until: date
    quantity: int
    unit: str
    unit_cents: int = 0
    payers: tuple[tuple[str, int], ...] = ()
    handoff: str = ""
    agreement: str = ""
    quality: str = ""
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentSet:
    """Slots offered, one taken, or cancelled: then `due` and `tick` are those of its handoff, whose clock begins anew."""

    appointment: Appointment
    due: datetime | None = None
    tick: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionGiven:
    """The short questionnaire at the end: answers from 1 to 5 by question, and words. `of` is the person or an organisation."""

    of: str
    answers: tuple[tuple[str, int], ...]
    text: str = ""
    handoff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRelayFound:
    """Nothing fitting was found for a need; `cause` is one of no_service, no_capacity, not_eligible, out_of_area, refused."""

    need: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorryTold:
    """Worrying information: only these are kept, hidden from partners and from the family's page."""

    id: str
    on: date
    addressee: str
    acknowledged: date | None = None
    returned: date | None = None
    informed: date | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """Entry number `entry`, something written, was an error: it stays, and is shown struck."""

    entry: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTold:
    """The person got in touch at another organisation's door, which asks the lead to call back before `due`."""

    id: str
    organisation: str
    due: datetime
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledBack:
    """The lead has called back, or tried to: what came of it."""

    contact: str
    text: str
    reached: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RightAsked:
    """A member asks for a copy of what is kept of her, or for its erasure."""

    asking: Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class RightAnswered:
    """She was answered. `granted` where what she asked for was done, or will be; `text` is what she was told."""

    asking: str
    granted: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgettingTold:
    """Those who led it are told that the file will be erased that day, unless the person comes back."""

    on: datetime
