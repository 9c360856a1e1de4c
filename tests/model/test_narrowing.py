from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph.model.candidates import candidates_of
from graph.model.directory import Capacity, Mode, Public
from graph.model.doors import ALWAYS, Doors, Span
from graph.model.narrowing import Narrowing, facets, narrowed
from graph.model.order import Order
from graph.model.ranking import place
from graph.model.relay import Facets, Ground, Listing, Opening, OpeningState, Question, Tie
from graph.model.weighing import Weighing
from tests import make

OPEN, CLOSED = "open", "closed"


def read(written: str, at: datetime) -> Span:
    return Span(*ALWAYS, Opening(OpeningState.OPEN if written == OPEN else OpeningState.CLOSED))


def offer(key: str, kind: str = "CAF", **values: Any) -> Listing:
    body = make.organisation(f"t:{key}", name=f"Organisme {key}", kind=kind)
    offered = make.service(f"t:{key}", organisation=body.id, **values)
    ties = (Tie(make.RENT, Ground.SPECIALISED),)
    return make.listing(f"service:t:{key}", organisation=body, service=offered, ties=ties)


LISTINGS = (
    offer("plain"),
    offer("open", hours=OPEN, modes=(Mode.EN_PRESENTIEL,)),
    offer("shut", hours=CLOSED, kind="CCAS", interpreter=True, free=True),
    offer("room", capacity=Capacity(vouched_on=make.TODAY, places_free=2), publics=(Public.FEMMES,)),
    offer("full", capacity=Capacity(vouched_on=make.TODAY, places_free=0), excludes=(Public.FEMMES,)),
    offer("stale", vouched_on=make.TODAY - timedelta(days=184), kind="CCAS", without_residence_condition=True),
    offer("old_word", capacity=Capacity(vouched_on=make.TODAY - timedelta(days=31), places_free=2), accessible=True),
)


def answer(question: Question) -> tuple[Weighing, Order]:
    weighing = Weighing(question, Doors(read, UTC))
    return weighing, place(weighing, candidates_of(LISTINGS, weighing.preferred, weighing.zones))


def kept(wanted: Narrowing, **values: Any) -> set[str]:
    order = narrowed(*answer(make.question(**values)), wanted)
    return {LISTINGS[one.row].key.removeprefix("service:t:") for one in order.page()}


ALL = {"plain", "open", "shut", "room", "full", "stale", "old_word"}


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Narrowing(), ALL),
        (Narrowing(kinds=("CCAS",)), {"shut", "stale"}),
        (Narrowing(kinds=("CCAS", "CAF")), ALL),
        (Narrowing(open_now=True), {"open"}),
        (Narrowing(has_room=True), {"room"}),
        (Narrowing(fresh=True), ALL - {"stale"}),
        (Narrowing(without_residence_condition=True), {"stale"}),
        (Narrowing(interpreter=True), {"shut"}),
        (Narrowing(accessible=True), {"old_word"}),
        (Narrowing(free=True), {"shut"}),
        (Narrowing(free=True, interpreter=True, kinds=("CCAS",)), {"shut"}),
        (Narrowing(free=True, open_now=True), set()),
    ],
)
def test_what_nobody_said_is_not_held_to_be_so(wanted: Narrowing, left: set[str]) -> None:
    assert kept(wanted) == left


def counted(wanted: Narrowing, **values: Any) -> Facets:
    return facets(*answer(make.question(**values)), wanted)


@pytest.mark.parametrize("wanted", [Narrowing(), Narrowing(kinds=("CCAS",)), Narrowing(fresh=True)])
@pytest.mark.parametrize("publics", [(), (Public.FEMMES,)])
def test_a_count_is_how_many_are_left_when_the_choice_is_made(wanted: Narrowing, publics: tuple[Public, ...]) -> None:
    counts = counted(wanted, publics=publics)
    for name in ("open_now", "has_room", "fresh", "without_residence_condition", "interpreter", "accessible", "free"):
        assert getattr(counts, name) == len(kept(replace(wanted, **{name: True}), publics=publics)), name
    for kind, count in counts.kinds:
        assert count == len(kept(replace(wanted, kinds=(kind,)), publics=publics))
    for public, count in counts.publics:
        assert count == len(kept(wanted, publics=(*publics, public)))
    for mode, count in counts.modes:
        assert count == len(kept(wanted, publics=publics, modes=(mode,)))


def test_choices_are_listed_in_their_order_and_without_those_that_leave_nothing() -> None:
    counts = counted(Narrowing(has_room=True))
    assert counts.kinds == (("CAF", 1),)
    assert [public for public, _ in counts.publics][:1] == [Public.FEMMES]
    assert Public.TOUS_PUBLICS not in dict(counts.publics)
    assert counted(Narrowing()).kinds == (("CAF", 5), ("CCAS", 2))
    assert counted(Narrowing(free=True, open_now=True)) == Facets()
