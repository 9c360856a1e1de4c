"""Listings as the index wants them: every fact of a possible relay, projected from the graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.directory import (
    Agreement,
    Organisation,
    Post,
    Service,
    SuccessionKind,
)
from graph.model.life import PARIS, shown_on
from graph.model.relay import Former, Listing
from graph.model.territory import Territory, TerritoryLevel
from graph.model.ties import agreement_ties, body_ties, service_ties

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Four is more than any chain of renamings on record (ANPE, Pôle emploi, France Travail is two).
FORMERS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH path = (o:Organisation {id: id})<-[:SUCCEEDED_BY*1..4]-(f:Organisation)
WHERE f.state IN ['published', 'archived']
WITH id, f, relationships(path)[-1] AS first
RETURN id, f.id AS former, f.name AS name, f.aliases AS aliases, first.on AS on, first.kind AS kind, first.scope AS scope
"""

BEFORE: Final[LiteralString] = """
UNWIND $ids AS id
MATCH path = (s:Service {id: id})<-[:SUCCEEDED_BY*1..4]-(f:Service)
WITH id, f, relationships(path)[-1] AS first
RETURN id, f.id AS former, f.name AS name, [] AS aliases, first.on AS on, first.kind AS kind, first.scope AS scope
"""

# Whose listings say something of these organisations: successors, units, and those who act for them.
DEPENDANTS: Final[tuple[LiteralString, ...]] = (
    "UNWIND $ids AS id MATCH (:Organisation {id: id})-[:SUCCEEDED_BY*1..4]->(n:Organisation) RETURN DISTINCT n.id AS id",
    "UNWIND $ids AS id MATCH (:Organisation {id: id})<-[:PART_OF]-(n:Organisation) RETURN DISTINCT n.id AS id",
    """UNWIND $ids AS id
    MATCH (:Organisation {id: id})<-[:GRANTED_BY]-(:Agreement)-[:GIVEN_TO]->(n:Organisation)
    RETURN DISTINCT n.id AS id""",
    """UNWIND $ids AS id
    MATCH (:Organisation {id: id})<-[:OFFERED_BY]-(:Service)-[:SUCCEEDED_BY*1..4]->(:Service)-[:OFFERED_BY]->(n:Organisation)
    RETURN DISTINCT n.id AS id""",
)

ORGANISATION_IDS: Final[LiteralString] = (
    "MATCH (o:Organisation) WHERE o.id > $after RETURN o.id AS id ORDER BY o.id LIMIT $most"
)

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
    """What several listings of a chunk share: organisations, formers and posts by organisation, territories, all by id; and
    `before` each service those that it took the place of.
    """

    organisations: dict[str, Organisation]
    territories: dict[str, Territory]
    formers: dict[str, tuple[Former, ...]]
    posts: dict[str, tuple[Post, ...]]
    before: dict[str, tuple[Former, ...]]


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
        today = datetime.now(PARIS).date()
        alive = [o for o in own.values() if shown_on(o, today)]
        ids = sorted(o.id for o in alive)
        services = await directory.services_of(ids)
        agreements = {
            id_: [a for a in found if a.given_to == id_] for id_, found in (await directory.agreements_of(ids)).items()
        }
        others = {o.part_of for o in alive if o.part_of}
        others |= {g for found in agreements.values() for a in found for g in a.granted_by}
        listed: list[Organisation | Service | Agreement] = list(alive)
        offered = [s for found in services.values() for s in found if shown_on(s, today)]
        listed += offered
        listed += [a for found in agreements.values() for a in found]
        known = Known(
            organisations=own | await directory.organisations(sorted(others)),
            territories=await self._unit.territories.by_ids(sorted({t for thing in listed for t in thing.covers})),
            formers=await self._formers(FORMERS, ids),
            before=await self._formers(BEFORE, [s.id for s in offered]),
            posts=await directory.posts_of(sorted({*ids, *others})),
        )
        return [listing_of(thing, known) for thing in listed]

    async def _formers(self, query: LiteralString, ids: Sequence[str]) -> dict[str, tuple[Former, ...]]:
        """The most recent first; of each body its name before its other names."""
        groups: dict[str, dict[str, Former]] = defaultdict(dict)
        rows = await self._unit.run(query, ids=list(ids))
        found = [(_former(row), row) for row in rows]
        for former, row in sorted(
            found, key=lambda one: (-one[0].on.toordinal(), one[0].id, one[0].kind, one[0].scope)
        ):
            for name in (former.name, *(row["aliases"] or ())):
                groups[row["id"]].setdefault(name, replace(former, name=name))
        return {id_: tuple(named.values()) for id_, named in groups.items()}


def _former(row: Mapping[str, Any]) -> Former:
    on = date.fromisoformat(row["on"])
    return Former(row["former"], row["name"], on, SuccessionKind(row["kind"]), row["scope"] or "")


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
    base = _base(f"organisation:{organisation.id}", organisation, organisation.covers, known)
    return replace(base, ties=body_ties(organisation))


def _service(service: Service, known: Known) -> Listing:
    organisation = known.organisations[service.organisation]
    base = _base(f"service:{service.id}", organisation, service.covers, known)
    formers = (*known.before.get(service.id, ()), *base.formers)
    return replace(base, service=service, ties=service_ties(service, organisation), formers=formers)


def _agreement(agreement: Agreement, known: Known) -> Listing:
    organisation = known.organisations[agreement.given_to]
    base = _base(f"agreement:{agreement.id}", organisation, agreement.covers, known)
    grantors = tuple(known.organisations[g].name for g in agreement.granted_by if g in known.organisations)
    return replace(base, agreement=agreement, grantors=grantors, ties=agreement_ties(agreement))


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
