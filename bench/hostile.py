"""What no honest client sends to the GraphQL door, each with the answer that it gets: for the bench and for the tests.

What the libraries leave open by default, and what was found open since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

JSON: Final[Mapping[str, str]] = {"content-type": "application/json"}
WORDS: Final = " ".join(["impayees", "loyyer", "hebergemant", "violance", "chomaje", "mentalle", "jeunne"] * 9)[:490]
NONSENSE: Final = " ".join(f"zqxjkwv{number}dfyhg" for number in range(40))[:490]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """One request. `status` and `codes` (of its errors) are those of its answer; no code where it is answered."""

    name: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    method: str = "POST"
    path: str = "/graphql"
    status: int = 200
    codes: tuple[str, ...] = ()


def asking(name: str, query: str, *codes: str, **variables: Any) -> Hostile:
    """An operation."""
    return Hostile(
        name=name,
        body=json.dumps({"query": query, "variables": variables}, separators=(",", ":")).encode(),
        codes=codes,
    )


def refused(name: str, body: bytes, status: int, code: str = "INVALID_INPUT", **headers: str) -> Hostile:
    """A body that is not read as an operation."""
    sent = JSON | {key.replace("_", "-"): value for key, value in headers.items()}
    return Hostile(name=name, body=body, headers=sent, status=status, codes=(code,))


def requests() -> Iterator[Hostile]:
    """All of them."""
    yield from _bodies()
    yield from _doors()
    yield from _documents()
    yield from _quoting()
    yield from _pages()
    yield from _variables()
    yield from _words()


PLAIN: Final = json.dumps({"query": "{ __typename }"}).encode()


def _bodies() -> Iterator[Hostile]:
    yield refused("2 MB query", b'{"query":"{ __typename ' + b"#" * 2_000_000 + b'"}', 413, "TOO_MUCH")
    yield refused("[ ×100,000", b"[" * 99_999, 400)
    yield refused("{ ×15,000 in variables", b'{"query":"{__typename}","variables":' + b'{"a":' * 15_000, 400)
    yield refused("a batch", b"[" + b",".join([PLAIN] * 500) + b"]", 400)
    yield refused("nothing", b"", 400)
    yield refused("not UTF-8", b'{"query":"{__typename}\xff"}', 400)
    yield refused("half of a pair", rb'{"query":"{__typename}","operationName":"\ud800"}', 400)
    yield refused("a number without end", b'{"query":"{__typename}","variables":{"n":' + b"9" * 90_000 + b"}}", 400)
    yield refused("1e400", b'{"query":"{__typename}","variables":{"n":1e400}}', 400)
    yield refused("NaN", b'{"query":"{__typename}","variables":{"n":NaN}}', 400)
    yield Hostile(name="the same key twice", body=b'{"query":"{ nothing }","query":"{ __typename }"}')


def _doors() -> Iterator[Hostile]:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"):
        yield refused(kind.partition(";")[0], PLAIN, 415, content_type=kind)
    yield refused("gzip", PLAIN, 415, content_encoding="gzip")
    for origin in ("https://ailleurs.example", "null", "http://[", "http://", "http://[::1", "//"):
        yield refused(f"Origin {origin!r}", PLAIN, 403, origin=origin)
    yield refused("a browser that keeps its origin silent", PLAIN, 403, sec_fetch_site="cross-site")
    yield refused("Host and Origin of another", PLAIN, 403, host="a.example", origin="https://b.example")
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"):
        yield Hostile(name=method, method=method, body=PLAIN, status=405)
    mutation = "/graphql?query=mutation%7B__typename%7D"
    yield Hostile(name="GET mutation", method="GET", path=mutation, headers={}, status=405)
    yield Hostile(name="GET query", method="GET", path="/graphql?query=%7B__typename%7D", headers={}, status=405)
    upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-protocol": "graphql-ws"}
    yield Hostile(name="a subscription's socket", method="GET", path="/graphql?query", headers=upgrade, status=405)
    yield Hostile(name="a slash more", path="/graphql/", headers=JSON | {"host": "ailleurs.example"}, status=404)
    yield Hostile(name="a file outside", method="GET", path="/graphql/static/..%2f..%2fdoor.py", status=404)


def _documents() -> Iterator[Hostile]:
    one = "organisation(id: 1)"
    yield asking("same field ×500", f"{{ {one} {{ {'name ' * 500} }} }}", "TOO_MUCH")
    yield asking("__typename ×999", "{" + "__typename " * 990 + "}", "TOO_MUCH")
    yield asking("aliases ×100", "{" + " ".join(f"a{n}: {one} {{ id }}" for n in range(100)) + "}", "TOO_MUCH")
    yield asking("an alias of 90 kB", "{" + "a" * 90_000 + ": __typename }", "TOO_MUCH")
    yield asking("depth 40", f"{{ {one} {'{ partOf ' * 40} {{ id }} {'}' * 41}", "TOO_MUCH")
    yield asking("directives ×50", f"{{ {one} {{ id {'@include(if: true) ' * 50} }} }}", "TOO_MUCH")
    doubling = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    yield asking("fragments that double", f"{{ ...F0 }} {doubling} fragment F60 on Query {{ __typename }}", "TOO_MUCH")
    yield asking(
        "a circle of fragments", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "TOO_MUCH"
    )
    whole = " ".join(
        f"fragment F{n} on Query {{ {' '.join(f'...F{m}' for m in range(n + 1, 28))} __typename }}" for n in range(28)
    )
    yield asking("fragments that all name each other", f"{{ ...F0 }} {whole}", "TOO_MUCH")
    yield asking("inline fragments ×200", "{" + "... { " * 200 + "__typename" + "}" * 201, "INVALID_INPUT")
    yield asking(
        "operations ×45, none named", "".join(f"query A{n} {{ __typename }}" for n in range(45)), "INVALID_INPUT"
    )
    yield asking("mutation", "mutation { eraseEverything }", "INVALID_INPUT")
    yield asking("subscription", "subscription { __typename }", "INVALID_INPUT")
    yield asking("comments", "#\n" * 30_000 + "{ __typename }", "TOO_MUCH")
    yield asking("spaces", "{ __typename " + " " * 90_000 + "}")
    yield asking("brackets in a literal", "{ organisation(id: " + "[" * 900, "INVALID_INPUT")
    yield asking("introspection twice", "{ __schema { types { name } } b: __schema { types { name } } }", "TOO_MUCH")
    circle = "fragment T on __Type { ofType { ofType { fields { type { fields { type { fields { name } } } } } } } }"
    yield asking(
        "introspection in circles", f"{{ __schema {{ types {{ ...T }} }} }} {circle}", "INVALID_INPUT", "INVALID_INPUT"
    )


def _quoting() -> Iterator[Hostile]:
    """What an error could repeat at length, or tell of ourselves."""
    yield asking("a field of 90 kB", "{" + "a" * 90_000 + "}", "INVALID_INPUT")
    long = f"{{ ...{'F' * 30_000} }} fragment {'G' * 30_000} on Query {{ id }}"
    yield asking("names of 30 kB", long, *["INVALID_INPUT"] * 3)
    unknown = " ".join(f"organisationz{n}" for n in range(400))
    yield asking("unknown fields ×400", f"{{ {unknown} }}", *["INVALID_INPUT"] * 11)
    figures = '{ territories(text: "a", first: ' + "9" * 5_000 + ") { id } }"
    yield asking("a literal of 5,000 figures", figures, "INVALID_INPUT")
    yield asking("half of a pair in a literal", '{ organisation(id: "\\ud800") { id } }', "INVALID_INPUT")
    yield asking(
        "null where nothing may be", "query($i: ID = 1) { organisation(id: $i) { id } }", "INVALID_INPUT", i=None
    )
    yield asking(
        "a date that is none", '{ relays(question: {text: "rsa", at: "hier"}) { __typename } }', "INVALID_INPUT"
    )


def _pages() -> Iterator[Hostile]:
    yield asking("first: 99999999", '{ territories(text: "a", first: 99999999) { id } }', "INVALID_INPUT")
    yield asking(
        "first: 99999999 in a page", "{ organisations(first: 99999999) { edges { node { id } } } }", "INVALID_INPUT"
    )
    nested = "{ edges { node { services(first: 50) { edges { node { id name source } } } } } }"
    yield asking("pages in pages", f"{{ organisation(id: 1) {{ units(first: 50) {nested} }} }}", "TOO_MUCH")
    query = f"query($n: Int) {{ organisation(id: 1) {{ units(first: $n) {nested} }} }}"
    yield asking("first: 50.0, in a variable", query, "TOO_MUCH", n=50.0)
    yield asking(
        "zones of zones of zones",
        '{ territories(text: "a", first: 50) { zones { zones { zones { id } } } } }',
        "TOO_MUCH",
    )
    table = "... on Report { tables { lines(first: 50) { edges { node { cells { words } } } } } }"
    twice = " ".join(f"a{n}: report(kind: NETWORK) {{ {table} }}" for n in range(2))
    yield asking("two reports at once", f"{{ {twice} }}", "TOO_MUCH")
    yield asking("figures for a stranger", '{ unmet(period: {from: "9999-T9"}) { __typename } }')
    yield asking("an agreement of 9 kB", '{ impact(agreement: "' + "A" * 9_000 + '") { __typename } }', "INVALID_INPUT")
    yield asking(
        "a cursor of 90 kB", '{ organisations(after: "' + "A" * 90_000 + '") { edges { cursor } } }', "INVALID_INPUT"
    )


def _variables() -> Iterator[Hostile]:
    ids = "query($c: [ID!]) { relays(question: {competences: $c}) { __typename } }"
    yield asking("24,000 ids", ids, "TOO_MUCH", c=["a"] * 24_000)
    yield asking("24,000 objects for ids", ids, "TOO_MUCH", c=[{}] * 24_000)
    yield asking("900 objects for ids", ids, *["INVALID_INPUT"] * 11, c=[{}] * 900)
    yield asking("an id of 90 kB", "query($i: ID!) { organisation(id: $i) { id } }", "INVALID_INPUT", i="x" * 90_000)
    question = "query($q: RelayQuestion!) { relays(question: $q) { __typename } }"
    yield asking("unknown input fields", question, *["INVALID_INPUT"] * 11, q={f"text{n}": 1 for n in range(900)})
    yield asking("unknown variables", "{ __typename }", **{f"v{n}": n for n in range(900)})
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    yield asking("lists ×500", ids, "INVALID_INPUT", c=deep)
    yield Hostile(
        name="an operation that is not there",
        body=json.dumps({"query": "query A { __typename }", "operationName": "B" * 90_000}).encode(),
        codes=("INVALID_INPUT",),
    )


def _words() -> Iterator[Hostile]:
    """Reading words takes the longest of all that one field can ask."""
    for name, text in (("misspelled", WORDS), ("without sense", NONSENSE), ("short", "abcdefghij " * 44)):
        read = "query($t: String!) { competences(text: $t) { because } }"
        yield asking(f"500 letters, {name}", read, t=text)
        answered = "query($t: String!) { relays(question: {text: $t, publics: [FAMILLES]}, first: 50) { __typename } }"
        yield asking(f"500 letters, {name}, all of France", answered, t=text)
        many = " ".join(f"a{n}: competences(text: $t) {{ because }}" for n in range(15))
        yield asking(f"500 letters, {name} ×15", f"query($t: String!) {{ {many} }}", "TOO_MUCH", t=text)
    names = " ".join(
        f'a{n}: organisations(text: "{chr(97 + n)}", first: 50) {{ edges {{ node {{ id }} }} }}' for n in range(8)
    )
    yield asking("names ×8", f"{{ {names} }}")
