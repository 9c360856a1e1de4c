"""Posts kept through GraphQL: each act, each refusal as a member of the union, and what is never executed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from api.graphql.context import Context
from api.graphql.execution import Asked, answer
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import VISITOR, Role, Viewer
from graph.model.directory import Contact, Holder, Post
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make, reading
from tests.api.test_graphql_directory import LIMITS
from tests.web.keepers import Places

RESULT = """{ __typename
  ... on PostsChange { entry posts { id label dutyDesk contact { phone } holders { name role onLeave } } }
  ... on PostConflict { message current { label } }
  ... on InvalidInput { field message } ... on NotFound { message } ... on NotAllowed { message } }"""
EDITOR = make.viewer()


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    anne = Holder(professional="t:anne", name="Anne", function="conseillère")
    told = make.batch(
        make.organisation(),
        make.professional("t:anne", name="Anne"),
        make.professional("t:bruno", name="Bruno"),
        make.post("t:hotel", label="Hôtel", holders=(anne,)),
        make.post("t:desk", label="Accueil", duty_desk=True, contact=Contact(phone="1")),
    )
    loader = Loader(empty_graph, "essai")
    await loader.load(await loader.plan_batch(told), lambda done: None)
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=reading.shared())


async def act(rooms: Rooms, name: str, key: str, viewer: Viewer = EDITOR, **values: Any) -> dict[str, Any]:
    """The answer of one mutation."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation ($input: {kind}!) {{ {name}(input: $input) {RESULT} }}"
    variables = {"input": {"organisation": "t:caf", "idempotencyKey": key} | values}
    context = Context(rooms=rooms, request_id="t", viewer=viewer, now=make.NOW)
    body = orjson.loads((await answer(context, Asked(query=query, variables=variables), LIMITS)).body)
    assert "errors" not in body, body
    return body["data"][name]


async def labels(rooms: Rooms) -> dict[str, Post]:
    async with rooms.graph.reading() as unit:
        return {post.label: post for post in (await unit.directory.posts_of(["t:caf"]))["t:caf"]}


async def test_a_post_is_set_handed_over_and_taken_back(rooms: Rooms) -> None:
    before = await labels(rooms)
    made = await act(rooms, "setPost", "k1", label="Loyers", competences=[make.RENT], holder="t:anne", phone="3919")
    (post,) = made["posts"]
    assert post["holders"] == [{"name": "Anne", "role": "HOLDER", "onLeave": False}]
    away = await act(
        rooms, "setAbsence", "k2", professional="t:anne", first="2026-03-10", last="2026-03-20", substitute="t:bruno"
    )
    assert [
        sorted((holder["name"], holder["role"], holder["onLeave"]) for holder in one["holders"])
        for one in away["posts"]
    ] == [[("Anne", "HOLDER", True), ("Bruno", "SUBSTITUTE", False)]] * 2
    left = await act(rooms, "leavePosts", "k3", professional="t:anne", lastDay="2026-03-12")
    assert len(left["posts"]) == 2
    for key, entry in (("k4", left["entry"]), ("k5", away["entry"])):
        undone = await act(rooms, "takeBackPosts", key, entry=entry)
        assert (undone["__typename"], undone["entry"]) == ("PostsChange", None)
    removed = await act(rooms, "removePost", "k6", post=post["id"])
    assert removed["posts"] == []
    assert await labels(rooms) == before


async def test_a_late_writer_is_told_how_the_post_stands(rooms: Rooms) -> None:
    await act(rooms, "setPost", "k1", post="t:hotel", label="Hôtels", expectedSeq=0)
    late = await act(rooms, "setPost", "k2", post="t:hotel", label="Nuits", expectedSeq=0)
    assert (late["__typename"], late["current"]) == ("PostConflict", {"label": "Hôtels"})
    assert sorted(await labels(rooms)) == ["Accueil", "Hôtels"]


@pytest.mark.parametrize(
    ("name", "values", "viewer", "refusal"),
    [
        ("setPost", {"label": ""}, EDITOR, "InvalidInput"),
        ("setPost", {"label": "x", "post": "t:none"}, EDITOR, "NotFound"),
        ("setPost", {"label": "x"}, VISITOR, "NotFound"),
        ("removePost", {"post": "t:hotel"}, make.viewer(Role.VISITOR), "NotFound"),
        ("leavePosts", {"professional": "t:bruno", "lastDay": "2026-03-12"}, EDITOR, "InvalidInput"),
        ("takeBackPosts", {"entry": "post:t:hotel#9"}, EDITOR, "InvalidInput"),
    ],
)
async def test_a_refusal_is_a_member_of_the_union_and_moves_nothing(
    rooms: Rooms, name: str, values: dict[str, Any], viewer: Viewer, refusal: str
) -> None:
    before = await labels(rooms)
    assert (await act(rooms, name, "k1", viewer, **values))["__typename"] == refusal
    assert await labels(rooms) == before
