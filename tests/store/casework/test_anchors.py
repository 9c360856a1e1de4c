"""Heads of logs written down outside the graph: a log that was rewritten with a chain that holds is found all the same."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import anchoring
from api.anchoring import anchor, check_anchors
from api.settings import Settings
from graph.model.casework.writings import Noted, NoteKind
from graph.store.casework import anchors as module
from graph.store.casework.anchors import Anchors, read
from graph.store.casework.checking import check_files
from graph.store.casework.proving import Flaw, FlawKind
from graph.store.unit import Graph, Unit
from tests.store.casework.lives import ANNE, DESK, Life, lay, seat

KEY, OTHER = b"k" * 32, b"o" * 32
WIPE = "MATCH (n) WHERE n.file = $id OR n.id STARTS WITH $id DELETE n"


async def note(graph: Graph, file: str) -> int:
    async def write(unit: Unit) -> int:
        stood = await unit.files.load(file)
        noted = Noted(kind=NoteKind.NOTE, text="revu")
        return (await unit.files.append(stood, ANNE, datetime.now(UTC), noted)).seq

    return await graph.write(write)


async def flaws(graph: Graph, path: Path) -> list[Flaw]:
    found: list[Flaw] = []
    await check_anchors(graph, path, Anchors(path, KEY).by, found.append)
    return found


def heads(path: Path) -> list[tuple[str, int]]:
    return [(file, seq) for found in read(path) if found.line for file, seq, _ in found.line.heads]


async def test_only_what_changed_since_is_written_down(
    empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_HEADS", 2)
    log = Anchors(tmp_path / "deep" / "anchors.log", KEY)
    files = list(await lay(empty_graph, 5, ("o:cms",)))
    assert await anchor(empty_graph, log, 1) == 5
    assert await anchor(empty_graph, log, 2) == 0
    assert await note(empty_graph, files[3]) == 6
    assert await anchor(empty_graph, log, 3) == 1
    path = tmp_path / "deep" / "anchors.log"
    assert sorted(heads(path)) == sorted([(file, 5) for file in files] + [(files[3], 6)])
    assert [(found.signed, found.follows) for found in read(path)] == [(True, True)] * 4
    assert await flaws(empty_graph, path) == []
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_log_rewritten_with_a_chain_that_holds_is_found(empty_graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "anchors.log"
    await seat(empty_graph, "anne", DESK)
    (file,) = await lay(empty_graph, 1, ("o:cms",))
    await anchor(empty_graph, Anchors(path, KEY), 1)
    # By whoever has the graph and the keys: another story under the same id, whole and honest in itself.
    life = Life(datetime.now(UTC))
    life.id = file
    life.opened()
    life.sent("o:ccas")
    await empty_graph.write(lambda unit: unit.run(WIPE, id=file))
    await empty_graph.write(lambda unit: unit.files.append(None, life.by, life.at, *life.events, id_=file))
    within: list[Flaw] = []
    async with empty_graph.reading() as unit:
        keyring = unit.keyring
    await check_files(empty_graph, keyring, within.append, lambda done, total: None)
    assert within == []
    assert await flaws(empty_graph, path) == [Flaw(FlawKind.ANCHOR_DIFFERS, file, f"{file}:5")]


async def test_an_entry_that_was_signed_and_is_gone_is_found(empty_graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "anchors.log"
    (file,) = await lay(empty_graph, 1, ("o:cms",))
    await anchor(empty_graph, Anchors(path, KEY), 1)
    await empty_graph.write(lambda unit: unit.run(WIPE, id=file))
    assert await flaws(empty_graph, path) == [Flaw(FlawKind.ANCHOR_GONE, file, f"{file}:5")]


async def test_lines_that_were_changed_taken_out_or_forged_are_found(empty_graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "anchors.log"
    log = Anchors(path, KEY)
    for at in range(1, 5):
        log.append(at, at, [])
    lines = path.read_bytes().splitlines(keepends=True)

    path.write_bytes(lines[0] + lines[1].replace(b'"at":2', b'"at":9') + lines[2] + lines[3])
    assert await flaws(empty_graph, path) == [
        Flaw(FlawKind.ANCHOR_FORGED, "", "anchors.log:2"),
        Flaw(FlawKind.ANCHORS_CUT, "", "anchors.log:3"),
    ]
    path.write_bytes(lines[0] + lines[2] + lines[3])
    assert await flaws(empty_graph, path) == [Flaw(FlawKind.ANCHORS_CUT, "", "anchors.log:2")]
    path.write_bytes(b"".join(lines))
    Anchors(path, OTHER).append(5, 5, [])
    assert await flaws(empty_graph, path) == [Flaw(FlawKind.ANCHOR_FORGED, "", "anchors.log:5")]


async def test_a_line_that_was_cut_is_passed_over(empty_graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "anchors.log"
    log = Anchors(path, KEY)
    log.append(1, 1, [("a", 1, "x")])
    whole = path.read_bytes()
    for cut in (1, len(whole) // 2, len(whole) - 2):
        path.write_bytes(whole + whole[:cut])
        assert (last := log.last()) is not None
        assert last.at == 1
        log.append(2, 2, [])
        assert [(found.signed, found.follows) for found in read(path)] == [(True, True)] * 2, cut
        path.write_bytes(whole)


WRITES = """
import sys
from pathlib import Path
from graph.store.casework.anchors import Anchors
log = Anchors(Path(sys.argv[1]), b"k" * 32)
at = log.last().at if log.last() else 0
print("begun", flush=True)
while True:
    at += 1
    log.append(at, at, [("f" * 32, at, "a" * 64)] * 200)
"""


def test_a_writer_that_is_killed_leaves_a_log_that_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "anchors.log"
    for round_ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITES, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"begun\n"
            size, end = (path.stat().st_size if path.exists() else 0), time.monotonic() + 60
            while not path.exists() or path.stat().st_size < size + 50_000:
                assert time.monotonic() < end
                time.sleep(0.005)
            time.sleep(0.003 * round_)
            os.kill(writer.pid, signal.SIGKILL)
    found = list(read(path))
    assert all(one.signed and one.follows for one in found)
    at = [one.line.at for one in found if one.line]
    assert at == list(range(1, len(at) + 1))


async def test_the_worker_writes_them_down_once_an_hour(
    empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchoring, "LOOK_SECONDS", 0.01)
    settings, now, looked = Settings(data=tmp_path), [1_000_000.0], [0]
    path = settings.anchors_file
    assert path == tmp_path / "keyring" / "anchors.log"

    def clock() -> float:
        looked[0] += 1
        return now[0]

    async def lines(moment: float) -> int:
        """How many there are once the worker has looked at this moment."""
        now[0], seen, end = moment, looked[0], time.monotonic() + 60
        # It looks, does what it does, and only then looks again.
        while looked[0] < seen + 3:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)
        return len(list(read(path)))

    (file,) = await lay(empty_graph, 1, ("o:cms",))
    for _ in range(2):
        # The second is a worker that was started again.
        working = asyncio.create_task(anchoring.anchor_hourly(empty_graph, settings, clock))
        assert await lines(1_000_000) == 1
        working.cancel()
    working = asyncio.create_task(anchoring.anchor_hourly(empty_graph, settings, clock))
    await note(empty_graph, file)
    assert await lines(1_003_500) == 1
    assert await lines(1_003_600) == 2
    assert await lines(1_007_200) == 2
    working.cancel()
    assert heads(path) == [(file, 5), (file, 6)]


async def test_a_pass_that_was_cut_repeats_at_most_a_line(
    empty_graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_HEADS", 2)
    path = tmp_path / "anchors.log"
    await lay(empty_graph, 7, ("o:cms",))
    await anchor(empty_graph, Anchors(path, KEY), 1)
    lines = path.read_bytes().splitlines(keepends=True)
    for kept in range(len(lines)):
        path.write_bytes(b"".join(lines[:kept]) + lines[kept][:40])
        await anchor(empty_graph, Anchors(path, KEY), 2)
        written = Counter(heads(path))
        assert len(written) == 7
        assert written.total() <= 7 + 2
        assert await flaws(empty_graph, path) == []
