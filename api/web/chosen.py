"""The addresses of pages about chosen relays: /comparer?r=…&r=… with the question, /selection?r=…&r=… without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from api.web.question import Asked

FEWEST_COMPARED: Final = 2
MOST_COMPARED: Final = 4
MOST_KEPT: Final = 12
IN_WORDS: Final = {2: "deux", 4: "quatre", 12: "douze"}
MAY_COMPARE: Final = f"{IN_WORDS[FEWEST_COMPARED]} à {IN_WORDS[MOST_COMPARED]} relais se comparent"
MAY_KEEP: Final = f"{IN_WORDS[MOST_KEPT]} au plus se gardent en liste"


def compare_path(keys: Sequence[str], asked: Asked) -> str:
    """The comparison of these relays, for the question that found them and the page of its answer to come back to."""
    question = asked.address().partition("?")[2]
    return "?".join(("/comparer", "&".join(part for part in (_keys(keys), question) if part)))


def selection_path(keys: Sequence[str]) -> str:
    """The short list of these relays. Nothing of the question travels with it: it may tell of someone."""
    return f"/selection?{_keys(keys)}" if keys else "/selection"


def _keys(keys: Sequence[str]) -> str:
    return urlencode([("r", key) for key in keys], safe=":")
