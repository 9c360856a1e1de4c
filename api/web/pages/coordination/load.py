"""When is there how much to do?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final

from api.actions.figures import names
from api.actions.figures.loads import days, first_and_last, months
from api.actions.figures.told import BODIES
from api.rooms import Rooms
from api.web.counted_address import to_files
from api.web.pages.coordination.answer import Answer, number
from api.web.pages.coordination.asked import Wish
from api.web.pictures.grid import Load, grid, said_most
from api.web.pictures.svg import grouped
from graph.model.access import Viewer
from graph.model.casework.clocks import PARIS
from graph.model.figures.periods import Period, Span
from graph.model.figures.selecting import RECEIVED, Counted

DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MOST: Final = 20
WORKING: Final = 5
SHORT: Final = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
EVERYBODY: Final = "Tous ensemble"


async def load(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Raises NotSignedIn, NotAllowed."""
    if wish.exact:
        return await _own(rooms, viewer, wish)
    told = await months(rooms, viewer, wish.scope)
    parts = told.parts[:MOST]
    named = await names.parts(rooms, told.split, [one.id for one in parts])
    columns = tuple(_month(one) for one in told.months)
    whole = (EVERYBODY, told.whole.counts)
    below = told.split not in {"", BODIES}
    to_rows = ("", *(f"/coordination/charge?{wish.query(territoire=one.id)}" if below else "" for one in parts))
    rows = (whole, *((named[one.id], one.counts) for one in parts))
    found = Load("Demandes reçues", columns, rows, to_rows=to_rows)
    sentence = _said(wish, Load(found.corner, columns, (whole,)))
    drawn = grid("charge", "Demandes par mois", sentence, found)
    notes = ("Une demande compte au mois de son envoi, chez qui la reçoit.",)
    if len(told.parts) > MOST:
        notes += (f"Les {MOST} plus chargés sur {grouped(len(told.parts))}.",)
    return Answer(sentence, (drawn,), (("Voir qui sature", f"/coordination/reseau?{wish.query()}"),), notes)


def _month(month: str) -> str:
    year, _, number_ = month.partition("-")
    return f"{SHORT[int(number_) - 1]} {year}"


def _said(wish: Wish, found: Load) -> str:
    most = said_most(found)
    if most is None:
        return f"{wish.begin} : rien qui puisse être dit."
    return f"{wish.begin}, le mois le plus chargé est {most[1]} : {number(most[2], 'demande', 'demandes')}."


async def _own(rooms: Rooms, viewer: Viewer, wish: Wish) -> Answer:
    """Day by day: contacts at the door and handoffs that came in."""
    told = await days(rooms, viewer, wish.scope)
    narrowed = {"direction": RECEIVED} | wish.narrowed

    def to(day: date) -> str:
        begin, end = (datetime.combine(one, time(0), PARIS) for one in (day, day + timedelta(days=1)))
        return to_files(Counted.SENT, Span(begin, end), **narrowed)

    drawn = []
    sentences = []
    for name, title, counts, words in (
        ("contacts", "Contacts à l’accueil", told.contacts, ("contact à l’accueil", "contacts à l’accueil", "aucun")),
        ("recues", "Demandes reçues", told.received, ("demande reçue", "demandes reçues", "aucune")),
    ):
        found = calendar(counts, wish.scope.period, to if name == "recues" else None)
        most = said_most(found)
        said = number(counts.total(), *words)
        sentences.append(f"{said}, au plus {most[2]} un {most[0]} (semaine du {most[1]})" if most else said)
        # Of nothing there is no picture: the sentence says it.
        drawn += [grid(name, f"{title}, jour par jour", said, found)] if most else []
    return Answer(f"{wish.begin} : {' ; '.join(sentences)}.", tuple(drawn), (("Ouvrir mon équipe", "/equipe"),))


def calendar(counts: Counter[date], period: Period, to: Callable[[date], str] | None = None) -> Load:
    """Weekdays down, weeks across; days outside of the period are not there. Saturdays and Sundays only where something came. `to`
    gives the address of what came on a day.
    """
    first, last = first_and_last(period)
    monday = first - timedelta(days=first.weekday())
    weeks = [monday + timedelta(weeks=n) for n in range((last - monday).days // 7 + 1)]
    down = range(7 if any(day.weekday() >= WORKING for day in counts) else WORKING)
    absent = frozenset(
        (day, across)
        for day in down
        for across, week in enumerate(weeks)
        if not first <= week + timedelta(days=day) <= last
    )
    rows = tuple((DAYS[day], tuple(counts[week + timedelta(days=day)] for week in weeks)) for day in down)
    cells = {(day, across): week + timedelta(days=day) for day in down for across, week in enumerate(weeks)}
    leads = {cell: to(day) for cell, day in cells.items() if counts[day]} if to else {}
    return Load("Jour", tuple(_week(week) for week in weeks), rows, absent, leads)


def _week(monday: date) -> str:
    return f"{monday.day}/{monday.month}"
