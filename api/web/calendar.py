"""An appointment for a calendar (RFC 5545): when, and not a word of whom, what for, or with what kind of house."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

MINUTES: Final = 45
STAMP: Final = "%Y%m%dT%H%M%SZ"


def event(about: str, when: datetime, at: datetime) -> str:
    """One event called "Rendez-vous". Its id says nothing, and stays the same for one thing, so that a new moment moves it."""
    start = when.astimezone(UTC)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Maillage//FR",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{sha256(about.encode()).hexdigest()[:24]}@maillage",
        f"DTSTAMP:{at.astimezone(UTC):{STAMP}}",
        f"DTSTART:{start:{STAMP}}",
        f"DTEND:{start + timedelta(minutes=MINUTES):{STAMP}}",
        "SUMMARY:Rendez-vous",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "\r\n".join((*lines, ""))
