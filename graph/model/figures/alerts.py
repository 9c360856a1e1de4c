"""What coordinators are told without asking: where people get stuck, since when, and whether it grows.

An alert tells a figure that may be told (persons only from what is published, FEWEST and more; searches FEWEST and more) and is
there as long as it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from graph.model.errors import InvalidInput


class AlertKind(StrEnum):
    """What was noticed."""

    ZONE_LOST_LAST_RELAY = "zone_lost_last_relay"
    BECAME_DEAD_END = "became_dead_end"
    ANSWERS_SLOWER = "answers_slower"
    TRANSITIONAL_TOO_LONG = "transitional_too_long"
    NEEDS_UNANSWERED = "needs_unanswered"
    STALE_BUT_SOUGHT = "stale_but_sought"
    SEARCHES_EMPTY = "searches_empty"


class Urgency(StrEnum):
    """How soon it asks for something; the order is that of the page."""

    NOW = "now"
    SOON = "soon"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which figure on something is told, how urgent it is, and why just there."""

    urgency: Urgency
    least: int
    why: str


# Each threshold with its reason, as the page shows it.
RULES: Final[Mapping[AlertKind, Rule]] = MappingProxyType(
    {
        AlertKind.ZONE_LOST_LAST_RELAY: Rule(
            Urgency.NOW, 1, "dès la première commune : ses habitants n’ont plus personne vers qui aller"
        ),
        AlertKind.BECAME_DEAD_END: Rule(
            Urgency.NOW,
            11,
            "quand la moitié au moins des réponses d’un trimestre sont des refus ou des silences, marge d’erreur comprise "
            "(intervalle de Wilson à 95 %), ou quand l’organisme est un point d’arrêt de l’année",
        ),
        AlertKind.TRANSITIONAL_TOO_LONG: Rule(
            Urgency.NOW, 11, "à partir de 11 dossiers : en dessous, un nombre pourrait désigner quelqu’un"
        ),
        AlertKind.NEEDS_UNANSWERED: Rule(
            Urgency.SOON, 11, "à partir de 11 besoins : en dessous, un nombre pourrait désigner quelqu’un"
        ),
        AlertKind.ANSWERS_SLOWER: Rule(
            Urgency.SOON,
            11,
            "quand la réponse médiane a doublé à coup sûr d’un trimestre à l’autre, sur 11 réponses au moins à chaque fois",
        ),
        AlertKind.STALE_BUT_SOUGHT: Rule(
            Urgency.SOON,
            33,
            "à partir de 33 recherches en quatre semaines, plus d’une par jour : la fiche sert, et personne ne la tient",
        ),
        AlertKind.SEARCHES_EMPTY: Rule(
            Urgency.WATCH,
            11,
            "à partir de 11 recherches en quatre semaines, comptées de 11 en 11 : moins pourraient être d’une seule personne",
        ),
    }
)
LONGEST_SILENCE: Final = timedelta(days=180)
# How long what is over can be looked up.
HISTORY: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """`figure` is what it is about, in the kind's own unit; `before` the same a period earlier, None where it is hidden or was
    not known; `share` a percentage where the figure is a part of something. `since` is the day it began to be true.

    What it is about: a body, a territory, a competence or a category, a listing ("service:…"); empty where it does not apply.
    `causes` are codes with how many (0: not told), the most first; `places` some communes that it is most about.
    """

    kind: AlertKind
    figure: int
    since: date
    before: int | None = None
    share: int = 0
    organisation: str = ""
    territory: str = ""
    competence: str = ""
    listing: str = ""
    causes: tuple[tuple[str, int], ...] = ()
    places: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What it is about, as one text."""
        return "|".join((self.organisation, self.territory, self.competence, self.listing))

    @property
    def id(self) -> str:
        """One alert for each kind and subject."""
        return f"{self.kind}|{self.subject}"

    @property
    def urgency(self) -> Urgency:
        """By its kind."""
        return RULES[self.kind].urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Someone knows, and does not want to be told until a day (included); why is told to the others."""

    account: str
    reason: str
    until: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An alert that is true, as it was last looked at; `silence` may be over."""

    alert: Alert
    seen: datetime
    silence: Silence | None = None

    def silenced(self, today: date) -> bool:
        """Whether it is kept from the list that day."""
        return self.silence is not None and today <= self.silence.until


@dataclass(frozen=True, slots=True)
class Change:
    """What a pass changes: alerts that are there now, and those that are over."""

    standing: tuple[Standing, ...]
    over: tuple[Standing, ...]


def looked_again(before: Iterable[Standing], found: Iterable[Alert], at: datetime) -> Change:
    """What stands after a look: an alert that goes on keeps its first day and its silence, one that is true no more is over."""
    held = {one.alert.id: one for one in before}
    standing: list[Standing] = []
    for alert in found:
        was = held.pop(alert.id, None)
        if was is None:
            standing.append(Standing(alert=alert, seen=at))
        else:
            goes_on = replace(alert, since=min(alert.since, was.alert.since))
            standing.append(Standing(alert=goes_on, seen=at, silence=was.silence))
    return Change(tuple(standing), tuple(held.values()))


def silence_until(text: date | None, today: date) -> date:
    """The last day of a silence that is asked for. Raises InvalidInput."""
    if text is None:
        raise InvalidInput("Dites jusqu’à quel jour l’alerte se tait. Rien n’a été modifié.", "until")
    if not today <= text <= today + LONGEST_SILENCE:
        raise InvalidInput(
            f"Une alerte se tait jusqu’à {LONGEST_SILENCE.days} jours, à partir d’aujourd’hui. Rien n’a été modifié.",
            "until",
        )
    return text


def in_order(standing: Iterable[Standing]) -> list[Standing]:
    """The most urgent first; of equals those that concern the most, then the oldest."""
    return sorted(standing, key=place)


def place(one: Standing) -> tuple[int, int, int, date, str]:
    """Where it stands in the order."""
    alert = one.alert
    return list(Urgency).index(alert.urgency), list(RULES).index(alert.kind), -alert.figure, alert.since, alert.id
