"""The store speaks what both engines understand alike; and each rule refuses what it must, and no more."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.dialect import CYPHER, PYTHON, broken, statements, unique_labels

STORE = sorted((Path(__file__).resolve().parent.parent / "graph" / "store").rglob("*.py"))
UNIQUE = frozenset({"Post", "Service"})

# Each rule: what it refuses, and what looks like it and is right.
CYPHER_SAMPLES = [
    (
        "an id of the engine",
        "MATCH (n:Post) WHERE elementId(n) = $id RETURN n.id AS id",
        "MATCH (n:Post) WHERE n.id = $id RETURN n.id AS id, 'elementId(n)' AS said",
    ),
    ("an id of the engine", "MATCH (n:Post) RETURN id(n) AS id", "MATCH (n:Post {id: $id}) RETURN n.id AS id"),
    (
        "a zone by its name",
        "MERGE (n:Post {id: $id}) SET n.on = datetime('2026-01-01T10:00[Europe/Paris]')",
        "MERGE (n:Post {id: $id}) SET n.on = datetime('2026-01-01T10:00Z'), n.label = 'et/ou'",
    ),
    (
        "a zone by its name",
        "MATCH (n:Post) SET n.on = datetime({epochMillis: $ms, timezone: $zone})",
        "MATCH (n:Post) SET n.on = datetime({epochMillis: $ms})",
    ),
    (
        "a bare moment",
        "MATCH (n:Post) SET n.until = $now + duration({days: 7})",
        "MATCH (n:Post) SET n.until = datetime($now) + duration({days: 7})",
    ),
    (
        "MERGE of what no constraint keeps unique",
        "MERGE (n:Stranger {id: $id}) SET n.on = $on",
        "MERGE (n:Post {id: $id}) SET n.on = $on",
    ),
    (
        "MERGE of what no constraint keeps unique",
        "MERGE (n:Post {id: $id, name: $name})",
        "UNWIND $rows AS row MERGE (n:Post {id: row.id}) SET n.name = row.name",
    ),
    (
        "MERGE of what no constraint keeps unique",
        "MATCH (n:Post {id: $id}) MERGE (n)-[:IN]->(o:Service {id: $to})",
        "MATCH (n:Post {id: $id}), (o:Service {id: $to}) MERGE (n)-[:IN]->(o)",
    ),
    (
        "an edge read in the statement that draws it",
        "MATCH (n:Post {id: $id}), (o:Service {id: $to}) CREATE (n)-[:IN]->(o) WITH n MATCH (n)-[:IN]->(x) RETURN x.id AS id",
        "MATCH (n:Post {id: $id})-[:IN]->(x) WITH n, x CREATE (n)-[:SEEN]->(x) RETURN x.id AS id",
    ),
    (
        "an edge read in the statement that draws it",
        "MATCH (n:Post {id: $id}), (o:Service {id: $to}) MERGE (n)-[:IN]->(o) RETURN COUNT { (n)-[:IN]->() } AS n",
        "MATCH (n:Post {id: $id}), (o:Service {id: $to}) MERGE (n)-[:IN]->(o) "
        "WITH o MATCH (p:Post {id: $id})-[:IN]->(x) RETURN x.id AS id",
    ),
    (
        "an aggregate inside a map",
        "MATCH (n:Post)-[:IN]->(o:Service) RETURN n{.id, services: collect(o.id)} AS post",
        "MATCH (n:Post)-[:IN]->(o:Service) WITH n, collect(o.id) AS services RETURN n{.id, services: services} AS post",
    ),
    (
        "an aggregate inside a map",
        "MATCH (n:Post) RETURN {posts: count(n)} AS figures",
        "MATCH (n:Post) CALL (n) { MATCH (n)-[:IN]->(o) RETURN count(o) AS c } RETURN {posts: c} AS figures",
    ),
    (
        "an aggregate inside a map",
        "MATCH (n:Post) RETURN n{.id, most: max(n.rank)} AS post",
        "MATCH (n:Post) RETURN n{.id, .max, is: COUNT { MATCH (n)-[:IN]->(o) RETURN count(o) AS c }} AS post",
    ),
    (
        "a constraint other than one unique property",
        "CREATE CONSTRAINT post_name IF NOT EXISTS FOR (n:Post) REQUIRE n.name IS NOT NULL",
        "CREATE CONSTRAINT post_name IF NOT EXISTS FOR (n:Post) REQUIRE n.name IS UNIQUE",
    ),
    (
        "a constraint other than one unique property",
        "CREATE CONSTRAINT post_key IF NOT EXISTS FOR (n:Post) REQUIRE (n.a, n.b) IS UNIQUE",
        "CREATE CONSTRAINT post_key IF NOT EXISTS FOR (n:Post) REQUIRE (n.key) IS UNIQUE",
    ),
    (
        "a constraint other than one unique property",
        "CREATE CONSTRAINT post_key IF NOT EXISTS FOR (n:Post) REQUIRE n.key IS NODE KEY",
        "CREATE CONSTRAINT post_key IF NOT EXISTS FOR (n:Post) REQUIRE n.key IS UNIQUE",
    ),
    (
        "a constraint other than one unique property",
        "MATCH (n:Post) WHERE n.rank IS :: INTEGER RETURN n.id AS id",
        "MATCH (n:Post) WHERE n.rank IS NOT NULL RETURN n.id AS id",
    ),
    (
        "a schema that cannot be said twice",
        "CREATE INDEX post_name FOR (n:Post) ON (n.name)",
        "CREATE INDEX post_name IF NOT EXISTS FOR (n:Post) ON (n.name)",
    ),
    ("a schema that cannot be said twice", "DROP INDEX post_name", "DROP INDEX post_name IF EXISTS"),
    (
        "an index of one engine",
        "CREATE FULLTEXT INDEX post_name IF NOT EXISTS FOR (n:Post) ON EACH [n.name]",
        "CREATE TEXT INDEX post_name IF NOT EXISTS FOR (n:Post) ON (n.name)",
    ),
    (
        "an index of one engine",
        "CREATE VECTOR INDEX post_name IF NOT EXISTS FOR (n:Post) ON (n.name)",
        "CREATE INDEX post_name IF NOT EXISTS FOR (n:Post) ON (n.name)",
    ),
    (
        "a procedure",
        "CALL db.index.fulltext.queryNodes('posts', $text) YIELD node RETURN node.id AS id",
        "MATCH (n:Post) WHERE toLower(n.name) CONTAINS $text RETURN n.id AS id",
    ),
    ("a procedure", "MATCH (n:Post) RETURN apoc.text.clean(n.name) AS name", "MATCH (n:Post) RETURN n.apoc AS name"),
    ("a procedure", "CALL dbms.components() YIELD name RETURN name", "CALL { RETURN 1 AS one } RETURN one"),
    (
        "a path without end",
        "MATCH (n:Post {id: $id})-[:IN*]->(o) RETURN o.id AS id",
        "MATCH (n:Post {id: $id})-[:IN*1..4]->(o) RETURN o.id AS id, 2 * 3 AS six",
    ),
    (
        "a path without end",
        "MATCH (n:Post {id: $id})-[:IN*2..]->(o) RETURN o.id AS id",
        "MATCH (n:Post {id: $id})-[:IN*2]->(o) RETURN o.id AS id",
    ),
    (
        "a path without end",
        "MATCH (n:Post {id: $id}) ((a)-[:IN]->(b))+ (o) RETURN o.id AS id",
        "MATCH (n:Post {id: $id}) ((a)-[:IN]->(b)){1,4} (o) RETURN o.id AS id, (1 + 2) AS three",
    ),
    (
        "a path without end",
        "MATCH (n:Post {id: $id})-[:IN]->+(o) RETURN o.id AS id",
        "MATCH (n:Post {id: $id})-[:IN]->(o) RETURN o.id AS id",
    ),
    (
        "a path without end",
        "MATCH (n:Post {id: $id})-[:IN]->{2,}(o) RETURN o.id AS id",
        "MATCH (n:Post {id: $id})-[:IN]->{2,4}(o) RETURN o.id AS id",
    ),
    (
        "SHORTEST",
        "MATCH p = SHORTEST 1 (a:Post {id: $a})-[:IN]-{1,4}(b:Post {id: $b}) RETURN length(p) AS n",
        "MATCH p = shortestPath((a:Post {id: $a})-[:IN*..4]-(b:Post {id: $b})) RETURN length(p) AS n",
    ),
    ("a prefix of version", "CYPHER 25 MATCH (n:Post) RETURN n.id AS id", "MATCH (n:Cypher) RETURN n.id AS id"),
    (
        "LET or FILTER",
        "MATCH (n:Post) LET name = n.name RETURN name",
        "MATCH (n:Post) WITH n.name AS name RETURN name",
    ),
    (
        "LET or FILTER",
        "MATCH (n:Post) FILTER n.rank > 3 RETURN n.id AS id",
        "MATCH (n:Post) WHERE n.FILTER > 3 RETURN n.id AS id",
    ),
    (
        "ON ERROR",
        "UNWIND $ids AS id CALL (id) { CREATE (n:Post {id: id}) } IN TRANSACTIONS ON ERROR CONTINUE",
        "UNWIND $ids AS id CALL (id) { CREATE (n:Post {id: id}) } IN TRANSACTIONS",
    ),
    (
        "exists() of a property",
        "MATCH (n:Post) WHERE exists(n.name) RETURN n.id AS id",
        "MATCH (n:Post) WHERE EXISTS { (n)-[:IN]->(:Service) } RETURN n.id AS id",
    ),
    (
        "a comparison that locks nothing",
        "MATCH (n:Post {id: $id}) WHERE n.version = $v SET n.version = $v + 1",
        "MATCH (n:Post {id: $id}) SET n.locked = true WITH n WHERE n.version = $v SET n.version = $v + 1",
    ),
    (
        "a comparison that locks nothing",
        "MATCH (n:Post {id: $id, version: $v}) SET n.name = $name, n.version = $v + 1",
        "MATCH (n:Post {id: $id}) WHERE n.state = $state SET n.name = $name",
    ),
    (
        "a limit without an order",
        "MATCH (n:Post) RETURN n.id AS id LIMIT $most",
        "MATCH (n:Post) RETURN n.id AS id ORDER BY id LIMIT $most",
    ),
    (
        "a limit without an order",
        "MATCH (n:Post) WITH n.id AS id ORDER BY id RETURN id SKIP $some",
        "MATCH (n:Post) WITH n.id AS id ORDER BY id SKIP $some LIMIT $most RETURN id",
    ),
    ("a node that comes back", "MATCH (n:Post {id: $id}) RETURN n", "MATCH (n:Post {id: $id}) RETURN n{.*} AS node"),
    (
        "a node that comes back",
        "MATCH (n:Post {id: $id})-[held:IN]->(o) RETURN n.id AS id, held AS edge",
        "MATCH (n:Post {id: $id})-[held:IN]->(o) RETURN n.id AS id, held.on AS edge",
    ),
    (
        "a list with a hole",
        "MATCH (n:Post {id: $id}) SET n.names = [$name, null]",
        "MATCH (n:Post {id: $id}) SET n.names = [$name], n.other = null",
    ),
]

PYTHON_SAMPLES = [
    ("zones", "from zoneinfo import ZoneInfo", "from datetime import UTC"),
    ("zones", "import zoneinfo", "import zipfile"),
    (
        "a moment as a parameter",
        "async def keep(unit, at: datetime):\n    await unit.run(KEEP, at=at)",
        "async def keep(unit, at: datetime):\n    await unit.run(KEEP, at=at.isoformat())",
    ),
    (
        "a moment as a parameter",
        "async def keep(unit):\n    await unit.run(KEEP, rows=[{'at': datetime.now(UTC)}])",
        "async def keep(unit):\n    await unit.run(KEEP, rows=[{'at': datetime.now(UTC).isoformat()}])",
    ),
    (
        "a moment as a parameter",
        "async def keep(unit):\n    now = datetime.now(UTC)\n    await unit.run(KEEP, now=now)",
        "async def keep(unit, on: date):\n    now = datetime.now(UTC).timestamp()\n    await unit.run(KEEP, now=now, on=on)",
    ),
    (
        "a session whose database has no name",
        "def open(driver):\n    return driver.session(default_access_mode='READ')",
        "def open(driver):\n    return driver.session(database='maillage')",
    ),
    (
        "the driver's own retries",
        "async def keep(session):\n    await session.execute_write(action)",
        "async def keep(graph):\n    await graph.write(action)",
    ),
    (
        "a fault told by its message",
        "try:\n    act()\nexcept Fault as fault:\n    again = 'already exists' in str(fault)",
        "try:\n    act()\nexcept Fault as fault:\n    again = fault.code == 'Neo.ClientError.Schema.X'; print(str(fault))",
    ),
    (
        "a fault told by its message",
        "try:\n    act()\nexcept Fault as fault:\n    again = 'already exists' in fault.message",
        "try:\n    act()\nexcept Fault as fault:\n    again = isinstance(fault, Late)",
    ),
]


def module(query: str) -> str:
    return f"QUERY = {query!r}\n"


def rules(source: str) -> set[str]:
    return {rule for _, rule in broken(source, UNIQUE)}


# Statements that take so many of a kind, whichever: to sort them first costs more than the rest, and says nothing.
WHICHEVER = {
    "outbox.py": ["CLAIM", "SWEEP"],
    "replies.py": ["SWEEP"],
    "m004_outbox.py": ["MOVE_DONE"],
    "loading.py": ["ANY_TERRITORY"],
    "mails.py": ["SWEEP"],
    "signed_links.py": ["SWEEP_KEYS", "SWEEP"],
    "suggestions.py": ["SWEEP_ADDRESSES", "SWEEP_TEXTS"],
    "uploads.py": ["OVER"],
    "m024_pages.py": ["HANDOFFS", "NEEDS", "OPENED", "ENTRIES"],
    "published.py": ["LEFT"],
}


@pytest.fixture(scope="module")
def unique() -> frozenset[str]:
    """The labels that a constraint of any file of the store keeps unique."""
    return unique_labels([statement for file in STORE for statement in statements(file.read_text())])


@pytest.mark.parametrize("path", STORE, ids=lambda path: path.name)
def test_the_store_keeps_to_the_dialect(path: Path, unique: frozenset[str]) -> None:
    source = path.read_text()
    lines = [source[: source.index(f"\n{name}: Final")].count("\n") + 2 for name in WHICHEVER.get(path.name, ())]
    assert broken(source, unique) == [(line, "a limit without an order") for line in sorted(lines)]


@pytest.mark.parametrize("path", STORE, ids=lambda path: path.name)
def test_every_constant_that_holds_cypher_is_read(path: Path) -> None:
    """A statement that the reader does not recognise would escape the rules."""
    source = path.read_text()
    lines = {statement.line for statement in statements(source)}
    constants = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "Final[LiteralString]"
    ]
    missed = [ast.unparse(c.target) for c in constants if not lines & set(range(c.lineno, (c.end_lineno or 0) + 1))]
    assert missed == []


@pytest.mark.parametrize(("rule", "wrong", "right"), CYPHER_SAMPLES)
def test_a_statement_is_refused_for_that_and_for_nothing_else(rule: str, wrong: str, right: str) -> None:
    assert rules(module(wrong)) == {rule}
    assert rules(module(right)) == set()


@pytest.mark.parametrize(("rule", "wrong", "right"), PYTHON_SAMPLES)
def test_a_module_is_refused_for_that_and_for_nothing_else(rule: str, wrong: str, right: str) -> None:
    assert rules(wrong) == {rule}
    assert rules(right) == set()


def test_a_statement_put_together_is_refused_and_a_sum_of_literals_is_read_whole() -> None:
    assert rules('QUERY = f"MATCH (n:{label}) RETURN n.id AS id"') == {"a text put together"}
    assert rules('QUERY = "MATCH (n:Post) RETURN n.id AS id " + "LIMIT 3"') == {"a limit without an order"}
    assert rules('QUERY = (\n  "MATCH (n:Post) "\n  "RETURN n.id AS id ORDER BY id LIMIT 3"\n)') == set()


def test_what_stands_in_comments_texts_and_docstrings_is_not_read() -> None:
    assert rules('"""MATCH (n) RETURN n LIMIT 1"""') == set()
    assert rules(module("MATCH (n:Post) // RETURN n LIMIT 1\nRETURN n.id AS id")) == set()
    assert rules(module("MATCH (n:Post) WHERE n.name = 'LIMIT 1' RETURN n.id AS id")) == set()


def test_every_rule_has_samples() -> None:
    shown = {rule for rule, _, _ in (*CYPHER_SAMPLES, *PYTHON_SAMPLES)} | {"a text put together"}
    assert shown == {*CYPHER, *PYTHON}
