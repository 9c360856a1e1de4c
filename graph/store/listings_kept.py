"""Listings with all that is said of them, as whoever keeps them needs them: to remind, to ask, to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from graph.model.directory import ListingState, Organisation, Service
from graph.model.keeping import ListingKind
from graph.model.listing import Claim
from graph.model.mail import Item

if TYPE_CHECKING:
    from graph.store.unit import Unit

Known: TypeAlias = tuple[Organisation | Service, tuple[Claim, ...]]


async def named(unit: Unit, items: Sequence[Item]) -> dict[str, Known]:
    """The published listings of these items with their claims, by key, in the order of the items."""
    targets = list(dict.fromkeys(item.target for item in items))
    ids = {kind: [target.id for target in targets if target.kind is kind] for kind in ListingKind}
    held = {
        ListingKind.ORGANISATION: await unit.directory.organisations(ids[ListingKind.ORGANISATION]),
        ListingKind.SERVICE: await unit.directory.services(ids[ListingKind.SERVICE]),
    }
    found = {target.key: held[target.kind].get(target.id) for target in targets}
    shown = {key: record for key, record in found.items() if record and record.state is ListingState.PUBLISHED}
    claims = await unit.claims.of(list(shown.values()))
    return {key: (record, claims[record]) for key, record in shown.items()}


async def listings_of(unit: Unit, organisations: Sequence[str]) -> dict[str, tuple[Known, ...]]:
    """By organisation, its published listings with their claims: its own, unless it has ended, then its services."""
    bodies = await unit.directory.organisations(organisations)
    services = await unit.directory.services_of(organisations)
    records: dict[str, list[Organisation | Service]] = {}
    for id_, body in bodies.items():
        if body.state is ListingState.PUBLISHED and body.closed_on is None:
            offered = [one for one in services.get(id_, ()) if one.state is ListingState.PUBLISHED]
            records[id_] = [body, *offered]
    claims = await unit.claims.of([record for several in records.values() for record in several])
    return {id_: tuple((record, claims[record]) for record in several) for id_, several in records.items()}
