"""A whole graph carried from one engine to another over Bolt: how a network grows from the embedded engine onto a server.

Nobody may write to the source meanwhile: the two engines only promise what is committed, not one moment of the graph.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, LiteralString, cast

from graph.model.errors import InvalidInput, Unavailable
from graph.store.migrate import migrate
from graph.store.unit import Graph, Unit

Row = dict[str, Any]
BATCH: Final = 500
READ_SECONDS: Final = 60.0
PLAIN_NAME: Final = re.compile(r"[A-Za-z]\w*")

# Each graph remembers its own migrations.
LABELS: Final[LiteralString] = """
MATCH (n) UNWIND labels(n) AS label
WITH label, count(*) AS total WHERE label <> 'Migration'
RETURN label, total ORDER BY label
"""
TYPES: Final[LiteralString] = "MATCH ()-[r]->() RETURN type(r) AS type, count(r) AS total ORDER BY type"
# What could not be found again on the other side.
NAMELESS: Final[LiteralString] = "MATCH (n) WHERE n.id IS NULL OR size(labels(n)) <> 1 RETURN count(n) AS total"

NODES: Final[LiteralString] = """
MATCH (n:LABEL) WHERE n.id > $after
RETURN properties(n) AS node ORDER BY n.id LIMIT $most
"""
EDGES: Final[LiteralString] = """
MATCH (a:LABEL) WHERE a.id > $after
WITH a ORDER BY a.id LIMIT $most
OPTIONAL MATCH (a)-[r]->(b)
RETURN a.id AS source, type(r) AS type, labels(b)[0] AS label, b.id AS target, properties(r) AS edge
ORDER BY source, type, label, target
"""
PUT_NODES: Final[LiteralString] = "UNWIND $rows AS row CREATE (n:LABEL) SET n = row.node"
PUT_EDGES: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (a:SOURCE {id: row.source}), (b:TARGET {id: row.target})
CREATE (a)-[r:TYPE]->(b) SET r = row.edge
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many nodes of each label, and edges of each type; migrations are not counted."""

    nodes: dict[str, int]
    edges: dict[str, int]

    @property
    def total(self) -> int:
        """Nodes and edges together."""
        return sum(self.nodes.values()) + sum(self.edges.values())


async def size_of(graph: Graph) -> Size:
    """What there is to carry."""
    async with graph.reading(READ_SECONDS) as unit:
        nodes = {row["label"]: row["total"] for row in await unit.run(LABELS)}
        edges = {row["type"]: row["total"] for row in await unit.run(TYPES)}
    return Size(nodes, edges)


async def carry(source: Graph, target: Graph, progress: Callable[[int, int], None]) -> Size:
    """Copy every node and edge of `source`, a migrated graph that nobody writes to, into the empty graph `target`.

    Raises InvalidInput when `target` holds anything, and Unavailable when it then does not hold the same: what was written
    stays there, `source` is untouched.
    """
    whole = await size_of(source)
    if (there := await size_of(target)).total:
        raise InvalidInput(
            f"La base de destination contient déjà {there.total} nœuds et liens : donnez une base vide. Rien n’a été modifié."
        )
    async with source.reading(READ_SECONDS) as unit:
        nameless = (await unit.run(NAMELESS))[0]["total"]
    if nameless:
        raise Unavailable(f"{nameless} nœuds n’ont pas d’identifiant ou plusieurs étiquettes : rien n’a été copié.")
    await migrate(target, vocabulary=False)
    done = 0
    for label in whole.nodes:
        async for rows in _pages(source, _named(NODES, LABEL=label), lambda row: row["node"]["id"]):
            await _put(target, _named(PUT_NODES, LABEL=label), rows)
            progress(done := done + len(rows), whole.total)
    for label in whole.nodes:
        async for rows in _pages(source, _named(EDGES, LABEL=label), lambda row: row["source"]):
            found = sorted((row for row in rows if row["type"]), key=_way)
            for (type_, other), same in groupby(found, key=_way):
                await _put(target, _named(PUT_EDGES, SOURCE=label, TARGET=other, TYPE=type_), list(same))
            progress(done := done + len(found), whole.total)
    if (arrived := await size_of(target)) != whole:
        raise Unavailable(
            f"La copie est incomplète ({arrived.total} nœuds et liens sur {whole.total}) : videz la base de destination et "
            "recommencez. Le graphe d’origine est intact."
        )
    return whole


def _way(row: Row) -> tuple[str, str]:
    return row["type"], row["label"]


async def _pages(graph: Graph, query: LiteralString, key: Callable[[Row], str]) -> AsyncIterator[list[Row]]:
    """Page after page in order of id, until there is none."""
    after = ""
    while True:
        async with graph.reading(READ_SECONDS) as unit:
            rows = await unit.run(query, after=after, most=BATCH)
        if not rows:
            return
        yield rows
        after = key(rows[-1])


async def _put(graph: Graph, query: LiteralString, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), BATCH):
        chunk = rows[start : start + BATCH]

        async def write(unit: Unit, chunk: Sequence[Row] = chunk) -> None:
            await unit.run(query, rows=chunk)

        await graph.write(write)


def _named(query: LiteralString, **names: str) -> LiteralString:
    """The query with these labels and types, which a parameter cannot give without losing the index."""
    text = str(query)
    for place, name in names.items():
        if not PLAIN_NAME.fullmatch(name):
            raise Unavailable(f"Le nom « {name} » n’est pas celui d’une étiquette de Maillage.")
        text = text.replace(place, name)
    return cast("LiteralString", text)
