"""An addressee without an account: a link that shows nothing by itself, and a one-time code that the sender reads to the house.

A link is worth what the request is: once it is revoked, past, or the request taken back, the next call shows nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from api.actions.casework import answering_page
from api.actions.casework.answering_page import Opened
from api.actions.casework.filing import once
from api.actions.casework.handing import Handed, checked, noted, seen_in_unit
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework.acts import Event
from graph.model.casework.file import Actor, ActorKind, File
from graph.model.casework.handoff import ENDED, Kind, Step
from graph.model.casework.said import Said, Taking
from graph.model.casework.sight import Sight, shared_groups
from graph.model.casework.slots import offered_by_addressee
from graph.model.casework.taking import take
from graph.model.errors import NotAllowed, NotFound, StepNotAllowed
from graph.store.casework.answer_links import HOLDS, AnswerLink
from graph.store.unit import Unit

VISIT: Final = timedelta(minutes=30)
DIGITS: Final = 8
UNKNOWN: Final = "Ce lien n’existe pas, ou ne sert plus. Demandez-en un autre au service qui vous l’a donné."
WRONG: Final = "Ce code n’est pas le bon, ou a déjà servi. Rappelez le service qui vous l’a lu."
SAID_BY: Final = "Destinataire sans compte, par un lien et un code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the sender is shown once: the link's token, the code to read aloud, and the telephone of the directory to call."""

    token: str
    code: str
    phone: str


async def give(rooms: Rooms, viewer: Viewer, handoff_id: str, at: datetime) -> Given:
    """A new link to a request that the viewer's house sent; those before it lead nowhere any more.

    Raises NotFound, NotAllowed for who does not work on the file, StepNotAllowed where there is nothing to answer.
    """
    token, code, salt = secrets.token_urlsafe(24), _code(), secrets.token_hex(16)
    hashed = await asyncio.to_thread(_slow, code, salt)

    async def make(unit: Unit) -> str:
        handed = await seen_in_unit(unit, viewer, handoff_id, at)
        handoff = handed.handoff
        if not handed.sight.works:
            raise NotAllowed("Seul le service qui suit le dossier donne un lien de réponse. Rien n’a été modifié.")
        if not handoff.shared or handoff.kind is Kind.ASSIGN:
            raise StepNotAllowed(handoff.state, "link", "cette demande n’attend pas de réponse par un lien")
        organisation = handoff.target.organisation
        await unit.answer_links.make(_digest(token), handoff_id, organisation, at + HOLDS, hashed, salt)
        body = (await unit.directory.organisations([organisation])).get(organisation)
        return body.contact.phone if body else ""

    return Given(token=token, code=code, phone=await rooms.graph.write(make))


async def revoke(rooms: Rooms, viewer: Viewer, handoff_id: str, at: datetime) -> None:
    """No link leads to it any more. Raises NotFound, NotAllowed."""

    async def act(unit: Unit) -> None:
        if not (await seen_in_unit(unit, viewer, handoff_id, at)).sight.works:
            raise NotAllowed("Seul le service qui suit le dossier retire ce lien. Rien n’a été modifié.")
        await unit.answer_links.revoke(handoff_id)

    await rooms.graph.write(act)


async def known(rooms: Rooms, token: str, at: datetime) -> None:
    """Whether the link leads anywhere; nothing of what it is about. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        await _link(unit, token, at)


async def enter(rooms: Rooms, token: str, code: str, at: datetime) -> str:
    """Come in by the code; what is to be shown at each call from then on, for half an hour. Raises NotFound, NotAllowed."""
    # The try counts whatever comes of it: in a unit of its own.
    tried = await rooms.graph.write(lambda unit: unit.answer_links.tried(_digest(token)))
    if tried is None or not tried.open(at):
        raise NotFound(UNKNOWN)
    given = await asyncio.to_thread(_slow, "".join(letter for letter in code if letter.isdigit()), tried.salt)
    right = bool(tried.code) and hmac.compare_digest(given, tried.code)
    if not right or tried.locked:
        raise NotAllowed(WRONG)
    visit = secrets.token_urlsafe(24)
    await rooms.graph.write(lambda unit: unit.answer_links.enter(tried, _digest(visit), at + VISIT))
    return visit


async def opened(rooms: Rooms, token: str, visit: str, at: datetime) -> Opened:
    """The request, for whoever came in. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        link, handed = await _handed(unit, token, visit, at)
        found = await answering_page.of_addressee(unit, handed, _actor(link), at)
    await noted(rooms, _viewer(link), handed, at)
    return found


async def step(rooms: Rooms, token: str, visit: str, step: Step, said: Said, *, key: str, at: datetime) -> None:
    """Take a step as the addressee. Raises NotFound, StepNotAllowed, ReasonMissing, InvalidInput."""
    async with rooms.graph.reading() as unit:
        link, _ = await _handed(unit, token, visit, at)
    told = checked(said, at)

    async def load(unit: Unit) -> File:
        return (await _handed(unit, token, visit, at))[1].file

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        clocks = await unit.timing.clocks(link.organisation)
        return [take(file, link.handoff, step, by, told, Taking(at=moment, clocks=clocks))]

    asked = ("by link", link.handoff, step, said)
    await once(rooms.graph, _viewer(link), key=key, asked=asked, load=load, decide=decide, at=at, by=_actor(link))


async def offer(
    rooms: Rooms,
    token: str,
    visit: str,
    slots: Sequence[datetime],
    *,
    key: str,
    where: str,
    minutes: int,
    at: datetime,
) -> None:
    """Offer slots as the addressee. Raises NotFound, StepNotAllowed, InvalidInput."""
    async with rooms.graph.reading() as unit:
        link, _ = await _handed(unit, token, visit, at)

    async def load(unit: Unit) -> File:
        return (await _handed(unit, token, visit, at))[1].file

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [offered_by_addressee(file, link.handoff, uuid4().hex, slots, where, minutes, by, moment)]

    asked = ("slots by link", link.handoff, list(slots), where, minutes)
    await once(rooms.graph, _viewer(link), key=key, asked=asked, load=load, decide=decide, at=at, by=_actor(link))


async def _link(unit: Unit, token: str, at: datetime) -> AnswerLink:
    found = await unit.answer_links.read(_digest(token))
    if found is None or not found.open(at):
        raise NotFound(UNKNOWN)
    return found


async def _handed(unit: Unit, token: str, visit: str, at: datetime) -> tuple[AnswerLink, Handed]:
    """The request as its addressee sees it: what is shared with it now, and nothing once that has ended."""
    link = await _link(unit, token, at)
    file = await unit.files.holding(link.handoff)
    if file is None or not link.visited(_digest(visit), at):
        raise NotFound(UNKNOWN)
    handoff = file.handoffs[link.handoff]
    if handoff.target.organisation != link.organisation or (handoff.sent is None and handoff.state not in ENDED):
        raise NotFound(UNKNOWN)
    sight = Sight(handoffs=frozenset({handoff.id}), groups=shared_groups(file, handoff, at))
    return link, Handed(file=file, sight=sight, id=handoff.id)


def _actor(link: AnswerLink) -> Actor:
    return Actor(kind=ActorKind.ADDRESSEE, organisation=link.organisation, name=SAID_BY)


def _viewer(link: AnswerLink) -> Viewer:
    """No account: what she may do is this request's, and asked of it."""
    return Viewer(name=SAID_BY, organisation=link.organisation, by_link=link.id)


def _code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def _slow(code: str, salt: str) -> str:
    return hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), n=2**14, r=8, p=1).hex()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
