"""This version on what earlier ones wrote: data folders are migrated and indexed anew, backups restored."""

from __future__ import annotations

import asyncio
import re
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from api.folder import FORMAT, format_of
from api.premises import premises
from api.restoring import read
from api.settings import Settings
from graph.store.engine import Engine
from graph.store.migrate import MIGRATIONS, done
from graph.store.unit import Graph
from tests.conftest import free_port
from tests.faults.house import House
from tests.faults.test_backup import HEAP, command, quiet
from tests.scenarios.test_main_job import RELAYS

HERE = Path(__file__).resolve().parent
FOLDERS = sorted(HERE.glob("data-*.tar.gz"))
BACKUPS = sorted(HERE.glob("backup-*.tar"))
IN_0_1_0 = {
    "Organisation": 275,
    "Service": 284,
    "Post": 145,
    "Professional": 252,
    "Agreement": 5,
    "Territory": 48,
}
SUCCESSIONS_IN_0_1_0 = 30
KINDS = tuple(IN_0_1_0)


@dataclass(frozen=True)
class Held:
    """What must outlive an upgrade: each thing by its id and name, and which body took over from which."""

    things: frozenset[tuple[str, str, str]]
    successions: frozenset[tuple[str, str]]

    def count(self, kind: str) -> int:
        return sum(1 for thing in self.things if thing[0] == kind)


async def held_by(graph: Graph) -> Held:
    async with graph.reading(30) as unit:
        things = await unit.run(
            "MATCH (n) UNWIND labels(n) AS kind WITH n, kind WHERE kind IN $kinds "
            "RETURN kind, n.id AS id, coalesce(n.name, n.label, '') AS name",
            kinds=list(KINDS),
        )
        successions = await unit.run("MATCH (a)-[:SUCCEEDED_BY]->(b) RETURN a.id AS before, b.id AS after")
    return Held(
        frozenset((row["kind"], row["id"], row["name"]) for row in things),
        frozenset((row["before"], row["after"]) for row in successions),
    )


async def as_it_is(data: Path) -> tuple[Held, tuple[str, ...]]:
    """What a folder holds before this version has touched it, and its migrations: on a copy that is thrown away."""
    copy = data.with_name(f"{data.name}-copy")
    shutil.copytree(data, copy)
    engine = Engine(copy, heap=HEAP)
    try:
        graph = await Graph.open(engine.start())
        try:
            return await held_by(graph), await done(graph)
        finally:
            await graph.close()
    finally:
        engine.stop()
        shutil.rmtree(copy)


async def check_upgraded(data: Path, before: Held) -> None:
    """Serve a folder of an earlier version: all is there, the graph up to date, the index equal to it, and it answers."""
    house = House(data, free_port())
    try:
        await asyncio.to_thread(house.wait, 180)
        async with premises(Settings(data=data)) as joined:
            assert await held_by(joined.graph) == before
            assert await done(joined.graph) == tuple(sorted(name for name, _ in MIGRATIONS))
        assert format_of(data) == FORMAT
        code, said = await asyncio.to_thread(command, "doctor", "--data", data)
        assert re.fullmatch(r"Effets en attente : \d+\. Différences entre graphe et index : 0\.", said), said
        assert code == 0
        async with httpx2.AsyncClient(base_url=house.address, timeout=60) as client:
            for text, territory, name in (
                ("RSA", "92050", "CCAS de Nanterre"),
                ("EDAS de Nanterre Centre", "92050", "Service des solidarités territoriales de Nanterre"),
            ):
                variables = {"text": text, "territory": territory}
                answer = await client.post("/graphql", json={"query": RELAYS, "variables": variables})
                edges = answer.json()["data"]["relays"]["edges"]
                assert name in [edge["node"]["organisation"]["name"] for edge in edges]
    finally:
        house.end()


@pytest.mark.parametrize("packed", FOLDERS, ids=lambda path: path.name)
async def test_a_folder_of_an_earlier_version_is_taken_over(packed: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with tarfile.open(packed) as tar:
        tar.extractall(data, filter="data")
    before, migrations = await as_it_is(data)
    assert {kind: before.count(kind) for kind in KINDS} == IN_0_1_0
    assert len(before.successions) == SUCCESSIONS_IN_0_1_0

    # Backed up before the upgrade: as it is, not migrated on the way.
    code, said = await asyncio.to_thread(command, "backup", tmp_path / "before.tar", "--data", data)
    assert code == 0, said
    assert read(tmp_path / "before.tar", quiet).migrations == migrations == ("m001_directory", "m002_marks")
    assert (await as_it_is(data)) == (before, migrations)
    await check_upgraded(data, before)


@pytest.mark.parametrize("file", BACKUPS, ids=lambda path: path.name)
async def test_a_backup_of_an_earlier_version_is_restored(file: Path, tmp_path: Path) -> None:
    manifest = read(file, quiet)
    assert file.name == f"backup-{manifest.maillage}.tar"
    code, said = await asyncio.to_thread(command, "restore", file, "--data", tmp_path / "data")
    assert code == 0, said
    before, migrations = await as_it_is(tmp_path / "data")
    assert {kind: before.count(kind) for kind in KINDS} == {kind: manifest.counts[kind] for kind in KINDS}
    assert migrations == manifest.migrations
    assert before.successions != frozenset()
    await check_upgraded(tmp_path / "data", before)


def test_each_release_left_something_here() -> None:
    """A version of the changelog that bears its date was released."""
    changelog = (HERE.parent.parent / "CHANGELOG.md").read_text()
    released = re.findall(r"^## (\d+\.\d+\.\d+) – \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    here = {path.name.removeprefix("backup-").removeprefix("data-").partition(".t")[0] for path in FOLDERS + BACKUPS}
    assert "0.1.0" in released
    assert sorted(set(released) - here) == []
