"""How many relays each commune has: what covers a part of a territory counts there, wherever else it lies."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from api.actions.figures.relays_by_commune import relays_by_commune
from api.rooms import Rooms
from api.settings import Settings
from graph.model.territory import COUNTRY, Territory, TerritoryLevel
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make
from tests.reading import shared
from tests.web.rooms import index_of

MANY = 6
# Each in a community of its own, which lies across the border of the département.
COMMUNITIES = [
    Territory(
        id=f"epci:{number}", name=f"Communauté {number}", level=TerritoryLevel.EPCI, zones=(f"epci:{number}", COUNTRY)
    )
    for number in range(MANY)
]
COMMUNES = [
    Territory(
        id=f"2590{number}",
        name=f"Village {number}",
        level=TerritoryLevel.COMMUNE,
        zones=(f"2590{number}", f"epci:{number}", "departement:25", COUNTRY),
        population=100 + number,
    )
    for number in range(MANY)
]


@pytest.mark.parametrize("covered", [0, MANY - 1])
async def test_a_community_across_the_border_counts_in_its_communes(tmp_path: Path, covered: int) -> None:
    body = make.organisation("t:asso", kind="EAJE", covers=(f"epci:{covered}",))
    service = make.service("t:s", organisation=body.id, covers=(f"epci:{covered}",))
    listing = make.listing(f"service:{service.id}", organisation=body, service=service, covers=service.covers)
    await index_of(tmp_path / "index", [listing], [*COMMUNITIES, *COMMUNES])
    index = EmbeddedIndex(tmp_path / "index")
    rooms = Rooms(settings=Settings(data=tmp_path), graph=cast(Graph, None), index=index, reader=shared())
    found = await relays_by_commune(rooms, make.RENT, make.doubs(), None, make.NOW)
    assert found.relays == 1
    assert {one.territory.id: one.relays for one in found.communes} == {
        "25056": 0,
        "25462": 0,
        **{one.id: int(number == covered) for number, one in enumerate(COMMUNES)},
    }
