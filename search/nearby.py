"""Which phrases of the lexicon mean nearly the same as a question, though they may share no word with it.

A classifier draws one line between two competences; a competence is told by situations that have nothing in common. Here each
phrase speaks for itself, the nearer the louder, by the directions of `search/vectors.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from graph.model.words import Token
from search.features import words_of
from search.lexicon import Phrase
from search.made import kept
from search.vectors import Direction, Vectors

# How much louder the nearer phrase speaks: by e for each 24th of a cosine. Measured by leaving expressions out in turn.
SHARPNESS: Final = 24.0
# The directions that lean most; the others change no answer in a hundred and cost as much.
DIRECTIONS: Final = 80

Weighed: TypeAlias = Callable[[Sequence[Token]], list[tuple[str, float]]]


class Said(msgspec.Struct, array_like=True, frozen=True):
    """Phrases as directions of length one, seen from their middle, their classes (16 bits) and weights (the others 32 bits)."""

    middle: bytes
    directions: bytes
    owners: bytes
    weights: bytes


class Nearby:
    """Phrases by what they mean. Immutable, about 6 MB."""

    def __init__(self, made: Said, classes: Sequence[str]) -> None:
        self._classes = tuple(classes)
        self._middle = np.frombuffer(made.middle, np.float32)
        self._directions = np.frombuffer(made.directions, np.float32).reshape(-1, DIRECTIONS)
        self._owners = np.frombuffer(made.owners, np.uint16).astype(np.int64)
        # A competence of which more is said does not speak louder for that alone.
        counts = np.bincount(self._owners, minlength=len(self._classes))
        self._voices = np.frombuffer(made.weights, np.float32) / np.sqrt(counts)[self._owners]

    @classmethod
    def shipped(cls, phrases: Callable[[], Iterable[Phrase]], vectors: Vectors, weighed: Weighed) -> Nearby:
        """The phrases of the lexicon, made once for all starts; `weighed` gives the words of a phrase their weights."""
        return cls(kept("nearby", Said, lambda: said(phrases(), vectors, weighed)), vectors.classes)

    def chances(self, whole: Direction) -> dict[str, float]:
        """The chance of each class by the phrases near to what points there; all alike when it points nowhere."""
        turned = _turned(whole[None, :DIRECTIONS].astype(np.float32), self._middle)[0]
        # Not by a product of BLAS, whose threads take longer to agree than one core to add up.
        near = np.exp(SHARPNESS * (np.einsum("ij,j->i", self._directions, turned) - 1.0))
        voices = near * self._voices
        shares = np.bincount(self._owners, voices, len(self._classes)) if turned.any() else np.ones(len(self._classes))
        return dict(zip(self._classes, (shares / shares.sum()).tolist(), strict=True))


def said(phrases: Iterable[Phrase], vectors: Vectors, weighed: Weighed) -> Said:
    """Phrases as they are kept; those of which no word is known are left out."""
    place = {name: index for index, name in enumerate(vectors.classes)}
    made = [(phrase, vectors.whole(weighed(words_of(phrase.text)))[:DIRECTIONS]) for phrase in phrases]
    made = [(phrase, whole) for phrase, whole in made if whole.any()]
    wholes = np.array([whole for _, whole in made], np.float32)
    middle = (wholes / np.linalg.norm(wholes, axis=1, keepdims=True)).mean(axis=0)
    return Said(
        middle=middle.tobytes(),
        directions=_turned(wholes, middle).tobytes(),
        owners=np.array([place[phrase.competence] for phrase, _ in made], np.uint16).tobytes(),
        weights=np.array([phrase.weight for phrase, _ in made], np.float32).tobytes(),
    )


def _turned(wholes: NDArray[np.float32], middle: NDArray[np.float32]) -> NDArray[np.float32]:
    """Directions of length one, as seen from the middle; what points nowhere stays nowhere."""
    lengths = np.linalg.norm(wholes, axis=1, keepdims=True)
    seen = np.where(lengths > 0, wholes / np.maximum(lengths, 1e-9) - middle, 0.0).astype(np.float32)
    return seen / np.maximum(np.linalg.norm(seen, axis=1, keepdims=True), np.float32(1e-9))
