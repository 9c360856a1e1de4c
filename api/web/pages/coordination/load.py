"""When is there how much to do?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from api.actions.figures.flows import BELOW
from api.actions.figures.reading import unit_of
from api.actions.figures.told import own, row_of, told
from api.rooms import Rooms
from api.web.pages.coordination import names
from api.web.pages.coordination.answer import Answer, number
from api.web.pages.coordination.asked import Wish
from api.web.pictures.grid import Load, grid, said_most
from api.web.pictures.svg import grouped
from graph.model.access import Viewer
from graph.model.figures.lattice import WHOLE, Measure, Node, part
from graph.model.figures.periods import Period
from search.hours import PARIS

DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOST: Final = 20
WORKING: Final = 5
SHORT: Final = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
EVERYBODY: Final = "Tous ensemble"


async def load(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    assert wish.period is not None
    if wish.exact:
        return await _own(rooms, viewer, wish, wish.period)
    row = row_of(wish.territory)
    measured = await told(rooms, viewer, Measure.SENT, wish.period, row)
    split = BELOW.get(wish.territory.level if wish.territory else None, "")
    parts = sorted(measured.parts(row, WHOLE, split).told.items(), key=lambda one: (-one[1], one[0])) if split else []
    named = await _named(rooms, split, [value for value, _ in parts[:MOST]])
    months = [month for quarter in wish.period.quarters for month in quarter.months]
    by_month = {
        at: tuple(_of_month(wish.period, measured.tables, at, month) for month in months)
        for at in (row, *((*row, part(split, value)) for value, _ in parts[:MOST]))
    }
    rows = [(EVERYBODY, by_month[row])]
    rows += [(named[value], by_month[(*row, part(split, value))]) for value, _ in parts[:MOST]]
    found = Load("Demandes reçues", tuple(_month(one) for one in months), tuple(rows))
    sentence = _said(wish, Load(found.corner, found.columns, found.rows[:1]))
    drawn = grid("charge", "Demandes par mois", sentence, found)
    notes = ("Une demande compte au mois de son envoi, chez qui la reçoit.",)
    if len(parts) > MOST:
        notes += (f"Les {MOST} plus chargés sur {grouped(len(parts))}.",)
    return Answer(sentence, (drawn,), (("Voir qui sature", f"/coordination/reseau?{wish.query()}"),), notes)


def _of_month(period: Period, tables: Iterable, at: Node, month: str) -> int | None:
    """A month lies in one quarter: the others have nothing to say of it."""
    for quarter, table in zip(period.quarters, tables, strict=False):
        if month in quarter.months:
            return table.count(at, (part("month", month),))
    return None


async def _named(rooms: Rooms, split: str, values: list[str]) -> Mapping[str, str]:
    if split == "organisation":
        return await names.bodies(rooms, values)
    return {value: names.territory(rooms, value) for value in values}


def _month(month: str) -> str:
    year, _, number_ = month.partition("-")
    return f"{SHORT[int(number_) - 1]} {year}"


def _said(wish: Wish, found: Load) -> str:
    assert wish.period is not None
    period = wish.period.words
    most = said_most(found)
    begin = f"{period[0].upper()}{period[1:]}, {wish.where}"
    if most is None:
        return f"{begin} : rien qui puisse être dit."
    return f"{begin}, le mois le plus chargé est {most[1]} : {number(most[2], 'demande', 'demandes')}."


async def _own(rooms: Rooms, viewer: Viewer, wish: Wish, period: Period) -> Answer:
    """Day by day: contacts at the door and handoffs that came in."""
    facts = await own(rooms, viewer, period, wish.category)
    ids = set((await unit_of(rooms, viewer)).ids)
    came = [one.sent for one in facts.handoffs if one.sent and one.target in ids and one.sender != one.target]
    contacts = [one.at for one in facts.requests]
    drawn = []
    sentences = []
    for name, title, moments in (("contacts", "Contacts à l’accueil", contacts), ("recues", "Demandes reçues", came)):
        found = calendar(moments, period)
        most = said_most(found)
        told_ = f"{grouped(sum(period.begin <= one < period.end for one in moments))} {title.lower()}"
        sentences.append(f"{told_}, au plus {most[2]} un {most[0]} (semaine du {most[1]})" if most else told_)
        drawn.append(grid(name, f"{title}, jour par jour", told_, found))
    begin = period.words
    sentence = f"{begin[0].upper()}{begin[1:]}, {wish.where} : {' ; '.join(sentences)}."
    return Answer(sentence, tuple(drawn), (("Ouvrir mon équipe", "/equipe"),))


def calendar(moments: Iterable[datetime], period: Period) -> Load:
    """Weekdays down, weeks across; days outside of the period are not there. Saturdays and Sundays only where something came."""
    counts = Counter(one.astimezone(PARIS).date() for one in moments if period.begin <= one < period.end)
    first, last = period.begin.astimezone(PARIS).date(), (period.end - timedelta(seconds=1)).astimezone(PARIS).date()
    monday = first - timedelta(days=first.weekday())
    weeks = [monday + timedelta(weeks=n) for n in range((last - monday).days // 7 + 1)]
    days = range(7 if any(day.weekday() >= WORKING for day in counts) else WORKING)
    absent = frozenset(
        (day, across)
        for day in days
        for across, week in enumerate(weeks)
        if not first <= week + timedelta(days=day) <= last
    )
    rows = tuple((DAYS[day], tuple(counts[week + timedelta(days=day)] for week in weeks)) for day in days)
    return Load("Jour", tuple(_week(week) for week in weeks), rows, absent)


def _week(monday: date) -> str:
    return f"{monday.day}/{monday.month}"
