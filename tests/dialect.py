"""The Cypher that both engines understand alike: what the store may not say, read from its source and not from its runs.

Each rule of `CYPHER` looks at one statement, each of `PYTHON` at one module; both say whether the rule is broken. Statements
are seen without comments, with their texts emptied and their blanks made one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

BEGINNING: Final = re.compile(
    r"\s*(MATCH|OPTIONAL|MERGE|CREATE|UNWIND|WITH|RETURN|CALL|SHOW|DROP|FOREACH|CYPHER|EXPLAIN|PROFILE|LET|FILTER|USE|INSERT)\s"
)
CLAUSES: Final = re.compile(
    r"\b(?=(?:OPTIONAL MATCH|(?<!OPTIONAL )MATCH|MERGE|CREATE|UNWIND|WITH|RETURN|CALL|SET|REMOVE|(?<!DETACH )DELETE|DETACH DELETE"
    r"|FOREACH|LET|FILTER|ON CREATE|ON MATCH|UNION|ORDER BY|SKIP|OFFSET|LIMIT|WHERE)\b)"
)
EDGE: Final = re.compile(r"\)\s*<?-(?:\[|-)")
UNIQUE: Final = re.compile(r"CREATE CONSTRAINT .*FOR \(\w+:(\w+)\) REQUIRE \(?\w+\.id\)? IS UNIQUE")
AGGREGATE: Final = re.compile(r"\b(?:collect|count|sum|avg|min|max|stDevP?|percentile(?:Cont|Disc))\(", re.IGNORECASE)
SUBQUERY: Final = re.compile(r"(?:\b(?:EXISTS|COUNT|COLLECT|CALL)|\bCALL \([^()]*\))\s*$")
MOMENTS: Final = frozenset({"now", "utcnow", "fromtimestamp", "fromisoformat", "astimezone", "combine", "datetime"})


@dataclass(frozen=True, slots=True)
class Statement:
    """One Cypher text and where it stands. `unique` holds the labels whose id a constraint of ours keeps unique."""

    text: str
    line: int = 0
    unique: frozenset[str] = frozenset()


def statements(source: str) -> list[Statement]:
    """Every Cypher text of a module: literals, joined or not, that begin as a statement does; docstrings left out."""
    tree = ast.parse(source)
    aside = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    found: list[Statement] = []
    for node in ast.walk(tree):
        if id(node) in aside:
            continue
        if isinstance(node, ast.BinOp):
            aside |= {id(inner) for inner in ast.walk(node) if inner is not node}
        text = _text(node)
        if text is not None and BEGINNING.match(text):
            found.append(Statement(plain(text), getattr(node, "lineno", 0)))
    return found


def _text(node: ast.AST) -> str | None:
    """The text of a literal or of a sum of them; what a formatted one fills in shows as `?`, which breaks a rule."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "?{" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            one, other = _text(left), _text(right)
            return None if one is None or other is None else one + other
    return None


def plain(text: str) -> str:
    """Without comments, texts emptied, blanks made one."""
    text = re.sub(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", lambda found: f"'{_zone(found[0])}'", text)
    return " ".join(re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL).split())


def _zone(text: str) -> str:
    """The only thing of a text that matters: a zone by its name."""
    return "Area/City" if re.search(r"\b[A-Z][a-z]+/[A-Z][A-Za-z_]+\b", text) else ""


def unique_labels(found: list[Statement]) -> frozenset[str]:
    """The labels whose `id` a constraint among these statements keeps unique."""
    return frozenset(match[1] for statement in found if (match := UNIQUE.search(statement.text)))


def _clauses(text: str) -> list[str]:
    return [part.strip() for part in CLAUSES.split(text) if part.strip()]


def _has(pattern: str) -> Callable[[Statement], bool]:
    compiled = re.compile(pattern)
    return lambda statement: compiled.search(statement.text) is not None


def _merges_what_nothing_keeps_unique(statement: Statement) -> bool:
    """A node by its id alone, under our constraint; or an edge between two that are bound already."""
    for clause in _clauses(statement.text):
        if not clause.startswith("MERGE"):
            continue
        if EDGE.search(clause):
            if re.search(r"\(\w*:|\(\w*\s*\{|\(\)", clause):
                return True
            continue
        node = re.fullmatch(r"MERGE \(\w*:(\w+) \{id: [^,{}]+\}\)", clause)
        if node is None or node[1] not in statement.unique:
            return True
    return False


def _reads_an_edge_just_drawn(statement: Statement) -> bool:
    """ArcadeDB does not see it, silently, from a variable that was bound before; matched anew by its key, it does."""
    drawn = False
    for clause in _clauses(statement.text):
        if drawn and not clause.startswith(("CREATE", "MERGE")):
            for edge in EDGE.finditer(clause):
                first = clause[clause.rfind("(", 0, edge.start()) : edge.start()]
                if "{id:" not in first:
                    return True
        drawn = drawn or (clause.startswith(("CREATE", "MERGE")) and EDGE.search(clause) is not None)
    return False


def _aggregates_in_a_map(statement: Statement) -> bool:
    maps: list[bool] = []
    for position, letter in enumerate(statement.text):
        if letter == "{":
            maps.append(SUBQUERY.search(statement.text[:position]) is None)
        elif letter == "}" and maps:
            maps.pop()
        elif maps and maps[-1] and AGGREGATE.match(statement.text, position):
            return True
    return False


def _path_without_end(statement: Statement) -> bool:
    bounds = re.findall(r"\[[^\]]*?\*(\d*)(\.\.)?(\d*)[^\]]*\]", statement.text)
    stars = any(not upper and (dots or not lower) for lower, dots, upper in bounds)
    return stars or re.search(r"\)(?:[+*]|\{\d*,\})|->?[+*]|\{\d+,\}", statement.text) is not None


def _compares_then_sets(statement: Statement) -> bool:
    """A property that is compared with a parameter and then set, with nothing that locks the node before."""
    compared: set[tuple[str, str]] = set()
    locked: set[str] = set()
    for clause in _clauses(statement.text):
        if clause.startswith("SET"):
            given = re.findall(r"(\w+)\.(\w+) =", clause)
            if any((name, prop) in compared for name, prop in given):
                return True
            locked |= {name for name, _ in given}
        elif clause.startswith("WHERE"):
            compared |= {pair for pair in re.findall(r"(\w+)\.(\w+) = \$\w+", clause) if pair[0] not in locked}
        elif "MATCH" in clause:
            for name, inner in re.findall(r"\((\w+)(?::\w+)? \{([^}]*)\}", clause):
                compared |= {(name, prop) for prop in re.findall(r"(\w+): \$\w+", inner)}
    return False


def _limits_without_order(statement: Statement) -> bool:
    ordered = False
    for clause in _clauses(statement.text):
        if clause.startswith(("SKIP", "OFFSET", "LIMIT")):
            if not ordered:
                return True
        else:
            ordered = clause.startswith("ORDER BY")
    return False


def _returns_a_node(statement: Statement) -> bool:
    """A node read back may be older than it is, or one more than a reader may see: values come back."""
    bound = set(re.findall(r"[(\[](\w+)(?::|\)| \{)", statement.text))
    for clause in _clauses(statement.text):
        if clause.startswith("RETURN"):
            items = re.sub(r"^RETURN (?:DISTINCT )?", "", clause).split(",")
            if any(re.fullmatch(r"\s*(\w+)(?: AS \w+)?\s*", item) and item.split()[0] in bound for item in items):
                return True
    return False


CYPHER: Final[dict[str, Callable[[Statement], bool]]] = {
    "a text put together": _has(r"\?\{"),
    "an id of the engine": _has(r"\b(?:elementId|id)\("),
    "a zone by its name": _has(r"\btimezone:|Area/City"),
    "a bare moment": _has(r"\$\w+ [+-] duration\(|duration\([^)]*\) \+ \$"),
    "MERGE of what no constraint keeps unique": _merges_what_nothing_keeps_unique,
    "an edge read in the statement that draws it": _reads_an_edge_just_drawn,
    "an aggregate inside a map": _aggregates_in_a_map,
    "a constraint other than one unique property": _has(
        r"CREATE CONSTRAINT (?!.*REQUIRE \(?\w+\.\w+\)? IS UNIQUE$)|\bIS (?:NOT )?(?:::|TYPED)"
    ),
    "a schema that cannot be said twice": _has(
        r"^(?:CREATE (?:\w+ )*?(?:CONSTRAINT|INDEX)\b(?!.* IF NOT EXISTS)|DROP (?!.* IF EXISTS))"
    ),
    "an index of one engine": _has(r"CREATE (?:FULLTEXT|VECTOR|LOOKUP) INDEX"),
    "a procedure": _has(r"\bCALL [a-z]\w*[.(]|\bapoc\.|\bdb(?:ms)?\.\w"),
    "a path without end": _path_without_end,
    "SHORTEST": _has(r"\bSHORTEST\b"),
    "a prefix of version": _has(r"^CYPHER\b"),
    "LET or FILTER": _has(r"(?:^|[\s)])(?:LET \w+ =|FILTER )"),
    "ON ERROR": _has(r"\bON ERROR\b|\bREPORT STATUS\b"),
    "exists() of a property": _has(r"\bexists\("),
    "a comparison that locks nothing": _compares_then_sets,
    "a limit without an order": _limits_without_order,
    "a node that comes back": _returns_a_node,
    "a list with a hole": _has(r"= \[[^\]]*\bnull\b[^\]]*\]"),
}


def _calls(tree: ast.Module, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node


def _uses_zones(tree: ast.Module) -> bool:
    """The driver reads the zone's memory out of bounds: the process dies, or the hour is another."""
    return any(
        (isinstance(node, ast.ImportFrom) and node.module == "zoneinfo")
        or (isinstance(node, ast.Import) and any(name.name in {"zoneinfo", "pytz"} for name in node.names))
        for node in ast.walk(tree)
    )


def _sends_a_moment(tree: ast.Module) -> bool:
    """A datetime among the parameters of a statement: ArcadeDB drops its offset."""
    moments = {
        node.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Name) and node.annotation.id == "datetime"
    } | {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_moment(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return any(
        _is_moment(part) or (isinstance(part, ast.Name) and part.id in moments)
        for call in _calls(tree, "run")
        for given in call.keywords
        for part in _held(given.value)
    )


def _held(node: ast.expr) -> Iterator[ast.expr]:
    """A value and what lists and maps of it hold; not what a call makes of its own arguments."""
    yield node
    match node:
        case ast.Dict(values=inner) | ast.List(elts=inner) | ast.Tuple(elts=inner):
            for part in inner:
                yield from _held(part)
        case ast.ListComp(elt=part):
            yield from _held(part)


def _is_moment(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="datetime"), attr=name)):
            return name in MOMENTS
        case ast.Call(func=ast.Attribute(attr="astimezone")) | ast.Call(func=ast.Name(id="datetime")):
            return True
    return False


def _reads_messages(tree: ast.Module) -> bool:
    """The engines word their faults otherwise, and in production one of them says nothing."""
    caught = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    for node in ast.walk(tree):
        match node:
            case ast.Compare(comparators=[ast.Call(func=ast.Name(id="str"), args=[ast.Name(id=name)])]) if (
                name in caught
            ):
                return True
            case ast.Compare(comparators=[ast.Attribute(value=ast.Name(id=name), attr="message")]) if name in caught:
                return True
    return False


PYTHON: Final[dict[str, Callable[[ast.Module], bool]]] = {
    "zones": _uses_zones,
    "a moment as a parameter": _sends_a_moment,
    "a session whose database has no name": lambda tree: any(
        "database" not in {given.arg for given in call.keywords} for call in _calls(tree, "session")
    ),
    "the driver's own retries": lambda tree: any(_calls(tree, "execute_read", "execute_write", "execute_query")),
    "a fault told by its message": _reads_messages,
}


def broken(source: str, unique: frozenset[str] = frozenset()) -> list[tuple[int, str]]:
    """Every rule that this module breaks, with the line."""
    tree = ast.parse(source)
    found = [(0, rule) for rule, breaks in PYTHON.items() if breaks(tree)]
    for statement in statements(source):
        known = Statement(statement.text, statement.line, unique)
        found += [(known.line, rule) for rule, breaks in CYPHER.items() if breaks(known)]
    return found
