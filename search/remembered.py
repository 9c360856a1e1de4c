"""What a process has read of the embedded index, kept: facts unpacked, listings decoded, texts of hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias, cast

from tantivy import DocAddress, Searcher

from graph.model.facts import Facts, Form, facts_of
from graph.model.relay import Listing
from graph.model.weighing import Candidate
from search.backend import Wanted
from search.document import Decoded
from search.fit import met
from search.packing import COLUMNS, unpack

# About half a kilobyte each.
FACTS_KEPT: Final = 100_000
HOURS_KEPT: Final = 50_000


# A listing in the index, as the searcher that found it sees it; its stamp stands for its facts, which never change.
Where: TypeAlias = tuple[Searcher, int, DocAddress]


class Remembered:
    """One per reading side. What is kept is kept by stamp, so no change of the index makes it wrong."""

    def __init__(self) -> None:
        self._decoded = Decoded()
        self._facts: dict[int, Facts] = {}
        self._hours: dict[int, str] = {}

    def candidates(
        self, searcher: Searcher, hits: Sequence[tuple[float, DocAddress]], wanted: Wanted
    ) -> list[Candidate]:
        """The hits as candidates; whole where a name may count, and where an agreement must be read."""
        if not hits:
            return []
        addresses = [address for _, address in hits]
        stamps = cast("list[int]", searcher.fast_field_values("stamp", addresses))
        kept = self._facts_of(searcher, stamps, addresses)
        told = {fit: met(int(fit), wanted) for fit in {fit for fit, _ in hits}}
        found: list[Candidate] = []
        for (fit, address), stamp in zip(hits, stamps, strict=True):
            tie, zone, named = told[fit]
            facts, at = kept[stamp], (searcher, stamp, address)
            whole = named or facts.form is Form.AGREEMENT
            found.append(Candidate(facts, tie, zone, self._at(at) if whole else None, at))
        return found

    def listing(self, candidate: Candidate) -> Listing:
        """The listing of a candidate that came from here."""
        return candidate.listing or self._at(cast("Where", candidate.at))

    def _at(self, at: Where) -> Listing:
        searcher, stamp, address = at
        kept = self._decoded.get(stamp)
        return kept or self._decoded.keep(stamp, bytes(searcher.doc(address)["facts"][0]))

    def _facts_of(self, searcher: Searcher, stamps: Sequence[int], addresses: Sequence[DocAddress]) -> dict[int, Facts]:
        """Facts by stamp, these among them."""
        known = self._facts
        missing = {stamp: address for stamp, address in zip(stamps, addresses, strict=True) if stamp not in known}
        if not missing:
            return known
        if len(known) + len(missing) > FACTS_KEPT:
            known = self._facts = {stamp: known[stamp] for stamp in stamps if stamp in known}
        places = list(missing.values())
        columns = cast("list[list[int]]", [searcher.fast_field_values(name, places) for name in COLUMNS])
        for stamp, address, *numbers in zip(missing, places, *columns, strict=True):
            at = (searcher, stamp, address)
            known[stamp] = unpack(numbers, lambda mark, at=at: self._hours_of(mark, at))
        return known

    def _hours_of(self, mark: int, at: Where) -> str:
        """Each text of hours is read once, from the first listing met that bears it."""
        written = self._hours.get(mark)
        if written is None:
            if len(self._hours) >= HOURS_KEPT:
                self._hours.clear()
            written = self._hours[mark] = facts_of(self._at(at)).hours
        return written
