"""The shipped map, asked by code, by address, by level: how other sources find out where a body is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import Final

from graph.model.territory import Territory, TerritoryLevel
from graph.model.words import PIECE, fold
from importers.sources.territory.get import read
from importers.sources.territory.transform import Former, former, transform

ABBREVIATED: Final = {"st": "saint", "ste": "sainte"}


class Atlas:
    """Territories by id, with the codes of communes that are no more."""

    def __init__(self, territories: Iterable[Territory], former: Mapping[str, Former]) -> None:
        self._by_id = {territory.id: territory for territory in territories}
        self._former = former
        self._parts: dict[str, list[str]] = defaultdict(list)
        for territory in self.of_level(TerritoryLevel.ARRONDISSEMENT):
            self._parts[territory.zones[1]].append(territory.id)
        self._by_postcode: dict[str, list[Territory]] = defaultdict(list)
        for territory in self._by_id.values():
            # A city cut into arrondissements shares their postcodes: the arrondissement says more.
            if territory.id not in self._parts:
                for postcode in territory.postcodes:
                    self._by_postcode[postcode].append(territory)

    def __getitem__(self, id_: str) -> Territory:
        """A territory. Raises KeyError when there is none."""
        return self._by_id[id_]

    def __contains__(self, id_: object) -> bool:
        """Whether there is a territory of this id."""
        return id_ in self._by_id

    def commune(self, code: str) -> Territory | None:
        """The commune or arrondissement of an INSEE code, present or past."""
        past = self._former.get(code)
        return self._by_id.get(code) or (self._by_id.get(past.current) if past else None)

    def is_former(self, code: str) -> bool:
        """Whether this is the code of a commune that is no more."""
        return code in self._former

    def at(self, postcode: str, city: str) -> Territory | None:
        """The commune or arrondissement of an address, None when the two do not tell one."""
        candidates = self._by_postcode.get(postcode, [])
        if len(candidates) == 1:
            return candidates[0]
        named = [territory for territory in candidates if plain(territory.name) == plain(city)]
        return named[0] if len(named) == 1 else None

    def named(self, name: str, within: str) -> list[Territory]:
        """Communes of this name in a zone, present ones before those that a former one of this name is part of."""
        return [commune for commune in dict.fromkeys(self._by_name.get(plain(name), ())) if within in commune.zones]

    @cached_property
    def _by_name(self) -> dict[str, list[Territory]]:
        found: dict[str, list[Territory]] = defaultdict(list)
        for commune in self.of_level(TerritoryLevel.COMMUNE):
            found[plain(commune.name)].append(commune)
        for past in self._former.values():
            if past.name and past.current in self._by_id:
                found[plain(past.name)].append(self._by_id[past.current])
        return found

    def around(self, territory: Territory, level: TerritoryLevel) -> str:
        """The id of what contains a territory at a level (the smallest EPCI where one lies in another), or ""."""
        found = [zone for zone in territory.zones if zone.startswith(f"{level}:")]
        return found[-1] if found else ""

    def parts(self, city: str) -> tuple[str, ...]:
        """The municipal arrondissements of a city, in order; none for most communes."""
        return tuple(self._parts.get(city, ()))

    def town(self, territory: Territory) -> str:
        """The name of a commune, or of the whole city that an arrondissement is part of."""
        part = territory.level is TerritoryLevel.ARRONDISSEMENT
        return self._by_id[territory.zones[1]].name if part else territory.name

    def of_level(self, level: TerritoryLevel) -> list[Territory]:
        """All territories of a level."""
        return [territory for territory in self._by_id.values() if territory.level is level]


@cache
def shipped() -> Atlas:
    """The map that comes with the product. Raises BrokenSource when its files are damaged."""
    tables = read()
    territories, _ = transform(tables)
    return Atlas(territories, former(tables))


def plain(name: str) -> str:
    """A place's name as addresses write it: folded, no hyphen, "saint" for "st", no Cedex."""
    written = (found.group() for found in PIECE.finditer(fold(name)))
    words = [ABBREVIATED.get(word, word) for word in written]
    return " ".join(words[: words.index("cedex")] if "cedex" in words else words)
