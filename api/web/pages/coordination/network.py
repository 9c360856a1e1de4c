"""Where do people get stuck?"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from api.actions.figures.flows import BELOW, End, flows, own_flows
from api.actions.figures.reading import network as network_of
from api.actions.figures.told import counted_exactly, own, row_of, told
from api.rooms import Rooms
from api.web.pages.coordination import names
from api.web.pages.coordination.answer import Answer
from api.web.pages.coordination.asked import Wish
from api.web.pictures.bodies import Body, Tie, network_map
from api.web.pictures.svg import plural
from graph.model.access import Viewer
from graph.model.figures.cuts import cuts
from graph.model.figures.dead_ends import Blockage, dead_ends
from graph.model.figures.lattice import WHOLE, Measure
from graph.model.figures.network import bottlenecks, edges

CHOOSE: Final = "Choisissez un département : les organismes ne sont dits que département par département."
MOST_NAMED: Final = 4
WHY: Final = {
    Blockage.SATURATION.value: "saturé",
    Blockage.SILENCE.value: "sans réponse",
    Blockage.MISMATCH.value: "ne convient pas",
}
CAUSES: Final = frozenset(WHY)


async def network(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    assert wish.period is not None
    row = WHOLE if wish.exact else row_of(wish.territory)
    if not wish.exact and BELOW.get(wish.territory.level if wish.territory else None) != "organisation":
        return Answer(CHOOSE)
    marks: defaultdict[str, list[str]] = defaultdict(list)
    if wish.exact:
        facts = await own(rooms, viewer, wish.period)
        found = await own_flows(rooms, viewer, wish.period)
        sent = counted_exactly(facts, Measure.SENT, wish.period)
        for end in dead_ends(facts.handoffs).values():
            marks[end.target] += [cause.value for cause in end.causes]
        for one in bottlenecks(facts.handoffs):
            marks[one.id] += ["bottleneck"] if one.is_one else []
        for id_ in cuts(edges(facts.handoffs)).points:
            marks[id_].append("bridge")
    else:
        found = await flows(rooms, viewer, wish.period, wish.territory)
        sent = await told(rooms, viewer, Measure.SENT, wish.period, row)
        whole = await network_of(rooms, viewer, wish.period.last)
        there = sent.parts(row, WHOLE, "organisation").told
        for body in whole.bodies if whole else ():
            if body.id in there:
                marks[body.id] += ["bottleneck"] * body.bottleneck + ["bridge"] * body.cut
                marks[body.id] += [cause.value for cause in body.dead_end]
    received = sent.parts(row, WHOLE, "organisation")
    ties = [
        Tie(band.source[1], band.target[1], band.count)
        for band in found.bands
        if band.source[0] is End.SENDER and band.target[0] is End.TARGET and band.count
    ]
    ids = {
        *received.told,
        *(id_ for id_, some in marks.items() if some),
        *(id_ for tie in ties for id_ in (tie.source, tie.target)),
    }
    named = await names.bodies(rooms, ids)
    bodies = [Body(id_, named[id_], received.get(id_), tuple(marks[id_])) for id_ in sorted(ids)]
    sentence = _said(wish, bodies)
    drawn = (network_map("reseau", "Les organismes et ce qu’ils se passent", sentence, bodies, ties),) if bodies else ()
    todo = ("Voir combien de temps on attend", f"/coordination/delais?{wish.query()}")
    return Answer(sentence, drawn, (todo,), _notes(wish, ties))


def _said(wish: Wish, bodies: list[Body]) -> str:
    assert wish.period is not None
    period = wish.period.words
    begin = f"{period[0].upper()}{period[1:]}, {wish.where}"
    stuck = sorted((one for one in bodies if CAUSES & set(one.marks)), key=lambda one: (-(one.volume or 0), one.name))
    slow = sorted((one for one in bodies if "bottleneck" in one.marks), key=lambda one: (-(one.volume or 0), one.name))
    if not stuck and not slow:
        return (
            f"{begin}, aucun organisme dont on puisse dire à coup sûr que les demandes s’y arrêtent ou s’y attardent."
        )
    parts = []
    if stuck:
        named = [
            f"{one.name} ({', '.join(WHY[mark] for mark in one.marks if mark in WHY)})" for one in stuck[:MOST_NAMED]
        ]
        parts.append(f"{plural(len(stuck), 'point d’arrêt', 'points d’arrêt')} : {_some(named, len(stuck))}")
    if slow:
        named = [one.name for one in slow[:MOST_NAMED]]
        parts.append(f"{plural(len(slow), 'goulet', 'goulets')} : {_some(named, len(slow))}")
    return f"{begin}, {' ; '.join(parts)}."


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
