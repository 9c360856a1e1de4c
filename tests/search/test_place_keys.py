"""Keys of names, word by word or all at once, are the same."""

from __future__ import annotations

import pytest

from bench.relevance import NEGATIVES, SETS, examples, negatives
from graph.model.words import PIECE, fold
from search.place_keys import key_of, keys_of

PHRASES = [
    *(example.phrase for name in SETS for example in examples(name)),
    *(phrase for name in NEGATIVES for phrase in negatives(name)),
    "un hébergement à St-Étienne, Ste-Foy ou l’Haÿ-les-Roses (25000) ; cœur d’Œuilly – « Sées »…",
]
# What is folded to another number of words than it is typed in, or joins its neighbours.
NOT_BY_WORDS = (
    "Saint-Germain s/ Seine",
    "le 13ème à Paris",
    "au 2 e étage à Lyon",
    "Marseille, 3e arr.",
    "Paris arrondissement 12",
    "Besanc\u0327on",
    "Lyon \u00bd",
    "8_nd",
)


def test_the_key_of_several_words_is_their_keys_one_after_the_other():
    plain = 0
    for text in PHRASES:
        found = list(PIECE.finditer(text))
        keys = keys_of(text, [fold(word.group()) for word in found])
        if keys is not None:
            plain += 1
            for first in range(len(found)):
                for last in range(first, min(first + 6, len(found))):
                    raw = text[found[first].start() : found[last].end()]
                    assert " ".join(keys[first : last + 1]) == key_of(raw), raw
    assert plain > 0.9 * len(PHRASES)


@pytest.mark.parametrize("text", NOT_BY_WORDS)
def test_where_that_may_not_be_so_nothing_is_told(text: str):
    assert keys_of(text, [fold(word) for word in PIECE.findall(text)]) is None
