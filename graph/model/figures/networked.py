"""What is told of a quarter's network as a whole, beside the counts: where needs wait, stop, turn around, and their ways.

None of it may lead back to a small number: of a body only what its published count bears, numbers of needs only where they and
what is left of them are of FEWEST files or more, or of nobody; delays as days, of FEWEST or more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final

from graph.model.figures.acceptance import first_asked, has_met
from graph.model.figures.chains import Chain, bounces, chains, households
from graph.model.figures.cuts import cuts
from graph.model.figures.dead_ends import Blockage, blockage, dead_ends, judged
from graph.model.figures.delays import answer_times, first_contact
from graph.model.figures.facts import Facts, HandoffFact
from graph.model.figures.flows import between_bodies
from graph.model.figures.lattice import FEWEST, Published, split_of, value_of
from graph.model.figures.network import bottlenecks, edges
from graph.model.figures.periods import Quarter
from graph.model.figures.survival import Curve

MOST_CHAINS: Final = 20
BODY: Final = "organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Median and ninth decile in days, None while fewer have come; of `count`, so many still `waiting` (None: too few to tell, or
    told of another curve over the same files)."""

    median: int | None = None
    p90: int | None = None
    count: int | None = None
    waiting: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyTold:
    """A body of which enough is published: `through` its betweenness (share of the shortest ways), `wait` the median of its answers
    in days, `dead_end` the causes for which it is one; whether it is a `bottleneck`, and whether the network hangs by it.
    """

    id: str
    through: float = 0.0
    wait: int | None = None
    bottleneck: bool = False
    dead_end: tuple[Blockage, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkTold:
    """A quarter's network. `handed` and `bounced` are needs, None where they are too few to tell; so are those
    that the first body asked has met."""

    bodies: tuple[BodyTold, ...] = ()
    chains: tuple[Chain, ...] = ()
    sent: Days = Days()
    answered: Days = Days()
    contact: Days = Days()
    handed: int | None = None
    bounced: int | None = None
    met_first: int | None = None


def bodies_told(*tables: Published) -> frozenset[str]:
    """Bodies of which every one of these tables tells a number, in one territory at least."""
    told = [
        {value_of(row) for row, column in table.cells if not column and row and split_of(row) == BODY}
        for table in tables
    ]
    return frozenset(set.intersection(*told)) if told else frozenset()


def network_told(facts: Facts, quarter: Quarter, known: frozenset[str]) -> NetworkTold:
    """What may be told of the handoffs sent in this quarter, as they stand when it has closed, but for its bodies; `known` are
    those of which enough is published. Of files, those that are closed are enough.
    """
    some = [one for one in facts.handoffs if quarter.holds(one.sent) and between_bodies(one)]
    files = {one.file for one in some}
    delays = first_contact(some, [one for one in facts.files if one.id in files], quarter.end)
    found = bounces(some)
    first = first_asked(some)
    of_needs = {need: one.file for need, one in first.items()}
    handed, bounced = _needs(of_needs, found.needs)
    met = {need for need, one in first.items() if has_met(one)}
    return NetworkTold(
        chains=tuple(_apart((one for one in chains(some, len(some), FEWEST) if _bears(one, known)), some))[
            :MOST_CHAINS
        ],
        sent=_days(delays.sent, False),
        answered=_days(delays.answered, False),
        contact=_days(delays.contact, True),
        handed=handed,
        bounced=bounced,
        met_first=None if bounced is None else _met_first(of_needs, met, found.needs),
    )


def bodies_judged(year: Iterable[HandoffFact], quarter: Quarter, known: frozenset[str]) -> tuple[BodyTold, ...]:
    """Where needs wait and stop, by what was sent in the `year` that ends with the quarter: a quarter is too short to accuse
    anybody, and no number is told of a year.
    """
    return tuple(_bodies([one for one in year if between_bodies(one)], quarter, known))


def _bodies(some: list[HandoffFact], quarter: Quarter, known: frozenset[str]) -> Iterable[BodyTold]:
    stuck, stopped = {one.id: one for one in bottlenecks(some, quarter.end)}, dead_ends(some)
    borne = _borne(some)
    waits = answer_times(some, quarter.end)
    strong = _strong(edges(some))
    hangs = cuts(strong).points
    pairs = max(1, (len(known) - 1) * (len(known) - 2))
    for id_ in sorted(known):
        through = stuck[id_].through / pairs if id_ in stuck else 0.0
        yield BodyTold(
            id=id_,
            through=float(f"{through:.2g}"),
            wait=_days(waits[id_], False).median if id_ in waits else None,
            bottleneck=id_ in stuck and stuck[id_].is_one,
            dead_end=tuple(cause for cause in stopped[id_].causes if (id_, cause) in borne) if id_ in stopped else (),
            cut=id_ in hangs,
        )


def _borne(some: Iterable[HandoffFact]) -> set[tuple[str, Blockage]]:
    """Bodies with a cause by which FEWEST files stopped there or more, and by which as many others did not."""
    files = defaultdict[str, set[str]](set)
    stopped = defaultdict[tuple[str, Blockage], set[str]](set)
    for one in some:
        if judged(one):
            files[one.target].add(one.file)
            if cause := blockage(one):
                stopped[one.target, cause].add(one.file)
    return {key for key, found in stopped.items() if min(len(found), len(files[key[0]] - found)) >= FEWEST}


def _strong(counts: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    return [pair for pair, count in counts.items() if count >= FEWEST]


def _bears(chain: Chain, known: frozenset[str]) -> bool:
    return len(chain.targets) > 1 and chain.count >= FEWEST and known.issuperset(chain.targets)


def _apart(found: Iterable[Chain], some: Iterable[HandoffFact]) -> Iterable[Chain]:
    """Those by which nobody is left over: of what a body was sent, less what came there by the ways that are told, there are FEWEST
    files or more, or none.
    """
    left = defaultdict[str, set[str]](set)
    for one in some:
        left[one.target].add(one.file)
    ways = households(some)
    for chain in found:
        rest = {target: left[target] - ways[chain.targets, chain.ending] for target in chain.targets}
        if all(not files or len(files) >= FEWEST for files in rest.values()):
            left.update(rest)
            yield chain


def _met_first(files: Mapping[str, str], met: Set[str], bounced: Set[str]) -> int | None:
    """Needs that the first body met, where those that it did not and that did not bounce either are not few."""
    neither = {file for need, file in files.items() if need not in met and need not in bounced}
    return _needs(files, met)[1] if not neither or len(neither) >= FEWEST else None


def _days(curve: Curve[int], waiting: bool) -> Days:
    """`waiting` of one curve alone: of several over the same files, what one leaves of the other may be small."""
    if curve.count < FEWEST:
        return Days()
    count, still = _parts(curve.count, curve.waiting)
    return Days(median=curve.median, p90=curve.p90, count=count, waiting=still if waiting else None)


def _needs(files: Mapping[str, str], part: Set[str]) -> tuple[int | None, int | None]:
    """Needs and a part of them, each where the files that bear it and those that bear the rest are not few."""
    inside = {file for need, file in files.items() if need in part}
    beside = {file for need, file in files.items() if need not in part}
    if files and len(inside | beside) < FEWEST:
        return None, None
    return len(files), len(part) if all(not n or n >= FEWEST for n in map(len, (inside, beside))) else None


def _parts(whole: int, part: int) -> tuple[int | None, int | None]:
    """A number and a part of it, each where neither it nor what it leaves is small."""
    if whole and whole < FEWEST:
        return None, None
    return whole, part if all(not n or n >= FEWEST for n in (part, whole - part)) else None
