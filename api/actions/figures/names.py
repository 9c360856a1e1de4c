"""Names of what figures are told of: bodies, territories, themes, outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from api.actions.figures.told import BODIES
from api.rooms import Rooms
from graph.model.vocabulary import categories, competences, label

UNKNOWN = "Non précisé"


async def bodies(rooms: Rooms, ids: Iterable[str]) -> Mapping[str, str]:
    """Names of organisations; the id of one that is no longer there."""
    asked = sorted({id_ for id_ in ids if id_})
    async with rooms.graph.reading() as unit:
        found = await unit.accounts.organisation_names(asked)
    return {id_: found.get(id_, id_) for id_ in asked} | {"": UNKNOWN}


def territory(rooms: Rooms, id_: str) -> str:
    """The name of a territory."""
    found = rooms.places.get(id_) if id_ else None
    return found.name if found else id_ or UNKNOWN


def theme(id_: str) -> str:
    """The label of a competence; what is no longer in the list keeps its id."""
    found = competences().get(id_)
    return found.label if found else id_ or UNKNOWN


def category(id_: str) -> str:
    """The name of a category of needs."""
    return categories().get(id_, id_) or UNKNOWN


def ending(code: str) -> str:
    """What became of a handoff, in words."""
    return label("ending", code)


async def parts(rooms: Rooms, split: str, ids: Iterable[str]) -> Mapping[str, str]:
    """Names of the parts of a row: bodies or territories."""
    if split == BODIES:
        return await bodies(rooms, ids)
    return {id_: territory(rooms, id_) for id_ in ids}
