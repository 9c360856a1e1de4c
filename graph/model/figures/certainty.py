"""What few cases allow to say: a share is told from chance by Wilson's interval."""

from __future__ import annotations

from math import sqrt
from typing import Final

# One side of 99.5 %: many bodies are looked at, and each one that is pointed at wrongly is one too many.
Z: Final = 2.576


def wilson(part: int, whole: int, z: float = Z) -> tuple[float, float]:
    """Between which shares (0 to 1) the true one lies when `part` of `whole` were seen; anything where nothing was."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, z * z
    middle = share + square / (2 * whole)
    half = z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    below = 1 + square / whole
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


def surely_over(part: int, whole: int, threshold: float) -> bool:
    """Whether the true share is over a threshold, beyond what chance makes of so few."""
    return wilson(part, whole)[0] > threshold
