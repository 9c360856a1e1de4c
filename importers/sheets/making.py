"""A record with other values in some of its fields, however deep they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from graph.model.directory import Capacity, Place, Post, Service
from graph.model.territory import Point

LAT, LON = "place.point.lat", "place.point.lon"
# Where these change and the coordinates do not, the coordinates speak of the former address.
ADDRESS: Final = frozenset({"place.address", "place.postcode", "place.city", "place.territory"})


class HalfAPoint(Exception):
    """A latitude without a longitude, or the other way round."""


def with_values(record: Service | Post, values: Mapping[str, Any], today: date) -> Service | Post:
    """The record with these values, by path. Parts that hold nothing any more are gone; new capacity is of today.

    Raises HalfAPoint.
    """
    fields = {path: value for path, value in values.items() if "." not in path}
    contact = _of(values, "contact")
    if contact:
        fields["contact"] = replace(record.contact, **contact)
    if isinstance(record, Service):
        if place := _of(values, "place"):
            fields["place"] = _place(record.place or Place(), place)
        if capacity := _of(values, "capacity"):
            fields["capacity"] = _capacity(record.capacity or Capacity(vouched_on=today), capacity, today)
    return replace(record, **fields)


def stale_point(record: Service | Post, values: Mapping[str, Any]) -> bool:
    """Whether these values move the address and leave coordinates that speak of the former one."""
    place = record.place if isinstance(record, Service) else None
    moved = place is not None and place.point is not None and not ADDRESS.isdisjoint(values)
    return moved and LAT not in values and LON not in values


def _of(values: Mapping[str, Any], part: str) -> dict[str, Any]:
    """Those of one part, by the names that it gives them."""
    start = f"{part}."
    return {path.removeprefix(start): value for path, value in values.items() if path.startswith(start)}


def _place(held: Place, values: dict[str, Any]) -> Place | None:
    lat, lon = (held.point.lat, held.point.lon) if held.point else (None, None)
    lat, lon = values.pop("point.lat", lat), values.pop("point.lon", lon)
    if (lat is None) != (lon is None):
        raise HalfAPoint
    place = replace(held, **values, point=None if lat is None else Point(lat, lon))
    return None if place == Place() else place


def _capacity(held: Capacity, values: dict[str, Any], today: date) -> Capacity | None:
    capacity = replace(held, **values, vouched_on=today)
    return None if capacity == Capacity(vouched_on=today) else capacity
