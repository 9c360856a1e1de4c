"""Who may propose to take a file over: whoever was asked about it, and not for long after."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from graph.model.casework.file import File
from graph.model.casework.handoff import Kind

STANDS_AFTER: Final = timedelta(days=90)
# The person goes alone, or nothing leaves the house; and one's own proposal is no reason for the next.
_NO_REASON: Final = frozenset({Kind.ORIENT, Kind.ASSIGN, Kind.TAKE_OVER})


def may_propose(file: File, organisation: str, at: datetime) -> bool:
    """Whether a handoff of this file that was sent to the organisation is open, or ended 90 days ago at most."""
    return bool(organisation) and any(
        one.target.organisation == organisation
        and one.sent is not None
        and one.kind not in _NO_REASON
        and (one.open or (one.ended is not None and at - one.ended <= STANDS_AFTER))
        for one in file.handoffs.values()
    )
