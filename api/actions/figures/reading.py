"""What is counted, for whoever may read it: the network's published figures, or one's own service to the last one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from api.actions.figures.texts import network_of, table_of
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check, may
from graph.model.errors import NotAllowed, NotSignedIn
from graph.model.figures.facts import Facts
from graph.model.figures.lattice import WHOLE, Measure, Node, Published, settling
from graph.model.figures.networked import NetworkTold
from graph.model.figures.periods import Quarter
from graph.store.below import below
from graph.store.unit import Graph

MOST_UNITS: Final = 200
SECONDS: Final = 30.0
# What is published never changes: it is held with the moment of its publication.
MOST_HELD: Final = 500
Key = tuple[datetime, Measure, Quarter, Node]
_held: Final[WeakKeyDictionary[Graph, dict[Key, Published]]] = WeakKeyDictionary()
SIGN_IN: Final = "Identifiez-vous pour lire les chiffres."
NOT_THE_HEAD: Final = "Les chiffres exacts d’un service sont lus par qui le dirige : ce droit manque à ce compte."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A body whose figures are read exactly, with the units below it: what `ids` names."""

    organisation: str
    name: str
    ids: tuple[str, ...]


def may_read_figures(viewer: Viewer) -> bool:
    """Whether the network's figures are open to her."""
    return may(viewer, Operation.READ_FIGURES, Subject())


def may_read_exactly(viewer: Viewer) -> bool:
    """Whether she is at the head of the service that she acts for."""
    return bool(viewer.organisation) and may(viewer, Operation.READ_UNIT, Subject(organisation=viewer.organisation))


def must_read_figures(viewer: Viewer) -> None:
    """Raises NotSignedIn, NotAllowed."""
    if not viewer.signed_in:
        raise NotSignedIn(SIGN_IN)
    check(viewer, Operation.READ_FIGURES, Subject())


async def quarters(rooms: Rooms, viewer: Viewer) -> dict[Quarter, datetime]:
    """Which quarters are published, the first first, and when each was. Raises NotSignedIn, NotAllowed."""
    must_read_figures(viewer)
    async with rooms.graph.reading() as unit:
        found = await unit.figures.quarters()
    return dict(sorted(found.items()))


async def tables(
    rooms: Rooms,
    viewer: Viewer,
    wanted: Iterable[tuple[Measure, Quarter]],
    row: Node = WHOLE,
    at: Mapping[Quarter, datetime] | None = None,
) -> dict[tuple[Measure, Quarter], Published]:
    """What is told of measures in quarters: the cells of this row, of those above it, and of its parts (territories, bodies).
    A quarter that is not published is not there. `at` is when each was, where `quarters` was asked already. Raises NotSignedIn,
    NotAllowed.
    """
    must_read_figures(viewer)
    at = at or await quarters(rooms, viewer)
    held = _held.setdefault(rooms.graph, {})
    asked = {(measure, quarter): (at[quarter], measure, quarter, row) for measure, quarter in wanted if quarter in at}
    found = {one: held[key] for one, key in asked.items() if key in held}
    missing = {one: key for one, key in asked.items() if one not in found}
    if missing:
        async with rooms.graph.reading() as unit:
            for (measure, quarter), key in missing.items():
                texts = await unit.figures.rows(quarter, measure, settling(row))
                texts |= await unit.figures.below(quarter, measure, row)
                if len(held) >= MOST_HELD:
                    held.clear()
                held[key] = table_of(texts)
                found[measure, quarter] = held[key]
    return found


async def network(rooms: Rooms, viewer: Viewer, quarter: Quarter) -> NetworkTold | None:
    """What is told of the network as a whole; None where the quarter is not published. Raises NotSignedIn, NotAllowed."""
    must_read_figures(viewer)
    async with rooms.graph.reading() as unit:
        text = await unit.figures.network(quarter)
    return network_of(text)


async def unit_of(rooms: Rooms, viewer: Viewer, organisation: str = "") -> Unit:
    """Her own service, or a unit below it, with the units below that. Raises NotSignedIn, NotAllowed (what is absent too)."""
    if not viewer.signed_in:
        raise NotSignedIn(SIGN_IN)
    asked = organisation or viewer.organisation
    async with rooms.graph.reading() as unit:
        above = await unit.keeping.above(asked) if asked else ()
        if not asked or not may(viewer, Operation.READ_UNIT, Subject(organisation=asked, above=tuple(above))):
            raise NotAllowed(NOT_THE_HEAD)
        ids = [asked, *await below(unit, asked, MOST_UNITS)]
        names = await unit.accounts.organisation_names([asked])
    return Unit(organisation=asked, name=names.get(asked, ""), ids=tuple(ids))


async def exact(
    rooms: Rooms,
    viewer: Viewer,
    begin: datetime,
    end: datetime,
    organisation: str = "",
    ids: Sequence[str] = (),
) -> Facts:
    """The facts of her own service (or of a unit below it) in a period: handoffs that it sent or received, files that it led with
    their needs, contacts at its door. `ids` narrows to some of the unit's bodies.

    Raises NotSignedIn, NotAllowed.
    """
    house = await unit_of(rooms, viewer, organisation)
    asked = [id_ for id_ in house.ids if not ids or id_ in ids]
    async with rooms.graph.reading(SECONDS) as unit:
        files = await unit.facts.files_led(asked, begin, end)
        return Facts(
            handoffs=tuple(await unit.facts.handoffs_of(asked, begin, end)),
            needs=tuple(await unit.facts.needs_of([file.id for file in files])),
            files=tuple(files),
            requests=tuple(await unit.facts.requests_of(asked, begin, end)),
        )
