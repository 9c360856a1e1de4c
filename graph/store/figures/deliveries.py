"""What was given, within one unit; and of files that gave before it stood in clear, told from their sealed logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.casework.applying import applied
from graph.model.casework.file import File
from graph.model.figures.facts import DeliveryFact
from graph.model.figures.of_deliveries import GivenUnit, struck_by
from graph.store.casework.rows import Row, delivery_row, milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

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
DUE: Final[LiteralString] = "MATCH (n:DeliveryDue) RETURN n.id AS id ORDER BY id LIMIT $most"
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

    async def fill(self, most: int) -> int:
        """Tell in clear what some of the files that are due gave; how many files. Of one whose key is gone nothing more is known.

        Raises Unavailable where the keyring is away.
        """
        ids = [row["id"] for row in await self._unit.run(DUE, most=most)]
        rows: list[Row] = []
        for id_ in ids:
            given: dict[str, Row] = {}
            file: File | None = None
            for entry in (await self._unit.files.logs([id_]))[id_]:
                file = applied(file, entry)
                if row := delivery_row(file, entry):
                    given[entry.key] = row
                given.pop(struck_by(entry), None)
            rows += given.values()
        await self._unit.run(TELL, rows=rows)
        await self._unit.run(DONE, ids=ids)
        return len(ids)


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
