"""Which phrases of the lexicon mean nearly the same as a question, though they may share no word with it.

A classifier draws one line between two competences; a competence is told by situations that have nothing in common. Here each
phrase speaks for itself, the nearer the louder, by the directions of `search/vectors.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from graph.model.words import Token
from search.features import words_of
from search.lexicon import Phrase
from search.made import kept
from search.parts import Weights
from search.vectors import Direction, Vectors

# How much louder the nearer phrase speaks: by e for each 24th of a cosine. Measured by leaving expressions out in turn.
SHARPNESS: Final = 24.0
# The directions that lean most; the others change no answer in a hundred and cost as much.
DIRECTIONS: Final = 80
# So many phrases are multiplied at a time: of more, BLAS makes threads that take longer to agree than one core to add up.
AT_A_TIME: Final = 100

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
        self._middle = np.frombuffer(made.middle, np.float32)
        self._directions = np.frombuffer(made.directions, np.float32).reshape(-1, DIRECTIONS)
        weights = np.frombuffer(made.weights, np.float32)
        ends = np.searchsorted(np.frombuffer(made.owners, np.uint16), np.arange(len(classes) + 1))
        # The phrases of each class together; one of which more is said does not speak louder for that alone.
        self._said = [
            (
                [self._directions[at : min(at + AT_A_TIME, end)] for at in range(start, end, AT_A_TIME)],
                weights[start:end] / np.sqrt(np.float32(max(1, end - start))),
            )
            for start, end in pairwise(ends.tolist())
        ]

    @classmethod
    def shipped(cls, phrases: Callable[[], Iterable[Phrase]], vectors: Vectors, weighed: Weighed) -> Nearby:
        """The phrases of the lexicon, made once for all starts; `weighed` gives the words of a phrase their weights."""
        return cls(kept("nearby", Said, lambda: said(phrases(), vectors, weighed)), vectors.classes)

    def chances(self, whole: Direction, among: Sequence[int]) -> Weights:
        """The chance of each class in order, by the phrases near to what points there; none for those that are not `among` these
        places. All alike when it points nowhere.
        """
        turned = _turned(whole[None, :DIRECTIONS].astype(np.float32), self._middle)[0]
        if not turned.any():
            return np.full(len(self._said), 1 / len(self._said))
        looked = [self._said[place] for place in among]
        products = [piece @ turned for pieces, _ in looked for piece in pieces]
        near = np.exp(SHARPNESS * (np.concatenate(products) - 1.0))
        shares = np.zeros(len(self._said))
        start = 0
        for place, (_, voices) in zip(among, looked, strict=True):
            shares[place] = near[start : start + len(voices)] @ voices
            start += len(voices)
        return shares / shares.sum()


def said(phrases: Iterable[Phrase], vectors: Vectors, weighed: Weighed) -> Said:
    """Phrases as they are kept; those of which no word is known are left out."""
    place = {name: index for index, name in enumerate(vectors.classes)}
    made = [(phrase, vectors.whole(weighed(words_of(phrase.text)))[:DIRECTIONS]) for phrase in phrases]
    made = sorted(((p, whole) for p, whole in made if whole.any()), key=lambda each: place[each[0].competence])
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
    lengths = _lengths(wholes)
    seen = np.where(lengths > 0, wholes / np.maximum(lengths, 1e-9) - middle, 0.0).astype(np.float32)
    seen /= np.maximum(_lengths(seen), 1e-9)
    return seen


def _lengths(wholes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.sqrt((wholes * wholes).sum(axis=1, keepdims=True))
