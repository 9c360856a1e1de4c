"""What stands open where files go by commune: told from what is published, and exactly to who heads the body."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from api.actions.figures.told import row_of
from api.actions.reorganised_places import place_stocks
from api.graphql.reorganisation_types import FilesByPlace
from api.rooms import Rooms
from api.settings import Settings
from api.web.reorganised_places_view import stock_note, stock_rows
from api.web.reorganised_view import Named
from graph.model.access import Role
from graph.model.figures.lattice import Measure, Node
from graph.model.figures.periods import Quarter
from graph.model.figures.sums import AtLeast
from graph.model.reorganisation.plan import FilesRule, Move, MoveFiles, Plan
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make
from tests.api.reorganised import AT, COORDINATOR, MOVES, OLD, SOUTH, lay, network, tomorrow
from tests.reading import shared
from tests.web.rooms import index_of

QUARTER = Quarter(2026, 3)
BOTH = ("25056", "25462")
HEAD = make.viewer(Role.COORDINATOR, Role.HEAD_OF_SERVICE, account="h", organisation=OLD, organisations=(OLD,))


@pytest.fixture
async def rooms(empty_graph: Graph, tmp_path: Path) -> Rooms:
    await network(empty_graph)
    await index_of(tmp_path / "index", [], [make.planoise()])
    index = EmbeddedIndex(tmp_path / "index")
    await index.follow()
    return Rooms(settings=Settings(data=tmp_path), graph=empty_graph, index=index, reader=shared())


def plan(*moves: Move) -> Plan:
    return Plan(id="p", title="Deux directions", on=tomorrow(), moves=moves, author="coralie")


def by_commune(*territories: str) -> Plan:
    return plan(MoveFiles(source=OLD, to=SOUTH, rule=FilesRule.BY_COMMUNE, territories=territories))


async def publish(graph: Graph, counts: dict[Node, int | None]) -> None:
    rows = {
        row: orjson.dumps(
            {"told": {} if count is None else {"": count}, "masked": [""] if count is None else [], "whole": []}
        ).decode()
        for row, count in counts.items()
    }
    await graph.write(lambda unit: unit.figures.put(QUARTER, Measure.FILES_OPEN, rows))
    await graph.write(lambda unit: unit.figures.publish(QUARTER, AT, "{}"))


async def test_a_split_by_commune_is_told_by_what_is_published(rooms: Rooms) -> None:
    [heir] = await place_stocks(rooms, COORDINATOR, plan(*MOVES), at=AT)
    assert (heir.goes.source, heir.goes.to, heir.goes.territories) == (OLD, SOUTH, ("25462",))
    assert (heir.quarter, heir.network, heir.own) == (None, None, None)
    await publish(
        rooms.graph, {row_of(make.pontarlier()): 42, row_of(make.besancon()): None, row_of(make.doubs()): 420}
    )
    asked = {
        ("25462",): (42, False),
        ("25056",): (None, False),
        BOTH: (42, True),
        # Who lives in Pontarlier lives in the Doubs.
        ("departement:25", "25462"): (420, False),
        ("99999",): (None, False),
        # Nobody is counted by sector: what its commune or its intercommunality holds is another number.
        ("sector:planoise",): (None, False),
        ("sector:planoise", "25462"): (42, True),
    }
    for territories, (count, least) in asked.items():
        [found] = await place_stocks(rooms, COORDINATOR, by_commune(*territories), at=AT)
        assert (found.quarter, found.network, found.own) == (QUARTER, count, None), territories
        assert isinstance(found.network, AtLeast) is least
        assert FilesByPlace.of(found).at_least is least


async def test_a_draft_does_not_count_whoever_lives_in_the_communes_that_it_asks_for(rooms: Rooms) -> None:
    """Files come and go, and drafts differ by one commune: a coordinator reads the same as before."""
    await publish(rooms.graph, {row_of(make.pontarlier()): 42, row_of(make.besancon()): None})
    asked = [by_commune("25462"), by_commune("25056"), by_commune(*BOTH), plan(*MOVES)]
    before = [await place_stocks(rooms, COORDINATOR, one, at=AT) for one in asked]
    await lay(rooms.graph, 12)
    assert [await place_stocks(rooms, COORDINATOR, one, at=AT) for one in asked] == before
    # Of 12 files six are the service's, three of them of someone in Pontarlier: who heads it knows.
    [own] = await place_stocks(rooms, HEAD, by_commune("25462"), at=AT)
    assert (own.network, own.own) == (42, 3)


async def test_nothing_is_told_where_no_move_goes_by_commune(rooms: Rooms) -> None:
    assert await place_stocks(rooms, COORDINATOR, plan(MoveFiles(source=OLD, to=SOUTH)), at=AT) == []


async def test_in_words(rooms: Rooms) -> None:
    await publish(rooms.graph, {row_of(make.pontarlier()): 42, row_of(make.besancon()): None})
    found = [
        *(await place_stocks(rooms, COORDINATOR, by_commune(*BOTH), at=AT)),
        *(await place_stocks(rooms, COORDINATOR, by_commune("25056"), at=AT)),
    ]
    rows = stock_rows(found, Named(rooms, {OLD: "Ancien", SOUTH: "Sud"}, {}))
    assert rows == [
        {"source": "Ancien", "to": "Sud", "places": "Besançon, Pontarlier", "network": "au moins 42", "own": ""},
        {"source": "Ancien", "to": "Sud", "places": "Besançon", "network": "masqué", "own": ""},
    ]
    assert "fin du 3e trimestre 2026, tous organismes ensemble" in stock_note(found[0].quarter)
    assert stock_note(None).startswith("Aucun trimestre n’est encore publié")
