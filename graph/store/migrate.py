"""Forward-only migrations, each run once and remembered in the graph; marks; the vocabulary, kept equal to our files."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, LiteralString

from graph.model.errors import Unavailable
from graph.model.vocabulary import categories, competences
from graph.store.migrations import (
    m001_directory,
    m003_claims,
    m004_outbox,
    m005_keeping,
    m006_accounts,
    m009_mail,
    m010_suggestions,
    m011_bulk,
    m012_casework,
    m013_anchors,
    m014_front_desk,
    m015_reads,
    m016_inbox,
    m017_own_page,
    m018_clocks,
    m019_sweeping,
    m020_figures,
    m021_alerts,
    m022_reorganisations,
    m023_deliveries,
    m024_pages,
)
from graph.store.schema import MARK
from graph.store.unit import Graph, Unit


async def _marks(graph: Graph) -> None:
    await graph.define(MARK)


MIGRATIONS: Final[tuple[tuple[str, Callable[[Graph], Awaitable[None]]], ...]] = (
    ("m001_directory", m001_directory.run),
    ("m002_marks", _marks),
    ("m003_claims", m003_claims.run),
    ("m004_outbox", m004_outbox.run),
    ("m005_keeping", m005_keeping.run),
    ("m006_accounts", m006_accounts.run),
    ("m009_mail", m009_mail.run),
    ("m010_suggestions", m010_suggestions.run),
    ("m011_bulk", m011_bulk.run),
    ("m012_casework", m012_casework.run),
    ("m013_anchors", m013_anchors.run),
    ("m014_front_desk", m014_front_desk.run),
    ("m015_reads", m015_reads.run),
    ("m016_inbox", m016_inbox.run),
    ("m017_own_page", m017_own_page.run),
    ("m018_clocks", m018_clocks.run),
    ("m019_sweeping", m019_sweeping.run),
    ("m020_figures", m020_figures.run),
    ("m021_alerts", m021_alerts.run),
    ("m022_reorganisations", m022_reorganisations.run),
    ("m023_deliveries", m023_deliveries.run),
    ("m024_pages", m024_pages.run),
)

DONE: Final[LiteralString] = "MATCH (m:Migration) RETURN m.id AS id ORDER BY id"
REMEMBER: Final[LiteralString] = "MERGE (m:Migration {id: $id}) ON CREATE SET m.on = datetime($at)"
SET_MARK: Final[LiteralString] = "MERGE (m:Mark {id: $id}) SET m.said = $said"
# Lock first (the SET), then compare.
CHANGE_MARK: Final[LiteralString] = """
MATCH (m:Mark {id: $id}) SET m.locked = $said
WITH m WHERE m.said = $before
SET m.said = $said
RETURN m.id AS id
"""
READ_MARK: Final[LiteralString] = "MATCH (m:Mark {id: $id}) RETURN m.said AS said"
VOCABULARY: Final = "vocabulary"
COMPETENCES: Final[LiteralString] = """
UNWIND $rows AS row
MERGE (c:Competence {id: row.id})
SET c.label = row.label, c.rank = row.rank
"""
# A competence that moved to another category leaves the first.
NO_LONGER_BROADER: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (:Competence {id: row.id})-[old:BROADER]->(broad:Competence)
WHERE broad.id <> row.category
DELETE old
"""
BROADER: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (narrow:Competence {id: row.id}), (broad:Competence {id: row.category})
MERGE (narrow)-[:BROADER]->(broad)
"""


async def done(graph: Graph) -> tuple[str, ...]:
    """Names of the migrations that this graph has seen, in order."""
    async with graph.reading() as unit:
        return tuple(row["id"] for row in await unit.run(DONE))


async def migrate(graph: Graph, *, vocabulary: bool = True) -> tuple[str, ...]:
    """Run what has not run yet, return its names, and bring the vocabulary up to date (unless it is about to be copied).

    Each may run again from its beginning after a kill: it defines IF NOT EXISTS, drops IF EXISTS, and what it moved, a chunk a
    transaction, it does not find again.
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
    if vocabulary:
        await _keep_vocabulary(graph)
    return tuple(name for name, _ in fresh)


async def _remember(unit: Unit, name: str) -> None:
    await unit.run(REMEMBER, id=name, at=datetime.now(UTC).isoformat())


async def mark(graph: Graph, name: str, said: str = "") -> None:
    """Write a mark that outlives this process, with a word if there is one."""
    await graph.write(lambda unit: unit.run(SET_MARK, id=name, said=said))


async def change_mark(graph: Graph, name: str, before: str, said: str) -> bool:
    """The same where it still says `before`; whether it did. Nothing is written where it was taken away."""
    return bool(await graph.write(lambda unit: unit.run(CHANGE_MARK, id=name, before=before, said=said)))


async def marked(graph: Graph, name: str) -> str | None:
    """The word of a mark; None when there is no such mark."""
    async with graph.reading() as unit:
        rows = await unit.run(READ_MARK, id=name)
    return rows[0]["said"] if rows else None


async def _keep_vocabulary(graph: Graph) -> None:
    """The closed list of competences with their categories, written when our files differ from what the graph was given."""
    narrow = [
        {"id": entry.id, "label": entry.label, "category": entry.category, "rank": rank}
        for rank, entry in enumerate(competences().values())
    ]
    broad = [{"id": id_, "label": label, "rank": rank} for rank, (id_, label) in enumerate(categories().items())]
    digest = hashlib.sha256(repr((broad, narrow)).encode()).hexdigest()
    if await marked(graph, VOCABULARY) == digest:
        return

    async def write(unit: Unit) -> None:
        await unit.run(COMPETENCES, rows=broad + narrow)
        await unit.run(NO_LONGER_BROADER, rows=narrow)
        await unit.run(BROADER, rows=narrow)
        await unit.run(SET_MARK, id=VOCABULARY, said=digest)

    await graph.write(write)
