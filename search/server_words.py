"""What a Meilisearch index is told about French and about our words: from the vocabulary, never by hand.

Maillage's own questions ask by exact terms and do not depend on any of this (decision 0012). It is for whoever searches the
same index by Meilisearch's own means, another site of the network or the server's preview page.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from meilisearch_python_sdk.models.settings import (
    LocalizedAttributes,
    MeilisearchSettings,
    MinWordSizeForTypos,
    Pagination,
    TypoTolerance,
)

from graph.model.names import EMPTY, LETTERS_FOR_ONE_TYPO, LETTERS_FOR_TWO_TYPOS
from graph.model.vocabulary import acronyms, named_successions
from graph.model.words import ELIDED, fold

FILTERABLE: Final = ("id", "kind", "owner", "stamp", "competences", "covers", "inside", "words")
SEARCHABLE: Final = ("names", "subjects")
# The facts are ours: they come by the documents themselves, and are no use to others.
DISPLAYED: Final = ("key", "names", "subjects", "organisation", "covers")
MOST_HITS: Final = 100_000
LONGEST_TERM: Final = 3


def settings() -> MeilisearchSettings:
    """The settings of a new index."""
    return MeilisearchSettings(
        filterable_attributes=list(FILTERABLE),
        searchable_attributes=list(SEARCHABLE),
        displayed_attributes=list(DISPLAYED),
        stop_words=sorted(EMPTY | ELIDED),
        synonyms=synonyms(),
        typo_tolerance=TypoTolerance(
            enabled=True,
            disable_on_words=sorted({fold(entry.acronym) for entry in acronyms()}),
            min_word_size_for_typos=MinWordSizeForTypos(one_typo=LETTERS_FOR_ONE_TYPO, two_typos=LETTERS_FOR_TWO_TYPOS),
        ),
        localized_attributes=[LocalizedAttributes(locales=["fra"], attribute_patterns=list(SEARCHABLE))],
        pagination=Pagination(max_total_hits=MOST_HITS),
        facet_search=False,
    )


def synonyms() -> dict[str, list[str]]:
    """Acronyms and what they stand for, both ways; old names of bodies to those that took over, one way. Folded.

    The server looks up terms of three words at most, whatever the length of what they stand for.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entry in acronyms():
        short, long = fold(entry.acronym), fold(entry.expansion)
        found[short].add(long)
        found[long].add(short)
    for succession in named_successions():
        found[fold(succession.predecessor)].add(fold(succession.successor))
    return {
        word: sorted(others - {word})
        for word, others in sorted(found.items())
        if others - {word} and len(word.split()) <= LONGEST_TERM
    }
