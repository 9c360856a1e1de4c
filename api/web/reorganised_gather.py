"""What the pages of a reorganisation show of it, gathered: its names, and the tables of before and after."""

from __future__ import annotations

from collections import Counter
from typing import Any

from api.actions.reorganised import Compared
from api.actions.reorganising import Planned
from api.rooms import Rooms
from api.web.pictures.places import Changed, changes_map
from api.web.pictures.table import Drawn
from api.web.reorganised_view import (
    Named,
    agreement_words,
    around_words,
    coverage_rows,
    first_sentence,
    left_behind,
    unit_rows,
)
from graph.model.errors import NotFound
from graph.model.reorganisation.comparing import Comparison
from graph.model.reorganisation.plan import created


def still(found: Compared) -> Comparison:
    """Raises NotFound once it has begun."""
    if found.comparison is None:
        raise NotFound("Cette réorganisation a commencé : ce qui était avant n’est plus là pour être comparé.")
    return found.comparison


def sides_of(it: Comparison, named: Named) -> dict[str, Any]:
    """What changes, as its tables show it."""
    return {
        "sentence": first_sentence(it),
        "coverage": coverage_rows(it.coverage),
        "units": unit_rows(it.units),
        "carried": [
            {
                "source": named.body(one.source),
                "to": named.body(one.to),
                "files": around_words(one.files),
                "handoffs": around_words(one.handoffs),
            }
            for one in it.carried
        ],
        "behind": left_behind(it, named.things),
        "lapsing": [agreement_words(one) for one in it.lapsing],
        "keepers": [
            {
                "name": one.name,
                "what": "service" if one.kind == "service" else "poste",
                "source": named.body(one.source),
                "to": named.body(one.to),
            }
            for one in it.keepers
        ],
    }


def relays_map(it: Comparison) -> Drawn | None:
    """The communes that lose their last relay for something or gain a first one; None where none has a place on the map."""
    lost = Counter(place.id for one in it.lost for place in one.communes)
    gained = Counter(place.id for one in it.gained for place in one.communes)
    places = {place.id: place for one in (*it.lost, *it.gained) for place in one.communes}
    if not any(one.point for one in places.values()):
        return None
    changed = [Changed(one.name, one.point, one.population, lost[id_], gained[id_]) for id_, one in places.items()]
    title = "Communes qui perdent un dernier relais, ou en gagnent un premier"
    return changes_map("relais-perdus", title, first_sentence(it), changed)


async def named_in(rooms: Rooms, found: Planned) -> Named:
    """The names of all that a plan speaks of."""
    known = found.known
    things = {id_: one.name for id_, one in known.services.items()} | {
        id_: one.label for id_, one in known.posts.items()
    }
    async with rooms.graph.reading() as unit:
        for body in sorted(known.bodies):
            things |= {account.id: account.name for _, account in await unit.accounts.members(body)}
    new = created(found.plan)
    names = {id_: one.name for id_, one in new.items()} | {id_: one.name for id_, one in known.bodies.items()}
    return Named(rooms=rooms, names=names, things=things)
