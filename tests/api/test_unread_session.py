"""A session that the graph does not tell is no session that has ended: nobody is led to the door for it, and nothing is done."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from starlette.requests import Request

from api.auth.signed_in import ReadsWhoIsHere
from api.auth.viewer import UNREAD_SESSION, must_sign_in, viewer_of
from api.graphql.context import Context
from api.graphql.execution import Asked, Limits, answer
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import VISITOR
from graph.model.errors import NotSignedIn, Unavailable
from graph.store.connection import driver_of
from graph.store.engine import Address
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import reading
from tests.outside import free_port


async def test_who_cannot_be_told_reads_as_a_visitor_and_is_told_to_come_again(tmp_path: Path) -> None:
    away = Address(uri=f"bolt://127.0.0.1:{free_port()}", user="x", password="x", database="x")
    graph = Graph(driver_of(away), away.database)
    rooms = Rooms(Settings(data=tmp_path), graph, EmbeddedIndex(tmp_path), reading.shared())
    asked: list[Request] = []
    unheard: Any = None

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        asked.append(Request(scope))

    for headers in ([(b"cookie", b"maillage=" + b"t" * 43)], []):
        scope: dict[str, Any] = {
            "type": "http",
            "path": "/mes-fiches",
            "headers": headers,
            "app": SimpleNamespace(state=SimpleNamespace(rooms=rooms)),
        }
        await ReadsWhoIsHere(inner, rooms.settings)(scope, unheard, unheard)
    with_cookie, without = asked
    assert viewer_of(with_cookie) == viewer_of(without) == VISITOR
    with pytest.raises(Unavailable):
        must_sign_in(with_cookie)
    with pytest.raises(NotSignedIn):
        must_sign_in(without)
    limits = Limits(cost=1000, seconds=10, size=100_000, introspection=False)
    context = Context(rooms, "mark", unread=True)
    change = Asked(query="mutation { __typename }")
    told = orjson.loads((await answer(context, change, limits)).body)
    assert told["errors"][0]["message"] == UNREAD_SESSION
    question = Asked(query="{ __typename }")
    assert orjson.loads((await answer(context, question, limits)).body) == {"data": {"__typename": "Query"}}
    await graph.close()
