from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from graphql import get_introspection_query, get_operation_ast, get_variable_values, parse

from api.graphql.cost import (
    BEFORE,
    COUNTING,
    INTROSPECTION,
    LETTERS_READ,
    POINTS_FOR_A_LETTER,
    REMEMBERED,
    Prices,
)
from api.graphql.execution import gate
from api.graphql.explorer import FOLDER
from api.graphql.limits import (
    ALIASES,
    COMMENTS,
    DEPTH,
    DIRECTIVES,
    NAME_LENGTH,
    REMEMBERED_CHARACTERS,
    REMEMBERED_DOCUMENTS,
    REPEATS,
    TOKENS,
    VARIABLE_VALUES,
    Gate,
    check_variables,
)
from api.graphql.schema import schema
from api.settings import Settings
from bench.asking import COMPLETE, PAGE, PAGE_WITH_COUNTS, PHRASES
from graph.model.errors import TooMuch

SCHEMA = schema().core
# What one unreadable document may take of the processor, whatever it holds.
SECONDS = 1.0


def refusals(query: str, *, introspection: bool = True) -> list[str]:
    return [error.message for error in gate(introspection=introspection).prepare(query).errors]


def cost(query: str, **variables: Any) -> int:
    document = parse(query)
    operation = get_operation_ast(document)
    assert operation is not None
    coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
    assert not isinstance(coerced, list)
    return Prices(SCHEMA, document).of(operation, coerced.coerced)


def nested(levels: int) -> str:
    return "{ organisation(id: 1) " + "{ partOf " * (levels - 2) + "{ id }" + " }" * (levels - 1)


def aliased(times: int) -> str:
    return "{" + " ".join(f"a{i}: organisation(id: {i}) {{ id }}" for i in range(times)) + "}"


def directed(times: int) -> str:
    return "{ organisation(id: 1) {" + " ".join("id @include(if: true)" for _ in range(times)) + "} }"


def repeated(times: int) -> str:
    return "{ organisation(id: 1) {" + "name " * times + "} }"


@pytest.mark.parametrize(
    ("query", "most", "sentence"),
    [
        (nested, DEPTH, f"La requête est trop profonde : {DEPTH} niveaux au plus."),
        (aliased, ALIASES, f"La requête a trop d’alias : {ALIASES} au plus."),
        (directed, DIRECTIVES, f"La requête a trop de directives : {DIRECTIVES} au plus."),
        (repeated, REPEATS, f"Le champ « name » revient trop souvent : {REPEATS} fois au plus."),
    ],
)
def test_a_document_may_have_so_much_and_no_more(query: Any, most: int, sentence: str) -> None:
    assert refusals(query(most)) == []
    assert refusals(query(most + 1)) == [sentence]


def test_a_document_has_a_thousand_tokens_at_most() -> None:
    def worded(tokens: int) -> str:
        return "{ organisation(id: 1) { " + " ".join(f"f{i}" for i in range(tokens - 10)) + " } }"

    assert refusals(worded(TOKENS))[0] == "Cannot query field 'f0' on type 'Organisation'."
    assert refusals(worded(TOKENS + 1)) == [
        f"La requête est trop longue : {TOKENS} éléments au plus, et {COMMENTS} commentaires."
    ]


def test_depth_is_counted_through_fragments() -> None:
    links = 10
    chain = " ".join(f"fragment F{i} on Organisation {{ partOf {{ ...F{i + 1} }} }}" for i in range(links))
    query = f"{{ organisation(id: 1) {{ partOf {{ ...F0 }} }} }} {chain} fragment F{links} on Organisation {{ id }}"
    assert refusals(query) == [f"La requête est trop profonde : {DEPTH} niveaux au plus."]


def hostile() -> Iterator[tuple[str, str]]:
    yield "circle of fragments", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
    doubling = " ".join(f"fragment F{i} on Organisation {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
    yield (
        "doubling fragments",
        f"{{ organisation(id: 1) {{ ...F0 }} }} {doubling} fragment F60 on Organisation {{ bad }}",
    )
    chained = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(140))
    yield "chain of fragments", f"{{ ...F0 }} {chained} fragment F140 on Query {{ bad }}"
    yield "open brackets", "{ a(b: " + "[" * 900
    yield "open braces", "{a" * 490
    yield "lists in lists", "query($v: " + "[" * 300 + "Int" + "]" * 300 + ") { organisation(id: $v) { id } }"
    yield "fields that conflict", "{ organisation(id: 1) {" + " ".join(f"x{i}" for i in range(900)) + "} }"
    many = " ".join(f"a{i}: organisation(id: {i}) {{ {'id ' * 3} }}" for i in range(16))
    yield "same field under aliases", "{" + many + "}"
    yield "comments", "#\n" * 50_000 + "{ organisation(id: 1) { id } }"
    yield "no operation", "fragment F on Query { competences(text: 1) { because } }"
    yield "nothing", "   "
    yield "not a query", "type Query { a: Int }"
    yield "a subscription", "subscription { organisation }"


@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in hostile()])
def test_a_hostile_document_is_refused_at_once(query: str) -> None:
    start = time.thread_time()
    prepared = Gate(SCHEMA, introspection=True).prepare(query)
    assert time.thread_time() - start < SECONDS
    assert prepared.errors != ()


def test_an_alias_has_a_hundred_letters_at_most() -> None:
    assert refusals("{ " + "a" * NAME_LENGTH + ": __typename }") == []
    assert refusals("{ " + "a" * (NAME_LENGTH + 1) + ": __typename }") == [
        f"Un alias de la requête est trop long : {NAME_LENGTH} lettres au plus."
    ]


def test_variables_have_a_thousand_values_at_most() -> None:
    check_variables({"a": ["x"] * (VARIABLE_VALUES - 1)})
    for variables in ({"a": ["x"] * VARIABLE_VALUES}, {f"v{n}": {"a": n} for n in range(VARIABLE_VALUES // 2 + 1)}):
        with pytest.raises(TooMuch, match="trop de valeurs"):
            check_variables(variables)


def test_documents_are_remembered_in_a_bounded_number_and_told_apart() -> None:
    reader = Gate(SCHEMA, introspection=True)
    for number in range(3 * REMEMBERED_DOCUMENTS):
        assert reader.prepare(f"{{ a{number}: __typename }}").errors == ()
        assert reader.prepare(f"{{ a{number}: nothing }}").errors != ()
    long = "{ __typename " + " " * REMEMBERED_CHARACTERS + "}"
    assert reader.prepare(long).document is not reader.prepare(long).document
    short = "{ __typename }"
    assert reader.prepare(short).document is reader.prepare(short).document
    assert reader._remembered.cache_info().currsize == REMEMBERED_DOCUMENTS


def test_introspection_follows_the_setting() -> None:
    query = "{ __schema { queryType { name } } }"
    assert refusals(query) == []
    assert refusals(query, introspection=False) == [
        "GraphQL introspection has been disabled, but the requested query contained the field '__schema'.",
        "GraphQL introspection has been disabled, but the requested query contained the field 'queryType'.",
    ]


def test_a_closed_schema_suggests_no_name() -> None:
    query = "{ organisatoin(id: 1) { id } }"
    assert refusals(query) == [
        "Cannot query field 'organisatoin' on type 'Query'. "
        "Did you mean 'organisation', 'organisations', 'reorganisation', or 'reorganisations'?"
    ]
    assert refusals(query, introspection=False) == ["Cannot query field 'organisatoin' on type 'Query'."]


def test_introspection_cannot_go_round_in_circles() -> None:
    query = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    assert set(refusals(query)) == {"Maximum introspection depth exceeded"}


@pytest.mark.parametrize(
    ("query", "variables", "expected"),
    [
        ("{ organisation(id: 1) { id name } }", {}, 1 + 2),
        ("{ organisation(id: 1) { contact { phone } } }", {}, 1 + 1 + 1),
        # A list without page size counts as four.
        ("{ organisation(id: 1) { covers { name } } }", {}, 1 + 1 + 4),
        # Eighteen fields of a listing may have been told by its sources.
        ("{ organisation(id: 1) { voices { group stands } } }", {}, 1 + 1 + 18 * 2),
        ("{ organisation(id: 1) { units { edges { node { id } } } } }", {}, 1 + 1 + 1 + 20 * 2),
        ("{ organisation(id: 1) { units(first: 3) { edges { node { id } } } } }", {}, 1 + 1 + 1 + 3 * 2),
        ("query($n: Int) { organisation(id: 1) { units(first: $n) { edges { cursor } } } }", {"n": 7}, 1 + 1 + 1 + 7),
        ("query($n: Int = 9) { organisation(id: 1) { units(first: $n) { edges { cursor } } } }", {}, 1 + 1 + 1 + 9),
        # The executor takes 7.0 for 7, and null for the resolvers' own page size.
        ("query($n: Int) { organisation(id: 1) { units(first: $n) { edges { cursor } } } }", {"n": 7.0}, 1 + 1 + 1 + 7),
        ("query($n: Int) { territories(text: 1, first: $n) { id } }", {"n": None}, 1 + BEFORE["territories"] + 20),
        ("query($n: Int) { territories(text: 1, first: $n) { id } }", {}, 1 + BEFORE["territories"] + 10),
        ("{ territories(text: 1, first: null) { id } }", {}, 1 + BEFORE["territories"] + 20),
        # Words are read one by one, no more than five hundred letters of them.
        ('{ competences(text: "rsa") { because } }', {}, 1 + BEFORE["competences"] + 3 * POINTS_FOR_A_LETTER + 10),
        (
            "query($q: RelayQuestion!) { relays(question: $q) { __typename } }",
            {"q": {"text": "loyers", "near": {"lat": 47, "lon": 6}}},
            1 + BEFORE["relays"] + 6 * POINTS_FOR_A_LETTER + 1,
        ),
        (
            "query($t: String) { relays(question: {text: $t}) { __typename } }",
            {"t": "x" * 90_000},
            1 + BEFORE["relays"] + LETTERS_READ * POINTS_FOR_A_LETTER + 1,
        ),
        # No page is longer than fifty: the resolver refuses it.
        ("{ organisation(id: 1) { units(first: 99999999) { edges { cursor } } } }", {}, 1 + 1 + 1 + 50),
        ("{ organisation(id: 1) { units(first: -5) { edges { cursor } } } }", {}, 1 + 1 + 1 + 1),
        ("{ territories(text: 1, first: 5) { name } }", {}, 1 + BEFORE["territories"] + 5),
        ("{ __schema { queryType { name } } }", {}, INTROSPECTION),
        ("{ ...F } fragment F on Query { organisation(id: 1) { id } }", {}, 1 + 1),
        (
            "{ relays(question: {}, first: 2) { ... on RelayConnection { edges { node { distanceKm } } } } }",
            {},
            1 + BEFORE["relays"] + 1 + 2 * 2,
        ),
        # To count what further choices would leave takes several searches.
        (
            "{ relays(question: {}) { ... on RelayConnection { facets { free modes { count } } } } }",
            {},
            1 + BEFORE["relays"] + 1 + COUNTING["facets"] + 1 + 1 + 4,
        ),
        ('{ complete(text: "imp", first: 3) { text } }', {}, 1 + BEFORE["complete"] + 3),
    ],
)
def test_cost_is_page_size_times_selection(query: str, variables: dict[str, Any], expected: int) -> None:
    assert cost(query, **variables) == expected


def ours() -> dict[str, int]:
    """What our own operations cost, at their dearest but for the text of the question, which is the longest phrase of the bench."""
    with PHRASES.open(encoding="utf-8", newline="") as file:
        phrase = max((row["phrase"] for row in csv.DictReader(file)), key=len)
    question = {"text": phrase, "territory": "25056"}
    first = re.search(r"`(# .*?)`", (FOLDER / "explorer.js").read_text(encoding="utf-8"), re.DOTALL)
    assert first is not None
    return {
        "a page of results": cost(PAGE, q=question, first=50),
        "a page of results with its filters": cost(PAGE_WITH_COUNTS, q=question, first=50),
        "completion": cost(COMPLETE, t=phrase),
        "the explorer's first question": cost(first[1], question=question),
        "the explorer's documentation": cost(get_introspection_query()),
    }


def test_the_limit_is_fitted_to_the_dearest_of_our_own_operations() -> None:
    limit = Settings.model_fields["graphql_cost"].default
    costs = ours()
    assert max(costs, key=lambda name: costs[name]) == "a page of results with its filters"
    assert 1.5 <= limit / max(costs.values()) <= 2.5
    # The longest question that is read at all fits too.
    assert cost(PAGE_WITH_COUNTS, q={"text": "x" * LETTERS_READ, "territory": "25056"}, first=50) <= limit


def test_fragments_that_double_are_priced_without_being_unrolled() -> None:
    doubling = " ".join(f"fragment F{i} on Organisation {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
    query = f"{{ organisation(id: 1) {{ ...F0 }} }} {doubling} fragment F60 on Organisation {{ id }}"
    start = time.thread_time()
    assert cost(query) == 1 + 2**60
    assert time.thread_time() - start < SECONDS


def test_words_read_in_fragments_that_double_are_counted_without_being_unrolled() -> None:
    doubling = " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
    query = f"query($t: String!) {{ ...F0 }} {doubling} fragment F60 on Query {{ competences(text: $t, first: 4) {{ because }} }}"
    start = time.thread_time()
    assert cost(query, t="loyer") == 2**60 * (1 + BEFORE["competences"] + 5 * POINTS_FOR_A_LETTER + 4)
    assert time.thread_time() - start < SECONDS


def test_a_price_is_worked_out_once_for_each_size_of_page_and_is_the_same() -> None:
    query = """query A($q: RelayQuestion!, $first: Int = 3) { relays(question: $q, first: $first) { ... on RelayConnection {
      edges { node { distanceKm } } } } } query B($q: RelayQuestion!, $first: Int) { relays(question: $q, first: $first) {
      ... on RelayConnection { totalCount } } }"""
    document = parse(query)
    prices = Prices(SCHEMA, document)
    choices: list[dict[str, Any]] = [{}, {"first": None}, *({"first": n} for n in range(-1, 60))]
    for text, choice, name in product(("", "loyer", "impayés"), choices, "AB"):
        operation = get_operation_ast(document, name)
        assert operation is not None
        variables = {"q": {"text": text}} | choice
        coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
        assert not isinstance(coerced, list)
        once = prices.of(operation, coerced.coerced)
        assert once == prices.of(operation, coerced.coerced)
        assert once == Prices(SCHEMA, document).of(operation, coerced.coerced)
        assert len(prices._fields) <= REMEMBERED


def test_too_much_is_told_as_a_refusal() -> None:
    (error,) = gate(introspection=True).prepare(nested(DEPTH + 1)).errors
    assert isinstance(error.original_error, TooMuch)
