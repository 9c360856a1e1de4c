"""How each kind of record is written: its node, its edges, its seal, and what happens when its source drops it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, LiteralString

from graph.model.directory import Agreement, Organisation, Post, Professional, Service, Succession
from graph.store import records
from graph.store.records import Record

KINDS: Final = (Organisation, Professional, Service, Post, Agreement)
Queries = Mapping[type, LiteralString]

DIGESTS: Final[Queries] = {
    Organisation: "MATCH (n:Organisation {origin: $source}) WHERE n.state <> 'archived' RETURN n.id AS id, n.digest AS digest",
    Professional: "MATCH (n:Professional {origin: $source}) RETURN n.id AS id, n.digest AS digest",
    Service: "MATCH (n:Service {origin: $source}) WHERE n.state <> 'archived' RETURN n.id AS id, n.digest AS digest",
    Post: "MATCH (n:Post {origin: $source}) RETURN n.id AS id, n.digest AS digest",
    Agreement: "MATCH (n:Agreement {origin: $source}) RETURN n.id AS id, n.digest AS digest",
}

MERGE: Final[Queries] = {
    Organisation: "UNWIND $rows AS row MERGE (n:Organisation {id: row.id}) SET n = row.node",
    Professional: "UNWIND $rows AS row MERGE (n:Professional {id: row.id}) SET n = row.node",
    Service: "UNWIND $rows AS row MERGE (n:Service {id: row.id}) SET n = row.node",
    Post: "UNWIND $rows AS row MERGE (n:Post {id: row.id}) SET n = row.node",
    Agreement: "UNWIND $rows AS row MERGE (n:Agreement {id: row.id}) SET n = row.node",
}

SEAL: Final[Queries] = {
    Organisation: "UNWIND $rows AS row MATCH (n:Organisation {id: row.id}) SET n.digest = row.digest",
    Professional: "UNWIND $rows AS row MATCH (n:Professional {id: row.id}) SET n.digest = row.digest",
    Service: "UNWIND $rows AS row MATCH (n:Service {id: row.id}) SET n.digest = row.digest",
    Post: "UNWIND $rows AS row MATCH (n:Post {id: row.id}) SET n.digest = row.digest",
    Agreement: "UNWIND $rows AS row MATCH (n:Agreement {id: row.id}) SET n.digest = row.digest",
}

FORGET: Final[Queries] = {
    Organisation: "UNWIND $ids AS id MATCH (n:Organisation {id: id})-[r:COVERS|PART_OF|AT|SUCCEEDED_BY]->() DELETE r",
    Professional: "UNWIND $ids AS id MATCH (n:Professional {id: id})-[r:WORKS_AT]->() DELETE r",
    Service: "UNWIND $ids AS id MATCH (n:Service {id: id})-[r:COVERS|HANDLES|OFFERED_BY|AT]->() DELETE r",
    Post: "UNWIND $ids AS id MATCH (n:Post {id: id})-[r:COVERS|HANDLES|IN|HOLDS]-() DELETE r",
    Agreement: "UNWIND $ids AS id MATCH (n:Agreement {id: id})-[r:COVERS|HANDLES|GRANTED_BY|GIVEN_TO]->() DELETE r",
}

LEAVE: Final[Queries] = {
    Organisation: "UNWIND $ids AS id MATCH (n:Organisation {id: id}) SET n.state = 'archived'",
    Professional: "UNWIND $ids AS id MATCH (n:Professional {id: id}) DETACH DELETE n",
    Service: "UNWIND $ids AS id MATCH (n:Service {id: id}) SET n.state = 'archived'",
    Post: "UNWIND $ids AS id MATCH (n:Post {id: id}) DETACH DELETE n",
    Agreement: "UNWIND $ids AS id MATCH (n:Agreement {id: id}) DETACH DELETE n",
}

# The organisations whose listings change when these leave.
OWNERS: Final[Queries] = {
    Organisation: "UNWIND $ids AS id MATCH (o:Organisation {id: id}) RETURN o.id AS id",
    Professional: "UNWIND $ids AS id MATCH (:Professional {id: id})-[:WORKS_AT]->(o:Organisation) RETURN o.id AS id",
    Service: "UNWIND $ids AS id MATCH (:Service {id: id})-[:OFFERED_BY]->(o:Organisation) RETURN o.id AS id",
    Post: "UNWIND $ids AS id MATCH (:Post {id: id})-[:IN]->(o:Organisation) RETURN o.id AS id",
    Agreement: "UNWIND $ids AS id MATCH (:Agreement {id: id})-[:GIVEN_TO]->(o:Organisation) RETURN o.id AS id",
}

# Those that bear the old name of an organisation: an edge about to be drawn anew may lead elsewhere.
CARRIED: Final[Mapping[type, tuple[LiteralString, ...]]] = {
    Organisation: (
        "UNWIND $ids AS id MATCH (:Organisation {id: id})-[:SUCCEEDED_BY*1..4]->(o:Organisation) RETURN o.id AS id",
    ),
    Professional: (),
    Service: (),
    Post: (),
    Agreement: (),
}

COVERS: Final[Queries] = {
    Organisation: (
        "UNWIND $rows AS row MATCH (n:Organisation {id: row.id}), (t:Territory {id: row.to}) CREATE (n)-[:COVERS]->(t)"
    ),
    Service: "UNWIND $rows AS row MATCH (n:Service {id: row.id}), (t:Territory {id: row.to}) CREATE (n)-[:COVERS]->(t)",
    Post: "UNWIND $rows AS row MATCH (n:Post {id: row.id}), (t:Territory {id: row.to}) CREATE (n)-[:COVERS]->(t)",
    Agreement: (
        "UNWIND $rows AS row MATCH (n:Agreement {id: row.id}), (t:Territory {id: row.to}) CREATE (n)-[:COVERS]->(t)"
    ),
}

HANDLES: Final[Queries] = {
    Service: "UNWIND $rows AS row MATCH (n:Service {id: row.id}), (c:Competence {id: row.to}) CREATE (n)-[:HANDLES]->(c)",
    Post: "UNWIND $rows AS row MATCH (n:Post {id: row.id}), (c:Competence {id: row.to}) CREATE (n)-[:HANDLES]->(c)",
    Agreement: (
        "UNWIND $rows AS row MATCH (n:Agreement {id: row.id}), (c:Competence {id: row.to}) CREATE (n)-[:HANDLES]->(c)"
    ),
}

MERGE_PLACES: Final[LiteralString] = "UNWIND $rows AS row MERGE (p:Place {id: row.place}) SET p = row.node"
STAND: Final[Queries] = {
    Organisation: "UNWIND $rows AS row MATCH (n:Organisation {id: row.id}), (p:Place {id: row.place}) CREATE (n)-[:AT]->(p)",
    Service: "UNWIND $rows AS row MATCH (n:Service {id: row.id}), (p:Place {id: row.place}) CREATE (n)-[:AT]->(p)",
}
LEAVE_TERRITORY: Final[LiteralString] = "UNWIND $rows AS row MATCH (p:Place {id: row.place})-[r:IN]->() DELETE r"
LIE_IN: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (p:Place {id: row.place}), (t:Territory {id: row.node.territory})
CREATE (p)-[:IN]->(t)
"""

PART_OF: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Organisation {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:PART_OF]->(o)
"""
SUCCEEDED_BY: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Organisation {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:SUCCEEDED_BY {on: row.on, kind: row.kind, scope: row.scope}]->(o)
"""
WORKS_AT: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Professional {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:WORKS_AT]->(o)
"""
OFFERED_BY: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Service {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:OFFERED_BY]->(o)
"""
POST_IN: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Post {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:IN]->(o)
"""
HOLDS: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (p:Professional {id: row.holder}), (n:Post {id: row.id})
CREATE (p)-[h:HOLDS]->(n)
SET h = row.held
"""
GRANTED_BY: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Agreement {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:GRANTED_BY]->(o)
"""
GIVEN_TO: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Agreement {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:GIVEN_TO]->(o)
"""

Rows = list[dict[str, Any]]
Drawn = list[tuple[LiteralString, Rows]]


def drawn(kind: type, chunk: Sequence[Record], carried: Mapping[str, Sequence[Succession]]) -> Drawn:
    """The statements that draw these records' edges, each with its rows, in the order in which to run them."""
    statements: Drawn = []
    if kind in COVERS:
        statements.append((COVERS[kind], _pairs(chunk, "covers")))
    if kind in HANDLES:
        statements.append((HANDLES[kind], _pairs(chunk, "competences")))
    if kind in STAND:
        places: Rows = [_place_row(r) for r in chunk if isinstance(r, Organisation | Service) and r.place]
        statements.append((MERGE_PLACES, places))
        statements.append((LEAVE_TERRITORY, places))
        statements.append((LIE_IN, places))
        statements.append((STAND[kind], places))
    return statements + _own(chunk, carried)


def _own(chunk: Sequence[Record], carried: Mapping[str, Sequence[Succession]]) -> Drawn:
    """Edges that only one kind of record has."""
    match chunk[0]:
        case Organisation():
            after = [
                {"id": s.predecessor, "to": s.successor, "on": s.on.isoformat(), "kind": s.kind.value, "scope": s.scope}
                for r in chunk
                for s in carried.get(r.id, ())
            ]
            return [(PART_OF, _pairs(chunk, "part_of")), (SUCCEEDED_BY, after)]
        case Professional():
            return [(WORKS_AT, _pairs(chunk, "organisations"))]
        case Service():
            return [(OFFERED_BY, _pairs(chunk, "organisation"))]
        case Post():
            return [(POST_IN, _pairs(chunk, "organisation")), (HOLDS, _holds(chunk))]
        case Agreement():
            return [(GRANTED_BY, _pairs(chunk, "granted_by")), (GIVEN_TO, _pairs(chunk, "given_to"))]


def _pairs(chunk: Sequence[Record], name: str) -> list[dict[str, Any]]:
    pairs = []
    for record in chunk:
        ends = getattr(record, name)
        distinct = dict.fromkeys((ends,) if isinstance(ends, str) else ends)
        pairs.extend({"id": record.id, "to": end} for end in distinct if end)
    return pairs


def _place_row(record: Organisation | Service) -> dict[str, Any]:
    id_ = f"place:{record.id}"
    return {"id": record.id, "place": id_, "node": {"id": id_} | records.place_properties(record.place)}


def _holds(chunk: Sequence[Record]) -> list[dict[str, Any]]:
    return [
        {"id": post.id, "holder": holder.professional, "held": records.held(holder)}
        for post in chunk
        if isinstance(post, Post)
        for holder in post.holders
    ]
