"""Every step of a handoff × every role × one's own house or another's × a real id or a guess: nothing leaks, nothing moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from api.actions.casework import handing, handoffs
from graph.model.access import Role
from graph.model.casework.deciding import Draft
from graph.model.casework.handoff import Kind, Step, Target
from graph.store.unit import Graph
from tests.api.casework.passing import PASSING
from tests.api.casework.world import GROUPS, OTHER, SENDER, TARGET, Asker, World, accord, world

READ = "query($id: ID!) { handoff(id: $id) { id kind state } inbox { edges { node { id file } } } }"
GUESSED = "0" * 32
# Who has nothing to do with it: another house, another role of either house, whoever watches over the site.
STRANGERS = [
    *((role, OTHER) for role in (Role.PROFESSIONAL, Role.HEAD_OF_SERVICE)),
    *((role, house) for house in (SENDER, TARGET) for role in (Role.LISTING_EDITOR, Role.ORGANISATION_ADMINISTRATOR)),
    *((role, "") for role in (Role.MODERATOR, Role.COORDINATOR, Role.AUDITOR, Role.PLATFORM_ADMINISTRATOR)),
]


@pytest.fixture
async def made(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[World]:
    async with world(empty_graph, tmp_path) as world_:
        yield world_


def given(says: Any, id_: str) -> dict[str, Any]:
    """What a step says about the handoff, or the file, of this id."""
    handed: dict[str, str] = defaultdict(lambda: id_)
    return says({"draftHandoff": {"id": id_}, "handed": handed})


async def answers(asker: Asker, id_: str, file: str) -> dict[str, Any]:
    """What each step answers about this handoff; drafting, about this file. All in one request, one after the other."""
    names = [name for name, _, _, _ in PASSING]
    typed = ", ".join(f"${name}: {name[0].upper()}{name[1:]}Input!" for name in names)
    fields = " ".join(f"{name}(input: ${name}) {{ __typename ... on Refusal {{ message code }} }}" for name in names)
    said = {
        name: given(says, file if name == "draftHandoff" else id_) | {"idempotencyKey": uuid4().hex}
        for name, says, _, _ in PASSING
    }
    return await asker.ask(f"mutation({typed}) {{ {fields} }}", **said)


async def stored(made: World) -> list[Any]:
    async with made.site.rooms.graph.reading() as unit:
        return await unit.run(
            "MATCH (n) WHERE n:Entry OR n:File OR n:Handoff OR n:NextAction RETURN n{.*} AS n ORDER BY n.id"
        )


async def test_who_has_nothing_to_do_with_it_is_told_what_a_guess_is_told(made: World) -> None:
    handoff = await made.sent()
    before = await stored(made)
    for role, organisation in STRANGERS:
        async with await made.site.signed_in(role, organisation) as client:
            asker = Asker(client)
            real, guess = await answers(asker, handoff, made.file.id), await answers(asker, GUESSED, GUESSED)
            assert real == guess, (role, organisation)
            assert {one["__typename"] for one in real.values()} == {"NotFound"}, (role, organisation)
            read = await asker.ask(READ, id=handoff)
            assert read == {"handoff": None, "inbox": {"edges": []}} == await asker.ask(READ, id=GUESSED)
    assert await stored(made) == before


async def test_a_visitor_is_told_what_a_guess_is_told(made: World) -> None:
    handoff = await made.sent()
    before = await stored(made)
    async with made.site.client() as client:
        asker = Asker(client)
        real = await answers(asker, handoff, made.file.id)
        assert real == await answers(asker, GUESSED, GUESSED)
        assert {one["__typename"] for one in real.values()} == {"NotFound"}
        assert (await asker.ask(READ, id=handoff)) == {"handoff": None, "inbox": {"edges": []}}
    assert await stored(made) == before


async def test_an_addressee_knows_of_hers_alone(made: World) -> None:
    """The same file has a request to each of two houses: neither learns of the other's."""
    mine = await made.sent()
    rooms, viewer = made.site.rooms, await made.viewer(SENDER)
    await handoffs.give_consent(rooms, viewer, made.file.id, accord(made.file, OTHER), key="accord-other")
    draft = Draft(id="", kind=Kind.REFER, target=Target(organisation=OTHER), needs=(made.need,), groups=GROUPS)
    other = (await handing.prepare(rooms, viewer, made.file.id, draft, key="other")).id
    await handing.step(rooms, viewer, other, Step.SUBMIT, key="other-submit")
    before = await stored(made)
    async with made.as_(TARGET) as target:
        steps = [(name, says) for name, says, _, _ in PASSING if name not in {"draftHandoff", "settleHandoff"}]
        for name, says in steps:
            real, guess = [await target.act(name, **given(says, id_)) for id_ in (other, GUESSED)]
            assert real == guess, name
            assert real["__typename"] == "NotFound", name
        assert (await target.ask(READ, id=other))["handoff"] is None
        assert (await target.ask(READ, id=mine))["handoff"]["id"] == mine
        # The file is known to her by her request alone: nothing is drafted in it.
        drafted = await target.act("draftHandoff", **given(dict(_by_name())["draftHandoff"], made.file.id))
        assert drafted["__typename"] == "NotAllowed"
    assert await stored(made) == before


async def test_each_side_takes_its_own_steps_and_none_of_the_others(made: World) -> None:
    handoff = await made.sent()
    before = await stored(made)
    of_target = {
        "openHandoff",
        "askHandoff",
        "waitlistHandoff",
        "acceptHandoff",
        "declineHandoff",
        "fileForDecisionHandoff",
    }
    of_sender = {"recallHandoff", "withdrawHandoff", "reportHandoff", "remindHandoff", "escalateHandoff", "voidHandoff"}
    for organisation, others in ((SENDER, of_target), (TARGET, of_sender)):
        async with made.as_(organisation) as asker:
            for name in sorted(others):
                told = await asker.act(name, **given(dict(_by_name())[name], handoff))
                assert told["__typename"] == "StepNotAllowed", (organisation, name, told)
    assert await stored(made) == before


def _by_name() -> list[tuple[str, Any]]:
    return [(name, says) for name, says, _, _ in PASSING]
