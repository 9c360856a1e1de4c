"""The tables that are published of a quarter: for each measure, which facts count, and by what they are told apart.

Everything is counted by the moment at which it came about, or as it stood at the end of the quarter: a quarter that is over does
not change. Delays are days in the buckets of `histograms`, by number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from graph.model.casework.contact import Cause
from graph.model.casework.handoff import State
from graph.model.figures.acceptance import answer_time
from graph.model.figures.columns import (
    answered_columns,
    between,
    by_theme,
    contacted_columns,
    request_columns,
    sent_columns,
)
from graph.model.figures.counting import tallied
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact, RequestFact, stood_open
from graph.model.figures.flows import between_bodies
from graph.model.figures.lattice import Cells, Measure, Part
from graph.model.figures.periods import Stretch

Zones = Callable[[str], tuple[str, ...]]
Columns = Callable[[Stretch], tuple[Part, ...]]
LEVELS: Final = ("region", "departement", "epci")
BODY: Final = "organisation"


@dataclass(frozen=True, slots=True)
class Unmet:
    """A need for which nothing was found: of a file, or told at a front door and left there."""

    person: str
    competence: str
    cause: Cause
    commune: str


@dataclass(frozen=True, slots=True)
class _Table:
    """A measure's table: which facts of a quarter count, whom each is about, its columns, in which body's rows it stands; whether
    it is told place by place, or of the network as a whole.
    """

    of: Callable[[Facts, Stretch], Iterable[Any]]
    person: Callable[[Any], str]
    columns: Columns
    body: Callable[[Any], str] | None = None
    places: bool = True


def counted_of(measure: Measure, facts: Facts, quarter: Stretch, zones: Zones) -> tuple[Cells, Cells]:
    """The cells of a measure in a quarter, and the distinct persons in each. `zones` gives all that contains a commune, nothing
    for one that is not known.
    """
    table = TABLES[measure]
    rows = rows_of(zones, table.body) if table.places else ()
    return tallied(table.of(facts, quarter), table.person, rows, table.columns(quarter))


def rows_of(zones: Zones, body: Callable[[Any], str] | None) -> tuple[Part, ...]:
    """Where people live, level by level; in a département, the bodies beside."""
    known: dict[str, dict[str, str]] = {}

    def level(name: str) -> Callable[[Any], str]:
        def of(fact: Any) -> str:
            commune = fact.commune
            if commune not in known:
                found = {zone.partition(":")[0]: zone for zone in (zones(commune) if commune else ()) if ":" in zone}
                known[commune] = found if all(found.get(one) for one in LEVELS[:2]) else {}
            return known[commune].get(name, "")

        return of

    def commune_of(fact: Any) -> str:
        return fact.commune if level("region")(fact) else ""

    region, departement, epci = map(level, LEVELS)
    within: tuple[Part, ...] = (Part("epci", epci, (Part("commune", commune_of),)),)
    if body is not None:
        within += (Part(BODY, body),)
    return (Part("region", region, (Part("departement", departement, within),)),)


def _handoffs(at: Callable[[HandoffFact], datetime | None]) -> Callable[[Facts, Stretch], Iterable[HandoffFact]]:
    def of(facts: Facts, quarter: Stretch) -> Iterable[HandoffFact]:
        return (one for one in facts.handoffs if handed_over(one) and quarter.holds(at(one)))

    return of


def handed_over(one: HandoffFact) -> bool:
    """Whether it left one body for another, and was not made by error."""
    return one.sent is not None and one.state is not State.VOIDED and between_bodies(one)


def _needs_open(facts: Facts, quarter: Stretch) -> Iterable[NeedFact]:
    return (one for one in facts.needs if stood_open(one.opened, one.ended, quarter.end))


def _files_open(facts: Facts, quarter: Stretch) -> Iterable[FileFact]:
    return (one for one in facts.files if stood_open(one.opened, one.closed, quarter.end))


def _unmet(facts: Facts, quarter: Stretch) -> Iterable[Unmet]:
    for need in _needs_open(facts, quarter):
        if need.cause is not None:
            yield Unmet(need.file, need.competence, need.cause, need.commune)
    for request in facts.requests:
        if quarter.holds(request.at) and not request.file:
            for competence, cause in request.unmet:
                yield Unmet(_caller(request), competence, cause, request.commune)


def _caller(request: RequestFact) -> str:
    """Whom a contact is about: nobody is recognised from one to the next where no file came of it."""
    return request.file or request.id


def _outcome(fact: Any) -> str:
    return fact.outcome.value if fact.outcome else ""


TABLES: Final[Mapping[Measure, _Table]] = {
    Measure.SENT: _Table(
        _handoffs(lambda one: one.sent), lambda fact: fact.file, sent_columns, lambda fact: fact.target
    ),
    Measure.ANSWERED: _Table(
        _handoffs(answer_time), lambda fact: fact.file, answered_columns, lambda fact: fact.target
    ),
    Measure.CONTACTED: _Table(_handoffs(lambda one: one.contacted), lambda fact: fact.file, contacted_columns),
    Measure.NEEDS_OPENED: _Table(
        lambda facts, quarter: (one for one in facts.needs if quarter.holds(one.opened)),
        lambda fact: fact.file,
        lambda _: (by_theme(),),
    ),
    Measure.NEEDS_ENDED: _Table(
        lambda facts, quarter: (one for one in facts.needs if quarter.holds(one.ended)),
        lambda fact: fact.file,
        lambda _: (Part("outcome", _outcome),),
        places=False,
    ),
    Measure.NEEDS_OPEN: _Table(
        _needs_open,
        lambda fact: fact.file,
        lambda quarter: (by_theme(), between("delay", lambda fact: fact.opened, lambda _: quarter.end)),
    ),
    Measure.UNMET: _Table(
        _unmet,
        lambda fact: fact.person,
        lambda _: (by_theme(), Part("cause", lambda fact: fact.cause.value)),
    ),
    Measure.FILES_OPENED: _Table(
        lambda facts, quarter: (one for one in facts.files if quarter.holds(one.opened)),
        lambda fact: fact.id,
        lambda _: (),
    ),
    Measure.FILES_CLOSED: _Table(
        lambda facts, quarter: (one for one in facts.files if quarter.holds(one.closed)),
        lambda fact: fact.id,
        lambda _: (Part("outcome", _outcome),),
        places=False,
    ),
    Measure.FILES_OPEN: _Table(
        _files_open,
        lambda fact: fact.id,
        lambda quarter: (between("delay", lambda fact: fact.opened, lambda _: quarter.end),),
    ),
    Measure.TRANSITIONAL: _Table(
        lambda facts, quarter: (one for one in _files_open(facts, quarter) if one.transitional),
        lambda fact: fact.id,
        lambda quarter: (between("delay", lambda fact: fact.lead_since, lambda _: quarter.end),),
    ),
    Measure.REQUESTS: _Table(
        lambda facts, quarter: (one for one in facts.requests if quarter.holds(one.at)),
        _caller,
        request_columns,
        lambda fact: fact.organisation,
    ),
}
