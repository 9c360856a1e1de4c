"""The reader of words, one a process: it is long to build, and reading changes nothing."""

from __future__ import annotations

from functools import cache

from search.understand import Reader


@cache
def reader() -> Reader:
    """That of this process."""
    return Reader()
