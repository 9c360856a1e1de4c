"""The morning's look at the network: what is true of it today that coordinators are to be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from api.actions.figures.texts import network_of, table_of
from graph.model.figures.alerts import Alert, looked_again
from graph.model.figures.dead_ends import Blockage
from graph.model.figures.lattice import WHOLE, Measure, Published, split_of
from graph.model.figures.noticing import departement_of, searches_empty, stale_but_sought, zones_lost
from graph.model.figures.noticing_quarters import Told, noticed
from graph.model.figures.periods import Quarter
from graph.model.figures.searched import WINDOW, Met, SearchCount, window_of
from graph.model.figures.uncovered import Uncovered, looked_at, uncovered
from graph.model.territory import COUNTRY, Territory, TerritoryLevel
from graph.model.vocabulary import competences
from graph.model.weights import STALE_AFTER
from graph.store.unit import Graph, Unit
from search.backend import Index
from search.hours import PARIS
from search.places import Gazetteer

# A morning's reading waits for nobody.
READING_SECONDS: Final = 60.0
DEPARTEMENT: Final = f"{TerritoryLevel.DEPARTEMENT}:"
# How long a body leads nowhere is told up to a year.
MOST_QUARTERS: Final = 4
# Levels whose parts are looked into: the whole, regions, départements.
DEPTHS: Final = ("", "region", "departement")
LEAVES: Final = (TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT)


async def look(graph: Graph, index: Index, at: datetime) -> int:
    """Compare what is true now with what was told: new alerts open, those that are true no more are over. How many changed.

    Raises Unavailable when graph or index do not answer: nothing is over then.
    """
    today = at.astimezone(PARIS).date()
    places = _all(index.places)
    async with graph.reading(READING_SECONDS) as unit:
        counts = await unit.searched.since(window_of(today)[0] - WINDOW)
    found: list[Alert] = [
        *noticed(await _quarters(graph)),
        *zones_lost(await _cover(graph, index.places, today), places),
        *stale_but_sought(counts, await _still_stale(index, counts, today), today),
        *searches_empty(counts, places, today),
    ]

    async def act(unit: Unit) -> int:
        before = await unit.alerts.standing()
        change = looked_again(before, found, at)
        await unit.alerts.put(change.standing)
        await unit.alerts.over(change.over, at)
        return len({one.alert.id for one in change.standing} - {one.alert.id for one in before}) + len(change.over)

    return await graph.write(act)


async def _quarters(graph: Graph) -> list[Told]:
    """The last published quarters, one after the other."""
    async with graph.reading(READING_SECONDS) as unit:
        held = sorted(await unit.figures.quarters())[-MOST_QUARTERS:]
        return [
            Told(
                quarter,
                await _whole(unit, quarter, Measure.ANSWERED),
                await _whole(unit, quarter, Measure.UNMET),
                await _whole(unit, quarter, Measure.TRANSITIONAL),
                await _dead_ends(unit, quarter),
            )
            for quarter in held
        ]


async def _whole(unit: Unit, quarter: Quarter, measure: Measure) -> Published:
    """All rows of a table, down to the bodies and communities of communes of each département."""
    texts = await unit.figures.rows(quarter, measure, [WHOLE])
    rows = [WHOLE]
    for _ in DEPTHS:
        below = [await unit.figures.below(quarter, measure, row) for row in rows]
        rows = [row for some in below for row in some if split_of(row) in DEPTHS]
        for some in below:
            texts |= some
    return table_of(texts)


async def _dead_ends(unit: Unit, quarter: Quarter) -> dict[str, tuple[Blockage, ...]]:
    told = network_of(await unit.figures.network(quarter))
    return {body.id: body.dead_end for body in told.bodies if body.dead_end} if told else {}


async def _cover(graph: Graph, places: Gazetteer, today: date) -> list[Uncovered]:
    """Where nobody is competent in the départements of the network, compared with the morning before, and kept for the next."""
    async with graph.reading(READING_SECONDS) as unit:
        held = await unit.alerts.uncovered()
        acted_in = await unit.covering.members()
    departements = sorted(
        {there for id_ in acted_in if (there := departement_of(places.get(id_))).startswith(DEPARTEMENT)}
    )
    found: list[Uncovered] = []
    # Regions and the country are around many départements, and are read with the first of them.
    covered: defaultdict[str, set[str]] = defaultdict(set)
    asked: set[str] = set()
    for departement in departements:
        communes = [one for one in places.within(departement) if one.level in LEAVES and not places.is_divided(one.id)]
        zones = {zone for commune in communes for zone in commune.zones} - asked
        async with graph.reading(READING_SECONDS) as unit:
            for id_, there in (await unit.covering.of(sorted(zones), today)).items():
                covered[id_] |= there
        asked |= zones
        now = [
            looked_at(held.get(one.id), one, today)
            for id_ in competences()
            for one in [_uncovered(departement, id_, communes, covered)]
        ]
        changed = [one for one in now if held.get(one.id) != one]
        await graph.write(lambda unit, changed=changed: unit.alerts.put_uncovered(changed))
        found += now
    if gone := held.keys() - {one.id for one in found}:
        await graph.write(lambda unit: unit.alerts.drop_uncovered(gone))
    return found


def _uncovered(
    departement: str, competence: str, communes: list[Territory], covered: Mapping[str, set[str]]
) -> Uncovered:
    without = uncovered(communes, covered.get(competence, set()))
    return Uncovered(departement=departement, competence=competence, communes=without)


async def _still_stale(index: Index, counts: list[SearchCount], today: date) -> set[str]:
    keys = sorted({one.listing for one in counts if one.met is Met.STALE})
    return {
        listing.key
        for listing in await index.known(keys)
        if today - (listing.service or listing.organisation).vouched_on >= STALE_AFTER
    }


def _all(places: Gazetteer) -> dict[str, Territory]:
    found = {one.id: one for one in places.within(COUNTRY)}
    country = places.get(COUNTRY)
    return found | ({COUNTRY: country} if country else {})
