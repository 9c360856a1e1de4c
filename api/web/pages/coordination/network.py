"""Where do people get stuck?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.actions.figures import names
from api.actions.figures.stuck import CHOOSE, STOPS, Sign, stuck
from api.rooms import Rooms
from api.web.pages.coordination.answer import Answer
from api.web.pages.coordination.asked import Wish
from api.web.pictures.bodies import Body, Tie, network_map
from api.web.pictures.svg import plural
from graph.model.access import Viewer

MOST_NAMED: Final = 4
WHY: Final[Mapping[str, str]] = {
    Sign.SATURATION: "saturé",
    Sign.SILENCE: "sans réponse",
    Sign.MISMATCH: "ne convient pas",
}


async def network(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    found = await stuck(rooms, viewer, wish.scope)
    if found is None:
        return Answer(CHOOSE)
    named = await names.bodies(rooms, (one.id for one in found.bodies))
    bodies = [Body(one.id, named[one.id], one.received, one.signs) for one in found.bodies]
    ties = [Tie(one.source, one.target, one.count) for one in found.ties]
    sentence = _said(wish, bodies)
    drawn = (network_map("reseau", "Les organismes et ce qu’ils se passent", sentence, bodies, ties),) if bodies else ()
    todo = ("Voir combien de temps on attend", f"/coordination/delais?{wish.query()}")
    return Answer(sentence, drawn, (todo,), _notes(wish, ties))


def _said(wish: Wish, bodies: list[Body]) -> str:
    ordered = sorted(bodies, key=lambda one: (-(one.volume or 0), one.name))
    stops = [one for one in ordered if STOPS & set(one.marks)]
    slow = [one for one in ordered if Sign.BOTTLENECK in one.marks]
    if not stops and not slow:
        return f"{wish.begin}, aucun organisme dont on puisse dire à coup sûr que les demandes s’y arrêtent ou s’y attardent."
    parts = []
    if stops:
        named = [
            f"{one.name} ({', '.join(WHY[mark] for mark in one.marks if mark in WHY)})" for one in stops[:MOST_NAMED]
        ]
        parts.append(f"{plural(len(stops), 'point d’arrêt', 'points d’arrêt')} : {_some(named, len(stops))}")
    if slow:
        named = [one.name for one in slow[:MOST_NAMED]]
        parts.append(f"{plural(len(slow), 'goulet', 'goulets')} : {_some(named, len(slow))}")
    return f"{wish.begin}, {' ; '.join(parts)}."


def _some(named: list[str], count: int) -> str:
    more = f" et {plural(count - MOST_NAMED, 'autre')}" if count > MOST_NAMED else ""
    return f"{', '.join(named)}{more}"


def _notes(wish: Wish, ties: list[Tie]) -> tuple[str, ...]:
    notes = ["Le dessin montre les organismes qui ont un repère et les plus sollicités ; le tableau les donne tous."]
    if not ties:
        notes.append("Aucun échange entre deux organismes n’est assez grand pour être dit.")
    if not wish.exact:
        notes.append(
            "Les repères portent sur l’année qui finit avec la période : un trimestre est trop court pour mettre quelqu’un en "
            "cause. Un organisme dont trop peu est publié n’en a pas."
        )
    return tuple(notes)
