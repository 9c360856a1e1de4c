"""The engine's classes linked beforehand: used where they are there, done without where they are not what they should be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from graph.store import engine as engines
from graph.store.classes import learn
from graph.store.engine import Engine, archive
from graph.store.pulse import answers


@pytest.fixture(scope="module")
def learnt() -> Path:
    """The archive of this Java, made when no start before has."""
    return asyncio.run(learn())


def mapped(engine: Engine) -> set[str]:
    """The files that the running engine reads as memory."""
    assert engine.process is not None
    return {part.path for part in psutil.Process(engine.process.pid).memory_maps()}


def test_an_engine_reads_the_archive_that_another_wrote(learnt: Path, tmp_path: Path) -> None:
    assert learnt == archive()
    engine = Engine(tmp_path, heap="256m")
    try:
        engine.start()
        assert str(learnt) in mapped(engine)
        assert answers(engine.port)
    finally:
        engine.stop()
    # Made once: another call leaves it as it is.
    before = learnt.stat()
    assert asyncio.run(learn()) == learnt
    assert learnt.stat() == before
    assert list(learnt.parent.glob("engine-*")) == [learnt]


@pytest.mark.parametrize("spoil", [lambda whole: whole[: len(whole) // 2], lambda whole: b"no archive" * 1000, None])
def test_an_engine_starts_without_one_that_is_cut_or_strange_or_missing(
    learnt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[bytes], bytes] | None
) -> None:
    other = tmp_path / "other.aot"
    if spoil:
        other.write_bytes(spoil(learnt.read_bytes()))
    monkeypatch.setattr(engines, "archive", lambda: other)
    engine = Engine(tmp_path, heap="256m")
    try:
        engine.start()
        assert answers(engine.port)
        assert mapped(engine).isdisjoint({str(other), str(learnt)})
    finally:
        engine.stop()
