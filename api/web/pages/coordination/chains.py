"""By which ways do needs go, and which come back?"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from api.actions.figures.reading import network
from api.actions.figures.told import added, own
from api.rooms import Rooms
from api.web.counted_address import to_files
from api.web.pages.coordination import names
from api.web.pages.coordination.answer import Answer, number
from api.web.pages.coordination.asked import SERVICE, Wish
from api.web.pictures.chains import Path
from api.web.pictures.chains import chains as picture
from graph.model.access import Viewer
from graph.model.figures.chains import Chain, bounces, chains
from graph.model.figures.flows import Ending
from graph.model.figures.periods import Period
from graph.model.figures.selecting import ARROW, Counted

MOST: Final = 15
EVERY: Final = 10_000
NONE_TOLD: Final = "aucun chemin de plusieurs organismes n’est suivi par assez de personnes pour être dit"


async def paths(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    assert wish.period is not None
    if not wish.exact:
        return await _published(rooms, viewer, wish, wish.period)
    facts = await own(rooms, viewer, wish.period, wish.category)
    ordered = chains(facts.handoffs, EVERY)
    back = bounces(facts.handoffs)
    named = await names.bodies(rooms, {stop for one in ordered for stop in one.targets})
    found = tuple(
        Path(
            tuple(named[stop] for stop in one.targets),
            one.count,
            names.ending(one.ending),
            _again(one.targets),
            _to(one, wish.period, wish.category),
        )
        for one in ordered[:MOST]
    )
    period = wish.period.words
    handed = number(back.handed, "besoin passé", "besoins passés", "aucun")
    sentence = f"{period[0].upper()}{period[1:]}, {wish.where} : {handed} à un partenaire"
    sentence += f", dont {number(back.count, 'ballotté', 'ballottés')} de l’un à l’autre." if back.count else "."
    drawn = (picture("enchainements", "Les chemins les plus suivis", sentence, found),) if found else ()
    notes = ()
    if len(ordered) > MOST:
        notes = (f"Les {MOST} chemins les plus suivis sur {len(ordered)}.",)
    return Answer(
        sentence, drawn, (("Ouvrir les dossiers de ces besoins", to_files(Counted.WAYS, wish.period)),), notes
    )


async def _published(rooms: Rooms, viewer: Viewer, wish: Wish, period: Period) -> Answer:
    """Of the network as a whole: ways are not told by territory."""
    told = [await network(rooms, viewer, quarter) for quarter in period.quarters]
    counts: defaultdict[tuple[tuple[str, ...], Ending], list[int | None]] = defaultdict(lambda: [None] * len(told))
    for place, one in enumerate(told):
        for chain in one.chains if one else ():
            counts[chain.targets, chain.ending][place] = chain.count
    sums = {key: count for key, found in counts.items() if (count := added(found))}
    ordered = sorted(sums.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    named = await names.bodies(rooms, {stop for (targets, _), _ in ordered for stop in targets})
    found = tuple(
        Path(tuple(named[stop] for stop in targets), count, names.ending(ending), _again(targets))
        for (targets, ending), count in ordered
    )
    begin = f"{period.words[0].upper()}{period.words[1:]}, dans toute la France"
    handed, bounced = added(one.handed for one in told if one), added(one.bounced for one in told if one)
    sentence = f"{begin} : {number(handed, 'besoin passé', 'besoins passés')} à un partenaire"
    sentence += f", dont {number(bounced, 'ballotté', 'ballottés')} de l’un à l’autre" if bounced else ""
    sentence += "." if found else f" ; {NONE_TOLD}."
    drawn = (picture("enchainements", "Les chemins les plus suivis", sentence, found),) if found else ()
    own_ways = ("Voir les chemins de mon service", f"/coordination/enchainements?{wish.query(vue=SERVICE)}")
    notes = (
        "Les chemins d’au moins deux organismes, ceux que trop peu de personnes suivent étant tus ; pour tout le réseau.",
    )
    return Answer(sentence, drawn, (own_ways,) if wish.may_exact else (), notes)


def _to(one: Chain, period: Period, category: str) -> str:
    """The files of a way."""
    by = {"way": ARROW.join(one.targets), "outcome": one.ending.value} | ({"category": category} if category else {})
    return to_files(Counted.WAYS, period, **by)


def _again(targets: tuple[str, ...]) -> frozenset[int]:
    """The places of stops at which the need had been before."""
    return frozenset(number_ for number_, stop in enumerate(targets) if stop in targets[:number_])
