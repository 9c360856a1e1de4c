"""Alerts as their page shows them: the sentence, the trend, what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import quote, urlencode

from api.actions.figures.alerts import Told
from api.web.counted_address import to_files
from api.web.question import Asked
from api.web.render import sheet_path
from api.words.dates import exact_day
from graph.model.figures.alert_bundles import Bundle, bundled
from graph.model.figures.alert_words import (
    KIND_WORDS,
    URGENCY_WORDS,
    Names,
    bundle_sentence,
    sentence,
    subject_words,
    trend,
    why,
)
from graph.model.figures.alerts import RULES, Alert, AlertKind, Standing, Urgency
from graph.model.figures.periods import Quarter
from graph.model.figures.selecting import Counted, Split
from graph.model.vocabulary import categories

PATH: Final = "/coordination/alertes"
COVERAGE: Final = "/coordination/couverture"
# Of one urgency; the others are a line each.
MOST_SHOWN: Final = 20
PLANS: Final = "/coordination/reorganisations"
PARTS: Final = {"service": "service", "organisation": "organisme"}


@dataclass(frozen=True, slots=True)
class Door:
    """What can be done, and the page on which it is."""

    words: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """One alert; `number` tells its fields from those of the others on the page."""

    id: str
    number: int
    kind: str
    about: str
    sentence: str
    trend: str
    why: str
    since: str
    rule: str
    doors: tuple[Door, ...]
    reason: str = ""
    until: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place in the list: one alert, or several that are told in one sentence, with the page of those alone."""

    alert: AlertView | None = None
    kind: str = ""
    sentence: str = ""
    since: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The alerts of one urgency: `count` in all, the first of them, and the others in a line each (words, page)."""

    words: str
    count: int
    entries: tuple[Entry, ...]
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which alerts are looked at, by its id: one, or those that are told together with one; all, where nothing is said."""

    alert: str = ""
    beside: str = ""

    def __bool__(self) -> bool:
        return bool(self.alert or self.beside)

    def of(self, standing: Sequence[Standing]) -> list[Standing]:
        """Those among all that stand; none where it stands no more."""
        if self.beside:
            together = (one.standing for one in bundled(standing))
            return next((list(some) for some in together if self.beside in {one.alert.id for one in some}), [])
        return [one for one in standing if not self.alert or one.alert.id == self.alert]

    @property
    def href(self) -> str:
        """Their page."""
        said = {"alerte": self.alert, "avec": self.beside}
        return f"{PATH}?{urlencode({name: value for name, value in said.items() if value})}"


def groups(told: Told, wanted: Wanted, own: Quarter | None = None) -> tuple[Group, ...]:
    """What is told today, the most urgent first; an urgency of which there is nothing is left out. Of some that are asked for each
    is told by itself. `own` is the quarter whose files of her own service the viewer may be led to, None where she heads none.
    """
    some = wanted.of(told.standing)
    bundles = [Bundle((one,)) for one in some] if wanted else bundled(some)
    most = None if wanted else MOST_SHOWN
    made: list[Group] = []
    number = 1
    for urgency in Urgency:
        its = [one for one in bundles if one.first.urgency is urgency]
        if its:
            shown = tuple(_entry(one, told.names, at, own) for at, one in enumerate(its[:most], number))
            others = tuple(_line(one, told.names) for one in its[len(shown) :])
            count = sum(len(one.standing) for one in its)
            made.append(Group(words=URGENCY_WORDS[urgency], count=count, entries=shown, others=others))
            number += len(shown)
    return tuple(made)


def _entry(bundle: Bundle, names: Names, number: int, own: Quarter | None) -> Entry:
    if bundle.common is None:
        return Entry(alert=_view(bundle.standing[0], names, number, own))
    return Entry(
        kind=KIND_WORDS[bundle.first.kind],
        sentence=bundle_sentence(bundle, names),
        since=exact_day(min(one.alert.since for one in bundle.standing)),
        href=_those(bundle).href,
    )


def _line(bundle: Bundle, names: Names) -> tuple[str, str]:
    words = bundle_sentence(bundle, names) if bundle.common else sentence(bundle.first, names)
    return f"{KIND_WORDS[bundle.first.kind]} : {words}", _those(bundle).href


def _those(bundle: Bundle) -> Wanted:
    return Wanted(beside=bundle.first.id) if bundle.common else Wanted(alert=bundle.first.id)


def alert_views(
    standing: Iterable[Standing], names: Names, first: int = 1, *, own: Quarter | None = None
) -> tuple[AlertView, ...]:
    """Each of them, in their order."""
    return tuple(_view(one, names, number, own) for number, one in enumerate(standing, first))


def over_views(past: Iterable[tuple[Standing, date]], names: Names) -> tuple[tuple[str, str, str], ...]:
    """What is over: about what, of which kind, from when to when."""
    return tuple(
        (
            subject_words(one.alert, names),
            KIND_WORDS[one.alert.kind],
            f"du {exact_day(one.alert.since)} au {exact_day(closed)}",
        )
        for one, closed in past
    )


def first_sentence(told: Told) -> str:
    """How many ask for something, and how many of them first."""
    count = len(told.standing)
    if not count:
        return "Rien n’appelle votre attention ce matin."
    urgent = sum(one.alert.urgency is Urgency.NOW for one in told.standing)
    alerts = "1 alerte appelle" if count == 1 else f"{count} alertes appellent"
    first = ", aucune à traiter d’abord" if not urgent else f", dont {urgent} à traiter d’abord"
    return f"{alerts} votre attention{first}."


def _view(one: Standing, names: Names, number: int, own: Quarter | None) -> AlertView:
    alert, silence = one.alert, one.silence
    return AlertView(
        id=alert.id,
        number=number,
        kind=KIND_WORDS[alert.kind],
        about=subject_words(alert, names),
        sentence=sentence(alert, names),
        trend=trend(alert),
        why=why(alert),
        since=exact_day(alert.since),
        rule=RULES[alert.kind].why,
        doors=(*own_files(alert, own), *doors(alert, names)),
        reason=silence.reason if silence else "",
        until=exact_day(silence.until) if silence else "",
        by=names.accounts.get(silence.account, "") if silence else "",
    )


def own_files(alert: Alert, quarter: Quarter | None) -> tuple[Door, ...]:
    """The files of her own service that such an alert is about: a part of its figure, which is the network’s."""
    if quarter is None:
        return ()
    match alert.kind:
        case AlertKind.BECAME_DEAD_END | AlertKind.ANSWERS_SLOWER:
            href = to_files(Counted.ANSWERED, quarter, target=alert.organisation)
        case AlertKind.TRANSITIONAL_TOO_LONG:
            href = to_files(Counted.TRANSITIONAL, quarter)
        case AlertKind.NEEDS_UNANSWERED:
            split = Split.CATEGORY if alert.competence in categories() else Split.COMPETENCE
            href = to_files(Counted.UNMET, quarter, **({split.value: alert.competence} if alert.competence else {}))
        case _:
            return ()
    return (Door("Ouvrir les dossiers de mon service", href),)


def doors(alert: Alert, names: Names) -> tuple[Door, ...]:
    """What can be done about it, the most direct first."""
    look = Door("Chercher qui d’autre peut répondre", _search(alert, names))
    plan = Door("Préparer une réorganisation", PLANS)
    cover = Door("Voir la carte de couverture", f"{COVERAGE}?{urlencode(_place(alert))}")
    match alert.kind:
        case AlertKind.ZONE_LOST_LAST_RELAY:
            there = Door("Voir qui agit sur ce territoire", f"/territoires/{quote(alert.territory, safe=':')}")
            return look, there, cover, plan
        case AlertKind.BECAME_DEAD_END | AlertKind.ANSWERS_SLOWER:
            body = sheet_path("organisme", alert.organisation)
            flows = Door("Voir ce qui lui est adressé", "/coordination/parcours")
            return Door("Appeler l’organisme", body), flows, plan
        case AlertKind.TRANSITIONAL_TOO_LONG:
            return Door("Voir les besoins sans relais", COVERAGE), plan
        case AlertKind.NEEDS_UNANSWERED:
            return cover, plan
        case AlertKind.STALE_BUT_SOUGHT:
            kind, _, id_ = alert.listing.partition(":")
            sheet = sheet_path(PARTS[kind], id_)
            return (
                Door("Voir la fiche", sheet),
                Door("Proposer une correction", f"/corriger{sheet}"),
                Door("Voir ce qui attend un modérateur", "/moderation"),
            )
        case AlertKind.SEARCHES_EMPTY:
            return look, cover, Door("Voir ce qui attend un modérateur", "/moderation")


def _search(alert: Alert, names: Names) -> str:
    if not alert.competence:
        return "/"
    there = names.territories.get(alert.territory)
    asked = Asked(chosen=(alert.competence,), place=there.name if there else "", place_id=there.id if there else "")
    return asked.address()


def _place(alert: Alert) -> dict[str, str]:
    named = {"competence": alert.competence, "territoire": alert.territory}
    return {name: value for name, value in named.items() if value}
