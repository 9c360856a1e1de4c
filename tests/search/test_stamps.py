"""Stamps are found as a dictionary finds them, also where many want one slot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graph.model.candidates import NOWHERE
from search.stamps import FIRST_BITS, Stamps

MOST = 2**64 - 1
# The first bits choose the slot: these crowd at a few of them, the last slot among them, whose next is the first.
crowded = st.builds(
    lambda slot, low: (slot << (64 - FIRST_BITS)) | low,
    st.sampled_from([0, 1, 2**FIRST_BITS - 2, 2**FIRST_BITS - 1]),
    st.integers(0, 60),
)
stamps = crowded | st.integers(0, MOST)


@given(st.lists(st.sets(stamps, max_size=80), max_size=8), st.lists(stamps, max_size=60))
def test_each_has_the_row_at_which_it_arrived(batches: list[set[int]], asked: list[int]) -> None:
    known, rows = Stamps(), dict[int, int]()
    for batch in batches:
        new = sorted(batch - rows.keys())
        known.add(new)
        rows |= {stamp: len(rows) + at for at, stamp in enumerate(new)}
        assert len(known) == len(rows)
    wanted = [*asked, *rows]
    assert known.rows(wanted).tolist() == [rows.get(stamp, NOWHERE) for stamp in wanted]


def test_many_more_than_there_was_room_for() -> None:
    many = [(at * 0x9E3779B97F4A7C15) & MOST for at in range(20_000)]
    known = Stamps()
    for first in range(0, len(many), 700):
        known.add(many[first : first + 700])
    assert known.rows(many).tolist() == list(range(len(many)))
    assert known.rows([many[-1] ^ 1, 5]).tolist() == [NOWHERE, NOWHERE]
