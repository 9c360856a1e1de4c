"""Where: points, addresses, territories; and how to reach."""

from __future__ import annotations

from typing import Annotated, cast

import strawberry

from api.graphql.context import Info
from api.graphql.enums import TerritoryLevel
from graph.model import directory, territory


@strawberry.type(description="A place on the globe, WGS 84.")
class Point:
    """In degrees."""

    lat: float = strawberry.field(description="Latitude, in degrees north.")
    lon: float = strawberry.field(description="Longitude, in degrees east.")

    @classmethod
    def of(cls, point: territory.Point | None) -> Point | None:
        """The model's own, which has the same fields."""
        return cast("Point | None", point)


@strawberry.type(description="A territory of the French administrative map, or a sector drawn by hand.")
class Territory:
    """A territory and what contains it."""

    id: strawberry.ID = strawberry.field(
        description="INSEE code of a commune or municipal arrondissement; `level:code` for the rest (`departement:25`)."
    )
    name: str = strawberry.field(description="Its name, without article.")
    level: TerritoryLevel = strawberry.field(description="Its level.")
    population: int = strawberry.field(description="Inhabitants; 0 when unknown.")
    postcodes: list[str] = strawberry.field(description="Postcodes in use there; empty above the commune.")
    point: Point | None = strawberry.field(description="A point inside it, as a centre.")
    zone_ids: strawberry.Private[tuple[str, ...]]

    @classmethod
    def of(cls, record: territory.Territory) -> Territory:
        """From the model."""
        return cls(
            id=strawberry.ID(record.id),
            name=record.name,
            level=record.level,
            population=record.population,
            postcodes=list(record.postcodes),
            point=Point.of(record.point),
            zone_ids=record.zones,
        )

    @strawberry.field(description="Every territory that contains it, itself first. Nothing else decides containment.")
    async def zones(self, info: Info) -> list[Territory]:
        """The closed list of what contains it."""
        return await territories(info, self.zone_ids)

    @strawberry.field(description="The territory of this level that contains it, or itself; null when there is none.")
    async def within(
        self, info: Info, level: Annotated[TerritoryLevel, strawberry.argument(description="The level wanted.")]
    ) -> Territory | None:
        """The zone of one level."""
        zones = await territories(info, self.zone_ids)
        return next((zone for zone in zones if zone.level is level), None)


async def territories(info: Info, ids: tuple[str, ...]) -> list[Territory]:
    """Those of the map that have these ids, in the same order. Nearly always the index's own map has them all."""
    found = [info.context.rooms.places.get(id_) for id_ in ids]
    if None in found:
        found = await info.context.loaders.territories.load_many(ids)
    return [Territory.of(record) for record in found if record]


@strawberry.type(description="An address.")
class Place:
    """Where someone is received."""

    address: str = strawberry.field(description="Street and number; empty when unknown.")
    postcode: str = strawberry.field(description="Postcode; empty when unknown.")
    city: str = strawberry.field(description="Town as written on the address.")
    point: Point | None = strawberry.field(description="The point of the address.")
    territory_id: strawberry.Private[str]

    @classmethod
    def of(cls, place: directory.Place | None) -> Place | None:
        """From the model."""
        if place is None:
            return None
        return cls(
            address=place.address,
            postcode=place.postcode,
            city=place.city,
            point=Point.of(place.point),
            territory_id=place.territory,
        )

    @strawberry.field(description="The commune or municipal arrondissement of the address.")
    async def territory(self, info: Info) -> Territory | None:
        """Where the address lies."""
        found = await territories(info, (self.territory_id,)) if self.territory_id else []
        return found[0] if found else None


@strawberry.type(description="How to reach a body, a service or a post.")
class Contact:
    """Empty fields are unknown."""

    phone: str = strawberry.field(description="Telephone; empty when unknown.")
    email: str = strawberry.field(description="E-mail address; empty when unknown.")
    url: str = strawberry.field(description="Web page; empty when unknown.")

    @classmethod
    def of(cls, contact: directory.Contact) -> Contact:
        """The model's own, which has the same fields."""
        return cast("Contact", contact)
