"""How each kind of record is written: its node, its edges, its seal, and what happens when its source drops it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, LiteralString

from graph.model.directory import (
    Agreement,
    ListingState,
    Organisation,
    Post,
    Professional,
    Service,
    Succession,
    SuccessionKind,
)
from graph.store import records
from graph.store.records import Record

KINDS: Final = (Organisation, Professional, Service, Post, Agreement)
Queries = Mapping[type, LiteralString]

# What the graph holds of these ids: the seal, who told it, and who else speaks of it (null while only one does).
HELD: Final[Queries] = {
    Organisation: """UNWIND $ids AS id MATCH (n:Organisation {id: id})
    RETURN n.id AS id, n.digest AS digest, n.origin AS origin, n.state AS state, n.voices AS voices""",
    Professional: """UNWIND $ids AS id MATCH (n:Professional {id: id})
    RETURN n.id AS id, n.digest AS digest, n.origin AS origin""",
    Service: """UNWIND $ids AS id MATCH (n:Service {id: id})
    RETURN n.id AS id, n.digest AS digest, n.origin AS origin, n.state AS state, n.voices AS voices""",
    Post: "UNWIND $ids AS id MATCH (n:Post {id: id}) RETURN n.id AS id, n.digest AS digest, n.origin AS origin",
    Agreement: """UNWIND $ids AS id MATCH (n:Agreement {id: id})
    RETURN n.id AS id, n.digest AS digest, n.origin AS origin""",
}

# What only this source tells, in a span of ids. Both ends are bound, and the source is looked at afterwards: a page of all that
# follows an id is sorted whole each time (0.6 s of 30,000 on ArcadeDB), so that a reading of all pages is quadratic.
SPANS: Final[Queries] = {
    Organisation: """MATCH (n:Organisation) WHERE n.id > $above AND n.id <= $upto
    WITH n WHERE n.origin = $source AND n.state <> 'archived' AND n.voices IS NULL
    RETURN n.id AS id ORDER BY id LIMIT $most""",
    Professional: """MATCH (n:Professional) WHERE n.id > $above AND n.id <= $upto
    WITH n WHERE n.origin = $source
    RETURN n.id AS id ORDER BY id LIMIT $most""",
    Service: """MATCH (n:Service) WHERE n.id > $above AND n.id <= $upto
    WITH n WHERE n.origin = $source AND n.state <> 'archived' AND n.voices IS NULL
    RETURN n.id AS id ORDER BY id LIMIT $most""",
    Post: """MATCH (n:Post) WHERE n.id > $above AND n.id <= $upto
    WITH n WHERE n.origin = $source
    RETURN n.id AS id ORDER BY id LIMIT $most""",
    Agreement: """MATCH (n:Agreement) WHERE n.id > $above AND n.id <= $upto
    WITH n WHERE n.origin = $source
    RETURN n.id AS id ORDER BY id LIMIT $most""",
}

MERGE: Final[Queries] = {
    Organisation: "UNWIND $rows AS row MERGE (n:Organisation {id: row.id}) SET n = row.node",
    Professional: "UNWIND $rows AS row MERGE (n:Professional {id: row.id}) SET n = row.node",
    Service: "UNWIND $rows AS row MERGE (n:Service {id: row.id}) SET n = row.node",
    Post: "UNWIND $rows AS row MERGE (n:Post {id: row.id}) SET n = row.node",
    Agreement: "UNWIND $rows AS row MERGE (n:Agreement {id: row.id}) SET n = row.node",
}

FORGET: Final[Queries] = {
    Organisation: "UNWIND $ids AS id MATCH (n:Organisation {id: id})-[r:COVERS|PART_OF|AT]->() DELETE r",
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
    Service: (
        """UNWIND $ids AS id
        MATCH (:Service {id: id})-[:SUCCEEDED_BY*1..4]->(:Service)-[:OFFERED_BY]->(o:Organisation)
        RETURN o.id AS id""",
    ),
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

PLACED: Final[Queries] = {
    Organisation: """
    UNWIND $rows AS row
    MATCH (n:Organisation {id: row.id}), (t:Territory {id: row.node.territory})
    MERGE (p:Place {id: row.place}) SET p = row.node
    CREATE (n)-[:AT]->(p), (p)-[:IN]->(t)
    """,
    Service: """
    UNWIND $rows AS row
    MATCH (n:Service {id: row.id}), (t:Territory {id: row.node.territory})
    MERGE (p:Place {id: row.place}) SET p = row.node
    CREATE (n)-[:AT]->(p), (p)-[:IN]->(t)
    """,
}
PLACED_NOWHERE: Final[Queries] = {
    Organisation: """
    UNWIND $rows AS row
    MATCH (n:Organisation {id: row.id})
    MERGE (p:Place {id: row.place}) SET p = row.node
    CREATE (n)-[:AT]->(p)
    """,
    Service: """
    UNWIND $rows AS row
    MATCH (n:Service {id: row.id})
    MERGE (p:Place {id: row.place}) SET p = row.node
    CREATE (n)-[:AT]->(p)
    """,
}
# A place is named after who receives there.
LEAVE_TERRITORY: Final[LiteralString] = "UNWIND $ids AS id MATCH (p:Place {id: 'place:' + id})-[r:IN]->() DELETE r"
# Another source's successions stay.
UNSUCCEED: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (n:Organisation {id: id})-[r:SUCCEEDED_BY]->()
WHERE r.origin IS NULL OR r.origin = $source
DELETE r
"""
# What a record says itself of who took its place, whoever writes it.
BY_ITSELF: Final = "record"
UNSUCCEED_BY_ITSELF: Final[Mapping[type, LiteralString]] = {
    Organisation: """
    UNWIND $ids AS id
    MATCH (n:Organisation {id: id})-[r:SUCCEEDED_BY {origin: 'record'}]->()
    DELETE r
    """,
    Service: """
    UNWIND $ids AS id
    MATCH (n:Service {id: id})-[r:SUCCEEDED_BY {origin: 'record'}]->()
    DELETE r
    """,
}
SERVICE_SUCCEEDED_BY: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Service {id: row.id}), (s:Service {id: row.to})
CREATE (n)-[:SUCCEEDED_BY {on: row.on, kind: row.kind, scope: row.scope, origin: row.origin}]->(s)
"""

PART_OF: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Organisation {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:PART_OF]->(o)
"""
SUCCEEDED_BY: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (n:Organisation {id: row.id}), (o:Organisation {id: row.to})
CREATE (n)-[:SUCCEEDED_BY {on: row.on, kind: row.kind, scope: row.scope, origin: row.origin}]->(o)
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


def drawn(kind: type, chunk: Sequence[Record]) -> Drawn:
    """The statements that draw these records' edges, each with its rows, in the order in which to run them."""
    statements: Drawn = []
    if kind in COVERS:
        statements.append((COVERS[kind], _pairs(chunk, "covers")))
    if kind in HANDLES:
        statements.append((HANDLES[kind], _pairs(chunk, "competences")))
    if kind in PLACED:
        places: Rows = [_place_row(r) for r in chunk if isinstance(r, Organisation | Service) and r.place]
        statements.append((PLACED[kind], [row for row in places if row["node"].get("territory")]))
        statements.append((PLACED_NOWHERE[kind], [row for row in places if not row["node"].get("territory")]))
    return statements + _own(chunk)


def succeeded(successions: Iterable[Succession], source: str) -> Rows:
    """The rows of SUCCEEDED_BY."""
    return [
        {
            "id": s.predecessor,
            "to": s.successor,
            "on": s.on.isoformat(),
            "kind": s.kind.value,
            "scope": s.scope,
            "origin": source,
        }
        for s in successions
    ]


def _own(chunk: Sequence[Record]) -> Drawn:
    """Edges that only one kind of record has."""
    match chunk[0]:
        case Organisation():
            return [(PART_OF, _pairs(chunk, "part_of")), (SUCCEEDED_BY, succeeded(_by_itself(chunk), BY_ITSELF))]
        case Professional():
            return [(WORKS_AT, _pairs(chunk, "organisations"))]
        case Service():
            followed = succeeded(_by_itself(chunk), BY_ITSELF)
            return [(OFFERED_BY, _pairs(chunk, "organisation")), (SERVICE_SUCCEEDED_BY, followed)]
        case Post():
            return [(POST_IN, _pairs(chunk, "organisation")), (HOLDS, _holds(chunk))]
        case Agreement():
            return [(GRANTED_BY, _pairs(chunk, "granted_by")), (GIVEN_TO, _pairs(chunk, "given_to"))]


def _by_itself(chunk: Sequence[Record]) -> list[Succession]:
    """Archived listings that say who took their place; of a service the day when it said so."""
    return [
        Succession(
            predecessor=record.id,
            successor=record.successor,
            on=(record.closed_on if isinstance(record, Organisation) else None) or record.vouched_on,
            kind=SuccessionKind.TRANSFERRED,
        )
        for record in chunk
        if isinstance(record, Organisation | Service) and record.successor and _has_ended(record)
    ]


def _has_ended(record: Organisation | Service) -> bool:
    return record.state is ListingState.ARCHIVED or (isinstance(record, Organisation) and record.closed_on is not None)


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
