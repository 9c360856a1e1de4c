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
        self._leans = np.frombuffer(leans, "<f4").reshape(self.directions, -1)
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

    def whole(self, words: Sequence[tuple[str, float]]) -> Direction:
        """Where these words, each with its weight, point together; nowhere when none is known."""
        return sum((share * row for share, row in self._rows(words)), np.zeros(self.directions))

    def chances(self, whole: Direction) -> dict[str, float]:
        """The chance of each class for what points there."""
        return dict(
            zip(self.classes, softmax((np.einsum("i,ij->j", whole, self._leans) + self._bias).tolist()), strict=True)
        )

    def pulls(self, words: Sequence[tuple[str, float]], which: str) -> list[float]:
        """How far each of these words pulls towards a class, in the order given; nothing for those that pull away."""
        towards = self._leans[:, self.classes.index(which)]
        return [max(0.0, float(share * (row @ towards))) for share, row in self._rows(words)]

    def _rows(self, words: Sequence[tuple[str, float]]) -> list[tuple[float, Direction]]:
        """The row of each word, and what a unit of it counts; an unknown word has no share."""
        found = [(weight, self.row(word)) for word, weight in words]
        length = sqrt(sum(weight * weight for weight, row in found if row is not None)) or 1.0
        nothing = np.zeros(self.directions)
        return [(0.0, nothing) if row is None else (self._scale * weight / length, row) for weight, row in found]

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
