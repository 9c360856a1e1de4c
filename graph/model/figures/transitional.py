"""Transitional load: files that a front door leads on, for want of somebody to whom they can go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from graph.model.casework.file import FileState
from graph.model.figures.facts import FileFact
from graph.model.figures.histograms import days

LONG: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Of the open files that a body leads: those that it keeps for the meantime, and those of them that it has led for more than
    so many days; `oldest` is the number of days of the one it has led longest.
    """

    organisation: str
    led: int
    transitional: int
    long: int
    oldest: int


def load(files: Iterable[FileFact], at: datetime, longer_than: int = LONG) -> dict[str, Load]:
    """As they stand at a moment, by the id of the body that leads; bodies that keep none are not told."""
    led: dict[str, int] = {}
    kept: dict[str, list[int]] = {}
    for file in files:
        if file.state is not FileState.OPEN or file.opened > at:
            continue
        led[file.lead] = led.get(file.lead, 0) + 1
        if file.transitional:
            kept.setdefault(file.lead, []).append(days(file.lead_since, at))
    return {
        lead: Load(
            organisation=lead,
            led=led[lead],
            transitional=len(ages),
            long=sum(age > longer_than for age in ages),
            oldest=max(ages),
        )
        for lead, ages in sorted(kept.items())
    }
