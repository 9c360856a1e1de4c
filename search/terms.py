"""How tantivy is told what a listing is found by: its fields, its terms, and the query for them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, TypeVar

from tantivy import Document as Entry
from tantivy import Occur, Query, Schema, SchemaBuilder

from graph.model.candidates import Preference
from graph.model.facts import Grade
from graph.model.names import LETTERS_FOR_ONE_TYPO, LETTERS_FOR_TWO_TYPOS
from search.backend import Wanted
from search.document import Document
from search.fit import Last
from search.packing import COLUMNS

LATENESS: Final = "lateness"
# A score is a sum of our own numbers, each with room below it for the next, and exact in the engine's floats of 24 bits. Zones
# are bits of it, the nearest the highest, for a listing may cover several: a union that adds up takes a third less than one
# that looks for the best.
ZONES: Final = 1 << 8
WAYS: Final = 1 << 8
NAMED: Final = float(ZONES * WAYS)
# Themes and communes are asked for again and again; a union of them holds up to forty kilobytes.
UNIONS_KEPT: Final = 256
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
    for name in ("stamp", LATENESS, *COLUMNS):
        builder.add_unsigned_field(name, stored=False, indexed=False, fast=True)
    builder.add_bytes_field("facts", stored=True, indexed=False)
    return builder.build()


SCHEMA: Final = schema()


def query(wanted: Wanted) -> Query:
    """The listings that fit, each with a score that tells its fit (search/hits.py); none when nothing describes them.

    No score of the engine's own making is in it: each part is a number of ours that the engine only carries.
    """
    told = _of_ways(wanted.ways, several=len(wanted.competences) > 1) if wanted.ways else None
    names = [_number(name, NAMED) for name in _names(wanted)]
    described = [part for part in (told, Query.disjunction_max_query(names) if names else None) if part]
    if not described:
        return Query.empty_query()
    clauses = [(Occur.Must, _sum(described))]
    if wanted.zones:
        clauses.append((Occur.Must, _of_zones(wanted.zones) if wanted.near else _anywhere_in(wanted)))
    if wanted.inside:
        clauses.append((Occur.Must, _number(_term("inside", wanted.inside), 0)))
    return Query.boolean_query(clauses)


@lru_cache(maxsize=UNIONS_KEPT)
def _of_ways(ways: Preference, *, several: bool) -> Query:
    """Of one competence a listing has one grade; of several it may have several, of which the best counts."""
    scored = [_number(_way(way), score * ZONES) for way, score in _down_from_last(ways)]
    return Query.disjunction_max_query(scored) if several else _sum(scored)


@lru_cache(maxsize=UNIONS_KEPT)
def _of_zones(zones: tuple[str, ...]) -> Query:
    return _sum([_number(_term("covers", zone), 1 << place - 1) for zone, place in _down_from_last(zones)])


def _anywhere_in(wanted: Wanted) -> Query:
    return _number(_sum([_term("covers", zone) for zone in wanted.zones]), 0)


def equals_query(wanted: Wanted, last: Last) -> Query:
    """The listings that stand just there: they have no better way, nearer zone or fitting name.

    What fits better was found already: only the ways and zones by which it did need be ruled out, and names where there are any.
    """
    clauses: list[tuple[Occur, Query]] = []
    clauses += [(Occur.MustNot, _way(wanted.ways[way])) for way in last.better]
    clauses += [(Occur.MustNot, _term("covers", wanted.zones[zone])) for zone in last.nearer]
    if last.tie >= 0:
        clauses.append((Occur.Must, _way(wanted.ways[last.tie])))
    if last.zone >= 0:
        clauses.append((Occur.Must, _term("covers", wanted.zones[last.zone])))
    elif wanted.zones:
        clauses.append((Occur.Must, _anywhere_in(wanted)))
    if wanted.inside:
        clauses.append((Occur.Must, _term("inside", wanted.inside)))
    if last.named:
        clauses.append((Occur.Must, Query.boolean_query([(Occur.Should, name) for name in _names(wanted)])))
    elif last.after_names:
        clauses += [(Occur.MustNot, name) for name in _names(wanted)]
    return Query.boolean_query(clauses)


def acting_query(territory: str) -> Query:
    """What acts in a territory or in a part of it."""
    return _term("inside", territory)


def _names(wanted: Wanted) -> list[Query]:
    """One for each name, but for those that hold all words of another: what bears them bears that one too."""
    names = [words for words in wanted.names if words]
    least = [words for words in names if not any(set(other) < set(words) for other in names)]
    return [Query.boolean_query([(Occur.Must, _word(word)) for word in words]) for words in least]


def _way(way: tuple[str, Grade]) -> Query:
    return _term("grade", grade_term(*way))


def _down_from_last(values: Sequence[Value]) -> list[tuple[Value, int]]:
    """Each with a number, the first one's the greatest and the last one's 1."""
    return [(value, len(values) - place) for place, value in enumerate(values)]


def _sum(ways: Sequence[Query]) -> Query:
    """What fits one of these, with the sum of those it fits."""
    return Query.boolean_query([(Occur.Should, way) for way in ways])


def _number(asked: Query, score: float) -> Query:
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
        # A beginning, as an automaton without typos: one of a regular expression takes 300 µs to make.
        ways.append(Query.fuzzy_term_query(SCHEMA, "names", word, distance=0, prefix=True))
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
    made.add_unsigned(LATENESS, kept.lateness)
    for name, number in zip(COLUMNS, kept.packed, strict=True):
        made.add_unsigned(name, number)
    made.add_bytes("facts", kept.facts)
    return made
