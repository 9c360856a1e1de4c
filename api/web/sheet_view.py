"""A service or an organisation as its page shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from api.web.listing_view import Desk, Freshness, OpeningWords, desk, freshness, opening_words, source_name
from api.web.network_view import Network, network
from api.web.question import Asked
from api.web.render import sheet_path
from api.words.dates import exact_day
from api.words.hours import HoursWords, hours_in_words
from api.words.listing import Address, Reach, address, capacity_words, reach
from graph.model.directory import (
    Agreement,
    LinkKind,
    Organisation,
    OrganisationSheet,
    Post,
    Service,
)
from graph.model.figures.of_deliveries import without_the_day
from graph.model.reasons import AGREEMENT_WORDS
from graph.model.territory import Territory
from graph.model.vocabulary import competence, label
from search.hours import PARIS

MOST_TERRITORIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What is true of the door of any listing: when, where, how."""

    reach: Reach
    address: Address | None
    hours: HoursWords | None
    hours_written: str
    opening: OpeningWords | None
    freshness: Freshness
    source: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A service in the list of its organisation."""

    name: str
    href: str
    competences: tuple[str, ...]
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An agreement in words: its label, then lines of (term, value)."""

    label: str
    facts: tuple[tuple[str, str], ...]
    freshness: Freshness
    source: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class SuccessionView:
    """What became of a closed body, or what this one took over: words, then (name, address) of each."""

    text: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceView:
    """The page of a service; `matters` are its competences as (label, address of the search for them).

    `gone` once the organisation that offers it is closed, `closed` says since when, `carried_to` who to call instead.
    """

    name: str
    organisation: str
    organisation_href: str
    description: str
    matters: tuple[tuple[str, str], ...]
    publics: tuple[str, ...]
    excludes: tuple[str, ...]
    conditions: str
    fee: str
    modes: tuple[str, ...]
    ease: tuple[str, ...]
    capacity: tuple[str, ...]
    covers: str
    closed: str
    gone: bool
    door: Door
    desks: tuple[Desk, ...]
    successions: tuple[SuccessionView, ...]
    carried_to: tuple[SuccessionView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationView:
    """The page of an organisation; `gone` once it is closed, `closed` says since when, or from when."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    description: str
    closed: str
    gone: bool
    covers: str
    door: Door
    offers: tuple[Offer, ...]
    desks: tuple[Desk, ...]
    agreements: tuple[AgreementView, ...]
    successions: tuple[SuccessionView, ...]
    carried_to: tuple[SuccessionView, ...]
    network: Network | None


def service_view(service: Service, sheet: OrganisationSheet, covered: Iterable[Territory], at: datetime) -> ServiceView:
    """`covered` are the territories of the service, in its order; `at` judges hours, leave and freshness."""
    organisation, today = sheet.organisation, at.astimezone(PARIS).date()
    posts = [p for p in sheet.posts if not p.competences or set(p.competences) & set(service.competences)]
    return ServiceView(
        name=service.name,
        organisation=organisation.name,
        organisation_href=sheet_path("organisme", organisation.id),
        description=service.description,
        matters=tuple((competence(id_).label, Asked(chosen=(id_,)).address()) for id_ in service.competences),
        publics=tuple(label("public", public.value) for public in service.publics),
        excludes=tuple(label("public", public.value) for public in service.excludes),
        conditions=service.conditions,
        fee=service.fee,
        modes=tuple(label("mode", mode.value) for mode in service.modes),
        ease=ease(service),
        capacity=capacity_words(service.capacity, service.answer_days, today),
        covers=covers_words(covered),
        closed=_closed_words(organisation.closed_on, today),
        gone=bool(organisation.closed_on and organisation.closed_on <= today),
        door=_door(service, organisation, at),
        desks=_desks(posts, at),
        successions=_successions(sheet),
        carried_to=_succeeded(sheet, LinkKind.CARRIED_TO, "s’adresser à"),
    )


def organisation_view(sheet: OrganisationSheet, covered: Iterable[Territory], at: datetime) -> OrganisationView:
    """`covered` are the territories of the organisation, in its order."""
    organisation, today = sheet.organisation, at.astimezone(PARIS).date()
    return OrganisationView(
        name=organisation.name,
        kind=label("organisation_kind", organisation.kind),
        aliases=organisation.aliases,
        description=organisation.description,
        closed=_closed_words(organisation.closed_on, today),
        gone=bool(organisation.closed_on and organisation.closed_on <= today),
        covers=covers_words(covered),
        door=_door(organisation, organisation, at),
        offers=tuple(
            Offer(
                service.name,
                sheet_path("service", service.id),
                tuple(competence(id_).label for id_ in service.competences),
                freshness(service.vouched_on, today),
            )
            for service in sheet.services
        ),
        desks=_desks(sheet.posts, at),
        agreements=tuple(_agreement(agreement, today) for agreement in sheet.agreements),
        successions=_successions(sheet),
        carried_to=_succeeded(sheet, LinkKind.CARRIED_TO, "s’adresser à"),
        network=network(sheet, today),
    )


def covers_words(covered: Iterable[Territory]) -> str:
    """ "dans le Doubs", "à Besançon et à Dole", "dans 13 communes et territoires : …"."""
    said = [territory.where() for territory in covered]
    if len(said) <= 1:
        return "".join(said)
    if len(said) <= MOST_TERRITORIES:
        return ", ".join(said[:-1]) + " et " + said[-1]
    return ", ".join(said[:MOST_TERRITORIES]) + f" et dans {len(said) - MOST_TERRITORIES} autres territoires"


def ease(service: Service) -> tuple[str, ...]:
    """What makes it easier to come, when it is known to be so."""
    said = (
        (None if service.fee else service.free, "Gratuit", "Payant"),
        (service.without_residence_condition, "Sans condition de séjour", "Sous condition de séjour régulier"),
        (service.interpreter, "Interprète possible", ""),
        (service.accessible, "Accessible en fauteuil", "Non accessible en fauteuil"),
    )
    return tuple(words for known, yes, no in said if known is not None and (words := yes if known else no))


def _door(subject: Service | Organisation, organisation: Organisation, at: datetime) -> Door:
    hours = subject.hours or organisation.hours
    today = at.astimezone(PARIS).date()
    return Door(
        reach=reach(subject.contact, organisation.contact),
        address=address(subject.place) or address(organisation.place),
        hours=hours_in_words(hours, at),
        hours_written=hours,
        opening=opening_words(hours, at),
        freshness=freshness(subject.vouched_on, today),
        source=source_name(subject.source),
        demonstration=subject.demonstration or organisation.demonstration,
    )


def _desks(posts: Iterable[Post], at: datetime) -> tuple[Desk, ...]:
    """Posts for named matters first, the duty desk last: it answers when no other does."""
    ordered = sorted(posts, key=lambda post: (post.duty_desk, post.label))
    return tuple(
        desk(post, post.holders, at, tuple(competence(id_).label for id_ in post.competences)) for post in ordered
    )


def _agreement(agreement: Agreement, today: date) -> AgreementView:
    kind = AGREEMENT_WORDS[agreement.kind]
    until = f" jusqu’au {exact_day(agreement.until)}" if agreement.until else ""
    facts = [
        ("Nature", f"{kind[0].upper()}{kind[1:]}"),
        ("Durée", f"depuis le {exact_day(agreement.since)}{until}"),
        ("Objet", ", ".join(competence(id_).label for id_ in agreement.competences)),
        ("Publics", ", ".join(label("public", public.value) for public in agreement.publics)),
        ("Capacité", _capacity_a_day(agreement)),
        ("Prix", f"{agreement.unit_price:.2f} € l’unité".replace(".", ",") if agreement.unit_price else ""),
        ("Payeurs", ", ".join(agreement.payers)),
        ("À savoir", agreement.note),
    ]
    return AgreementView(
        agreement.label,
        tuple((term, value) for term, value in facts if value),
        freshness(agreement.vouched_on, today),
        source_name(agreement.source),
        agreement.demonstration,
    )


def _capacity_a_day(agreement: Agreement) -> str:
    if not agreement.capacity:
        return ""
    count = f"{agreement.capacity:,}".replace(",", "\u202f")
    return f"{count} {without_the_day(agreement.unit)} par jour"


def _closed_words(on: date | None, today: date) -> str:
    if on is None:
        return ""
    return f"N’existe plus depuis le {exact_day(on)}." if on <= today else f"Cessera d’exister le {exact_day(on)}."


def _successions(sheet: OrganisationSheet) -> tuple[SuccessionView, ...]:
    """What it was carried to comes first: that is where to call."""
    return (
        *_succeeded(sheet, LinkKind.CARRIED_TO, "s’adresser à"),
        *_succeeded(sheet, LinkKind.TAKES_OVER_FROM, "reprend l’activité de"),
    )


def _succeeded(sheet: OrganisationSheet, kind: LinkKind, verb: str) -> tuple[SuccessionView, ...]:
    """Those of one day and one scope share a sentence."""
    together: dict[str, list[tuple[str, str]]] = {}
    for link in (link for link in sheet.links if link.kind is kind):
        day = f"Depuis le {exact_day(link.on)}" if link.on else "Désormais"
        scope = f" ({link.detail})" if link.detail else ""
        together.setdefault(f"{day}{scope}, {verb}", []).append((link.name, sheet_path("organisme", link.id)))
    return tuple(SuccessionView(text, tuple(links)) for text, links in together.items())
