"""How strongly words speak for each competence, learnt from everything the vocabulary says of it."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log, sqrt
from sys import intern
from typing import Final, NamedTuple

import msgspec

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


# A phrase, the names of its features, their shares.
_Made = tuple[Phrase, tuple[str, ...], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a question leans to: score by competence, share of its weight that is known, pull of each word."""

    scores: dict[str, float]
    pulls: dict[str, dict[int, float]]
    known: float


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
        self._said_ends, self._said_in, self._said = _arrays(index.said_ends, "I", index.said_in, index.said)
        self._leans_ends, self._leans_to, self._leans = _arrays(index.leans_ends, "H", index.leans_to, index.leans)
        self._competences = index.competences
        self._owner = array("H", index.owners)

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
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        near: defaultdict[int, float] = defaultdict(float)
        for name, weight in weights.items():
            part = _part(self._said_ends, self._place[name])
            for phrase, said in zip(self._said_in[part], self._said[part], strict=True):
                near[phrase] += weight * said / length
        scores = self._nearest(near)
        total = sum(weights.values()) or 1.0
        pulls: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
        makers = {feature.name: feature.words for feature in known}
        for name, weight in weights.items():
            for competence, lean in self._leanings(name):
                scores[competence] += LEANING * weight * lean / total
                for word in makers[name]:
                    pulls[competence][word] += weight * lean
        return Leaning(
            scores, {competence: dict(words) for competence, words in pulls.items()}, self._share_known(found)
        )

    def _leanings(self, name: str) -> Iterator[tuple[str, float]]:
        """To which competences a known feature leans, as shares of one."""
        part = _part(self._leans_ends, self._place[name])
        for place, share in zip(self._leans_to[part], self._leans[part], strict=True):
            yield self._competences[place], share

    def _nearest(self, near: dict[int, float]) -> defaultdict[str, float]:
        by_competence: defaultdict[str, list[float]] = defaultdict(list)
        for phrase, closeness in near.items():
            by_competence[self._competences[self._owner[phrase]]].append(closeness)
        scores: defaultdict[str, float] = defaultdict(float)
        for competence, closest in by_competence.items():
            closest.sort(reverse=True)
            scores[competence] = NEAREST * (closest[0] + NEXT_NEAREST * sum(closest[1 : 1 + RUNNERS_UP]))
        return scores

    def _share_known(self, found: Sequence[Feature]) -> float:
        """The part of the question's words that the field says; a word that other fields say too counts in part."""
        words: dict[int, float] = {}
        for feature in found:
            if len(feature.words) == 1:
                ours = (
                    1.0 - dict(self._leanings(feature.name)).get(ELSEWHERE, 0.0) if feature.name in self._place else 0.0
                )
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


def _arrays(ends: bytes, kind: str, places: bytes, worths: bytes) -> tuple[array[int], array[int], array[float]]:
    return array("I", ends), array(kind, places), array("d", worths)


def _part(ends: array[int], place: int) -> slice:
    return slice(ends[place - 1] if place else 0, ends[place])
