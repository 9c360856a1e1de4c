from __future__ import annotations

import pytest

from graph.model.territory import Point, Territory, TerritoryLevel, level_of
from tests import make


def territory(name: str, level: TerritoryLevel, article: str = "") -> Territory:
    return Territory(id="x", name=name, level=level, zones=("x",), article=article)


@pytest.mark.parametrize(
    ("name", "level", "article", "said"),
    [
        ("Besançon", TerritoryLevel.COMMUNE, "", "à Besançon"),
        ("Le Mans", TerritoryLevel.COMMUNE, "", "au Mans"),
        ("Les Ulis", TerritoryLevel.COMMUNE, "", "aux Ulis"),
        ("Paris 13e arrondissement", TerritoryLevel.ARRONDISSEMENT, "", "dans le 13e arrondissement de Paris"),
        ("Doubs", TerritoryLevel.DEPARTEMENT, "le", "dans le Doubs"),
        ("Ain", TerritoryLevel.DEPARTEMENT, "l’", "dans l’Ain"),
        ("Hauts-de-Seine", TerritoryLevel.DEPARTEMENT, "les", "dans les Hauts-de-Seine"),
        ("Ille-et-Vilaine", TerritoryLevel.DEPARTEMENT, "", "en Ille-et-Vilaine"),
        ("Paris", TerritoryLevel.DEPARTEMENT, "", "à Paris"),
        ("CC Loue-Lison", TerritoryLevel.EPCI, "", "dans la communauté de communes Loue-Lison"),
        ("Bourgogne-Franche-Comté", TerritoryLevel.REGION, "", "dans la région Bourgogne-Franche-Comté"),
        ("France", TerritoryLevel.COUNTRY, "", "dans toute la France"),
    ],
)
def test_a_place_is_said_as_people_say_it(name: str, level: TerritoryLevel, article: str, said: str) -> None:
    assert territory(name, level, article).where() == said


def test_an_id_tells_its_level() -> None:
    levels = {t.id: level_of(t.id) for t in make.territories()}
    assert levels == {t.id: t.level for t in make.territories()}


def test_the_distance_from_besancon_to_paris() -> None:
    """About 327 km as the crow flies between the two cathedrals."""
    assert Point(47.2333, 6.0304).distance_km(Point(48.8530, 2.3499)) == pytest.approx(327, abs=3)
