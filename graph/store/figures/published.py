"""Figures once published: written when a quarter has closed, never changed. One row of a table is one node; a row that is not
there is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.figures.lattice import Measure, Node, read, written
from graph.model.figures.periods import Quarter, read_quarter
from graph.store.casework.rows import milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

AT_ONCE: Final = 1000

QUARTERS: Final[LiteralString] = "MATCH (p:Publication) RETURN p.id AS id, p.at AS at ORDER BY id"
# Created and never merged: a quarter is published once.
PUBLISH: Final[LiteralString] = "CREATE (p:Publication {id: $id, at: $at, network: $network})"
NETWORK: Final[LiteralString] = "MATCH (p:Publication {id: $id}) RETURN p.network AS network"
# What a publication that was cut short has left, before it is made anew.
LEFT: Final[LiteralString] = """
MATCH (f:Figure {quarter: $quarter})
WITH f LIMIT $most
DELETE f
RETURN count(*) AS gone
"""
PUT: Final[LiteralString] = "UNWIND $rows AS row CREATE (f:Figure) SET f = row"
ROWS: Final[LiteralString] = """
UNWIND $ids AS id MATCH (f:Figure {id: id}) RETURN f.row AS row, f.cells AS cells ORDER BY row
"""
BELOW: Final[LiteralString] = """
MATCH (f:Figure {under: $under})
RETURN f.row AS row, f.cells AS cells ORDER BY row
"""
EVERY: Final[LiteralString] = """
MATCH (f:Figure {quarter: $quarter}) WHERE f.measure = $measure RETURN f.row AS row, f.cells AS cells ORDER BY row
"""


class PublishedFigures:
    """Published figures within one unit. A row is a Node of the lattice, its cells a text that the model reads."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def quarters(self) -> dict[Quarter, datetime]:
        """Which quarters were published, and when; the first first."""
        return {read_quarter(row["id"]): moment_of(row["at"]) for row in await self._unit.run(QUARTERS)}

    async def clear(self, quarter: Quarter) -> None:
        """Nothing is left of a publication that did not come to its end. Not for one that did: whoever asks has looked."""
        while (await self._unit.run(LEFT, quarter=str(quarter), most=AT_ONCE))[0]["gone"]:
            continue

    async def put(self, quarter: Quarter, measure: Measure, rows: Mapping[Node, str]) -> None:
        """The rows of a measure's table. They are read by nobody before `publish`."""
        made = [
            {
                "id": _id(quarter, measure, row),
                "quarter": str(quarter),
                "measure": measure.value,
                "row": written(row),
                "cells": cells,
            }
            # By one value with an index: a quarter has a hundred thousand rows, a row some dozens of parts.
            | ({"under": _id(quarter, measure, row[:-1])} if row else {})
            for row, cells in sorted(rows.items())
        ]
        for start in range(0, len(made), AT_ONCE):
            await self._unit.run(PUT, rows=made[start : start + AT_ONCE])

    async def publish(self, quarter: Quarter, at: datetime, network: str) -> None:
        """The quarter is published from now on, with what is told of the network as a whole. Raises ConstraintError the second
        time.
        """
        await self._unit.run(PUBLISH, id=str(quarter), at=milliseconds(at), network=network)

    async def network(self, quarter: Quarter) -> str | None:
        """What is told of the network as a whole; None where the quarter is not published."""
        rows = await self._unit.run(NETWORK, id=str(quarter))
        return rows[0]["network"] if rows else None

    async def rows(self, quarter: Quarter, measure: Measure, rows: Sequence[Node]) -> dict[Node, str]:
        """These rows; those that are hidden are not there."""
        ids = [_id(quarter, measure, row) for row in rows]
        return {read(row["row"]): row["cells"] for row in await self._unit.run(ROWS, ids=ids)}

    async def below(self, quarter: Quarter, measure: Measure, row: Node) -> dict[Node, str]:
        """The rows of its parts, in every split."""
        found = await self._unit.run(BELOW, under=_id(quarter, measure, row))
        return {read(part["row"]): part["cells"] for part in found}

    async def every(self, quarter: Quarter, measure: Measure) -> dict[Node, str]:
        """All rows of a table."""
        asked = {"quarter": str(quarter), "measure": measure.value}
        return {read(found["row"]): found["cells"] for found in await self._unit.run(EVERY, **asked)}


def _id(quarter: Quarter, measure: Measure, row: Node) -> str:
    return f"{quarter}|{measure.value}|{written(row)}"
