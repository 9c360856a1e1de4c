"""How often words are understood: `make bench-relevance`, or `python -m bench.relevance`.

Sets in bench/data: `relevance-dev` (200 phrases, looked at while the lexicon was made), `relevance-heldout` (70, written before
the reader existed, by the lexicon's first author), `relevance-blind` (110, at least one a competence, written by the author of
its widening before that began), `relevance-unseen` (134, written before the second widening by its author, who had not read the
lexicon yet; what the lexicon said already was taken out); the last three are never tuned on. Three more must find nothing:
`relevance-negatives-dev`, `-blind` and `-unseen`. best@1: the first answer is the first expected; hit@n: one of the expected is
among the first n. In brackets, where 95 of 100 sets drawn anew from the same phrases fall.
"""

from __future__ import annotations

import csv
import random
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time
from typing import Final

from search.understand import Reader

FOLDER: Final = Path(__file__).parent / "data"
SETS: Final = ("relevance-dev", "relevance-heldout", "relevance-blind", "relevance-unseen")
NEGATIVES: Final = ("relevance-negatives-dev", "relevance-negatives-blind", "relevance-negatives-unseen")
DRAWS: Final = 2000


@dataclass(frozen=True, slots=True)
class Example:
    """A phrase, the competences expected (best first), and how hard it is, 1 to 3."""

    phrase: str
    expected: tuple[str, ...]
    level: str


@dataclass(frozen=True, slots=True)
class Score:
    """Shares, from 0 to 1."""

    number: int
    best_at_1: float
    hit_at_3: float
    hit_at_10: float


def examples(name: str) -> list[Example]:
    """The phrases of one set."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Example(row["phrase"], tuple(row["expected"].split(";")), row["level"]) for row in csv.DictReader(lines)
        ]


def negatives(name: str) -> list[str]:
    """The phrases of a set that must find nothing."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return [row["phrase"] for row in csv.DictReader(lines)]


def score(asked: Sequence[Example], answer: Callable[[str], Sequence[str]]) -> Score:
    """How well `answer` (competences best first) does on these examples."""
    return _score(_right(asked, answer))


def interval(asked: Sequence[Example], answer: Callable[[str], Sequence[str]]) -> tuple[Score, Score]:
    """The bounds between which 95 of 100 scores fall, of sets as large drawn from these examples with replacement."""
    right = _right(asked, answer)
    chance = random.Random(0)
    drawn = [_score(chance.choices(right, k=len(right))) for _ in range(DRAWS)]
    shares = [sorted(values) for values in zip(*((d.best_at_1, d.hit_at_3, d.hit_at_10) for d in drawn), strict=True)]
    low, high = ([values[at] for values in shares] for at in (DRAWS // 40, DRAWS - DRAWS // 40 - 1))
    return Score(len(right), *low), Score(len(right), *high)


def _right(asked: Sequence[Example], answer: Callable[[str], Sequence[str]]) -> list[tuple[bool, bool, bool]]:
    given = [(example.expected, list(answer(example.phrase))) for example in asked]
    return [
        (found[:1] == [expected[0]], any(x in found[:3] for x in expected), any(x in found[:10] for x in expected))
        for expected, found in given
    ]


def _score(right: Sequence[tuple[bool, bool, bool]]) -> Score:
    first, third, tenth = (sum(column) / len(right) for column in zip(*right, strict=True))
    return Score(len(right), first, third, tenth)


def main() -> None:
    """Print every figure."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = perf_counter()
    reader = Reader()
    built = perf_counter() - start

    def answer(phrase: str) -> list[str]:
        return [match.competence for match in reader.read(phrase).matches]

    for name in SETS:
        asked = examples(name)
        print(f"{name:20} {'n':>4} best@1  hit@3 hit@10")
        for level in ("1", "2", "3", ""):
            chosen = [example for example in asked if level in ("", example.level)]
            found = score(chosen, answer)
            low, high = interval(chosen, answer)
            title = f"  level {level}" if level else "  overall"
            print(
                f"{title:20} {found.number:4} {found.best_at_1:6.3f} {found.hit_at_3:6.3f} {found.hit_at_10:6.3f}"
                f"   best@1 [{low.best_at_1:.2f}, {high.best_at_1:.2f}]  hit@3 [{low.hit_at_3:.2f}, {high.hit_at_3:.2f}]"
            )
    for name in NEGATIVES:
        refused = [phrase for phrase in negatives(name) if not answer(phrase)]
        print(f"{name}: {len(refused)} of {len(negatives(name))} find nothing")
    times: list[float] = []
    for example in examples(SETS[0]):
        start = process_time()
        reader.read(example.phrase)
        times.append((process_time() - start) * 1000)
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    parts = quantiles(times, n=20)
    print(
        f"{parts[9]:.2f} ms of processor a phrase, 95 of 100 under {parts[18]:.2f}; built in {built:.1f} s; {memory:.0f} MB"
    )


if __name__ == "__main__":
    main()
