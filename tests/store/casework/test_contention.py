"""Many who write to the same file at once: each is done, in some order, once."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from graph.model.casework.chain import broken
from graph.model.casework.file import Lead, LeadCause
from graph.model.casework.writings import Noted, NoteKind
from graph.store.casework.seats import SeatState
from graph.store.unit import Graph, Unit
from tests.store.casework.lives import ANNE, DESK, lay, seat

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


async def test_a_lead_that_is_being_taken_is_no_longer_one_that_leaves_meanwhile(empty_graph: Graph) -> None:
    """Whoever comes first: the other waits, or begins anew and sees it."""
    await seat(empty_graph, "anne", DESK)
    lead = Lead(organisation=DESK, account="anne", since=datetime.now(UTC), cause=LeadCause.OPENED)
    # A seat that was taken before: what is set anew must lock it too.
    await empty_graph.write(lambda unit: unit.seats.taken("f", lead))
    took, left, tries = asyncio.Event(), asyncio.Event(), list[tuple[bool, bool]]()

    async def take(unit: Unit) -> Lead:
        before = left.is_set()
        found = await unit.seats.taken("f", lead)
        took.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(left.wait(), 2)
        tries.append((before, left.is_set()))
        return found

    async def leave() -> None:
        await took.wait()
        await empty_graph.write(lambda unit: unit.seats.turn(DESK, "anne", SeatState.LEAVING))
        left.set()

    found, _ = await asyncio.gather(empty_graph.write(take), leave())
    # The try that stood had nobody leave in the middle of it.
    before, after = tries[-1]
    assert before == after
    assert found.account == ("" if before else "anne")
