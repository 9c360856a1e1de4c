"""The table of situations (situations/*.toml): the order, the reason, who to call, as a social worker would have them."""

from __future__ import annotations

import pytest

from graph.model.ranking import rank
from graph.model.relay import ReasonKind, Relay
from search.hours import HOURS
from tests.model.situation import Situation, situations

FILES = ("competence", "agreements", "names", "publics", "openings", "capacity", "where", "calling")


def check(situation: Situation, relays: list[Relay]) -> None:
    expected = situation.expected
    assert tuple(relay.listing.key for relay in relays) == expected.order
    if relays:
        assert relays[0].reasons[0].text == expected.reason
    said = {relay.listing.key: [reason.text for reason in relay.reasons] for relay in relays}
    for key, sentences in expected.says.items():
        assert [one for one in sentences if one not in said[key]] == [], said[key]
    for key, sentences in expected.never.items():
        assert [one for one in sentences if one in said[key]] == []


def answer(situation: Situation) -> list[Relay]:
    return rank(situation.question(), situation.listings(), HOURS)


@pytest.mark.parametrize("situation", situations(*FILES), ids=lambda situation: situation.id)
def test_the_answer_is_the_one_that_is_right(situation: Situation) -> None:
    relays = answer(situation)
    check(situation, relays)
    if situation.expected.call:
        post = relays[0].post
        assert post
        assert post.label == situation.expected.call
        if situation.expected.answers:
            assert tuple(holder.name for holder in post.holders) == situation.expected.answers


def test_no_situation_is_told_twice_and_every_kind_of_reason_is_met() -> None:
    told = situations(*FILES)
    assert len({situation.id for situation in told}) == len(told)
    met = {reason.kind for situation in told for relay in answer(situation) for reason in relay.reasons}
    assert met == set(ReasonKind)
