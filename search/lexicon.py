"""How strongly words speak for each competence, learnt from everything the vocabulary says of it."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import log, sqrt
from sys import intern
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from graph.model.vocabulary import LegalRole, acronyms, competences, kinds, rules
from graph.model.wording import expressions, off_topic
from search.features import Feature, features, merged, words_of
from search.made import kept
from search.parts import Parts, Weights, ends_of

# What phrases of other fields are learnt as: when it wins, the question is not ours. It is the first of all in order.
ELSEWHERE: Final = ""
ELSEWHERE_AT: Final = 0
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


# A phrase, the names of its features, their shares.
_Made = tuple[Phrase, tuple[str, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a question leans to: weights of the features that are known; a score for each competence in order; the share of the
    question that is known; `pulled` says which of its words pull to the competence at a place of that order, and how much.
    """

    weights: dict[str, float]
    scores: Weights
    known: float
    pulled: Callable[[int], dict[int, float]]


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
    # In order, what other fields say among them; the competence of each phrase (16 bits), those of one together.
    competences: list[str]
    owners: bytes


class Lexicon:
    """What the phrases say of a question. Immutable, about 17 MB."""

    def __init__(self, index: Index) -> None:
        self.words: Counter[str] = Counter(index.words)
        self.rarity = dict(zip(index.names, array("d", index.rarity), strict=True))
        self.stems = frozenset(index.names)
        self._place = {name: place for place, name in enumerate(index.names)}
        self._said = Parts(index.said_ends, np.frombuffer(index.said_in, np.uint32), np.frombuffer(index.said))
        self._leans = Parts(index.leans_ends, np.frombuffer(index.leans_to, np.uint16), np.frombuffer(index.leans))
        self.competences: Final = tuple(index.competences)
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
        leans = self._leanings(weights)
        scores = self._nearest(weights)
        scores += LEANING * (np.array(list(weights.values())) @ leans) / total
        makers = {feature.name: feature.words for feature in known}

        def pulled(competence: int) -> dict[int, float]:
            pulls: dict[int, float] = {}
            for (name, weight), lean in zip(weights.items(), leans[:, competence].tolist(), strict=True):
                if lean:
                    for word in makers[name]:
                        pulls[word] = pulls.get(word, 0.0) + weight * lean
            return pulls

        elsewhere = dict(zip(weights, leans[:, ELSEWHERE_AT].tolist(), strict=True))
        return Leaning(weights, scores, _share_known(found, elsewhere), pulled)

    def _leanings(self, names: Collection[str]) -> Weights:
        """How much each of these features leans to each competence, a row a feature, as shares of one."""
        leans = np.zeros((len(names), len(self.competences)))
        for row, name in zip(leans, names, strict=True):
            places, shares = self._leans.of(self._place[name])
            row[places] = shares
        return leans

    def _nearest(self, weights: dict[str, float]) -> Weights:
        """For each competence, how close the nearest of its phrases is to these weights of features; its runners-up too."""
        scores = np.zeros(len(self.competences))
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        met, said = self._said.weighed((self._place[name], weight) for name, weight in weights.items())
        if not len(met):
            return scores
        # What each phrase has in common with the question. A few in a hundred are met: only those are looked at.
        order = met.argsort(kind="stable")
        met = met[order]
        first = _firsts(met)
        near = np.add.reduceat(said[order] / length, first)
        owners = self._owner[met[first]]
        # The phrases of each competence stand together; now the closest first, with room for runners-up that are not there.
        order = (-near).argsort()
        order = order[owners[order].argsort(kind="stable")]
        first = _firsts(owners)
        ends = np.append(first[1:], len(near))
        closeness = np.append(near[order], 0.0)
        closest, *others = (closeness[np.where(first + k < ends, first + k, len(near))] for k in range(1 + RUNNERS_UP))
        scores[owners[first]] = NEAREST * (closest + NEXT_NEAREST * reduce(np.add, others))
        return scores


def _firsts(line: NDArray[np.integer]) -> NDArray[np.intp]:
    """Where each run of equal values starts in a line that is not empty."""
    starts = np.ones(len(line), bool)
    np.not_equal(line[1:], line[:-1], out=starts[1:])
    return starts.nonzero()[0]


def _share_known(found: Sequence[Feature], elsewhere: Mapping[str, float]) -> float:
    """The part of the question's words that the field says; of known features, `elsewhere` is how much they lean to other fields,
    for a word that these say too counts in part.
    """
    words: dict[int, float] = {}
    for feature in found:
        if len(feature.words) == 1:
            ours = 1.0 - elsewhere.get(feature.name, 1.0)
            words[feature.words[0]] = max(words.get(feature.words[0], 0.0), ours * min(1.0, feature.share * 2))
    return sum(words.values()) / len(words) if words else 0.0


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
    competence = {id_: place for place, id_ in enumerate(sorted({ELSEWHERE, *volume}))}
    rarity = {name: log(1 + len(volume) / len(who)) for name, who in speakers.items()}
    leans = _leanings(made, volume)
    made.sort(key=lambda each: each[0].competence)
    said_with = _said_with(made, rarity)
    return Index(
        words=dict(words),
        names=list(rarity),
        rarity=array("d", rarity.values()).tobytes(),
        said_ends=ends_of(said_with[name] for name in rarity),
        said_in=array("I", (place for name in rarity for place, _ in said_with[name])).tobytes(),
        said=array("d", (worth for name in rarity for _, worth in said_with[name])).tobytes(),
        leans_ends=ends_of(leans[name] for name in rarity),
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
