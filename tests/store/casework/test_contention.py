"""Many who write to the same file at once: each is done, in some order, once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from graph.model.casework.chain import broken
from graph.model.casework.writings import Noted, NoteKind
from graph.store.unit import Graph, Unit
from tests.store.casework.lives import ANNE, lay

WRITERS, NOTES = 32, 3


async def test_nobody_is_refused_for_want_of_a_turn(empty_graph: Graph) -> None:
    (file,) = await lay(empty_graph, 1, ("o:cms",))
    async with empty_graph.reading() as unit:
        before = len(await unit.files.links(file))

    async def note(number: int) -> None:
        for turn in range(NOTES):

            async def write(unit: Unit, said: str = f"{number}.{turn}") -> None:
                stood = await unit.files.load(file)
                await unit.files.append(stood, ANNE, datetime.now(UTC), Noted(kind=NoteKind.NOTE, text=said))

            await empty_graph.write(write)

    await asyncio.gather(*(note(number) for number in range(WRITERS)))
    async with empty_graph.reading() as unit:
        entries = await unit.files.log(file, before)
        assert broken(await unit.files.links(file)) is None
    said = [entry.event.text for entry in entries if isinstance(entry.event, Noted)]
    assert sorted(said) == sorted(f"{number}.{turn}" for number in range(WRITERS) for turn in range(NOTES))
