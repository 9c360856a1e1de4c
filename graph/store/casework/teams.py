"""A house seen by its head: what waits too long, who carries how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.casework.owed import Holder, NextAction, Owed
from graph.store.casework.rows import milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

LATE: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (a:NextAction {organisation: organisation}) WHERE a.due <= $now
RETURN a{.*} AS action ORDER BY a.due, a.id LIMIT $most
"""
COUNT_LATE: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (a:NextAction {organisation: organisation}) WHERE a.due <= $now
RETURN count(a) AS late
"""
LED: Final[LiteralString] = """
MATCH (f:File {leadOrganisation: $organisation}) WHERE f.state = 'open'
RETURN coalesce(f.leadAccount, '') AS account, count(f) AS files
"""
OWED: Final[LiteralString] = """
MATCH (a:NextAction {organisation: $organisation})
RETURN coalesce(a.account, '') AS account, count(a) AS actions, sum(CASE WHEN a.due <= $now THEN 1 ELSE 0 END) AS late
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What an account carries, or the duty desk: open files that it leads, actions that it owes, those that are late."""

    files: int = 0
    actions: int = 0
    late: int = 0


class Teams:
    """Houses within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def late(self, organisations: Sequence[str], now: datetime, most: int) -> tuple[list[NextAction], int]:
        """What these owe past its date, the longest first, at most so much of it; and how much there is."""
        asked = {"organisations": list(organisations), "now": milliseconds(now)}
        rows = await self._unit.run(LATE, most=most, **asked)
        count = await self._unit.run(COUNT_LATE, **asked)
        return [action_of(row["action"]) for row in rows], count[0]["late"]

    async def load(self, organisation: str, now: datetime) -> dict[str, Load]:
        """Who carries how much, by account; "" is the duty desk."""
        led = {row["account"]: row["files"] for row in await self._unit.run(LED, organisation=organisation)}
        owed = {
            row["account"]: row for row in await self._unit.run(OWED, organisation=organisation, now=milliseconds(now))
        }
        nothing = {"actions": 0, "late": 0}
        return {
            account: Load(
                led.get(account, 0), owed.get(account, nothing)["actions"], owed.get(account, nothing)["late"]
            )
            for account in {*led, *owed}
        }


def action_of(row: dict[str, Any]) -> NextAction:
    """A next action as it is kept."""
    return NextAction(
        file=row["file"],
        what=Owed(row["what"]),
        about=row["about"],
        organisation=row.get("organisation", ""),
        account=row.get("account", ""),
        holder=Holder(row["holder"]),
        due=moment_of(row["due"]),
        urgent=row["urgent"],
    )
