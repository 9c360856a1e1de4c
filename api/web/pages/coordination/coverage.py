"""Where does nobody answer? Communes without a relay for a theme, and how many people live there."""

from __future__ import annotations

from typing import Final

from api.actions.figures.relays_by_commune import Coverage, relays_by_commune
from api.rooms import Rooms
from api.web.pages.coordination.answer import Answer
from api.web.pages.coordination.asked import Wish
from api.web.pictures.places import Town, coverage_map
from api.web.pictures.svg import grouped, plural
from api.web.question import Asked
from api.web.render import now
from graph.model.access import Viewer
from graph.model.territory import Territory
from graph.model.vocabulary import competence

CHOOSE: Final = "Choisissez un thème et un territoire : la carte montre les communes où personne n’y répond."
MOST_SHOWN: Final = 5


async def covered(rooms: Rooms, _: Viewer, wish: Wish) -> Answer:
    """Raises InvalidInput, Unavailable."""
    if not wish.competence or wish.territory is None:
        return Answer(CHOOSE)
    found = await relays_by_commune(rooms, wish.competence, wish.territory, wish.public, now())
    sentence = said(found)
    return Answer(sentence, (_drawn(found, sentence),), _actions(found), _notes(found))


def said(found: Coverage) -> str:
    """The answer in a sentence."""
    theme, where = competence(found.competence).label, found.territory.where()
    begin = where[0].upper() + where[1:]
    if found.cut:
        return f"{begin}, trop de relais répondent pour « {theme} » pour dire où il en manque."
    bare = found.bare
    if not bare:
        return f"{begin}, chaque commune a au moins un relais pour « {theme} »."
    share = round(100 * found.population_bare / found.population) if found.population else 0
    return (
        f"{begin}, {plural(len(bare), 'commune')} sur {grouped(len(found.communes))} sans relais pour « {theme} » : "
        f"{plural(found.population_bare, 'habitant')} ({share} % de la population)."
    )


def _drawn(found: Coverage, sentence: str):
    towns = [
        Town(one.territory.name, one.territory.point, one.territory.population, 1 if found.cut else one.relays)
        for one in found.communes
        if one.territory.point
    ]
    return coverage_map("couverture", f"Communes avec et sans relais {found.territory.where()}", sentence, towns)


def _actions(found: Coverage) -> tuple[tuple[str, str], ...]:
    def search(town: Territory) -> str:
        return Asked().at_place(town.name, town.id).only(found.competence).address()

    there = (f"Voir qui agit {found.territory.where()}", f"/territoires/{found.territory.id}")
    near = tuple(
        (f"Chercher le relais le plus proche de {one.territory.name}", search(one.territory))
        for one in found.bare[:MOST_SHOWN]
    )
    return (*near, there)


def _notes(found: Coverage) -> tuple[str, ...]:
    missing = sum(one.territory.point is None for one in found.communes)
    notes = (
        f"{plural(found.relays, 'relais', 'relais')} {found.territory.where()}, tels que la recherche les trouve maintenant.",
        "Un relais connu n’est pas une place libre.",
    )
    return (*notes, f"{plural(missing, 'commune')} sans position sur la carte.") if missing else notes
