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
from graph.model.casework.desk_report import month_of
from graph.model.casework.handoff import State
from graph.model.figures.acceptance import answer_time
from graph.model.figures.columns import (
    KindOf,
    answered_columns,
    between,
    by_month,
    by_theme,
    contacted_columns,
    request_columns,
    sent_columns,
    whether,
)
from graph.model.figures.counting import tallied
from graph.model.figures.disclosure import protect
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact, RequestFact, stood_open
from graph.model.figures.flows import between_bodies
from graph.model.figures.lattice import FEWEST, WHOLE, Cells, Measure, Node, Part, Published, split_of
from graph.model.figures.periods import Quarter

Zones = Callable[[str], tuple[str, ...]]
Columns = Callable[[Quarter, KindOf], tuple[Part, ...]]
LEVELS: Final = ("region", "departement", "epci")
BODY: Final = "organisation"


@dataclass(frozen=True, slots=True)
class Unmet:
    """A need for which nothing was found: of a file, or told at a front door and left there."""

    person: str
    competence: str
    cause: Cause
    commune: str
    door: str = ""


@dataclass(frozen=True, slots=True)
class _Table:
    """A measure's table: which facts of a quarter count, whom each is about, its columns, in which body's rows it stands; whether
    it is told place by place, or of the network as a whole.
    """

    of: Callable[[Facts, Quarter], Iterable[Any]]
    person: Callable[[Any], str]
    columns: Columns
    body: Callable[[Any], str] | None = None
    places: bool = True


def counted_of(measure: Measure, facts: Facts, quarter: Quarter, zones: Zones, kind_of: KindOf) -> tuple[Cells, Cells]:
    """The cells of a measure in a quarter, and the distinct persons in each. `zones` gives all that contains a commune, nothing
    for one that is not known; `kind_of` the kind of a body.
    """
    table = TABLES[measure]
    rows = _rows(zones, table.body) if table.places else ()
    return tallied(table.of(facts, quarter), table.person, rows, table.columns(quarter, kind_of))


def publish(measure: Measure, facts: Facts, quarter: Quarter, zones: Zones, kind_of: KindOf) -> Published:
    """What may be told of a measure in a quarter, to anybody who may read figures."""
    cells, persons = counted_of(measure, facts, quarter, zones, kind_of)
    if measure not in FLOWS:
        return protect(cells, persons)
    persons = _where_few_move(measure, cells, persons, facts, quarter, zones, kind_of)
    found = protect(*({cell: n for cell, n in some.items() if not _is_age(cell[1])} for some in (cells, persons)))
    if not _ages_may_be_told(measure, facts, quarter):
        return found
    # Of the whole network alone: no row is crossed with them.
    ages = protect(
        *(
            {cell: n for cell, n in some.items() if cell[0] == WHOLE and (not cell[1] or _is_age(cell[1]))}
            for some in (cells, persons)
        )
    )
    return Published(
        {**found.cells, **ages.cells}, found.masked | ages.masked, found.whole | ages.whole, found.closed | ages.closed
    )


def _is_age(column: Node) -> bool:
    return bool(column) and split_of(column) == "delay"


def _ages_may_be_told(stock: Measure, facts: Facts, quarter: Quarter) -> bool:
    """Ages are cut at the first day of a quarter, or of a month: what was opened since, less what stands open of it, has ended
    since. That is told only where it is of nobody, or of FEWEST or more.
    """
    table, (came, went) = TABLES[stock], FLOWS[stock]
    ended = {one.id for one in TABLES[went].of(facts, quarter)}
    by_month: dict[str, set[str]] = {month: set() for month in quarter.months}
    for one in TABLES[came].of(facts, quarter):
        if one.id in ended:
            by_month[month_of(one.opened)].add(table.person(one))
    return all(not some or len(some) >= FEWEST for some in by_month.values())


def _where_few_move(
    measure: Measure, cells: Cells, persons: Cells, facts: Facts, quarter: Quarter, zones: Zones, kind_of: KindOf
) -> Cells:
    """What stands open at the end of a quarter is what stood open before, and what was opened, less what has ended. Where a few
    have ended, or where it is hidden how many were opened, it is hidden too: it counts as about one person.
    """
    came, went = FLOWS[measure]
    told = publish(came, facts, quarter, zones, kind_of)
    shared = {part.split for part in TABLES[came].columns(quarter, kind_of)}
    table = TABLES[measure]
    ended, _ = tallied(
        TABLES[went].of(facts, quarter), table.person, _rows(zones, None), table.columns(quarter, kind_of)
    )
    found = dict(persons)
    for row, column in cells:
        if column and split_of(column[:1]) not in shared:
            continue
        if told.count(row, column) is None or 0 < ended.get((row, column), 0) < FEWEST:
            found[row, column] = 1
    return found


def _rows(zones: Zones, body: Callable[[Any], str] | None) -> tuple[Part, ...]:
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


def _handoffs(at: Callable[[HandoffFact], datetime | None]) -> Callable[[Facts, Quarter], Iterable[HandoffFact]]:
    def of(facts: Facts, quarter: Quarter) -> Iterable[HandoffFact]:
        return (
            one
            for one in facts.handoffs
            if one.sent and one.state is not State.VOIDED and between_bodies(one) and quarter.holds(at(one))
        )

    return of


def _needs_open(facts: Facts, quarter: Quarter) -> Iterable[NeedFact]:
    return (one for one in facts.needs if stood_open(one.opened, one.ended, quarter.end))


def _files_open(facts: Facts, quarter: Quarter) -> Iterable[FileFact]:
    return (one for one in facts.files if stood_open(one.opened, one.closed, quarter.end))


def _unmet(facts: Facts, quarter: Quarter) -> Iterable[Unmet]:
    for need in _needs_open(facts, quarter):
        if need.cause is not None:
            yield Unmet(need.file, need.competence, need.cause, need.commune)
    for request in facts.requests:
        if quarter.holds(request.at) and not request.file:
            for competence, cause in request.unmet:
                yield Unmet(_caller(request), competence, cause, request.commune, request.organisation)


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
    Measure.CONTACTED: _Table(
        _handoffs(lambda one: one.contacted), lambda fact: fact.file, contacted_columns, lambda fact: fact.target
    ),
    Measure.NEEDS_OPENED: _Table(
        lambda facts, quarter: (one for one in facts.needs if quarter.holds(one.opened)),
        lambda fact: fact.file,
        lambda _, __: (by_theme(), by_month(lambda fact: fact.opened), whether("urgent", lambda fact: fact.urgent)),
    ),
    Measure.NEEDS_ENDED: _Table(
        lambda facts, quarter: (one for one in facts.needs if quarter.holds(one.ended)),
        lambda fact: fact.file,
        lambda _, __: (
            Part("outcome", _outcome),
            by_month(lambda fact: fact.ended),
            between("delay", lambda fact: fact.opened, lambda fact: fact.ended),
        ),
        places=False,
    ),
    Measure.NEEDS_OPEN: _Table(
        _needs_open,
        lambda fact: fact.file,
        lambda quarter, _: (by_theme(), between("delay", lambda fact: fact.opened, lambda _: quarter.end)),
    ),
    Measure.UNMET: _Table(
        _unmet,
        lambda fact: fact.person,
        lambda _, __: (
            by_theme(),
            Part("cause", lambda fact: fact.cause.value),
            whether("door", lambda fact: bool(fact.door)),
        ),
    ),
    Measure.FILES_OPENED: _Table(
        lambda facts, quarter: (one for one in facts.files if quarter.holds(one.opened)),
        lambda fact: fact.id,
        lambda _, __: (
            by_month(lambda fact: fact.opened),
            between("wait", lambda fact: fact.requested, lambda fact: fact.opened),
        ),
        lambda fact: fact.organisation,
    ),
    Measure.FILES_CLOSED: _Table(
        lambda facts, quarter: (one for one in facts.files if quarter.holds(one.closed)),
        lambda fact: fact.id,
        lambda _, __: (
            Part("outcome", _outcome),
            by_month(lambda fact: fact.closed),
            between("delay", lambda fact: fact.opened, lambda fact: fact.closed),
        ),
        places=False,
    ),
    Measure.FILES_OPEN: _Table(
        _files_open,
        lambda fact: fact.id,
        lambda quarter, _: (between("delay", lambda fact: fact.opened, lambda _: quarter.end),),
    ),
    Measure.TRANSITIONAL: _Table(
        lambda facts, quarter: (one for one in _files_open(facts, quarter) if one.transitional),
        lambda fact: fact.id,
        lambda quarter, _: (between("delay", lambda fact: fact.lead_since, lambda _: quarter.end),),
        lambda fact: fact.lead,
    ),
    Measure.REQUESTS: _Table(
        lambda facts, quarter: (one for one in facts.requests if quarter.holds(one.at)),
        _caller,
        request_columns,
        lambda fact: fact.organisation,
    ),
}
# What stands open, what adds to it and what takes from it. What ends is told of the network as a whole: of the three, one could be
# worked out from the others. For the same reason files that stand open are not told body by body.
FLOWS: Final[Mapping[Measure, tuple[Measure, Measure]]] = {
    Measure.NEEDS_OPEN: (Measure.NEEDS_OPENED, Measure.NEEDS_ENDED),
    Measure.FILES_OPEN: (Measure.FILES_OPENED, Measure.FILES_CLOSED),
}
