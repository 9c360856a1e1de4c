"""How often words are understood: `python -m bench.relevance`.

Three sets in bench/data: `relevance-dev` (200 phrases, looked at while the lexicon was made), `relevance-heldout` (written
before the reader existed and never tuned on, by the lexicon's author), and `relevance-negatives-dev` (20 phrases that must
find nothing). best@1: the first answer is the first expected; hit@n: one of the expected is among the first n.
"""

from __future__ import annotations

import csv
import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from search.understand import Reader

FOLDER: Final = Path(__file__).parent / "data"
SETS: Final = ("relevance-dev", "relevance-heldout")
NEGATIVES: Final = "relevance-negatives-dev"


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


def negatives() -> list[str]:
    """Phrases that must find nothing."""
    with (FOLDER / f"{NEGATIVES}.csv").open(encoding="utf-8", newline="") as lines:
        return [row["phrase"] for row in csv.DictReader(lines)]


def score(asked: Sequence[Example], answer: Callable[[str], Sequence[str]]) -> Score:
    """How well `answer` (competences best first) does on these examples."""
    given = [(example.expected, list(answer(example.phrase))) for example in asked]
    number = len(given)
    return Score(
        number,
        sum(found[:1] == [expected[0]] for expected, found in given) / number,
        sum(any(one in found[:3] for one in expected) for expected, found in given) / number,
        sum(any(one in found[:10] for one in expected) for expected, found in given) / number,
    )


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
            title = f"  level {level}" if level else "  overall"
            print(f"{title:20} {found.number:4} {found.best_at_1:6.3f} {found.hit_at_3:6.3f} {found.hit_at_10:6.3f}")
    refused = [phrase for phrase in negatives() if not answer(phrase)]
    print(f"negatives that find nothing: {len(refused)} of {len(negatives())}")
    times: list[float] = []
    for example in examples(SETS[0]):
        start = perf_counter()
        reader.read(example.phrase)
        times.append((perf_counter() - start) * 1000)
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{median(times):.2f} ms a phrase (worst {max(times):.2f}); built in {built:.1f} s; {memory:.0f} MB")


if __name__ == "__main__":
    main()
