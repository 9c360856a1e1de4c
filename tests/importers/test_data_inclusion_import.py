"""A publication of data·inclusion into the real engine: taken once, kept when a line is refused, whole when it is cut."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from graph.store.unit import Graph
from importers.run import run_import
from importers.sources.data_inclusion.get import SAMPLE
from importers.sources.territory.get import HERE as TERRITORY
from importers.tables import BrokenSource

IDS = (
    "data-inclusion:exemple--ccas",
    "data-inclusion:exemple--mobilite",
    "data-inclusion:exemple--atelier",
)
SERVICES = (
    "data-inclusion:exemple--ccas-domiciliation",
    "data-inclusion:exemple--velos",
    "data-inclusion:exemple--francais-a-distance",
)


@pytest.fixture
async def mapped(empty_graph: Graph) -> Graph:
    """A graph that holds the sample of the map."""
    await run_import(empty_graph, "territory", path=TERRITORY / "sample")
    return empty_graph


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """A copy of the sample, to be spoiled."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "feed"))


async def held(graph: Graph) -> dict[str, tuple[str, str | None]]:
    """Every listing, with its state and its seal."""
    async with graph.reading() as unit:
        rows = await unit.run(
            "MATCH (n) WHERE n.source = 'data-inclusion' RETURN n.id AS id, n.state AS state, n.digest AS digest"
        )
    return {row["id"]: (row["state"], row["digest"]) for row in rows}


async def test_the_sample_is_loaded_once(mapped: Graph) -> None:
    first = await run_import(mapped, "data-inclusion", path=SAMPLE)
    assert sorted(first.new.first) == sorted((*IDS, *SERVICES))
    assert (first.changed.count, first.gone.count, first.refused.count, first.aside.count) == (0, 0, 0, 0)
    async with mapped.reading() as unit:
        offered = (await unit.directory.services_of([IDS[1]]))[IDS[1]]
        bodies = await unit.directory.organisations([IDS[1]])
    assert [(found.id, found.covers) for found in offered] == [(SERVICES[1], ("epci:242500361",))]
    place = bodies[IDS[1]].place
    assert place
    assert place.territory == "25245"
    before = await held(mapped)
    second = await run_import(mapped, "data-inclusion", path=SAMPLE)
    assert (second.new.count, second.changed.count, second.unchanged, second.gone.count) == (0, 0, 6, 0)
    assert await held(mapped) == before


async def test_a_trial_writes_nothing(mapped: Graph) -> None:
    report = await run_import(mapped, "data-inclusion", path=SAMPLE, dry_run=True)
    assert report.new.count == 6
    assert await held(mapped) == {}


async def test_a_record_that_is_refused_is_not_taken_away(mapped: Graph, feed: Path) -> None:
    await run_import(mapped, "data-inclusion", path=feed)
    before = await held(mapped)
    services = feed / "services.csv"
    services.write_text(services.read_text().replace("exemple--mobilite,", "exemple--perdu,"))
    report = await run_import(mapped, "data-inclusion", path=feed)
    assert [(told.line, told.field, told.value) for told in report.refused.first] == [
        ("services.csv, ligne 3", "structure_id", "exemple--perdu")
    ]
    assert (report.kept.first, report.gone.count) == ([SERVICES[1]], 0)
    assert await held(mapped) == before


async def test_a_file_cut_before_its_first_piece_changes_nothing(mapped: Graph, feed: Path) -> None:
    await run_import(mapped, "data-inclusion", path=feed)
    before = await held(mapped)
    services = feed / "services.csv"
    services.write_text(services.read_text()[:-30])
    with pytest.raises(BrokenSource) as refusal:
        await run_import(mapped, "data-inclusion", path=feed)
    assert refusal.value.message == (
        f"{services}, ligne 4 : un guillemet ouvert ici, ou plus bas, n’est jamais refermé, ou le fichier est coupé. "
        "Rien n’a été importé."
    )
    assert await held(mapped) == before


async def test_a_value_left_aside_does_not_keep_what_is_gone(mapped: Graph, feed: Path) -> None:
    await run_import(mapped, "data-inclusion", path=feed)
    services = feed / "services.csv"
    kept = [line for line in services.read_text().splitlines(keepends=True) if not line.startswith("exemple--velos,")]
    theme = '""difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits""'
    services.write_text("".join(kept).replace(theme, f'{theme}, ""mobilite--voler""', 1))
    report = await run_import(mapped, "data-inclusion", path=feed)
    assert [(told.field, told.value, told.aside) for told in report.aside.first] == [
        ("thematiques", "mobilite--voler", True)
    ]
    assert (report.refused.count, report.gone.first) == (0, [SERVICES[1]])
    assert (await held(mapped))[SERVICES[1]][0] == "archived"
