"""What tests are made of: small records with every field that matters named by the test, the rest plain."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from graph.model.access import Role, Viewer
from graph.model.directory import (
    Agreement,
    AgreementKind,
    Batch,
    Organisation,
    Place,
    Post,
    Professional,
    Service,
    Succession,
    SuccessionKind,
)
from graph.model.relay import Ground, Listing, Question, Tie
from graph.model.territory import Point, Territory, TerritoryLevel
from search.backend import Index, Wanted

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
RENT = "logement-hebergement--reduire-les-impayes-de-loyer"
RSA = "droits-et-prestations--rsa"
HOTEL = "logement-hebergement--hebergement-hotelier-des-familles"
BESANCON_POINT = Point(47.24, 6.02)


def france() -> Territory:
    return Territory(id="pays:FR", name="France", level=TerritoryLevel.COUNTRY, zones=("pays:FR",))


def doubs() -> Territory:
    return Territory(
        id="departement:25",
        name="Doubs",
        level=TerritoryLevel.DEPARTEMENT,
        zones=("departement:25", "pays:FR"),
        article="le",
    )


def besancon() -> Territory:
    return Territory(
        id="25056",
        name="Besançon",
        level=TerritoryLevel.COMMUNE,
        zones=("25056", "departement:25", "pays:FR"),
        population=118_489,
        point=BESANCON_POINT,
        postcodes=("25000",),
    )


def pontarlier() -> Territory:
    return Territory(
        id="25462",
        name="Pontarlier",
        level=TerritoryLevel.COMMUNE,
        zones=("25462", "departement:25", "pays:FR"),
        population=17_000,
        point=Point(46.9, 6.35),
        postcodes=("25300",),
    )


def planoise() -> Territory:
    """A sector drawn by hand within Besançon: not among the territories of every test."""
    return Territory(
        id="sector:planoise",
        name="Planoise",
        level=TerritoryLevel.SECTOR,
        zones=("sector:planoise", *besancon().zones),
    )


def territories() -> list[Territory]:
    return [france(), doubs(), besancon(), pontarlier()]


def place(territory: str = "25056", point: Point | None = BESANCON_POINT) -> Place:
    return Place(address="1 rue des Essais", postcode="25000", city="Besançon", territory=territory, point=point)


def organisation(id_: str = "t:caf", **values: Any) -> Organisation:
    plain: dict[str, Any] = {
        "name": "Organisme d’essai",
        "kind": "CAF",
        "source": "essai",
        "vouched_on": TODAY,
        "covers": ("departement:25",),
    }
    return Organisation(id=id_, **(plain | values))


def service(id_: str = "t:s", **values: Any) -> Service:
    plain: dict[str, Any] = {
        "name": "Service d’essai",
        "organisation": "t:caf",
        "competences": (RENT,),
        "covers": ("departement:25",),
        "source": "essai",
        "vouched_on": TODAY,
    }
    return Service(id=id_, **(plain | values))


def post(id_: str = "t:p", **values: Any) -> Post:
    plain: dict[str, Any] = {"label": "Accueil", "organisation": "t:caf"}
    return Post(id=id_, **(plain | values))


def professional(id_: str = "t:pro", **values: Any) -> Professional:
    plain: dict[str, Any] = {"name": "Personne d’essai", "function": "conseillère", "organisations": ("t:caf",)}
    return Professional(id=id_, **(plain | values))


def agreement(id_: str = "t:a", **values: Any) -> Agreement:
    plain: dict[str, Any] = {
        "label": "Mandat d’essai",
        "kind": AgreementKind.MANDAT_DE_GESTION,
        "granted_by": ("t:ville",),
        "given_to": "t:caf",
        "competences": (HOTEL,),
        "covers": ("departement:25",),
        "since": date(2020, 1, 1),
        "source": "essai",
        "vouched_on": TODAY,
    }
    return Agreement(id=id_, **(plain | values))


def succession(predecessor: str, successor: str, **values: Any) -> Succession:
    plain: dict[str, Any] = {"on": date(2024, 1, 1), "kind": SuccessionKind.RENAMED}
    return Succession(predecessor=predecessor, successor=successor, **(plain | values))


def viewer(*roles: Role, **values: Any) -> Viewer:
    """Someone who acts for the CAF of the tests; a listing editor when no role is named."""
    plain: dict[str, Any] = {
        "account": "t:compte",
        "name": "Alix Essai",
        "organisation": "t:caf",
        "organisations": ("t:caf",),
        "roles": frozenset(roles or {Role.LISTING_EDITOR}),
    }
    return Viewer(**(plain | values))


def batch(*records: Organisation | Service | Post | Professional | Agreement | Succession) -> Batch:
    def those(kind: type) -> Any:
        return tuple(record for record in records if isinstance(record, kind))

    return Batch(
        organisations=those(Organisation),
        successions=those(Succession),
        services=those(Service),
        professionals=those(Professional),
        posts=those(Post),
        agreements=those(Agreement),
    )


def listing(key: str = "organisation:t:caf", **values: Any) -> Listing:
    ground = values.pop("ground", Ground.GENERAL)
    plain: dict[str, Any] = {
        "organisation": organisation(),
        "ties": (Tie(RENT, ground),),
        "covers": ("departement:25",),
        "covers_name": "dans le Doubs",
    }
    return Listing(key=key, **(plain | values))


def question(**values: Any) -> Question:
    plain: dict[str, Any] = {"at": NOW, "competences": (RENT,), "territory": besancon()}
    return Question(**(plain | values))


async def listings(index: Index, wanted: Wanted) -> list[Listing]:
    """What the index finds, whole, in order of key."""
    candidates = await index.candidates(wanted)
    found = await index.listings(candidates, range(len(candidates)))
    return sorted(found, key=lambda listing: listing.key)
