"""Words near a typed one are exactly those that names.py would accept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.names import EMPTY, NameTier, name_tier
from search import name_words
from search.name_words import NameWords

LETTERS = st.text("abc1", min_size=1, max_size=11)


@given(st.sets(LETTERS, max_size=30), LETTERS)
def test_near_words_are_those_that_names_py_accepts(held: set[str], typed: str) -> None:
    words = held - EMPTY
    near = {word for word in words if name_tier([typed], word) is not NameTier.NONE}
    assert set(NameWords(words).near(typed)) == near


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_words, "MOST_REMEMBERED", 2)
    words = NameWords(["doubs"])
    assert [words.near(typed) for typed in ("doub", "doubs", "dobs", "doub")] == [("doubs",)] * 4
    assert len(words._near) == 2
