"""Which numbers to call first, read from words of danger.

An expression is met when its stems follow one another, articles apart, with at most one other word between two of them. Of
expressions met on the same words the longest speaks: "menace de me tuer" is not "me tuer". One that leads to no number is a turn
of phrase ("me tape sur les nerfs"), and silences those it shares its words with. What follows "…" in an expression may stand
anywhere else in the text, one of its words is enough: marks on an arm are a danger when a child is spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, product
from typing import Final, NamedTuple

from graph.model.wording import DangerWords
from graph.model.words import APOSTROPHES, Token
from search.features import stem, words_of

# What comes first when several things are told at once: a life that hangs on minutes, then blows, then what follows them.
PRESSING: Final = ("15", "18", "17", "3919", "119", "3977", "3114", "115")
ELSEWHERE_IN_TEXT: Final = "…"
ARTICLES: Final = frozenset({"de", "des", "la", "le", "les"})
# Pronouns that are lost with their apostrophe elsewhere: who is hit, and by whom, is the question here.
PRONOUNS: Final = {"m'": "me", "s'": "se", "t'": "te"}
FEMININE: Final = re.compile(r"ees?$")
# Just before a thing they say how big it is, and not of whom: "petites marques" tells of no child.
LITTLE: Final = frozenset(map(stem, ("petit", "petite")))
AUXILIARIES: Final = frozenset({"a", "ai", "as", "ont", "est", "avait"})


class _Said(NamedTuple):
    stems: tuple[str, ...]
    # One of these must be told besides, where there are any.
    besides: frozenset[str]
    numbers: tuple[str, ...]


class _Met(NamedTuple):
    places: frozenset[int]
    numbers: tuple[str, ...]


class Dangers:
    """Words of danger, by their first stem. Built once; reading changes nothing."""

    def __init__(self, said: Iterable[DangerWords]) -> None:
        self._done_to_me: frozenset[str] = frozenset()
        known = dict.fromkeys(one for danger in said for one in self._ways(danger))
        self._known = tuple(known)
        # By how they begin: a word and the next, or the only one.
        self._begun: dict[tuple[str, ...], list[int]] = {}
        for place, one in enumerate(self._known):
            self._begun.setdefault(one.stems[:2], []).append(place)
        self.stems: Final = frozenset(word for one in known for word in (*one.stems, *one.besides))
        self._done_to_me = frozenset(_after_me(known))

    def numbers(self, words: Sequence[Token], text: str) -> tuple[str, ...]:
        """The numbers that these words of `text` lead to, the most pressing first; each once."""
        line = self._line(words, text)
        met = [
            _Met(frozenset(places), self._known[which].numbers)
            for start in range(len(line))
            for which in self._beginning(line[start : start + 3])
            if (places := _places_from(start, self._known[which], line))
        ]
        speaking = [one for one in met if one.numbers and not any(_silences(other, one) for other in met)]
        speaking.sort(key=lambda one: PRESSING.index(one.numbers[0]))
        return tuple(dict.fromkeys(number for one in speaking for number in one.numbers))

    def _beginning(self, words: Sequence[str]) -> list[int]:
        """Which expressions may begin with the first of these stems, by what follows it at most one word on."""
        ways = {(words[0],), *((words[0], after) for after in words[1:])}
        return sorted(which for way in ways for which in self._begun.get(way, ()))

    def _ways(self, danger: DangerWords) -> Iterator[_Said]:
        """Each phrase that an expression stands for, one of each choice."""
        text, _, others = danger.text.partition(ELSEWHERE_IN_TEXT)
        choices = [[self._stems_of(word) for word in choice.split("|")] for choice in text.split()]
        besides = frozenset(chain.from_iterable(self._stems_of(word) for word in others.strip().split("|")))
        for way in product(*choices):
            if stems := tuple(chain.from_iterable(way)):
                yield _Said(stems, besides, danger.numbers)

    def _stems_of(self, text: str) -> tuple[str, ...]:
        return tuple(self._line(words_of(text), text))

    def _line(self, words: Sequence[Token], text: str) -> list[str]:
        """The stems without articles, each pronoun before its verb: "m’a tapée", "m a tapée" and "ma tapée" say "me"."""
        line: list[str] = []
        stems = [_stem(word.text) for word in words]
        for place, (word, stemmed) in enumerate(zip(words, stems, strict=True)):
            before = text[max(0, word.start - 2) : word.start].translate(APOSTROPHES).lower()
            if before in PRONOUNS and not text[: word.start - 2][-1:].isalnum() and line[-1:] != [PRONOUNS[before]]:
                line.append(PRONOUNS[before])
            after = stems[place + 1] if place + 1 < len(stems) else ""
            if word.text == "m" or (word.text == "ma" and after in self._done_to_me):
                line.append("me")
            elif word.text not in ARTICLES:
                line.append(stemmed)
        return line


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    """The same for a woman as for a man: "frappée", "frappé"."""
    return stem(FEMININE.sub("e", word))


def _silences(other: _Met, one: _Met) -> bool:
    if not other.numbers and len(other.places) >= len(one.places):
        return not other.places.isdisjoint(one.places)
    return one.places < other.places


def _after_me(known: Iterable[_Said]) -> Iterable[str]:
    """What is done to me: the stem after each "me", past an auxiliary."""
    for one in known:
        for place, word in enumerate(one.stems):
            after = next((w for w in one.stems[place + 1 :] if w not in AUXILIARIES), None)
            if word == "me" and after is not None:
                yield after


def _places_from(start: int, said: _Said, line: Sequence[str]) -> tuple[int, ...]:
    """Where the stems stand, the first at `start`; empty when they do not follow one another, or nothing is told besides."""
    places = [start]
    for wanted in said.stems[1:]:
        after = places[-1] + 1
        near = line[after : after + 2]
        if wanted not in near:
            return ()
        places.append(after + near.index(wanted))
    if said.besides and not any(
        word in said.besides
        for at, word in enumerate(line)
        if at not in places and (at != start - 1 or word not in LITTLE)
    ):
        return ()
    return tuple(places)
