"""What is noticed in published quarters: bodies that lead nowhere or answer late, files that wait at a front door, needs without
a relay. What is hidden accuses nobody: it counts as whatever is best for the body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import sqrt
from typing import Final

from graph.model.casework.clocks import PARIS
from graph.model.casework.handoff import ReasonCode
from graph.model.figures.alerts import RULES, Alert, AlertKind
from graph.model.figures.dead_ends import Blockage
from graph.model.figures.flows import Ending
from graph.model.figures.histograms import FROM, quantile
from graph.model.figures.lattice import WHOLE, Node, Published, part, split_of, value_of
from graph.model.figures.periods import Quarter

# Of a normal law: 95 % lies within so many standard deviations.
Z_95: Final = 1.96
HALF: Final = 0.5
# An answer on the morrow is no slow one, whatever it was before.
LEAST_DAYS: Final = 2
# What of a refusal is a dead end: no room, or the wrong door. A person who changed her mind is none.
DEAD: Final = (ReasonCode.NO_CAPACITY, ReasonCode.NOT_ELIGIBLE, ReasonCode.NOT_OFFERED, ReasonCode.OUT_OF_AREA)
REFUSED: Final = (Ending.DECLINED, Ending.REDIRECTED)
# Days of a transitional file that lasts: those of the last bucket.
LONG: Final = part("delay", str(len(FROM) - 1))


@dataclass(frozen=True, slots=True)
class Told:
    """What is published of a quarter; the tables of whose measures are looked at."""

    quarter: Quarter
    answered: Published
    unmet: Published
    transitional: Published
    # Where the year that ends with it is said to stop, which a quarter is often too short to show.
    dead_ends: Mapping[str, tuple[Blockage, ...]] = field(default_factory=dict)


def noticed(quarters: Sequence[Told]) -> list[Alert]:
    """What the last of these quarters shows, beside those before it; they come in order of time, one after the other."""
    if not quarters:
        return []
    now = quarters[-1]
    found: list[Alert | None] = []
    for row in now.answered.rows:
        if row and split_of(row) == "organisation" and value_of(row):
            found += [_dead_end(quarters, row), _slower(quarters, row)]
    for row in now.transitional.rows:
        if _is_departement(row):
            found.append(_transitional(quarters, row))
    for row in now.unmet.rows:
        if _is_departement(row):
            found += _unanswered(quarters, row)
    return [one for one in found if one]


def lowest_share(count: int, total: int) -> float:
    """The low end of Wilson's interval at 95 % for `count` of `total`; 0 of nothing."""
    if not total:
        return 0.0
    share, room = count / total, Z_95 * Z_95 / total
    spread = Z_95 * sqrt((share * (1 - share) + room / 4) / total)
    return (share + room / 2 - spread) / (1 + room)


def missed(answered: Published, row: Node) -> Counter[str]:
    """By cause what a body refused or left without an answer, as far as it is told."""
    found: Counter[str] = Counter()
    for code, count in _missed(answered, row):
        found[code] += count or 0
    return +found


def _missed(answered: Published, row: Node) -> list[tuple[str, int | None]]:
    expired = answered.count(row, (part("outcome", Ending.EXPIRED.value),))
    return [
        (Ending.EXPIRED.value, expired),
        *(
            (reason.value, answered.count(row, (part("outcome", ending.value), part("reason", reason.value))))
            for ending in REFUSED
            for reason in DEAD
        ),
    ]


def is_dead_end(answered: Published, row: Node) -> bool:
    """Whether half of what it is handed leads nowhere for sure. Not where too little is published to say so."""
    total = answered.count(row)
    if total is None or total < RULES[AlertKind.BECAME_DEAD_END].least:
        return False
    return lowest_share(missed(answered, row).total(), total) >= HALF


def median(answered: Published, row: Node, *, latest: bool) -> tuple[int, int | None] | None:
    """The first and last day of the bucket of the median answer, as early as it may lie, or as late; None where the total is
    hidden or too small. The last bucket has no last day.
    """
    total = answered.count(row)
    if total is None or total < RULES[AlertKind.ANSWERS_SLOWER].least:
        return None
    counts = [answered.count(row, (part("delay", str(number)),)) for number in range(len(FROM))]
    told = [count or 0 for count in counts]
    unknown = [number for number, count in enumerate(counts) if count is None]
    if unknown:
        told[unknown[-1 if latest else 0]] += total - sum(told)
    return quantile(told, HALF)


def _dead_end(quarters: Sequence[Told], row: Node) -> Alert | None:
    now, total = quarters[-1], quarters[-1].answered.count(row)
    if not _leads_nowhere(now, row) or not total:
        return None
    begun = now
    for one in reversed(quarters[:-1]):
        if not _leads_nowhere(one, row):
            break
        begun = one
    alert = Alert(
        kind=AlertKind.BECAME_DEAD_END,
        figure=total,
        before=quarters[-2].answered.count(row) if len(quarters) > 1 else None,
        since=_day(begun.quarter),
        organisation=value_of(row),
        territory=value_of(row[:-1]),
        causes=tuple((cause.value, 0) for cause in now.dead_ends.get(value_of(row), ())),
    )
    if not is_dead_end(now.answered, row):
        return alert
    causes = missed(now.answered, row)
    return replace(
        alert,
        figure=causes.total(),
        before=_before(quarters, row),
        share=100 * causes.total() // total,
        causes=tuple(causes.most_common()),
    )


def _leads_nowhere(told: Told, row: Node) -> bool:
    """In the quarter for sure, or in the year that ends with it."""
    return is_dead_end(told.answered, row) or bool(told.dead_ends.get(value_of(row)))


def _before(quarters: Sequence[Told], row: Node) -> int | None:
    """What was missed a quarter earlier; None where a part of it is hidden."""
    counts = [count for _, count in _missed(quarters[-2].answered, row)] if len(quarters) > 1 else [None]
    told = [count for count in counts if count is not None]
    return sum(told) if len(told) == len(counts) else None


def _slower(quarters: Sequence[Told], row: Node) -> Alert | None:
    if len(quarters) == 1:
        return None
    now = median(quarters[-1].answered, row, latest=False)
    before = median(quarters[-2].answered, row, latest=True)
    if not now or not before or before[1] is None or now[0] < max(LEAST_DAYS, 2 * before[1]):
        return None
    return Alert(
        kind=AlertKind.ANSWERS_SLOWER,
        figure=now[0],
        before=before[1],
        since=_day(quarters[-1].quarter),
        organisation=value_of(row),
        territory=value_of(row[:-1]),
    )


def _transitional(quarters: Sequence[Told], row: Node) -> Alert | None:
    now = quarters[-1]
    figure = now.transitional.count(row, (LONG,))
    if figure is None or figure < RULES[AlertKind.TRANSITIONAL_TOO_LONG].least:
        return None
    causes = Counter({value_of(column): count for column, count in now.unmet.parts(row, WHOLE, "cause").told.items()})
    return Alert(
        kind=AlertKind.TRANSITIONAL_TOO_LONG,
        figure=figure,
        before=quarters[-2].transitional.count(row, (LONG,)) if len(quarters) > 1 else None,
        since=_day(now.quarter),
        territory=value_of(row),
        causes=tuple(causes.most_common()),
    )


def _unanswered(quarters: Sequence[Told], row: Node) -> list[Alert]:
    now = quarters[-1]
    return [
        Alert(
            kind=AlertKind.NEEDS_UNANSWERED,
            figure=count,
            before=quarters[-2].unmet.count(row, column) if len(quarters) > 1 else None,
            since=_day(now.quarter),
            territory=value_of(row),
            competence=value_of(column),
        )
        for column, count in now.unmet.parts(row, WHOLE, "category").told.items()
        if count >= RULES[AlertKind.NEEDS_UNANSWERED].least and value_of(column)
    ]


def _is_departement(row: Node) -> bool:
    return bool(row) and split_of(row) == "departement" and bool(value_of(row))


def _day(quarter: Quarter) -> date:
    return quarter.begin.astimezone(PARIS).date()
