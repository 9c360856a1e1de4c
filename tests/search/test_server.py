"""The index on a server when things go wrong: tasks that fail, stall or are cancelled, a server that is silent, old or closed."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from graph.model.errors import Unavailable
from search import server, server_calls, server_documents
from search.backend import Index, NotBuilt, Wanted, Writer
from search.embedded import EmbeddedEngine
from search.engines import open_engine
from search.server import ServerEngine
from search.server_calls import KeyRefused, Refused
from tests import make
from tests.search.stand_in import KEY, StandIn
from tests.search.test_contract import ANYWHERE, build, keys, listing

FETCH = "/documents/fetch"


async def unavailable(engine: ServerEngine, words: str) -> None:
    """Every way in says so, in these words."""
    index = engine.index()
    assert not await index.answers()
    for asked in (engine.in_use(), engine.current(), index.follow(), index.held()):
        with pytest.raises(Unavailable, match=words):
            await asked
    await not_told_to_who_asks(index, words)


async def not_told_to_who_asks(index: Index, words: str) -> None:
    """Addresses and settings are for the journal."""
    with capture_logs() as logs, pytest.raises(Unavailable, match="La recherche ne répond pas") as refused:
        await index.candidates(ANYWHERE)
    assert not any(word in refused.value.message for word in ("http", "MAILLAGE", "clé", "version"))
    assert [line["event"] for line in logs] == ["search_unavailable"]
    assert re.search(words, logs[0]["fault"])


async def test_the_settings_choose_the_engine(tmp_path: Path, stand_in: StandIn) -> None:
    assert isinstance(open_engine(tmp_path), EmbeddedEngine)
    engine = open_engine(tmp_path, stand_in.url, KEY, "autre")
    assert isinstance(engine, ServerEngine)
    await (await build(engine, listing("t:un"))).close()
    assert set(stand_in.queue.indexes) == {"autre"}
    await engine.close()


async def test_a_question_is_one_request_once_its_facts_are_known(on_stand_in: ServerEngine, stand_in: StandIn) -> None:
    writer = await build(on_stand_in, *(listing(f"t:{number}") for number in range(500)))
    index = on_stand_in.index()
    await index.follow()
    before = stand_in.count("POST", FETCH)
    assert len(await make.listings(index, ANYWHERE)) == 500
    # The keys, then the facts in two parts.
    assert stand_in.count("POST", FETCH) == before + 3
    for _ in range(3):
        assert len(await make.listings(index, ANYWHERE)) == 500
    assert stand_in.count("POST", FETCH) == before + 6

    await writer.replace(["t:7"], [listing("t:7", "Autre nom")])
    await writer.commit()
    before = stand_in.count("POST", FETCH)
    names = {found.key: found.organisation.name for found in await make.listings(index, ANYWHERE)}
    assert names["organisation:t:7"] == "Autre nom"
    assert stand_in.count("POST", FETCH) == before + 2
    await writer.close()


async def test_an_idle_process_follows(on_stand_in: ServerEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "LOOK_EVERY_SECONDS", 0.02)
    index = on_stand_in.index()
    async with index.followed():
        writer = await build(on_stand_in, listing("t:un"))
        await until(lambda: _knows(index))
        before = index.generation
        await writer.replace(["t:un"], [])
        await writer.commit()
        await until(lambda: index.generation != before)
    await writer.close()


async def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def _knows(index: server.ServerIndex) -> bool:
    try:
        return index.places.get("25056") == make.besancon()
    except NotBuilt:
        return False


async def test_readers_keep_their_places_when_the_new_generation_has_the_same(on_stand_in: ServerEngine) -> None:
    index = on_stand_in.index()
    await (await build(on_stand_in)).close()
    await index.follow()
    places = index.places
    await (await build(on_stand_in, listing("t:un"))).close()
    await index.follow()
    assert index.places is places


async def test_a_listing_is_never_missing_between_its_old_form_and_its_new_one(
    on_stand_in: ServerEngine, stand_in: StandIn
) -> None:
    writer = await build(on_stand_in, listing("t:un"), listing("t:deux"))
    index = on_stand_in.index()
    stand_in.queue.seconds = 0.05
    writing = asyncio.create_task(_rewrite(writer))
    seen = []
    while not writing.done():
        seen.append(await keys(index))
    await writing
    both, one = ["organisation:t:deux", "organisation:t:un"], ["organisation:t:un"]
    assert [found for found in seen if found not in (both, one)] == []
    assert seen[0] == both
    assert await keys(index) == one
    await writer.close()


async def _rewrite(writer: Writer) -> None:
    await writer.replace(["t:un", "t:deux"], [listing("t:un", "Nouveau nom")])
    await writer.commit()


@pytest.mark.parametrize(
    ("type_", "code", "kind", "raised"),
    [
        ("documentAdditionOrUpdate", "no_space_left_on_device", "system", Unavailable),
        ("documentAdditionOrUpdate", "invalid_document_geo_field", "invalid_request", Refused),
        ("documentAdditionOrUpdate", "index_not_found", "invalid_request", Unavailable),
        ("documentDeletion", "internal", "internal", Unavailable),
    ],
)
async def test_a_write_whose_task_fails_is_raised_and_found_by_the_doctor(
    on_stand_in: ServerEngine, stand_in: StandIn, type_: str, code: str, kind: str, raised: type[Exception]
) -> None:
    writer = await build(on_stand_in, listing("t:un"))
    index = on_stand_in.index()
    stand_in.fail_next(type_, code, kind)
    await writer.replace(["t:un"], [listing("t:deux")])
    with pytest.raises(raised, match=code):
        await writer.commit()
    await writer.close()
    troubles = await on_stand_in.troubles()
    assert [trouble.text for trouble in troubles] == [f"la tâche {troubles[0].id} ({type_}) a échoué ({code})"]

    # Written again by another writer, all is well; the trouble is remembered until it is settled.
    again = await on_stand_in.current()
    assert again
    await again.replace(["t:un"], [])
    await again.replace(["t:deux"], [listing("t:deux")])
    await again.commit()
    assert await keys(index) == ["organisation:t:deux"]
    assert await on_stand_in.troubles() == troubles
    await on_stand_in.settle(troubles)
    assert await on_stand_in.troubles() == []
    await again.close()


async def test_a_switch_that_fails_leaves_the_index_as_it_was(on_stand_in: ServerEngine, stand_in: StandIn) -> None:
    await (await build(on_stand_in, listing("t:un"))).close()
    before = await on_stand_in.in_use()
    stand_in.fail_next("indexSwap", "internal", "internal")
    aside = await on_stand_in.aside()
    await aside.replace((), [listing("t:deux")])
    await aside.commit()
    with pytest.raises(Unavailable, match="indexSwap"):
        await aside.switch()
    await aside.discard()
    assert await on_stand_in.in_use() == before
    assert await keys(on_stand_in.index()) == ["organisation:t:un"]
    assert len(stand_in.queue.indexes) == 1
    assert len(await on_stand_in.troubles()) == 1


async def test_an_old_index_that_does_not_go_is_removed_by_the_next_rebuild(
    on_stand_in: ServerEngine, stand_in: StandIn, uid: str
) -> None:
    await (await build(on_stand_in, listing("t:un"))).close()
    stand_in.fail_next("indexDeletion", "internal", "internal")
    with capture_logs() as logs:
        await (await build(on_stand_in, listing("t:deux"))).close()
    assert [line["event"] for line in logs] == ["old_index_left"]
    assert len(stand_in.queue.indexes) == 2
    assert await keys(on_stand_in.index()) == ["organisation:t:deux"]

    # So is what an interrupted rebuild left, and nothing of others.
    await on_stand_in.aside()
    stand_in.queue.indexes |= dict.fromkeys(["autre", f"{uid}-autre"], stand_in.queue.indexes[uid])
    await (await build(on_stand_in, listing("t:trois"))).close()
    assert set(stand_in.queue.indexes) == {uid, "autre", f"{uid}-autre"}
    assert await keys(on_stand_in.index()) == ["organisation:t:trois"]


async def test_tasks_that_do_not_move_are_said_found_and_repaired(
    on_stand_in: ServerEngine, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = await build(on_stand_in, listing("t:un"))
    monkeypatch.setattr(server_calls, "TASK_SECONDS", 0.2)
    stand_in.queue.stalled = True
    await writer.replace(["t:un"], [])
    with pytest.raises(Unavailable, match=r"n’avance pas.*doctor --repair"):
        await writer.commit()
    await writer.close()
    assert await on_stand_in.troubles() == []
    monkeypatch.setattr(server_calls, "STUCK_SECONDS", 0.0)
    troubles = await on_stand_in.troubles()
    assert [trouble.text.split(") ")[1] for trouble in troubles] == ["n’avance pas", "n’avance pas"]

    await on_stand_in.settle(troubles)
    assert await on_stand_in.troubles() == []
    stand_in.queue.stalled = False
    assert await keys(on_stand_in.index()) == ["organisation:t:un"]


async def test_a_cancelled_task_is_not_taken_for_done(on_stand_in: ServerEngine, stand_in: StandIn) -> None:
    writer = await build(on_stand_in, listing("t:un"))
    stand_in.queue.stalled = True
    await writer.replace(["t:un"], [])
    committing = asyncio.create_task(writer.commit())
    await until(lambda: any(task["status"] == "enqueued" for task in stand_in.queue.tasks))
    stand_in.queue.cancel({task["uid"] for task in stand_in.queue.tasks}, by=-1)
    with pytest.raises(Unavailable, match="annulée"):
        await committing
    await writer.close()


async def test_a_server_that_is_gone_is_said_in_words_and_found_again(
    on_stand_in: ServerEngine, stand_in: StandIn
) -> None:
    writer = await build(on_stand_in, listing("t:un"))
    index = on_stand_in.index()
    await index.follow()
    generation = index.generation
    stand_in.vanish()
    await unavailable(on_stand_in, "ne répond pas")
    await not_told_to_who_asks(index, "ne répond pas")
    await writer.replace(["t:un"], [])
    with pytest.raises(Unavailable, match="ne répond pas"):
        await writer.commit()
    # What was seen last is still known.
    assert index.places.get("25056") == make.besancon()
    assert index.generation == generation

    stand_in.come_back()
    assert await index.answers()
    assert await keys(index) == ["organisation:t:un"]
    await writer.close()


async def test_a_server_that_hangs_is_given_up(
    on_stand_in: ServerEngine, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await build(on_stand_in, listing("t:un"))).close()
    index = on_stand_in.index()
    await index.follow()
    monkeypatch.setattr(server_calls, "ASK_SECONDS", 0.1)
    monkeypatch.setattr(server_calls.Server.fetch, "__defaults__", (0.1, server_calls.EVERYTHING))
    stand_in.slow = 3.0
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.005)

    working = asyncio.create_task(others())
    with pytest.raises(Unavailable, match="ne répond pas"):
        await index.candidates(ANYWHERE)
    working.cancel()
    # Nobody else had to wait.
    assert turns > 3


async def test_an_old_server_is_refused_in_words(on_stand_in: ServerEngine, stand_in: StandIn) -> None:
    stand_in.version = "1.11.3"
    await unavailable(on_stand_in, r"version 1\.11\.3 : il faut au moins la 1\.12")
    with pytest.raises(Unavailable, match="au moins la"):
        await on_stand_in.aside()
    assert stand_in.queue.tasks == []


async def test_a_refused_key_is_said_in_words(stand_in: StandIn) -> None:
    engine = ServerEngine(stand_in.url, "fausse", "essai")
    await unavailable(engine, "refuse la clé.*MAILLAGE_SEARCH_KEY")
    with pytest.raises(KeyRefused):
        await engine.aside()
    assert stand_in.queue.tasks == []
    await engine.close()


async def test_more_troubles_than_one_page_are_all_found(
    on_stand_in: ServerEngine, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await build(on_stand_in, listing("t:un"))).close()
    monkeypatch.setattr(server_calls, "MOST_AT_ONCE", 2)
    for _ in range(5):
        stand_in.fail_next("documentAdditionOrUpdate")
        writer = await on_stand_in.current()
        assert writer
        with pytest.raises(Unavailable):
            await writer.commit()
    troubles = await on_stand_in.troubles()
    assert len({trouble.id for trouble in troubles}) == 5
    await on_stand_in.settle(troubles)
    assert await on_stand_in.troubles() == []


async def test_an_address_is_named_without_its_secrets(stand_in: StandIn) -> None:
    engine = ServerEngine(f"http://nom:secret@127.0.0.1:{stand_in.port}", "fausse", "essai")
    with pytest.raises(KeyRefused, match=f"http://127.0.0.1:{stand_in.port} ") as refused:
        await engine.in_use()
    assert "secret" not in refused.value.message
    await engine.close()


async def test_an_index_that_is_not_ours_counts_as_none_and_a_rebuild_takes_its_place(
    on_stand_in: ServerEngine, stand_in: StandIn, uid: str
) -> None:
    stand_in.queue.put(uid, [{"id": "1", "title": "Un film"}], "id")
    assert await on_stand_in.in_use() == ""
    assert await on_stand_in.current() is None
    await (await build(on_stand_in, listing("t:un"))).close()
    assert await keys(on_stand_in.index()) == ["organisation:t:un"]


async def test_another_format_counts_as_none(on_stand_in: ServerEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    await (await build(on_stand_in, listing("t:un"))).close()
    index = on_stand_in.index()
    await index.follow()
    with monkeypatch.context() as patch:
        patch.setattr(server_documents, "INDEX_FORMAT", server_documents.INDEX_FORMAT + 1)
        assert await on_stand_in.in_use() == ""
        assert await on_stand_in.current() is None
        with pytest.raises(NotBuilt):
            await index.candidates(ANYWHERE)
    assert await keys(index) == ["organisation:t:un"]


@pytest.mark.parametrize("names", [["Deuxième nom"], []])
async def test_an_index_that_changes_under_a_question_is_asked_again(
    on_stand_in: ServerEngine, monkeypatch: pytest.MonkeyPatch, names: list[str]
) -> None:
    """Between the keys and the facts, the listing is replaced, or goes."""
    writer = await build(on_stand_in, listing("t:un"), listing("t:deux"))
    fetch = server_calls.Server.fetch
    changes = [[listing("t:un", name) for name in names]]

    async def changing(self: server_calls.Server, uid: str, filter_: str, *rest: object) -> object:
        if filter_.startswith("id IN") and changes:
            await writer.replace(["t:un"], changes.pop())
            await writer.commit()
        return await fetch(self, uid, filter_, *rest)  # type: ignore[arg-type]

    index = on_stand_in.index()
    await index.follow()
    before = index.generation
    with monkeypatch.context() as patch:
        patch.setattr(server_calls.Server, "fetch", changing)
        found = await make.listings(index, ANYWHERE)
    assert [one.organisation.name for one in found] == ["Organisme d’essai", *names]
    assert index.generation != before
    await writer.close()


async def test_the_words_of_all_names_are_read_again_only_when_there_are_new_ones(
    on_stand_in: ServerEngine, stand_in: StandIn
) -> None:
    writer = await build(on_stand_in, listing("t:1", "CAF du Doubs"))
    index = on_stand_in.index()
    named = Wanted(names=(("doubs",),))
    assert await keys(index, named) == ["organisation:t:1"]
    before = stand_in.count("POST", FETCH)
    await writer.replace(["t:2"], [listing("t:2", "Doubs CAF")])
    await writer.commit()
    writes = stand_in.count("POST", FETCH) - before
    await index.candidates(named)
    # Keys, then the facts of the new one.
    assert stand_in.count("POST", FETCH) == before + writes + 2
    await writer.close()
