"""What the measures ask, each question once, and the client that asks it."""

from __future__ import annotations

import asyncio
import csv
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import orjson

from graph.model.territory import Territory
from graph.model.vocabulary import categories, competences

PHRASES: Final = Path(__file__).parent / "data" / "relevance-dev.csv"
# What a page of results shows of twenty relays: some seventeen fields of each, and its reasons.
PAGE: Final = """query($q: RelayQuestion!, $first: Int = 20) { relays(question: $q, first: $first) {
  ... on RelayConnection {
    totalCount at understood { competence { id label } because } widened { step text } emergency { number label }
    territory { id name } pageInfo { hasNextPage endCursor }
    edges { node {
      organisation { id name kindLabel demonstration vouchedOn place { address postcode city } contact { phone } }
      service { id name fee hours modes contact { phone } capacity { placesFree fullUntil } }
      post { label contact { phone } }
      agreement { label }
      reasons { kind text }
      distanceKm
    } }
  }
  ... on InvalidInput { message field }
} }"""
# The same with its filters, each with how many relays it would leave.
PAGE_WITH_COUNTS: Final = PAGE.replace(
    "totalCount",
    """totalCount facets {
      publics { public count } modes { mode count } kinds { kind count }
      openNow hasRoom fresh withoutResidenceCondition interpreter accessible free
    }""",
)
COMPLETE: Final = "query($t: String!) { complete(text: $t) { text competence { id label category } } }"
FOUND: Final = b'"edges":[{'


@dataclass(frozen=True, slots=True)
class Question:
    """One question as variables of the query, and of which family it is."""

    family: str
    variables: dict[str, Any]


COMMUNE_AND_COMPETENCE: Final = "commune + competence"
COMMUNE_ALONE: Final = "commune + category"
TEXT_AND_POINT: Final = "text + point"


class Questions:
    """Questions without end, none twice: two in four a commune and a competence, one a commune alone, one a text and a point.

    A question needs words or competences: « a commune alone » is a commune with all competences of a category, as when one
    looks around there. Communes are drawn by population; a text comes with a point and thirty kilometres around it.
    """

    def __init__(self, communes: Sequence[Territory], seed: int = 1) -> None:
        self._random = random.Random(seed)
        self._communes = communes
        self._people = list(accumulate(commune.population for commune in communes))
        self._competences = list(competences())
        self._categories = {
            category: [id_ for id_, entry in competences().items() if entry.category == category]
            for category in categories()
        }
        with PHRASES.open(encoding="utf-8", newline="") as file:
            self._phrases = [row["phrase"] for row in csv.DictReader(file)]
        self._asked: set[tuple[str, ...]] = set()

    def __iter__(self) -> Iterator[Question]:
        while True:
            yield self.about_a_competence()
            yield self.about_a_category()
            yield self.about_a_competence()
            yield self.about_a_point()

    def about_a_competence(self) -> Question:
        """A commune and a competence."""
        commune, asked = self._new(self._competences)
        return Question(COMMUNE_AND_COMPETENCE, {"territory": commune.id, "competences": [asked]})

    def about_a_category(self) -> Question:
        """A commune and all competences of a category."""
        commune, asked = self._new(list(self._categories))
        return Question(COMMUNE_ALONE, {"territory": commune.id, "competences": self._categories[asked][:20]})

    def about_a_point(self) -> Question:
        """Words and a point."""
        commune, asked = self._new(self._phrases)
        at = commune.point
        assert at is not None
        near = {"lat": self._random.gauss(at.lat, 0.02), "lon": self._random.gauss(at.lon, 0.02)}
        return Question(TEXT_AND_POINT, {"text": asked, "near": near, "radiusKm": 30})

    def beginnings(self) -> Iterator[str]:
        """What someone has typed so far of a problem, letter by letter."""
        while True:
            phrase = self._random.choice(self._phrases)
            yield from (phrase[:length] for length in range(2, min(len(phrase), 14)))

    def _new(self, among: Sequence[str]) -> tuple[Territory, str]:
        while True:
            commune = self._random.choices(self._communes, cum_weights=self._people)[0]
            asked = self._random.choice(among)
            if (commune.id, asked) not in self._asked:
                self._asked.add((commune.id, asked))
                return commune, asked


def posted(query: str, variables: dict[str, Any]) -> bytes:
    """An operation as a client sends it."""
    body = orjson.dumps({"query": query, "variables": variables})
    head = f"POST /graphql HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def got(path: str) -> bytes:
    """A page as a client asks for it."""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode()


class Line:
    """A connection that is kept open, as browsers and programs keep theirs."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Line:
        """To this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises AssertionError when it is not a 200."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        length = head.lower().split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0]
        return await self._reader.readexactly(int(length))

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


@dataclass(slots=True)
class Asked:
    """What a run measured: milliseconds of each answer by family, how many found nothing, and seconds of the whole."""

    times: dict[str, list[float]] = field(default_factory=dict)
    empty: int = 0
    seconds: float = 0.0

    @property
    def all(self) -> list[float]:
        """Of every family."""
        return [taken for times in self.times.values() for taken in times]


async def ask_all(lines: Sequence[Line], questions: Sequence[Question], query: str = PAGE) -> Asked:
    """Each question once: each line takes the next as soon as it has its answer. Requests are made ready beforehand."""
    asked = Asked()
    ready = iter([(question.family, posted(query, {"q": question.variables})) for question in questions])

    async def one_by_one(line: Line) -> None:
        for family, request in ready:
            begun = time.perf_counter()
            body = await line.ask(request)
            asked.times.setdefault(family, []).append((time.perf_counter() - begun) * 1000)
            assert b'"errors"' not in body[:10], body[:300]
            asked.empty += FOUND not in body

    begun = time.perf_counter()
    await asyncio.gather(*map(one_by_one, lines))
    asked.seconds = time.perf_counter() - begun
    return asked


async def repeated(line: Line, requests: Sequence[bytes]) -> list[float]:
    """Milliseconds of each of these."""
    times = []
    for request in requests:
        begun = time.perf_counter()
        await line.ask(request)
        times.append((time.perf_counter() - begun) * 1000)
    return times
