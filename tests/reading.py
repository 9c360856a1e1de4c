"""The reader of words that tests share: it takes seconds to build, and reading changes nothing."""

from __future__ import annotations

from functools import cache

from search.understand import Reader


@cache
def shared() -> Reader:
    """One for each run."""
    return Reader()
