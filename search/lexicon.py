"""How strongly words speak for each competence, learnt from everything the vocabulary says of it."""

from __future__ import annotations

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt
from sys import intern
from typing import Final, NamedTuple

from graph.model.vocabulary import LegalRole, acronyms, competences, kinds, rules
from graph.model.wording import expressions, off_topic
from search.features import Feature, features, merged, words_of

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


class Lexicon:
    """Phrases turned into an index. Immutable, about 43 MB, built in about a second."""

    def __init__(self, said: Iterable[Phrase]) -> None:
        made = [_made_of(phrase) for phrase in said]
        speakers: defaultdict[str, set[str]] = defaultdict(set)
        self.words: Counter[str] = Counter()
        for phrase, names, _ in made:
            self.words.update(word.text for word in words_of(phrase.text))
            for name in names:
                speakers[name].add(phrase.competence)
        number = len({phrase.competence for phrase, _, _ in made})
        self.rarity = {name: log(1 + number / len(who)) for name, who in speakers.items()}
        self.stems = frozenset(self.rarity)
        self._owner = [phrase.competence for phrase, _, _ in made]
        # Arrays, for there are half a million of these: as tuples they took 40 MB more.
        self._said_with: dict[str, tuple[array[int], array[float]]] = {}
        for index, (phrase, names, shares) in enumerate(made):
            weights = list(zip(names, shares, strict=True))
            length = sqrt(sum((self.rarity[name] * share) ** 2 for name, share in weights)) or 1.0
            for name, share in weights:
                places, worth = self._said_with.setdefault(name, (array("I"), array("d")))
                places.append(index)
                worth.append(phrase.weight * self.rarity[name] * share / length)
        self._leans = _leanings(made)

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
            for index, said in zip(*self._said_with[name], strict=True):
                near[index] += weight * said / length
        scores = self._nearest(near)
        total = sum(weights.values()) or 1.0
        pulls: defaultdict[str, defaultdict[int, float]] = defaultdict(lambda: defaultdict(float))
        makers = {feature.name: feature.words for feature in known}
        for name, weight in weights.items():
            for competence, lean in self._leans[name]:
                scores[competence] += LEANING * weight * lean / total
                for word in makers[name]:
                    pulls[competence][word] += weight * lean
        return Leaning(
            scores, {competence: dict(words) for competence, words in pulls.items()}, self._share_known(found)
        )

    def _nearest(self, near: dict[int, float]) -> defaultdict[str, float]:
        by_competence: defaultdict[str, list[float]] = defaultdict(list)
        for index, closeness in near.items():
            by_competence[self._owner[index]].append(closeness)
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
                leans = self._leans.get(feature.name)
                ours = 0.0 if leans is None else 1.0 - dict(leans).get(ELSEWHERE, 0.0)
                words[feature.words[0]] = max(words.get(feature.words[0], 0.0), ours * min(1.0, feature.share * 2))
        return sum(words.values()) / len(words) if words else 0.0


def _made_of(phrase: Phrase) -> tuple[Phrase, tuple[str, ...], tuple[float, ...]]:
    """A phrase with its features and their shares; a name that many phrases have is kept once."""
    made = merged(features(words_of(phrase.text)))
    return phrase, tuple(intern(name) for name in made), tuple(made.values())


def _leanings(
    made: Sequence[tuple[Phrase, tuple[str, ...], tuple[float, ...]]],
) -> dict[str, tuple[tuple[str, float], ...]]:
    """For each feature, to which competences it leans, as shares of one."""
    spoken: defaultdict[str, dict[str, float]] = defaultdict(dict)
    volume: defaultdict[str, float] = defaultdict(float)
    for phrase, names, _ in made:
        volume[phrase.competence] += phrase.weight
        for name in names:
            counts = spoken[name]
            counts[phrase.competence] = counts.get(phrase.competence, 0.0) + phrase.weight
    # Most features are said of one competence only: they share one answer.
    alone = {competence: ((competence, 1.0),) for competence in volume}
    leans: dict[str, tuple[tuple[str, float], ...]] = {}
    for name, counts in spoken.items():
        if len(counts) == 1:
            leans[name] = alone[next(iter(counts))]
            continue
        shares = {competence: sqrt(count / volume[competence]) for competence, count in counts.items()}
        total = sum(shares.values())
        leans[name] = tuple((competence, share / total) for competence, share in shares.items())
    return leans
