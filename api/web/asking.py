"""From what an address asks to the question that the search answers: the same on every page."""

from __future__ import annotations

from typing import Final

from api.actions.find_relay import AROUND_KM, Ask
from api.rooms import Rooms
from api.web.place_words import Located, locate
from api.web.question import Asked

NO_TOWN_HERE: Final = "Aucune commune de France n’est près de votre position. Donnez le nom d’une commune."


def located(rooms: Rooms, asked: Asked) -> Located:
    """The place asked about. One written in the problem comes before where the asker stands, as the search has it."""
    if asked.here is None:
        return locate(rooms.places, asked.place, asked.place_id)
    around = rooms.places.nearest(asked.here, AROUND_KM)
    named = rooms.places.find_in_phrase(asked.text)
    if named and named[0] != around:
        return Located(named[0])
    return Located(around, around=True) if around else Located(unknown=NO_TOWN_HERE)


def ask_of(asked: Asked, where: Located) -> Ask:
    """The question for find_relay; beside a point, the search itself finds the place that `where` tells."""
    return Ask(
        text=asked.text,
        competences=asked.chosen,
        refused=asked.refused,
        territory=where.territory.id if where.territory and asked.here is None else "",
        near=asked.here,
        publics=asked.publics,
        modes=asked.modes,
        urgent=asked.urgent,
        narrowing=asked.narrowing,
    )
