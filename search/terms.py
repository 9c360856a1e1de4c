"""How tantivy is told what a listing is found by: its fields, its terms, and the query for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from tantivy import Document as Entry
from tantivy import Occur, Query, Schema, SchemaBuilder

from graph.model.facts import MOST_MONTHS, Grade
from graph.model.names import LETTERS_FOR_ONE_TYPO, LETTERS_FOR_TWO_TYPOS
from search.backend import Wanted
from search.document import Document
from search.fit import NAME, WAY, ZONE
from search.packing import COLUMNS

# How a month is told by its bits, so that a query can add them up.
MONTH_BITS: Final = MOST_MONTHS.bit_length()
Value = TypeVar("Value")


def schema() -> Schema:
    """What is found by term, what is only kept. `stamp`, the listing's digest as a number, and its packed facts are read
    without its document.
    """
    builder = SchemaBuilder()
    for name in ("organisation", "grade", "covers", "inside", "month"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("names", tokenizer_name="default", index_option="basic")
    for name in ("stamp", *COLUMNS):
        builder.add_unsigned_field(name, stored=False, indexed=False, fast=True)
    builder.add_bytes_field("facts", stored=True, indexed=False)
    return builder.build()


SCHEMA: Final = schema()


def query(wanted: Wanted, *, by_month: bool = False) -> Query:
    """The listings that fit, each with its fit (search/fit.py) as its score; none when nothing describes them.

    No score of the engine's own making is in it: each part is a number of ours that the engine only carries. The month in which
    a listing was vouched for takes longer than the rest, and is told only if it is asked for.
    """
    ways = [(_term("grade", grade_term(*way)), score * WAY) for way, score in _down_from_last(wanted.ways)]
    names = [Query.boolean_query([(Occur.Must, _word(word)) for word in words]) for words in wanted.names]
    described = [_best(best) for best in (ways, [(name, NAME) for name in names]) if best]
    if not described:
        return Query.empty_query()
    clauses = [(Occur.Must, Query.boolean_query([(Occur.Should, way) for way in described]))]
    if wanted.zones:
        zones = [(_term("covers", zone), score * ZONE) for zone, score in _down_from_last(wanted.zones)]
        clauses.append((Occur.Must, _best(zones)))
    if wanted.inside:
        clauses.append((Occur.Must, _number(_term("inside", wanted.inside), 0)))
    if by_month:
        clauses += [(Occur.Should, _number(_term("month", str(bit)), 1 << bit)) for bit in range(MONTH_BITS)]
    return Query.boolean_query(clauses)


def _down_from_last(values: Sequence[Value]) -> list[tuple[Value, int]]:
    """Each with a number, the first one's the greatest and the last one's 1."""
    return [(value, len(values) - place) for place, value in enumerate(values)]


def _best(ways: Sequence[tuple[Query, int]]) -> Query:
    """What fits one of these, with the greatest number among those it fits."""
    return Query.disjunction_max_query([_number(way, score) for way, score in ways])


def _number(asked: Query, score: int) -> Query:
    return Query.const_score_query(asked, float(score))


def grade_term(competence: str, grade: Grade) -> str:
    """How a competence and its grade are written as one term."""
    return f"{competence}|{grade}"


def _term(field: str, value: str) -> Query:
    return Query.term_query(SCHEMA, field, value, "basic")


def _word(word: str) -> Query:
    """A word of a name: exact, as the beginning of a longer one, or with the typos that names.py forgives."""
    ways = [_term("names", word)]
    if len(word) >= LETTERS_FOR_ONE_TYPO:
        distance = 2 if len(word) >= LETTERS_FOR_TWO_TYPOS else 1
        ways.append(Query.fuzzy_term_query(SCHEMA, "names", word, distance=distance, prefix=False))
        ways.append(Query.regex_query(SCHEMA, "names", f"{word}.*"))
    return Query.boolean_query([(Occur.Should, way) for way in ways])


def entry(kept: Document) -> Entry:
    """What tantivy is given of a document."""
    made = Entry()
    made.add_text("id", kept.key)
    made.add_text("organisation", kept.organisation)
    grades = [grade_term(*pair) for pair in kept.grades]
    bits = [str(bit) for bit in range(MONTH_BITS) if kept.recency & 1 << bit]
    terms = {"grade": grades, "month": bits, "covers": kept.covers, "inside": kept.inside, "names": kept.names}
    for name, values in terms.items():
        for value in values:
            made.add_text(name, value)
    made.add_unsigned("stamp", int(kept.digest[:16], 16))
    for name, number in zip(COLUMNS, kept.packed, strict=True):
        made.add_unsigned(name, number)
    made.add_bytes("facts", kept.facts)
    return made
