"""What tantivy finds for what is wanted: all of it, or where it is too much what fits best (search/fit.py)."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

import numpy as np
from tantivy import DocAddress, Query, Searcher

from search.backend import Wanted
from search.fit import met
from search.terms import LATENESS, equals_query, query

# Its fit, and where it is.
Hit: TypeAlias = tuple[float, DocAddress]


def fitting(searcher: Searcher, wanted: Wanted) -> tuple[list[Hit], bool]:
    """Those that are weighed, and whether there are others."""
    hits = _best(searcher, query(wanted), wanted.most + 1)
    if len(hits) <= wanted.most:
        return hits, False
    return _weighed(searcher, hits, wanted), True


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


def _weighed(searcher: Searcher, hits: list[Hit], wanted: Wanted) -> list[Hit]:
    """Of too many hits, those that are weighed: of the last equals among them, the ones that were vouched for last."""
    last = hits[-1][0]
    above = [hit for hit in hits if hit[0] > last]
    left = wanted.most - len(above)
    if not left:
        return above
    fit = met(np.array([last], np.int64), wanted)
    equals = equals_query(wanted, tie=int(fit.ties[0]), zone=int(fit.zones[0]), named=bool(fit.named[0]))
    latest = searcher.search(equals, left, count=False, order_by_field=LATENESS).hits
    return [*above, *((last, address) for _, address in latest)]
