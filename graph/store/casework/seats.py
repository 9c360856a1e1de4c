"""Who may lead: an account at an organisation, or its duty desk. Whoever makes X lead, or switches X off, locks X first.

A seat is a few nodes: whoever makes it lead locks one of them, by the file, so that many files find their lead side by side;
whoever switches it off locks them all.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, LiteralString
from zlib import crc32

from graph.model.casework.file import Lead

if TYPE_CHECKING:
    from graph.store.unit import Unit

SHARDS: Final = 8
# More than any chain of bodies on record that took one another's place.
MOST_HEIRS: Final = 16

# Lock first (the SET), then read. Two who take it need not wait for each other; whoever turns it meets them all.
TAKE: Final[LiteralString] = """
MERGE (s:Seat {id: $id})
ON CREATE SET s.organisation = $organisation, s.account = $account, s.state = 'active'
SET s.locked = true
WITH s
RETURN s.state AS state, coalesce(s.heir, '') AS heir
"""
TURN: Final[LiteralString] = """
UNWIND $ids AS id
MERGE (s:Seat {id: id})
SET s.organisation = $organisation, s.account = $account, s.state = $state, s.locked = true
"""
# The duty desk of a body that ends: what would come to it goes to the heir's.
INHERIT: Final[LiteralString] = "UNWIND $ids AS id MATCH (s:Seat {id: id}) SET s.heir = $heir, s.locked = true"
WELCOME: Final[LiteralString] = "UNWIND $ids AS id MATCH (s:Seat {id: id}) SET s.state = 'active', s.locked = true"
STATE: Final[LiteralString] = "MATCH (s:Seat {id: $id}) RETURN s.state AS state"
WORKS: Final[LiteralString] = "MATCH (m:Membership {id: $id}) WHERE m.state = 'active' RETURN m.id AS id"


class SeatState(StrEnum):
    """`leaving` keeps what it has and takes nothing new; `off` has nothing."""

    ACTIVE = "active"
    LEAVING = "leaving"
    OFF = "off"


class Seats:
    """Seats within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def taken(self, file: str, lead: Lead) -> Lead:
        """The lead that this one can be: itself, or the organisation's duty desk where it is leaving, off, or not of the house;
        that of the heir where the organisation ends.

        Nobody switches it off before this unit ends.
        """
        if lead.account and not await self._unit.run(WORKS, id=f"{lead.account}|{lead.organisation}"):
            lead = replace(lead, account="")
        if lead.account and (await self._take(file, lead))[0] is not SeatState.ACTIVE:
            lead = replace(lead, account="")
        for _ in range(MOST_HEIRS if lead.desk else 0):
            state, heir = await self._take(file, lead)
            if state is SeatState.ACTIVE or not heir:
                break
            lead = replace(lead, organisation=heir)
        return lead

    async def turn(self, organisation: str, account: str, state: SeatState) -> None:
        """Let it take work, or not any longer; nobody makes it lead meanwhile."""
        await self._unit.run(
            TURN, ids=seat_ids(organisation, account), organisation=organisation, account=account, state=state.value
        )

    async def inherit(self, organisation: str, heir: str) -> None:
        """The organisation's duty desk takes nothing new: what would come to it goes to the heir's from now on."""
        await self.turn(organisation, "", SeatState.LEAVING)
        await self._unit.run(INHERIT, ids=seat_ids(organisation, ""), heir=heir)

    async def welcome(self, organisation: str, account: str) -> None:
        """Someone works there, or works there again: she takes work."""
        await self._unit.run(WELCOME, ids=[_id(organisation, account, shard) for shard in range(SHARDS)])

    async def state(self, organisation: str, account: str) -> SeatState:
        """Whether it takes work."""
        rows = await self._unit.run(STATE, id=_id(organisation, account, 0))
        return SeatState(rows[0]["state"]) if rows else SeatState.ACTIVE

    async def _take(self, file: str, lead: Lead) -> tuple[SeatState, str]:
        id_ = _id(lead.organisation, lead.account, crc32(file.encode()) % SHARDS)
        rows = await self._unit.run(TAKE, id=id_, organisation=lead.organisation, account=lead.account)
        return SeatState(rows[0]["state"]), rows[0]["heir"]


def seat_ids(organisation: str, account: str) -> list[str]:
    """The nodes of a seat."""
    return [_id(organisation, account, shard) for shard in range(SHARDS)]


def _id(organisation: str, account: str, shard: int) -> str:
    return f"{organisation}|{account}#{shard}"
