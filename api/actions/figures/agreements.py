"""Agreements seen by what they changed, exactly, by whoever heads a body on whose behalf they act; and copied, as a simulation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from api.actions.figures.reading import (
    Unit,
    exact,
    may_read_figures,
    must_read_figures,
    quarters,
    tables,
    unit_of,
)
from api.actions.reports.told import row_of
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework.desk_report import beside, month_of
from graph.model.directory import Agreement, Organisation
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.model.figures.copying import Base, Basis, Copy, base, copied, scaled
from graph.model.figures.facts import Facts
from graph.model.figures.impact import Arm, Gauge, Impact, Terms, impact
from graph.model.figures.lattice import Measure, part
from graph.model.figures.of_deliveries import unit_of as given_unit
from graph.model.figures.periods import month_begin
from graph.model.figures.ranges import Range
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import competence

MOST: Final = 500
MONTHS: Final = 12
# Quarters of a year.
YEAR: Final = 4
DAYS_A_MONTH: Final = 30.4
OPERATORS: Final = ("SAMU_SOCIAL_115", "SIAO")
ABSENT: Final = "Cette convention n’existe pas, ou n’existe plus."


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An agreement, the bodies that it names, and its effect where the viewer may know it. `why` says why there is none."""

    agreement: Agreement
    bodies: dict[str, Organisation]
    effect: Impact | None = None
    before: Arm | None = None
    after: Arm | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """A copy to a département: who there would act, and how much of it there would be."""

    territory: Territory
    operators: tuple[Organisation, ...]
    copy: Copy


async def agreements(rooms: Rooms, viewer: Viewer) -> tuple[list[Agreement], dict[str, Organisation]]:
    """Those that hold or held, and the bodies that they name. Raises NotSignedIn, NotAllowed."""
    must_read_figures(viewer)
    async with rooms.graph.reading() as unit:
        found = await unit.directory.agreements(await unit.directory.agreement_ids(MOST))
        bodies = await unit.directory.organisations(
            sorted({id_ for one in found.values() for id_ in (*one.granted_by, one.given_to)})
        )
    seen = [one for one in found.values() if _open_to(viewer, one)]
    return sorted(seen, key=lambda one: (one.label, one.id)), bodies


async def agreement_seen(rooms: Rooms, viewer: Viewer, id_: str, at: datetime) -> Seen:
    """One agreement, with its effect. Raises NotSignedIn, NotAllowed, NotFound."""
    must_read_figures(viewer)
    async with rooms.graph.reading() as unit:
        agreement = (await unit.directory.agreements([id_])).get(id_)
        if agreement is None or not _open_to(viewer, agreement):
            raise NotFound(ABSENT)
        bodies = await unit.directory.organisations([*agreement.granted_by, agreement.given_to])
    seen = Seen(agreement=agreement, bodies=bodies)
    house = await _granter(rooms, viewer, agreement)
    if house is None:
        return replace(
            seen, why="Son effet se lit chez l’organisme pour le compte duquel elle agit, par qui le dirige."
        )
    months = whole_months(agreement, at)
    if not months:
        return replace(seen, why="Elle n’a pas encore un mois entier : son effet ne se mesure pas encore.")
    start = _first_month(agreement)
    after = await _arm(rooms, viewer, agreement, house, start, months)
    # The same months a year before, so that seasons do not count.
    before = await _arm(rooms, viewer, agreement, house, beside(start, -MONTHS), months)
    # Hundreds of draws: others are answered meanwhile.
    effect = await asyncio.to_thread(impact, before, after, terms_of(agreement, house))
    return replace(seen, effect=effect, before=before, after=after)


async def simulated(rooms: Rooms, viewer: Viewer, seen: Seen, departement: str) -> Simulated:
    """The agreement as it would be there. Raises NotSignedIn, NotAllowed, InvalidInput."""
    must_read_figures(viewer)
    territory = rooms.places.get(departement)
    if territory is None or territory.level is not TerritoryLevel.DEPARTEMENT:
        raise InvalidInput("Choisissez un département de la liste.", "departement")
    operators: list[Organisation] = []
    async with rooms.graph.reading() as unit:
        for kind in OPERATORS:
            operators += await unit.directory.page(text="", kind=kind, territory=territory.id, first=MOST)
    here = [place for id_ in seen.agreement.covers if (place := rooms.places.get(id_))]
    base_ = base_of(seen)
    needs = [await _needs(rooms, viewer, seen.agreement, place) for place in here]
    known = sum(one for one in needs if one is not None) if needs and None not in needs else None
    estimates = (
        scaled(Basis.POPULATION, base_.volume, sum(place.population for place in here), territory.population),
        scaled(Basis.NEEDS, base_.volume, known, await _needs(rooms, viewer, seen.agreement, territory)),
    )
    return Simulated(territory=territory, operators=tuple(operators), copy=copied(estimates, base_))


def base_of(seen: Seen) -> Base:
    """Units a month and euros a unit, here: as they were given, else as they were agreed."""
    effects = {one.gauge: one.after for one in seen.effect.effects} if seen.effect else {}
    capacity = seen.agreement.capacity
    agreed = Range(capacity * DAYS_A_MONTH if capacity else None), Range(seen.agreement.unit_price)
    measured = effects.get(Gauge.GIVEN, Range(None)), effects.get(Gauge.UNIT_COST, Range(None))
    return base(measured, agreed)


def whole_months(agreement: Agreement, at: datetime) -> int:
    """For how many whole months it has held, twelve at most."""
    start, last = _first_month(agreement), month_of(at)
    end = min(last, agreement.until.isoformat()[:7]) if agreement.until else last
    return max(0, min(MONTHS, _number(end) - _number(start)))


def terms_of(agreement: Agreement, house: Unit) -> Terms:
    """What of it is measured."""
    return Terms(
        agreement=agreement.id,
        competences=frozenset(agreement.competences),
        unit=given_unit(agreement.unit),
        parties=frozenset(house.ids),
    )


async def _granter(rooms: Rooms, viewer: Viewer, agreement: Agreement) -> Unit | None:
    """The first body on whose behalf it acts whose figures she may read exactly."""
    for id_ in agreement.granted_by:
        try:
            return await unit_of(rooms, viewer, id_)
        except NotAllowed:
            continue
    return None


async def _arm(rooms: Rooms, viewer: Viewer, agreement: Agreement, house: Unit, first: str, months: int) -> Arm:
    """What the house knows of these months: its own handoffs and files, and what was given to those it leads or handed on."""
    begin, end = month_begin(first), month_begin(beside(first, months))
    facts: Facts = await exact(rooms, viewer, begin, end, house.organisation)
    async with rooms.graph.reading() as unit:
        given = await unit.deliveries.by(house.ids, begin, end)
        under = await unit.deliveries.under(agreement.id, begin, end)
    handed = {one.id for one in facts.handoffs if one.sender in house.ids}
    hers = [one for one in under if one.lead in house.ids or one.handoff in handed]
    every = {one.id: one for one in (*given, *hers)}
    return Arm(begin=begin, end=end, facts=replace(facts, deliveries=tuple(every[id_] for id_ in sorted(every))))


async def _needs(rooms: Rooms, viewer: Viewer, agreement: Agreement, territory: Territory) -> int | None:
    """Needs about its competences there, of the last quarters that are published; None where one of them is hidden."""
    if not may_read_figures(viewer):
        return None
    try:
        row = row_of(territory)
    except InvalidInput:
        return None
    at = await quarters(rooms, viewer)
    last = list(at)[-YEAR:]
    found = await tables(rooms, viewer, [(Measure.NEEDS_OPENED, quarter) for quarter in last], row, at)
    columns = [(part("category", competence(id_).category), part("competence", id_)) for id_ in agreement.competences]
    counts = [found[Measure.NEEDS_OPENED, quarter].count(row, column) for quarter in last for column in columns]
    told = [count for count in counts if count is not None]
    return sum(told) if told and len(told) == len(counts) else None


def _open_to(viewer: Viewer, agreement: Agreement) -> bool:
    """A reserved one is known to those who are party to it."""
    return not agreement.reserved or viewer.organisation in {agreement.given_to, *agreement.granted_by}


def _first_month(agreement: Agreement) -> str:
    month = agreement.since.isoformat()[:7]
    return month if agreement.since.day == 1 else beside(month, 1)


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])
