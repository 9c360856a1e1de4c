"""Suggestions: anyone says that a listing is wrong, or missing; and what those who may answer see of it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from api.actions.keeping import checked
from api.rooms import Rooms
from graph.model.access import ANYTHING, Operation, Subject, Viewer, check, may
from graph.model.directory import Contact, ListingState
from graph.model.errors import InvalidInput, NotFound, TooMuch
from graph.model.keeping import Kept, ListingKind, Target
from graph.model.listing import FieldGroup
from graph.model.suggestion import (
    LONGEST_EMAIL,
    MOST_WAITING,
    NO_CONTACT,
    About,
    Suggestion,
    SuggestionStep,
    checked_text,
    gone,
    step,
    suggested,
    would_be,
)
from graph.store.below import below
from graph.store.suggestions import moment
from graph.store.unit import Unit

ABSENT: Final = "Cette suggestion n’existe pas, ou n’est pas de celles que vous pouvez voir."
NO_LISTING: Final = "Cette fiche n’existe pas, ou n’est plus publiée."
ENOUGH: Final = (
    "Beaucoup de suggestions attendent déjà une réponse ici. Revenez dans quelques jours : la vôtre n’est pas gardée."
)
MOST_UNITS: Final = 500
PROPOSED: Final = "propose"
# Of organisations that are missing, in all: a moderator reads them one by one.
MOST_PROPOSED: Final = 300
# Enough to see a slip: whether it arrives is known when it is written to.
ADDRESS: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(?:\.[^@\s,;<>\".]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A suggestion for whoever may answer it: the listing as it stands (None for one that is missing), its author's address,
    whether the viewer may decide, and what was decided last.
    """

    suggestion: Suggestion
    listing: Kept | None
    email: str
    may_answer: bool


async def suggest(
    rooms: Rooms,
    viewer: Viewer,
    target: Target,
    about: About,
    *,
    value: Mapping[str, Any],
    key: str,
    text: str = "",
    email: str = "",
    at: datetime | None = None,
) -> Suggestion:
    """Keep a correction of a published listing until someone answers. `value` has the parts that are wrong, as they should be.

    Raises NotFound, InvalidInput with the field, TooMuch when many wait about this listing.
    """
    now = _moment(at)
    asked = ("suggest", target.key, about, value, text, email)

    async def make(unit: Unit) -> Suggestion:
        held = await unit.keeping.current(target)
        if held is None or held.record.state is not ListingState.PUBLISHED:
            raise NotFound(NO_LISTING)
        check(viewer, Operation.SUGGEST, held.subject)
        if await unit.suggestions.count_about(target.key) >= MOST_WAITING:
            raise TooMuch(ENOUGH)
        parts = gone(target.kind.type, now) if about is About.GONE else value
        made = _new(viewer, target.key, held.organisation, about, parts, text, now, held.record.contact)
        if made.group:
            checked(rooms, target.kind, made.group, made.value)
            made = suggested(replace(made, value=_what_differs(made, held.value(made.group))))
        return made

    return await _kept_once(rooms, viewer, key, asked, make, email)


async def propose(
    rooms: Rooms,
    viewer: Viewer,
    *,
    value: Mapping[str, Any],
    key: str,
    text: str = "",
    email: str = "",
    at: datetime | None = None,
) -> Suggestion:
    """Keep an organisation that someone misses until a moderator publishes or refuses it. Raises InvalidInput, TooMuch."""
    asked = ("propose", value, text, email)

    async def make(unit: Unit) -> Suggestion:
        check(viewer, Operation.SUGGEST)
        if len(await unit.suggestions.waiting_for([""])) >= MOST_PROPOSED:
            raise TooMuch(ENOUGH)
        subject = Target(ListingKind.ORGANISATION, f"{PROPOSED}:{uuid4().hex}").key
        made = _new(viewer, subject, "", About.MISSING, value, text, _moment(at))
        checked(rooms, ListingKind.ORGANISATION, FieldGroup.IDENTITY, made.value)
        return made

    return await _kept_once(rooms, viewer, key, asked, make, email)


async def withdraw(rooms: Rooms, viewer: Viewer, id_: str, *, key: str, at: datetime | None = None) -> Suggestion:
    """Take one's own suggestion back. Raises NotFound for another's, Conflict once it was decided."""
    asked = ("withdraw", id_)

    async def act(unit: Unit) -> None:
        if await unit.replies.found(viewer.key, key, asked):
            return
        held = await unit.suggestions.hold(id_, viewer.key)
        if held is None or not viewer.signed_in or held.by != viewer.account:
            raise NotFound(ABSENT)
        check(viewer, Operation.SUGGEST)
        own = step(held, SuggestionStep.WITHDRAW, by=viewer.key, name=viewer.name, at=_moment(at))
        await unit.suggestions.save(own)
        await unit.replies.keep(viewer.key, key, asked, {"id": id_})

    await rooms.graph.write(act)
    async with rooms.graph.reading() as unit:
        return (await unit.suggestions.find([id_]))[id_]


async def shown(rooms: Rooms, viewer: Viewer, id_: str) -> Shown:
    """One suggestion with the listing that it is about. Raises NotFound: hidden and absent look the same."""
    async with rooms.graph.reading() as unit:
        found = (await unit.suggestions.find([id_])).get(id_)
        if found is None:
            raise NotFound(ABSENT)
        held, about = await listing_of(unit, found)
        answers = may(viewer, right(found), about, found.group)
        if not answers and not may(viewer, Operation.READ_QUEUE, about):
            raise NotFound(ABSENT)
        # An address is there to be answered: whoever only reads does not see it.
        email = (await unit.suggestions.addresses([id_])).get(id_, "") if answers else ""
    return Shown(suggestion=found, listing=held, email=email, may_answer=answers)


async def waiting_here(rooms: Rooms, viewer: Viewer, most: int, after: tuple[str, str] = ("", "")) -> list[Suggestion]:
    """The suggestions that this viewer may answer, the oldest first: all for a moderator, else those of her organisation and of
    its units. `after` is the (moment, id) of the last one seen. Raises NotAllowed for someone who answers none.
    """
    async with rooms.graph.reading() as unit:
        if may(viewer, Operation.ANSWER_SUGGESTION) or may(viewer, Operation.READ_QUEUE):
            return await unit.suggestions.waiting(most, after)
        found = await unit.suggestions.waiting_for(await kept_by(unit, viewer))
    return [one for one in found if place(one) > after][:most]


async def counts_for(unit: Unit, viewer: Viewer, keys: Sequence[str]) -> dict[str, int]:
    """How many suggestions wait about each of these listings of the acting organisation and of its units; none for someone
    who answers none.
    """
    if not may(viewer, Operation.ANSWER_SUGGESTION, Subject(organisation=viewer.organisation)):
        return {}
    return await unit.suggestions.counts(keys)


async def names(rooms: Rooms, some: Sequence[Suggestion]) -> dict[str, str]:
    """Names of the listings that these are about, by key; those that are gone are left out."""
    async with rooms.graph.reading() as unit:
        return await unit.queue.listing_names([one.subject for one in some])


async def kept_by(unit: Unit, viewer: Viewer) -> list[str]:
    """The organisations whose suggestions this viewer answers: the one she acts for and its units. Raises NotAllowed."""
    acting = viewer.organisation
    units = await below(unit, acting, MOST_UNITS) if acting else []
    subjects = [Subject(organisation=acting), *(Subject(organisation=one, above=(acting,)) for one in units)]
    own = [about.organisation for about in subjects if may(viewer, Operation.ANSWER_SUGGESTION, about)]
    if not own:
        check(viewer, Operation.ANSWER_SUGGESTION)
    return own


async def listing_of(unit: Unit, one: Suggestion) -> tuple[Kept | None, Subject]:
    """The listing that a suggestion is about, None where there is none (yet, or any more); and what an act on it is about."""
    held = await unit.keeping.current(Target.named(one.subject))
    if one.about is About.MISSING:
        return held, ANYTHING
    if held:
        return held, held.subject
    above = await unit.keeping.above(one.organisation)
    return None, Subject(organisation=one.organisation, above=above, listing=one.subject)


def right(one: Suggestion) -> Operation:
    """What it takes to answer: a missing organisation has nobody yet who keeps it."""
    return Operation.MODERATE if one.about is About.MISSING else Operation.ANSWER_SUGGESTION


Make = Callable[[Unit], Awaitable[Suggestion]]


async def _kept_once(rooms: Rooms, viewer: Viewer, key: str, asked: object, make: Make, email: str) -> Suggestion:
    """Make a suggestion and keep it with its author's address, once for each key."""
    address = checked_address(email)

    async def act(unit: Unit) -> str:
        if before := await unit.replies.found(viewer.key, key, asked):
            return before["id"]
        made = await make(unit)
        await unit.suggestions.add(made, address)
        await unit.replies.keep(viewer.key, key, asked, {"id": made.id})
        return made.id

    id_ = await rooms.graph.write(act)
    async with rooms.graph.reading() as unit:
        return (await unit.suggestions.find([id_]))[id_]


def checked_address(email: str) -> str:
    """Where someone may be answered; empty for nowhere. Raises InvalidInput."""
    said = checked_text(email, "email", LONGEST_EMAIL)
    if said and not ADDRESS.fullmatch(said):
        raise InvalidInput(f"« {said} » n’est pas une adresse e-mail : corrigez-la, ou laissez ce champ vide.", "email")
    return said


def _new(
    viewer: Viewer,
    subject: str,
    organisation: str,
    about: About,
    value: Mapping[str, Any],
    text: str,
    at: datetime,
    present: Contact = NO_CONTACT,
) -> Suggestion:
    return suggested(
        Suggestion(
            id=uuid4().hex,
            subject=subject,
            organisation=organisation,
            about=about,
            at=at,
            text=text,
            value=value,
            by=viewer.account,
            by_name=viewer.name,
        ),
        present,
    )


def _what_differs(made: Suggestion, present: Mapping[str, Any]) -> dict[str, Any]:
    """The parts that would change something: what is right already is no suggestion."""
    return {part: value for part, value in made.value.items() if would_be(made, present, (part,)) != present}


def _moment(at: datetime | None) -> datetime:
    return (at or datetime.now(UTC)).astimezone(UTC)


def place(one: Suggestion) -> tuple[str, str]:
    """Where it stands in the list of those that wait."""
    return moment(one.at), one.id
