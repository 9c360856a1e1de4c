"""The month of a front door, exact, for the organisation itself: counted from the contacts, never written down beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from graph.model.casework.clocks import PARIS
from graph.model.casework.contact import AgeBand, Cause, Channel, Requester, Sequel, Sex
from graph.model.casework.front_desk import Request
from graph.model.errors import InvalidInput

FIRST_YEAR: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldWork:
    """What was done for files in the month: visits, interventions outside one's field, watches set and looked after;
    `watched` are the watches that stand now, `opened` the files that were opened, `no_shows` the appointments to which nobody came.
    """

    visits: int = 0
    emergencies: int = 0
    watches_set: int = 0
    looks: int = 0
    watched: int = 0
    opened: int = 0
    no_shows: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Every list holds (code, how many), in the order of its closed list; reasons and communes the most frequent first.

    `reasons` may add up to more than `total`, since a contact may have several.
    """

    month: str
    total: int
    at_once: int
    danger: int
    channels: tuple[tuple[str, int], ...]
    requesters: tuple[tuple[str, int], ...]
    sexes: tuple[tuple[str, int], ...]
    age_bands: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, int], ...]
    communes: tuple[tuple[str, int], ...]
    sequels: tuple[tuple[str, int], ...]
    unmet: tuple[tuple[str, int], ...]
    no_reason: int = 0
    voided: int = 0
    days: tuple[tuple[int, int], ...] = ()
    work: FieldWork = field(default_factory=FieldWork)

    @property
    def home_visits(self) -> int:
        """Those noted in files, and those that were the contact itself."""
        return self.work.visits + dict(self.channels)[Channel.VISIT]


def month_of(at: datetime) -> str:
    """The month of a moment, in Paris: "2026-03"."""
    return f"{at.astimezone(PARIS):%Y-%m}"


def read_month(text: str) -> str:
    """A month as an address writes it. Raises InvalidInput."""
    year, _, month = text.partition("-")
    sound = len(text) == 7 and year.isascii() and year.isdigit() and month.isascii() and month.isdigit()
    if not sound or int(year) < FIRST_YEAR or not 1 <= int(month) <= 12:
        raise InvalidInput(f"« {text[:20]} » n’est pas un mois : écrivez par exemple 2026-03.", "month")
    return text


def beside(month: str, by: int) -> str:
    """The month so many after this one, or before."""
    day = date.fromisoformat(f"{month}-01")
    number = day.year * 12 + day.month - 1 + by
    return f"{number // 12}-{number % 12 + 1:02}"


def report(month: str, requests: Iterable[Request], work: FieldWork) -> Report:
    """The figures of these contacts of the month. One that was voided counts nowhere but in `voided`."""
    every = list(requests)
    told = [request for request in every if not request.voided]
    contacts = [request.contact for request in told]
    unmet = Counter(need.cause for request in told for need in request.unmet)
    days = Counter(request.at.astimezone(PARIS).day for request in told)
    return Report(
        month=month,
        total=len(told),
        at_once=sum(contact.at_once for contact in contacts),
        danger=sum(contact.danger for contact in contacts),
        channels=_each(Channel, Counter(contact.channel for contact in contacts)),
        requesters=_each(Requester, Counter(contact.requester for contact in contacts)),
        sexes=_each(Sex, Counter(contact.sex for contact in contacts)),
        age_bands=_each(AgeBand, Counter(contact.age_band for contact in contacts)),
        reasons=_most(Counter(reason for contact in contacts for reason in contact.reasons)),
        communes=_most(Counter(contact.commune for contact in contacts)),
        sequels=_each(Sequel, Counter(one.sequel for request in told for one in request.sequels)),
        unmet=_each(Cause, unmet),
        no_reason=sum(not contact.reasons for contact in contacts),
        voided=len(every) - len(told),
        days=tuple(sorted(days.items())),
        work=work,
    )


def _each(codes: type[StrEnum], counted: Mapping[Any, int]) -> tuple[tuple[str, int], ...]:
    return tuple((code.value, counted.get(code, 0)) for code in codes)


def _most(counted: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
