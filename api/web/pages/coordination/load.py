"""When is there how much to do?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from api.actions.figures.flows import BELOW
from api.actions.figures.reading import unit_of
from api.actions.figures.told import own, row_of, told
from api.rooms import Rooms
from api.web.counted_address import to_files
from api.web.pages.coordination import names
from api.web.pages.coordination.answer import Answer, number
from api.web.pages.coordination.asked import Wish
from api.web.pictures.grid import Load, grid, said_most
from api.web.pictures.svg import grouped
from graph.model.access import Viewer
from graph.model.figures.facts import HandoffFact
from graph.model.figures.lattice import WHOLE, Measure, Node, part
from graph.model.figures.periods import Period, Span
from graph.model.figures.selecting import RECEIVED, Chosen, Counted, Split, counting
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
    below = split not in {"", "organisation"}
    to_rows = [
        "",
        *(f"/coordination/charge?{wish.query(territoire=value)}" if below else "" for value, _ in parts[:MOST]),
    ]
    found = Load("Demandes reçues", tuple(map(_month, months)), tuple(rows), to_rows=tuple(to_rows))
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
    ids = (await unit_of(rooms, viewer)).ids
    asked = Chosen(counted=Counted.SENT, span=Span(period.begin, period.end), by={Split.DIRECTION: RECEIVED})
    came = [one.sent for one in counting(facts, asked, ids) if isinstance(one, HandoffFact) and one.sent]
    contacts = [one.at for one in facts.requests]
    narrowed = {"direction": RECEIVED} | ({"category": wish.category} if wish.category else {})

    def to(day: date) -> str:
        begin, end = (datetime.combine(one, time(0), PARIS) for one in (day, day + timedelta(days=1)))
        return to_files(Counted.SENT, Span(begin, end), **narrowed)

    drawn = []
    sentences = []
    for name, title, moments, words in (
        ("contacts", "Contacts à l’accueil", contacts, ("contact à l’accueil", "contacts à l’accueil", "aucun")),
        ("recues", "Demandes reçues", came, ("demande reçue", "demandes reçues", "aucune")),
    ):
        found = calendar(moments, period, to if name == "recues" else None)
        most = said_most(found)
        told_ = number(sum(period.begin <= one < period.end for one in moments), *words)
        sentences.append(f"{told_}, au plus {most[2]} un {most[0]} (semaine du {most[1]})" if most else told_)
        # Of nothing there is no picture: the sentence says it.
        drawn += [grid(name, f"{title}, jour par jour", told_, found)] if most else []
    begin = period.words
    sentence = f"{begin[0].upper()}{begin[1:]}, {wish.where} : {' ; '.join(sentences)}."
    return Answer(sentence, tuple(drawn), (("Ouvrir mon équipe", "/equipe"),))


def calendar(moments: Iterable[datetime], period: Period, to: Callable[[date], str] | None = None) -> Load:
    """Weekdays down, weeks across; days outside of the period are not there. Saturdays and Sundays only where something came. `to`
    gives the address of what came on a day.
    """
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
    cells = {(day, across): week + timedelta(days=day) for day in days for across, week in enumerate(weeks)}
    leads = {cell: to(day) for cell, day in cells.items() if counts[day]} if to else {}
    return Load("Jour", tuple(_week(week) for week in weeks), rows, absent, leads)


def _week(monday: date) -> str:
    return f"{monday.day}/{monday.month}"
