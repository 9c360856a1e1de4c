"""Which row stands for which stamp: many are looked up at once, of hundreds of thousands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from graph.model.candidates import NOWHERE
from graph.model.facts import Column, Marks

# Twice as many slots as rows at least, so that a stamp is found at its first slot or soon after.
SPARE: Final = 2
FIRST_BITS: Final = 10
WORD_BITS: Final = 64


class Stamps:
    """Stamps in order of arrival: row 0 is the first that was added. They are digests, so their first bits already scatter them.

    A dictionary asks for a thousand in 240 µs, this in 130 with the arrays that are wanted anyway.
    """

    def __init__(self) -> None:
        self._stamps, self._count = np.empty(1 << FIRST_BITS, np.uint64), 0
        self._scatter(FIRST_BITS)

    def __len__(self) -> int:
        return self._count

    def rows(self, stamps: Sequence[int]) -> Column:
        """The row of each; NOWHERE where it was not added."""
        asked = np.array(stamps, np.uint64)
        if not len(self):
            return np.full(len(asked), NOWHERE)
        slots = self._first_slots(asked)
        rows = self._rows.take(slots)
        others = self._others(rows, asked)
        while len(others):
            slots[others] = (slots[others] + 1) % len(self._rows)
            rows[others] = self._rows.take(slots[others])
            others = others[self._others(rows[others], asked[others])]
        return rows

    def add(self, stamps: Sequence[int]) -> None:
        """Take these in, none of which was added before, and none twice."""
        first, self._count = self._count, self._count + len(stamps)
        if self._count > len(self._stamps):
            self._stamps = np.resize(self._stamps, max(self._count, 2 * len(self._stamps)))
        self._stamps[first : self._count] = stamps
        if SPARE * len(self) > len(self._rows):
            self._scatter((SPARE * len(self) - 1).bit_length())
        else:
            self._seat(np.arange(first, len(self)))

    def _scatter(self, bits: int) -> None:
        self._shift = np.uint64(WORD_BITS - bits)
        self._rows = np.full(1 << bits, NOWHERE)
        self._seat(np.arange(len(self)))

    def _seat(self, rows: Column) -> None:
        """Give each of these the first slot that is free for it."""
        slots = self._first_slots(self._stamps[rows])
        while len(rows):
            free = self._rows[slots] == NOWHERE
            self._rows[slots[free]] = rows[free]
            # Of several that went for one slot, the last has it.
            left = self._rows[slots] != rows
            rows, slots = rows[left], (slots[left] + 1) % len(self._rows)

    def _first_slots(self, stamps: Marks) -> Column:
        return (stamps >> self._shift).astype(np.int64)

    def _others(self, rows: Column, asked: Marks) -> Column:
        """Where another stamp sits than the one asked for."""
        return np.flatnonzero((rows != NOWHERE) & (self._stamps.take(rows, mode="clip") != asked))
