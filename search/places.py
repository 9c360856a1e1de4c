"""Places as people type them: names, codes, postcodes, arrondissements, alone or inside a sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nsmallest
from itertools import chain, islice, takewhile
from typing import Final, NamedTuple

from graph.model.territory import Point, Territory, TerritoryLevel
from graph.model.words import PIECE, fold
from search.around import Grid
from search.ordinary import ORDINARY
from search.place_keys import key_of, keys_of

WITH_CODE: Final = re.compile(r"^(?P<name>.+?)[\s,]*\(?\b(?P<code>\d{5}|\d{2,3}|2[ab])\)?$")
# Kinds of EPCI in front of their names; people type what follows.
EPCI_PREFIX: Final = re.compile(r"^(?:CC|CA|CU|CAP|Métropole|Communauté (?:de communes|d['’]agglomération|urbaine))\s+")
# Tiers before population: a commune comes before the intercommunality that bears its name.
WEIGHT: Final = {TerritoryLevel.EPCI: 0.1, TerritoryLevel.COUNTRY: 0.1, TerritoryLevel.SECTOR: 0.5}
# Paris is an arrondissement's city, a commune and a département of one population: the commune is meant.
FINEST_FIRST: Final = (
    TerritoryLevel.COMMUNE,
    TerritoryLevel.ARRONDISSEMENT,
    TerritoryLevel.SECTOR,
    TerritoryLevel.EPCI,
    TerritoryLevel.DEPARTEMENT,
    TerritoryLevel.REGION,
    TerritoryLevel.COUNTRY,
)
LAST_CHARACTER: Final = "\U0010ffff"
LONGEST_NAME: Final = 6

# In a sentence, a name needs one of these in front, or a capital, or to be a town that everyone knows.
SURE: Final = frozenset(
    {"à", "sur", "vers", "près", "commune", "ville", "mairie", "secteur", "quartier", "habite", "vis"}
)
WEAK: Final = frozenset({"a", "de", "d", "du", "des", "en", "dans", "au", "aux", "le", "la", "les", "l", "pres"})
# Holds the article of the name: "au Mans" for Le Mans.
CONTRACTED: Final = frozenset({"au", "aux", "du", "des"})
SKIPPED: Final = frozenset(
    {"le", "la", "les", "l", "de", "du", "d", "des", "ville", "commune", "departement", "region"}
)
KNOWN_TOWN: Final = 20_000
TOWN: Final = 3_000
SHORT_NAME: Final = 3
# A hamlet of this name is not what "en Suisse" means.
ABROAD: Final = frozenset({"suisse"})
# "Aux paris", "les tours": not the towns.
PLURAL: Final = frozenset({"les", "aux", "mes", "ces"})
# More names than this start the same way: they are then looked through from the most populous on.
MANY: Final = 1_500
# How a key stands in a name: 0 all of it, 1 all but its article, 2 from a later word on.
LATER_WORD: Final = 2


class _Entry(NamedTuple):
    key: str
    tier: int
    place: int


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int
    typed: str


class Gazetteer:
    """Every territory of one index generation, ready to be completed, read and found. Immutable; about 40 MB for France."""

    def __init__(self, territories: Sequence[Territory]) -> None:
        self._all = tuple(territories)
        self._by_id = {territory.id: territory for territory in self._all}
        self._exact: defaultdict[str, list[int]] = defaultdict(list)
        self._postcodes: defaultdict[str, list[int]] = defaultdict(list)
        self._size = [t.population * WEIGHT.get(t.level, 1.0) for t in self._all]
        # By its first word, how many words the longest name has.
        self._longest: defaultdict[str, int] = defaultdict(int)
        entries: list[_Entry] = []
        for index, territory in enumerate(self._all):
            for postcode in territory.postcodes:
                self._postcodes[postcode].append(index)
            for tier, key in _keys(territory):
                entries.append(_Entry(key, tier, index))
                if tier < LATER_WORD:
                    self._exact[key].append(index)
        for key in self._exact:
            first, length = key.partition(" ")[0], 1 + key.count(" ")
            self._longest[first] = max(self._longest[first], length)
        entries.sort()
        self._entries = entries
        self._beginnings = [entry for entry in entries if entry.tier == 0]
        self._beginnings.sort(key=lambda entry: -self._size[entry.place])
        self._sorted_postcodes = sorted(self._postcodes)

    def __len__(self) -> int:
        return len(self._all)

    def get(self, id_: str) -> Territory | None:
        """The territory with this id."""
        return self._by_id.get(id_)

    def nearest(self, point: Point, within_km: float) -> Territory | None:
        """The commune or arrondissement around a point; None when there is none so near."""
        return self._grid.nearest(point, within_km)

    def is_divided(self, id_: str) -> bool:
        """Whether this commune holds other territories, as Paris its arrondissements."""
        return id_ in self._divided

    @cached_property
    def _divided(self) -> frozenset[str]:
        return frozenset(zone for territory in self._all for zone in territory.zones[1:] if ":" not in zone)

    @cached_property
    def _grid(self) -> Grid:
        return Grid(self._all)

    def within(self, id_: str) -> list[Territory]:
        """Every territory that this one contains, itself left out, in order of the map. One look at each of them: 5 ms."""
        return [territory for territory in self._all if id_ in territory.zones[1:]]

    def complete(self, text: str, limit: int = 10) -> list[Territory]:
        """What someone who typed `text` may mean, the most likely first; empty for an empty text."""
        typed = text.strip()
        if not typed or limit < 1:
            return []
        if typed.isdigit() or typed.lower() in {"2a", "2b"}:
            return self._by_code(typed.lower(), limit)
        if (with_code := self._named_with_code(typed)) is not None:
            return with_code[:limit]
        key = key_of(typed)
        best: dict[int, tuple[int, int, float]] = {}
        for entry in self._likeliest(key, limit):
            whole = entry.key == key and (entry.tier == 0 or self._size[entry.place] >= KNOWN_TOWN)
            rank = (0 if whole else 1, entry.tier, -self._size[entry.place])
            if entry.place not in best or rank < best[entry.place]:
                best[entry.place] = rank
        chosen = nsmallest(limit, best.items(), key=lambda item: (item[1], item[0]))
        return [self._all[index] for index, _ in chosen]

    def locate(self, text: str) -> Territory | None:
        """The one territory that `text` names: an id, a département number, a postcode, a name, "Nom (25)".

        An id wins over a postcode; among communes of one postcode, or of one name, the most populous is meant.
        """
        typed = text.strip()
        found = self._by_id.get(typed) or self._by_id.get(f"departement:{typed.upper()}")
        if found is not None:
            return found
        if typed in self._postcodes:
            return self._of_postcode(typed)
        if (with_code := self._named_with_code(typed, whole=True)) is not None:
            return with_code[0]
        return self._biggest(self._exact.get(key_of(typed), ()))

    def find_in_phrase(self, text: str) -> tuple[Territory, tuple[int, int]] | None:
        """The place named inside a sentence, with the characters that name it (its preposition included).

        Careful rather than complete: a name that is also an ordinary word needs "à" or a capital.
        """
        words = [_Word(fold(m.group()), m.start(), m.end(), m.group()) for m in PIECE.finditer(text)]
        shouted = text.isupper()
        for first, last, key in self._windows(text, words):
            if key in self._exact or key.isdigit():
                window = words[first:last]
                found = self._named(text[window[0].start : window[-1].end], key, window, words[:first], shouted)
                if found is not None:
                    return found, (_with_preposition(words, first), window[-1].end)
        return None

    def _windows(self, text: str, words: Sequence[_Word]) -> Iterator[tuple[int, int, str]]:
        """Words that may name a place, from the first to the last, this one left out, and their key; the longest come first."""
        keys = keys_of(text, [word.text for word in words])
        # Few words of a sentence begin a name.
        longest = [LONGEST_NAME for _ in words] if keys is None else [self._longest.get(key, 1) for key in keys]
        for length in range(min(LONGEST_NAME, max(longest, default=0)), 0, -1):
            for first in range(len(words) - length + 1):
                if length <= longest[first]:
                    last = first + length
                    raw = text[words[first].start : words[last - 1].end]
                    yield first, last, key_of(raw) if keys is None else " ".join(keys[first:last])

    def _named(self, raw: str, key: str, window: list[_Word], before: list[_Word], shouted: bool) -> Territory | None:
        if len(window) == 1 and raw.isdigit():
            return self._number_in_phrase(raw, before)
        indexes = self._exact.get(key)
        if not indexes or (len(key) < 3 and window[0].text not in {"eu", "is"}):
            return None
        preceding = before[-1].typed.lower() if before else ""
        if preceding not in CONTRACTED:
            indexes = [i for i in indexes if key == key_of(self._all[i].name)]
        found = self._biggest(indexes)
        if found is None or any(mark in raw for mark in "\n,.;:") or preceding in PLURAL or key in ABROAD:
            return None
        capital = window[-1].typed[0].isupper() and not shouted and bool(before)
        if key.split(" ", 1)[-1] in ORDINARY or len(key) <= SHORT_NAME:
            sure = (preceding == "à" and len(window) == 1 and found.population >= KNOWN_TOWN) or (
                capital and preceding in WEAK | SURE
            )
            return found if sure else None
        if preceding in WEAK | SURE:
            return found if capital or found.population >= TOWN else None
        return found if found.population >= (TOWN if capital or len(window) > 1 else KNOWN_TOWN) else None

    def _number_in_phrase(self, digits: str, before: list[_Word]) -> Territory | None:
        if len(digits) == 5:
            return self._of_postcode(digits) or self._by_id.get(digits)
        spoken = [word.text for word in before[-2:]]
        if (
            len(digits) in {2, 3}
            and spoken
            and (spoken == ["dans", "le"] or spoken[-1] in {"departement", "dpt", "dept"})
        ):
            return self._by_id.get(f"departement:{digits}")
        return None

    def _by_code(self, digits: str, limit: int) -> list[Territory]:
        found: dict[str, Territory] = {}
        for id_ in (digits, f"departement:{digits.upper()}"):
            if (territory := self._by_id.get(id_)) is not None:
                found[id_] = territory
        start = bisect_left(self._sorted_postcodes, digits)
        indexes: list[int] = []
        for postcode in self._sorted_postcodes[start:]:
            if not postcode.startswith(digits):
                break
            indexes += self._postcodes[postcode]
        for index in nsmallest(limit * 2, set(indexes), key=lambda i: (-self._size[i], i)):
            found.setdefault(self._all[index].id, self._all[index])
        return list(found.values())[:limit]

    def _named_with_code(self, typed: str, whole: bool = False) -> list[Territory] | None:
        """Those of that name in that département or postcode; None when the text is not of this shape or nothing fits."""
        match = WITH_CODE.match(fold(typed))
        if match is None:
            return None
        key, code = key_of(match["name"]), match["code"].upper()
        indexes = self._exact.get(key, []) if whole else [entry.place for entry in self._starting(key)]
        zone = f"departement:{code}"
        fitting = {i for i in indexes if code in self._all[i].postcodes or zone in self._all[i].zones}
        ordered = sorted(fitting, key=lambda i: (key not in _exact_keys(self._all[i]), -self._size[i], i))
        return [self._all[i] for i in ordered] or None

    def _range(self, key: str) -> tuple[int, int]:
        """From which entry to which, the last left out, the keys start with `key`."""
        return bisect_left(self._entries, (key,)), bisect_left(self._entries, (key + LAST_CHARACTER,))

    def _starting(self, key: str) -> Sequence[_Entry]:
        start, end = self._range(key)
        return self._entries[start:end]

    def _likeliest(self, key: str, limit: int) -> Iterable[_Entry]:
        """Entries that start with `key`: all of them, or where they are many, the exact ones and the biggest."""
        start, end = self._range(key)
        if end - start <= MANY:
            return self._entries[start:end]
        exact = takewhile(lambda entry: entry.key == key, self._entries[start:end])
        biggest = islice((entry for entry in self._beginnings if entry.key.startswith(key)), limit)
        return chain(exact, biggest)

    def _of_postcode(self, postcode: str) -> Territory | None:
        """The arrondissement that the postcode is made for, else the most populous of its communes."""
        indexes = self._postcodes.get(postcode, ())
        districts = [i for i in indexes if self._all[i].level is TerritoryLevel.ARRONDISSEMENT]
        return self._biggest(districts or indexes)

    def _biggest(self, indexes: Iterable[int]) -> Territory | None:
        index = min(indexes, key=lambda i: (-self._size[i], FINEST_FIRST.index(self._all[i].level), i), default=None)
        return None if index is None else self._all[index]


def _keys(territory: Territory) -> list[tuple[int, str]]:
    """What a territory is found under: its name, its name without the article, what follows in it word by word."""
    name = EPCI_PREFIX.sub("", territory.name) if territory.level is TerritoryLevel.EPCI else territory.name
    words = key_of(name).split()
    whole = [(0, " ".join(words))]
    start = 0
    if words and words[0] in {"le", "la", "les", "l"} and len(words) > 1:
        whole.append((1, " ".join(words[1:])))
        start = 1
    later = [(LATER_WORD, " ".join(words[i:])) for i in range(start + 1, len(words)) if len(words[i]) > 1]
    return whole + later


def _exact_keys(territory: Territory) -> set[str]:
    return {key for tier, key in _keys(territory) if tier < LATER_WORD}


def _with_preposition(words: list[_Word], first: int) -> int:
    """Where the place begins, with the words that lead to it: "à", "dans le", "sur la commune de"."""
    start, position = words[first].start, first - 1
    while position >= 0 and words[position].text in SKIPPED:
        start, position = words[position].start, position - 1
    if position >= 0 and words[position].text in {"a", "sur", "vers", "pres", "dans", "en", "au", "aux"}:
        start = words[position].start
    return start
