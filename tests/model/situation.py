"""Situations: little worlds written by hand, each with the answer that a social worker would give.

`situations/README.md` says how they are written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from graph.model.directory import (
    Agreement,
    AgreementKind,
    Capacity,
    Contact,
    Holder,
    HolderRole,
    Mode,
    Organisation,
    Place,
    Post,
    Public,
    Service,
    SuccessionKind,
)
from graph.model.listing import UNCLASSED
from graph.model.names import name_words
from graph.model.relay import Former, Ground, Listing, Question, Tie
from graph.model.territory import COUNTRY, Point, Territory, TerritoryLevel
from graph.model.ties import agreement_ties, body_ties, service_ties
from graph.model.vocabulary import competences, kinds
from search.hours import PARIS

HERE: Final = Path(__file__).parent / "situations"
KM_A_DEGREE: Final = 111.195
# Of a listing of which nobody says it, someone vouched for it a month ago.
VOUCHED: Final = timedelta(days=30)


class Told(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A table of a file; a field that does not exist is refused."""


class ToldTerritory(Told):
    id: str
    name: str
    level: TerritoryLevel
    within: tuple[str, ...] = ()
    article: str = ""
    point: tuple[float, float] | None = None


class ToldFormer(Told):
    name: str
    on: date
    kind: SuccessionKind = SuccessionKind.MERGED
    scope: str = ""


class ToldHolder(Told):
    name: str
    role: HolderRole = HolderRole.HOLDER
    leave_from: date | None = None
    leave_until: date | None = None
    until: date | None = None


class ToldPost(Told):
    label: str
    competences: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    phone: str = ""
    duty_desk: bool = False
    holders: tuple[ToldHolder, ...] = ()


class ToldListing(Told):
    """A body, a service of one when `service` is its name, or what an agreement lets it do when `agreement` is its kind."""

    key: str
    body: str
    kind: str = UNCLASSED
    part_of: str = ""
    aliases: tuple[str, ...] = ()
    formers: tuple[ToldFormer, ...] = ()
    closed_on: date | None = None
    service: str = ""
    competences: tuple[str, ...] = ()
    ground: Ground | None = None
    source: str = ""
    note: str = ""
    covers: tuple[str, ...] = ()
    publics: tuple[Public, ...] = ()
    excludes: tuple[Public, ...] = ()
    modes: tuple[Mode, ...] = ()
    hours: str = ""
    km: float | None = None
    vouched: date | None = None
    places_free: int | None = None
    waiting_days: int | None = None
    full_until: date | None = None
    capacity_on: date | None = None
    answer_days: int | None = None
    agreement: AgreementKind | None = None
    givers: tuple[str, ...] = ()
    since: date = date(2020, 1, 1)
    until: date | None = None
    reserved: bool = False
    posts: tuple[ToldPost, ...] = ()


class Expected(Told):
    """The answer. Listings are named by their keys; `reason` is the first of the first; the sentences of `says` and `never`
    are, or are not, among those of the listing that they are told of.
    """

    order: tuple[str, ...]
    reason: str = ""
    says: Mapping[str, tuple[str, ...]] = {}
    never: Mapping[str, tuple[str, ...]] = {}
    call: str = ""
    answers: tuple[str, ...] = ()
    widened: str = ""


class Situation(Told):
    """A question, the listings that there are, and the expected answer."""

    id: str
    title: str
    at: datetime
    expected: Expected
    listing: tuple[ToldListing, ...]
    competences: tuple[str, ...] = ()
    certainties: tuple[float, ...] = ()
    text: str = ""
    words: str = ""
    territory: str = ""
    radius_km: float | None = None
    publics: tuple[Public, ...] = ()
    public_optional: bool = False
    modes: tuple[Mode, ...] = ()
    urgent: bool = False
    asker: str = ""

    def question(self) -> Question:
        """As it comes out of the door, where words are folded and days are those of Paris."""
        words = name_words(self.words)
        return Question(
            at=self.at.astimezone(PARIS),
            text=self.text or self.words,
            words=words,
            phrase=words,
            competences=_known(self.competences, competences()),
            certainties=self.certainties,
            territory=territories()[self.territory] if self.territory else None,
            radius_km=self.radius_km,
            publics=self.publics,
            public_optional=self.public_optional,
            modes=self.modes,
            urgent=self.urgent,
            asker=self.asker,
        )

    def listings(self) -> list[Listing]:
        """As the index holds them. An organisation's id is its name."""
        return [_listing(told, self) for told in self.listing]


class _Territories(Told):
    territory: tuple[ToldTerritory, ...]


class _Situations(Told):
    situation: tuple[Situation, ...]


def situations(*names: str) -> list[Situation]:
    """Those of these files, in their order. Raises msgspec.ValidationError naming the field at fault."""
    return [
        situation
        for name in names
        for situation in msgspec.toml.decode((HERE / f"{name}.toml").read_bytes(), type=_Situations).situation
    ]


@cache
def territories() -> dict[str, Territory]:
    """The territories that situations speak of, by name."""
    told = msgspec.toml.decode((HERE / "territories.toml").read_bytes(), type=_Territories).territory
    return {
        one.name: Territory(
            id=one.id,
            name=one.name,
            level=one.level,
            zones=(one.id, *one.within),
            point=Point(*one.point) if one.point else None,
            article=one.article,
        )
        for one in told
    }


def _listing(told: ToldListing, situation: Situation) -> Listing:
    vouched_on = told.vouched or situation.at.date() - VOUCHED
    place = _place(told, situation)
    zones = [territories()[name] for name in told.covers] or _departement(situation)
    covers = tuple(zone.id for zone in zones)
    handled = _known(told.competences or situation.competences, competences())
    body = Organisation(
        id=told.body,
        name=told.body,
        kind=_known((told.kind,), kinds())[0],
        source="essai",
        vouched_on=vouched_on,
        aliases=told.aliases,
        part_of=told.part_of,
        covers=covers,
        place=None if told.service else place,
        hours="" if told.service else told.hours,
        closed_on=told.closed_on,
    )
    service = _service(told, body, place, handled) if told.service else None
    agreement = _agreement(told, body, handled)
    if agreement:
        ties = agreement_ties(agreement)
    elif told.ground:
        ties = tuple(Tie(competence, told.ground, told.source, told.note) for competence in handled)
    else:
        ties = service_ties(service, body) if service else body_ties(body)
    return Listing(
        key=told.key,
        organisation=body,
        service=service,
        agreement=agreement,
        grantors=told.givers,
        part_of=told.part_of,
        ties=ties,
        covers=covers,
        covers_name=zones[0].where() if len(zones) == 1 else "",
        formers=tuple(Former(one.name, one.name, one.on, one.kind, one.scope) for one in told.formers),
        posts=tuple(_post(post, body) for post in told.posts),
    )


def _service(told: ToldListing, body: Organisation, place: Place | None, handled: tuple[str, ...]) -> Service:
    capacity = Capacity(
        vouched_on=told.capacity_on or body.vouched_on,
        places_free=told.places_free,
        waiting_days=told.waiting_days,
        full_until=told.full_until,
    )
    return Service(
        id=told.key,
        name=told.service,
        organisation=body.id,
        competences=handled,
        covers=body.covers,
        source=body.source,
        vouched_on=body.vouched_on,
        publics=told.publics,
        excludes=told.excludes,
        modes=told.modes,
        place=place,
        hours=told.hours,
        capacity=capacity,
        answer_days=told.answer_days,
    )


def _agreement(told: ToldListing, body: Organisation, handled: tuple[str, ...]) -> Agreement | None:
    if told.agreement is None:
        return None
    return Agreement(
        id=told.key,
        label=told.source,
        kind=told.agreement,
        granted_by=told.givers,
        given_to=body.id,
        competences=handled,
        covers=body.covers,
        since=told.since,
        source=body.source,
        vouched_on=body.vouched_on,
        publics=told.publics,
        until=told.until,
        reserved=told.reserved,
    )


def _post(told: ToldPost, body: Organisation) -> Post:
    return Post(
        id=told.label,
        label=told.label,
        organisation=body.id,
        competences=_known(told.competences, competences()),
        covers=tuple(territories()[name].id for name in told.covers),
        contact=Contact(phone=told.phone),
        duty_desk=told.duty_desk,
        holders=tuple(
            Holder(
                professional=holder.name,
                name=holder.name,
                role=holder.role,
                until=holder.until,
                leave_from=holder.leave_from,
                leave_until=holder.leave_until,
            )
            for holder in told.holders
        ),
    )


def _place(told: ToldListing, situation: Situation) -> Place | None:
    """So many kilometres north of the middle of the territory asked for."""
    here = territories()[situation.territory].point if situation.territory else None
    if told.km is None or here is None:
        return None
    return Place(point=Point(here.lat + told.km / KM_A_DEGREE, here.lon))


def _departement(situation: Situation) -> list[Territory]:
    """The département around the territory asked for, or the country."""
    zones = territories()[situation.territory].zones if situation.territory else (COUNTRY,)
    by_id = {territory.id: territory for territory in territories().values()}
    around = next((zone for zone in zones if zone.startswith("departement:")), COUNTRY)
    return [by_id[around]]


def _known(values: tuple[str, ...], among: Collection[str]) -> tuple[str, ...]:
    for value in values:
        assert value in among, f"{value} is not in the closed list"
    return values
