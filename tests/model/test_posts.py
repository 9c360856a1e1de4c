"""Who holds a post, who is away, who stands in, and what becomes of posts when someone leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import pytest

from graph.model.calling import answering, who_to_call
from graph.model.directory import Contact, Holder, HolderRole, Post
from graph.model.errors import InvalidInput
from graph.model.posts import away, checked, held_by, holding, leaving
from graph.model.relay import Question
from tests import make

TODAY: Final = make.TODAY
ANNE, BRUNO, CHLOE = (Holder(professional=f"t:{name}", name=name) for name in ("anne", "bruno", "chloe"))
DESK: Final = make.post("t:desk", label="Accueil", duty_desk=True, contact=Contact(phone="0300000000"))


def called(posts: tuple[Post, ...], day: date) -> tuple[str, list[str]]:
    """Who a worker is told to call for rent on that day: the post, and the names."""
    at = datetime.combine(day, time(9), UTC)
    post = who_to_call(Question(at=at, competences=(make.RENT,)), make.listing(posts=posts))
    assert post is not None
    return post.id, [holder.name for holder in post.holders]


def test_the_substitute_is_who_to_call_during_the_leave_and_only_then() -> None:
    post = make.post(competences=(make.RENT,), holders=(ANNE,))
    last = TODAY + timedelta(days=10)
    absent = away(post, "t:anne", TODAY, last, BRUNO)
    assert [called((absent, DESK), day) for day in (TODAY - timedelta(days=1), TODAY, last)] == [
        ("t:p", ["anne"]),
        ("t:p", ["bruno"]),
        ("t:p", ["bruno"]),
    ]
    assert called((absent, DESK), last + timedelta(days=1)) == ("t:p", ["anne"])


def test_without_a_substitute_the_desk_is_who_to_call() -> None:
    post = make.post(competences=(make.RENT,), holders=(ANNE,))
    assert called((away(post, "t:anne", TODAY, None, None), DESK), TODAY) == ("t:desk", [])


def test_an_absence_takes_the_place_of_the_one_before_with_its_substitute() -> None:
    post = make.post(holders=(ANNE, replace(CHLOE, role=HolderRole.SUBSTITUTE)))
    first = away(post, "t:anne", TODAY, TODAY + timedelta(days=3), BRUNO)
    second = away(first, "t:anne", TODAY + timedelta(days=30), None, BRUNO)
    substitutes = [h for h in second.holders if h.role is HolderRole.SUBSTITUTE]
    assert [(h.name, h.since, h.until) for h in substitutes] == [
        ("chloe", None, None),
        ("bruno", TODAY + timedelta(days=30), None),
    ]
    assert away(second, "t:anne", None, None, None) == post


@pytest.mark.parametrize(
    ("first", "last", "substitute", "who", "field"),
    [
        (TODAY, TODAY - timedelta(days=1), None, "t:anne", "until"),
        (TODAY, None, ANNE, "t:anne", "substitute"),
        (TODAY, None, None, "t:bruno", "professional"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(first, last, substitute, who, field) -> None:
    with pytest.raises(InvalidInput) as refused:
        away(make.post(holders=(ANNE,)), who, first, last, substitute)
    assert refused.value.field == field


def test_a_new_holder_takes_over_from_today() -> None:
    post = held_by(make.post(holders=(ANNE,)), BRUNO, TODAY)
    yesterday = TODAY - timedelta(days=1)
    assert [h.name for h in answering(post, yesterday)] == ["anne"]
    assert [h.name for h in answering(post, TODAY)] == ["bruno"]
    # Said twice, it stays as it is; and nobody else may hold it.
    assert held_by(post, BRUNO, TODAY + timedelta(days=2)) == post
    assert answering(held_by(post, None, TODAY + timedelta(days=2)), TODAY + timedelta(days=2)) == ()


def test_whoever_leaves_hands_every_post_to_the_desk_after_her_last_day() -> None:
    rent = make.post("t:rent", label="Loyer", competences=(make.RENT,), holders=(ANNE,))
    hotel = make.post("t:hotel", label="Hôtel", competences=(make.HOTEL,), holders=(BRUNO, replace(ANNE, since=TODAY)))
    posts = (rent, hotel, DESK, make.post("t:other", label="Autre", competences=(make.HOTEL,), holders=(BRUNO,)))
    left = leaving(posts, "t:anne", TODAY)
    assert [post.id for post in left] == ["t:rent", "t:hotel"]
    after = (*left, *posts[2:])
    assert called(after, TODAY) == ("t:rent", ["anne"])
    assert called(after, TODAY + timedelta(days=1)) == ("t:desk", [])
    assert holding(after, "t:anne", TODAY + timedelta(days=1)) == ()
    # Her colleague on the other post stays.
    assert [h.name for h in answering(left[1], TODAY + timedelta(days=1))] == ["bruno"]


def test_whoever_leaves_stands_in_for_nobody_any_more() -> None:
    rent = make.post("t:rent", label="Loyer", competences=(make.RENT,), holders=(ANNE,))
    hotel = away(make.post("t:hotel", label="Hôtel", holders=(BRUNO,)), "t:bruno", TODAY, None, ANNE)
    later = away(
        make.post("t:later", label="Nuits", holders=(CHLOE,)), "t:chloe", TODAY + timedelta(days=9), None, ANNE
    )
    left = leaving((rent, hotel, later, DESK), "t:anne", TODAY)
    assert [post.id for post in left] == ["t:rent", "t:hotel", "t:later"]
    tomorrow = TODAY + timedelta(days=1)
    assert [[h.name for h in answering(left[1], day)] for day in (TODAY, tomorrow)] == [["anne"], []]
    assert [h.name for h in left[2].holders] == ["chloe"]


def test_a_post_that_would_have_begun_later_is_not_held_without_a_day() -> None:
    later = make.post("t:later", label="Plus tard", holders=(replace(ANNE, since=TODAY + timedelta(days=9)),))
    left = leaving((later, DESK), "t:anne", TODAY)
    assert answering(left[0], TODAY + timedelta(days=9)) == ()
    assert called((left[0], DESK), TODAY + timedelta(days=9)) == ("t:desk", [])


@pytest.mark.parametrize("posts", [(DESK,), (make.post(holders=(ANNE,)),), (replace(DESK, holders=(ANNE,)),)])
def test_nobody_leaves_without_a_post_or_without_a_desk(posts: tuple[Post, ...]) -> None:
    with pytest.raises(InvalidInput):
        leaving(posts, "t:anne", TODAY)


@pytest.mark.parametrize(
    ("post", "field"),
    [
        (make.post(label="  "), "label"),
        (make.post(label="x" * 121), "label"),
        (make.post(label="ACCUEIL"), "label"),
        (make.post(label="Autre", duty_desk=True), "phone"),
    ],
)
def test_a_post_that_nobody_could_tell_apart_is_refused(post: Post, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked(post, (DESK,))
    assert refused.value.field == field


def test_a_post_may_be_said_again() -> None:
    assert checked(DESK, (DESK,)) == DESK
