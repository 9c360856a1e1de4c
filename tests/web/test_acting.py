"""What a page says was done is so: the words go by the state after the act."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi import Request

from api.web.acting import told
from graph.model.directory import ListingState
from graph.model.keeping import Kept, ListingKind, Target
from tests import make

SINCE = date(2020, 1, 1)


def words(done: str, **values: Any) -> str:
    kept = Kept(
        target=Target(ListingKind.SERVICE, "t:s"),
        record=make.service(**values),
        claims=(),
        standing={},
        conflicts=(),
        seq=1,
    )
    request = Request({"type": "http", "query_string": f"fait={done}".encode(), "headers": []})
    found = told(request, kept, [], make.viewer())
    assert found is not None
    return found.words


@pytest.mark.parametrize(
    ("done", "values", "said"),
    [
        ("suspendu", {"suspended_from": SINCE, "suspended_until": date(2199, 1, 1)}, "Elle reviendra d’elle-même."),
        ("suspendu", {"suspended_from": SINCE}, "jusqu’à nouvel ordre"),
        ("repris", {}, "de nouveau dans les réponses"),
        ("repris", {"state": ListingState.DRAFT}, "pas dans les réponses pour autant"),
        ("modifie", {}, "la recherche le dit dans un instant"),
        ("modifie", {"state": ListingState.DRAFT}, "pas dans les réponses pour l’instant"),
        ("places", {"suspended_from": SINCE}, "pas dans les réponses pour l’instant"),
    ],
)
def test_the_words_go_by_the_state_after_the_act(done: str, values: dict[str, Any], said: str) -> None:
    assert said in words(done, **values)
