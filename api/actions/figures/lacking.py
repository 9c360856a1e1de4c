"""Needs for which no relay was found: how many, why, and for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.actions.figures.told import BODIES, Scope, Spread, Told, told
from api.actions.reports.told import row_of
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework.contact import Cause
from graph.model.figures.lattice import WHOLE, Measure, Node, part
from graph.model.vocabulary import categories

CAUSE: Final = "cause"


@dataclass(frozen=True, slots=True)
class Lacking:
    """As published: all of them; by cause, where all categories are asked; by category, or by the competences of the one that is
    asked; by the parts of the territory, of the `split` ("" where it is not told by them).
    """

    count: int | None
    causes: tuple[tuple[Cause, int | None], ...]
    themes: tuple[tuple[str, int | None], ...]
    split: str
    places: Spread


async def lacking(rooms: Rooms, viewer: Viewer, scope: Scope) -> Lacking:
    """The network's, of a région or a département as its report. Raises NotSignedIn, NotAllowed, InvalidInput."""
    row = row_of(scope.territory)
    [unmet] = await told(rooms, viewer, scope, Measure.UNMET)
    column: Node = (part("category", scope.category),) if scope.category else WHOLE
    # By where people live alone, not by body; of one category no report goes below a département.
    split = scope.split if scope.split != BODIES else "" if scope.category else "epci"
    return Lacking(
        count=unmet.count(row, column),
        causes=() if scope.category else by_cause(unmet, row),
        themes=_themes(unmet, row, scope.category),
        split=split,
        places=unmet.parts(row, column, split) if split else Spread({}, 0),
    )


def by_cause(unmet: Told, row: Node) -> tuple[tuple[Cause, int | None], ...]:
    """Every cause, in the order of the list."""
    return tuple((cause, unmet.count(row, (part(CAUSE, cause.value),))) for cause in Cause)


def _themes(unmet: Told, row: Node, category: str) -> tuple[tuple[str, int | None], ...]:
    if not category:
        return tuple((id_, unmet.count(row, (part("category", id_),))) for id_ in categories())
    spread = unmet.parts(row, (part("category", category),), "competence")
    return tuple(spread.told.items())
