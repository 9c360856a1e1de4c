"""What tantivy finds for what is wanted: all of it, or where it is too much what fits best (search/fit.py)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias, cast

import numpy as np
from tantivy import DocAddress, Query, Searcher

from graph.model.facts import Column
from search.backend import Wanted
from search.fit import NAME, WAY, ZONE, last_of
from search.terms import LATENESS, WAYS, ZONES, equals_query, query

# Its score, and where it is.
Hit: TypeAlias = tuple[float, DocAddress]


class Fitting(NamedTuple):
    """What is weighed: the fit of each (search/fit.py), and where it is; `cut` when there are others."""

    fits: Column
    addresses: list[DocAddress]
    cut: bool = False


def fitting(searcher: Searcher, wanted: Wanted) -> Fitting:
    """Those that are weighed."""
    hits = _best(searcher, query(wanted), wanted.most + 1)
    if not hits:
        return Fitting(np.zeros(0, np.int64), [])
    scores, addresses = zip(*hits, strict=True)
    found = Fitting(_fits(scores), list(addresses))
    return found if len(hits) <= wanted.most else _weighed(searcher, found, wanted)


def all_hits(searcher: Searcher, asked: Query) -> list[Hit]:
    """However many they are."""
    return _best(searcher, asked, max(searcher.num_docs, 1))


def count(searcher: Searcher, asked: Query) -> int:
    """How many there are."""
    # The engine's own description of its answer leaves its count out.
    answer: Any = searcher.search(asked, 1, count=True)
    return answer.count


def _best(searcher: Searcher, asked: Query, most: int) -> list[Hit]:
    return cast("list[Hit]", searcher.search(asked, most, count=False).hits)


def _fits(scores: Sequence[float]) -> Column:
    """What the scores of a query say (search/terms.py): of the zones that a listing covers, the nearest counts."""
    rest, zones = np.divmod(np.array(scores).astype(np.int64), ZONES)
    names, ways = np.divmod(rest, WAYS)
    # The exponent of a number is the place of its highest bit.
    return names * NAME + ways * WAY + np.frexp(zones)[1] * ZONE


def _weighed(searcher: Searcher, found: Fitting, wanted: Wanted) -> Fitting:
    """Of too many, those that are weighed: of the last equals among them, the ones that were vouched for last."""
    last = found.fits[-1:]
    above = int(np.count_nonzero(found.fits > last))
    left = wanted.most - above
    first = Fitting(found.fits[:above], found.addresses[:above], cut=True)
    if not left:
        return first
    equals = equals_query(wanted, last_of(found.fits, wanted))
    latest = searcher.search(equals, left, count=False, order_by_field=LATENESS).hits
    addresses = [address for _, address in cast("list[Hit]", latest)]
    return Fitting(np.append(first.fits, np.repeat(last, len(addresses))), first.addresses + addresses, cut=True)
