"""What was given, within one unit; and of files that gave before it stood in clear, told from their sealed logs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

import structlog

from graph.model.casework.acts import Entry
from graph.model.casework.applying import applied
from graph.model.casework.file import File
from graph.model.figures.facts import DeliveryFact
from graph.model.figures.of_deliveries import GivenUnit, struck_by
from graph.store.casework import sealing
from graph.store.casework.keyring import KeyUnavailable
from graph.store.casework.rows import Row, delivery_row, milliseconds, moment_of
from graph.store.figures.filling import Page, with_keys

if TYPE_CHECKING:
    from graph.store.unit import Unit

log = structlog.get_logger(__name__)

UNDER: Final[LiteralString] = """
MATCH (d:Delivery {agreement: $id}) WHERE d.on >= $begin AND d.on < $end
MATCH (f:File {id: d.file})
RETURN d{.*} AS row, f{.leadOrganisation, .lastOrganisation, .commune} AS file ORDER BY d.id
"""
BY: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (d:Delivery {organisation: id}) WHERE d.on >= $begin AND d.on < $end
MATCH (f:File {id: d.file})
RETURN d{.*} AS row, f{.leadOrganisation, .lastOrganisation, .commune} AS file ORDER BY d.id
"""
DUE: Final[LiteralString] = "MATCH (n:DeliveryDue) WHERE n.id > $after RETURN n.id AS id ORDER BY n.id LIMIT $most"
TELL: Final[LiteralString] = "UNWIND $rows AS row MERGE (d:Delivery {id: row.id}) SET d = row"
DONE: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:DeliveryDue {id: id}) DELETE n"


class Deliveries:
    """What was given, within one unit. Moments of a period are aware, its end excluded."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def under(self, agreement: str, begin: datetime, end: datetime) -> list[DeliveryFact]:
        """Under this agreement, whoever noted it."""
        rows = await self._unit.run(UNDER, id=agreement, begin=milliseconds(begin), end=milliseconds(end))
        return [_fact(row["row"], row["file"]) for row in rows]

    async def by(self, organisations: Sequence[str], begin: datetime, end: datetime) -> list[DeliveryFact]:
        """Noted by these bodies, under an agreement or not."""
        asked = {"ids": list(organisations), "begin": milliseconds(begin), "end": milliseconds(end)}
        return [_fact(row["row"], row["file"]) for row in await self._unit.run(BY, **asked)]

    async def fill(self, after: str, most: int) -> Page | None:
        """Tell in clear what some of the files that are due, past this id, gave; None where there is none. Of one whose key is gone
        nothing more is known; one that does not open stays due.

        Raises Unavailable where the keyring is away.
        """
        ids = [row["id"] for row in await self._unit.run(DUE, after=after, most=most)]
        if not ids:
            return None
        rows: list[Row] = []
        done: list[str] = []
        unread = 0
        for id_ in ids:
            try:
                entries = (await self._unit.files.logs([id_]))[id_]
            except (sealing.Unreadable, KeyUnavailable) as fault:
                log.error("deliveries_not_told", fault=type(fault).__name__)
                continue
            unread += not entries
            rows += _given(entries)
            done.append(id_)
        if unread:
            await with_keys(self._unit)
        if done:
            await self._unit.run(TELL, rows=rows)
            await self._unit.run(DONE, ids=done)
        return Page(last=ids[-1], told=len(done), left=len(ids) - len(done))


def _given(entries: Iterable[Entry]) -> list[Row]:
    """What a whole log gave and did not strike."""
    given: dict[str, Row] = {}
    file: File | None = None
    for entry in entries:
        file = applied(file, entry)
        if row := delivery_row(file, entry):
            given[entry.key] = row
        given.pop(struck_by(entry), None)
    return list(given.values())


def _fact(row: dict[str, Any], file: dict[str, Any]) -> DeliveryFact:
    return DeliveryFact(
        id=row["id"],
        file=row["file"],
        organisation=row.get("organisation", ""),
        on=moment_of(row["on"]),
        until=moment_of(row["until"]),
        quantity=row["quantity"],
        unit=GivenUnit(row["unit"]),
        lead=file.get("leadOrganisation") or file.get("lastOrganisation") or "",
        competence=row.get("competence", ""),
        commune=file.get("commune") or "",
        unit_cents=row["unitCents"],
        minutes=row["minutes"],
        agreement=row.get("agreement", ""),
        handoff=row.get("handoff", ""),
    )
