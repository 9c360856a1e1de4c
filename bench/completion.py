"""How soon completion answers while someone types: `python -m bench.completion`.

Both lists over every commune of France, by the beginnings of many names and ways to say a problem, each asked once. Prints
milliseconds on this machine, and the ratio to a bare request (/health) on the same connection in the same run.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from string import ascii_lowercase
from typing import Final

import httpx2

from api.settings import Settings
from bench.public import NO_LIMIT
from bench.start import Site
from graph.model.vocabulary import competences
from graph.model.wording import expressions
from search.embedded import EmbeddedIndex

SEED: Final = 11
PREFIXES: Final = 400
LENGTHS: Final = range(2, 9)
PROMISE_MS: Final = 50
# Of the places that begin with the same two letters.
MOST_OF_A_PAIR: Final = 200


def main() -> None:
    """One site, both lists, shortest beginnings included."""
    os.environ.update(NO_LIMIT)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            with httpx2.Client(base_url=site.address, timeout=60) as client:
                _measure(client, EmbeddedIndex(Settings(data=Path(folder)).index_folder))
        finally:
            site.end()


def _measure(client: httpx2.Client, index: EmbeddedIndex) -> None:
    said = [entry.label for entry in competences().values()] + [entry.text for entry in expressions()]
    pairs = ("".join(pair) for pair in product(ascii_lowercase, repeat=2))
    places = [place for pair in pairs for place in index.places.complete(pair, MOST_OF_A_PAIR)]
    towns = [place.name for place in places]
    codes = [postcode for place in places for postcode in place.postcodes]
    bare_times = _times(client, [("/health", {})] * PREFIXES)
    bare = statistics.median(bare_times)
    print(f"{'/health':24} {bare:5.1f} ms           worst {bare_times[-1]:.1f} ms")
    for path, texts in (("problemes", said), ("lieux", towns), ("lieux, by postcode", codes)):
        address = f"/completer/{path.partition(',')[0]}"
        times = _times(client, ((address, {"q": prefix}) for prefix in _beginnings(texts)))
        middle, late = statistics.median(times), times[int(len(times) * 0.99)]
        kept = "kept" if times[-1] <= PROMISE_MS else "broken"
        print(
            f"{path:24} {middle:5.1f} ms   × {middle / bare:.1f}   99 % {late:.1f} ms   worst {times[-1]:.1f} ms"
            f"   {len(times)} beginnings: {PROMISE_MS} ms {kept}"
        )


def _beginnings(texts: Sequence[str]) -> list[str]:
    """Distinct beginnings, as many of each length as there are, in an order of no meaning but always the same."""
    chance = random.Random(SEED)
    found: list[str] = []
    for length in LENGTHS:
        of_length = sorted({text[:length].lower() for text in texts if len(text) >= length})
        found += chance.sample(of_length, min(len(of_length), PREFIXES // len(LENGTHS)))
    return found


def _times(client: httpx2.Client, asked: Iterable[tuple[str, dict[str, str]]]) -> list[float]:
    """Milliseconds of each answer, the shortest first."""
    times: list[float] = []
    for path, params in asked:
        begun = time.perf_counter()
        client.get(path, params=params).raise_for_status()
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times)


if __name__ == "__main__":
    main()
