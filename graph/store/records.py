"""Records to properties and back: flat, camelCase, dates as ISO strings, the same on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from typing import Any, Final, TypeVar

import msgspec

from graph.model.directory import Agreement, Holder, Organisation, Place, Post, Professional, Service
from graph.model.likeness import likeness

Record = Organisation | Service | Professional | Post | Agreement
R = TypeVar("R", bound=Record)

# What an edge says is not said again by a property.
EDGES: Final[Mapping[type, frozenset[str]]] = {
    Organisation: frozenset({"place", "covers", "part_of"}),
    Service: frozenset({"place", "covers", "competences", "organisation"}),
    Professional: frozenset({"organisations"}),
    Post: frozenset({"covers", "competences", "organisation", "holders"}),
    Agreement: frozenset({"covers", "competences", "granted_by", "given_to"}),
}
# How a record without what came later was sealed before: the same seal, or each import would write every listing anew.
UNSAID: Final = b'"successor":"","suspended_from":null,"suspended_until":null,'
NESTED: Final = {"contact": "", "capacity": "capacity_", "point": ""}


def properties(record: Record) -> dict[str, Any]:
    """A node's properties: what the record holds, less what its edges say."""
    left_out = EDGES[type(record)]
    kept = {name: value for name, value in msgspec.to_builtins(record).items() if name not in left_out}
    node = flat(kept)
    if isinstance(record, Organisation) and (like := likeness(record.kind, _territory(record), record.name)):
        node["likeness"] = like
    return node


def _territory(body: Organisation) -> str:
    return body.place.territory if body.place else ""


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Nested groups spread out under their prefix; absent values left out."""
    spread: dict[str, Any] = {}
    for name, value in values.items():
        if name in NESTED and isinstance(value, dict):
            spread.update({_camel(NESTED[name] + inner): held for inner, held in value.items()})
        else:
            spread[_camel(name)] = list(value) if isinstance(value, tuple) else value
    return {name: value for name, value in spread.items() if value is not None}


def record(kind: type[R], node: Mapping[str, Any], **edges: Any) -> R:
    """The record of a node, with what its edges say. Raises msgspec.ValidationError when the graph holds something else."""
    values: dict[str, Any] = {}
    for name, value in node.items():
        snake = _snake(name)
        if snake in {"phone", "email", "url"}:
            values.setdefault("contact", {})[snake] = value
        elif snake.startswith("capacity_"):
            values.setdefault("capacity", {})[snake.removeprefix("capacity_")] = value
        else:
            values[snake] = value
    return msgspec.convert(values | edges, kind)


def place(node: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A place's values as a record wants them; None when there is no place."""
    if node is None:
        return None
    values = {name: node.get(name) or "" for name in ("address", "postcode", "city", "territory")}
    placed = node.get("lat") is not None
    return values | {"point": {"lat": node["lat"], "lon": node["lon"]} if placed else None}


def place_properties(place: Place | None) -> dict[str, Any]:
    """A place's properties."""
    return flat(msgspec.to_builtins(place)) if place else {}


def held(holder: Holder) -> dict[str, Any]:
    """What an edge from a professional to a post says."""
    values = {name: value for name, value in msgspec.to_builtins(holder).items() if value}
    return flat({name: value for name, value in values.items() if name not in {"professional", "name", "function"}})


def digest(record: object) -> str:
    """A short fingerprint of all that a record says: equal when nothing changed."""
    encoded = msgspec.json.encode(record, order="sorted").replace(UNSAID, b"")
    return blake2b(encoded, digest_size=12).hexdigest()


@cache
def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@cache
def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
