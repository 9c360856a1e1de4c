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
from graph.model.casework.handoff import ReasonCode, State
from graph.model.figures.counting import tallied
from graph.model.figures.disclosure import protect
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact, RequestFact
from graph.model.figures.flows import Ending, between_bodies, category_of
from graph.model.figures.histograms import bucket, days
from graph.model.figures.lattice import Cells, Measure, Part, Published
from graph.model.figures.periods import Quarter

Zones = Callable[[str], tuple[str, ...]]
KindOf = Callable[[str], str]
Columns = Callable[[Quarter, KindOf], tuple[Part, ...]]
LEVELS: Final = ("region", "departement", "epci")
YES: Final = "yes"
NO: Final = "no"


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
    """A measure's table: which facts of a quarter count, whom each is about, in which body's rows it stands, its columns."""

    of: Callable[[Facts, Quarter], Iterable[Any]]
    person: Callable[[Any], str]
    columns: Columns
    body: Callable[[Any], str] | None = None


def counted_of(measure: Measure, facts: Facts, quarter: Quarter, zones: Zones, kind_of: KindOf) -> tuple[Cells, Cells]:
    """The cells of a measure in a quarter, and the distinct persons in each. `zones` gives all that contains a commune, nothing
    for one that is not known; `kind_of` the kind of a body.
    """
    table = TABLES[measure]
    rows = _rows(zones, table.body)
    return tallied(table.of(facts, quarter), table.person, rows, table.columns(quarter, kind_of))


def publish(measure: Measure, facts: Facts, quarter: Quarter, zones: Zones, kind_of: KindOf) -> Published:
    """What may be told of a measure in a quarter, to anybody who may read figures."""
    return protect(*counted_of(measure, facts, quarter, zones, kind_of))


def outcome_of(handoff: HandoffFact) -> Ending:
    """What the first answer was. What was taken and failed later was taken."""
    if handoff.state is State.WAITLISTED:
        return Ending.WAITING
    if handoff.state is State.EXPIRED and handoff.answered is None:
        return Ending.EXPIRED
    if handoff.ended == handoff.answered:
        return {State.DECLINED: Ending.DECLINED, State.REDIRECTED: Ending.REDIRECTED}.get(handoff.state, Ending.TAKEN)
    return Ending.TAKEN


def answered_at(handoff: HandoffFact) -> datetime | None:
    """When the first answer came, or the time for one was over."""
    return handoff.answered or (handoff.ended if handoff.state is State.EXPIRED else None)


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
        within += (Part("organisation", body),)
    return (Part("region", region, (Part("departement", departement, within),)),)


def _theme() -> Part:
    return Part(
        "category", lambda fact: category_of(fact.competence), (Part("competence", lambda fact: fact.competence),)
    )


def _month(at: Callable[[Any], datetime]) -> Part:
    return Part("month", lambda fact: month_of(at(fact)))


def _between(split: str, begin: Callable[[Any], datetime | None], end: Callable[[Any], datetime | None]) -> Part:
    """A delay; "" where one of its ends has not come."""

    def of(fact: Any) -> str:
        first, last = begin(fact), end(fact)
        return str(bucket(days(first, last))) if first and last else ""

    return Part(split, of)


def _yes(split: str, of: Callable[[Any], bool]) -> Part:
    return Part(split, lambda fact: YES if of(fact) else NO)


def _handoffs(at: Callable[[HandoffFact], datetime | None]) -> Callable[[Facts, Quarter], Iterable[HandoffFact]]:
    def of(facts: Facts, quarter: Quarter) -> Iterable[HandoffFact]:
        return (
            one
            for one in facts.handoffs
            if one.sent and one.state is not State.VOIDED and between_bodies(one) and quarter.holds(at(one))
        )

    return of


def _standing(opened: datetime, ended: datetime | None, quarter: Quarter) -> bool:
    """Whether it stood open when the quarter ended."""
    return opened < quarter.end and (ended is None or ended >= quarter.end)


def _needs_open(facts: Facts, quarter: Quarter) -> Iterable[NeedFact]:
    return (one for one in facts.needs if _standing(one.opened, one.ended, quarter))


def _files_open(facts: Facts, quarter: Quarter) -> Iterable[FileFact]:
    return (one for one in facts.files if _standing(one.opened, one.closed, quarter))


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


def _sent_columns(_: Quarter, kind_of: KindOf) -> tuple[Part, ...]:
    return (
        _theme(),
        _month(lambda fact: fact.sent),
        Part("kind", lambda fact: kind_of(fact.target)),
        Part("sender", lambda fact: fact.sender),
        _between("wait", lambda fact: fact.requested, lambda fact: fact.sent),
    )


def _answered_columns(_: Quarter, kind_of: KindOf) -> tuple[Part, ...]:
    def reason(fact: HandoffFact) -> str:
        told = outcome_of(fact) in {Ending.DECLINED, Ending.REDIRECTED}
        return (fact.reason or ReasonCode.OTHER).value if told else ""

    return (
        Part("outcome", lambda fact: outcome_of(fact).value, (Part("reason", reason),)),
        _theme(),
        _month(lambda fact: answered_at(fact) or fact.drafted),
        Part("kind", lambda fact: kind_of(fact.target)),
        _between("delay", lambda fact: fact.sent, answered_at),
    )


def _contacted_columns(_: Quarter, kind_of: KindOf) -> tuple[Part, ...]:
    return (
        _theme(),
        _month(lambda fact: fact.contacted),
        Part("kind", lambda fact: kind_of(fact.target)),
        _between("delay", lambda fact: fact.requested, lambda fact: fact.contacted),
        _between("last", lambda fact: fact.answered, lambda fact: fact.contacted),
    )


def _request_columns(_: Quarter, __: KindOf) -> tuple[Part, ...]:
    def reason(request: RequestFact) -> str:
        return request.reasons[0] if request.reasons else ""

    return (
        Part("category", lambda fact: category_of(reason(fact)), (Part("competence", reason),)),
        _month(lambda fact: fact.at),
        Part("channel", lambda fact: fact.channel.value),
        Part("requester", lambda fact: fact.requester.value),
        Part("sex", lambda fact: fact.sex.value),
        Part("age", lambda fact: fact.age_band.value),
        _yes("at_once", lambda fact: fact.at_once),
    )


def _outcome(fact: Any) -> str:
    return fact.outcome.value if fact.outcome else ""


TABLES: Final[Mapping[Measure, _Table]] = {
    Measure.SENT: _Table(
        _handoffs(lambda one: one.sent), lambda fact: fact.file, _sent_columns, lambda fact: fact.target
    ),
    Measure.ANSWERED: _Table(
        _handoffs(answered_at), lambda fact: fact.file, _answered_columns, lambda fact: fact.target
    ),
    Measure.CONTACTED: _Table(
        _handoffs(lambda one: one.contacted), lambda fact: fact.file, _contacted_columns, lambda fact: fact.target
    ),
    Measure.NEEDS_OPENED: _Table(
        lambda facts, quarter: (one for one in facts.needs if quarter.holds(one.opened)),
        lambda fact: fact.file,
        lambda _, __: (_theme(), _month(lambda fact: fact.opened), _yes("urgent", lambda fact: fact.urgent)),
    ),
    Measure.NEEDS_ENDED: _Table(
        lambda facts, quarter: (one for one in facts.needs if quarter.holds(one.ended)),
        lambda fact: fact.file,
        lambda _, __: (
            Part("outcome", _outcome),
            _theme(),
            _month(lambda fact: fact.ended),
            _between("delay", lambda fact: fact.opened, lambda fact: fact.ended),
        ),
    ),
    Measure.NEEDS_OPEN: _Table(
        _needs_open,
        lambda fact: fact.file,
        lambda quarter, _: (_theme(), _between("delay", lambda fact: fact.opened, lambda _: quarter.end)),
    ),
    Measure.UNMET: _Table(
        _unmet,
        lambda fact: fact.person,
        lambda _, __: (
            _theme(),
            Part("cause", lambda fact: fact.cause.value),
            _yes("door", lambda fact: bool(fact.door)),
        ),
    ),
    Measure.FILES_OPENED: _Table(
        lambda facts, quarter: (one for one in facts.files if quarter.holds(one.opened)),
        lambda fact: fact.id,
        lambda _, __: (
            _month(lambda fact: fact.opened),
            _between("wait", lambda fact: fact.requested, lambda fact: fact.opened),
        ),
        lambda fact: fact.organisation,
    ),
    Measure.FILES_CLOSED: _Table(
        lambda facts, quarter: (one for one in facts.files if quarter.holds(one.closed)),
        lambda fact: fact.id,
        lambda _, __: (
            Part("outcome", _outcome),
            _month(lambda fact: fact.closed),
            _between("delay", lambda fact: fact.opened, lambda fact: fact.closed),
        ),
        lambda fact: fact.lead,
    ),
    Measure.FILES_OPEN: _Table(
        _files_open,
        lambda fact: fact.id,
        lambda quarter, _: (_between("delay", lambda fact: fact.opened, lambda _: quarter.end),),
        lambda fact: fact.lead,
    ),
    Measure.TRANSITIONAL: _Table(
        lambda facts, quarter: (one for one in _files_open(facts, quarter) if one.transitional),
        lambda fact: fact.id,
        lambda quarter, _: (_between("delay", lambda fact: fact.lead_since, lambda _: quarter.end),),
        lambda fact: fact.lead,
    ),
    Measure.REQUESTS: _Table(
        lambda facts, quarter: (one for one in facts.requests if quarter.holds(one.at)),
        _caller,
        _request_columns,
        lambda fact: fact.organisation,
    ),
}
