"""Sums of published numbers of which some are hidden."""

from __future__ import annotations

from collections.abc import Iterable


class AtLeast(int):
    """A number to which hidden ones would have to be added."""


def added(counts: Iterable[int | None]) -> int | None:
    """A sum that says when something is missing from it; None where nothing else is known of it: "at least none" is no number."""
    every = list(counts)
    known = [one for one in every if one is not None]
    if not known:
        return None if every else 0
    partial = len(known) < len(every) or any(isinstance(one, AtLeast) for one in known)
    if not partial:
        return sum(known)
    return AtLeast(sum(known)) if sum(known) else None
