"""Words that were mistyped, read as the nearest known word."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from search.features import stem

# One slip from four letters, two from eight: below that, too many words are one letter apart.
ONE_SLIP: Final = 4
TWO_SLIPS: Final = 8
# Words that sound alike may still not differ in length by more than this.
FARTHEST: Final = 2
TELLING_SLIPS: Final = 2
SHORT_SOUND: Final = 3

# One letter that may stand before a vowel, its apostrophe forgotten.
GLUED: Final = frozenset("ldjmtsnc")
VOWELS: Final = frozenset("aeiouyh")

# Letters that sound alike, most specific first; what is left of a word is its sound.
SOUNDS: Final = (
    (re.compile(r"oy"), "way"),
    (re.compile(r"oi|oua"), "wa"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"sch|sh"), "ch"),
    (re.compile(r"eaux?\b|aux?\b|eau|au|ot\b|ots\b"), "o"),
    (re.compile(r"(?:er|ez|ai[ts]?|ee?s?|et)\b"), "e"),
    (re.compile(r"ai|ei|ay"), "e"),
    (re.compile(r"qu|q|ck|c(?![eihy])|k"), "k"),
    (re.compile(r"c(?=[eiy])|ss|sc(?=[ei])|ti(?=on)"), "s"),
    (re.compile(r"ge(?=[aou])|g(?=[eiy])"), "j"),
    (re.compile(r"[ae][nm](?![aeiouynm])"), "an"),
    (re.compile(r"(?<!c)h"), ""),
    (re.compile(r"y"), "i"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=..)(?:e?s|[tdxp]e?s?|e)\b"), ""),
)


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """How a folded word sounds, roughly: "lojeman" and "logement" are one."""
    for pattern, spoken in SOUNDS:
        word = pattern.sub(spoken, word)
    return word


class Spelling:
    """Known words, and how often each is used; a word that is not among them is read as its neighbour."""

    def __init__(self, counts: dict[str, int], stems: Container[str] = (), others: Iterable[str] = ()) -> None:
        """Right as they stand, besides the counted words: those of these stems, and `others`, which say nothing here."""
        self._counts = counts
        self._stems = stems
        self._right = frozenset(others) | counts.keys()
        self._by_sound: defaultdict[str, list[str]] = defaultdict(list)
        self._by_start: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in counts:
            if len(word) >= ONE_SLIP and word.isalpha():
                self._by_sound[sound(word)].append(word)
                self._by_start[word[0], len(word)].append(word)
        self._memory: dict[str, str | None] = {}

    def read(self, word: str) -> str | None:
        """The known word that was meant; None when the word is right, too short, or like no other."""
        if word in self._right or len(word) < ONE_SLIP or not word.isalpha() or stem(word) in self._stems:
            return None
        if word not in self._memory:
            # Bounded: words come from the world.
            if len(self._memory) > 20_000:
                self._memory.clear()
            self._memory[word] = self._nearest(word)
        return self._memory[word]

    def _nearest(self, word: str) -> str | None:
        # "lelectricite": the apostrophe was left out.
        if word[0] in GLUED and word[1] in VOWELS and word[1:] in self._counts:
            return word[1:]
        heard = [
            (OSA.distance(word, known), -self._counts[known], known)
            for known in self._by_sound.get(sound(word), ())
            if abs(len(known) - len(word)) <= FARTHEST
        ]
        near = self._near(word)
        # A sound of two letters says little: what is written quite otherwise then gives way to a slip or two.
        if heard and (not near or len(sound(word)) > SHORT_SOUND or min(heard)[0] <= TELLING_SLIPS):
            return min(heard)[2]
        return min(near)[2] if near else None

    def _near(self, word: str) -> list[tuple[int, int, str]]:
        slips = 2 if len(word) >= TWO_SLIPS else 1
        near: list[tuple[int, int, str]] = []
        for length in range(len(word) - slips, len(word) + slips + 1):
            for known in self._by_start.get((word[0], length), ()):
                allowed = min(slips, 2 if length >= TWO_SLIPS else 1)
                apart = OSA.distance(word, known, score_cutoff=allowed)
                if apart <= allowed:
                    near.append((apart, -self._counts[known], known))
        return near
