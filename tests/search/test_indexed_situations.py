"""The table of situations asked of a real index, where ranking only has packed facts; those to be widened, over each engine."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from api.actions.find_relay import Ask, find_relay
from api.rooms import Rooms
from api.settings import Settings
from graph.model.relay import Found
from graph.store.unit import Graph
from search.backend import Engine
from search.embedded import EmbeddedEngine
from search.understand import Reader
from tests import reading
from tests.model.situation import Situation, situations, territories
from tests.model.test_situations import FILES, check

# A door tells no words already read, no certainties, and not yet who asks.
WIDENED = situations("widening")
AS_ASKED = [one for one in situations(*FILES) if not (one.words or one.certainties or one.asker)]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return reading.shared()


def named(situation: Situation) -> str:
    return situation.id


async def found(engine: Engine, reader: Reader, situation: Situation) -> Found:
    """The answer of an index that holds the situation's listings, and no graph: a question does not ask it."""
    writer = await engine.aside()
    await writer.keep_places(list(territories().values()))
    await writer.replace((), situation.listings())
    await writer.commit()
    await writer.switch()
    await writer.close()
    index, question = engine.index(), situation.question()
    ask = Ask(
        competences=question.competences,
        territory=question.territory.id if question.territory else "",
        radius_km=question.radius_km,
        publics=question.publics,
        modes=question.modes,
        at=question.at,
        urgent=question.urgent,
    )
    async with index.followed():
        rooms = Rooms(settings=Settings(), graph=cast(Graph, None), index=index, reader=reader)
        return await find_relay(rooms, ask)


@pytest.mark.parametrize("situation", WIDENED, ids=named)
async def test_the_answer_is_widened_as_little_as_it_must_and_says_so(
    engine_under_test: Engine, reader: Reader, situation: Situation
) -> None:
    answer = await found(engine_under_test, reader, situation)
    check(situation, list(answer.relays))
    assert (answer.widened.text if answer.widened else "") == situation.expected.widened


@pytest.mark.parametrize("situation", [one for one in AS_ASKED if not one.public_optional], ids=named)
async def test_packed_facts_give_the_same_answer(tmp_path: Path, reader: Reader, situation: Situation) -> None:
    answer = await found(EmbeddedEngine(tmp_path), reader, situation)
    check(situation, list(answer.relays))
