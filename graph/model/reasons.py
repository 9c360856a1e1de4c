"""Why a relay stands where it stands: one sentence a fact, as a worker would say it on the telephone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from graph.model.directory import AgreementKind, Mode, Public
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


def competence(listing: Listing, tie: Tie) -> str:
    """By what right."""
    where = f" {listing.covers_name}" if listing.covers_name else ""
    what = competences()[tie.competence].label
    if listing.agreement:
        agreement = listing.agreement
        since = full_date(agreement.since)
        givers = _and(listing.grantors) or "une autre organisation"
        return f"Agit pour le compte de : {givers} ({AGREEMENT_WORDS[agreement.kind]} en vigueur depuis le {since})"
    match tie.ground:
        case Ground.LAW:
            source = f" ({tie.source})" if tie.source else ""
            return f"Compétence fixée par la loi{where}{source}"
        case Ground.MANDATE:
            return f"Mandaté pour cela{where}" + (f" : {_lower(tie.note)}" if tie.note else "")
        case Ground.FIRST_STEP:
            return first_step(tie)
        case Ground.SPECIALISED:
            return f"Service consacré à : {what}{where}"
        case Ground.GENERAL:
            return f"Peut aider : {what}" + (f" — {_lower(tie.note)}" if tie.note else "")


def first_step(tie: Tie) -> str:
    """The usual first door."""
    return "Première porte à pousser" + (f" : {_lower(tie.note)}" if tie.note else "")


def name() -> str:
    """The words typed are in its name."""
    return "Son nom correspond à votre recherche"


def successor(former: Former) -> str:
    """Found under an old name."""
    return f"Reprend l’activité de « {former.name} » depuis le {full_date(former.on)}"


def elsewhere(listing: Listing) -> str:
    """It does not cover the place asked for."""
    where = f" : intervient {listing.covers_name}" if listing.covers_name else ""
    return f"Hors du territoire demandé{where}"


def part(listing: Listing) -> str:
    """It covers a part of the place asked for: which one."""
    return f"Intervient {listing.covers_name}" if listing.covers_name else ""


def public(meant: Public) -> str:
    """The person is whom it is made for."""
    return f"S’adresse à ce public : {label('public', meant.value).lower()}"


def opening(opening: Opening, at: datetime) -> str:
    """Open until when, or closed until when; nothing when unknown."""
    change = opening.changes_at
    if opening.state is OpeningState.OPEN:
        if change is None or change - at > timedelta(hours=24):
            return "Ouvert 24 h/24" if change is None else "Ouvert maintenant"
        return f"Ouvert jusqu’à {clock(change)}"
    if opening.state is OpeningState.CLOSED and change:
        return f"Fermé, rouvre {_next_day(change, at.astimezone(change.tzinfo).date())} à {clock(change)}"
    return ""


def room(places: int) -> str:
    """Places free, as told in the last thirty days."""
    return "1 place disponible" if places == 1 else f"{places} places disponibles"


def full(until: date | None) -> str:
    """No room."""
    return f"Complet jusqu’au {full_date(until)}" if until else "Complet en ce moment"


def waiting(days: int) -> str:
    """A typical wait."""
    return f"Attente d’environ {_span(days)}"


def answer_time(days: int) -> str:
    """How fast it answers."""
    return "Répond dans la journée" if days <= 0 else f"Répond en {_span(days)}"


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


def mode(asked: Mode) -> str:
    """Received as asked."""
    return "Reçoit à distance" if asked is Mode.A_DISTANCE else "Reçoit sur place"


def full_date(day: date) -> str:
    """ "1er mars 2026"."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def clock(moment: datetime) -> str:
    """ "17 h", "8 h 30", "minuit"."""
    if moment.hour == 0 and moment.minute == 0:
        return "minuit"
    return f"{moment.hour} h" + (f" {moment.minute:02d}" if moment.minute else "")


def _next_day(change: datetime, today: date) -> str:
    ahead = (change.date() - today).days
    if ahead <= 0:
        return "aujourd’hui"
    return "demain" if ahead == 1 else DAYS[change.weekday()]


def _span(days: int) -> str:
    """A length of time as people say it."""
    for size, one, many in ((365, "un an", "ans"), (30, "un mois", "mois"), (7, "une semaine", "semaines")):
        if days >= size * 2 or (days >= size and size != 7):
            count = round(days / size)
            return one if count == 1 else f"{count} {many}"
    return "un jour" if days == 1 else f"{days} jours"


def _and(names: tuple[str, ...]) -> str:
    return " et ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def _lower(sentence: str) -> str:
    """Its first letter small, unless the word is an acronym."""
    head = sentence.split(" ", 1)[0]
    return sentence if head.isupper() and len(head) > 1 else sentence[:1].lower() + sentence[1:]
