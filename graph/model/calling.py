"""Who to call: the post for this problem there, and who answers at it today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from graph.model.directory import Holder, HolderRole, Post
from graph.model.relay import Listing, Question


def who_to_call(question: Question, listing: Listing) -> Post | None:
    """The post for these competences there, with those who answer today; else the duty desk; else none.

    A post whose holders are all away gives way to another, then to the duty desk; without either it is named all the same.
    When it is urgent, so does a post without a telephone to one that has one.
    """
    if not listing.posts:
        return None
    zones = set(question.territory.zones) if question.territory else set()
    day = question.at.date()

    def deserted(post: Post) -> bool:
        return bool(post.holders) and not answering(post, day)

    def mute(post: Post) -> bool:
        return question.urgent and not post.contact.phone

    def fit(post: Post) -> tuple[bool, bool, int, int, str, str]:
        specific = sum(c in post.competences for c in question.competences)
        local = bool(zones & set(post.covers))
        return deserted(post), mute(post), -specific, -local, post.label, post.id

    fitting = [
        post
        for post in listing.posts
        if not post.duty_desk
        and (not post.competences or set(post.competences) & set(question.competences))
        and (not post.covers or not zones or zones & set(post.covers))
    ]
    post = min(fitting, key=fit, default=None)
    desk = min((post for post in listing.posts if post.duty_desk), key=fit, default=None)
    better = desk and (post is None or deserted(post) or (mute(post) and not mute(desk)))
    chosen = desk if better else post
    return replace(chosen, holders=answering(chosen, day)) if chosen and chosen.holders else chosen


def answering(post: Post, day: date) -> tuple[Holder, ...]:
    """Who answers at this post on that day: the holders present, else the substitutes present."""
    present = [
        held
        for held in post.holders
        if (held.since is None or held.since <= day)
        and (held.until is None or day <= held.until)
        and not (held.leave_from and held.leave_from <= day and (held.leave_until is None or day <= held.leave_until))
    ]
    holders = tuple(held for held in present if held.role is HolderRole.HOLDER)
    return holders or tuple(present)
