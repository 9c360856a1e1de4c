"""What is told of a table: never a small number, zeros, sums that are right; the same whatever the order."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model.figures.disclosure import Table, protect
from graph.model.figures.lattice import (
    FEWEST,
    WHOLE,
    Cells,
    Node,
    Published,
    hidden_parts,
    published_of,
    settling,
    value_of,
)
from tests.model.figures.attack import by_parent, nodes_of
from tests.model.figures.made_up import Shape, counted_plainly, shape, table

SEEDS = st.integers(0, 10**6)
K1, K2, K3 = ("k=1",), ("k=2",), ("k=3",)
A, B, C = ("p=a",), ("p=b",), ("p=c",)


def drawn(seed: int) -> tuple[Cells, Cells]:
    chance = random.Random(seed)
    return table(shape(chance).drawn(chance))


def two_way(rows: dict[Node, tuple[int, ...]], columns: tuple[Node, ...] = (K1, K2, K3)) -> Cells:
    """A table of one split each way, with its sums."""
    cells: dict[tuple[Node, Node], int] = {}
    for row, counts in rows.items():
        for column, count in zip(columns, counts, strict=True):
            for cell in ((row, column), (row, WHOLE), (WHOLE, column), (WHOLE, WHOLE)):
                cells[cell] = cells.get(cell, 0) + count
    return {cell: count for cell, count in cells.items() if count}


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_what_is_told_is_true_and_never_of_a_few(seed: int) -> None:
    cells, persons = drawn(seed)
    published = protect(cells, persons)
    rows, columns = nodes_of(cells)
    for row in rows:
        for column in columns:
            told, count = published.count(row, column), cells.get((row, column), 0)
            assert told in {None, count}
            if told:
                assert count >= FEWEST and persons[row, column] >= FEWEST


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_parts_and_what_is_hidden_of_them_hold_what_the_whole_holds(seed: int) -> None:
    cells, persons = drawn(seed)
    published = protect(cells, persons)
    rows, columns = nodes_of(cells)
    for (row, split), parts in by_parent(rows).items():
        for column in columns:
            found = published.parts(row, column, split)
            assert found.told == {(part): told for part in parts if (told := published.count(part, column))}
            true = sum(cells.get((part, column), 0) for part in parts if part not in found.told)
            assert found.hidden == (None if published.count(row, column) is None else true)
    for (column, split), parts in by_parent(columns).items():
        for row in rows:
            found = published.parts(row, column, split)
            assert found.told == {part: told for part in parts if (told := published.count(row, part))}
            assert found.whole == (published.count(row, column) is not None and found.hidden == 0)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_the_order_in_which_cells_come_tells_nothing(seed: int) -> None:
    cells, persons = drawn(seed)
    names = list(cells)
    random.Random(seed + 1).shuffle(names)
    shuffled = protect({name: cells[name] for name in names}, {name: persons[name] for name in reversed(names)})
    assert shuffled == protect(cells, persons)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_rows_are_kept_one_by_one(seed: int) -> None:
    published = protect(*drawn(seed))
    kept = {row: json.dumps(published.data_of_row(row)) for row in published.rows}
    assert published_of((row, json.loads(text)) for row, text in kept.items()) == published


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_rows_that_were_not_loaded_are_not_taken_for_zeros(seed: int) -> None:
    published = protect(*drawn(seed))
    row = random.Random(seed).choice(published.rows or (WHOLE,))
    some = [one for one in settling(row) if one in published.rows]
    partly = published_of((one, published.data_of_row(one)) for one in some)
    for column in {column for _, column in published.cells}:
        if value_of(row or ("x=y",)) != "*":
            assert partly.count(row, column) == published.count(row, column)
    assert published_of(()).count(*(("p=x",), ("k=y",))) is None


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_persons_are_counted_once(seed: int) -> None:
    chance = random.Random(seed)
    facts = shape(chance, 200).drawn(chance)
    assert table(facts) == counted_plainly(facts)


def test_nothing_is_told_of_a_table_of_a_few_and_zero_of_none() -> None:
    assert protect(two_way({A: (5, 3, 2)})) == Published()
    assert protect({}).count() == 0
    assert protect({}).count(A, K1) == 0


def test_zeros_are_told_and_what_is_large_enough() -> None:
    published = protect(two_way({A: (20, 0, 30), B: (40, 12, 0)}))
    assert [published.count(A, column) for column in (WHOLE, K1, K2, K3)] == [50, 20, 0, 30]
    assert published.count(C) == 0
    assert published.count(B, K3) == 0
    assert not published.masked


def test_a_small_part_is_hidden_with_the_smallest_that_hides_it() -> None:
    published = protect(two_way({A: (100, 0, 0), B: (20, 0, 0), C: (4, 0, 0)}))
    assert [published.count(row) for row in (WHOLE, A, B, C)] == [124, 100, None, None]
    assert published.parts(WHOLE, WHOLE, "p").hidden == 24
    assert published.count(("p=d",)) == 0


def test_two_parts_that_hold_too_little_together_are_hidden_with_their_zeros() -> None:
    """12 = 7 + 5, and both hold somebody: each would be known to ten. Whether there are others is not told then."""
    cells = two_way({A: (7, 0, 0), B: (5, 0, 0)})
    published = protect(cells)
    assert [published.count(row) for row in (WHOLE, A, B, C)] == [12, None, None, None]
    assert protect(two_way({A: (7, 0, 0), B: (6, 0, 0)})).count(C) == 0


def test_a_small_cell_is_hidden_by_a_rectangle() -> None:
    published = protect(two_way({A: (3, 90, 50), B: (40, 60, 70), C: (30, 80, 90)}))
    hidden = {(row, column) for row in (A, B, C) for column in (K1, K2, K3) if published.count(row, column) is None}
    assert hidden == {(A, K1), (A, K3), (C, K1), (C, K3)} or hidden == {(A, K1), (A, K3), (B, K1), (B, K3)}
    assert published.masked == hidden


def test_a_zero_is_hidden_where_nothing_else_makes_a_rectangle() -> None:
    published = protect(two_way({A: (4, 20, 0), B: (20, 0, 0), C: (0, 0, 30)}))
    told = [[published.count(row, column) for column in (K1, K2, K3)] for row in (A, B, C)]
    assert told == [[None, None, 0], [None, None, 0], [0, 0, 30]]
    assert (B, K2) in published.masked


def test_rows_without_a_rectangle_are_closed_together() -> None:
    """3 and 8 could be moved by too few, as could 9 and 5: of A and B only what they hold together is known."""
    published = protect(two_way({A: (3, 8, 0), B: (9, 5, 0), C: (0, 0, 30)}))
    told = [[published.count(row, column) for column in (WHOLE, K1, K2, K3)] for row in (A, B, C)]
    assert told == [[11, None, None, 0], [14, None, None, 0], [30, 0, 0, 30]]
    assert not published.masked
    assert published.closed == {(row, "", WHOLE, "k") for row in (A, B)}


def test_parts_that_are_hidden_stand_together_below() -> None:
    """B and C are hidden, 24 together: of each theme, what they hold together is known, and must not be small either."""
    published = protect(two_way({A: (60, 40, 0), B: (15, 5, 0), C: (4, 0, 0), ("p=d",): (0, 30, 40)}))
    assert [published.count(row) for row in (B, C)] == [None, None]
    assert published.count(A, K2) is None
    together = hidden_parts(B)
    assert (together, K1) not in published.masked
    assert published.cells[together, K3] == 0
    assert published.count(B, K3) == 0


@settings(deadline=None, max_examples=40)
@given(SEEDS)
def test_a_table_that_remembers_tells_what_one_that_is_walked_anew_does(seed: int) -> None:
    """Whatever is marked from one time to the next, be it more or less; of cells that are told, as it is asked for."""
    chance, (cells, persons) = random.Random(seed), drawn(seed)
    if chance.random() < 0.3:
        persons = cells
    table_, marked, named = Table(cells, persons), set[tuple[Node, Node]](), sorted(cells)
    for _ in range(6):
        found = table_.protected(marked | {(("p=nobody",), WHOLE)})
        assert found == protect(cells, {**persons, **dict.fromkeys(marked, 1)} if marked else persons)
        told = sorted(found.cells.keys() & cells.keys())
        marked -= {cell for cell in sorted(marked) if chance.random() < 0.2}
        marked |= set(chance.sample(named, min(2, len(named))) + chance.sample(told, min(2, len(told))))


@pytest.mark.parametrize("persons", [10, 11])
def test_eleven_persons_not_eleven_times(persons: int) -> None:
    cells = two_way({A: (40, 40, 0), B: (40, 40, 0)})
    distinct = {cell: count // 2 for cell, count in cells.items()} | {(A, K1): persons}
    assert (protect(cells, distinct).count(A, K1) is None) == (persons == 10)


def test_one_part_of_one_part_is_told_as_the_whole() -> None:
    facts = Shape(facts=30, epcis=1, communes=1, bodies=1, categories=1, competences=1, senders=1).drawn(
        random.Random(1)
    )
    cells, persons = table([fact | {"month": "m0"} for fact in facts])
    published = protect(cells, persons)
    assert set(published.cells.values()) == {30}
    assert published.cells == cells
