"""The directory: who offers what, where, for whom, and who answers there.

These records travel from importers and forms to the store. Ids are our own strings, `source:local-id`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from graph.model.territory import Point


class Public(StrEnum):
    """For whom, the closed list of data·inclusion v1 (labels in labels.csv)."""

    ACTIFS = "actifs"
    BENEFICIAIRES_DES_MINIMAS_SOCIAUX = "beneficiaires-des-minimas-sociaux"
    DEMANDEURS_EMPLOI = "demandeurs-emploi"
    ETUDIANTS = "etudiants"
    FAMILLES = "familles"
    FEMMES = "femmes"
    JEUNES = "jeunes"
    PERSONNES_EN_SITUATION_DE_HANDICAP = "personnes-en-situation-de-handicap"
    PERSONNES_EN_SITUATION_DURGENCE = "personnes-en-situation-durgence"
    PERSONNES_EN_SITUATION_JURIDIQUE_SPECIFIQUE = "personnes-en-situation-juridique-specifique"
    PERSONNES_EXILEES = "personnes-exilees"
    RESIDENTS_QPV_FRR = "residents-qpv-frr"
    SENIORS = "seniors"
    TOUS_PUBLICS = "tous-publics"


class Mode(StrEnum):
    """How one is received, the closed list of data·inclusion v1."""

    A_DISTANCE = "a-distance"
    EN_PRESENTIEL = "en-presentiel"


class ListingState(StrEnum):
    """The life of a listing; only `published` is ever shown in answers."""

    SUGGESTED = "suggested"
    DRAFT = "draft"
    PUBLISHED = "published"
    SUSPENDED = "suspended"
    ARCHIVED = "archived"


class SuccessionKind(StrEnum):
    """How a body was carried to another."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    TRANSFERRED = "transferred"


class AgreementKind(StrEnum):
    """What binds the parties."""

    CONVENTION = "convention"
    MANDAT_DE_GESTION = "mandat_de_gestion"


class HolderRole(StrEnum):
    """Whether someone holds a post or stands in for its holder."""

    HOLDER = "holder"
    SUBSTITUTE = "substitute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address; `territory` is the INSEE code of its commune or municipal arrondissement."""

    address: str = ""
    postcode: str = ""
    city: str = ""
    territory: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a body, a service or a post."""

    phone: str = ""
    email: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A body or a unit of one. A body that has ended keeps its record: `closed_on` is the first day without it, `successor` who
    to ask instead. Suspended from a day until another, both included, or until further notice (graph/model/life.py).

    `siret` is its number in the State's register of establishments (14 digits), empty when unknown.
    """

    id: str
    name: str
    kind: str
    source: str
    vouched_on: date
    description: str = ""
    aliases: tuple[str, ...] = ()
    siret: str = ""
    part_of: str = ""
    covers: tuple[str, ...] = ()
    place: Place | None = None
    contact: Contact = field(default_factory=Contact)
    hours: str = ""
    state: ListingState = ListingState.PUBLISHED
    closed_on: date | None = None
    successor: str = ""
    suspended_from: date | None = None
    suspended_until: date | None = None
    demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """`predecessor` was carried to `successor` on that day; `scope` says what went there when it was split."""

    predecessor: str
    successor: str
    on: date
    kind: SuccessionKind
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Room, as vouched for on a day. `full_until` set means full until that day; `waiting_days` is a typical wait."""

    vouched_on: date
    places_free: int | None = None
    waiting_days: int | None = None
    full_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What an organisation offers. No public named means everyone; `excludes` always wins over `publics`.

    `hours` is OSM opening_hours, empty when unknown. Sessions outside the walls are a service at another place.
    """

    id: str
    name: str
    organisation: str
    competences: tuple[str, ...]
    covers: tuple[str, ...]
    source: str
    vouched_on: date
    description: str = ""
    conditions: str = ""
    fee: str = ""
    publics: tuple[Public, ...] = ()
    excludes: tuple[Public, ...] = ()
    modes: tuple[Mode, ...] = ()
    place: Place | None = None
    contact: Contact = field(default_factory=Contact)
    hours: str = ""
    capacity: Capacity | None = None
    answer_days: int | None = None
    without_residence_condition: bool | None = None
    interpreter: bool | None = None
    accessible: bool | None = None
    free: bool | None = None
    state: ListingState = ListingState.PUBLISHED
    successor: str = ""
    suspended_from: date | None = None
    suspended_until: date | None = None
    demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Professional:
    """Someone at work; may work in two organisations."""

    id: str
    name: str
    function: str
    organisations: tuple[str, ...]
    demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """`professional` holds a post (or stands in) from `since` until `until`; on leave between the two leave dates, included."""

    professional: str
    name: str = ""
    function: str = ""
    role: HolderRole = HolderRole.HOLDER
    since: date | None = None
    until: date | None = None
    leave_from: date | None = None
    leave_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Who to call for this. No competence named means all those of its organisation; no territory, likewise."""

    id: str
    label: str
    organisation: str
    competences: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    contact: Contact = field(default_factory=Contact)
    hours: str = ""
    holders: tuple[Holder, ...] = ()
    duty_desk: bool = False
    demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """`given_to` may act for `granted_by` on these competences, for these publics, there, from `since` until `until`.

    `capacity` in units a day; `unit_price` in euros. A reserved agreement only counts for the organisations party to it.
    """

    id: str
    label: str
    kind: AgreementKind
    granted_by: tuple[str, ...]
    given_to: str
    competences: tuple[str, ...]
    covers: tuple[str, ...]
    since: date
    source: str
    vouched_on: date
    publics: tuple[Public, ...] = ()
    until: date | None = None
    capacity: int | None = None
    unit: str = ""
    unit_price: float | None = None
    payers: tuple[str, ...] = ()
    note: str = ""
    reserved: bool = False
    demonstration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one source says of the directory, ready to be loaded."""

    organisations: tuple[Organisation, ...] = ()
    successions: tuple[Succession, ...] = ()
    services: tuple[Service, ...] = ()
    professionals: tuple[Professional, ...] = ()
    posts: tuple[Post, ...] = ()
    agreements: tuple[Agreement, ...] = ()


class LinkKind(StrEnum):
    """How an organisation is bound to another, seen from the first."""

    PART_OF = "part_of"
    UNIT = "unit"
    GRANTS = "grants"
    RECEIVES = "receives"
    TAKES_OVER_FROM = "takes_over_from"
    CARRIED_TO = "carried_to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One edge around an organisation. `detail` is the agreement's label or the scope of a split; `on` its first day, `until`
    its last. `closed_on` is the first day without the neighbour.
    """

    kind: LinkKind
    id: str
    name: str
    organisation_kind: str
    detail: str = ""
    on: date | None = None
    until: date | None = None
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation as it is named beside another; `closed_on` is the first day without it."""

    id: str
    name: str
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One edge of a history: `before` was carried to `after` on that day; `scope` says what went there."""

    before: Body
    after: Body
    on: date
    kind: SuccessionKind
    scope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSheet:
    """All that the directory tells of one organisation, its services, its posts, and its neighbours in the graph.

    `history` holds what it was made of and what became of it, with those who shared in both, oldest first.
    """

    organisation: Organisation
    services: tuple[Service, ...] = ()
    posts: tuple[Post, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    links: tuple[Link, ...] = ()
    history: tuple[Step, ...] = ()
