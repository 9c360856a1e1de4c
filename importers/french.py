"""Small words and signs of French, for names that come from open data."""

from __future__ import annotations

import re
from typing import Final

from graph.model.territory import Territory

VOWELS: Final = frozenset("aâàäeéèêëiîïoôöuûùüyAÂÀÄEÉÈÊËIÎÏOÔÖUÛÙÜY")
CONTRACTED: Final = {"le": "du ", "la": "de la ", "les": "des ", "l’": "de l’"}


def typographic(text: str) -> str:
    """Curved apostrophes, single spaces."""
    return re.sub(r"\s+", " ", text.replace("'", "’")).strip()


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
