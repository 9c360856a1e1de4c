"""Why a relay stands where it stands: one sentence a fact, as a worker would say it on the telephone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from graph.model.directory import Agreement, AgreementKind, Mode, Public, SuccessionKind
from graph.model.relay import Former, Ground, Listing, Opening, OpeningState, Tie
from graph.model.vocabulary import competences, label

MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
AGREEMENT_WORDS: Final = {
    AgreementKind.CONVENTION: "convention",
    AgreementKind.MANDAT_DE_GESTION: "mandat de gestion",
}
SHORT_DISTANCE_KM: Final = 1.0
# Nearer than this, a day is said exactly; as far as that, the month needs its year.
NEAR: Final = timedelta(weeks=3)
NEARLY_A_YEAR: Final = timedelta(days=335)
DAYS_IN_A_WEEK: Final = 7
# Words at the beginning of a note that keep their capital.
PROPER_NAMES: Final = frozenset({"Emmaüs", "Erasmus", "Eurodesk", "France", "Prado"})


def competence(listing: Listing, tie: Tie) -> str:
    """By what right."""
    if listing.agreement:
        return _on_behalf(listing, listing.agreement)
    return _by_right(tie.ground, tie.competence, tie.source, tie.note, listing.covers_name)


# Listings of one kind hold the same texts, and those of one place the same place.
@lru_cache(maxsize=8192)
def _by_right(ground: Ground, competence: str, source: str, note: str, covers_name: str) -> str:
    where = _throughout(covers_name)
    what = _lower(competences()[competence].label)
    match ground:
        case Ground.LAW:
            return f"Compétence fixée par la loi{where}" + (f" ({source})" if source else "")
        case Ground.MANDATE:
            return f"Agit sur mandat{where}" + (f" : {_lower(note)}" if note else "")
        case Ground.FIRST_STEP:
            return "Première porte à pousser" + (f" : {_lower(note)}" if note else "")
        case Ground.SPECIALISED:
            return f"Service spécialisé{where} : {what}"
        case Ground.GENERAL:
            return f"Peut aider : {what}" + (f" — {_lower(note)}" if note else "")


def _on_behalf(listing: Listing, agreement: Agreement) -> str:
    givers = _and(listing.grantors) or "une autre organisation"
    since = full_date(agreement.since)
    return f"Agit pour le compte de : {givers} ({AGREEMENT_WORDS[agreement.kind]} en vigueur depuis le {since})"


@lru_cache(maxsize=4096)
def _throughout(where: str) -> str:
    """ " dans tout le Doubs", " dans toute la région Bretagne": all of it, where its article tells the gender."""
    for part, whole in (("dans le ", "dans tout le "), ("dans la ", "dans toute la ")):
        if where.startswith(part):
            return f" {whole}{where.removeprefix(part)}"
    return f" {where}" if where else ""


def name() -> str:
    """The words typed are in its name."""
    return "Son nom correspond à votre recherche"


def alias(known_as: str) -> str:
    """Found under a name that people use."""
    return f"Autre nom : « {known_as} »"


def successor(former: Former) -> str:
    """Found under an old name."""
    what = "une partie de l’activité" if former.kind is SuccessionKind.SPLIT else "l’activité"
    scope = f" : {former.scope}" if former.scope else ""
    return f"Reprend {what} de « {former.name} » depuis le {full_date(former.on)}{scope}"


def elsewhere(listing: Listing) -> str:
    """It does not cover the place asked for."""
    where = f" : intervient {listing.covers_name}" if listing.covers_name else ""
    return f"Hors du territoire demandé{where}"


def part(listing: Listing) -> str:
    """It covers a part of the place asked for: which one."""
    return f"Intervient {listing.covers_name}" if listing.covers_name else ""


def public(meant: Public) -> str:
    """The person is whom it is made for."""
    return f"S’adresse à ce public : {_lower(label('public', meant.value))}"


def reserved(meant: tuple[Public, ...]) -> str:
    """Made for some, when nobody said whom the question is about."""
    to = "à ce public" if len(meant) == 1 else "à ces publics"
    return f"S’adresse seulement {to} : {', '.join(_lower(label('public', public.value)) for public in meant)}"


def opening(opening: Opening, at: datetime) -> str:
    """Open until when, or closed until when; nothing when unknown."""
    change = opening.changes_at
    if opening.state is OpeningState.UNKNOWN:
        return ""
    if opening.state is OpeningState.OPEN:
        if opening.always:
            return "Ouvert 24 h/24"
        if change is None or change - at > timedelta(hours=24):
            return "Ouvert maintenant"
        return f"Ouvert jusqu’à {clock(change)}"
    if change is None:
        return "Fermé pour plus d’une semaine"
    ahead = (change.date() - at.astimezone(change.tzinfo).date()).days
    return f"{_reopens(ahead, change)} à {clock(change)}"


def _reopens(ahead: int, change: datetime) -> str:
    if ahead <= 0:
        return "Ouvre"
    day = "demain" if ahead == 1 else DAYS[change.weekday()]
    return f"Fermé, rouvre {day}" + (" prochain" if ahead >= DAYS_IN_A_WEEK else "")


def room(places: int) -> str:
    """Places free, as told in the last thirty days."""
    return "1 place disponible" if places == 1 else f"{places} places disponibles"


def full(until: date | None, today: date, *, obliged: bool = False) -> str:
    """No room; `obliged` when the law makes it take the request all the same."""
    said = f"Complet {_until(until, today)}" if until else "Complet en ce moment"
    return f"{said}, mais la loi l’oblige à recevoir la demande : liste d’attente" if obliged else said


def _until(day: date, today: date) -> str:
    """A near day exactly; a far one by its month, with the year where it could be taken for an earlier one."""
    month = MONTHS[day.month - 1]
    if day - today <= NEAR or (day.year, day.month) == (today.year, today.month):
        return f"jusqu’au {'1er' if day.day == 1 else day.day} {month}"
    return f"jusqu’en {month}" + (f" {day.year}" if day - today >= NEARLY_A_YEAR else "")


def agreed(capacity: int, unit: str) -> str:
    """What an agreement lets its receiver take."""
    number = f"{capacity:,}".replace(",", " ")
    return f"Capacité convenue : {number} {unit}".rstrip()


def waiting(days: int) -> str:
    """A typical wait."""
    return f"Attente d’environ {_span(days)}"


@lru_cache(maxsize=512)
def answer_time(days: int) -> str:
    """How fast it answers."""
    return "Répond dans la journée" if days <= 0 else f"Répond en {_span(days)}"


@lru_cache(maxsize=4096)
def freshness(vouched_on: date, age: timedelta) -> str:
    """When someone last vouched for this."""
    if age < timedelta(days=1):
        return "Vérifié aujourd’hui"
    if age < timedelta(days=2):
        return "Vérifié hier"
    if age < timedelta(days=730):
        return f"Vérifié il y a {_span(age.days)}"
    return f"Non vérifié depuis {MONTHS[vouched_on.month - 1]} {vouched_on.year}"


def distance(km: float) -> str:
    """As the crow flies."""
    if km < SHORT_DISTANCE_KM:
        return "À moins d’un kilomètre"
    number = f"{km:.1f}".removesuffix(".0") if km < 10 else f"{km:.0f}"
    return f"À {number.replace('.', ',')} km"


def mode(received: Mode) -> str:
    """Received as asked."""
    return "Reçoit à distance" if received is Mode.A_DISTANCE else "Reçoit sur place"


def full_date(day: date) -> str:
    """ "1er mars 2026"."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def clock(moment: datetime) -> str:
    """ "17 h", "8 h 30", "minuit"."""
    if moment.hour == 0 and moment.minute == 0:
        return "minuit"
    return f"{moment.hour} h" + (f" {moment.minute:02d}" if moment.minute else "")


def _span(days: int) -> str:
    """A length of time as people say it."""
    for size, one, many in ((365, "un an", "ans"), (30, "un mois", "mois"), (7, "une semaine", "semaines")):
        if days >= size * 2 or (days >= size and size != 7):
            count = round(days / size)
            return one if count == 1 else f"{count} {many}"
    return "un jour" if days == 1 else f"{days} jours"


def _and(names: tuple[str, ...]) -> str:
    return " et ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


@lru_cache(maxsize=4096)
def _lower(sentence: str) -> str:
    """Its first letter small, unless the word is an acronym or a proper name."""
    head = re.match(r"[\w-]*", sentence)
    word = head[0] if head else ""
    capital = len(word) > 1 and any(letter.isupper() for letter in word[1:])
    return sentence if capital or word in PROPER_NAMES else sentence[:1].lower() + sentence[1:]
