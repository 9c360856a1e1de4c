"""Forward-only migrations: each runs once, in order, and is remembered in the graph."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, LiteralString

from graph.model.errors import Unavailable
from graph.store.migrations import m001_directory
from graph.store.unit import Graph, Unit

MIGRATIONS: Final[tuple[tuple[str, Callable[[Graph], Awaitable[None]]], ...]] = (
    ("m001_directory", m001_directory.run),
)

DONE: Final[LiteralString] = "MATCH (m:Migration) RETURN m.id AS id ORDER BY id"
REMEMBER: Final[LiteralString] = "MERGE (m:Migration {id: $id}) ON CREATE SET m.on = datetime($at)"


async def done(graph: Graph) -> tuple[str, ...]:
    """Names of the migrations that this graph has seen, in order."""
    async with graph.reading() as unit:
        return tuple(row["id"] for row in await unit.run(DONE))


async def migrate(graph: Graph) -> tuple[str, ...]:
    """Run what has not run yet and return its names. Each may run twice after a kill: they only use MERGE and IF NOT EXISTS.

    Raises Unavailable when the graph was written by a newer version: an older one must not touch it.
    """
    seen = await done(graph)
    known = [name for name, _ in MIGRATIONS]
    foreign = [name for name in seen if name not in known]
    if foreign:
        raise Unavailable(
            f"Ces données viennent d’une version plus récente de Maillage (étape {foreign[-1]}, inconnue ici). "
            "Installez cette version-là, ou choisissez un autre dossier : rien n’a été modifié."
        )
    fresh = [(name, run) for name, run in MIGRATIONS if name not in seen]
    for name, run in fresh:
        await run(graph)
        await graph.write(lambda unit, name=name: _remember(unit, name))
    return tuple(name for name, _ in fresh)


async def _remember(unit: Unit, name: str) -> None:
    await unit.run(REMEMBER, id=name, at=datetime.now(UTC).isoformat())
