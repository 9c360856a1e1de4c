"""What someone, or her desk, owes: a page of it, how much there is of it, and when it may have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework.clocks import PARIS
from graph.model.casework.inbox import Place, Window
from graph.model.casework.leaving import stood_in
from graph.model.errors import NotSignedIn
from graph.store.below import headless
from graph.store.casework.inbox import Owing, Whose
from graph.store.unit import Unit

MOST: Final = 50
MOST_UNITS: Final = 500


def whose(viewer: Viewer) -> Whose | None:
    """Whose inbox the viewer reads, but for those she stands in for; None where she owes nothing to anyone."""
    own = Subject(organisation=viewer.organisation)
    coordinator = may(viewer, Operation.READ_ESCALATED)
    desk = bool(viewer.organisation) and may(viewer, Operation.ANSWER_HANDOFF, own)
    if not viewer.signed_in or not (desk or coordinator):
        return None
    return Whose(
        organisation=viewer.organisation,
        account=viewer.account,
        desk=desk,
        head=desk and may(viewer, Operation.READ_UNIT, own),
        coordinator=coordinator,
    )


async def page(
    rooms: Rooms,
    viewer: Viewer,
    at: datetime,
    *,
    first: int = MOST,
    after: Place | None = None,
    opened: bool = False,
) -> tuple[list[Owing], bool]:
    """A page, in one query after that of the leaves, and whether more follows. With `opened` each with its file.

    Raises NotSignedIn.
    """
    if not viewer.signed_in:
        raise NotSignedIn("Connectez-vous pour voir ce que vous avez à faire.")
    mine = whose(viewer)
    if mine is None:
        return [], False
    async with rooms.graph.reading() as unit:
        mine = await _standing_in(unit, mine, at)
        found = await unit.inbox.page(mine, Window.at(at), after, first + 1, opened=opened)
    return found[:first], len(found) > first


async def count(rooms: Rooms, viewer: Viewer, at: datetime) -> tuple[int, int]:
    """How much she owes, and how much of it is late."""
    mine = whose(viewer)
    if mine is None:
        return 0, 0
    async with rooms.graph.reading() as unit:
        return await unit.inbox.count(await _standing_in(unit, mine, at), at)


async def _standing_in(unit: Unit, mine: Whose, at: datetime) -> Whose:
    """With those who are away today, and whose substitute she is, or the desk where she stands; for a head of service with the
    units below that have none.
    """
    if not mine.desk:
        return mine
    leaves, day = await unit.timing.leaves(mine.organisation), at.astimezone(PARIS).date()
    units = await headless(unit, mine.organisation, MOST_UNITS) if mine.head else []
    return replace(mine, away=stood_in(leaves, mine.account, day, desk=True), units=frozenset(units))
