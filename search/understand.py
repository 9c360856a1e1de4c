"""From what someone writes to competences, publics, a place, and the words that are left for names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple

from graph.model.directory import Public
from graph.model.relay import CompetenceMatch
from graph.model.territory import Territory
from graph.model.vocabulary import AcronymKind, acronyms, kinds, named_successions
from graph.model.wording import danger_words, public_words
from graph.model.words import NEGATIONS, STOP_WORDS, Token, fold
from search.classifier import Classifier
from search.completion import Completion, Suggestion
from search.danger import Dangers
from search.features import Feature, carries, class_stems, features, stem, words_of
from search.lexicon import ELSEWHERE_AT, Leaning, Lexicon, phrases
from search.nearby import Nearby
from search.parts import Weights
from search.places import Gazetteer
from search.spelling import Spelling, sound
from search.vectors import Vectors
from search.voices import is_ours, likely, scored, together

MOST_MATCHES: Final = 5
# A question is ours when something stands out at all.
LEAST_SCORE: Final = 0.5
# Next to the best, a weaker match is noise.
NEXT_TO_BEST: Final = 0.11
# What a word pulls by its meaning alone, beside one that the lexicon says.
BY_MEANING: Final = 0.5
# A word that says for whom says less about what.
ABOUT_WHOM: Final = 0.5
# The score of a phrase that says nothing but an expression of the lexicon.
SURE_SCORE: Final = 6.0
# A word that was corrected is less sure than one that was typed right.
CORRECTED: Final = 0.8
# A word pulls enough to be named when it has this share of the strongest pull.
WORTH_NAMING: Final = 0.35
MOST_NAMED: Final = 4
LONGEST_TEXT: Final = 1000

WANTING: Final = frozenset({"veux", "veut", "cherche", "demande", "souhaite", "voudrais", "est", "besoin", "concerne"})
TURNS: Final = frozenset({"mais", "plutot", "seulement", "juste", "uniquement"})
LACK: Final = re.compile(r"\s+d(?:e\b|')")
PAUSE: Final = re.compile(r"[,;:.!?]")
_WHOM: Final = "femme femmes homme hommes jeune jeunes dame monsieur famille familles couple gens"
WHOM: Final = frozenset(_WHOM.split())
_GENERIC: Final = "aide aides aider besoin cherche chercher trouver probleme problemes personne question"
GENERIC: Final = frozenset(_GENERIC.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What was read: competences best first, publics, a place, the folded words left for names, numbers to call first.

    `subject` is the text without its place.
    """

    matches: tuple[CompetenceMatch, ...] = ()
    publics: tuple[Public, ...] = ()
    territory: Territory | None = None
    words: tuple[str, ...] = ()
    subject: str = ""
    emergency: tuple[str, ...] = ()


class _Found(NamedTuple):
    """A match, and where the words of the lexicon that led there start."""

    match: CompetenceMatch
    explained: Collection[int]


class Reader:
    """Reads questions. Built once a process; reading changes nothing."""

    def __init__(self) -> None:
        self._lexicon = Lexicon.shipped()
        self._classifier = Classifier.load()
        self._vectors = Vectors.load()
        self._nearby = Nearby.shipped(phrases, self._vectors, self._weighed)
        if not self._lexicon.competences == self._classifier.classes == self._vectors.classes:
            raise ValueError("the classifier or the vectors were made for other competences than the lexicon's")
        self._publics = [(public.public, _stems(public.text)) for public in public_words()]
        self._publics_from: dict[str, list[int]] = {}
        for place, (_, stems) in enumerate(self._publics):
            self._publics_from.setdefault(stems[0], []).append(place)
        self._dangers = Dangers(danger_words())
        self._names = _organisation_names()
        listened = self._dangers.stems.union(*(stems for _, stems in self._publics))
        named = frozenset(word for said in self._names.values() for stems in said for word in stems)
        known = self._lexicon.stems | listened | named | class_stems()
        self._spelling = Spelling(dict(self._lexicon.words), known, STOP_WORDS | NEGATIONS)
        self._completion = Completion()

    def read(self, text: str, places: Gazetteer | None = None) -> Understood:
        """What `text` means; with `places`, a town named in it is taken out of the words first."""
        if not text.strip():
            return Understood()
        text = text[:LONGEST_TEXT]
        where = places.find_in_phrase(text) if places else None
        subject = (
            text if where is None else text[: where[1][0]] + " " * (where[1][1] - where[1][0]) + text[where[1][1] :]
        )
        typed = words_of(subject)
        meant = [self._spelled(token) for token in typed]
        shown = _without_refused(meant, subject)
        shown = (
            shown if subject.isupper() else [word for word in shown if not _chance_acronym(word, subject, len(typed))]
        )
        found = self._features(shown, typed, meant)
        leaning = self._lexicon.weigh(found)
        meanings = self._vectors.rows(self._meanings(shown, typed))
        whole = meanings.sum(axis=0)
        by_words, by_meaning = self._classifier.chances(leaning.weights), self._vectors.chances(whole)
        nearby = self._nearby.chances(whole, likely(by_words, by_meaning))
        chances = together(by_words, by_meaning, nearby)
        matches: list[_Found] = []
        if is_ours(leaning.known, chances):
            matches = self._matches(leaning, scored(leaning.scores, chances), meanings, shown, subject)
        return Understood(
            matches=tuple(found.match for found in matches),
            publics=self._found_publics(meant),
            territory=where[0] if where else None,
            words=self._left(typed, meant, matches),
            subject=" ".join(subject.split()),
            emergency=self._dangers.numbers(meant, subject),
        )

    def complete(self, text: str, limit: int = 8) -> list[Suggestion]:
        """Competences whose label, or a way to say it, goes on from `text`; labels first, each competence once."""
        return self._completion.complete(text[:LONGEST_TEXT], limit)

    def _spelled(self, token: Token) -> Token:
        corrected = self._spelling.read(token.text)
        return token if corrected is None else replace(token, text=corrected)

    def _is_another(self, typed: str, read: str) -> bool:
        """Whether a French word was typed that does not even sound like the one it was read as; slips sound alike."""
        return typed != read and sound(typed) != sound(read) and self._vectors.knows(typed)

    def _features(self, shown: Sequence[Token], typed: Sequence[Token], meant: Sequence[Token]) -> list[Feature]:
        corrected = {after.start for before, after in zip(typed, meant, strict=True) if before.text != after.text}
        carrying = [word for word in shown if carries(word)]
        whom = {word.start for word in carrying if word.text in WHOM}
        weights = {word.start: CORRECTED for word in shown if word.start in corrected}
        if len(whom) < len(carrying):
            weights |= dict.fromkeys(whom, ABOUT_WHOM)
        if not weights:
            return list(features(shown))
        return [
            feature._replace(share=feature.share * min(weights.get(shown[word].start, 1.0) for word in feature.words))
            for feature in features(shown)
        ]

    def _meanings(self, shown: Sequence[Token], typed: Sequence[Token]) -> list[tuple[str, float]]:
        """For each word, the one to look its meaning up by (as it was typed, when the one it was read as has none); its weight."""
        before = {word.start: word.text for word in typed}
        return self._weighed(
            word if self._vectors.knows(word.text) else replace(word, text=before[word.start]) for word in shown
        )

    def _weighed(self, words: Iterable[Token]) -> list[tuple[str, float]]:
        return [(word.text, self._lexicon.weight_of(word.text)) for word in words]

    def _matches(
        self, leaning: Leaning, scores: Weights, meanings: Weights, shown: Sequence[Token], text: str
    ) -> list[_Found]:
        """The competences that stand out, the best first; `meanings` has a row for each word that is shown."""
        best = float(scores.max())
        if best < LEAST_SCORE:
            return []
        near = [place for place in (scores >= best * NEXT_TO_BEST).nonzero()[0].tolist() if place != ELSEWHERE_AT]
        kept = sorted(near, key=lambda place: (-scores[place], place))[:MOST_MATCHES]
        carrying = [at for at, word in enumerate(shown) if carries(word)]
        pulls = (BY_MEANING * self._vectors.pulls(meanings, kept)).tolist()
        matches: list[_Found] = []
        for place, pulling in zip(kept, pulls, strict=True):
            pulled = leaning.pulled(place)
            because = _because({at: pulling[at] for at in carrying} | pulled, shown, text)
            certainty = _certainty(float(scores[place]), leaning.known)
            match = CompetenceMatch(self._lexicon.competences[place], because, certainty)
            matches.append(_Found(match, {shown[word].start for word in pulled}))
        return matches

    def _found_publics(self, meant: Sequence[Token]) -> tuple[Public, ...]:
        line = [stem(word.text) for word in meant]
        begun = sorted({place for first in line for place in self._publics_from.get(first, ())})
        found = [self._publics[place][0] for place in begun if _places_of(self._publics[place][1], line)]
        found += _of_age(meant)
        return tuple(dict.fromkeys(found))

    def _left(
        self,
        typed: Sequence[Token],
        meant: Sequence[Token],
        matches: Iterable[_Found],
    ) -> tuple[str, ...]:
        """Words that no match explains, those that name a body even when they led to a match, and French words that were read
        as another: a body may be called "Le Roseau".
        """
        line = [stem(word.text) for word in meant]
        named = {place for first in line for said in self._names.get(first, ()) for place in _places_of(said, line)}
        explained = {start for found in matches for start in found.explained}
        left: list[str] = []
        for place, (before, word) in enumerate(zip(typed, meant, strict=True)):
            if place not in named and self._is_another(before.text, word.text):
                left.append(before.text)
            elif place in named or (word.start not in explained and carries(word) and word.text not in GENERIC):
                left.append(word.text)
        return tuple(dict.fromkeys(left))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(
        stem(token.text) for token in words_of(text) if token.text not in {"de", "du", "des", "la", "le", "les"}
    )


def _places_of(said: Sequence[str], line: Sequence[str]) -> tuple[int, ...]:
    """Where the stems follow one another in the line, with at most one other between two of them; empty when they do not."""
    if not said or said[0] not in line:
        return ()
    for start in range(line.index(said[0]), len(line)):
        places: list[int] = []
        reach = range(start, start + 1)
        for wanted in said:
            place = next((p for p in reach if p < len(line) and line[p] == wanted), None)
            if place is None:
                break
            places.append(place)
            reach = range(place + 1, place + 3)
        if len(places) == len(said):
            return tuple(places)
    return ()


def _of_age(words: Sequence[Token]) -> list[Public]:
    """Publics that an age in the text tells: young from 16 to 25, old from 60."""
    found: list[Public] = []
    for number, unit in pairwise(words):
        if unit.text == "ans" and number.text.isdecimal() and len(number.text) <= 3:
            age = int(number.text)
            if 12 <= age <= 25:
                found.append(Public.JEUNES)
            elif 60 <= age <= 120:
                found.append(Public.SENIORS)
    return found


def _without_refused(words: list[Token], text: str) -> list[Token]:
    """The words without what the asker says it is not about: "pas un logement mais un emploi", "ce n’est pas pour le RSA".

    "pas de logement mais un emploi" tells a lack, which is a need.
    """
    turn = next((i for i, word in enumerate(words) if word.text in TURNS), None)
    for i, word in enumerate(words[:turn]):
        after = words[i + 1].text if i + 1 < len(words) else ""
        if word.text != "pas":
            continue
        refused = words[i - 1].text in WANTING if i else not LACK.match(fold(text[word.end :]))
        if turn is not None and (refused or after in {"pour", "besoin"}):
            return words[:i] + words[turn + 1 :]
        if after == "pour" and i > 0 and words[i - 1].text == "est":
            ends = (j for j in range(i + 1, len(words)) if PAUSE.search(text[words[j - 1].end : words[j].start]))
            return words[:i] + words[next(ends, len(words)) :]
    return words


def _chance_acronym(word: Token, text: str, length: int) -> bool:
    """Whether two letters are only by chance those of an acronym: not in capitals, and not all of the question."""
    return len(word.text) == 2 and length > 1 and not text[word.start : word.end].isupper()


def _because(pulls: dict[int, float], shown: Sequence[Token], text: str) -> str:
    """The words that led there, as they were typed: "« impayés », « loyer »"."""
    strongest = max(pulls.values(), default=0.0)
    named = sorted(sorted(pulls, key=lambda word: (-pulls[word], word))[:MOST_NAMED])
    pieces: list[str] = []
    for word in named:
        if pulls[word] >= WORTH_NAMING * strongest:
            token = shown[word]
            typed = text[token.start : token.end]
            read = (
                ""
                if stem(fold(typed).replace("'", "")) == stem(token.text) or len(typed) < 4
                else f", lu « {token.text} »"
            )
            pieces.append(f"« {typed} »{read}")
    return ", ".join(dict.fromkeys(pieces))


def _certainty(score: float, known: float) -> float:
    return round(min(1.0, score * known / SURE_SCORE), 3)


def _organisation_names() -> dict[str, list[tuple[str, ...]]]:
    """Stems that name bodies, present or past, by the first of them."""
    names = [entry.acronym for entry in acronyms() if entry.kind is AcronymKind.ORGANISATION]
    names += [name for entry in named_successions() for name in (entry.predecessor, entry.successor)]
    names += [re.split(r"[(,]", kind.label)[0] for kind in kinds().values()]
    others = {_stems(entry.acronym) for entry in acronyms() if entry.kind is not AcronymKind.ORGANISATION}
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for stems in sorted({_stems(name) for name in names} - others):
        if stems:
            by_first.setdefault(stems[0], []).append(stems)
    return by_first
