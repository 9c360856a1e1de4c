"""Small words, signs and numbers of French, for what comes from open data."""

from __future__ import annotations

import re
from typing import Final

from graph.model.territory import Territory

VOWELS: Final = frozenset("aâàäeéèêëiîïoôöuûùüyAÂÀÄEÉÈÊËIÎÏOÔÖUÛÙÜY")
FRENCH_NUMBER: Final = re.compile(r"(?:\+33 ?|0) ?[1-9](?:[ .]?[0-9]){8}")
SHORT_NUMBER: Final = re.compile(r"(?:1[0-9]|3[0-9])[0-9]{2}|1[0-9]")
CONTRACTED: Final = {"le": "du ", "la": "de la ", "les": "des ", "l’": "de l’"}


def typographic(text: str) -> str:
    """Curved apostrophes, single spaces."""
    return re.sub(r"\s+", " ", text.replace("'", "’")).strip()


def phone(written: str) -> str:
    """The first number, in pairs of digits ("03 81 61 92 41"); short numbers and foreign ones stay as they are written."""
    french = FRENCH_NUMBER.search(written)
    if french:
        digits = re.sub(r"^(?:33|0)", "", re.sub(r"[^0-9]", "", french.group()))
        return " ".join((f"0{digits}")[start : start + 2] for start in range(0, 10, 2))
    short = SHORT_NUMBER.fullmatch(re.sub(r"\s", "", written))
    return short.group() if short else written.strip()


def of(territory: Territory) -> str:
    """The complement of a name: "du Doubs", "des Hauts-de-Seine", "de Paris", "d’Ille-et-Vilaine"."""
    return of_name(territory.name, territory.article)


def of_name(name: str, article: str = "") -> str:
    """The same for a name and its article ("le", "la", "les", "l’", or none)."""
    if article in CONTRACTED:
        return CONTRACTED[article] + name
    return f"d’{name}" if name[:1] in VOWELS else f"de {name}"


def listed(names: list[str]) -> str:
    """ "a", "a et b", "a, b et c"."""
    *before, last = names
    return f"{', '.join(before)} et {last}" if before else last
