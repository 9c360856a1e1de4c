"""How well typed words match a name: our own tiers, the same whatever engine found the name."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

from graph.model.words import PIECE, fold

LETTERS_FOR_ONE_TYPO: Final = 4
LETTERS_FOR_TWO_TYPOS: Final = 8
# Words that say nothing in a name.
EMPTY: Final = frozenset(
    ["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "par", "pour", "sur"]
)


class NameTier(IntEnum):
    """All words or nothing: a name that holds only some of the words is no answer to them."""

    NONE = 0
    PARTLY = 1
    MOSTLY = 2


def name_tier(words: Sequence[str], name: str) -> NameTier:
    """MOSTLY when the words are at least half of the name, PARTLY when all of them are in it, else NONE.

    `words` are folded. A word matches with one typo from four letters, two from eight, or as the beginning of a longer one.
    """
    held = name_words(name)
    if not words or not held or not all(any(_near(word, other) for other in held) for word in words):
        return NameTier.NONE
    return NameTier.MOSTLY if 2 * len(words) >= len(held) else NameTier.PARTLY


@lru_cache(maxsize=65_536)
def name_words(name: str) -> tuple[str, ...]:
    """The words of a name that say something, folded."""
    return tuple(word for word in PIECE.findall(fold(name)) if word not in EMPTY)


@lru_cache(maxsize=65_536)
def _near(word: str, other: str) -> bool:
    if word == other:
        return True
    if len(word) < LETTERS_FOR_ONE_TYPO:
        return False
    if other.startswith(word):
        return True
    allowed = 2 if len(word) >= LETTERS_FOR_TWO_TYPOS else 1
    return abs(len(word) - len(other)) <= allowed and _distance(word, other, allowed) <= allowed


def _distance(one: str, two: str, most: int) -> int:
    """Edit distance (optimal string alignment), given up beyond `most`."""
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        before, previous, row = row, before, [i]
        for j, other in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
