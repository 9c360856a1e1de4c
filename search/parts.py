"""Numbers by feature, most of which are nothing: of each feature only what it has is kept, one feature after the other."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Weights: TypeAlias = NDArray[np.float64]


class Parts:
    """Places and what each is worth, a part for each feature. Immutable."""

    def __init__(self, ends: bytes, places: NDArray[Any], worths: NDArray[Any]) -> None:
        """`ends` tells where each part ends (32 bits); `places` and `worths` are those of all parts."""
        self._ends = array("I", bytes(4) + ends)
        self._places, self._worths = places, worths

    def of(self, feature: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """The part of one feature."""
        part = slice(self._ends[feature], self._ends[feature + 1])
        return self._places[part], self._worths[part]

    def weighed(self, weights: Iterable[tuple[int, float]]) -> tuple[NDArray[Any], Weights]:
        """The places of these features, one part after the other, and each feature's worths times its weight."""
        parts = [(*self.of(feature), weight) for feature, weight in weights]
        if not parts:
            return self._places[:0], np.empty(0)
        return (
            np.concatenate([places for places, _, _ in parts]),
            np.concatenate([worths * weight for _, worths, weight in parts]),
        )


def ends_of(parts: Iterable[Sequence[object]]) -> bytes:
    """Where each part ends when they stand one after the other."""
    return array("I", accumulate(map(len, parts))).tobytes()
