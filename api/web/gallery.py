"""What the gallery shows: each component in each state, on examples made for it. Nothing here is in the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from api.web.answer import MapView
from api.web.filters_view import Picked, filters_view
from api.web.gallery_gather import gathered
from api.web.gallery_pictures import pictures
from api.web.listing_view import OpeningWords, Signal, freshness
from api.web.network_view import network
from api.web.question import Asked
from api.web.relay_view import relay_views
from api.web.sheet_view import organisation_view, service_view
from api.web.voices_view import voices_view
from api.words.phone import phone
from graph.model import reasons
from graph.model.directory import (
    Agreement,
    AgreementKind,
    Capacity,
    Contact,
    Holder,
    HolderRole,
    Link,
    LinkKind,
    Mode,
    Organisation,
    OrganisationSheet,
    Place,
    Post,
    Public,
    Service,
    SuccessionKind,
)
from graph.model.facts import Grade
from graph.model.listing import Claim, split
from graph.model.narrowing import Narrowing
from graph.model.relay import Facets, Former, Found, Ground, Listing, Question, Reason, ReasonKind, Relay, Tie
from graph.model.territory import Point, Territory, TerritoryLevel
from graph.model.weights import FRESH_FOR, FULL, GRADE_WEIGHTS, STALE_AFTER

EVICTION: Final = "logement-hebergement--prevenir-une-expulsion"
SHELTER: Final = "logement-hebergement--mise-a-labri-urgence"
DOUBS: Final = Territory(
    id="departement:25", name="Doubs", level=TerritoryLevel.DEPARTEMENT, zones=("departement:25",), article="le"
)
WEEK: Final = "Mo-Th 09:00-12:00,13:30-17:00; Fr 09:00-12:00; PH off"
COLOURS: Final = (
    "ground", "surface", "ink", "ink-soft", "rule", "edge", "accent", "wash", "fresh", "fading", "stale", "urgent",
)  # fmt: skip


def gallery(now: datetime) -> dict[str, object]:
    """The context of the gallery page."""
    today = now.date()
    found = Found(question=Question(at=now, competences=(EVICTION,)), relays=tuple(_relays(now)), total=4)
    sheet = _sheet(today)
    return {
        "colours": COLOURS,
        "signals": tuple(freshness(day, today) for day in (today, today - FRESH_FOR * 2, today - STALE_AFTER * 2)),
        "urgent": Signal.URGENT,
        "openings": (OpeningWords("Ouvert jusqu’à 17 h", True), OpeningWords("Fermé, rouvre demain à 9 h", False)),
        "phones": tuple(phone(text) for text in ("+33 3 99 00 12 34", "115", "3919")),
        "asked": Asked(text="impayés de loyer", place="Besncon", publics=(Public.FAMILLES,), urgent=True),
        "publics": ((Public.FAMILLES.value, "Familles"), (Public.SENIORS.value, "Personnes âgées")),
        "chips": (
            {"label": "Prévenir une expulsion locative", "because": "« impayés de loyer »", "away": "#"},
            {"label": "Gestion d’un budget", "because": "« impayés »", "away": "#"},
        ),
        "more": (("Demande de logement social", "#"), ("Logement indigne, dégradé ou dangereux", "#")),
        "relays": relay_views(found),
        "filters": filters_view(_narrowed(), _facets()),
        "instead": (Picked("A de la place", "#g-messages", 4), Picked("CAF", "#g-messages", 2)),
        "map": MapView(lat=47.238, lon=6.024, name="Besançon", tiles="", attribution=""),
        "danger_numbers": ("115", "17", "3919"),
        "network": network(sheet, today),
        "service": service_view(sheet.services[0], sheet, (DOUBS,), now),
        "organisation": organisation_view(sheet, (DOUBS,), now),
        "voices": voices_view(Organisation, _claims(sheet.organisation), lambda id_: DOUBS, now),
        "closed": organisation_view(_closed(today), (), now),
        "pictures": pictures(),
        **gathered(found.relays, sheet, found.question),
    }


def _narrowed() -> Asked:
    """Two filters chosen, one of which leaves nothing together with the other."""
    return Asked(text="impayés de loyer", narrowing=Narrowing(kinds=("CCAS",), has_room=True))


def _facets() -> Facets:
    return Facets(
        publics=tuple((public, 9 - n if n < 9 else 0) for n, public in enumerate(Public)),
        modes=((Mode.EN_PRESENTIEL, 12), (Mode.A_DISTANCE, 3)),
        kinds=(("CCAS", 2), ("CAF", 1), ("ADIL", 1)),
        open_now=4,
        fresh=11,
        interpreter=2,
        free=12,
    )


def _claims(body: Organisation) -> tuple[Claim, ...]:
    """Another source, older, that does not agree."""
    old = replace(body, source="Autre exemple", vouched_on=date(2019, 6, 1), hours="", contact=Contact(phone="115"))
    return (*split(body), *split(old))


def _organisation(name: str, kind: str, vouched_on: date, **more: object) -> Organisation:
    known = {"id": f"gallery:{kind.lower()}", "source": "Exemple", "hours": WEEK, "demonstration": True} | more
    return Organisation(name=name, kind=kind, vouched_on=vouched_on, **known)  # pyright: ignore[reportArgumentType]


def _service(today: date) -> Service:
    return Service(
        id="gallery:service",
        name="Permanence prévention des expulsions",
        organisation="gallery:ccas",
        competences=(EVICTION, "logement-hebergement--habitat-indigne"),
        covers=(DOUBS.id,),
        source="Exemple",
        vouched_on=today - timedelta(days=21),
        description="Un premier entretien pour faire le point, lire le commandement de payer, écrire au bailleur et "
        "demander une aide. Le service accompagne à l’audience si la personne le souhaite.",
        conditions="Habiter la commune. Venir avec le bail, les trois dernières quittances et tout courrier reçu.",
        fee="Gratuit",
        publics=(Public.FAMILLES, Public.SENIORS),
        excludes=(Public.ETUDIANTS,),
        modes=(Mode.EN_PRESENTIEL, Mode.A_DISTANCE),
        place=Place(
            address="12 rue de l’Exemple",
            postcode="25000",
            city="Besançon",
            territory="25056",
            point=Point(47.243, 6.018),
        ),
        contact=Contact(phone="03 99 00 12 34", email="permanence@example.org", url="https://example.org/permanence"),
        hours="Mo-Fr 09:00-12:00; We 14:00-17:00; PH off",
        capacity=Capacity(vouched_on=today - timedelta(days=3), places_free=4, waiting_days=10),
        answer_days=2,
        without_residence_condition=True,
        interpreter=True,
        accessible=True,
        free=True,
        demonstration=True,
    )


def _post(today: date) -> Post:
    return Post(
        id="gallery:post",
        label="Accueil logement",
        organisation="gallery:ccas",
        competences=(EVICTION,),
        contact=Contact(phone="03 99 00 12 35"),
        hours=WEEK,
        holders=(
            Holder(
                professional="gallery:1",
                name="Titulaire d’exemple",
                function="conseillère sociale",
                leave_from=today - timedelta(days=2),
                leave_until=today + timedelta(days=9),
            ),
            Holder(
                professional="gallery:2",
                name="Remplaçante d’exemple",
                function="travailleuse sociale",
                role=HolderRole.SUBSTITUTE,
            ),
        ),
        demonstration=True,
    )


def _relays(now: datetime) -> Iterator[Relay]:
    """A full row; a full house that the law keeps in the list; an agreement; a successor without contact."""
    today = now.date()
    post, service = _post(today), _service(today)
    ccas = _organisation("CCAS d’exemple", "CCAS", today - timedelta(days=21), contact=Contact(phone="03 99 00 12 30"))
    tie = Tie(EVICTION, Ground.LAW, "CASF L.123-5", "aide facultative et accès aux droits")
    law = Reason(ReasonKind.LAW, "Compétence fixée par la loi à Besançon (CASF L.123-5)", GRADE_WEIGHTS[Grade.LAW])
    fresh = Reason(ReasonKind.FRESHNESS, reasons.freshness(service.vouched_on, timedelta(days=21)), 4)
    near = Reason(ReasonKind.DISTANCE, "À 1,2 km", -0.3)
    listing = Listing(
        key="service:1", organisation=ccas, service=service, ties=(tie,), covers_name="à Besançon", posts=(post,)
    )
    rows = (law, Reason(ReasonKind.ANSWER_TIME, "Répond en 2 jours", 3), fresh, near)
    yield Relay(listing=listing, score=96, reasons=rows, post=post, distance_km=1.2)

    old = _organisation("Mission locale d’exemple", "MISSION_LOCALE", today - FRESH_FOR * 2)
    full = Reason(ReasonKind.CAPACITY, reasons.full(today + timedelta(days=30), today, obliged=True), FULL)
    obliged = Listing(key="organisation:2", organisation=old, ties=(tie,), covers_name="dans le Doubs")
    yield Relay(listing=obliged, score=40, reasons=(law, full, near))

    mandate = Listing(
        key="agreement:3",
        organisation=_organisation("Opérateur d’exemple du 115", "SAMU_SOCIAL_115", today, hours="24/7",
                                   contact=Contact(phone="115")),
        agreement=_agreement(today),
        grantors=("Direction d’exemple",),
        ties=(Tie(SHELTER, Ground.MANDATE, "", "recherche et paiement des nuits d’hôtel"),),
        covers_name="à Paris",
    )  # fmt: skip
    said = Reason(ReasonKind.MANDATE, reasons.competence(mandate, mandate.ties[0]), 110)
    yield Relay(listing=mandate, score=110, reasons=(said,))

    former = Former("gallery:old", "Espace d’exemple des solidarités", date(2019, 7, 1), SuccessionKind.RENAMED)
    heir = _organisation(
        "Service d’exemple des solidarités territoriales",
        "SERVICE_SOCIAL_DEPARTEMENTAL",
        today - STALE_AFTER * 2,
        hours="",
    )
    named = Reason(ReasonKind.SUCCESSOR, reasons.successor(former), 100)
    yield Relay(listing=Listing(key="organisation:4", organisation=heir, formers=(former,)), score=90, reasons=(named,))


def _agreement(today: date) -> Agreement:
    return Agreement(
        id="gallery:agreement",
        label="Mandat de gestion des nuits d’hôtel",
        kind=AgreementKind.MANDAT_DE_GESTION,
        granted_by=("gallery:direction",),
        given_to="gallery:samu_social_115",
        competences=(SHELTER,),
        covers=("departement:75",),
        since=date(2024, 1, 1),
        source="Exemple",
        vouched_on=today,
        publics=(Public.FAMILLES,),
        until=date(today.year + 1, 12, 31),
        capacity=1200,
        unit="nuits",
        unit_price=62.5,
        payers=("département", "famille, selon ses moyens"),
        demonstration=True,
    )


def _link(kind: LinkKind, name: str, organisation_kind: str = "CCAS", detail: str = "", on: date | None = None) -> Link:
    return Link(kind=kind, id="gallery:ccas", name=name, organisation_kind=organisation_kind, detail=detail, on=on)


def _sheet(today: date) -> OrganisationSheet:
    return OrganisationSheet(
        organisation=_organisation(
            "CCAS d’exemple", "CCAS", today - timedelta(days=21),
            description="Accueille, informe et aide les habitants de la commune.",
            aliases=("Centre communal d’action sociale", "Bureau d’aide sociale"),
            contact=Contact(phone="03 99 00 12 30", email="accueil@example.org"),
            place=Place(address="2 place de l’Exemple", postcode="25000", city="Besançon", territory="25056"),
        ),
        services=(_service(today),),
        posts=(_post(today), Post(id="gallery:desk", label="Accueil général", organisation="gallery:ccas",
                                  contact=Contact(phone="03 99 00 12 30"), duty_desk=True)),
        agreements=(_agreement(today),),
        links=(
            _link(LinkKind.PART_OF, "Ville d’exemple", "COMMUNE"),
            *(_link(LinkKind.UNIT, f"Antenne d’exemple {name}") for name in ("nord", "sud", "centre", "des Quatre-Chemins")),
            _link(LinkKind.RECEIVES, "Département d’exemple", "DEPARTEMENT", "Instruction", date(2023, 9, 1)),
            _link(LinkKind.GRANTS, "Association d’exemple pour l’accompagnement au logement", "ASSOCIATION_CARITATIVE",
                  "Accompagnement au logement", date(2025, 1, 1)),
            _link(LinkKind.TAKES_OVER_FROM, "Bureau d’aide sociale d’exemple", on=date(1986, 1, 6)),
        ),
    )  # fmt: skip


def _closed(today: date) -> OrganisationSheet:
    return OrganisationSheet(
        organisation=_organisation(
            "Espace d’exemple des solidarités",
            "SERVICE_SOCIAL_DEPARTEMENTAL",
            today,
            closed_on=date(2019, 7, 1),
            hours="",
        ),
        links=(
            _link(
                LinkKind.CARRIED_TO,
                "Service d’exemple des solidarités territoriales",
                "SERVICE_SOCIAL_DEPARTEMENTAL",
                on=date(2019, 7, 1),
            ),
        ),
    )
