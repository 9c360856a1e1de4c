"""What words mean, beyond those the lexicon says: how far each common French word leans to each competence.

Words that stand in the same company have neighbouring vectors; a linear classifier trained on the lexicon's phrases says what a
direction of that space means for us, and only the directions that lean somewhere are kept. A phrase is the sum of its words'
rows: `chances` says what such a sum leans to, `search/nearby.py` which phrases of the lexicon lie near it, and the words that
led there are seen in it. `search/vectors_maker.py` makes the file; the vectors are Explosion's fastText vectors for French
(CC0).
"""

from __future__ import annotations

import gzip
import json
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from hashlib import sha256
from math import sqrt
from pathlib import Path
from typing import Final, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from search.classifier import softmax
from search.parts import Weights

FILE: Final = Path(__file__).with_name("vectors.bin.gz")
Direction: TypeAlias = NDArray[np.float64]


class Vectors:
    """A row of directions for each of about 300,000 words, several words sharing one. Immutable, about 4 MB."""

    def __init__(
        self, head: dict[str, object], names: array[int], places: array[int], leans: bytes, table: bytes
    ) -> None:
        """`names` are sorted digests of folded words, `places` their rows in `table`, which has one direction less than there
        are classes; `leans` says of each direction how far it leans to each class (32 bits).
        """
        self.classes: Final = tuple(str(name) for name in _list(head["classes"]))
        # Of the vocabulary it was trained on: the labels, and how many phrases there were.
        self.stamp: Final = str(head["stamp"])
        self.phrases: Final = int(str(head["phrases"]))
        self.directions: Final = len(self.classes) - 1
        self._bias = np.array([float(str(value)) for value in _list(head["bias"])])
        self._scale = float(str(head["scale"]))
        self._names = names
        self._places = places
        # A row a class, for sums along a row are the quick ones.
        self._leans = np.frombuffer(leans, "<f4").reshape(self.directions, -1).T.astype(np.float64, order="C")
        self._table = np.frombuffer(table, np.int8).reshape(-1, self.directions)

    @classmethod
    def load(cls, file: Path = FILE) -> Vectors:
        """The rows kept in `file`."""
        with gzip.open(file) as kept:
            head = json.loads(kept.readline())
            names, places = array("I"), array("H")
            names.frombytes(kept.read(4 * head["words"]))
            places.frombytes(kept.read(2 * head["words"]))
            if sys.byteorder == "big":
                names.byteswap()
                places.byteswap()
            classes = len(head["classes"])
            return cls(head, names, places, kept.read(4 * classes * (classes - 1)), kept.read())

    def rows(self, words: Sequence[tuple[str, float]]) -> Direction:
        """Where each of these words points, as far as its weight counts among theirs: a row a word; nowhere when it is unknown."""
        places = [self._place(word) for word, _ in words]
        known = [weight for (_, weight), place in zip(words, places, strict=True) if place is not None]
        length = sqrt(sum(weight * weight for weight in known)) or 1.0
        rows = np.zeros((len(words), self.directions))
        for row, (_, weight), place in zip(rows, words, places, strict=True):
            if place is not None:
                np.multiply(self._table[place], self._scale * weight / length, out=row)
        return rows

    def whole(self, words: Sequence[tuple[str, float]]) -> Direction:
        """Where these words, each with its weight, point together; nowhere when none is known."""
        return self.rows(words).sum(axis=0)

    def chances(self, whole: Direction) -> Weights:
        """The chance of each class in order for what points there."""
        # Not by one product of BLAS, whose threads take longer to agree than one core to add up.
        return softmax(np.vecdot(self._leans, whole) + self._bias)

    def pulls(self, rows: Direction, which: Sequence[int]) -> Weights:
        """How far each word, by its row, pulls towards each of some classes, a row a class; nothing when it pulls away."""
        return np.maximum(self._leans[list(which)] @ rows.T, 0.0)

    def row(self, word: str) -> Direction | None:
        """Where a folded word points; None when it is unknown."""
        place = self._place(word)
        return None if place is None else self._table[place].astype(np.float64)

    def knows(self, word: str) -> bool:
        """Whether a folded word has a row."""
        return self._place(word) is not None

    def _place(self, word: str) -> int | None:
        name = digest(word)
        at = bisect_left(self._names, name)
        return self._places[at] if at < len(self._names) and self._names[at] == name else None


def labels_stamp(labels: Iterable[tuple[str, str]]) -> str:
    """A short name for exactly these competences, each with its label."""
    return sha256(repr(sorted(labels)).encode()).hexdigest()[:16]


def digest(word: str) -> int:
    """The name of a word in the file: two words in a hundred thousand share theirs with another."""
    return crc32(word.encode())


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected in the head of the vectors, not {value!r}")
    return list(value)
