"""What comes with a step: what is said, and the moment and the place where it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from graph.model.casework.clocks import BY_DEFAULT, Clocks
from graph.model.casework.handoff import ReasonCode, Step, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What comes with a step; each field is asked for by some steps alone.

    `on` is a day that is named: review of a waiting list or a pause, appointment; `position` a place on that list, from 1.
    `account` is who will do it on the target's side. `consent` is the id of a consent of the file. `to` and `child` are whom a
    redirect goes to and the new handoff's id. `confirmed` says that whoever acts knows that this target has declined, or was
    there already.
    """

    reason: ReasonCode | None = None
    text: str = ""
    on: datetime | None = None
    interim: str = ""
    position: int | None = None
    account: str = ""
    granted: bool | None = None
    appeal: str = ""
    outcome: str = ""
    consent: str = ""
    reported: Step | None = None
    to: Target | None = None
    child: str = ""
    confirmed: bool = False


NOTHING: Final = Said()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """The moment and the place of a step: the clocks are those of the target's organisation; `acting_for` as `sides` has it."""

    at: datetime
    clocks: Clocks = BY_DEFAULT
    acting_for: str = ""
