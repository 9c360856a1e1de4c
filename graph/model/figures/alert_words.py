"""Alerts in sentences: what is the case, how it was before, why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from graph.model.casework.contact import Cause
from graph.model.figures.alert_bundles import Bundle, Common
from graph.model.figures.alerts import Alert, AlertKind
from graph.model.figures.dead_ends import Blockage
from graph.model.territory import Territory
from graph.model.vocabulary import categories, competences, label

GONE: Final = "Organisme ou fiche qui n’existe plus"
NO_THEME: Final = "Sans thème reconnu"
NOT_TOLD: Final = "moins de 11, ou masqué"
MOST_NAMED: Final = 3
KIND_WORDS: Final[Mapping[AlertKind, str]] = {
    AlertKind.ZONE_LOST_LAST_RELAY: "Dernier relais perdu",
    AlertKind.BECAME_DEAD_END: "Devenu une impasse",
    AlertKind.ANSWERS_SLOWER: "Réponses deux fois plus lentes",
    AlertKind.TRANSITIONAL_TOO_LONG: "Accompagnements transitoires qui durent",
    AlertKind.NEEDS_UNANSWERED: "Besoins sans réponse",
    AlertKind.STALE_BUT_SOUGHT: "Fiche ancienne très cherchée",
    AlertKind.SEARCHES_EMPTY: "Recherches qui ne trouvent rien",
}
BLOCKED: Final[Mapping[str, str]] = {
    "expired": "sans réponse",
    Blockage.SILENCE: "sans réponse",
    Blockage.SATURATION: "pas de place",
    Blockage.MISMATCH: "ne convient pas",
}
URGENCY_WORDS: Final = {"now": "À traiter d’abord", "soon": "À prévoir", "watch": "À surveiller"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What ids are called: bodies, listings by key, accounts, territories; those that are gone are left out."""

    organisations: Mapping[str, str] = field(default_factory=dict)
    listings: Mapping[str, str] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    territories: Mapping[str, Territory] = field(default_factory=dict)


def subject_words(alert: Alert, names: Names) -> str:
    """Whom or what it is about: a body, a listing, a theme somewhere."""
    if alert.listing:
        return names.listings.get(alert.listing, GONE)
    there = names.territories.get(alert.territory)
    where = there.where() if there else "dans un territoire qui n’est plus sur la carte"
    if alert.organisation:
        return f"{names.organisations.get(alert.organisation, GONE)}, {where}"
    if alert.kind is AlertKind.TRANSITIONAL_TOO_LONG:
        return where[:1].upper() + where[1:]
    return f"{theme(alert)}, {where}"


def theme(alert: Alert) -> str:
    """The competence or category that it is about, by its label."""
    if alert.competence in competences():
        return competences()[alert.competence].label
    return categories().get(alert.competence, NO_THEME)


def sentence(alert: Alert, names: Names) -> str:
    """What is the case, with its figure."""
    about, figure = subject_words(alert, names), thousands(alert.figure)
    match alert.kind:
        case AlertKind.ZONE_LOST_LAST_RELAY:
            return (
                f"{about} : plus aucun relais pour {figure} {_many('habitant', alert.figure)}{_places(alert, names)}."
            )
        case AlertKind.BECAME_DEAD_END if not alert.share:
            return (
                f"{about} : point d’arrêt, sur l’année qui finit avec le trimestre ; {figure} demandes y ont abouti au "
                "trimestre."
            )
        case AlertKind.BECAME_DEAD_END:
            return (
                f"{about} : {alert.share} % au moins des réponses du trimestre sont des refus ou des silences, "
                f"{figure} demandes."
            )
        case AlertKind.ANSWERS_SLOWER:
            return f"{about} : une réponse sur deux demande {figure} jours ou davantage."
        case AlertKind.TRANSITIONAL_TOO_LONG:
            return f"{about} : {figure} dossiers restent en accompagnement transitoire depuis plus de 90 jours."
        case AlertKind.NEEDS_UNANSWERED:
            return f"{about} : {figure} besoins sont restés sans réponse au trimestre."
        case AlertKind.STALE_BUT_SOUGHT:
            return f"{about} : fiche sans confirmation depuis plus de deux ans, montrée {figure} fois au moins en quatre semaines."
        case AlertKind.SEARCHES_EMPTY:
            return f"{about} : {figure} recherches au moins n’ont rien trouvé sur place en quatre semaines{_places(alert, names)}."


def bundle_sentence(bundle: Bundle, names: Names) -> str:
    """What alerts that are told together say, in one sentence."""
    first, many = bundle.first, thousands(len(bundle.standing))
    if bundle.common is Common.TERRITORY:
        there = names.territories.get(first.territory)
        where = there.where() if there else "Dans un territoire qui n’est plus sur la carte"
        told = {
            AlertKind.ZONE_LOST_LAST_RELAY: f"{many} thèmes n’ont plus aucun relais pour une partie des habitants",
            AlertKind.NEEDS_UNANSWERED: f"des besoins sont restés sans réponse au trimestre sur {many} thèmes",
            AlertKind.SEARCHES_EMPTY: f"des recherches n’ont rien trouvé sur place en quatre semaines sur {many} thèmes",
        }[first.kind]
        return (
            f"{where[:1].upper()}{where[1:]} : {told} (surtout {_some(theme(one.alert) for one in bundle.standing)})."
        )
    figure, around = thousands(bundle.figure), f"dans {many} territoires"
    told = {
        AlertKind.ZONE_LOST_LAST_RELAY: f"plus aucun relais pour {figure} habitants, {around}",
        AlertKind.NEEDS_UNANSWERED: f"{figure} besoins sont restés sans réponse au trimestre, {around}",
        AlertKind.SEARCHES_EMPTY: f"{figure} recherches au moins n’ont rien trouvé sur place en quatre semaines, {around}",
    }[first.kind]
    called = (names.territories.get(one.alert.territory) for one in bundle.standing)
    most = _some(there.name for there in called if there)
    return f"{theme(first)} : {told}{f' (surtout {most})' if most else ''}."


def _some(words: Iterable[str]) -> str:
    return ", ".join(islice(words, MOST_NAMED))


def trend(alert: Alert) -> str:
    """How it was before, and how it is now."""
    if alert.kind is AlertKind.ZONE_LOST_LAST_RELAY:
        assert alert.before is not None, "who had no relay already is counted with it"
        everyone = alert.before + alert.figure
        return f"Habitants sans relais : {thousands(alert.before)} → {thousands(everyone)}"
    unit = {
        AlertKind.ANSWERS_SLOWER: "Jours, au trimestre précédent",
        AlertKind.STALE_BUT_SOUGHT: "Les quatre semaines précédentes",
        AlertKind.SEARCHES_EMPTY: "Les quatre semaines précédentes",
    }.get(alert.kind, "Au trimestre précédent")
    if alert.before is None:
        return f"{unit} : {NOT_TOLD}"
    at_most = " au plus" if alert.kind is AlertKind.ANSWERS_SLOWER else ""
    return f"{unit} : {thousands(alert.before)}{at_most} → {thousands(alert.figure)}"


def why(alert: Alert) -> str:
    """Its causes, the most first: "pas de place (20), sans réponse (14)", without a number where that is not told; empty where no
    cause is.
    """
    return ", ".join(_cause(code) + (f" ({thousands(count)})" if count else "") for code, count in alert.causes)


def thousands(number: int) -> str:
    """With a narrow space: "17 000"."""
    return f"{number:,}".replace(",", "\u202f")


def _cause(code: str) -> str:
    if code in BLOCKED:
        return BLOCKED[code]
    family = "cause" if code in set(Cause) else "reason"
    return label(family, code).lower()


def _many(word: str, number: int) -> str:
    return word if number < 2 else f"{word}s"


def _places(alert: Alert, names: Names) -> str:
    told = [names.territories[id_].name for id_ in alert.places if id_ in names.territories]
    return f" (surtout {', '.join(told)})" if told else ""
