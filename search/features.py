"""What a phrase is made of, for matching: stems, classes of words, and pairs of neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product
from typing import Final, NamedTuple

import snowballstemmer

from graph.model.wording import word_classes
from graph.model.words import NEGATIONS, STOP_WORDS, Token, spans

# A pair says more than its words, but is rare; a class says less than the word itself.
PAIR: Final = 0.6
CLASS: Final = 0.5
NEGATED: Final = "!"
CLASS_MARK: Final = "@"
# Numbers that are known by themselves: emergency lines and public services. Other numbers carry no subject.
SPOKEN_NUMBERS: Final = frozenset({"115", "116", "119", "3114", "3919", "3977", "3949", "3039", "3230", "3646", "3960"})
SHORTEST_STEMMED: Final = 4

_stemmer = snowballstemmer.stemmer("french")


class Feature(NamedTuple):
    """One thing to match: its name, its share of weight, and the positions of the words that make it."""

    name: str
    share: float
    words: tuple[int, ...]


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a folded word; short words and numbers are left as they are (acronyms live there)."""
    return word if len(word) < SHORTEST_STEMMED or word.isdigit() else _stemmer.stemWord(word)


@lru_cache(maxsize=1)
def _classes() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, words in word_classes().items():
        for word in words:
            for token in spans(word):
                classes = found.setdefault(stem(token.text), [])
                if CLASS_MARK + name not in classes:
                    classes.append(CLASS_MARK + name)
    return {word: tuple(classes) for word, classes in found.items()}


def class_stems() -> frozenset[str]:
    """The stems that belong to a class."""
    return frozenset(_classes())


def classes_of(stemmed: str) -> tuple[str, ...]:
    """The classes that a stem belongs to, each with the mark of a class in front."""
    return _classes().get(stemmed, ())


def carries(token: Token) -> bool:
    """Whether a word can carry a subject."""
    if token.text.isdigit():
        return token.text in SPOKEN_NUMBERS
    return token.text not in STOP_WORDS and token.text not in NEGATIONS and len(token.text) > 1


def features(words: Sequence[Token]) -> Iterator[Feature]:
    """Everything to match in these words, in order; the same feature may come twice."""
    line: list[tuple[str, int]] = []
    for position, token in enumerate(words):
        if carries(token):
            stemmed = stem(token.text)
            line.append((stemmed, position))
            yield Feature(stemmed, 1.0, (position,))
            for name in classes_of(stemmed):
                yield Feature(name, CLASS, (position,))
        elif token.text in NEGATIONS and token.text != "ne":
            line.append((NEGATED, position))
    for (left, i), (right, j) in pairwise(line):
        yield Feature(f"{left} {right}", PAIR, (i, j))
        for first, second in product((left, *classes_of(left)), (right, *classes_of(right))):
            if first != left or second != right:
                yield Feature(f"{first} {second}", PAIR * CLASS, (i, j))


def merged(found: Iterable[Feature]) -> dict[str, float]:
    """The share of each feature; one that comes twice counts once."""
    return {feature.name: feature.share for feature in found}


def words_of(text: str) -> list[Token]:
    """The words of a phrase."""
    return list(_words(text))


@lru_cache(maxsize=16_384)
def _words(text: str) -> tuple[Token, ...]:
    return tuple(spans(text))
