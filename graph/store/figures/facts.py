"""Facts of a period within one unit: read from the rows that stand in clear beside the sealed files. Never a word or a name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.casework.contact import Cause
from graph.model.casework.file import FileState, Outcome
from graph.model.casework.front_desk import Request
from graph.model.casework.handoff import Kind, ReasonCode, State
from graph.model.figures.facts import FileFact, HandoffFact, NeedFact, RequestFact
from graph.store.casework.rows import milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

# What is read at once: some days of a country's network.
WINDOW: Final = timedelta(days=15)
# A handoff that was answered, or led to a contact, was sent at most so long before.
BEFORE: Final = timedelta(days=730)
AT_ONCE: Final = 2000

# By the moment of sending, which alone has an index: moments that have not come are zero, and many rows under one value make an
# index slow to change (measured on ArcadeDB).
HANDOFFS: Final[LiteralString] = """
MATCH (h:Handoff) WHERE h.sent >= $since AND h.sent < $until
  AND (h.sent >= $begin OR h.answered >= $begin OR h.contacted >= $begin OR h.ended >= $begin)
RETURN h{.*} AS row ORDER BY h.id
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
FIRST: Final[tuple[LiteralString, ...]] = (
    "MATCH (f:File) RETURN min(f.opened) AS first",
    "MATCH (r:Request) RETURN min(r.at) AS first",
)
FIRST_NEED: Final[LiteralString] = "MATCH (n:Need) RETURN min(n.opened) AS first"
NEEDS: Final[LiteralString] = """
MATCH (n:Need) WHERE n.opened >= $since AND n.opened < $until AND (n.ended = 0 OR n.ended >= $begin)
RETURN n{.*} AS row ORDER BY n.id
"""
NEEDS_OF: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:Need {file: id}) RETURN n{.*} AS row ORDER BY n.id"
FIRST_FILE: Final[LiteralString] = "MATCH (f:File) RETURN min(f.opened) AS first"
FILES: Final[LiteralString] = """
MATCH (f:File) WHERE f.opened >= $since AND f.opened < $until AND (f.closed = 0 OR f.closed >= $begin)
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
THESE: Final[LiteralString] = """
UNWIND $ids AS id MATCH (f:File {id: id}) RETURN f{.*, sealed: ''} AS row ORDER BY f.id
"""
CAUSES: Final[LiteralString] = """
UNWIND $ids AS id MATCH (n:NoRelay {id: id}) RETURN n.id AS id, n.cause AS cause ORDER BY id
"""
ASKED: Final[LiteralString] = "UNWIND $ids AS id MATCH (r:Request {id: id}) RETURN r.id AS id, r.at AS at ORDER BY id"
REQUESTS_BY: Final[LiteralString] = "MATCH (r:Request) WHERE r.at >= $begin AND r.at < $end RETURN r.told AS told"
REQUESTS_OF: Final[LiteralString] = """
UNWIND $ids AS id MATCH (r:Request {organisation: id}) WHERE r.at >= $begin AND r.at < $end RETURN r.told AS told
"""
_TOLD: Final = msgspec.json.Decoder(Request)
Row = dict[str, Any]


class FactsRead:
    """Facts within one unit. Moments of a period are aware, its end excluded."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._files: dict[str, FileFact] = {}

    async def first(self) -> datetime | None:
        """When the first file was opened, or the first contact noted; None where there is none."""
        found = [row["first"] for query in FIRST for row in await self._unit.run(query)]
        return min((moment_of(first) for first in found if first), default=None)

    async def handoffs(self, begin: datetime, end: datetime, before: timedelta = BEFORE) -> AsyncIterator[HandoffFact]:
        """Those that were sent, answered, contacted or ended from `begin` on, sent before `end` and at most `before` the period;
        some at a time.
        """
        for since, until in _windows(begin - before, end):
            rows = await self._unit.run(HANDOFFS, since=since, until=until, begin=milliseconds(begin))
            for fact in await self._handoffs([row["row"] for row in rows]):
                yield fact

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

    async def requests(self, begin: datetime, end: datetime) -> AsyncIterator[RequestFact]:
        """Contacts of the period that stand."""
        for since, until in _windows(begin, end):
            for row in await self._unit.run(REQUESTS_BY, begin=since, end=until):
                if fact := _request(row["told"]):
                    yield fact

    async def requests_of(self, organisations: Sequence[str], begin: datetime, end: datetime) -> list[RequestFact]:
        """Contacts of these front doors."""
        rows = await self._unit.run(
            REQUESTS_OF, ids=list(organisations), begin=milliseconds(begin), end=milliseconds(end)
        )
        return sorted(filter(None, (_request(row["told"]) for row in rows)), key=lambda one: (one.at, one.id))

    async def _standing(
        self, first: LiteralString, query: LiteralString, begin: datetime, end: datetime
    ) -> AsyncIterator[list[Row]]:
        """Rows of what stood at some moment from `begin` to `end`, by when it began."""
        earliest = (await self._unit.run(first))[0]["first"]
        for since, until in _windows(moment_of(earliest), end) if earliest else ():
            rows = await self._unit.run(query, since=since, until=until, begin=milliseconds(begin))
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
        return [_file(row, asked) for row in rows]

    async def _of(self, ids: Iterable[str]) -> dict[str, FileFact]:
        """The files of these ids, held while they are asked for again."""
        missing = {id_ for id_ in ids if id_ not in self._files}
        rows = [row["row"] for row in await self._many(THESE, missing)]
        self._files |= {fact.id: fact for fact in await self._filed(rows)}
        return self._files

    async def _asked(self, requests: Iterable[str]) -> dict[str, datetime]:
        rows = await self._many(ASKED, filter(None, requests))
        return {row["id"]: moment_of(row["at"]) for row in rows}

    async def _handoffs(self, rows: Sequence[Row]) -> list[HandoffFact]:
        files = await self._of(row["file"] for row in rows)
        return [_handoff(row, files[row["file"]]) for row in rows if row["file"] in files]

    async def _needs(self, rows: Sequence[Row]) -> list[NeedFact]:
        files = await self._of(row["file"] for row in rows)
        found = await self._many(CAUSES, (f"{row['file']}|{row['id']}" for row in rows))
        causes = {row["id"]: Cause(row["cause"]) for row in found}
        return [_need(row, files[row["file"]], causes) for row in rows if row["file"] in files]


def _windows(begin: datetime, end: datetime) -> Iterable[tuple[int, int]]:
    while begin < end:
        until = min(begin + WINDOW, end)
        yield milliseconds(begin), milliseconds(until)
        begin = until


def _moment(number: int | None) -> datetime | None:
    return moment_of(number) if number else None


def _file(row: Row, asked: dict[str, datetime]) -> FileFact:
    opened, closed = moment_of(row["opened"]), _moment(row.get("closed"))
    since = _moment(row.get("leadSince"))
    return FileFact(
        id=row["id"],
        state=FileState(row["state"]),
        organisation=row.get("organisation", ""),
        lead=row.get("leadOrganisation") or row.get("lastOrganisation", ""),
        account=row.get("leadAccount") or row.get("lastAccount", ""),
        lead_since=since or opened,
        opened=opened,
        requested=asked.get(row.get("request", ""), opened),
        commune=row.get("commune", ""),
        persons=row.get("persons", 1),
        transitional=row.get("transitional", False),
        closed=closed,
        outcome=Outcome(row["outcome"]) if row.get("outcome") else None,
    )


def _handoff(row: Row, file: FileFact) -> HandoffFact:
    return HandoffFact(
        id=row["id"],
        file=row["file"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        sender=row["sender"],
        target=row["target"],
        requested=file.requested,
        drafted=moment_of(row["drafted"]),
        needs=tuple(row.get("needs", ())),
        competence=row.get("competence", ""),
        commune=file.commune,
        agreement=row.get("agreement", ""),
        service=row.get("service", ""),
        urgent=row.get("urgent", False),
        parent=row.get("parent", ""),
        chain=row.get("chain", 0),
        sent=_moment(row.get("sent")),
        answered=_moment(row.get("answered")),
        contacted=_moment(row.get("contacted")),
        ended=_moment(row.get("ended")),
        reason=ReasonCode(row["reason"]) if row.get("reason") else None,
        outcome=row.get("outcome", ""),
    )


def _need(row: Row, file: FileFact, causes: dict[str, Cause]) -> NeedFact:
    return NeedFact(
        id=row["id"],
        file=row["file"],
        competence=row["competence"],
        opened=moment_of(row["opened"]),
        commune=file.commune,
        urgent=row.get("urgent", False),
        ended=_moment(row.get("ended")),
        outcome=Outcome(row["outcome"]) if row.get("outcome") else None,
        cause=causes.get(f"{row['file']}|{row['id']}"),
    )


def _request(told: str) -> RequestFact | None:
    request = _TOLD.decode(told)
    if request.voided:
        return None
    contact = request.contact
    return RequestFact(
        id=request.id,
        organisation=request.organisation,
        at=request.at,
        channel=contact.channel,
        requester=contact.requester,
        sex=contact.sex,
        age_band=contact.age_band,
        commune="" if contact.danger else contact.commune,
        at_once=contact.at_once,
        danger=contact.danger,
        file=request.file,
        reasons=contact.reasons,
        unmet=tuple((need.competence, need.cause) for need in request.unmet if need.cause),
    )
