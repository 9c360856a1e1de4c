"""What led to an organisation and what became of it, as the graph tells it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph.model.directory import LinkKind, ListingState, Step, SuccessionKind
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make


@pytest.fixture
async def mapped(empty_graph: Graph) -> Graph:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    return empty_graph


async def load(graph: Graph, *records: Any) -> None:
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(*records)), lambda done: None)


async def history(graph: Graph, id_: str) -> list[tuple[str, str, str, str]]:
    async with graph.reading() as unit:
        sheet = await unit.directory.sheet(id_)
    assert sheet is not None
    return [_told(step) for step in sheet.history]


def _told(step: Step) -> tuple[str, str, str, str]:
    return step.on.isoformat()[:4], step.before.id, step.after.id, step.scope


def bodies(*names: str, **values: Any) -> list[Any]:
    return [make.organisation(f"t:{name}", name=name, **values) for name in names]


def carried(before: str, after: str, year: int, kind: SuccessionKind = SuccessionKind.RENAMED, scope: str = "") -> Any:
    return make.succession(f"t:{before}", f"t:{after}", on=date(year, 1, 1), kind=kind, scope=scope)


async def test_a_history_goes_through_every_name_and_tells_who_shared_in_it(mapped: Graph) -> None:
    closed = bodies("anpe", "pole", "edas", closed_on=date(2024, 1, 1))
    steps = (
        carried("anpe", "pole", 2009),
        carried("pole", "ft", 2024),
        carried("edas", "pole", 2009, SuccessionKind.MERGED),
        carried("anpe", "autre", 2009, SuccessionKind.SPLIT, "Formation"),
    )
    await load(mapped, *closed, *bodies("ft", "autre"), *steps)
    whole = [
        ("2009", "t:anpe", "t:autre", "Formation"),
        ("2009", "t:anpe", "t:pole", ""),
        ("2009", "t:edas", "t:pole", ""),
        ("2024", "t:pole", "t:ft", ""),
    ]
    assert await history(mapped, "t:ft") == whole
    assert await history(mapped, "t:pole") == whole
    assert await history(mapped, "t:edas") == [whole[1], whole[2], whole[3]]


async def test_an_organisation_without_one_and_a_circle_end(mapped: Graph) -> None:
    await load(mapped, *bodies("seule", "un", "deux"), carried("un", "deux", 2010), carried("deux", "un", 2015))
    assert await history(mapped, "t:seule") == []
    assert await history(mapped, "t:un") == [("2010", "t:un", "t:deux", ""), ("2015", "t:deux", "t:un", "")]


async def test_what_is_not_published_is_not_told(mapped: Graph) -> None:
    hidden = make.organisation("t:caché", name="caché", state=ListingState.DRAFT)
    await load(mapped, *bodies("un", "deux"), hidden, carried("caché", "un", 2010), carried("un", "deux", 2015))
    assert await history(mapped, "t:un") == [("2015", "t:un", "t:deux", "")]


async def test_a_neighbour_that_is_closed_says_since_when(mapped: Graph) -> None:
    unit_of = make.organisation("t:unité", name="unité", part_of="t:maison", closed_on=date(2020, 1, 1))
    await load(mapped, *bodies("maison"), unit_of)
    async with mapped.reading() as unit:
        sheet = await unit.directory.sheet("t:maison")
    assert sheet is not None
    assert [(link.kind, link.id, link.closed_on) for link in sheet.links] == [
        (LinkKind.UNIT, "t:unité", date(2020, 1, 1))
    ]
