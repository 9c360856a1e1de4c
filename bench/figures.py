"""What figures cost: the pure functions over 100,000 and 1,000,000 handoffs, betweenness on 60,000 bodies, and its error.

    python -m bench.figures             # everything
    python -m bench.figures handoffs 100000 1000000
    python -m bench.figures betweenness 60000

Handoffs are invented lives repeated under other names, a network each. Processor time, so that a busy machine tells little else.
"""

from __future__ import annotations

import gc
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import psutil

from graph.model.casework.applying import replayed
from graph.model.figures import acceptance, betweenness, chains, cuts, dead_ends, delays, network
from graph.model.figures.facts import Facts, FileFact, HandoffFact
from graph.model.figures.of_files import facts_of
from importers.invented.generated import generated
from importers.invented.loading import lives

END: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
FILES: Final = 800
SIZES: Final = (100_000, 1_000_000)
BODIES: Final = 60_000
# On as many the estimate is compared with the exact number.
COMPARED: Final = (1_200, 2_400)
DEPARTEMENT: Final = 600


def main(which: str = "", *sizes: str) -> None:
    """Measure one part, or both."""
    if which in {"", "handoffs"}:
        handoffs([int(size) for size in sizes] or SIZES)
    if which in {"", "betweenness"}:
        for size in COMPARED:
            compared(size)
        large(int(sizes[0]) if sizes and which else BODIES)


def handoffs(sizes: tuple[int, ...] | list[int]) -> None:
    """Each function over so many handoffs."""
    logs = lives(generated("bench", 1, END), "bench", FILES, END)
    parts = [facts_of(replayed(log)) for log in logs]
    for size in sizes:
        before = _memory()
        facts = repeated(parts, size)
        gc.collect()
        print(f"{len(facts.handoffs):,} handoffs, {len(facts.files):,} files: {_memory() - before:,} MB of facts")
        some = facts.handoffs
        measured: list[tuple[str, Callable[[], Any]]] = [
            ("first_contact", lambda some=some, facts=facts: delays.first_contact(some, facts.files, END)),
            ("answer_times", lambda some=some: delays.answer_times(some, END)),
            ("acceptance", lambda some=some: acceptance.acceptance(some)),
            ("accuracy", lambda some=some: acceptance.accuracy(some)),
            ("dead_ends", lambda some=some: dead_ends.dead_ends(some)),
            ("chains", lambda some=some: chains.chains(some)),
            ("bounces", lambda some=some: chains.bounces(some)),
            ("edges", lambda some=some: network.edges(some)),
        ]
        for name, run in measured:
            seconds, _ = _timed(run)
            print(f"  {name:<15} {seconds:7.2f} s")
        del facts, some, measured


def repeated(parts: list[Facts], size: int) -> Facts:
    """The same lives in as many networks as it takes."""
    handoffs, files = list[HandoffFact](), list[FileFact]()
    number = 0
    while True:
        for part in parts:
            if len(handoffs) >= size:
                return Facts(handoffs=tuple(handoffs[:size]), files=tuple(files))
            handoffs += [_named(one, f"{number}/") for one in part.handoffs]
            files += [replace(one, id=f"{number}/{one.id}") for one in part.files]
        number += 1


def _named(one: HandoffFact, before: str) -> HandoffFact:
    return replace(
        one,
        id=before + one.id,
        file=before + one.file,
        # A body has one name, not one for each of its handoffs.
        sender=sys.intern(before + one.sender),
        target=sys.intern(before + one.target),
        needs=tuple(before + need for need in one.needs),
        parent=before + one.parent if one.parent else "",
    )


def drawn(bodies: int) -> Counter[tuple[str, str]]:
    """Who hands to whom in a country: nineteen ties of twenty within a département of 600 bodies, more to those that many go to,
    five from each body, with as many needs as a Pareto law gives.
    """
    chance = random.Random(bodies)
    found = Counter[tuple[str, str]]()
    for body in range(bodies):
        home = body - body % DEPARTEMENT
        for _ in range(5):
            near = chance.random() < 0.95
            place = int(DEPARTEMENT * chance.random() ** 2.5)
            other = min(home + place, bodies - 1) if near else chance.randrange(bodies)
            if other != body:
                found[f"{body:06}", f"{other:06}"] += min(400, int(chance.paretovariate(1.1)))
    return found


def compared(bodies: int) -> None:
    """Estimated against exact."""
    edges = drawn(bodies)
    usual = betweenness.EXACT_UP_TO
    try:
        betweenness.EXACT_UP_TO = bodies  # type: ignore[misc]
        seconds, exact = _timed(lambda: betweenness.betweenness(edges))
        betweenness.EXACT_UP_TO = 0  # type: ignore[misc]
        quick, estimated = _timed(lambda: betweenness.betweenness(edges))
    finally:
        betweenness.EXACT_UP_TO = usual  # type: ignore[misc]
    first = sorted(exact, key=lambda id_: -exact[id_])
    guessed = sorted(estimated, key=lambda id_: -estimated[id_])
    off = sorted(abs(estimated[id_] - exact[id_]) / exact[id_] for id_ in first[:100])
    print(
        f"betweenness, {bodies:,} bodies, {len(edges):,} ties: exact {seconds:.1f} s, {betweenness.PIVOTS} pivots {quick:.1f} s;"
        f" of the first 100, {len({*first[:100]} & {*guessed[:100]})} found, error p50 {off[50]:.0%}, p95 {off[95]:.0%}"
    )


def large(bodies: int) -> None:
    """A whole country's."""
    edges = drawn(bodies)
    before = _memory()
    seconds, found = _timed(lambda: betweenness.betweenness(edges))
    parts, cut = _timed(lambda: cuts.cuts(edges))
    print(
        f"betweenness, {len(found):,} bodies, {len(edges):,} ties, {betweenness.PIVOTS} pivots: {seconds:.1f} s,"
        f" {_memory() - before:,} MB; cut points and bridges {parts:.1f} s ({len(cut.points):,}, {len(cut.bridges):,})"
    )


def _timed(run: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.process_time()
    found = run()
    return time.process_time() - begin, found


def _memory() -> int:
    return psutil.Process().memory_info().rss // 2**20


if __name__ == "__main__":
    main(*sys.argv[1:])
