"""Contacts at front doors within one unit: one log each, in the open, for it holds codes alone. Free words are sealed with a key
of the organisation.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString
from uuid import uuid4

import msgspec

from graph.model.casework.desk_report import FieldWork, month_of
from graph.model.casework.front_desk import REQUEST_EVENTS, Request, RequestEntry, RequestEvent, applied
from graph.store.casework import sealing
from graph.store.casework.rows import TALLIED, Row, milliseconds, moment_of, tally_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

MOST_OF_A_MONTH: Final = 20_000

GET: Final[LiteralString] = "MATCH (r:Request {id: $id}) RETURN r.told AS told"
LOG: Final[LiteralString] = """
MATCH (e:RequestEntry {request: $id})
RETURN e.seq AS seq, e.at AS at, e.account AS account, e.act AS act, e.said AS said ORDER BY e.seq
"""
ADD_ENTRY: Final[LiteralString] = "CREATE (e:RequestEntry) SET e = $row"
PUT: Final[LiteralString] = "MERGE (r:Request {id: $row.id}) SET r += $row"
SET_WORDS: Final[LiteralString] = "MATCH (r:Request {id: $id}) SET r.sealed = $sealed"
WORDS: Final[LiteralString] = "MATCH (r:Request {id: $id}) RETURN r.sealed AS sealed, r.organisation AS organisation"
CLEAR_NEEDS: Final[LiteralString] = "MATCH (n:RequestNeed {request: $id}) DELETE n"
CLEAR_NO_RELAYS: Final[LiteralString] = "MATCH (n:NoRelay {request: $id}) DELETE n"
ADD_NEEDS: Final[LiteralString] = "UNWIND $rows AS row CREATE (n:RequestNeed) SET n = row"
ADD_NO_RELAYS: Final[LiteralString] = "UNWIND $rows AS row CREATE (n:NoRelay) SET n = row"
IN_MONTH: Final[LiteralString] = """
MATCH (r:Request {month: $month})
RETURN r.told AS told ORDER BY r.at DESC, r.id DESC LIMIT $most
"""
BEFORE: Final[LiteralString] = """
MATCH (r:Request {organisation: $organisation})
WHERE r.at < $at OR (r.at = $at AND r.id < $id)
RETURN r.told AS told ORDER BY r.at DESC, r.id DESC LIMIT $most
"""
TALLIES: Final[LiteralString] = """
UNWIND $tallies AS tally MATCH (e:Entry {tally: tally}) RETURN tally, count(e) AS many
"""
TALLY: Final[LiteralString] = "MATCH (e:Entry {tally: $tally}) RETURN count(e) AS many"
WATCHED: Final[LiteralString] = """
MATCH (a:NextAction {organisation: $organisation}) WHERE a.what = 'look_again' RETURN count(a) AS many
"""
TRANSITIONAL: Final[LiteralString] = """
MATCH (f:File {leadOrganisation: $organisation}) WHERE f.transitional = true AND f.state = 'open'
RETURN f.id AS id, f.opened AS opened, f.leadAccount AS account ORDER BY f.opened, f.id LIMIT $most
"""
CAUSES: Final[LiteralString] = """
UNWIND $ids AS id MATCH (n:NoRelay {file: id})
RETURN n.file AS file, n.competence AS competence, n.cause AS cause ORDER BY file, competence
"""
_TOLD: Final = msgspec.json.Decoder(Request)
_EVENTS: Final = {name: msgspec.json.Decoder(event) for name, event in REQUEST_EVENTS.items()}


class Requests:
    """Contacts within one unit. Two who write about the same one insert the same next entry; one of them decides again."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def get(self, id_: str) -> Request | None:
        """A contact as it stands; None when there is none."""
        rows = await self._unit.run(GET, id=id_)
        return _TOLD.decode(rows[0]["told"]) if rows else None

    async def log(self, id_: str) -> list[RequestEntry]:
        """All that happened to it, the first first."""
        return [
            RequestEntry(
                request=id_,
                seq=row["seq"],
                at=moment_of(row["at"]),
                account=row["account"],
                event=_EVENTS[row["act"]].decode(row["said"]),
            )
            for row in await self._unit.run(LOG, id=id_)
        ]

    async def append(self, request: Request | None, account: str, at: datetime, event: RequestEvent) -> Request:
        """The contact after this event; a new one without a contact before."""
        at = moment_of(milliseconds(at))
        entry = RequestEntry(
            request=request.id if request else uuid4().hex,
            seq=request.seq + 1 if request else 1,
            at=at,
            account=account,
            event=event,
        )
        after = applied(request, entry)
        await self._unit.run(ADD_ENTRY, row=_entry_row(entry))
        await self._unit.run(PUT, row=_row(after))
        if request is None or _projected(request) != _projected(after):
            await self._project(after)
        return after

    async def write_words(self, request: Request, words: str) -> None:
        """Keep free words, sealed; none when empty."""
        key = await self._key(request.organisation)
        sealed = sealing.seal_words(key, f"request:{request.id}", words) if words else ""
        await self._unit.run(SET_WORDS, id=request.id, sealed=sealed)

    async def words(self, id_: str) -> str:
        """The free words of a contact; empty where there are none, or their key is gone. Raises sealing.Unreadable."""
        rows = await self._unit.run(WORDS, id=id_)
        if not rows or not rows[0]["sealed"]:
            return ""
        key = self._unit.keyring.of(desk_key(rows[0]["organisation"]))
        if key is None:
            return ""
        return msgspec.json.decode(sealing.opened(key, f"request:{id_}", rows[0]["sealed"]), type=str)

    async def of_month(self, organisation: str, month: str, most: int = MOST_OF_A_MONTH) -> list[Request]:
        """Those of a month of Paris, the latest first, the voided ones too."""
        rows = await self._unit.run(IN_MONTH, month=f"{organisation}|{month}", most=most)
        return [_TOLD.decode(row["told"]) for row in rows]

    async def before(self, organisation: str, at: datetime, id_: str, most: int) -> list[Request]:
        """Those of an organisation that come after this place in the list, the latest first."""
        rows = await self._unit.run(BEFORE, organisation=organisation, at=milliseconds(at), id=id_, most=most)
        return [_TOLD.decode(row["told"]) for row in rows]

    async def field_work(self, organisation: str, month: str) -> FieldWork:
        """What was done for its files in that month, and the watches that stand now."""
        at = datetime.fromisoformat(f"{month}-15T12:00:00+00:00")
        many = {
            what: (await self._unit.run(TALLY, tally=tally_of(what, organisation, at)))[0]["many"] for what in TALLIED
        }
        watched = await self._unit.run(WATCHED, organisation=organisation)
        return FieldWork(
            visits=many["visit"],
            emergencies=many["emergency"],
            watches_set=many["watch"],
            looks=many["look"],
            opened=many["open"],
            no_shows=many["miss"],
            watched=watched[0]["many"],
        )

    async def tallied(self, what: str, organisations: Sequence[str], months: Sequence[str]) -> dict[str, int]:
        """How often each of these did one of TALLIED in these months, by organisation; those that never did are not told."""
        tallies = {f"{what}|{organisation}|{month}": organisation for organisation in organisations for month in months}
        found: dict[str, int] = {}
        for row in await self._unit.run(TALLIES, tallies=list(tallies)):
            organisation = tallies[row["tally"]]
            found[organisation] = found.get(organisation, 0) + row["many"]
        return found

    async def transitional(
        self, organisation: str, most: int
    ) -> list[tuple[str, datetime, str, tuple[tuple[str, str], ...]]]:
        """Open files that it leads for want of a relay, the oldest first: id, since when, who leads, (competence, cause)."""
        rows = await self._unit.run(TRANSITIONAL, organisation=organisation, most=most)
        causes: dict[str, list[tuple[str, str]]] = {}
        for row in await self._unit.run(CAUSES, ids=[row["id"] for row in rows]) if rows else ():
            causes.setdefault(row["file"], []).append((row["competence"], row["cause"]))
        return [
            (row["id"], moment_of(row["opened"]), row["account"] or "", tuple(causes.get(row["id"], ())))
            for row in rows
        ]

    async def _project(self, request: Request) -> None:
        await self._unit.run(CLEAR_NEEDS, id=request.id)
        await self._unit.run(CLEAR_NO_RELAYS, id=request.id)
        if request.voided:
            return
        rows = [_need_row(request, name) for name, need in request.needs.items() if not need.carried]
        if rows:
            await self._unit.run(ADD_NEEDS, rows=rows)
        unmet = [_no_relay_row(request, one.competence, str(one.cause)) for one in request.unmet if not one.carried]
        if unmet:
            await self._unit.run(ADD_NO_RELAYS, rows=unmet)

    async def _key(self, organisation: str) -> bytes:
        name = desk_key(organisation)
        return self._unit.keyring.of(name) or await asyncio.to_thread(self._unit.keyring.make, name)


def _projected(request: Request) -> tuple[object, ...]:
    """What the rows of its needs are made of."""
    return request.needs, request.voided, request.contact.commune


def desk_key(organisation: str) -> str:
    """The name of an organisation's own key in the keyring."""
    return f"desk-{hashlib.sha256(organisation.encode()).hexdigest()[:32]}"


def _entry_row(entry: RequestEntry) -> Row:
    return {
        "id": entry.key,
        "request": entry.request,
        "seq": entry.seq,
        "at": milliseconds(entry.at),
        "account": entry.account,
        "act": type(entry.event).__name__,
        "said": msgspec.json.encode(entry.event).decode(),
    }


def _row(request: Request) -> dict[str, Any]:
    contact = request.contact
    return {
        "id": request.id,
        "organisation": request.organisation,
        "account": request.account,
        "seq": request.seq,
        "at": milliseconds(request.at),
        "month": f"{request.organisation}|{month_of(request.at)}",
        "voided": request.voided,
        "commune": contact.commune,
        "reasons": list(contact.reasons),
        "file": request.file,
        "told": msgspec.json.encode(request).decode(),
    }


def _need_row(request: Request, competence: str) -> Row:
    need = request.needs[competence]
    return {
        "id": f"{request.id}|{competence}",
        "request": request.id,
        "organisation": request.organisation,
        "commune": request.contact.commune,
        "competence": competence,
        "urgent": need.urgent,
        "opened": milliseconds(need.opened),
    }


def _no_relay_row(request: Request, competence: str, cause: str) -> Row:
    return {
        "id": f"{request.id}|{competence}",
        "request": request.id,
        "organisation": request.organisation,
        "commune": request.contact.commune,
        "competence": competence,
        "cause": cause,
        "at": milliseconds(request.at),
    }
