"""How tantivy is told what a listing is found by: its fields, its terms, and the query for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeVar

from tantivy import Document as Entry
from tantivy import Occur, Query, Schema, SchemaBuilder

from graph.model.facts import Grade
from graph.model.names import LETTERS_FOR_ONE_TYPO, LETTERS_FOR_TWO_TYPOS
from graph.model.weighing import NOWHERE
from search.backend import Wanted
from search.document import Document
from search.packing import COLUMNS

# A hit's score holds three numbers: its best way to be competent, whether its name fits, its nearest zone. The engine adds
# them as floats of 24 bits: less than 1,024 ways and 8,192 zones are exact.
NAMED: Final = 1_024
ZONE: Final = 2 * NAMED
Value = TypeVar("Value")


def schema() -> Schema:
    """What is found by term, what is only kept. `stamp`, the listing's digest as a number, and its packed facts are read
    without its document.
    """
    builder = SchemaBuilder()
    for name in ("organisation", "grade", "covers", "inside"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("names", tokenizer_name="default", index_option="basic")
    for name in ("stamp", *COLUMNS):
        builder.add_unsigned_field(name, stored=False, indexed=False, fast=True)
    builder.add_bytes_field("facts", stored=True, indexed=False)
    return builder.build()


SCHEMA: Final = schema()


def query(wanted: Wanted) -> Query:
    """The listings that fit, each with a score that `met` reads; none when nothing describes them.

    No score of the engine's own making is in it: each part is a number of ours that the engine only carries.
    """
    described = [_best([(_grade(*way), score) for way, score in _down_from_last(wanted.ways)])] if wanted.ways else []
    named = [Query.boolean_query([(Occur.Must, _word(word)) for word in words]) for words in wanted.names]
    if named:
        described.append(_best([(name, float(NAMED)) for name in named]))
    if not described:
        return Query.empty_query()
    clauses = [(Occur.Must, Query.boolean_query([(Occur.Should, way) for way in described]))]
    if wanted.zones:
        zones = [(_term("covers", zone), score * ZONE) for zone, score in _down_from_last(wanted.zones)]
        clauses.append((Occur.Must, _best(zones)))
    if wanted.inside:
        clauses.append((Occur.Must, Query.const_score_query(_term("inside", wanted.inside), 0.0)))
    return Query.boolean_query(clauses)


class Met(NamedTuple):
    """Where a hit stands among the ways and the zones that were asked for (NOWHERE for none); whether by its name too."""

    tie: int
    zone: int
    named: bool


def met(score: float, wanted: Wanted) -> Met:
    """What the score of a hit says."""
    zone, rest = divmod(int(score), ZONE)
    named, way = divmod(rest, NAMED)
    return Met(len(wanted.ways) - way if way else NOWHERE, len(wanted.zones) - zone if zone else NOWHERE, named > 0)


def _down_from_last(values: Sequence[Value]) -> list[tuple[Value, float]]:
    """Each with a number, the first one's the greatest and the last one's 1."""
    return [(value, float(len(values) - place)) for place, value in enumerate(values)]


def _best(ways: Sequence[tuple[Query, float]]) -> Query:
    """What fits one of these, with the greatest number among those it fits."""
    return Query.disjunction_max_query([Query.const_score_query(way, score) for way, score in ways])


def _grade(competence: str, grade: Grade) -> Query:
    return _term("grade", grade_term(competence, grade))


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
    terms = {"grade": grades, "covers": kept.covers, "inside": kept.inside, "names": kept.names}
    for name, values in terms.items():
        for value in values:
            made.add_text(name, value)
    made.add_unsigned("stamp", int(kept.digest[:16], 16))
    for name, number in zip(COLUMNS, kept.packed, strict=True):
        made.add_unsigned(name, number)
    made.add_bytes("facts", kept.facts)
    return made
