"""Alerts within one unit: those that are true, those that are over, and where nobody is competent since which day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.figures.alerts import HISTORY, Alert, Silence, Standing
from graph.model.figures.uncovered import Uncovered
from graph.store.casework.rows import milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

AT_ONCE: Final = 500

STANDING: Final[LiteralString] = "MATCH (a:Alert) RETURN a{.*} AS row ORDER BY a.id"
# Lock first: a silence that is asked for during the morning's pass is not lost in it.
HOLD: Final[LiteralString] = "MATCH (a:Alert {id: $id}) SET a.locked = $by WITH a RETURN a{.*} AS row"
PUT: Final[LiteralString] = """
UNWIND $rows AS row
MERGE (a:Alert {id: row.id})
SET a.told = row.told, a.opened = row.opened, a.seen = row.seen
"""
SILENCE: Final[LiteralString] = "MATCH (a:Alert {id: $id}) SET a.silence = $silence"
OVER: Final[LiteralString] = "UNWIND $ids AS id MATCH (a:Alert {id: id}) DELETE a"
REMEMBER: Final[LiteralString] = "UNWIND $rows AS row MERGE (p:PastAlert {id: row.id}) SET p = row"
PAST: Final[LiteralString] = "MATCH (p:PastAlert) RETURN p{.*} AS row ORDER BY p.closed DESC, p.id LIMIT $most"
SWEEP: Final[LiteralString] = """
MATCH (p:PastAlert) WHERE p.closed < $before
WITH p ORDER BY p.id LIMIT $most
DELETE p
RETURN count(*) AS gone
"""

UNCOVERED: Final[LiteralString] = "MATCH (u:Uncovered) RETURN u{.*} AS row ORDER BY u.id"
PUT_UNCOVERED: Final[LiteralString] = "UNWIND $rows AS row MERGE (u:Uncovered {id: row.id}) SET u = row"
DROP_UNCOVERED: Final[LiteralString] = "UNWIND $ids AS id MATCH (u:Uncovered {id: id}) DELETE u"

_TOLD: Final = msgspec.json.Decoder(Alert)
_SILENCE: Final = msgspec.json.Decoder(Silence)


class Alerts:
    """Alerts within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def standing(self) -> list[Standing]:
        """All that are true, in order of id."""
        return [_standing(row["row"]) for row in await self._unit.run(STANDING)]

    async def hold(self, id_: str, by: str) -> Standing | None:
        """The alert, which no other unit changes before this one ends."""
        rows = await self._unit.run(HOLD, id=id_, by=by)
        return _standing(rows[0]["row"]) if rows else None

    async def put(self, standing: Sequence[Standing]) -> None:
        """These are true; what was asked to be silent about them stays as it is."""
        rows = [
            {
                "id": one.alert.id,
                "told": msgspec.json.encode(one.alert).decode(),
                "opened": one.alert.since.isoformat(),
                "seen": milliseconds(one.seen),
            }
            for one in standing
        ]
        for start in range(0, len(rows), AT_ONCE):
            await self._unit.run(PUT, rows=rows[start : start + AT_ONCE])

    async def silence(self, id_: str, silence: Silence | None) -> None:
        """Keep it from the list, or tell it again."""
        said = msgspec.json.encode(silence).decode() if silence else ""
        await self._unit.run(SILENCE, id=id_, silence=said)

    async def over(self, these: Sequence[Standing], at: datetime) -> None:
        """These are true no more, and are remembered."""
        closed = at.date().isoformat()
        rows = [
            {
                "id": f"{one.alert.id}|{closed}",
                "told": msgspec.json.encode(one.alert).decode(),
                "opened": one.alert.since.isoformat(),
                "seen": milliseconds(one.seen),
                "silence": msgspec.json.encode(one.silence).decode() if one.silence else "",
                "closed": closed,
            }
            for one in these
        ]
        for start in range(0, len(rows), AT_ONCE):
            await self._unit.run(REMEMBER, rows=rows[start : start + AT_ONCE])
            await self._unit.run(OVER, ids=[one.alert.id for one in these[start : start + AT_ONCE]])

    async def past(self, most: int) -> list[tuple[Standing, date]]:
        """Those that are over, each with its last day, the latest first."""
        rows = await self._unit.run(PAST, most=most)
        return [(_standing(row["row"]), date.fromisoformat(row["row"]["closed"])) for row in rows]

    async def sweep(self, today: date) -> int:
        """Forget some of what is over for longer than is kept; how many, 0 when all is swept."""
        rows = await self._unit.run(SWEEP, before=(today - HISTORY).isoformat(), most=AT_ONCE)
        return rows[0]["gone"]

    async def uncovered(self) -> dict[str, Uncovered]:
        """What was known at the last look, by id."""
        return {row["row"]["id"]: _uncovered(row["row"]) for row in await self._unit.run(UNCOVERED)}

    async def put_uncovered(self, these: Iterable[Uncovered]) -> None:
        """What is known now."""
        rows = [
            {
                "id": one.id,
                "departement": one.departement,
                "competence": one.competence,
                # One text each: a list of ten thousand codes is a slow property.
                "communes": " ".join(sorted(one.communes)),
                "lost": " ".join(f"{code}:{day.isoformat()}" for code, day in sorted(one.lost.items())),
            }
            for one in these
        ]
        for start in range(0, len(rows), AT_ONCE):
            await self._unit.run(PUT_UNCOVERED, rows=rows[start : start + AT_ONCE])

    async def drop_uncovered(self, ids: Iterable[str]) -> None:
        """The network has nobody there any more: nothing is compared."""
        await self._unit.run(DROP_UNCOVERED, ids=sorted(ids))


def _standing(row: dict[str, Any]) -> Standing:
    return Standing(
        alert=_TOLD.decode(row["told"]),
        seen=moment_of(row["seen"]),
        silence=_SILENCE.decode(row["silence"]) if row.get("silence") else None,
    )


def _uncovered(row: dict[str, Any]) -> Uncovered:
    lost = (one.partition(":") for one in row["lost"].split())
    return Uncovered(
        departement=row["departement"],
        competence=row["competence"],
        communes=frozenset(row["communes"].split()),
        lost={code: date.fromisoformat(day) for code, _, day in lost},
    )
