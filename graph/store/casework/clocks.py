"""Time: the handoffs on which it is to act, the clocks of an organisation, who is away, what was told of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, LiteralString

import msgspec

from graph.model.casework.clocks import BY_DEFAULT, Clock, Clocks
from graph.model.casework.handoff import State
from graph.model.casework.leaving import Leave
from graph.store.casework.rows import milliseconds

if TYPE_CHECKING:
    from graph.store.unit import Unit

DUE: Final[LiteralString] = """
MATCH (h:Handoff) WHERE h.tick <= $now AND h.tick >= $tick AND (h.tick > $tick OR h.id > $id)
RETURN h.id AS id, h.tick AS tick ORDER BY tick, id LIMIT $most
"""
SET_CLOCKS: Final[LiteralString] = (
    "MERGE (c:Clocks {id: $id}) SET c.days = $days, c.hours = $hours, c.setBy = $by, c.on = $on"
)
CLOCKS: Final[LiteralString] = "MATCH (c:Clocks {id: $id}) RETURN c.days AS days, c.hours AS hours"
SET_LEAVE: Final[LiteralString] = """
MERGE (l:Leave {id: $id})
SET l.account = $account, l.organisation = $organisation, l.since = $since, l.until = $until, l.substitute = $substitute
"""
END_LEAVE: Final[LiteralString] = "MATCH (l:Leave {id: $id}) DELETE l"
LEAVES: Final[LiteralString] = """
MATCH (l:Leave {organisation: $organisation})
RETURN l.account AS account, l.organisation AS organisation, l.since AS since, l.until AS until, l.substitute AS substitute
ORDER BY account
"""
TOLD: Final[LiteralString] = "MATCH (t:Told {id: $id}) RETURN t.seq AS seq"
TELL: Final[LiteralString] = "MERGE (t:Told {id: $id}) SET t.seq = $seq"
HELD: Final[LiteralString] = """
MATCH (f:File {leadAccount: $account}) WHERE f.state = 'open' AND f.leadOrganisation = $organisation
RETURN f.id AS id ORDER BY id
"""
HOLDING: Final[LiteralString] = """
MATCH (a:NextAction {account: $account}) WHERE a.organisation = $organisation
RETURN DISTINCT a.file AS id ORDER BY id
"""
ANSWERING: Final[LiteralString] = """
MATCH (h:Handoff {targetAccount: $account}) WHERE h.target = $organisation AND h.ended = 0
RETURN DISTINCT h.file AS id ORDER BY id
"""
SENDING: Final[LiteralString] = """
MATCH (h:Handoff {senderAccount: $account}) WHERE h.sender = $organisation AND h.ended = 0
RETURN DISTINCT h.file AS id ORDER BY id
"""
LED: Final[LiteralString] = (
    "MATCH (f:File {leadOrganisation: $organisation}) WHERE f.state = 'open' RETURN count(f) AS led"
)

_CLOCKS: Final = msgspec.json.Decoder(dict[State, Clock])


@dataclass(frozen=True, slots=True)
class Due:
    """A handoff on which time is to act, and since when, in epoch milliseconds."""

    tick: int
    id: str


class Timing:
    """Time within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def due(self, now: datetime, most: int, after: Due | None = None) -> list[Due]:
        """Handoffs on which time is to act, the longest due first, from a place in that order on."""
        tick, id_ = (after.tick, after.id) if after else (0, "")
        rows = await self._unit.run(DUE, now=milliseconds(now), most=most, tick=tick, id=id_)
        return [Due(row["tick"], row["id"]) for row in rows]

    async def clocks(self, organisation: str) -> Clocks:
        """The clocks of an organisation: its own, or those of everyone."""
        rows = await self._unit.run(CLOCKS, id=organisation)
        if not rows:
            return BY_DEFAULT
        days, hours = (_CLOCKS.decode(rows[0][name]) for name in ("days", "hours"))
        return Clocks(days={**BY_DEFAULT.days, **days}, hours={**BY_DEFAULT.hours, **hours})

    async def set_clocks(self, organisation: str, clocks: Clocks, by: str, on: datetime) -> None:
        """From now on these; what is under way keeps the date that it has."""
        days, hours = (msgspec.json.encode(dict(one)).decode() for one in (clocks.days, clocks.hours))
        await self._unit.run(SET_CLOCKS, id=organisation, days=days, hours=hours, by=by, on=milliseconds(on))

    async def set_leave(self, leave: Leave) -> None:
        """Someone is away; one leave at a time for each account and organisation."""
        await self._unit.run(
            SET_LEAVE,
            id=f"{leave.account}|{leave.organisation}",
            account=leave.account,
            organisation=leave.organisation,
            since=leave.since.isoformat(),
            until=leave.until.isoformat(),
            substitute=leave.substitute,
        )

    async def end_leave(self, account: str, organisation: str) -> None:
        """She is there again."""
        await self._unit.run(END_LEAVE, id=f"{account}|{organisation}")

    async def leaves(self, organisation: str) -> list[Leave]:
        """Everyone's of an organisation, those to come and those past included."""
        return [
            Leave(
                account=row["account"],
                organisation=row["organisation"],
                since=date.fromisoformat(row["since"]),
                until=date.fromisoformat(row["until"]),
                substitute=row["substitute"],
            )
            for row in await self._unit.run(LEAVES, organisation=organisation)
        ]

    async def told(self, file: str) -> int:
        """The last entry of a file after which everyone was told."""
        rows = await self._unit.run(TOLD, id=file)
        return rows[0]["seq"] if rows else 0

    async def tell(self, file: str, seq: int) -> None:
        """Everyone was told up to this entry."""
        await self._unit.run(TELL, id=file, seq=seq)

    async def held(self, account: str, organisation: str) -> Sequence[str]:
        """The files of which this account, at this organisation, leads, owes something, or is to do it on either side."""
        queries: tuple[LiteralString, ...] = (HELD, HOLDING, ANSWERING, SENDING)
        found = [await self._unit.run(query, account=account, organisation=organisation) for query in queries]
        return sorted({row["id"] for rows in found for row in rows})

    async def led(self, organisation: str) -> int:
        """How many open files an organisation leads."""
        return (await self._unit.run(LED, organisation=organisation))[0]["led"]
