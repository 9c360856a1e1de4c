"""How tantivy is told what a listing is found by: its fields, its terms, and the query for them."""

from __future__ import annotations

from typing import Final

from tantivy import Document as Entry
from tantivy import Occur, Query, Schema, SchemaBuilder

from graph.model.names import LETTERS_FOR_ONE_TYPO, LETTERS_FOR_TWO_TYPOS
from search.backend import Wanted
from search.document import Document


def schema() -> Schema:
    """What is found by term, what is only kept. `stamp` is the listing's digest as a number, read without its document."""
    builder = SchemaBuilder()
    for name in ("organisation", "competence", "covers", "inside"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("names", tokenizer_name="default", index_option="basic")
    builder.add_unsigned_field("stamp", stored=False, indexed=False, fast=True)
    builder.add_bytes_field("facts", stored=True, indexed=False)
    return builder.build()


SCHEMA: Final = schema()


def query(wanted: Wanted) -> Query:
    """The listings that fit, all with the same score; none when nothing describes them."""
    clauses: list[tuple[Occur, Query]] = []
    described: list[Query] = []
    if wanted.zones:
        clauses.append((Occur.Must, Query.term_set_query(SCHEMA, "covers", list(wanted.zones))))
    if wanted.inside:
        clauses.append((Occur.Must, Query.term_query(SCHEMA, "inside", wanted.inside, "basic")))
    if wanted.competences:
        described.append(Query.term_set_query(SCHEMA, "competence", list(wanted.competences)))
    described += [Query.boolean_query([(Occur.Must, _word(word)) for word in words]) for words in wanted.names]
    if not described:
        return Query.empty_query()
    clauses.append((Occur.Must, Query.boolean_query([(Occur.Should, way) for way in described])))
    return Query.const_score_query(Query.boolean_query(clauses), 1.0)


def _word(word: str) -> Query:
    """A word of a name: exact, as the beginning of a longer one, or with the typos that names.py forgives."""
    ways = [Query.term_query(SCHEMA, "names", word, "basic")]
    if len(word) >= LETTERS_FOR_ONE_TYPO:
        distance = 2 if len(word) >= LETTERS_FOR_TWO_TYPOS else 1
        ways.append(Query.fuzzy_term_query(SCHEMA, "names", word, distance=distance, prefix=False))
        ways.append(Query.regex_query(SCHEMA, "names", f"{word}.*"))
    return Query.boolean_query([(Occur.Should, way) for way in ways])


def entry(kept: Document) -> Entry:
    """What tantivy is given of a document."""
    made = Entry()
    made.add_text("key", kept.key)
    made.add_text("organisation", kept.organisation)
    terms = {"competence": kept.competences, "covers": kept.covers, "inside": kept.inside, "names": kept.names}
    for name, values in terms.items():
        for value in values:
            made.add_text(name, value)
    made.add_unsigned("stamp", int(kept.digest[:16], 16))
    made.add_bytes("facts", kept.facts)
    return made
