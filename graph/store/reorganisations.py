"""Reorganisations: their plans, what they are judged by, which files each of them has moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.account import MembershipState
from graph.model.casework.file import File
from graph.model.directory import Post, Service
from graph.model.figures.of_files import commune_of
from graph.model.reorganisation.facts import DirectoryFacts, FileFacts, file_facts
from graph.model.reorganisation.plan import (
    MOVES,
    Changed,
    ChangeTerritory,
    CreateBody,
    Ending,
    Move,
    MoveFiles,
    MovePost,
    MoveService,
    Plan,
    PlanState,
    SplitBody,
    bodies_named,
    endings,
)
from graph.store import edges
from graph.store.casework.rows import milliseconds
from graph.store.clear_files import clear_facts, zones_of
from graph.store.outbox import INDEX_LISTINGS

if TYPE_CHECKING:
    from graph.store.unit import Unit

PUT: Final[LiteralString] = """
MERGE (r:Reorganisation {id: $id})
SET r.state = $state, r.on = $on, r.author = $author, r.version = $version, r.said = $said
"""
# Lock first (the SET), then read.
LOCK: Final[LiteralString] = """
MATCH (r:Reorganisation {id: $id}) SET r.locked = true
WITH r
RETURN r.said AS said
"""
READ: Final[LiteralString] = "MATCH (r:Reorganisation {id: $id}) RETURN r.said AS said"
ALL: Final[LiteralString] = (
    "MATCH (r:Reorganisation) RETURN r.said AS said, r.on AS on, r.id AS id ORDER BY on DESC, id"
)
MARK: Final[LiteralString] = "MERGE (n:Reorganised {id: $id}) SET n.plan = $plan, n.file = $file, n.at = $at"
MARKED: Final[LiteralString] = "MATCH (n:Reorganised {plan: $plan}) RETURN count(n) AS count"
MARKED_OF: Final[LiteralString] = "UNWIND $ids AS id MATCH (n:Reorganised {id: id}) RETURN n.file AS file"
LED: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (f:File {leadOrganisation: organisation}) WHERE f.state = 'open'
RETURN f.id AS file, organisation
"""
ASKED: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (h:Handoff {target: organisation}) WHERE h.ended = 0
RETURN h.file AS file, organisation, h.id AS handoff
"""
SENT: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (h:Handoff {sender: organisation}) WHERE h.ended = 0
RETURN h.file AS file, organisation, h.id AS handoff
"""
UNITS: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (:Organisation {id: id})<-[:PART_OF]-(n:Organisation)
WHERE n.state <> 'archived'
RETURN DISTINCT n.id AS id ORDER BY id
"""

# What of a plan's text is told under the name of its kind.
OF_MOVES: Final = frozenset({"moves", "changed"})


class Reorganisations:
    """Plans within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    # -------------------------------------------------------------- plans

    async def put(self, plan: Plan) -> None:
        """Write a plan as it is told."""
        await self._unit.run(
            PUT,
            id=plan.id,
            state=plan.state.value,
            on=plan.on.isoformat(),
            author=plan.author,
            version=plan.version,
            said=encoded(plan),
        )

    async def locked(self, id_: str) -> Plan | None:
        """The plan, which nobody else changes before this unit ends; None when there is none."""
        rows = await self._unit.run(LOCK, id=id_)
        return decoded(rows[0]["said"]) if rows else None

    async def get(self, id_: str) -> Plan | None:
        """A plan; None when there is none."""
        rows = await self._unit.run(READ, id=id_)
        return decoded(rows[0]["said"]) if rows else None

    async def all(self) -> list[Plan]:
        """Every plan, the furthest day first."""
        return [decoded(row["said"]) for row in await self._unit.run(ALL)]

    # -------------------------------------------------------------- what a plan is judged by

    async def facts(self, plan: Plan) -> DirectoryFacts:
        """The bodies of a plan and the units of those that it ends, with what they have."""
        directory, ended = self._unit.directory, sorted(endings(plan))
        units = [row["id"] for row in await self._unit.run(UNITS, ids=ended)]
        bodies = await directory.organisations(sorted(bodies_named(plan) | set(units)))
        services = await self._services(plan, ended)
        posts = await self._posts(plan, ended)
        led = await self._counted(LED, sorted(bodies))
        ends = [await self._counted(query, sorted(bodies)) for query in (ASKED, SENT)]
        return DirectoryFacts(
            bodies=bodies,
            services=services,
            posts=posts,
            members={id_: await self.members(id_) for id_ in bodies},
            files=led,
            handoffs={id_: sum(count.get(id_, 0) for count in ends) for id_ in bodies},
            above={id_: await self._unit.keeping.above(id_) for id_ in bodies},
            territories=frozenset(await self._unit.territories.by_ids(sorted(_territories(plan)))),
        )

    async def members(self, organisation: str) -> frozenset[str]:
        """The accounts that work at an organisation."""
        members = await self._unit.accounts.members(organisation)
        return frozenset(account.id for one, account in members if one.state is MembershipState.ACTIVE)

    async def _services(self, plan: Plan, ended: Sequence[str]) -> dict[str, Service]:
        named = [move.service for move in plan.moves if isinstance(move, MoveService)]
        found = await self._unit.directory.services(named)
        for some in (await self._unit.directory.services_of(ended)).values():
            found |= {service.id: service for service in some}
        return found

    async def _posts(self, plan: Plan, ended: Sequence[str]) -> dict[str, Post]:
        found = await self._unit.posts.get([move.post for move in plan.moves if isinstance(move, MovePost)])
        for some in (await self._unit.directory.posts_of(ended)).values():
            found |= {post.id: post for post in some}
        return found

    async def _counted(self, query: LiteralString, organisations: Sequence[str]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for row in await self._unit.run(query, organisations=list(organisations)):
            counts[row["organisation"]] = counts.get(row["organisation"], 0) + 1
        return counts

    # -------------------------------------------------------------- files

    async def held(self, organisations: Iterable[str]) -> list[str]:
        """The files that these bodies lead, or of which they have an open handoff at either end, in order of id."""
        given = sorted(organisations)
        rows = [row for query in (LED, ASKED, SENT) for row in await self._unit.run(query, organisations=given)]
        return sorted({row["file"] for row in rows})

    async def facts_of(self, file: File) -> FileFacts:
        """What a plan looks at of an open file."""
        commune = commune_of(file)
        return file_facts(file, (await zones_of(self._unit, [commune]))[commune])

    async def facts_held(self, organisations: Iterable[str]) -> list[FileFacts]:
        """The same of all open files that these bodies hold, in order of id, of which none is opened."""
        return await clear_facts(self._unit, await self.held(organisations))

    async def mark(self, plan: str, file: str, at: datetime) -> None:
        """The plan has moved this file."""
        await self._unit.run(MARK, id=f"{plan}|{file}", plan=plan, file=file, at=milliseconds(at))

    async def marked(self, plan: str) -> int:
        """How many files the plan has moved."""
        return (await self._unit.run(MARKED, plan=plan))[0]["count"]

    async def marked_of(self, plan: str, files: Iterable[str]) -> frozenset[str]:
        """Those of these files that the plan has moved."""
        rows = await self._unit.run(MARKED_OF, ids=[f"{plan}|{file}" for file in files])
        return frozenset(row["file"] for row in rows)

    # -------------------------------------------------------------- the end of a body

    async def succeed(self, plan: Plan, ending: Ending) -> None:
        """From that day on the name of the body leads to its heirs; the index is told."""
        heirs = list(ending.heirs)
        await self._unit.run(
            edges.SUCCEEDED_BY,
            rows=[
                {
                    "id": ending.id,
                    "to": heir.id,
                    "on": plan.on.isoformat(),
                    "kind": ending.kind.value,
                    "scope": heir.scope,
                    "origin": f"reorganisation:{plan.id}",
                }
                for heir in heirs
            ],
        )
        await self._unit.outbox.add(INDEX_LISTINGS, sorted({ending.id, *(heir.id for heir in heirs)}))


def _territories(plan: Plan) -> set[str]:
    found: set[str] = set()
    for move in plan.moves:
        match move:
            case CreateBody():
                found |= set(move.record.covers)
            case ChangeTerritory():
                found |= set(move.covers)
            case MoveFiles():
                found |= set(move.territories)
            case SplitBody():
                found |= {one for heir in move.heirs for one in heir.territories}
            case _:
                pass
    return found


def encoded(plan: Plan) -> str:
    """A plan as one text; each move under the name of its kind."""
    said: dict[str, Any] = {
        name: msgspec.to_builtins(getattr(plan, name)) for name in plan.__dataclass_fields__ if name not in OF_MOVES
    }
    said["moves"] = [_encoded(move) for move in plan.moves]
    if plan.changed:
        said["changed"] = {"place": plan.changed.place, **_encoded(plan.changed.before)}
    return msgspec.json.encode(said).decode()


def _encoded(move: Move) -> dict[str, Any]:
    return {"move": type(move).__name__, "said": msgspec.to_builtins(move)}


def decoded(said: str) -> Plan:
    """Back from its text."""
    row: Mapping[str, Any] = msgspec.json.decode(said)
    types: dict[str, Any] = {"on": date, "state": PlanState, "version": int}
    types |= dict.fromkeys(("published", "began", "ended"), datetime | None)
    plain: dict[str, Any] = {
        name: msgspec.convert(value, types.get(name, str)) for name, value in row.items() if name not in OF_MOVES
    }
    changed = row.get("changed")
    return Plan(
        moves=tuple(_decoded(move) for move in row["moves"]),
        changed=Changed(place=changed["place"], before=_decoded(changed)) if changed else None,
        **plain,
    )


def _decoded(row: Mapping[str, Any]) -> Move:
    return msgspec.convert(row["said"], MOVES[row["move"]])
