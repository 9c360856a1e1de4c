"""The embedded index: one writer, one format, and readers that keep what did not change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tantivy import DocAddress, Searcher
from tantivy import Index as Store

from graph.model.errors import Unavailable
from graph.model.facts import facts_of, mark
from graph.model.territory import Territory
from search import embedded, remembered
from search.backend import POINTER, Wanted
from search.document import INDEX_FORMAT
from search.embedded import EmbeddedIndex
from search.embedded_writer import EmbeddedWriter
from search.generations import META, PLACES, is_built
from search.hits import fitting
from search.packing import COLUMNS
from search.remembered import Remembered
from tests import make

HOLD = """
import asyncio, pathlib, sys
from search.embedded_writer import EmbeddedWriter
writer = EmbeddedWriter.current(pathlib.Path(sys.argv[1]))
print("held" if writer else "nothing", flush=True)
sys.stdin.read()
"""
IN_DOUBS = Wanted(zones=("departement:25",), competences=(make.RENT,))


async def build(folder: Path, territories: list[Territory] | None = None, *keys: str) -> str:
    """A generation in use with these listings; its name."""
    writer = EmbeddedWriter.aside(folder)
    await writer.keep_places(make.territories() if territories is None else territories)
    await writer.replace((), [make.listing(key) for key in keys])
    await writer.commit()
    await writer.switch()
    await writer.close()
    return writer.name


def folders(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if path.is_dir()]


async def test_a_second_worker_is_refused_in_words_and_removes_nothing(tmp_path: Path) -> None:
    name = await build(tmp_path, None, "organisation:t:caf")
    with subprocess.Popen(  # noqa: ASYNC220 - another process, for a moment
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(Unavailable, match="déjà tenu par un autre worker"):
            EmbeddedWriter.current(tmp_path)
        assert (tmp_path / name / META).exists()
        other.communicate()
    writer = EmbeddedWriter.current(tmp_path)
    assert writer
    await writer.close()


async def test_a_lost_generation_is_not_made_anew(tmp_path: Path) -> None:
    assert EmbeddedWriter.current(tmp_path / "nowhere") is None
    name = await build(tmp_path)
    shutil.rmtree(tmp_path / name)
    assert EmbeddedWriter.current(tmp_path) is None
    assert not (tmp_path / name).exists()
    assert not is_built(tmp_path)


@pytest.mark.parametrize("prefix", ["g-", f"g{INDEX_FORMAT + 1}-"])
async def test_another_format_is_as_good_as_no_index_and_a_rebuild_removes_it(tmp_path: Path, prefix: str) -> None:
    name = await build(tmp_path)
    assert name.startswith(f"g{INDEX_FORMAT}-")
    other = prefix + name.partition("-")[2]
    (tmp_path / name).rename(tmp_path / other)
    (tmp_path / POINTER).write_text(other)
    assert not is_built(tmp_path)
    assert EmbeddedWriter.current(tmp_path) is None
    assert not await EmbeddedIndex(tmp_path).answers()

    fresh = await build(tmp_path)
    assert is_built(tmp_path)
    assert folders(tmp_path) == [fresh]


async def test_what_was_not_committed_is_lost_and_the_lock_given_back(tmp_path: Path) -> None:
    await build(tmp_path, None, "organisation:t:caf")
    writer = EmbeddedWriter.current(tmp_path)
    assert writer
    assert await writer.holds_listings()
    await writer.replace(["t:caf"], [])
    await writer.close()

    again = EmbeddedWriter.current(tmp_path)
    assert again
    await again.commit()
    await again.close()
    assert [listing.key for listing in await make.listings(EmbeddedIndex(tmp_path), IN_DOUBS)] == ["organisation:t:caf"]


async def test_what_is_remembered_is_bounded_and_forgotten_without_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "FACTS_KEPT", 3)
    monkeypatch.setattr(remembered, "FIRST_ROWS", 1)
    here = [make.listing(f"organisation:t:{n}", organisation=make.organisation(f"t:{n}", hours=f"Mo 0{n}:00-12:00"))
            for n in range(4)]  # fmt: skip
    elsewhere = replace(here[0], key="organisation:t:loin", covers=("25462",))
    writer = EmbeddedWriter.aside(tmp_path)
    await writer.keep_places(make.territories())
    await writer.replace((), [*here, elsewhere])
    await writer.commit()
    await writer.switch()
    await writer.close()
    index = EmbeddedIndex(tmp_path)
    before = await index.candidates(Wanted(zones=("25462",), competences=(make.RENT,)))
    for _ in range(2):
        # Five in all, of which three are kept: some are read anew.
        found = await index.candidates(IN_DOUBS)
        listings = await index.listings(found, range(len(found)))
        assert sorted(listing.key for listing in listings) == [listing.key for listing in here]
        assert found.facts.tolist() == facts_of(listings).tolist()
        assert [found.hours[hours] for hours in found.facts["hours"].tolist()] == [
            listing.organisation.hours for listing in listings
        ]
        assert len(await index.candidates(Wanted(zones=("25462",), competences=(make.RENT,)))) == 1
    # An answer keeps what it was given.
    assert await index.listings(before, [0]) == [elsewhere]
    assert before.hours[int(before.facts["hours"][0])] == elsewhere.organisation.hours


async def test_an_empty_index_answers(tmp_path: Path) -> None:
    await build(tmp_path)
    index = EmbeddedIndex(tmp_path)
    assert await index.answers()
    assert await index.held() == {}
    writer = EmbeddedWriter.current(tmp_path)
    assert writer
    assert not await writer.holds_listings()
    await writer.close()


async def test_a_discarded_generation_leaves_nothing(tmp_path: Path) -> None:
    writer = EmbeddedWriter.aside(tmp_path)
    await writer.discard()
    assert folders(tmp_path) == []


async def test_a_fault_of_the_disk_is_told_as_one(tmp_path: Path) -> None:
    writer = EmbeddedWriter.aside(tmp_path)
    await writer.replace((), [make.listing()])
    shutil.rmtree(tmp_path / writer.name)
    with pytest.raises(OSError, match="could not be written"):
        await writer.commit()
    await writer.discard()


async def test_readers_keep_their_places_when_the_new_generation_has_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "LOOK_EVERY_SECONDS", 0.0)
    await build(tmp_path)
    index = EmbeddedIndex(tmp_path)
    before, places = index.generation, index.places
    await build(tmp_path)
    assert index.generation != before
    assert index.places is places

    await build(tmp_path, make.territories()[:-1])
    assert index.places is not places


async def test_two_commits_of_one_moment_are_two_generations(tmp_path: Path) -> None:
    """A file's moment is that of the clock's last tick, which comes late on a machine that has much to do."""
    writer = EmbeddedWriter.aside(tmp_path)
    await writer.keep_places(make.territories()[:1])
    await writer.commit()
    await writer.switch()
    index, folder = EmbeddedIndex(tmp_path), tmp_path / writer.name
    await index.follow()
    before = index.generation
    moments = {name: (folder / name).stat().st_mtime_ns for name in (META, PLACES)}

    await writer.keep_places(make.territories())
    await writer.replace((), [make.listing("t:caf")])
    await writer.commit()
    for name, moment in moments.items():
        os.utime(folder / name, ns=(moment, moment))
    await index.follow()
    assert index.generation != before
    assert len(index.places) == len(make.territories()) > 1
    assert [found.key for found in await make.listings(index, IN_DOUBS)] == ["t:caf"]
    await writer.close()


class _Counting:
    """A searcher that counts the numbers of facts that are read through it."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher, self.read = searcher, 0

    def fast_field_values(self, name: str, addresses: list[DocAddress]) -> list[Any]:
        self.read += len(addresses) * (name in COLUMNS)
        return self._searcher.fast_field_values(name, addresses)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._searcher, name)


@pytest.mark.parametrize(("kept", "read"), [(2, 0), (1, 2 * len(COLUMNS))])
async def test_facts_are_read_ahead_where_there_is_room_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int, read: int
) -> None:
    monkeypatch.setattr(remembered, "FACTS_KEPT", kept)
    keys = "organisation:t:a", "organisation:t:b"
    name = await build(tmp_path, None, *keys)
    searcher: Any = _Counting(Store.open(str(tmp_path / name)).searcher())
    memory = Remembered()
    memory.read_ahead(searcher)
    searcher.read = 0
    found = memory.candidates(searcher, fitting(searcher, IN_DOUBS), IN_DOUBS)
    assert sorted(found.facts["key"].tolist()) == sorted(map(mark, keys))
    assert searcher.read == read
