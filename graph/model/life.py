"""Where a listing is in its life on a day: what comes and goes by itself is kept as days, and judged when it is asked for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from graph.model.directory import ListingState, Organisation, Service

PARIS: Final = ZoneInfo("Europe/Paris")


def suspended_on(record: Organisation | Service, day: date) -> bool:
    """Whether it receives nobody that day, and will again."""
    since, until = record.suspended_from, record.suspended_until
    return since is not None and since <= day and (until is None or day <= until)


def state_on(record: Organisation | Service, day: date) -> ListingState:
    """Its state that day. A body that has ended is archived, whatever else it says."""
    if isinstance(record, Organisation) and record.closed_on and record.closed_on <= day:
        return ListingState.ARCHIVED
    if record.state is ListingState.PUBLISHED and suspended_on(record, day):
        return ListingState.SUSPENDED
    return record.state


def shown_on(record: Organisation | Service, day: date) -> bool:
    """Whether answers may name it that day."""
    return state_on(record, day) is ListingState.PUBLISHED


def turning_days(record: Organisation | Service) -> tuple[date, ...]:
    """The days on which it goes, or comes back, by itself."""
    if record.state is not ListingState.PUBLISHED or record.suspended_from is None:
        return ()
    until = record.suspended_until
    return (record.suspended_from, until + timedelta(days=1)) if until else (record.suspended_from,)


def start_of(day: date) -> datetime:
    """The moment at which a day begins, where the field is."""
    return datetime.combine(day, time(0), PARIS)
