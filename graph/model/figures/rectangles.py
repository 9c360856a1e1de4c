"""Small numbers of a block, hidden by rectangles: each becomes a corner of four hidden cells, around which FEWEST persons can be
moved without changing a sum (decision 0053).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.model.figures.lattice import FEWEST

Numbers = NDArray[np.int64]
Marks = NDArray[np.bool_]
# Whoever reads that a cell is hidden, where zeros are told, knows that it holds somebody. A rectangle has two pairs of corners.
KNOWN: Final = 2


def hide(counts: Numbers, small: Marks) -> tuple[Marks, list[tuple[int, int]]]:
    """The cells of a block to hide so that the small ones are safe; and those of the small ones that no rectangle makes so.
    `counts` is how many each holds, rows by columns; `small`, of the same shape, which are too few to be told.
    """
    hidden, unsafe = small.copy(), list[tuple[int, int]]()
    for i, j in np.argwhere(small).tolist():
        rows, columns = np.flatnonzero(counts[:, j]), np.flatnonzero(counts[i])
        rows, columns = rows[rows != i], columns[columns != j]
        corner = np.ix_(rows, columns)
        opposite = counts[corner]
        # Persons can be moved into the cell until one of its two neighbours holds one alone, and out of it likewise.
        into = np.minimum.outer(counts[rows, j], counts[i, columns])
        out = np.minimum(counts[i, j], opposite)
        safe = (opposite > 0) & (into + out >= FEWEST + KNOWN)
        if not safe.any():
            # With a zero hidden, nobody knows any more that what is hidden there holds somebody.
            safe = (opposite == 0) & (into >= FEWEST)
        if not safe.any():
            unsafe.append((i, j))
            continue
        beside = np.add.outer(_cost(counts, hidden, rows, j), _cost(counts, hidden, i, columns))
        cost = np.where(safe, beside + np.where(hidden[corner], 0, opposite), np.iinfo(np.int64).max)
        row, column = np.unravel_index(cost.argmin(), cost.shape)
        hidden[[i, rows[row], rows[row]], [columns[column], j, columns[column]]] = True
    return hidden, unsafe


def _cost(counts: Numbers, hidden: Marks, rows: Numbers | int, columns: Numbers | int) -> Numbers:
    """What is lost by hiding each of these."""
    return np.where(hidden[rows, columns], 0, counts[rows, columns])
