"""By which ways do needs go, and which come back?"""

from __future__ import annotations

from typing import Final

from api.actions.figures import names
from api.actions.figures.ways import Ways, ways
from api.rooms import Rooms
from api.web.counted_address import to_files
from api.web.pages.coordination.answer import Answer, number
from api.web.pages.coordination.asked import SERVICE, Wish
from api.web.pictures.chains import Path
from api.web.pictures.chains import chains as picture
from graph.model.access import Viewer
from graph.model.figures.chains import Chain
from graph.model.figures.selecting import ARROW, Counted

MOST: Final = 15
NONE_TOLD: Final = "aucun chemin de plusieurs organismes n’est suivi par assez de personnes pour être dit"


async def paths(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    found = await ways(rooms, viewer, wish.scope)
    shown = found.chains[:MOST]
    named = await names.bodies(rooms, {stop for one in shown for stop in one.targets})
    drawn_ = tuple(
        Path(
            tuple(named[stop] for stop in one.targets),
            one.count,
            names.ending(one.ending),
            _again(one.targets),
            _to(one, wish) if wish.exact else "",
        )
        for one in shown
    )
    sentence = _said(found, wish)
    drawn = (picture("enchainements", "Les chemins les plus suivis", sentence, drawn_),) if drawn_ else ()
    return Answer(sentence, drawn, _actions(wish), _notes(found, wish))


def _said(found: Ways, wish: Wish) -> str:
    period = wish.scope.period.words
    begin = wish.begin if wish.exact else f"{period[0].upper()}{period[1:]}, dans toute la France"
    sentence = f"{begin} : {number(found.handed, 'besoin passé', 'besoins passés', 'aucun')} à un partenaire"
    if found.bounced:
        sentence += f", dont {number(found.bounced, 'ballotté', 'ballottés')} de l’un à l’autre"
    return f"{sentence}." if found.chains or wish.exact else f"{sentence} ; {NONE_TOLD}."


def _actions(wish: Wish) -> tuple[tuple[str, str], ...]:
    if wish.exact:
        return (("Ouvrir les dossiers de ces besoins", to_files(Counted.WAYS, wish.scope.period, **wish.narrowed)),)
    own_ways = ("Voir les chemins de mon service", f"/coordination/enchainements?{wish.query(vue=SERVICE)}")
    return (own_ways,) if wish.may_exact else ()


def _notes(found: Ways, wish: Wish) -> tuple[str, ...]:
    if not wish.exact:
        return (
            "Les chemins d’au moins deux organismes, ceux que trop peu de personnes suivent étant tus ; pour tout le réseau.",
        )
    return (f"Les {MOST} chemins les plus suivis sur {len(found.chains)}.",) if len(found.chains) > MOST else ()


def _to(one: Chain, wish: Wish) -> str:
    """The files of a way."""
    by = {"way": ARROW.join(one.targets), "outcome": one.ending.value}
    return to_files(Counted.WAYS, wish.scope.period, **by, **wish.narrowed)


def _again(targets: tuple[str, ...]) -> frozenset[int]:
    """The places of stops at which the need had been before."""
    return frozenset(number_ for number_, stop in enumerate(targets) if stop in targets[:number_])
