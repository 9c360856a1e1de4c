"""A linear classifier over the features of a phrase, trained on the vocabulary alone and kept in a file.

`python -m search.classifier` trains it again (about half a minute) after the vocabulary has changed; the result depends on
nothing else and is the same on every machine. A test refuses a file that was trained on another vocabulary.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from array import array
from collections.abc import Iterable, Sequence
from math import exp, sqrt
from pathlib import Path
from typing import Final

from search.features import Feature, features, merged, words_of
from search.lexicon import Lexicon, Phrase, phrases

FILE: Final = Path(__file__).with_name("weights.json.gz")
ROUNDS: Final = 10
STEP: Final = 3.0
SLOWING: Final = 0.3
# Weights smaller than this change no answer in a hundred; without them the file is a tenth of its size.
LEAST_WEIGHT: Final = 0.12
# Gradients smaller than this are left out of an update.
LEAST_GRADIENT: Final = 0.003
NOTHING: Final = array("h")


class Classifier:
    """Weights by feature, and the chance of each competence that they give. Immutable, about 7 MB."""

    def __init__(self, stamp: str, classes: Sequence[str], weights: dict[str, array[int]]) -> None:
        """`stamp` names the vocabulary it was trained on; `classes` are competences, "" for other fields.

        Of each feature, `weights` holds the place of a class and its weight in hundredths, in turn.
        """
        self.stamp = stamp
        self._classes = tuple(classes)
        self._weights = weights

    @classmethod
    def load(cls, file: Path = FILE) -> Classifier:
        """The classifier kept in `file`."""
        kept = json.loads(gzip.decompress(file.read_bytes()))
        return cls(kept["stamp"], kept["classes"], {name: array("h", row) for name, row in kept["weights"].items()})

    def chances(self, found: Iterable[Feature], rarity: dict[str, float]) -> dict[str, float]:
        """The chance of each competence, all of them together making one."""
        sums = [0.0] * len(self._classes)
        for name, value in unit_vector(found, rarity):
            row = self._weights.get(name, NOTHING)
            for place, weight in zip(row[::2], row[1::2], strict=True):
                sums[place] += value * weight / 100
        return dict(zip(self._classes, softmax(sums), strict=True))


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


def train(said: Sequence[Phrase], rarity: dict[str, float]) -> Classifier:
    """Softmax regression by stochastic gradient steps, in an order drawn from a fixed seed."""
    classes = sorted({phrase.competence for phrase in said})
    place = {competence: index for index, competence in enumerate(classes)}
    rows: dict[str, list[float]] = {}
    examples = [
        (vector, place[phrase.competence], phrase.weight)
        for phrase in said
        if (vector := unit_vector(features(words_of(phrase.text)), rarity))
    ]
    order = random.Random(0)  # noqa: S311 - a shuffle, not a secret
    for turn in range(ROUNDS):
        order.shuffle(examples)
        step = STEP / (1 + SLOWING * turn)
        for vector, right, weight in examples:
            _learn(rows, vector, right, step * weight, len(classes))
    kept = {name: _kept(row) for name, row in sorted(rows.items())}
    return Classifier(stamp_of(said), classes, {name: row for name, row in kept.items() if row})


def save(classifier: Classifier, file: Path = FILE) -> None:
    """Write the classifier, the same bytes for the same weights."""
    rows = {name: row.tolist() for name, row in classifier._weights.items()}
    content = {"stamp": classifier.stamp, "classes": classifier._classes, "weights": rows}
    file.write_bytes(gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0))


def _learn(
    rows: dict[str, list[float]], vector: list[tuple[str, float]], right: int, step: float, classes: int
) -> None:
    sums = [0.0] * classes
    for name, value in vector:
        row = rows.get(name)
        if row is not None:
            sums = [total + value * weight for total, weight in zip(sums, row, strict=True)]
    chances = softmax(sums)
    chances[right] -= 1.0
    gradient = [(index, chance * step) for index, chance in enumerate(chances) if abs(chance) > LEAST_GRADIENT]
    for name, value in vector:
        row = rows.setdefault(name, [0.0] * classes)
        for index, change in gradient:
            row[index] -= change * value


def softmax(sums: Sequence[float]) -> list[float]:
    """Chances, all of them together making one."""
    highest = max(sums)
    raised = [exp(total - highest) for total in sums]
    whole = sum(raised)
    return [value / whole for value in raised]


def _kept(row: list[float]) -> array[int]:
    return array(
        "h",
        [part for at, weight in enumerate(row) if abs(weight) >= LEAST_WEIGHT for part in (at, round(weight * 100))],
    )


if __name__ == "__main__":
    everything = list(phrases())
    save(train(everything, Lexicon(everything).rarity))
