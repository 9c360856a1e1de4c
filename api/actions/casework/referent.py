"""Who answers for a file today and how to reach her: the referent, or whoever stands in while she is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from graph.model.calling import answering
from graph.model.casework.file import Lead
from graph.model.casework.leaving import standing_in
from graph.model.directory import Contact, Holder, Post
from graph.store.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A leave: its last day, where it is known, and who answers meanwhile, empty for the duty desk."""

    until: date | None
    stands_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Referent:
    """Her name and function (empty for a duty desk), her organisation, and how to reach it.

    `away` is her leave of today.
    """

    name: str
    function: str
    organisation: str
    phone: str
    email: str
    away: Away | None = None


async def referent(unit: Unit, lead: Lead | None, day: date) -> Referent | None:
    """None where nobody leads any longer."""
    if lead is None:
        return None
    body = (await unit.directory.organisations([lead.organisation])).get(lead.organisation)
    account = (await unit.accounts.of([lead.account])).get(lead.account) if lead.account else None
    posts = (await unit.directory.posts_of([lead.organisation])).get(lead.organisation, ())
    held, holder = _post_of(posts, account.professional if account else "")
    contact = _contact(held, posts, body.contact if body else Contact())
    leave = await _leave(unit, lead, day) if account else None
    if leave is None and held and holder and _away(holder, day):
        others = [one.name for one in answering(held, day) if one is not holder]
        leave = Away(until=holder.leave_until, stands_in=others[0] if others else "")
    return Referent(
        name=account.name if account else "",
        function=account.function if account else "",
        organisation=body.name if body else lead.organisation,
        phone=contact.phone,
        email=contact.email,
        away=leave,
    )


async def _leave(unit: Unit, lead: Lead, day: date) -> Away | None:
    """As the house wrote it down; her post may tell another (graph/model/calling.py)."""
    leaves = await unit.timing.leaves(lead.organisation)
    mine = next((leave for leave in leaves if leave.account == lead.account and leave.stands(day)), None)
    if mine is None:
        return None
    account = standing_in(leaves, lead.account, day)
    named = (await unit.accounts.of([account])).get(account) if account else None
    return Away(until=mine.until, stands_in=named.name if named else "")


def _post_of(posts: tuple[Post, ...], professional: str) -> tuple[Post | None, Holder | None]:
    for post in posts:
        for holder in post.holders:
            if professional and holder.professional == professional:
                return post, holder
    return None, None


def _contact(held: Post | None, posts: tuple[Post, ...], otherwise: Contact) -> Contact:
    """That of her post, else of the duty desk, else of the house."""
    desk = next((post for post in posts if post.duty_desk), None)
    for post in (held, desk):
        if post is not None and post.contact.phone:
            return post.contact
    return otherwise


def _away(holder: Holder, day: date) -> bool:
    return (
        holder.leave_from is not None
        and holder.leave_from <= day
        and (holder.leave_until is None or day <= holder.leave_until)
    )
