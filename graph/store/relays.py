"""Listings as the index wants them: every fact of a possible relay, projected from the graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.directory import (
    Agreement,
    ListingState,
    Organisation,
    Post,
    Service,
    SuccessionKind,
)
from graph.model.relay import Former, Ground, Listing, Tie
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import LegalRole, rules_for

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Four is more than any chain of renamings on record (ANPE, Pôle emploi, France Travail is two).
FORMERS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH path = (o:Organisation {id: id})<-[:SUCCEEDED_BY*1..4]-(f:Organisation)
WITH id, f, relationships(path)[-1] AS first
RETURN id, f.id AS former, f.name AS name, f.aliases AS aliases, first.on AS on, first.kind AS kind
"""

# Whose listings say something of these organisations: successors, units, and those who act for them.
DEPENDANTS: Final[tuple[LiteralString, ...]] = (
    "UNWIND $ids AS id MATCH (:Organisation {id: id})-[:SUCCEEDED_BY*1..4]->(n:Organisation) RETURN DISTINCT n.id AS id",
    "UNWIND $ids AS id MATCH (:Organisation {id: id})<-[:PART_OF]-(n:Organisation) RETURN DISTINCT n.id AS id",
    """UNWIND $ids AS id
    MATCH (:Organisation {id: id})<-[:GRANTED_BY]-(:Agreement)-[:GIVEN_TO]->(n:Organisation)
    RETURN DISTINCT n.id AS id""",
)

ORGANISATION_IDS: Final[LiteralString] = (
    "MATCH (o:Organisation) WHERE o.id > $after RETURN o.id AS id ORDER BY o.id LIMIT $most"
)

GROUNDS: Final = {
    LegalRole.LEGAL: Ground.LAW,
    LegalRole.MANDATED: Ground.MANDATE,
    LegalRole.FIRST_STEP: Ground.FIRST_STEP,
    LegalRole.OFFERS: Ground.GENERAL,
}
# A service tied to more competences than this is a general one: its tie to each weighs less.
SPECIALISED_UP_TO: Final = 3
# Bodies of such a kind share a form and not a trade: each answers for its own services only (119 is not 3919).
KINDS_OF_MANY_TRADES: Final = frozenset({"LIGNE_NATIONALE"})
WIDEST_FIRST: Final = (
    TerritoryLevel.COUNTRY,
    TerritoryLevel.REGION,
    TerritoryLevel.DEPARTEMENT,
    TerritoryLevel.EPCI,
    TerritoryLevel.COMMUNE,
    TerritoryLevel.ARRONDISSEMENT,
    TerritoryLevel.SECTOR,
)


@dataclass(frozen=True, slots=True)
class Known:
    """What several listings of a chunk share: organisations, formers and posts by organisation, territories, all by id."""

    organisations: dict[str, Organisation]
    territories: dict[str, Territory]
    formers: dict[str, tuple[Former, ...]]
    posts: dict[str, tuple[Post, ...]]


class Relays:
    """The projection within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def organisation_ids(self, after: str, most: int = 300) -> list[str]:
        """The next organisations in order of id, whatever their state."""
        return [row["id"] for row in await self._unit.run(ORGANISATION_IDS, after=after, most=most)]

    async def dependants(self, organisation_ids: Iterable[str]) -> frozenset[str]:
        """These organisations and all those whose listings speak of them."""
        ids = sorted(set(organisation_ids))
        found = set(ids)
        for query in DEPENDANTS:
            found.update(row["id"] for row in await self._unit.run(query, ids=ids))
        return frozenset(found)

    async def listings_of(self, organisation_ids: Sequence[str]) -> list[Listing]:
        """Every listing that may be shown of these organisations: the body, its services, the agreements given to it."""
        directory = self._unit.directory
        own = await directory.organisations(organisation_ids)
        today = datetime.now(UTC).date()
        alive = [
            o
            for o in own.values()
            if o.state is ListingState.PUBLISHED and (o.closed_on is None or o.closed_on > today)
        ]
        ids = sorted(o.id for o in alive)
        services = await directory.services_of(ids)
        agreements = {
            id_: [a for a in found if a.given_to == id_] for id_, found in (await directory.agreements_of(ids)).items()
        }
        others = {o.part_of for o in alive if o.part_of}
        others |= {g for found in agreements.values() for a in found for g in a.granted_by}
        listed: list[Organisation | Service | Agreement] = list(alive)
        listed += [s for found in services.values() for s in found if s.state is ListingState.PUBLISHED]
        listed += [a for found in agreements.values() for a in found]
        known = Known(
            organisations=own | await directory.organisations(sorted(others)),
            territories=await self._unit.territories.by_ids(sorted({t for thing in listed for t in thing.covers})),
            formers=await self._formers(ids),
            posts=await directory.posts_of(sorted({*ids, *others})),
        )
        return [listing_of(thing, known) for thing in listed]

    async def _formers(self, ids: Sequence[str]) -> dict[str, tuple[Former, ...]]:
        groups: dict[str, dict[str, Former]] = defaultdict(dict)
        for row in await self._unit.run(FORMERS, ids=list(ids)):
            for name in (row["name"], *(row["aliases"] or ())):
                former = Former(row["former"], name, date.fromisoformat(row["on"]), SuccessionKind(row["kind"]))
                groups[row["id"]][name] = former
        return {
            id_: tuple(sorted(found.values(), key=lambda f: (-f.on.toordinal(), f.name)))
            for id_, found in groups.items()
        }


def listing_of(thing: Organisation | Service | Agreement, known: Known) -> Listing:
    """The listing of a record that may be shown, with what is `known` of those that it names."""
    match thing:
        case Organisation():
            return _body(thing, known)
        case Service():
            return _service(thing, known)
        case Agreement():
            return _agreement(thing, known)


def _body(organisation: Organisation, known: Known) -> Listing:
    """The organisation itself, competent by its kind."""
    rules = () if organisation.kind in KINDS_OF_MANY_TRADES else rules_for(organisation.kind)
    ties = {
        (rule.competence, rule.role): Tie(rule.competence, GROUNDS[rule.role], rule.source, rule.note) for rule in rules
    }
    base = _base(f"organisation:{organisation.id}", organisation, organisation.covers, known)
    return replace(base, ties=tuple(ties.values()))


def _service(service: Service, known: Known) -> Listing:
    organisation = known.organisations[service.organisation]
    usual = Ground.SPECIALISED if len(service.competences) <= SPECIALISED_UP_TO else Ground.GENERAL
    by_right = [
        Tie(rule.competence, GROUNDS[rule.role], rule.source, rule.note)
        for rule in rules_for(organisation.kind)
        if rule.competence in service.competences and rule.role is not LegalRole.OFFERS
    ]
    ties = [*(Tie(competence, usual) for competence in service.competences), *by_right]
    base = _base(f"service:{service.id}", organisation, service.covers, known)
    return replace(base, service=service, ties=tuple(ties))


def _agreement(agreement: Agreement, known: Known) -> Listing:
    organisation = known.organisations[agreement.given_to]
    base = _base(f"agreement:{agreement.id}", organisation, agreement.covers, known)
    grantors = tuple(known.organisations[g].name for g in agreement.granted_by if g in known.organisations)
    ties = tuple(Tie(c, Ground.MANDATE, agreement.label, agreement.note) for c in agreement.competences)
    return replace(base, agreement=agreement, grantors=grantors, ties=ties)


def _base(key: str, organisation: Organisation, covers: Sequence[str], known: Known) -> Listing:
    parent = known.organisations.get(organisation.part_of)
    zones = [known.territories[id_] for id_ in covers if id_ in known.territories]
    widest = min(zones, key=lambda t: (WIDEST_FIRST.index(t.level), -t.population, t.id), default=None)
    return Listing(
        key=key,
        organisation=organisation,
        part_of=parent.name if parent else "",
        covers=tuple(covers),
        covers_name=widest.where() if widest and len(zones) == 1 else "",
        formers=known.formers.get(organisation.id, ()),
        posts=known.posts.get(organisation.id, ()) or known.posts.get(organisation.part_of, ()),
    )
