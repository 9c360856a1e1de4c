"""Facts of a period within one unit: read from the rows that stand in clear beside the sealed files. Never a word or a name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.casework.contact import Cause
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact, RequestFact
from graph.store.casework.rows import day_of, milliseconds, moment_of
from graph.store.figures.fact_rows import Around, Row, file_fact, handoff_fact, need_fact, request_fact

if TYPE_CHECKING:
    from graph.store.unit import Unit

# What is read at once: some days of a country's network.
WINDOW: Final = timedelta(days=15)
# A handoff that was answered, or led to a contact, was sent at most so long before.
BEFORE: Final = timedelta(days=730)
AT_ONCE: Final = 2000

# By the days of sending, or of opening, one by one: to read a range of an index, ArcadeDB walks the whole of it.
HANDOFFS: Final[LiteralString] = """
UNWIND $days AS day
MATCH (h:Handoff {day: day}) WHERE h.sent >= $since AND h.sent < $until
  AND (h.sent >= $begin OR h.answered >= $begin OR h.contacted >= $begin OR h.ended >= $begin OR h.ended = 0)
RETURN h{.*} AS row ORDER BY h.id
"""
# What tells of bodies alone, for a whole year at once.
BETWEEN: Final[LiteralString] = """
UNWIND $days AS day
MATCH (h:Handoff {day: day}) WHERE h.sent >= $since AND h.sent < $until
RETURN h{.id, .file, .kind, .state, .sender, .target, .competence, .parent, .reason, .drafted, .sent, .answered, .contacted,
  .ended} AS row ORDER BY h.id
"""
HANDOFFS_OF: Final[tuple[LiteralString, ...]] = (
    """
UNWIND $ids AS id
MATCH (h:Handoff {sender: id}) WHERE h.drafted < $end AND (h.ended = 0 OR h.ended >= $begin)
RETURN h{.*} AS row ORDER BY h.id
""",
    """
UNWIND $ids AS id
MATCH (h:Handoff {target: id}) WHERE h.sent > 0 AND h.sent < $end AND (h.ended = 0 OR h.ended >= $begin)
RETURN h{.*} AS row ORDER BY h.id
""",
)
HANDOFFS_IN: Final[LiteralString] = """
UNWIND $ids AS id MATCH (h:Handoff {file: id}) RETURN h{.*} AS row ORDER BY h.id
"""
FIRST: Final[tuple[LiteralString, ...]] = (
    "MATCH (f:File) RETURN min(f.opened) AS first",
    "MATCH (r:Request) RETURN min(r.at) AS first",
)
FIRST_NEED: Final[LiteralString] = "MATCH (n:Need) RETURN min(n.opened) AS first"
NEEDS: Final[LiteralString] = """
UNWIND $days AS day
MATCH (n:Need {day: day}) WHERE n.opened >= $since AND n.opened < $until AND (n.ended = 0 OR n.ended >= $begin)
RETURN n{.*} AS row ORDER BY n.id
"""
NEEDS_OF: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:Need {file: id}) RETURN n{.*} AS row ORDER BY n.id"
FIRST_FILE: Final[LiteralString] = "MATCH (f:File) RETURN min(f.opened) AS first"
FILES: Final[LiteralString] = """
UNWIND $days AS day
MATCH (f:File {day: day}) WHERE f.opened >= $since AND f.opened < $until AND (f.closed = 0 OR f.closed >= $begin)
RETURN f{.*, sealed: ''} AS row ORDER BY f.id
"""
FILES_LED: Final[tuple[LiteralString, ...]] = (
    """
UNWIND $ids AS id
MATCH (f:File {leadOrganisation: id}) WHERE f.opened < $end
RETURN f{.*, sealed: ''} AS row ORDER BY f.id
""",
    """
UNWIND $ids AS id
MATCH (f:File {lastOrganisation: id}) WHERE f.opened < $end AND f.closed >= $begin
RETURN f{.*, sealed: ''} AS row ORDER BY f.id
""",
)
WHOLE_FILES: Final[LiteralString] = """
UNWIND $ids AS id MATCH (f:File {id: id}) RETURN f{.*, sealed: ''} AS row ORDER BY f.id
"""
THESE: Final[LiteralString] = """
UNWIND $ids AS id MATCH (f:File {id: id}) RETURN f{.id, .opened, .request, .commune} AS row ORDER BY f.id
"""
CAUSES: Final[LiteralString] = """
UNWIND $ids AS id MATCH (n:NoRelay {id: id}) RETURN n.id AS id, n.cause AS cause ORDER BY id
"""
ASKED: Final[LiteralString] = "UNWIND $ids AS id MATCH (r:Request {id: id}) RETURN r.id AS id, r.at AS at ORDER BY id"
REQUESTS_BY: Final[LiteralString] = "MATCH (r:Request) WHERE r.at >= $begin AND r.at < $end RETURN r.told AS told"
REQUESTS_OF: Final[LiteralString] = """
UNWIND $ids AS id MATCH (r:Request {organisation: id}) WHERE r.at >= $begin AND r.at < $end RETURN r.told AS told
"""


class FactsRead:
    """Facts within one unit. Moments of a period are aware, its end excluded."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._files: dict[str, Around] = {}

    async def first(self) -> datetime | None:
        """When the first file was opened, or the first contact noted; None where there is none."""
        found = [row["first"] for query in FIRST for row in await self._unit.run(query)]
        return min((moment_of(first) for first in found if first), default=None)

    async def handoffs(self, begin: datetime, end: datetime, before: timedelta = BEFORE) -> AsyncIterator[HandoffFact]:
        """Those that were sent, answered, contacted or ended from `begin` on, or are not over, sent before `end` and at most
        `before` the period; some at a time.
        """
        for window in _windows(begin - before, end):
            rows = await self._unit.run(HANDOFFS, **window, begin=milliseconds(begin))
            for fact in await self._handoffs([row["row"] for row in rows]):
                yield fact

    async def between(self, begin: datetime, end: datetime) -> AsyncIterator[HandoffFact]:
        """Those that were sent in a period, with what tells of bodies alone: who, how it was answered and when. Of the person
        they say nothing, not when she asked.
        """
        for window in _windows(begin, end):
            for row in await self._unit.run(BETWEEN, **window):
                yield handoff_fact(row["row"], Around(moment_of(row["row"]["sent"]), ""))

    async def handoffs_of(self, organisations: Sequence[str], begin: datetime, end: datetime) -> list[HandoffFact]:
        """Those that these bodies sent or received, and that were not over before the period."""
        rows: dict[str, Row] = {}
        asked = {"ids": list(organisations), "begin": milliseconds(begin), "end": milliseconds(end)}
        for query in HANDOFFS_OF:
            rows |= {row["row"]["id"]: row["row"] for row in await self._unit.run(query, **asked)}
        return await self._handoffs([row for _, row in sorted(rows.items())])

    async def needs(self, begin: datetime, end: datetime) -> AsyncIterator[NeedFact]:
        """Those that were opened before `end`, and had not ended before `begin`."""
        async for rows in self._standing(FIRST_NEED, NEEDS, begin, end):
            for fact in await self._needs(rows):
                yield fact

    async def needs_of(self, files: Sequence[str]) -> list[NeedFact]:
        """Those of these files."""
        return await self._needs([row["row"] for row in await self._many(NEEDS_OF, files)])

    async def files(self, begin: datetime, end: datetime) -> AsyncIterator[FileFact]:
        """Those that were opened before `end`, and had not closed before `begin`."""
        async for rows in self._standing(FIRST_FILE, FILES, begin, end):
            for fact in await self._filed(rows):
                yield fact

    async def files_led(self, organisations: Sequence[str], begin: datetime, end: datetime) -> list[FileFact]:
        """Those that these bodies lead, or led last and closed in the period."""
        rows: dict[str, Row] = {}
        asked = {"ids": list(organisations), "begin": milliseconds(begin), "end": milliseconds(end)}
        for query in FILES_LED:
            rows |= {row["row"]["id"]: row["row"] for row in await self._unit.run(query, **asked)}
        return await self._filed([row for _, row in sorted(rows.items())])

    async def files_of(self, ids: Iterable[str]) -> dict[str, FileFact]:
        """The files of these ids; those that are not there are left out."""
        rows = await self._many(WHOLE_FILES, ids)
        return {one.id: one for one in await self._filed([row["row"] for row in rows])}

    async def within(self, files: Sequence[str]) -> Facts:
        """All that is counted of these files."""
        found = await self.files_of(files)
        return Facts(
            handoffs=tuple(await self._handoffs([row["row"] for row in await self._many(HANDOFFS_IN, files)])),
            needs=tuple(await self.needs_of(files)),
            files=tuple(found[id_] for id_ in sorted(found)),
        )

    async def requests(self, begin: datetime, end: datetime) -> AsyncIterator[RequestFact]:
        """Contacts of the period that stand."""
        for window in _windows(begin, end):
            for row in await self._unit.run(REQUESTS_BY, begin=window["since"], end=window["until"]):
                if fact := request_fact(row["told"]):
                    yield fact

    async def requests_of(self, organisations: Sequence[str], begin: datetime, end: datetime) -> list[RequestFact]:
        """Contacts of these front doors."""
        rows = await self._unit.run(
            REQUESTS_OF, ids=list(organisations), begin=milliseconds(begin), end=milliseconds(end)
        )
        return sorted(filter(None, (request_fact(row["told"]) for row in rows)), key=lambda one: (one.at, one.id))

    async def _standing(
        self, first: LiteralString, query: LiteralString, begin: datetime, end: datetime
    ) -> AsyncIterator[list[Row]]:
        """Rows of what stood at some moment from `begin` to `end`, by when it began."""
        earliest = (await self._unit.run(first))[0]["first"]
        for window in _windows(moment_of(earliest), end) if earliest else ():
            rows = await self._unit.run(query, **window, begin=milliseconds(begin))
            yield [row["row"] for row in rows]

    async def _many(self, query: LiteralString, ids: Iterable[str]) -> list[Row]:
        asked = sorted(set(ids))
        return [
            row
            for start in range(0, len(asked), AT_ONCE)
            for row in await self._unit.run(query, ids=asked[start : start + AT_ONCE])
        ]

    async def _filed(self, rows: Sequence[Row]) -> list[FileFact]:
        asked = await self._asked(row.get("request", "") for row in rows)
        return [file_fact(row, asked) for row in rows]

    async def _of(self, ids: Iterable[str]) -> dict[str, Around]:
        """The files of these ids, held while they are asked for again."""
        missing = {id_ for id_ in ids if id_ not in self._files}
        rows = [row["row"] for row in await self._many(THESE, missing)]
        asked = await self._asked(row.get("request") or "" for row in rows)
        for row in rows:
            requested = asked.get(row.get("request") or "") or moment_of(row["opened"])
            self._files[row["id"]] = Around(requested, row.get("commune") or "")
        return self._files

    async def _asked(self, requests: Iterable[str]) -> dict[str, datetime]:
        rows = await self._many(ASKED, filter(None, requests))
        return {row["id"]: moment_of(row["at"]) for row in rows}

    async def _handoffs(self, rows: Sequence[Row]) -> list[HandoffFact]:
        files = await self._of(row["file"] for row in rows)
        return [handoff_fact(row, files[row["file"]]) for row in rows if row["file"] in files]

    async def _needs(self, rows: Sequence[Row]) -> list[NeedFact]:
        files = await self._of(row["file"] for row in rows)
        found = await self._many(CAUSES, (f"{row['file']}|{row['id']}" for row in rows))
        causes = {row["id"]: Cause(row["cause"]) for row in found}
        return [need_fact(row, files[row["file"]], causes) for row in rows if row["file"] in files]


def _windows(begin: datetime, end: datetime) -> Iterable[dict[str, Any]]:
    """A period in parts, as queries take them: from when until when, and the days that it touches."""
    while begin < end:
        until = min(begin + WINDOW, end)
        days = range(day_of(begin), day_of(until - timedelta(milliseconds=1)) + 1)
        yield {"since": milliseconds(begin), "until": milliseconds(until), "days": list(days)}
        begin = until
