"""Organisations that nobody keeps: no member who may edit their listings, no correspondent who reads what we ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.store.correspondents import MAY_EDIT, no_mail_key

if TYPE_CHECKING:
    from graph.store.unit import Unit

# Read whole, and counted here: a few thousand organisations, for a page that a coordinator opens once a week. What stands
# in a list of its own (members, who asked for no mail) is joined by id, for neither has an edge to the directory.
PUBLISHED: Final[LiteralString] = """
MATCH (o:Organisation) WHERE o.state = 'published' AND o.closedOn IS NULL AND o.id > $after
RETURN o.id AS id, o.name AS name, o.kind AS kind, o.vouchedOn AS vouched_on ORDER BY id LIMIT $most
"""
CORRESPONDENTS: Final[LiteralString] = """
MATCH (o:Organisation)<-[:ANSWERS_FOR]-(c:Correspondent)
RETURN o.id AS organisation, c.email AS email ORDER BY organisation, email
"""
MEMBERS: Final[LiteralString] = """
MATCH (m:Membership) WHERE m.state = 'active'
RETURN m.organisation AS organisation, m.roles AS roles ORDER BY m.id
"""
STOPPED: Final[LiteralString] = "MATCH (n:NoMail) RETURN n.id AS id ORDER BY id"
SERVICES: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:OFFERED_BY]-(s:Service)
WHERE s.state = 'published'
RETURN id, count(s) AS total ORDER BY id
"""
PAGE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """An organisation that nobody keeps. `vouched_on` (ISO) is the day of the most recent word on it, whoever said it."""

    id: str
    name: str
    kind: str
    vouched_on: str
    services: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans:
    """Those of one page, oldest word first; of how many organisations how many are orphans, and how many of each kind."""

    listed: tuple[Orphan, ...]
    total: int
    organisations: int
    by_kind: Mapping[str, int]


async def orphans(unit: Unit, *, kind: str = "", skip: int = 0, most: int = 50) -> Orphans:
    """Organisations that nobody keeps, of one kind or of all: the oldest word first, at most so many after `skip`."""
    kept = await _kept(unit)
    everyone: list[dict[str, Any]] = []
    while page := await unit.run(PUBLISHED, after=everyone[-1]["id"] if everyone else "", most=PAGE):
        everyone += page
    alone = [row for row in everyone if row["id"] not in kept]
    by_kind: dict[str, int] = {}
    for row in alone:
        by_kind[row["kind"]] = by_kind.get(row["kind"], 0) + 1
    wanted = sorted((row for row in alone if kind in ("", row["kind"])), key=lambda row: (row["vouched_on"], row["id"]))
    shown = wanted[skip : skip + most]
    counted = {row["id"]: row["total"] for row in await unit.run(SERVICES, ids=[row["id"] for row in shown])}
    return Orphans(
        listed=tuple(Orphan(**row, services=counted.get(row["id"], 0)) for row in shown),
        total=len(wanted),
        organisations=len(everyone),
        by_kind=dict(sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


async def _kept(unit: Unit) -> set[str]:
    """The organisations that someone keeps."""
    stopped = {row["id"] for row in await unit.run(STOPPED)}
    edited = {row["organisation"] for row in await unit.run(MEMBERS) if MAY_EDIT & set(row["roles"])}
    return edited | {
        row["organisation"] for row in await unit.run(CORRESPONDENTS) if no_mail_key(row["email"]) not in stopped
    }
