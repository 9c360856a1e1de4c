"""Who hands to whom, and what comes of it?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from api.actions.figures import names
from api.actions.figures.flows import Band, End, Flows, flows
from api.rooms import Rooms
from api.web.counted_address import to_files
from api.web.pages.coordination.answer import NOTHING_TOLD, Answer, number, share
from api.web.pages.coordination.asked import Wish
from api.web.pictures import flow as picture
from api.web.pictures.table import Drawn
from graph.model.access import Viewer
from graph.model.figures.flows import Ending
from graph.model.figures.selecting import Counted, Split

# Each outcome has a filling of its own, to be told apart without colour.
FILLINGS: Final[Mapping[str, str]] = {
    Ending.TAKEN: "plain",
    Ending.COMPLETED: "plain",
    Ending.DECLINED: "slant",
    Ending.REDIRECTED: "level",
    Ending.EXPIRED: "cross",
    Ending.WAITING: "dots",
}
HIDDEN_NAMES: Final = {
    "sender": "Expéditeurs masqués",
    "target": "Destinataires masqués",
    "theme": "Besoins masqués",
    "outcome": "Suite masquée",
}
SIDES: Final = {
    End.SENDER: "Qui envoie",
    End.THEME: "Pour quel besoin",
    End.TARGET: "Qui reçoit",
    End.TERRITORY: "Où",
    End.OUTCOME: "Ce qu’il en advient",
}
SPLITS: Final = {
    End.SENDER: Split.SENDER,
    End.THEME: Split.COMPETENCE,
    End.TARGET: Split.TARGET,
    End.OUTCOME: Split.OUTCOME,
}


async def parcours(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    found = await flows(rooms, viewer, wish.scope)
    sentence = said(found, wish)
    drawn = await _drawn(rooms, found, sentence, wish)
    return Answer(
        sentence if drawn else f"{sentence} {NOTHING_TOLD}" if found.sent is None else sentence,
        drawn,
        _actions(found, wish),
        _notes(wish),
    )


def said(found: Flows, wish: Wish) -> str:
    """The answer in a sentence or two."""
    sent = number(found.sent, "demande envoyée", "demandes envoyées")
    first = f"{wish.begin} : {sent}."
    if wish.category or not found.answered:
        return first
    taken, expired = found.outcome(Ending.TAKEN), found.outcome(Ending.EXPIRED)
    rest = f" Sur {number(found.answered, 'réponse ou délai écoulé', 'réponses ou délais écoulés')}"
    told = [
        f"{number(count, 'demande', 'demandes')} {words}{share(count, found.answered)}"
        for count, words in ((taken, "prises en charge"), (expired, "sans réponse"))
        if count != 0
    ]
    return f"{first}{rest}, {' et '.join(told)}." if told else first


async def _drawn(rooms: Rooms, found: Flows, sentence: str, wish: Wish) -> tuple[Drawn, ...]:
    """Bands whose number is hidden have no width: they stand in the table alone."""
    if not found.bands:
        return ()
    ends = [end for band in found.bands for end in (band.source, band.target)]
    bodies = await names.bodies(rooms, (id_ for kind, id_ in ends if kind in {End.SENDER, End.TARGET}))
    columns = _columns(found.bands)
    stops = {_key(end, at): _stop(rooms, bodies, end, at) for end, at in _placed(found.bands, columns)}
    bands = [
        picture.Band(
            _key(band.source, _at(band.source, columns)),
            _key(band.target, _at(band.target, columns)),
            band.count,
            _to(band, wish),
            band.hidden,
        )
        for band in found.bands
    ]
    heads = [SIDES[kind] for kind in columns]
    return (
        picture.flow(
            "parcours",
            "Qui passe le relais à qui, et ce qu’il en advient",
            sentence,
            heads,
            list(stops.values()),
            bands,
            "demandes",
        ),
    )


def _to(band: Band, wish: Wish) -> str:
    """Where a band leads: to its files for who heads the service, else to the counts of the territory that it stands for."""
    ends = dict((band.source, band.target))
    if band.hidden:
        return ""
    if not wish.exact:
        place = ends.get(End.TERRITORY, "")
        return f"/coordination/parcours?{wish.query(territoire=place)}" if place else ""
    by = {SPLITS[end]: value for end, value in ends.items() if end in SPLITS}
    if wish.category and End.THEME not in ends:
        by[Split.CATEGORY] = wish.category
    return to_files(Counted.ANSWERED if End.OUTCOME in ends else Counted.SENT, wish.scope.period, **by)


def _columns(bands: Iterable[Band]) -> list[End]:
    """The sides that there are, from left to right."""
    kinds = {kind for band in bands for kind, _ in (band.source, band.target)}
    hidden = {id_ for band in bands for kind, id_ in (band.source, band.target) if kind is End.HIDDEN}
    kinds |= {End(name) for name in hidden if not (name == "target" and End.TERRITORY in kinds)}
    return [kind for kind in SIDES if kind in kinds]


def _at(end: tuple[End, str], columns: list[End]) -> int:
    kind, id_ = end
    if kind is not End.HIDDEN:
        return columns.index(kind)
    return columns.index(End.TERRITORY if id_ == "target" and End.TERRITORY in columns else End(id_))


def _placed(bands: Iterable[Band], columns: list[End]) -> Iterable[tuple[tuple[End, str], int]]:
    for band in bands:
        for end in (band.source, band.target):
            yield end, _at(end, columns)


def _key(end: tuple[End, str], at: int) -> str:
    return f"{picture.HIDDEN}{at}" if end[0] is End.HIDDEN else f"{at}:{end[1]}"


def _stop(rooms: Rooms, bodies: Mapping[str, str], end: tuple[End, str], at: int) -> picture.Stop:
    kind, id_ = end
    if kind is End.HIDDEN:
        return picture.Stop(_key(end, at), at, HIDDEN_NAMES[id_], "masked")
    if kind in {End.SENDER, End.TARGET}:
        return picture.Stop(_key(end, at), at, bodies[id_])
    if kind is End.THEME:
        return picture.Stop(_key(end, at), at, names.theme(id_))
    if kind is End.TERRITORY:
        return picture.Stop(_key(end, at), at, names.territory(rooms, id_))
    return picture.Stop(_key(end, at), at, names.ending(id_), FILLINGS.get(id_, "bars"))


def _actions(found: Flows, wish: Wish) -> tuple[tuple[str, str], ...]:
    actions = [("Voir combien de temps on attend", f"/coordination/delais?{wish.query()}")]
    if found.outcome(Ending.EXPIRED) != 0 and not wish.category:
        actions.append(("Voir qui ne répond pas", f"/coordination/reseau?{wish.query()}"))
    if wish.exact:
        actions.append(
            ("Ouvrir les dossiers de ces demandes", to_files(Counted.SENT, wish.scope.period, **wish.narrowed))
        )
    return tuple(actions)


def _notes(wish: Wish) -> tuple[str, ...]:
    sent = (
        "Les demandes sont comptées au moment de l’envoi, les réponses au moment où elles viennent : une réponse de la période "
        "peut suivre une demande d’avant."
    )
    if wish.category:
        return (
            sent,
            "Par thème, on dit qui reçoit, et pas ce qu’il en advient : les deux à la fois désigneraient des personnes.",
        )
    return (sent,)
