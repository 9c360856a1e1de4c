"""What a list of counted files is asked, as its address says it; the same for pages that lead to it from a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from api.actions.casework.selecting import A_DAY, A_MONTH, span_of
from api.actions.reports.asking import between_months, month_name
from api.words.dates import exact_day
from graph.model.casework.clocks import PARIS
from graph.model.casework.desk_report import beside, month_of
from graph.model.errors import InvalidInput
from graph.model.figures.histograms import FROM
from graph.model.figures.periods import Span, Stretch
from graph.model.figures.selecting import STANDING, Chosen, Counted, Split, splits_of
from graph.model.vocabulary import categories

PATH: Final = "/dossiers"
UNIT: Final = "unit"
MINE: Final = "mine"
NAMES: Final[Mapping[Split, str]] = MappingProxyType(
    {
        Split.TARGET: "vers",
        Split.SENDER: "depuis",
        Split.DIRECTION: "sens",
        Split.OUTCOME: "suite",
        Split.CATEGORY: "categorie",
        Split.COMPETENCE: "theme",
        Split.COMMUNE: "commune",
        Split.DELAY: "delai",
        Split.WAY: "chemin",
        Split.LEAD: "referent",
    }
)
# The value that is told by none: the desk, a commune that was not said.
NONE: Final = "aucun"
LONGEST: Final = 1000
USUAL_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `first` and `last` are months or days, both included; `unit` whether the whole service is meant."""

    counted: Counted
    first: str
    last: str
    span: Span
    unit: bool
    by: Mapping[Split, str]

    @property
    def chosen(self) -> Chosen:
        """As the model counts it."""
        return Chosen(counted=self.counted, span=self.span, by=self.by)

    def address(self, **but: str) -> str:
        """Its address; `but` are other words of it, "" to leave one out."""
        said = {"compte": self.counted.value, "du": self.first, "au": self.last, "de": UNIT if self.unit else MINE}
        said |= {NAMES[split]: value or NONE for split, value in self.by.items()}
        return f"{PATH}?{urlencode({name: value for name, value in (said | but).items() if value})}"

    @property
    def wide(self) -> str:
        """The address without any narrowing."""
        return self.address(**{NAMES[split]: "" for split in self.by})

    def words(self, now: datetime) -> str:
        """When, as people say it."""
        first, last = _days(self.span)
        if self.counted in STANDING:
            return "Aujourd’hui" if self.span.end > now else f"Au {exact_day(last)}"
        days = A_DAY in {len(self.first), len(self.last)}
        if self.first == self.last:
            return f"Le {exact_day(first)}" if days else f"En {month_name(self.first)}"
        if days:
            return f"Du {exact_day(first)} au {exact_day(last)}"
        said = between_months(self.first, self.last)
        return said[0].upper() + said[1:]


def to_files(counted: Counted, span: Stretch, **by: str) -> str:
    """The address of the files of one's service that a figure of this stretch counted. `by` are values by the name of a split."""
    first, last = _days(span)
    whole = first.day == 1 and (last + timedelta(days=1)).day == 1
    cut = A_MONTH if whole else A_DAY
    narrowed = {Split(name): value for name, value in by.items()}
    return Wish(
        counted, first.isoformat()[:cut], last.isoformat()[:cut], Span(span.begin, span.end), True, narrowed
    ).address()


def read_wish(said: Mapping[str, str], now: datetime) -> Wish:
    """What an address asks. What this count cannot be narrowed by is left out. Raises InvalidInput."""
    told = said.get("compte", "")
    if told not in set(Counted):
        raise InvalidInput("Ce compte de dossiers n’est pas connu. Choisissez-en un dans la liste.", "compte")
    counted = Counted(told)
    last = said.get("au", "") or month_of(now)
    first = said.get("du", "") or beside(month_of(span_of(last, last).begin), 1 - USUAL_MONTHS)
    span = span_of(first, last)
    open_to = splits_of(counted)
    by = {
        split: _value(split, said[name][:LONGEST])
        for split, name in NAMES.items()
        if split in open_to and said.get(name)
    }
    return Wish(counted, first, last, span, said.get("de", MINE) == UNIT, MappingProxyType(by))


def _value(split: Split, text: str) -> str:
    value = "" if text == NONE else text
    if split is Split.CATEGORY and value and value not in categories():
        raise InvalidInput("Ce thème n’est pas dans la liste.", NAMES[split])
    if split is Split.DELAY and value not in {"", *map(str, range(len(FROM)))}:
        raise InvalidInput("Ce délai n’est pas dans la liste.", NAMES[split])
    return value


def _days(span: Stretch) -> tuple[date, date]:
    """Its first day and its last, in Paris."""
    return span.begin.astimezone(PARIS).date(), (span.end - timedelta(hours=1)).astimezone(PARIS).date()
