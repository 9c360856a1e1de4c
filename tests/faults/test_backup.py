"""Backups taken under writes, restored elsewhere, and what happens when either is killed in the middle."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path

import httpx2
import psutil
import pytest

from api import archive, switching
from api.folder import FORMAT, Folder, Running
from api.keeping import back_up, write_aside_then_name
from api.restoring import read, restore
from api.settings import VERSION, Settings
from api.telling import console, tell_restored
from graph.model.errors import InvalidInput, Unavailable
from graph.store.copy import Contents, contents
from graph.store.engine import Engine
from graph.store.migrate import migrate
from graph.store.unit import Graph, Unit
from importers.run import run_import
from importers.sources.territory.get import HERE as MAP
from tests.conftest import free_port
from tests.faults.house import House, gone
from tests.scenarios.test_main_job import RELAYS

HEAP = "384m"
WRITERS, PAIRS = 3, 4
QUESTIONS = [("RSA", "92050"), ("chomage", "75113"), ("violences conjugales", "25056"), ("zzzz", "25056")]


def ignore(done: int, total: int) -> None: ...


@contextmanager
def quiet(title: str) -> Iterator[archive.Progress]:
    """No bar."""
    yield ignore


def command(*arguments: str | Path, **environment: str) -> tuple[int, str]:
    """What `maillage` answers to these arguments: its code, and its words on one line."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "MAILLAGE_HEAP": HEAP, **environment},
    )
    return done.returncode, " ".join((done.stderr + done.stdout).split())


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@asynccontextmanager
async def graph_of(data: Path) -> AsyncIterator[Graph]:
    """The graph of a folder, as its site would have it open: other commands join it."""
    with Folder(data) as folder:
        engine = Engine(data, heap=HEAP)
        try:
            address = engine.start()
            folder.tell(Running(os.getpid(), address.uri, 1, embedded=True))
            graph = await Graph.open(address)
            yield graph
            await graph.close()
        finally:
            engine.stop()


async def backed_up(data: Path, file: Path) -> str:
    code, said = await asyncio.to_thread(command, "backup", file, "--data", data)
    assert code == 0, said
    return said


@pytest.fixture(scope="module")
async def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small map and its bodies, at rest; never written to by a test."""
    data = tmp_path_factory.mktemp("small") / "data"
    async with graph_of(data) as graph:
        await migrate(graph)
        await run_import(graph, "territory", path=MAP / "sample")
        await run_import(graph, "demonstration")
        held = await contents(graph)
    assert held.counts["Organisation"] > 200
    (data.parent / "held.json").write_text(json.dumps(asdict(held)))
    return data


@pytest.fixture(scope="module")
def held(small: Path) -> Contents:
    """What its graph said that it holds."""
    told = json.loads((small.parent / "held.json").read_text())
    return Contents(told["counts"], told["waiting"], tuple(told["migrations"]))


@pytest.fixture(scope="module")
def saved(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    file = tmp_path_factory.mktemp("saved") / "small.tar"
    code, said = command("backup", file, "--data", small)
    assert code == 0, said
    return file


async def write_for_ever(graph: Graph, name: str, acknowledged: Counter[str]) -> None:
    """Pairs that must stay equal, each step with an effect of its own in the same transaction."""
    pairs = [f"{name}-{number}" for number in range(PAIRS)]

    async def step(unit: Unit, pair: str) -> int:
        rows = await unit.run(
            "MERGE (a:Left {id: $pair}) MERGE (b:Right {id: $pair}) "
            "SET a.n = coalesce(a.n, 0) + 1, a.padding = $padding, b.n = coalesce(b.n, 0) + 1 RETURN a.n AS n",
            pair=pair,
            padding=os.urandom(300).hex(),
        )
        await unit.outbox.add("step", [pair, str(rows[0]["n"])])
        return rows[0]["n"]

    while True:
        for pair in pairs:
            acknowledged[pair] = await graph.write(lambda unit, pair=pair: step(unit, pair))


async def test_copies_taken_under_writes_hold_whole_transactions_only(tmp_path: Path) -> None:
    before: list[dict[str, int]] = []
    acknowledged: Counter[str] = Counter()
    async with graph_of(tmp_path / "data") as graph:
        await migrate(graph)
        for label in ("Left", "Right"):
            await graph.define(f"CREATE CONSTRAINT {label}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE")
        writers = [asyncio.create_task(write_for_ever(graph, f"w{n}", acknowledged)) for n in range(WRITERS)]
        while len(acknowledged) < WRITERS * PAIRS:  # noqa: ASYNC110 - the writers know of no event
            await asyncio.sleep(0.05)
        for number in range(2):
            before.append(dict(acknowledged))
            await backed_up(tmp_path / "data", tmp_path / f"{number}.tar")
        assert [writer.exception() for writer in writers if writer.done()] == []
        last = dict(acknowledged)
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
    assert all(last[pair] > n for pair, n in before[-1].items()), "nothing was written during the last backup"
    for number, known in enumerate(before):
        assert command("restore", tmp_path / f"{number}.tar", "--data", tmp_path / f"r{number}")[0] == 0
        await check_whole(tmp_path / f"r{number}", known)


async def check_whole(data: Path, known: dict[str, int]) -> None:
    """Both sides of each pair are equal, have as many effects as steps, and lack nothing that was acknowledged before."""
    async with graph_of(data) as graph, graph.reading(30) as unit:
        pairs = await unit.run("MATCH (a:Left), (b:Right {id: a.id}) RETURN a.id AS id, a.n AS left, b.n AS right")
        steps = await unit.run("MATCH (o:Outbox {kind: 'step'}) RETURN o.subjects AS subjects")
    assert {row["id"] for row in pairs} == known.keys()
    effects: dict[str, list[int]] = {}
    for row in steps:
        effects.setdefault(row["subjects"][0], []).append(int(row["subjects"][1]))
    for row in pairs:
        assert row["left"] == row["right"], row
        assert sorted(effects[row["id"]]) == list(range(1, row["left"] + 1)), row
        assert row["left"] >= known[row["id"]], row


def answers(address: str) -> list[object]:
    """What the site answers to a few questions, without what moves with the hour."""
    with httpx2.Client(base_url=address, timeout=60) as client:
        asked = [{"text": text, "territory": place} for text, place in QUESTIONS]
        found = [client.post("/graphql", json={"query": RELAYS, "variables": variables}).json() for variables in asked]
    assert all(relays["data"]["relays"]["edges"] for relays in found[:-1])
    assert found[-1]["data"]["relays"]["edges"] == []
    return found


def test_the_drill(small: Path, tmp_path: Path) -> None:
    """Backed up while the site answers, destroyed, restored, served: the same answers, and no difference with the index."""
    data, file = tmp_path / "data", tmp_path / "b.tar"
    shutil.copytree(small, data)
    house = House(data, free_port())
    house.wait()
    before = answers(house.address)
    backup = subprocess.Popen([sys.executable, "-m", "api.cli", "backup", str(file), "--data", str(data)])
    health: list[int] = []
    while backup.poll() is None:
        health.append(house.health())
        time.sleep(0.1)
    assert backup.returncode == 0
    assert set(health) == {200}
    house.end()
    shutil.rmtree(data)

    code, said = command("restore", file, "--data", data)
    assert code == 0, said
    assert "Restauré dans" in said
    assert "Le prochain démarrage" in said
    again = House(data, free_port())
    again.wait()
    assert answers(again.address) == before
    assert command("doctor", "--data", data) == (0, "Effets en attente : 0. Différences entre graphe et index : 0.")
    again.end()
    secret = (data / "engine" / "secret").read_text()
    assert secret != (small / "engine" / "secret").read_text()


def test_a_backup_tells_what_it_holds_and_keeps_no_secret(
    small: Path, held: Contents, saved: Path, tmp_path: Path
) -> None:
    before = everything_in(saved.parent)
    code, said = command("restore", saved, "--dry-run", "--data", tmp_path / "none")
    assert code == 0
    assert f"Étapes du graphe : {', '.join(held.migrations)}." in said
    assert f"Contient {held.counts['Organisation']} organismes, {held.counts['Service']} services, " in said
    assert f"effets en attente : {held.waiting}." in said
    assert everything_in(saved.parent) == before
    assert not (tmp_path / "none").exists()
    with archive.opened(saved, ignore) as backup:
        told = backup.manifest
        backup.unpack(tmp_path / "files", ignore)
    assert (told.counts, told.waiting, told.migrations) == (held.counts, held.waiting, held.migrations)
    secret = (small / "engine" / "secret").read_bytes()
    inside = everything_in(tmp_path / "files") | everything_in(saved.parent)
    assert [name for name, content in inside.items() if secret in content] == []


# What a backup is refused for, and what is said.
def nothing_there(data: Path, file: Path) -> str:
    shutil.rmtree(data / "engine")
    return "ne contient pas de graphe : il n’y a rien à sauvegarder"


def a_file_there(data: Path, file: Path) -> str:
    file.write_text("à garder")
    return "existe déjà : choisissez un autre nom, il n’est pas écrasé"


def no_folder_there(data: Path, file: Path) -> str:
    file.parent.rmdir()
    return "n’existe pas : créez-le, puis relancez"


@pytest.mark.parametrize("arranged", [nothing_there, a_file_there, no_folder_there])
def test_a_backup_that_is_refused_leaves_everything_as_it_was(
    small: Path, tmp_path: Path, arranged: Callable[[Path, Path], str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "out" / "b.tar"
    shutil.copytree(small, data)
    file.parent.mkdir()
    said = arranged(data, file)
    before = everything_in(tmp_path)
    with pytest.raises(InvalidInput, match=re.escape(said)):
        back_up(Settings(data=data), file, quiet)
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("linking", ["a disk without hard links", "a name taken meanwhile"])
def test_the_last_step_names_the_file_and_overwrites_nothing(
    saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linking: str
) -> None:
    def no_links(source: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    with archive.opened(saved, ignore) as backup, tarfile.open(saved) as tar:
        manifest = backup.manifest
        tar.extract("graph.zip", tmp_path, filter="data")
    file = tmp_path / "out" / "b.tar"
    file.parent.mkdir()
    if linking == "a name taken meanwhile":
        file.write_text("à garder")
        with pytest.raises(InvalidInput, match="existe déjà"):
            write_aside_then_name(file, tmp_path / "graph.zip", manifest, ignore)
        assert file.read_text() == "à garder"
    else:
        monkeypatch.setattr(os, "link", no_links)
        write_aside_then_name(file, tmp_path / "graph.zip", manifest, ignore)
        assert read(file, quiet) == manifest
    assert list(file.parent.iterdir()) == [file]


def test_there_is_one_backup_at_a_time(small: Path, tmp_path: Path) -> None:
    with (small / "backup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match=r"Une autre sauvegarde du dossier .* est en cours"):
            back_up(Settings(data=small), tmp_path / "b.tar", quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_too_full_is_said_before_anything_is_written(
    small: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    total, used, _ = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(total, used, 301_000_000))
    with pytest.raises(Unavailable, match=r"Il faut \d+ Mo libres dans .* pour sauvegarder, il en reste 301"):
        back_up(Settings(data=small), tmp_path / "b.tar", quiet)
    with pytest.raises(Unavailable, match=r"Il faut \d+ Mo libres dans .* pour restaurer, il en reste 301"):
        restore(Settings(data=tmp_path / "new"), saved, quiet, replace=False)
    assert list(tmp_path.iterdir()) == []


def test_a_graph_server_is_copied_by_its_own_tools(saved: Path, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", graph_uri="bolt://graphe.example:7687")
    for refused in (
        lambda: back_up(settings, tmp_path / "b.tar", quiet),
        lambda: restore(settings, saved, quiet, replace=True),
    ):
        with pytest.raises(Unavailable, match=r"neo4j-admin database dump.*docs/backup\.md ; rien n’a été fait"):
            refused()
    assert list(tmp_path.iterdir()) == []


# Where a restore is refused, and what is said.
def onto_data(data: Path) -> str:
    return "contient déjà des données : choisissez un dossier vide avec --data, ou ajoutez --replace"


def onto_a_stranger(data: Path) -> str:
    shutil.rmtree(data)
    data.mkdir()
    (data / "vacances.jpg").write_text("image")
    return "n’est pas un dossier de Maillage (il contient « vacances.jpg »)"


def onto_an_engine_of_others(data: Path) -> str:
    shutil.rmtree(data)
    (data / "engine").mkdir(parents=True)
    (data / "engine" / "v8.txt").write_text("moteur")
    return "n’est pas un dossier de Maillage (il contient « engine »)"


def test_what_a_first_start_or_a_cut_restore_leaves_is_no_stranger(saved: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in ("metrics", "lost+found"):
        (data / name).mkdir(parents=True)
    (data / "restore.json.new").write_text("{")
    assert restore(Settings(data=data), saved, quiet, replace=False).kept is None
    # The next start has the index built anew, even one that is not in this folder.
    assert (data / switching.RESTORED).exists()


@pytest.mark.parametrize("arranged", [onto_data, onto_a_stranger, onto_an_engine_of_others])
def test_a_restore_does_not_touch_what_is_there(
    small: Path, saved: Path, tmp_path: Path, arranged: Callable[[Path], str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(small, data)
    said = arranged(data)
    before = everything_in(data)
    # Replacing is for folders of Maillage: a stranger stays what it is.
    for replace in {False, arranged is not onto_data}:
        with pytest.raises(InvalidInput, match=re.escape(said)):
            restore(Settings(data=data), saved, quiet, replace=replace)
    assert everything_in(data) == before


def test_a_folder_in_use_is_not_replaced(small: Path, saved: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(small, data)
    with Folder(data):
        before = everything_in(data)
        with pytest.raises(Unavailable, match="est déjà utilisé par un autre processus"):
            restore(Settings(data=data), saved, quiet, replace=True)
        assert everything_in(data) == before


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"maillage": "99.0.0"}, f"(Maillage 99.0.0, ici {VERSION})"),
        ({"migrations": ("m001_directory", "m998_later", "m999_last")}, "(étape m999_last, inconnue ici)"),
        ({"format": FORMAT + 1}, f"(format de dossier {FORMAT + 1}, ici {FORMAT})"),
        ({"engine": "99.1"}, "(ArcadeDB 99.1, ici "),
    ],
)
def test_a_backup_of_a_newer_version_is_refused(
    saved: Path, tmp_path: Path, values: dict[str, object], said: str
) -> None:
    newer = rewritten(saved, tmp_path, values)
    with pytest.raises(InvalidInput, match=re.escape(said)):
        restore(Settings(data=tmp_path / "data"), newer, quiet, replace=True)
    with pytest.raises(InvalidInput, match=re.escape(said)):
        read(newer, quiet)
    assert not (tmp_path / "data").exists()


def rewritten(saved: Path, folder: Path, values: dict[str, object]) -> Path:
    """The same backup with another manifest, sealed anew."""
    with tarfile.open(saved) as tar:
        tar.extract("graph.zip", folder, filter="data")
    with archive.opened(saved, ignore) as backup:
        manifest = backup.manifest.model_copy(update=values)
    archive.write(folder / "newer.tar", folder / "graph.zip", manifest, ignore)
    return folder / "newer.tar"


def test_a_damaged_or_missing_file_is_refused_in_words(small: Path, saved: Path, tmp_path: Path) -> None:
    damaged = bytearray(saved.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "b.tar").write_bytes(damaged)
    data = tmp_path / "data"
    shutil.copytree(small, data)
    before = everything_in(data)
    for file, said in (("b.tar", "son sceau ne correspond pas"), ("none.tar", "none.tar ne peut pas être lu")):
        code, heard = command("restore", tmp_path / file, "--data", data, "--replace")
        assert code == 1
        assert said in heard
        assert "Traceback" not in heard
    assert everything_in(data) == before


def test_what_was_replaced_is_kept_and_the_way_back_works(small: Path, saved: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(small, data)
    (data / "index").mkdir()
    (data / "index" / "current").write_text("old")
    before = parts_of(data)
    restored = restore(Settings(data=data), saved, quiet, replace=True)
    assert restored.kept is not None
    assert parts_of(restored.kept) == before
    assert not (data / "index").exists()
    assert sorted(path.name for path in (data / "engine").iterdir()) == ["databases"]
    with console.capture() as heard:
        tell_restored(restored, data)
    way_back = next(line for line in heard.get().splitlines() if line.startswith("  rm -rf "))
    subprocess.run(way_back, shell=True, check=True)
    # An index that is elsewhere holds the graph that leaves: it is built anew as well.
    assert parts_of(data) == before | {switching.RESTORED: b""}


def parts_of(data: Path) -> dict[str, bytes]:
    return {name: content for name, content in everything_in(data).items() if name.partition("/")[0] in switching.PARTS}


@pytest.mark.parametrize("step", range(6))
def test_a_switch_that_is_cut_is_ended_by_the_next_owner(
    small: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Cut before each of its moves: old index, old engine, and so on; nothing is lost, nothing is mixed."""
    data = tmp_path / "data"
    shutil.copytree(small, data)
    (data / "index").mkdir()
    (data / "index" / "current").write_text("old")
    before = parts_of(data)
    restore(Settings(data=tmp_path / "whole"), saved, quiet, replace=False)
    moves = 0
    rename = Path.rename

    def cut(self: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == step + 1:
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Path, "rename", cut)
        restore(Settings(data=data), saved, quiet, replace=True)
    assert (data / switching.NOTE).exists()
    with Folder(data):
        pass
    assert not (data / switching.NOTE).exists()
    assert not (data / switching.ASIDE).exists()
    assert parts_of(data) == parts_of(tmp_path / "whole")
    (kept,) = data.glob("before-restore-*")
    assert parts_of(kept) == before


def killed(sign: Path, *arguments: str | Path) -> bool:
    """Start a command, and kill -9 it as soon as this path shows what it does; False when it was faster than we."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        env={**os.environ, "MAILLAGE_HEAP": HEAP},
    )
    end = time.monotonic() + 240
    while not sign.exists():
        if process.poll() is not None:
            return False
        assert time.monotonic() < end
        time.sleep(0.001)
    process.send_signal(signal.SIGSTOP)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait(60)
    assert gone(children) == []
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "sign", ["engine/backups/maillage/maillage.zip", "backup.partial", "backup.partial/engine/log"]
)
def test_a_backup_killed_in_the_middle_leaves_nothing_that_counts(
    small: Path, held: Contents, tmp_path: Path, sign: str
) -> None:
    data, file = tmp_path / "data", tmp_path / "out" / "b.tar"
    shutil.copytree(small, data)
    file.parent.mkdir()
    assert killed(data / sign, "backup", file, "--data", data)
    assert list(file.parent.iterdir()) == []
    # What a kill leaves while the file is written.
    (file.parent / ".b.tar.part").write_bytes(b"half")
    with pytest.raises(InvalidInput, match="est abîmé, incomplet"):
        read(file.parent / ".b.tar.part", quiet)
    assert command("backup", file, "--data", data)[0] == 0
    assert read(file, quiet).counts == held.counts
    assert [path.name for path in file.parent.iterdir()] == ["b.tar"]
    assert not (data / "backup.partial").exists()
    assert list((data / "engine" / "backups" / "maillage").iterdir()) == []


def test_a_restore_killed_in_the_middle_leaves_nothing_that_counts(small: Path, saved: Path, tmp_path: Path) -> None:
    fresh, full = tmp_path / "fresh", tmp_path / "full"
    before = parts_of(small)
    for data in (fresh, full):
        for _ in range(10):
            shutil.rmtree(data, ignore_errors=True)
            if data == full:
                shutil.copytree(small, data)
            sign = data / switching.ASIDE / "engine"
            if killed(sign, "restore", saved, "--data", data, "--replace") and sign.exists():
                break
        else:
            pytest.fail("it was always killed too late")
    assert parts_of(full) == before
    assert not switching.holds_data(fresh)
    for data in (fresh, full):
        with Folder(data):
            pass
        restore(Settings(data=data), saved, quiet, replace=data == full)
        assert not (data / switching.ASIDE).exists()
    assert parts_of(fresh) == parts_of(full)
