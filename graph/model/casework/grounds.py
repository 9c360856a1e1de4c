"""Permission: on which ground something leaves a file, what of it, to whom, for what, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final


class Ground(StrEnum):
    """Why something may leave (labels in labels.csv, with the article of law)."""

    ACCORD = "accord"
    CASF_L121_6_2 = "casf_l121_6_2"
    CASF_L226_2_2 = "casf_l226_2_2"
    CSP_L1110_4 = "csp_l1110_4"
    LEGAL_DUTY = "legal_duty"
    DANGER = "danger"


class ShareGroup(StrEnum):
    """What of a file is told together, or not at all."""

    PRACTICAL = "practical"
    IDENTITY = "identity"
    CONTACT = "contact"
    HOUSEHOLD = "household"
    NEED = "need"
    SITUATION = "situation"
    ASSESSMENTS = "assessments"
    CIRCLE = "circle"


class Means(StrEnum):
    """How an accord was given."""

    ORAL = "oral"
    TELEPHONE = "telephone"
    WRITTEN = "written"
    ONLINE = "online"
    THROUGH_INTERPRETER = "through_interpreter"


# What a landlord, a volunteer, a trader may be told: enough to act, nothing of why.
PRACTICAL_ONLY: Final = frozenset({ShareGroup.PRACTICAL, ShareGroup.CONTACT})
# Whom a ground of the law says nothing about, an accord must name.
BY_LAW: Final = frozenset(Ground) - {Ground.ACCORD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One permission. `member` gave it (empty for a ground of law); `recipient` is an organisation; `until` is its last day.

    `needs` are those it is about, all when empty: what was said of one need does not let the whole file go. `informed` is the day
    on which those concerned were told, when the ground is not their accord; `why_not` the reason for not having told them before
    (a child's interest, a danger).
    """

    id: str
    ground: Ground
    recipient: str
    purpose: str
    groups: frozenset[ShareGroup]
    until: date
    given: datetime
    member: str = ""
    means: Means | None = None
    needs: tuple[str, ...] = ()
    informed: date | None = None
    why_not: str = ""
    recorded_by: str = ""
    withdrawn: datetime | None = None

    def stands(self, day: date) -> bool:
        """Whether it can be leant on that day."""
        return self.withdrawn is None and day <= self.until

    def covers(self, recipient: str, groups: frozenset[ShareGroup], needs: tuple[str, ...], day: date) -> bool:
        """Whether all of this may be told to that organisation that day."""
        return (
            self.stands(day)
            and self.recipient == recipient
            and groups <= self.groups
            and (not self.needs or (bool(needs) and set(needs) <= set(self.needs)))
        )
