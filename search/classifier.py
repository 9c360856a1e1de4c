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
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from math import sqrt
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from search.features import Feature, features, merged, words_of
from search.lexicon import Lexicon, Phrase, phrases
from search.made import kept
from search.parts import Parts, Weights, ends_of

FILE: Final = Path(__file__).with_name("weights.json.gz")
ROUNDS: Final = 10
STEP: Final = 3.0
SLOWING: Final = 0.3
# Weights smaller than this change no answer in a hundred; without them the file is a tenth of its size.
LEAST_WEIGHT: Final = 0.12
# Gradients smaller than this are left out of an update.
LEAST_GRADIENT: Final = 0.003


class Trained(msgspec.Struct, array_like=True, frozen=True):
    """What training gives. `stamp` names the vocabulary it was trained on; `classes` are competences in order, "" for other fields.

    Of each feature, as far as `ends` says (32 bits): the places of classes, and the weight of each in hundredths (16 bits each).
    """

    stamp: str
    classes: list[str]
    features: list[str]
    ends: bytes
    places: bytes
    weights: bytes


class Classifier:
    """Weights by feature, and the chance of each competence that they give. Immutable, about 7 MB."""

    def __init__(self, trained: Trained) -> None:
        self.stamp = trained.stamp
        self.classes: Final = tuple(trained.classes)
        self._place = {name: place for place, name in enumerate(trained.features)}
        weights = np.frombuffer(trained.weights, np.int16)
        self._parts = Parts(trained.ends, np.frombuffer(trained.places, np.uint16), weights)

    @classmethod
    def load(cls) -> Classifier:
        """The classifier that is shipped."""
        return cls(kept("classifier", Trained, _read))

    def chances(self, weights: Mapping[str, float]) -> Weights:
        """The chance of each class in order, all of them together making one, by the weights of features."""
        known = [(self._place[name], value) for name, value in of_length_one(weights) if name in self._place]
        places, sums = self._parts.weighed(known)
        return softmax(np.bincount(places, sums / 100, len(self.classes)).astype(np.float64))


def unit_vector(found: Iterable[Feature], rarity: Mapping[str, float]) -> list[tuple[str, float]]:
    """Known features with their weight, of length one."""
    return of_length_one({name: rarity[name] * share for name, share in merged(found).items() if name in rarity})


def of_length_one(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    """The same weights, one as long as the other."""
    length = sqrt(sum(value * value for value in weights.values())) or 1.0
    return [(name, value / length) for name, value in weights.items()]


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
    """Write it, the same bytes for the same weights: of each feature, the place of a class and its weight in turn."""
    ends, places = array("I", bytes(4) + trained.ends), array("H", trained.places)
    pairs = list(chain.from_iterable(zip(places, array("h", trained.weights), strict=True)))
    rows = {name: pairs[2 * ends[i] : 2 * ends[i + 1]] for i, name in enumerate(trained.features)}
    content = {"stamp": trained.stamp, "classes": trained.classes, "weights": rows}
    FILE.write_bytes(gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0))


def _read() -> Trained:
    """What `save` wrote."""
    content = json.loads(gzip.decompress(FILE.read_bytes()))
    return _trained(content["stamp"], content["classes"], content["weights"])


def _trained(stamp: str, classes: list[str], rows: dict[str, list[int]]) -> Trained:
    pairs = list(chain.from_iterable(rows.values()))
    places, weights = array("H", pairs[::2]), array("h", pairs[1::2])
    ends = ends_of(row[::2] for row in rows.values())
    return Trained(stamp, classes, list(rows), ends, places.tobytes(), weights.tobytes())


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


def softmax(sums: Weights) -> Weights:
    """Chances, all of them together making one."""
    raised = np.exp(sums - sums.max())
    return raised / raised.sum()


def _weights(row: list[float]) -> list[int]:
    return [part for at, weight in enumerate(row) if abs(weight) >= LEAST_WEIGHT for part in (at, round(weight * 100))]


if __name__ == "__main__":
    everything = list(phrases())
    save(train(everything, Lexicon.shipped().rarity))
