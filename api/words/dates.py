"""Days and moments as people say them in French; the exact date is kept for the hover text and for print."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from graph.model.reasons import DAYS as WEEKDAYS
from graph.model.reasons import MONTHS

DAYS_IN_A_MONTH: Final = 30.44
DAYS_IN_A_YEAR: Final = 365.25
# Below these bounds the finer unit still reads well: "il y a 13 jours", "il y a 8 semaines", "il y a 23 mois".
DAYS_UNTIL_WEEKS: Final = 14
DAYS_UNTIL_MONTHS: Final = 61
DAYS_UNTIL_YEARS: Final = 730

NEAR_DAYS: Final = {-2: "avant-hier", -1: "hier", 0: "aujourd’hui", 1: "demain", 2: "après-demain"}


def clock(at: time) -> str:
    """A time of day: "9 h", "14 h 10"."""
    return f"{at.hour}\u00a0h" + (f"\u00a0{at.minute:02d}" if at.minute else "")


def exact_day(day: date) -> str:
    """A full date: "1er mars 2026"."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}\u00a0{MONTHS[day.month - 1]} {day.year}"


def length(days: int) -> str:
    """A length of time, rounded to the unit that reads best: "13 jours", "3 semaines", "5 mois", "2 ans"."""
    if days < DAYS_UNTIL_WEEKS:
        return f"{days}\u00a0jour" + ("s" if days > 1 else "")
    if days < DAYS_UNTIL_MONTHS:
        return f"{round(days / 7)}\u00a0semaines"
    if days < DAYS_UNTIL_YEARS:
        return f"{round(days / DAYS_IN_A_MONTH)}\u00a0mois"
    return f"{round(days / DAYS_IN_A_YEAR)}\u00a0ans"


def relative_day(day: date, today: date) -> str:
    """A day seen from today: "hier", "il y a 3 semaines", "dans 2 jours"."""
    days = (day - today).days
    if days in NEAR_DAYS:
        return NEAR_DAYS[days]
    return f"dans {length(days)}" if days > 0 else f"il y a {length(-days)}"


def relative_moment(at: datetime, now: datetime) -> str:
    """A moment seen from now, both aware: "hier à 14 h 10"; days beyond the near ones keep their name or their date."""
    local = at.astimezone(now.tzinfo)
    days = (local.date() - now.date()).days
    if days in NEAR_DAYS:
        said = NEAR_DAYS[days]
    elif abs(days) < len(WEEKDAYS):
        said = WEEKDAYS[local.weekday()] + (" dernier" if days < 0 else "")
    else:
        said = f"le {exact_day(local.date())}"
    return f"{said} à {clock(local.time())}"


def today_words(now: datetime) -> str:
    """The moment at which an answer was made: "mardi 24 novembre à 10 h"."""
    number = "1er" if now.day == 1 else str(now.day)
    return f"{WEEKDAYS[now.weekday()]} {number}\u00a0{MONTHS[now.month - 1]} à {clock(now.time())}"
