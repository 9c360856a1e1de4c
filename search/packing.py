"""Facts packed into ten numbers of 64 bits, which an index reads far faster than the listing they come from.

What changes here, or in `FACTS`, changes what a generation holds: raise `INDEX_FORMAT` with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from graph.model.facts import FACTS, Table

# The ten words of a row of facts, in their order.
COLUMNS: Final = (
    "key",
    "owner",
    "above",
    "letters_1",
    "letters_2",
    "days",
    "masks",
    "counts",
    "point",
    "hours",
)
WORD: Final = np.dtype("<u8")


def pack(row: np.void) -> tuple[int, ...]:
    """One number a column."""
    return tuple(np.frombuffer(row.tobytes(), WORD).tolist())


def unpack(columns: Sequence[Sequence[int]]) -> Table:
    """The rows back, from the numbers of each column."""
    return np.ascontiguousarray(np.array(columns, WORD).T).view(FACTS).reshape(-1)
