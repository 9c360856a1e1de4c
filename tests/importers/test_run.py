"""Imports against the real engine: a second run changes nothing, a broken file changes nothing, a bad row stays alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graph.model.errors import InvalidInput
from graph.store.unit import Graph
from importers.registry import SHIPPED, SOURCES
from importers.report import Refused, Report
from importers.run import run_import
from importers.sources.dila.get import HERE as DILA
from importers.sources.territory.get import HERE as TERRITORY
from importers.tables import BrokenSource

MAP = TERRITORY / "sample"
BODIES = DILA / "sample.csv"
# The sample of the map has 30 communes and arrondissements in 18 zones.
TERRITORIES = 48
# The sample of the directory has 29 rows: 1 refused for its code, 1 outside the sample of the map, 1 twice, 2 out of
# scope; and 6 successors beside them.
ORGANISATIONS = 30
OUTSIDE = "Ce territoire n’est pas dans le graphe."


class Watched:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int | None]] = []
        self.done = 0

    def stage(self, label: str, steps: int | None) -> None:
        self.stages.append((label, steps))

    def advance(self, steps: int) -> None:
        self.done += steps


def counts(report: Report) -> tuple[int, int, int, int]:
    """New, changed, unchanged, gone."""
    return report.new.count, report.changed.count, report.unchanged, report.gone.count


async def contents(graph: Graph) -> list[tuple[object, ...]]:
    """All that an import can write, to compare before and after."""
    async with graph.reading() as unit:
        nodes = await unit.run("MATCH (n) RETURN n.id AS id, n.digest AS digest, n.state AS state")
        edges = await unit.run("MATCH (a)-[r]->(b) RETURN a.id AS source, type(r) AS kind, b.id AS target")
    rows = [tuple(row.values()) for row in (*nodes, *edges)]
    return sorted(rows, key=str)


@pytest.fixture
async def mapped(empty_graph: Graph) -> Graph:
    """A graph that holds the sample of the map."""
    await run_import(empty_graph, "territory", path=MAP)
    return empty_graph


async def test_the_map_is_loaded_once(empty_graph: Graph) -> None:
    watched = Watched()
    first = await run_import(empty_graph, "territory", path=MAP, progress=watched)
    assert counts(first) == (TERRITORIES, 0, 0, 0)
    assert first.refused.count == 0
    assert [label for label, _ in watched.stages] == ["Lecture", "Comparaison avec le graphe", "Écriture"]
    assert watched.stages[-1][1] == watched.done
    async with empty_graph.reading() as unit:
        found = await unit.territories.by_ids(["75113"])
    assert found["75113"].zones == ("75113", "75056", "epci:200054781", "departement:75", "region:11", "pays:FR")
    before = await contents(empty_graph)
    second = await run_import(empty_graph, "territory", path=MAP)
    assert counts(second) == (0, 0, TERRITORIES, 0)
    assert await contents(empty_graph) == before


async def test_bodies_are_loaded_once(mapped: Graph) -> None:
    first = await run_import(mapped, "dila", path=BODIES)
    assert counts(first) == (ORGANISATIONS, 0, 0, 0)
    async with mapped.reading() as unit:
        found = await unit.directory.organisations(["dila:ddets-25", "dila:pmi-92050-01"])
    assert found["dila:ddets-25"].name == "DDETSPP du Doubs"
    assert found["dila:pmi-92050-01"].part_of == "dila:cg-92050-01"
    before = await contents(mapped)
    second = await run_import(mapped, "dila", path=BODIES)
    assert counts(second) == (0, 0, ORGANISATIONS, 0)
    assert await contents(mapped) == before


async def test_a_body_outside_the_map_is_refused_alone(mapped: Graph) -> None:
    report = await run_import(mapped, "dila", path=BODIES)
    outside = [refused for refused in report.refused.first if refused.message == OUTSIDE]
    assert outside == [Refused("dila:ofii-92049-01", "covers", "departement:78", OUTSIDE)]
    async with mapped.reading() as unit:
        assert await unit.directory.organisations(["dila:ofii-92049-01"]) == {}


async def test_a_dry_run_tells_and_writes_nothing(mapped: Graph) -> None:
    before = await contents(mapped)
    report = await run_import(mapped, "dila", path=BODIES, dry_run=True)
    assert (report.dry_run, counts(report)) == (True, (ORGANISATIONS, 0, 0, 0))
    assert report.in_words()[0].endswith("essai, rien n’a été écrit")
    assert await contents(mapped) == before


async def test_what_changed_and_what_went(mapped: Graph, tmp_path: Path) -> None:
    await run_import(mapped, "dila", path=BODIES)
    lines = BODIES.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line.replace("03 81 83 48 19", "03 81 83 48 20") for line in lines if not line.startswith("prudhommes")]
    later = tmp_path / "later.csv"
    later.write_text("".join(kept), encoding="utf-8")
    spared = await run_import(mapped, "dila", path=later)
    assert spared.refused.count == 2
    assert counts(spared) == (0, 1, ORGANISATIONS - 2, 0)
    assert (spared.changed.first, spared.kept.first) == (["dila:cidf-25056-01"], ["dila:prudhommes-25056-01"])
    report = await run_import(mapped, "dila", path=later, force=True)
    assert counts(report) == (0, 0, ORGANISATIONS - 1, 1)
    assert report.gone.first == ["dila:prudhommes-25056-01"]
    async with mapped.reading() as unit:
        found = await unit.directory.organisations(["dila:cidf-25056-01"])
        states = await unit.run("MATCH (o:Organisation {id: 'dila:prudhommes-25056-01'}) RETURN o.state AS state")
    assert found["dila:cidf-25056-01"].contact.phone == "03 81 83 48 20"
    assert states == [{"state": "archived"}]
    again = await run_import(mapped, "dila", path=later)
    assert counts(again) == (0, 0, ORGANISATIONS - 1, 0)


async def test_a_source_that_loses_a_third_is_stopped(mapped: Graph, tmp_path: Path) -> None:
    await run_import(mapped, "dila", path=BODIES)
    before = await contents(mapped)
    short = tmp_path / "short.csv"
    short.write_text("".join(BODIES.read_text(encoding="utf-8").splitlines(keepends=True)[:5]), encoding="utf-8")
    with pytest.raises(InvalidInput, match=f"26 organismes sur {ORGANISATIONS} de cette source disparaîtraient"):
        await run_import(mapped, "dila", path=short)
    assert await contents(mapped) == before
    forced = await run_import(mapped, "dila", path=short, force=True)
    assert counts(forced) == (0, 0, 4, 26)


@pytest.mark.parametrize("source", ["dila", "france-travail"])
async def test_a_broken_file_changes_nothing(mapped: Graph, tmp_path: Path, source: str) -> None:
    before = await contents(mapped)
    broken = tmp_path / "broken.csv"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    with pytest.raises(BrokenSource, match="ce n’est pas un fichier de texte"):
        await run_import(mapped, source, path=broken)
    assert await contents(mapped) == before


async def test_a_broken_demonstration_changes_nothing(mapped: Graph, tmp_path: Path) -> None:
    before = await contents(mapped)
    with pytest.raises(BrokenSource, match=r"aucun fichier \.toml"):
        await run_import(mapped, "demonstration", path=tmp_path)
    (tmp_path / "bad.toml").write_text("[organisation\n", encoding="utf-8")
    with pytest.raises(BrokenSource, match=r"bad\.toml : ce fichier ne peut pas être lu"):
        await run_import(mapped, "demonstration", path=tmp_path)
    assert await contents(mapped) == before


async def test_a_map_cut_in_the_middle_changes_nothing(mapped: Graph, tmp_path: Path) -> None:
    before = await contents(mapped)
    cut = shutil.copytree(MAP, tmp_path / "map")
    whole = (MAP / "communes.csv").read_bytes()
    (cut / "communes.csv").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenSource, match="le fichier s’arrête au milieu d’une ligne"):
        await run_import(mapped, "territory", path=cut)
    assert await contents(mapped) == before


async def test_nothing_stands_without_a_map(empty_graph: Graph) -> None:
    with pytest.raises(InvalidInput, match="importez d’abord la source « territory »"):
        await run_import(empty_graph, "dila", path=BODIES)
    assert [row for row in await contents(empty_graph) if str(row[0]).startswith("dila:")] == []


async def test_an_unknown_source_is_said_with_the_known_ones(empty_graph: Graph) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await run_import(empty_graph, "annuaire")
    assert refusal.value.message == (
        "La source « annuaire » n’existe pas. Sources connues : territory, dila, france-travail, demonstration, "
        "data-inclusion."
    )
    assert tuple(SOURCES) == (*SHIPPED, "data-inclusion")
    assert SHIPPED == ("territory", "dila", "france-travail", "demonstration")
