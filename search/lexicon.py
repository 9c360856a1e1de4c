"""How strongly words speak for each competence, learnt from everything the vocabulary says of it."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from math import log, sqrt
from sys import intern
from typing import Final, NamedTuple, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from graph.model.vocabulary import LegalRole, acronyms, competences, kinds, rules
from graph.model.wording import expressions, off_topic
from search.features import Feature, features, merged, words_of
from search.made import kept

# What phrases of other fields are learnt as: when it wins, the question is not ours.
ELSEWHERE: Final = ""
# A label and an expression say it plainly; a legal note says it among other things.
NOTE_WEIGHT: Final = {
    LegalRole.FIRST_STEP: 0.4,
    LegalRole.LEGAL: 0.4,
    LegalRole.MANDATED: 0.3,
    LegalRole.OFFERS: 0.25,
}
# Acronyms and organisations point to several competences, the first more than the next.
FADING: Final = 0.3
# The nearest phrase, its runners-up, and the leaning of each word; measured by leaving expressions out in turn.
NEAREST: Final = 1.0
NEXT_NEAREST: Final = 0.3
LEANING: Final = 2.0
RUNNERS_UP: Final = 3
BRACKETS: Final = re.compile(r"\([^)]*\)")


class Phrase(NamedTuple):
    """A way to say a competence, and how much it is worth."""

    competence: str
    text: str
    weight: float


Weights: TypeAlias = NDArray[np.float64]
# A phrase, the names of its features, their shares.
_Made = tuple[Phrase, tuple[str, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a question leans to: score by competence, share of its weight that is known; `pulled` says which of its words pull
    to a competence, and how much.
    """

    scores: dict[str, float]
    known: float
    pulled: Callable[[str], dict[int, float]]


def phrases() -> Iterator[Phrase]:
    """Everything that the vocabulary says of each competence, then what other fields say."""
    for entry in competences().values():
        yield Phrase(entry.id, entry.label, 1.0)
    for expression in expressions():
        yield Phrase(expression.competence, expression.text, 1.0)
    for acronym in acronyms():
        for rank, competence in enumerate(acronym.competences):
            yield Phrase(competence, acronym.acronym, 1.0 / (1 + FADING * rank))
            yield Phrase(competence, acronym.expansion, 0.8 / (1 + FADING * rank))
    for rule in rules():
        weight = NOTE_WEIGHT[rule.role]
        yield Phrase(rule.competence, rule.note, weight)
        yield Phrase(rule.competence, BRACKETS.sub("", kinds()[rule.kind].label), weight)
    for phrase in off_topic():
        yield Phrase(ELSEWHERE, phrase, 1.0)


class Index(msgspec.Struct, array_like=True, frozen=True):
    """Phrases turned into an index, as a file keeps it: the bytes of arrays, for there are half a million of these numbers."""

    # How often each folded word is said.
    words: dict[str, int]
    # Names of features, and of each its rarity (doubles) and where its part of the arrays below ends (32 bits).
    names: list[str]
    rarity: bytes
    # The phrases that have it (32 bits), and how much each says it (doubles).
    said_ends: bytes
    said_in: bytes
    said: bytes
    # The competences that it leans to (16 bits), and how much (doubles).
    leans_ends: bytes
    leans_to: bytes
    leans: bytes
    competences: list[str]
    # The competence of each phrase (16 bits).
    owners: bytes


class Lexicon:
    """What the phrases say of a question. Immutable, about 17 MB."""

    def __init__(self, index: Index) -> None:
        self.words: Counter[str] = Counter(index.words)
        self.rarity = dict(zip(index.names, array("d", index.rarity), strict=True))
        self.stems = frozenset(index.names)
        self._place = {name: place for place, name in enumerate(index.names)}
        self._said = _Parts(index.said_ends, np.frombuffer(index.said_in, np.uint32), index.said)
        self._leans = _Parts(index.leans_ends, np.frombuffer(index.leans_to, np.uint16), index.leans)
        self._competences = {id_: place for place, id_ in enumerate(index.competences)}
        self._owner = np.frombuffer(index.owners, np.uint16)

    @classmethod
    def shipped(cls) -> Lexicon:
        """The lexicon of everything that the vocabulary says, made once for all starts."""
        return cls(kept("lexicon", Index, lambda: indexed(phrases())))

    def weight_of(self, word: str) -> float:
        """How much a folded word says: nothing when every phrase has it, most when none has."""
        return max(0.0, log(len(self._owner) / (1 + self.words[word])))

    def weigh(self, found: Sequence[Feature]) -> Leaning:
        """What these features lean to."""
        known = [feature for feature in found if feature.name in self.rarity]
        weights = {name: self.rarity[name] * share for name, share in merged(known).items()}
        total = sum(weights.values()) or 1.0
        leans = {name: self._leanings(name) for name in weights}
        scores = self._nearest(weights)
        for name, weight in weights.items():
            scores += LEANING * weight * leans[name] / total
        makers = {feature.name: feature.words for feature in known}

        def pulled(competence: str) -> dict[int, float]:
            pulls: dict[int, float] = {}
            place = self._competences[competence]
            for name, weight in weights.items():
                if lean := float(leans[name][place]):
                    for word in makers[name]:
                        pulls[word] = pulls.get(word, 0.0) + weight * lean
            return pulls

        by_competence = dict(zip(self._competences, scores.tolist(), strict=True))
        return Leaning(by_competence, self._share_known(found, leans), pulled)

    def _leanings(self, name: str) -> Weights:
        """How much a known feature leans to each competence, as shares of one."""
        places, shares = self._leans.of(self._place[name])
        leans = np.zeros(len(self._competences))
        leans[places] = shares
        return leans

    def _nearest(self, weights: dict[str, float]) -> Weights:
        """For each competence, how close the nearest of its phrases is to these weights of features; its runners-up too."""
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        near = np.zeros(len(self._owner))
        for name, weight in weights.items():
            phrases_, said = self._said.of(self._place[name])
            near[phrases_] += weight * said / length
        met = np.flatnonzero(near)
        met = met[np.argsort(-near[met])]
        # The phrases of each competence together, the closest first, with room for runners-up that are not there.
        met = met[np.argsort(self._owner[met], kind="stable")]
        owners, first = np.unique(self._owner[met], return_index=True)
        ends = np.append(first[1:], len(met))
        closeness = np.append(near[met], 0.0)
        closest, *others = (closeness[np.where(first + k < ends, first + k, len(met))] for k in range(1 + RUNNERS_UP))
        scores = np.zeros(len(self._competences))
        scores[owners] = NEAREST * (closest + NEXT_NEAREST * reduce(np.add, others))
        return scores

    def _share_known(self, found: Sequence[Feature], leans: dict[str, Weights]) -> float:
        """The part of the question's words that the field says; a word that other fields say too counts in part."""
        elsewhere = self._competences.get(ELSEWHERE)
        words: dict[int, float] = {}
        for feature in found:
            if len(feature.words) == 1:
                lean = leans.get(feature.name)
                theirs = 1.0 if lean is None else 0.0 if elsewhere is None else float(lean[elsewhere])
                words[feature.words[0]] = max(
                    words.get(feature.words[0], 0.0), (1.0 - theirs) * min(1.0, feature.share * 2)
                )
        return sum(words.values()) / len(words) if words else 0.0


class _Parts:
    """Places and what each is worth, a part for each feature, kept one after the other."""

    def __init__(self, ends: bytes, places: NDArray[np.unsignedinteger], worths: bytes) -> None:
        self._ends = array("I", ends)
        self._places, self._worths = places, np.frombuffer(worths, np.float64)

    def of(self, feature: int) -> tuple[NDArray[np.unsignedinteger], Weights]:
        """The part of one feature."""
        part = slice(self._ends[feature - 1] if feature else 0, self._ends[feature])
        return self._places[part], self._worths[part]


def indexed(said: Iterable[Phrase]) -> Index:
    """The index of these phrases: about two seconds for all of ours."""
    made = [_made_of(phrase) for phrase in said]
    words: Counter[str] = Counter()
    speakers: defaultdict[str, set[str]] = defaultdict(set)
    for phrase, names, _ in made:
        words.update(word.text for word in words_of(phrase.text))
        for name in names:
            speakers[name].add(phrase.competence)
    volume: defaultdict[str, float] = defaultdict(float)
    for phrase, _, _ in made:
        volume[phrase.competence] += phrase.weight
    competence = {id_: place for place, id_ in enumerate(volume)}
    rarity = {name: log(1 + len(volume) / len(who)) for name, who in speakers.items()}
    said_with = _said_with(made, rarity)
    leans = _leanings(made, volume)
    return Index(
        words=dict(words),
        names=list(rarity),
        rarity=array("d", rarity.values()).tobytes(),
        said_ends=_ends(said_with[name] for name in rarity),
        said_in=array("I", (place for name in rarity for place, _ in said_with[name])).tobytes(),
        said=array("d", (worth for name in rarity for _, worth in said_with[name])).tobytes(),
        leans_ends=_ends(leans[name] for name in rarity),
        leans_to=array("H", (competence[id_] for name in rarity for id_, _ in leans[name])).tobytes(),
        leans=array("d", (share for name in rarity for _, share in leans[name])).tobytes(),
        competences=list(competence),
        owners=array("H", (competence[phrase.competence] for phrase, _, _ in made)).tobytes(),
    )


def _made_of(phrase: Phrase) -> _Made:
    """A phrase with its features and their shares; a name that many phrases have is kept once."""
    made = merged(features(words_of(phrase.text)))
    return phrase, tuple(intern(name) for name in made), tuple(made.values())


def _said_with(made: Sequence[_Made], rarity: dict[str, float]) -> dict[str, list[tuple[int, float]]]:
    """For each feature, the phrases that have it, and what it is worth in each of them."""
    found: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, (phrase, names, shares) in enumerate(made):
        weights = list(zip(names, shares, strict=True))
        length = sqrt(sum((rarity[name] * share) ** 2 for name, share in weights)) or 1.0
        for name, share in weights:
            found[name].append((place, phrase.weight * rarity[name] * share / length))
    return found


def _leanings(made: Sequence[_Made], volume: dict[str, float]) -> dict[str, list[tuple[str, float]]]:
    """For each feature, to which competences it leans, as shares of one; `volume` is how much is said of each competence."""
    spoken: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for phrase, names, _ in made:
        for name in names:
            counts = spoken[name]
            counts[phrase.competence] = counts.get(phrase.competence, 0.0) + phrase.weight
    leans: dict[str, list[tuple[str, float]]] = {}
    for name, counts in spoken.items():
        shares = {id_: sqrt(count / volume[id_]) for id_, count in counts.items()}
        total = sum(shares.values())
        leans[name] = [(id_, share / total) for id_, share in shares.items()]
    return leans


def _ends(parts: Iterable[Sequence[object]]) -> bytes:
    """Where each part ends when they stand one after the other."""
    return array("I", accumulate(map(len, parts))).tobytes()
