from __future__ import annotations

from dataclasses import replace
from random import Random

from graph.model.territory import Point, Territory, TerritoryLevel
from search.around import Grid
from search.places import Gazetteer
from tests import make


def towns(number: int, random: Random) -> list[Territory]:
    """So many communes strewn over a quarter of France."""
    return [
        replace(make.besancon(), id=f"{place:05}", point=Point(random.uniform(45, 49), random.uniform(0, 6)))
        for place in range(number)
    ]


def test_the_nearest_commune_is_the_one_that_looking_at_all_of_them_finds() -> None:
    random = Random(5)
    all_of_them = towns(400, random)
    grid = Grid(all_of_them)
    found = 0
    for _ in range(400):
        here = Point(random.uniform(44.5, 49.5), random.uniform(-0.5, 6.5))
        near = [(here.distance_km(town.point), town.id) for town in all_of_them if town.point]
        nearest = min(near)
        expected = nearest[1] if nearest[0] < 30 else None
        answer = grid.nearest(here, 30)
        assert (answer.id if answer else None) == expected
        found += answer is not None
    assert 200 < found < 400


def test_only_communes_and_arrondissements_with_a_point_are_looked_for() -> None:
    here = make.BESANCON_POINT
    district = replace(make.besancon(), id="75113", level=TerritoryLevel.ARRONDISSEMENT, point=Point(47.3, 6.0))
    plain = [replace(make.doubs(), point=here), replace(make.besancon(), point=None), district]
    assert Gazetteer(plain).nearest(here, 40) == district
    assert Gazetteer(plain).nearest(here, 1) is None
    assert Gazetteer([]).nearest(here, 40) is None
