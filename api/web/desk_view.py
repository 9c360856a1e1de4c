"""What the pages of the front desk show: a contact in a line, who may follow someone, the month in tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.casework.looking_up import Answer
from api.rooms import Rooms
from api.web.desk_form import said
from api.web.place_words import place_name
from api.words.dates import MONTHS, clock
from api.words.phone import Phone, phone
from graph.model.casework.contact import Contact
from graph.model.casework.desk_report import Report, beside
from graph.model.casework.front_desk import Followed, Request
from graph.model.vocabulary import button, competence, label
from search.hours import PARIS

NO_PLACE: Final = "Commune non précisée"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """A line of the day."""

    id: str
    clock: str
    said: str
    reasons: tuple[str, ...]
    outcome: str
    voided: bool
    danger: bool
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownView:
    """Who may follow someone. `file` is the address of the file, only where it may be read."""

    service: str
    lead: str
    phone: Phone | None
    file: str
    closed: bool
    own: bool
    hit: str


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the report: its title, (words, how many), and the sum where the lines add up to the total."""

    title: str
    lines: tuple[tuple[str, int], ...]
    slug: str


def contact_view(rooms: Rooms, request: Request) -> ContactView:
    """A contact of the day."""
    return ContactView(
        id=request.id,
        clock=clock(request.at.astimezone(PARIS).time()),
        said=" · ".join(said(request.contact, _place(rooms, request.contact))),
        reasons=tuple(competence(reason).label for reason in request.contact.reasons),
        outcome=outcome(request),
        voided=request.voided,
        danger=request.contact.danger,
        file=f"/dossier/{request.file}" if request.file else "",
    )


def outcome(request: Request) -> str:
    """What became of it, in a word."""
    if request.voided:
        return "annulé"
    if request.sequels:
        return label("sequel", request.sequels[-1].sequel).lower()
    if request.contact.at_once:
        return "répondu tout de suite"
    return "sans relais trouvé" if request.unmet else "à suivre"


def known_views(answers: Sequence[Answer], own: str) -> tuple[KnownView, ...]:
    """Those of one's own organisation first."""
    views = [
        KnownView(
            service=answer.known.service,
            lead=answer.known.lead,
            phone=phone(answer.known.phone) if answer.known.phone else None,
            file=f"/dossier/{answer.known.file}" if answer.known.file else "",
            closed=answer.known.closed,
            own=answer.known.organisation == own,
            hit=answer.hit,
        )
        for answer in answers
    ]
    return tuple(sorted(views, key=lambda view: (not view.own, view.closed, view.service)))


def sequel_words(one: Followed, names: dict[str, str]) -> str:
    """What followed, with its relay by name."""
    to = names.get(one.to, "")
    return f"{label('sequel', one.sequel)} : {to}" if to else label("sequel", one.sequel)


def month_words(month: str) -> str:
    """ "mars 2026"."""
    year, _, number = month.partition("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def months_around(month: str, now: datetime) -> tuple[str, str]:
    """The month before, and the one after unless it is to come."""
    after = beside(month, 1)
    return beside(month, -1), after if after <= f"{now.astimezone(PARIS):%Y-%m}" else ""


def tables(rooms: Rooms, found: Report) -> tuple[Table, ...]:
    """The report as tables, in the order in which it is read aloud."""
    work = found.work
    return (
        Table("Par canal", _labelled("channel", found.channels), "canal"),
        Table("Qui a demandé", _labelled("requester", found.requesters), "demandeur"),
        Table("Sexe", _labelled("sex", found.sexes), "sexe"),
        Table("Âge", _labelled("age_band", found.age_bands), "age"),
        Table("Motifs", tuple((competence(id_).label, many) for id_, many in found.reasons), "motif"),
        Table("Communes", tuple((_commune(rooms, id_), many) for id_, many in found.communes), "commune"),
        Table("Suites données", _labelled("sequel", found.sequels), "suite"),
        Table("Sans relais trouvé, par cause", _labelled("cause", found.unmet), "sans_relais"),
        Table(
            "Hors les murs et dans la durée",
            (
                ("Visites", found.home_visits),
                ("Interventions d’urgence", work.emergencies),
                ("Veilles ouvertes dans le mois", work.watches_set),
                ("Nouvelles prises dans le mois", work.looks),
                ("Veilles en cours aujourd’hui", work.watched),
                ("Dossiers ouverts dans le mois", work.opened),
                ("Rendez-vous manqués", work.no_shows),
            ),
            "activite",
        ),
    )


def sentence(found: Report) -> str:
    """The month in a sentence."""
    if not found.total:
        return "Aucun contact noté ce mois-ci."
    share = round(100 * found.at_once / found.total)
    plural = "s" if found.total > 1 else ""
    return (
        f"{found.total} contact{plural} noté{plural}, dont {found.at_once} avec une réponse tout de suite ({share} %)."
    )


def csv_rows(rooms: Rooms, found: Report) -> list[tuple[str, str, str]]:
    """The report as lines: part, item, how many."""
    lines = [("ensemble", "Contacts", str(found.total)), ("ensemble", "Répondu tout de suite", str(found.at_once))]
    lines += [("ensemble", "En danger", str(found.danger)), ("ensemble", "Saisies annulées", str(found.voided))]
    return lines + [(table.slug, words, str(many)) for table in tables(rooms, found) for words, many in table.lines]


def _labelled(family: str, counted: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple((button(family, code) if family == "cause" else label(family, code), many) for code, many in counted)


def _place(rooms: Rooms, contact: Contact) -> str:
    return _commune(rooms, contact.commune) if contact.commune else ""


def _commune(rooms: Rooms, id_: str) -> str:
    if not id_:
        return NO_PLACE
    territory = rooms.places.get(id_)
    return place_name(rooms.places, territory) if territory else id_
