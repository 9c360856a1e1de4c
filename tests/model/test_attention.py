"""What a listing asks of those who keep it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from graph.model.attention import Ask, Need, attention
from graph.model.directory import Capacity, Contact, ListingState
from graph.model.listing import FieldGroup, split
from tests import make

TODAY = date(2026, 11, 26)
FRESH = make.service(vouched_on=TODAY)


def test_what_is_fresh_and_alone_asks_nothing() -> None:
    found = attention(FRESH, split(FRESH), TODAY)
    assert (found.asks, found.need) == ((), Need.NOTHING)


def test_each_group_is_due_on_its_own_day() -> None:
    first = TODAY - timedelta(days=184)
    old = replace(FRESH, vouched_on=first, contact=Contact(phone="115"))
    claims = [
        claim if claim.group is FieldGroup.CONTACT else replace(claim, vouched_on=first + timedelta(days=30))
        for claim in split(old)
    ]
    assert attention(old, claims, TODAY).asks == (
        Ask(need=Need.PAST_DUE, groups=(FieldGroup.CONTACT,), on=TODAY, count=1),
        Ask(
            need=Need.DUE_SOON,
            groups=(FieldGroup.IDENTITY, FieldGroup.MATTERS, FieldGroup.TERRITORY),
            on=TODAY + timedelta(days=30),
            count=3,
        ),
    )
    assert attention(old, claims, TODAY - timedelta(days=1)).need is Need.DUE_SOON


def test_only_a_source_that_spoke_later_is_a_conflict() -> None:
    own = split(replace(FRESH, source="partner:t:caf"))
    later = split(replace(FRESH, name="Autre nom", source="dila"))
    earlier = [replace(claim, vouched_on=TODAY - timedelta(days=9)) for claim in later]
    assert attention(FRESH, [*own, *later], TODAY).asks == (
        Ask(need=Need.CONFLICT, groups=(FieldGroup.IDENTITY,), count=1),
    )
    assert attention(FRESH, [*own, *earlier], TODAY).asks == ()


def test_room_that_was_once_said_is_asked_again() -> None:
    told = replace(FRESH, capacity=Capacity(vouched_on=TODAY - timedelta(days=31), places_free=2))
    assert attention(told, split(told), TODAY).need is Need.ROOM_UNKNOWN
    assert attention(replace(told, suspended_from=TODAY), split(told), TODAY).asks == ()
    full = replace(told, capacity=Capacity(vouched_on=TODAY - timedelta(days=31), full_until=TODAY + timedelta(1)))
    assert attention(full, split(full), TODAY).asks == ()


def test_suggestions_wait_and_what_has_ended_asks_nothing() -> None:
    assert attention(FRESH, split(FRESH), TODAY, suggestions=2).asks == (Ask(need=Need.SUGGESTION, count=2),)
    old = replace(FRESH, vouched_on=date(2020, 1, 1), state=ListingState.ARCHIVED)
    assert attention(old, split(old), TODAY, suggestions=2).asks == ()
    draft = replace(FRESH, state=ListingState.DRAFT)
    assert attention(draft, split(draft), TODAY).asks == (Ask(need=Need.DRAFT),)
    old = replace(draft, vouched_on=date(2020, 1, 1))
    assert attention(old, split(old), TODAY).asks == (Ask(need=Need.DRAFT),)


def test_the_most_pressing_comes_first() -> None:
    past = replace(FRESH, vouched_on=date(2025, 1, 1))
    soon = replace(FRESH, vouched_on=TODAY - timedelta(days=170))
    found = [attention(one, split(one), TODAY) for one in (FRESH, soon, past)]
    assert [one.need for one in sorted(found, key=lambda one: one.order)] == [
        Need.PAST_DUE,
        Need.DUE_SOON,
        Need.NOTHING,
    ]
