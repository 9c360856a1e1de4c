"""How pages are looked at: wide by day, narrow by night."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeVar

Shown = TypeVar("Shown")

WIDE: Final = (1280, "light")
NARROW: Final = (380, "dark")


def in_turn(shown: Iterable[Shown], *both: Shown) -> list[tuple[Shown, int, str]]:
    """Each in one of the two ways, in turn, for a look takes seconds; these in both: the gallery holds every component."""
    turns = [(one, (WIDE, NARROW)[number % 2]) for number, one in enumerate(shown) if one not in both]
    turns += [(one, way) for one in both for way in (WIDE, NARROW)]
    return [(one, width, scheme) for one, (width, scheme) in turns]
