"""What is counted: one record a handoff, need, file, contact, read from what stands in clear beside the sealed files.

Pseudonymous: ids, codes, moments, a commune. They never leave the house that they are counted in: pages show figures alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from graph.model.casework.contact import AgeBand, Cause, Channel, Requester, Sex
from graph.model.casework.file import FileState, Outcome
from graph.model.casework.handoff import Kind, ReasonCode, State
from graph.model.figures.of_deliveries import GivenUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffFact:
    """A handoff. `needs` are ids, `competence` that of the first of them (empty for the file itself); `requested` is when the
    person asked: the contact at the front door that led to the file, else its opening. `parent` is the handoff that was
    redirected into this one, `chain` how many it follows from. Moments are aware, None where it has not come.
    """

    id: str
    file: str
    kind: Kind
    state: State
    sender: str
    target: str
    requested: datetime
    drafted: datetime
    needs: tuple[str, ...] = ()
    competence: str = ""
    commune: str = ""
    agreement: str = ""
    service: str = ""
    urgent: bool = False
    parent: str = ""
    chain: int = 0
    sent: datetime | None = None
    answered: datetime | None = None
    contacted: datetime | None = None
    ended: datetime | None = None
    reason: ReasonCode | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFact:
    """A need of a file; open while `ended` is None. `cause` is why no relay was found for it, None where one was or none was
    looked for.
    """

    id: str
    file: str
    competence: str
    opened: datetime
    commune: str = ""
    urgent: bool = False
    ended: datetime | None = None
    outcome: Outcome | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFact:
    """A file. `organisation` opened it; `lead` is the organisation that leads it, or led it last, `account` who leads it there
    (empty: the desk). `requested` as of handoffs; `persons` are the members of the household.
    """

    id: str
    state: FileState
    organisation: str
    lead: str
    lead_since: datetime
    opened: datetime
    requested: datetime
    account: str = ""
    commune: str = ""
    persons: int = 1
    transitional: bool = False
    closed: datetime | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFact:
    """A contact at a front door that stands; `reasons` are competences, the main one first; `unmet` those for which nothing was
    found, with the cause.
    """

    id: str
    organisation: str
    at: datetime
    channel: Channel
    requester: Requester
    sex: Sex
    age_band: AgeBand
    commune: str = ""
    at_once: bool = False
    danger: bool = False
    file: str = ""
    reasons: tuple[str, ...] = ()
    unmet: tuple[tuple[str, Cause], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFact:
    """What was given under an agreement or a handoff, noted by `organisation`. Money in cents; `minutes` of the workers'
    time; `lead` leads the file, or led it last.
    """

    id: str
    file: str
    organisation: str
    on: datetime
    until: datetime
    quantity: int
    unit: GivenUnit
    lead: str = ""
    competence: str = ""
    commune: str = ""
    unit_cents: int = 0
    minutes: int = 0
    agreement: str = ""
    handoff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is counted of a period."""

    handoffs: tuple[HandoffFact, ...] = ()
    needs: tuple[NeedFact, ...] = ()
    files: tuple[FileFact, ...] = ()
    requests: tuple[RequestFact, ...] = ()
    deliveries: tuple[DeliveryFact, ...] = field(default=())


def stood_open(opened: datetime, ended: datetime | None, at: datetime) -> bool:
    """Whether what was opened and ended then (None: not yet) stood open right before a moment: the one rule of all figures."""
    return opened < at and (ended is None or ended >= at)
