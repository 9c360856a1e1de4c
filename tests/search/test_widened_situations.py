"""The situations in which the question must be widened, over each engine: what it finds, and what it says of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest

from api.actions.find_relay import Ask, find_relay
from api.rooms import Rooms
from api.settings import Settings
from graph.store.unit import Graph
from search.backend import Engine
from search.understand import Reader
from tests.model.situation import Situation, situations, territories
from tests.model.test_situations import check


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(params=situations("widening"), ids=lambda situation: situation.id)
def situation(request: pytest.FixtureRequest) -> Situation:
    return request.param


@pytest.fixture
async def rooms(engine_under_test: Engine, reader: Reader, situation: Situation) -> AsyncIterator[Rooms]:
    """The situation's listings in the index, and no graph: a question does not ask it."""
    writer = await engine_under_test.aside()
    await writer.keep_places(list(territories().values()))
    await writer.replace((), situation.listings())
    await writer.commit()
    await writer.switch()
    await writer.close()
    index = engine_under_test.index()
    async with index.followed():
        yield Rooms(settings=Settings(), graph=cast(Graph, None), index=index, reader=reader)


async def test_the_answer_is_widened_as_little_as_it_must_and_says_so(rooms: Rooms, situation: Situation) -> None:
    question = situation.question()
    found = await find_relay(
        rooms,
        Ask(
            competences=question.competences,
            territory=question.territory.id if question.territory else "",
            publics=question.publics,
            modes=question.modes,
            at=question.at,
        ),
    )
    check(situation, list(found.relays))
    assert (found.widened.text if found.widened else "") == situation.expected.widened
