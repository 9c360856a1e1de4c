"""The attack: of no hidden cell can more be known than that it lies somewhere in eleven or more. Linear programs are the judge."""

from __future__ import annotations

import os
import random

import pytest

from graph.model.figures.disclosure import protect
from graph.model.figures.lattice import FEWEST
from tests.model.figures.attack import attacked, attacked_jointly, nodes_of
from tests.model.figures.made_up import shape, small_ones_hidden, sorts, table

DOSE = 20 if os.environ.get("MAILLAGE_TEST_FULL") else 1
MOST_SORTS = 3000


@pytest.mark.parametrize("seed", range(10 * DOSE))
def test_no_hidden_cell_is_known_to_less_than_eleven(seed: int) -> None:
    chance = random.Random(seed)
    cells, persons = table(shape(chance).drawn(chance))
    found, _ = attacked(protect(cells, persons), cells)
    assert found == []


@pytest.mark.parametrize("seed", range(8 * DOSE))
def test_nor_by_whoever_minds_that_each_person_is_in_all_splits_at_once(seed: int) -> None:
    chance = random.Random(f"joint {seed}")
    while True:
        cells, persons = table(shape(chance, 400).drawn(chance))
        rows, columns = nodes_of(cells)
        if len(kinds := sorts(rows, columns)) <= MOST_SORTS:
            break
    found, _ = attacked_jointly(protect(cells, persons), cells, kinds)
    assert found == []


def test_the_attack_finds_what_is_badly_hidden() -> None:
    """Small numbers hidden and nothing else: nearly everything is known."""
    found, hidden = 0, 0
    for seed in range(2):
        chance = random.Random(seed)
        cells, _ = table(shape(chance, 100).drawn(chance))
        weak, number = attacked(small_ones_hidden(cells, FEWEST), cells)
        found, hidden = found + len(weak), hidden + number
    assert found > hidden / 2 > 0
