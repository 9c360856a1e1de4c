"""A service seen exactly by its head: unit by unit, and who carries what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from api.actions.figures.reading import Unit, exact, unit_of
from api.actions.reports.asking import Asked
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.figures.facts import Facts
from graph.model.figures.unit_activity import Activity, PostLoad, activity, load, load_by_post


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """Files led by one account when the period ended, and their persons; what she has to do today, and how much of it is late.
    `account` and `name` are "" for the desk.
    """

    account: str
    name: str
    files: int
    persons: int
    actions: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A unit as a whole, each of its bodies by (id, name) in order of name, and who carries what, the most first."""

    unit: Unit
    whole: Activity
    bodies: tuple[tuple[str, str, Activity], ...]
    carried: tuple[Carried, ...]
    # By post, with its name ("" where none is known); nothing where no post was said.
    by_post: tuple[tuple[str, PostLoad], ...] = ()


async def house_seen(rooms: Rooms, viewer: Viewer, asked: Asked) -> House:
    """Her own service, or a unit below it. Raises NotSignedIn, NotAllowed."""
    at = datetime.now(UTC)
    unit_ = await unit_of(rooms, viewer, asked.organisation)
    facts = await exact(rooms, viewer, asked.begin, asked.end, asked.organisation)
    async with rooms.graph.reading() as unit:
        names = await unit.accounts.organisation_names(unit_.ids)
        accounts = await unit.accounts.of(sorted({file.account for file in facts.files if file.account}))
        owed = [await unit.teams.load(id_, at) for id_ in unit_.ids]
        opened = await unit.requests.tallied("open", unit_.ids, asked.months)
        held = await unit.accounts.posts_held(unit_.ids)
        posts = {post.id: post.label for some in (await unit.directory.posts_of(unit_.ids)).values() for post in some}
    held = {key: post for key, post in held.items() if post in posts}
    now: dict[str, tuple[int, int]] = {}
    for loads in owed:
        for account, one in loads.items():
            actions, late = now.get(account, (0, 0))
            now[account] = actions + one.actions, late + one.late
    below = sorted((names.get(id_, id_), id_) for id_ in unit_.ids)
    called = {id_: account.name for id_, account in accounts.items()}
    return House(
        unit=unit_,
        whole=_seen(facts, unit_.ids, asked, opened),
        bodies=tuple((id_, name, _seen(facts, (id_,), asked, opened)) for name, id_ in below),
        carried=tuple(
            _carried(account, called, files, persons, now.get(account, (0, 0)))
            for account, files, persons in load(facts, unit_.ids, asked.end)
        ),
        by_post=tuple(
            (posts.get(one.post, ""), one) for one in (load_by_post(facts, unit_.ids, asked.end, held) if held else ())
        ),
    )


def _carried(account: str, called: dict[str, str], files: int, persons: int, now: tuple[int, int]) -> Carried:
    name = called.get(account, account)
    return Carried(account=account, name=name, files=files, persons=persons, actions=now[0], late=now[1])


def _seen(facts: Facts, bodies: Sequence[str], asked: Asked, opened: dict[str, int]) -> Activity:
    """What was opened is counted where it was: files that another body leads since are not among the facts."""
    found = activity(facts, bodies, asked.begin, asked.end)
    return replace(found, opened=sum(opened.get(id_, 0) for id_ in bodies))
