"""What a process has read of the embedded index, kept: facts unpacked, listings decoded, texts of hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias, cast, overload

import numpy as np
from tantivy import DocAddress, Query, Searcher

from graph.model.candidates import NOBODY, NOWHERE, Candidates
from graph.model.facts import FACTS, Form, Table, hours_of
from graph.model.relay import Listing
from search.backend import Wanted
from search.document import Decoded
from search.fit import met
from search.hits import Fitting, all_hits
from search.packing import COLUMNS, unpack
from search.stamps import Stamps

# About two hundred bytes each, with their stamp.
FACTS_KEPT: Final = 250_000
FIRST_ROWS: Final = 1024
# Many together take two microseconds each, a few at a time ten.
READ_TOGETHER: Final = 10_000
HOURS: Final = COLUMNS.index("hours")

# A listing in the index, as the searcher that found it sees it; its stamp stands for its facts, which never change.
Where: TypeAlias = tuple[Searcher, int, DocAddress]


class _Places(Sequence[Where]):
    """Where each hit is: few of many are ever asked for."""

    def __init__(self, searcher: Searcher, stamps: Sequence[int], addresses: Sequence[DocAddress]) -> None:
        self._searcher, self._stamps, self._addresses = searcher, stamps, addresses

    def __len__(self) -> int:
        return len(self._stamps)

    @overload
    def __getitem__(self, row: int) -> Where: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Where]: ...
    def __getitem__(self, row: int | slice) -> Where | Sequence[Where]:
        if isinstance(row, slice):
            return _Places(self._searcher, self._stamps[row], self._addresses[row])
        return self._searcher, self._stamps[row], self._addresses[row]


class Remembered:
    """One per reading side. What is kept is kept by stamp, so no change of the index makes it wrong."""

    def __init__(self) -> None:
        self._decoded = Decoded()
        self._forget()

    def read_ahead(self, searcher: Searcher) -> None:
        """The facts of all listings, where there is room for them: those of a country in a third of a second."""
        if searcher.num_docs > FACTS_KEPT:
            return
        addresses = [address for _, address in all_hits(searcher, Query.all_query())]
        for first in range(0, len(addresses), READ_TOGETHER):
            some = addresses[first : first + READ_TOGETHER]
            self._facts(searcher, _stamps(searcher, some), some)

    def candidates(self, searcher: Searcher, found: Fitting, wanted: Wanted) -> Candidates:
        """What fits as candidates; whole where a name may count, and where an agreement must be read."""
        addresses = found.addresses
        if not addresses:
            return NOBODY
        stamps = _stamps(searcher, addresses)
        facts = self._facts(searcher, stamps, addresses)
        fits = met(found.fits, wanted)
        at = _Places(searcher, stamps, addresses)
        whole = np.flatnonzero(fits.named | (facts["form"] == Form.AGREEMENT))
        listings = {row: self._at(at[row]) for row in whole.tolist()}
        return Candidates(facts, fits.ties, fits.zones, listings, self._hours, at, found.cut)

    def listing(self, candidates: Candidates, row: int) -> Listing:
        """The listing of a candidate that came from here."""
        return candidates.whole.get(row) or self._at(cast("Where", candidates.at[row]))

    def _at(self, at: Where) -> Listing:
        searcher, stamp, address = at
        kept = self._decoded.get(stamp)
        return kept or self._decoded.keep(stamp, bytes(searcher.doc(address)["facts"][0]))

    def _facts(self, searcher: Searcher, stamps: Sequence[int], addresses: Sequence[DocAddress]) -> Table:
        """Theirs: those not met yet are read at once."""
        rows = self._known.rows(stamps)
        missing = np.flatnonzero(rows == NOWHERE).tolist()
        if missing:
            if len(self._known) + len(missing) > FACTS_KEPT:
                self._forget()
                missing = range(len(stamps))
            self._read(searcher, [stamps[at] for at in missing], [addresses[at] for at in missing])
            rows = self._known.rows(stamps)
        return self._table.take(rows)

    def _read(self, searcher: Searcher, stamps: Sequence[int], addresses: list[DocAddress]) -> None:
        """Take in the facts of these, none of which was met yet."""
        columns = cast("list[list[int]]", [searcher.fast_field_values(name, addresses) for name in COLUMNS])
        for mark, stamp, address in zip(columns[HOURS], stamps, addresses, strict=True):
            # Each text of hours is read once, from the first listing met that bears it.
            if mark and mark not in self._hours:
                self._hours[mark] = hours_of(self._at((searcher, stamp, address)))
        first, end = len(self._known), len(self._known) + len(stamps)
        if end > len(self._table):
            self._table = np.resize(self._table, max(end, 2 * len(self._table)))
        self._table[first:end] = unpack(columns)
        self._known.add(stamps)

    def _forget(self) -> None:
        """Begin anew. What is being answered keeps the rows and the hours that it was given."""
        self._table = np.empty(FIRST_ROWS, FACTS)
        self._known = Stamps()
        self._hours: dict[int, str] = {}


def _stamps(searcher: Searcher, addresses: list[DocAddress]) -> list[int]:
    return cast("list[int]", searcher.fast_field_values("stamp", addresses))
