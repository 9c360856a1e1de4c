"""What a person does herself, behind the door of her own page. She has no account: an address and a code, for a short while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from api.actions.casework.filing import once
from api.auth.cookie import digest, new_token
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import own_page
from graph.model.casework.acts import Event
from graph.model.casework.clocks import Clocks
from graph.model.casework.file import Actor, ActorKind, File, PersonPage
from graph.model.errors import NotAllowed, NotFound
from graph.store.unit import Unit

SHUT: Final = "Cette page est fermée. Demandez une nouvelle adresse à la personne qui vous accompagne."
WRONG: Final = "Ce code n’ouvre pas cette page. Vérifiez les chiffres et recommencez."
LOCKED: Final = (
    "Trop de codes faux : la page est fermée pour vous protéger. Demandez un nouveau code à la personne qui vous "
    "accompagne."
)
IDLE_MS: Final = round(own_page.IDLE.total_seconds() * 1000)
SEEN_EVERY_MS: Final = 30_000

Decide = Callable[[File, Actor, datetime, Mapping[str, Clocks]], Sequence[Event]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Whose page it is, and the file as it stands."""

    file: File
    page: PersonPage
    by: Actor


async def enter(rooms: Rooms, token: str, code: str, at: datetime) -> str:
    """The token of a session of her own. Raises NotAllowed for a wrong code, and from the sixth try on for any.

    An address that leads nowhere takes as long, and says the same as a wrong code.
    """
    door_id = own_page.digest(token)
    door = await rooms.graph.write(lambda unit: unit.doors.try_(door_id))
    if door is not None and door.tries > own_page.MOST_TRIES:
        raise NotAllowed(LOCKED)
    page = None
    if door is not None:
        async with rooms.graph.reading() as unit:
            page = own_page.of_token(await unit.files.load(door.file), token, at)
    right = await asyncio.to_thread(own_page.opens, page.code if page else "", code)
    if door is None or page is None or not right:
        raise NotAllowed(LOCKED if door is not None and door.tries == own_page.MOST_TRIES else WRONG)
    session = new_token()
    await rooms.graph.write(lambda unit: unit.doors.enter(digest(session), door_id, door, _ms(at)))
    return session


async def behind(rooms: Rooms, token: str, session: str, at: datetime) -> Behind | None:
    """Whoever holds this session at this address; None where it is over, or was never. It then lasts anew."""
    if not session:
        return None
    now = _ms(at)
    async with rooms.graph.reading() as unit:
        found = await unit.doors.session(digest(session), now, IDLE_MS)
        if found is None or found[0] != own_page.digest(token):
            return None
        made = await _behind(unit, token, at)
    if made is not None and now - found[1] > SEEN_EVERY_MS:
        await rooms.graph.write(lambda unit: unit.doors.seen(digest(session), now))
    return made


async def leave(rooms: Rooms, session: str) -> None:
    """Nobody is behind the door any longer."""
    if session:
        await rooms.graph.write(lambda unit: unit.doors.leave(digest(session)))


async def act(
    rooms: Rooms, token: str, session: str, *, key: str, asked: object, decide: Decide, at: datetime | None = None
) -> File:
    """Change the file as the person, once for each key. Raises NotFound where the session is over or the page closed meanwhile,
    and what `decide` raises; nothing is written then.
    """
    moment = at or datetime.now(UTC)
    here = await behind(rooms, token, session, moment)
    if here is None:
        raise NotFound(SHUT)

    async def load(unit: Unit) -> File:
        again = await _behind(unit, token, moment)
        if again is None:
            raise NotFound(SHUT)
        return again.file

    async def decided(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        houses = {one.target.organisation for one in file.handoffs.values() if one.open}
        return decide(file, by, moment, {house: await unit.timing.clocks(house) for house in sorted(houses)})

    viewer = Viewer(by_link=f"page:{own_page.digest(token)}")
    return await once(rooms.graph, viewer, key=key, asked=asked, load=load, decide=decided, at=moment, by=here.by)


def new_id() -> str:
    """Of an accord, of an asking."""
    return uuid4().hex


async def _behind(unit: Unit, token: str, at: datetime) -> Behind | None:
    door = await unit.doors.leads_to(own_page.digest(token))
    file = await unit.files.load(door.file) if door else None
    page = own_page.of_token(file, token, at)
    if file is None or page is None:
        return None
    return Behind(file=file, page=page, by=Actor(kind=ActorKind.PERSON, member=page.member))


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
