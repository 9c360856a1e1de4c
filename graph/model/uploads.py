"""A file that someone sent to change many listings at once: what it would do, what it did, whether it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

# How long what was seen may be confirmed; what has errors is shown as long.
PREVIEW: Final = timedelta(hours=1)
LONGEST_WORK: Final = timedelta(minutes=10)


class UploadState(StrEnum):
    """What became of it. Only the last two are seen by the others of the organisation, and stay."""

    REFUSED = "refused"
    WAITING = "waiting"
    APPLIED = "applied"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """`by` is the account, `organisation` the one that acted; `digest` seals the bytes of the file. `changed` and `created` count
    lines, `faults` what was wrong. `ended` is when it was applied, or taken back. `started` is when someone last asked for it to be
    done, which takes minutes for many lines, and `told` why that came to nothing.
    """

    id: str
    organisation: str
    by: str
    said_by: str
    file: str
    digest: str
    at: datetime
    state: UploadState
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    faults: int = 0
    ended: datetime | None = None
    started: datetime | None = None
    told: str = ""

    def at_work(self, at: datetime) -> bool:
        """Whether it is being done, or taken back, as far as is known: who was killed meanwhile says nothing any more."""
        return self.started is not None and not self.told and at < self.started + LONGEST_WORK

    @property
    def lines(self) -> int:
        """How many lines change something."""
        return self.created + self.changed

    def open_until(self) -> datetime:
        """Until when it may be seen and confirmed, while it is not applied."""
        return self.at + PREVIEW

    def seen_by(self, account: str, organisation: str, at: datetime) -> bool:
        """Whether she may see it: what was done is her organisation's, what was only looked at is hers, for an hour."""
        if self.organisation != organisation:
            return False
        if self.state in (UploadState.APPLIED, UploadState.TAKEN_BACK):
            return True
        return self.by == account and at < self.open_until()


@dataclass(frozen=True, slots=True)
class SeenCell:
    """One cell as the preview showed it: column, group of fields, text before, text after."""

    column: str
    group: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLine:
    """One line that changes something: what the file says (`cells` by column), and what the preview showed of it.

    `seq` is the entry of the listing's log that it made; None before, and for a post, which has no log: `held` is then what it
    was, as JSON.
    """

    sheet: str
    line: int
    id: str
    name: str
    new: bool
    cells: Mapping[str, str]
    seen: tuple[SeenCell, ...]
    seq: int | None = None
    held: str = ""


@dataclass(frozen=True, slots=True)
class SeenFault:
    """One thing that is wrong with the file."""

    sheet: str
    line: int
    column: str
    value: str
    message: str
