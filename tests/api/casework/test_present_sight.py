"""What an answer shows is what the viewer may see now: under a key that served, of a message, of a redirect, of a named account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from api.actions.casework import handoffs
from graph.model.access import Role
from graph.model.casework.file import File
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import Step
from graph.model.casework.said import Said
from graph.model.errors import NotFound
from graph.store.unit import Graph
from tests.api.casework.world import NAME, OTHER, SENDER, TARGET, WORDS, Asker, World, accord, world

ADD = """mutation($i: AddNeedInput!) { addNeed(input: $i) { __typename ... on NotFound { code }
  ... on File { id seq members { identity { name } } needs { id } } } }"""
SEEN = """query($id: ID!) { handoff(id: $id) { message told
  steps { edges { node { seq step reason text } } } } }"""
RENT = "logement-hebergement--reduire-les-impayes-de-loyer"


@pytest.fixture
async def made(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[World]:
    async with world(empty_graph, tmp_path) as world_:
        yield world_


async def stored(made: World) -> File:
    async with made.site.rooms.graph.reading() as unit:
        file = await unit.files.load(made.file.id)
    assert file is not None
    return file


async def reads(made: World, account: str) -> list[frozenset[str]]:
    async with made.site.rooms.graph.reading() as unit:
        return [frozenset(one.groups) for one in await unit.file_reads.of(made.file.id, 50) if one.account == account]


async def given_away(made: World) -> str:
    """The file goes to TARGET; the relay by which it went."""
    handoff = await made.sent(kind="TRANSFER", needs=[])
    async with made.as_(TARGET) as target:
        for name in ("acceptHandoff", "contactHandoff"):
            assert (await target.act(name, handoff=handoff))["__typename"] == "Handoff"
    return handoff


async def added(asker: Asker, file: str, key: str) -> dict[str, object]:
    asked = {"file": file, "need": {"competence": RENT}, "idempotencyKey": key}
    return (await asker.ask(ADD, i=asked))["addNeed"]


async def test_a_key_that_served_opens_nothing_to_who_has_lost_the_file(made: World) -> None:
    async with made.as_(SENDER) as sender:
        first = await added(sender, made.file.id, "k")
        assert first["members"] == [{"identity": {"name": NAME}}]
        again = await added(sender, made.file.id, "k")
        assert again == first
        handoff = await given_away(made)
        # She still knows of her relay, which she may undo: of the file she reads nothing.
        left = await added(sender, made.file.id, "k")
        assert (left["__typename"], left["members"], left["needs"]) == ("File", None, None)
        async with made.as_(TARGET) as target:
            await target.act("completeHandoff", handoff=handoff, outcome="MET", text="Suivi.")
        before = await stored(made)
        lost = await added(sender, made.file.id, "k")
        assert lost == {"__typename": "NotFound", "code": "NOT_FOUND"}
        assert await stored(made) == before


async def test_a_key_that_served_shows_the_file_as_it_stands_and_is_written_down(made: World) -> None:
    async with made.as_(SENDER) as sender:
        first = await added(sender, made.file.id, "k")
        await added(sender, made.file.id, "other")
        again = await added(sender, made.file.id, "k")
        assert (again["seq"], len(again["needs"])) == (first["seq"] + 1, 3)  # type: ignore[operator, arg-type]
    account = (await made.viewer(SENDER)).account
    assert frozenset(ShareGroup) in await reads(made, account)


async def test_the_author_undoes_her_relay_after_it_has_left_her(made: World) -> None:
    handoff = await made.sent(kind="TRANSFER", needs=[])
    async with made.as_(TARGET) as target:
        for name in ("acceptHandoff", "contactHandoff"):
            await target.act(name, handoff=handoff)
    async with made.as_(SENDER) as sender:
        refused = await sender.act("recallHandoff", handoff=handoff)
        assert refused["__typename"] == "NotAllowed"
        voided = await sender.act("voidHandoff", handoff=handoff, text="Mauvais dossier.")
        assert (voided["__typename"], voided["state"]) == ("Handoff", "VOIDED")
    lead = (await stored(made)).lead
    assert lead is not None
    assert lead.organisation == SENDER


async def test_a_step_asked_again_shows_nothing_of_what_is_hidden_by_now(made: World) -> None:
    """The house that gave it away: its step is known, and is told no more than any other it has lost."""
    handoff = await made.sent(kind="TRANSFER", needs=[])
    sender, target = await made.viewer(SENDER), await made.viewer(TARGET)
    rooms = made.site.rooms
    said = Said(reported=Step.ACCEPT)
    await handoffs.step(rooms, sender, handoff, Step.REPORT, said, key="k")
    await handoffs.step(rooms, target, handoff, Step.CONTACT, key="met")
    await handoffs.step(rooms, target, handoff, Step.COMPLETE, Said(outcome="met", text="suivi"), key="over")
    before = await stored(made)
    with pytest.raises(NotFound):
        await handoffs.step(rooms, sender, handoff, Step.REPORT, said, key="k")
    assert await stored(made) == before


async def test_the_words_of_the_sender_are_told_with_the_situation_alone(made: World) -> None:
    bare = await made.sent()
    whole = frozenset({ShareGroup.NEED, ShareGroup.SITUATION})
    viewer = await made.viewer(SENDER)
    await handoffs.give_consent(made.site.rooms, viewer, made.file.id, accord(made.file, groups=whole), key="s")
    full = await made.sent(groups=["NEED", "SITUATION"])
    async with made.as_(TARGET) as target:
        told = [(await target.ask(SEEN, id=id_))["handoff"] for id_ in (bare, full)]
    assert [one["message"] for one in told] == [None, WORDS]
    async with made.as_(SENDER) as sender:
        assert (await sender.ask(SEEN, id=bare))["handoff"]["message"] == WORDS


async def test_why_another_passed_it_on_is_not_told_to_whom_it_came(made: World) -> None:
    viewer = await made.viewer(SENDER)
    await handoffs.give_consent(made.site.rooms, viewer, made.file.id, accord(made.file, OTHER), key="o")
    handoff = await made.sent()
    async with made.as_(TARGET) as target:
        given = {"reason": "OTHER", "text": "Elle nous doit de l’argent.", "to": {"organisation": OTHER}}
        done = await target.act("redirectHandoff", handoff=handoff, **given)
        assert done["state"] == "REDIRECTED"
    child = next(one.id for one in (await stored(made)).handoffs.values() if one.parent)
    async with made.as_(OTHER) as other:
        seen = (await other.ask(SEEN, id=child))["handoff"]["steps"]["edges"]
        assert [(edge["node"]["step"], edge["node"]["reason"], edge["node"]["text"]) for edge in seen] == [
            ("REDIRECT", None, None)
        ]
    async with made.as_(SENDER) as sender:
        seen = (await sender.ask(SEEN, id=child))["handoff"]["steps"]["edges"]
        assert [(edge["node"]["reason"], edge["node"]["text"]) for edge in seen] == [("OTHER", given["text"])]


async def test_whoever_is_named_to_do_it_works_where_it_is_accepted(made: World) -> None:
    handoff = await made.sent()
    theirs = (await made.viewer(TARGET, Role.HEAD_OF_SERVICE)).account
    async with made.as_(TARGET) as target:
        before = await stored(made)
        for stranger in ((await made.viewer(OTHER)).account, uuid4().hex):
            refused = await target.act("acceptHandoff", handoff=handoff, professional=stranger)
            assert (refused["__typename"], refused["field"]) == ("InvalidInput", "professional")
        assert await stored(made) == before
        assert (await target.act("acceptHandoff", handoff=handoff, professional=theirs))["state"] == "ACCEPTED"
    assert (await stored(made)).handoffs[handoff].target.professional == theirs
