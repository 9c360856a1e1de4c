"""A linear classifier over the features of a phrase, trained on the vocabulary alone and kept in a file.

`python -m search.classifier` trains it again after the vocabulary has changed; the result depends on
nothing else and is the same on every machine. A test refuses a file that was trained on another vocabulary.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from math import exp, sqrt
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from search.features import Feature, features, merged, words_of
from search.lexicon import Lexicon, Phrase, phrases
from search.made import kept

FILE: Final = Path(__file__).with_name("weights.json.gz")
ROUNDS: Final = 10
STEP: Final = 3.0
SLOWING: Final = 0.3
# Weights smaller than this change no answer in a hundred; without them the file is a tenth of its size.
LEAST_WEIGHT: Final = 0.12
# Gradients smaller than this are left out of an update.
LEAST_GRADIENT: Final = 0.003


class Trained(msgspec.Struct, array_like=True, frozen=True):
    """What training gives. `stamp` names the vocabulary it was trained on; `classes` are competences, "" for other fields.

    Of each feature, `weights` holds the place of a class and its weight in hundredths, in turn (16 bits each), as far as `ends`
    says (32 bits).
    """

    stamp: str
    classes: list[str]
    features: list[str]
    ends: bytes
    weights: bytes


class Classifier:
    """Weights by feature, and the chance of each competence that they give. Immutable, about 7 MB."""

    def __init__(self, trained: Trained) -> None:
        self.stamp = trained.stamp
        self._classes = tuple(trained.classes)
        self._place = {name: place for place, name in enumerate(trained.features, 1)}
        self._ends = array("I", bytes(4) + trained.ends)
        self._weights = np.frombuffer(trained.weights, np.int16)

    @classmethod
    def load(cls) -> Classifier:
        """The classifier that is shipped."""
        return cls(kept("classifier", Trained, _read))

    def chances(self, found: Iterable[Feature], rarity: dict[str, float]) -> dict[str, float]:
        """The chance of each competence, all of them together making one."""
        sums = np.zeros(len(self._classes))
        for name, value in unit_vector(found, rarity):
            feature = self._place.get(name)
            if feature is not None:
                row = self._weights[self._ends[feature - 1] : self._ends[feature]]
                sums[row[::2]] += value * row[1::2] / 100
        return dict(zip(self._classes, softmax(sums.tolist()), strict=True))


def unit_vector(found: Iterable[Feature], rarity: dict[str, float]) -> list[tuple[str, float]]:
    """Known features with their weight, of length one."""
    weighted = [(name, rarity[name] * share) for name, share in merged(found).items() if name in rarity]
    length = sqrt(sum(value * value for _, value in weighted)) or 1.0
    return [(name, value / length) for name, value in weighted]


def stamp_of(said: Sequence[Phrase]) -> str:
    """A short name for exactly these phrases and the features made of them."""
    digest = hashlib.sha256()
    for phrase in said:
        made = sorted(merged(features(words_of(phrase.text))).items())
        digest.update(repr((phrase.competence, round(phrase.weight, 4), made)).encode())
    return digest.hexdigest()[:16]


def train(said: Sequence[Phrase], rarity: dict[str, float]) -> Trained:
    """Softmax regression by stochastic gradient steps, in an order drawn from a fixed seed."""
    classes = sorted({phrase.competence for phrase in said})
    place = {competence: index for index, competence in enumerate(classes)}
    vectors = [unit_vector(features(words_of(phrase.text)), rarity) for phrase in said]
    names = sorted({name for vector in vectors for name, _ in vector})
    row = {name: index for index, name in enumerate(names)}
    examples = [
        (np.array([row[name] for name, _ in vector]), np.array([value for _, value in vector]), phrase)
        for phrase, vector in zip(said, vectors, strict=True)
        if vector
    ]
    weights = np.zeros((len(names), len(classes)))
    order = random.Random(0)  # noqa: S311 - a shuffle, not a secret
    for turn in range(ROUNDS):
        order.shuffle(examples)
        step = STEP / (1 + SLOWING * turn)
        for rows, values, phrase in examples:
            _learn(weights, rows, values, place[phrase.competence], step * phrase.weight)
    kept_rows = {name: _weights(weights[index].tolist()) for name, index in row.items()}
    return _trained(stamp_of(said), classes, {name: found for name, found in kept_rows.items() if found})


def save(trained: Trained) -> None:
    """Write it, the same bytes for the same weights."""
    ends, weights = array("I", bytes(4) + trained.ends), array("h", trained.weights)
    rows = {name: weights[ends[i] : ends[i + 1]].tolist() for i, name in enumerate(trained.features)}
    content = {"stamp": trained.stamp, "classes": trained.classes, "weights": rows}
    FILE.write_bytes(gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0))


def _read() -> Trained:
    """What `save` wrote."""
    content = json.loads(gzip.decompress(FILE.read_bytes()))
    return _trained(content["stamp"], content["classes"], content["weights"])


def _trained(stamp: str, classes: list[str], rows: dict[str, list[int]]) -> Trained:
    ends = array("I", accumulate(map(len, rows.values())))
    weights = array("h", chain.from_iterable(rows.values()))
    return Trained(stamp, classes, list(rows), ends.tobytes(), weights.tobytes())


def _learn(
    weights: NDArray[np.float64], rows: NDArray[np.int64], values: NDArray[np.float64], right: int, step: float
) -> None:
    """One step down: `weights` has a row a feature, a column a class; `rows` and `values` are those of one phrase."""
    sums = (values[:, None] * weights[rows]).sum(axis=0)
    change = np.exp(sums - sums.max())
    change /= change.sum()
    change[right] -= 1.0
    change[np.abs(change) <= LEAST_GRADIENT] = 0.0
    weights[rows] -= values[:, None] * (step * change)


def softmax(sums: Sequence[float]) -> list[float]:
    """Chances, all of them together making one."""
    highest = max(sums)
    raised = [exp(total - highest) for total in sums]
    whole = sum(raised)
    return [value / whole for value in raised]


def _weights(row: list[float]) -> list[int]:
    return [part for at, weight in enumerate(row) if abs(weight) >= LEAST_WEIGHT for part in (at, round(weight * 100))]


if __name__ == "__main__":
    everything = list(phrases())
    save(train(everything, Lexicon.shipped().rarity))
