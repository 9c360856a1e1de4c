"""What server_calls.py relies on of Meilisearch, asked of the stand-in and, where MEILI_URL is set, of a real server alike.

Where the two disagree, the stand-in is wrong.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from graph.model.errors import Unavailable
from search.backend import NotBuilt
from search.server_calls import FilterRefused, KeyRefused, Refused, Server
from search.server_documents import one_of, quoted
from search.server_words import settings


@asynccontextmanager
async def index(server: Server, *documents: dict[str, Any]) -> AsyncIterator[str]:
    """An index with our settings and these documents, for a while."""
    uid = f"essai-{uuid4().hex[:12]}"
    await server.done(await server.settle_index(uid, settings()), await server.put(uid, documents))
    try:
        yield uid
    finally:
        await server.done(await server.drop_index(uid))


async def ids(server: Server, uid: str, filter_: str) -> list[str]:
    return sorted(row["id"] for row in await server.fetch(uid, filter_, ("id",)))


async def test_documents_are_updated_field_by_field(server_under_test: Server) -> None:
    async with index(server_under_test, {"id": "a", "kind": "x", "text": "un"}) as uid:
        await server_under_test.done(
            await server_under_test.put(uid, [{"id": "a", "kind": "y"}, {"id": "b", "kind": "y"}])
        )
        rows = await server_under_test.fetch(uid, "kind = y", ("id", "text", "absent"))
        assert sorted(rows, key=lambda row: row["id"]) == [{"id": "a", "text": "un"}, {"id": "b"}]
        assert len(await server_under_test.fetch(uid, "kind = y", ("id",), most=1)) == 1


@pytest.mark.parametrize(
    "value", ["plain", "with space", 'a"b', "a\\b", "l'été", "x] OR y", "25056", "2A004", "🏠", "AND"]
)
async def test_a_quoted_value_is_found_as_it_is(server_under_test: Server, value: str) -> None:
    documents: list[dict[str, Any]] = [
        {"id": "a", "covers": [value, "z"]},
        {"id": "b", "covers": ["other"]},
        {"id": "c"},
    ]
    async with index(server_under_test, *documents) as uid:
        assert await ids(server_under_test, uid, one_of("covers", [value])) == ["a"]
        assert await ids(server_under_test, uid, one_of("covers", [value, "other", "none"])) == ["a", "b"]
        assert await ids(server_under_test, uid, f"covers != {quoted(value)}") == ["b", "c"]
        assert await ids(server_under_test, uid, f"({one_of('covers', [value])}) OR id = b") == ["a", "b"]
        assert await ids(server_under_test, uid, f"({one_of('covers', [value])}) AND (id = b)") == []
        assert await ids(server_under_test, uid, f"covers IN [{quoted(value.upper())}]") == ["a"]
        assert await ids(server_under_test, uid, "covers IN []") == []


async def test_documents_leave_by_id_and_by_filter(server_under_test: Server) -> None:
    documents = [{"id": id_, "kind": kind} for id_, kind in (("a", "x"), ("b", "x"), ("c", "y"), ("d", "y"))]
    async with index(server_under_test, *documents) as uid:
        await server_under_test.done(await server_under_test.remove(uid, ["a", "absent"]))
        assert await ids(server_under_test, uid, "kind IN [x, y]") == ["b", "c", "d"]
        await server_under_test.done(await server_under_test.remove_where(uid, 'kind = y AND id != "d"'))
        assert await ids(server_under_test, uid, "kind IN [x, y]") == ["b", "d"]


async def test_indexes_change_names_and_both_keep_what_they_hold(server_under_test: Server) -> None:
    async with index(server_under_test, {"id": "a", "kind": "x"}) as one, index(server_under_test) as other:
        await server_under_test.done(await server_under_test.swap(one, other))
        assert await ids(server_under_test, other, "kind = x") == ["a"]
        assert await ids(server_under_test, one, "kind = x") == []
        assert {one, other} <= set(await server_under_test.index_names())


async def test_settings_make_an_index(server_under_test: Server) -> None:
    async with index(server_under_test) as uid:
        assert await server_under_test.fetch(uid, "id = state", ("id",)) == []


async def test_what_is_not_there_is_said(server_under_test: Server) -> None:
    absent = f"essai-{uuid4().hex[:12]}"
    with pytest.raises(NotBuilt):
        await server_under_test.fetch(absent, "id = a", ("id",))
    for task in (
        await server_under_test.drop_index(absent),
        await server_under_test.remove(absent, ["a"]),
        await server_under_test.swap(absent, f"{absent}-2"),
    ):
        with pytest.raises(Unavailable, match="index_not_found"):
            await server_under_test.done(task)
    troubles = await server_under_test.troubles(absent)
    assert len(troubles) == 3
    await server_under_test.forget(trouble.id for trouble in troubles)
    assert await server_under_test.troubles(absent) == []
    assert absent not in await server_under_test.index_names()


async def test_a_document_that_cannot_be_is_refused_with_all_that_came_with_it(server_under_test: Server) -> None:
    async with index(server_under_test, {"id": "a", "kind": "x"}) as uid:
        for bad in ({"id": "pas une clé"}, {"kind": "x"}):
            with pytest.raises(Refused, match="document_id"):
                await server_under_test.done(await server_under_test.put(uid, [{"id": "b", "kind": "x"}, bad]))
        assert await ids(server_under_test, uid, "kind = x") == ["a"]
        await server_under_test.forget(trouble.id for trouble in await server_under_test.troubles(uid))


async def test_an_attribute_that_is_not_filterable_is_refused(server_under_test: Server) -> None:
    async with index(server_under_test) as uid:
        with pytest.raises(FilterRefused):
            await server_under_test.fetch(uid, "facts = x", ("id",))


async def test_another_key_is_refused_in_words(server_under_test: Server) -> None:
    for key in ("", "une-autre-cle"):
        stranger = Server(server_under_test._url, key)
        with pytest.raises(KeyRefused, match="MAILLAGE_SEARCH_KEY"):
            await stranger.fetch("essai", "id = a", ("id",))
        await stranger.close()
