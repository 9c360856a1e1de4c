"""Of which territory a figure is told: nobody is counted by a sector within a commune."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.actions.figures.told import Scope, counted_place, row_of
from graph.model.errors import InvalidInput
from graph.model.figures.periods import Period, Quarter
from search.places import Gazetteer
from tests import make

QUARTER = Quarter(2026, 3)
PLACES = Gazetteer([*make.territories(), make.planoise()])


def test_a_territory_of_the_map_is_told_by_itself() -> None:
    for one in make.territories():
        assert counted_place(PLACES, one) == one
    assert row_of(make.besancon()) == (*row_of(make.doubs()), "epci=", "commune=25056")


def test_a_sector_is_told_by_its_commune() -> None:
    assert counted_place(PLACES, make.planoise()) == make.besancon()
    # Of a commune that the map does not hold, by what it holds around it.
    apart = replace(make.planoise(), zones=("sector:planoise", "25999", "departement:25", "pays:FR"))
    assert counted_place(PLACES, apart) == make.doubs()


def test_the_figures_of_its_intercommunality_are_not_taken_for_those_of_a_sector() -> None:
    sector = replace(make.planoise(), zones=("sector:planoise", "25056", "epci:242500361", "departement:25", "pays:FR"))
    with pytest.raises(InvalidInput, match="Personne n’est compté par secteur"):
        row_of(sector)
    with pytest.raises(InvalidInput, match="choisissez la commune"):
        _ = Scope(period=Period(QUARTER, QUARTER), territory=sector).row
