"""What is owed by someone, or by a duty desk: read as a page, in the order in which it is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.casework.file import File
from graph.model.casework.inbox import Place, Window
from graph.model.casework.owed import Holder, NextAction, Owed
from graph.store.casework import sealing
from graph.store.casework.keyring import KeyUnavailable
from graph.store.casework.rows import NETWORK, milliseconds, moment_of, slots

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Late, today, this week, later; what is urgent first, then by the clock. The page before ends at a place of this order.
PAGE: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (a:NextAction {organisation: organisation})
WHERE (a.holder = 'worker' AND organisation = $own
       AND (a.account = $account OR a.account IN $away OR ($desk AND a.account IS NULL)))
   OR (a.holder = 'head' AND $head) OR (a.holder = 'coordinator' AND $coordinator)
WITH a,
  CASE WHEN a.due < $now THEN 0 WHEN a.due < $tomorrow THEN 1 WHEN a.due < $next THEN 2 ELSE 3 END AS band,
  CASE WHEN a.urgent THEN 0 ELSE 1 END AS calm
WHERE band > $band
   OR (band = $band AND (calm > $calm OR (calm = $calm AND (a.due > $due OR (a.due = $due AND a.id > $id)))))
WITH a, band, calm ORDER BY band, calm, a.due, a.id LIMIT $most
OPTIONAL MATCH (f:File {id: a.file})
OPTIONAL MATCH (h:Handoff {id: a.about})
OPTIONAL MATCH (t:Organisation {id: h.target})
OPTIONAL MATCH (s:Organisation {id: h.sender})
OPTIONAL MATCH (n:Account {id: a.account})
RETURN a{.*} AS action, band, calm, f.seq AS seq, t.name AS target, s.name AS sender, n.name AS owner,
  CASE WHEN $opened THEN f.sealed ELSE null END AS sealed
ORDER BY band, calm, a.due, a.id
"""
COUNT: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (a:NextAction {organisation: organisation})
WHERE (a.holder = 'worker' AND organisation = $own
       AND (a.account = $account OR a.account IN $away OR ($desk AND a.account IS NULL)))
   OR (a.holder = 'head' AND $head) OR (a.holder = 'coordinator' AND $coordinator)
RETURN count(a) AS count, sum(CASE WHEN a.due < $now THEN 1 ELSE 0 END) AS late
"""
# Whoever acted, whoever leads, and both ends of each handoff: what is owed there may have changed.
TOUCHED: Final[LiteralString] = """
UNWIND $slots AS slot
MATCH (e:Entry {slot: slot}) WHERE e.at >= $since
WITH DISTINCT e.file AS file ORDER BY file LIMIT $most
OPTIONAL MATCH (h:Handoff {file: file})
WITH file, collect(h.target) + collect(h.sender) AS ends
MATCH (f:File {id: file})
RETURN file, f.seq AS seq, f.leadOrganisation AS lead, ends
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose inbox: hers at this organisation, with the desk's, the head of service's, the network keeper's where she is that, and
    that of the accounts there who are `away` and for whom she stands in, and of the heads of service whom `units` below have not.
    """

    organisation: str
    account: str
    desk: bool = False
    head: bool = False
    coordinator: bool = False
    away: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """One thing owed, its place in the order, and its file where it was asked for and its key is there.

    `target` and `sender` are the names of both ends of the handoff that it is about, empty where it is about none; `instead` that
    of the account which owes it, where the reader stands in for her, else None.
    """

    action: NextAction
    place: Place
    target: str = ""
    sender: str = ""
    instead: str | None = None
    file: File | None = None


class Inbox:
    """Inboxes within a unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def page(
        self, whose: Whose, window: Window, after: Place | None, most: int, *, opened: bool = False
    ) -> list[Owing]:
        """At most so many, from a place on. With `opened` each with its file."""
        place = after or Place.FIRST
        rows = await self._unit.run(
            PAGE,
            **_of(whose),
            now=milliseconds(window.now),
            tomorrow=milliseconds(window.tomorrow),
            next=milliseconds(window.next_week),
            band=place.band,
            calm=place.calm,
            due=place.due,
            id=place.id,
            most=most,
            opened=opened,
        )
        files: dict[str, File | None] = {}
        return [await self._owing(row, files, whose) for row in rows]

    async def count(self, whose: Whose, now: datetime) -> tuple[int, int]:
        """How much is owed, and how much of it is late."""
        rows = await self._unit.run(COUNT, **_of(whose), now=milliseconds(now))
        return (rows[0]["count"], rows[0]["late"] or 0) if rows else (0, 0)

    async def touched(self, since: datetime, now: datetime, most: int = 500) -> dict[str, tuple[int, frozenset[str]]]:
        """Files written since: their last entry's number, and the organisations whose inbox that may have changed."""
        rows = await self._unit.run(TOUCHED, since=milliseconds(since), slots=slots(since, now), most=most)
        return {row["file"]: (row["seq"], frozenset(_names([row["lead"], *row["ends"]]))) for row in rows}

    async def _owing(self, row: dict[str, Any], files: dict[str, File | None], whose: Whose) -> Owing:
        action = row["action"]
        id_ = action["file"]
        if row["sealed"] is not None and id_ not in files:
            try:
                key = self._unit.keyring.of(id_)
                files[id_] = sealing.open_file(key, id_, row["seq"], row["sealed"]) if key else None
            except (sealing.Unreadable, KeyUnavailable):
                files[id_] = await self._unit.files.readable(id_)
        found = NextAction(
            file=id_,
            what=Owed(action["what"]),
            about=action["about"],
            organisation=action["organisation"] if action["organisation"] != NETWORK else "",
            account=action.get("account") or "",
            holder=Holder(action["holder"]),
            due=moment_of(action["due"]),
            urgent=action["urgent"],
        )
        place = Place(band=row["band"], calm=row["calm"], due=action["due"], id=action["id"])
        return Owing(
            action=found,
            place=place,
            target=row["target"] or "",
            sender=row["sender"] or "",
            instead=(row["owner"] or "") if found.account in whose.away else None,
            file=files.get(id_),
        )


def _of(whose: Whose) -> dict[str, Any]:
    return {
        "organisations": [whose.organisation] * whose.desk + [NETWORK] * whose.coordinator + sorted(whose.units),
        "own": whose.organisation,
        "account": whose.account,
        "desk": whose.desk,
        "head": whose.head,
        "coordinator": whose.coordinator,
        "away": sorted(whose.away),
    }


def _names(found: Sequence[str | None]) -> Iterable[str]:
    return (name for name in found if name)
