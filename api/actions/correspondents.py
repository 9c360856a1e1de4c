"""Whom an organisation is written to by: the address given for it, the links on their way, and taking either away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.actions.by_link import NO_MAIL, send_link
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check, may
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.model.freshness import vouched
from graph.model.keeping import ListingKind, Target
from graph.model.mail import Item, Recipient, SignedLink, checked_address
from graph.store.correspondents import Correspondents
from graph.store.listings_kept import Known, listings_of
from graph.store.signed_links import SignedLinks
from graph.store.unit import Unit

ABSENT = "Cet organisme n’existe pas, ou vous ne répondez pas de lui."
NOBODY = "Personne ne reçoit de courriel pour cet organisme : donnez d’abord une adresse. Rien n’a été envoyé."

PAUSE: Final = timedelta(minutes=15)
MOST_A_DAY: Final = 5
JUST_SENT = (
    "Un lien vient d’être envoyé : il faut attendre 15 minutes avant le suivant. Rien n’a été envoyé cette fois."
)
ENOUGH = f"{MOST_A_DAY} liens ont été envoyés depuis hier pour cet organisme : attendez demain. Rien n’a été envoyé cette fois."


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who is written to for an organisation: its editors (how many), or the address given for it; and the links that act."""

    organisation: str
    name: str
    editors: int
    address: str
    stopped: bool
    links: tuple[SignedLink, ...]
    may_send: bool


async def standing(rooms: Rooms, viewer: Viewer, organisation: str, at: datetime) -> Standing:
    """Raises NotFound: hidden and absent look the same."""
    async with rooms.graph.reading() as unit:
        subject, name = await _subject(unit, viewer, organisation)
        store = Correspondents(unit)
        appointed = await store.appointed(organisation)
        answering = (await store.answering([organisation])).get(organisation, ())
        return Standing(
            organisation=organisation,
            name=name,
            editors=sum(1 for one in answering if appointed is None or one.id != appointed.id),
            address=appointed.email if appointed else "",
            stopped=bool(appointed and await store.stopped([appointed.email])),
            links=tuple(await SignedLinks(unit).open_for(organisation, at)),
            may_send=may(viewer, Operation.SEND_LINK, subject),
        )


async def appoint(rooms: Rooms, viewer: Viewer, organisation: str, address: str) -> None:
    """Write to this address for the organisation from now on; to none when it is empty. Links sent to the one before end.

    Raises NotFound, NotAllowed, InvalidInput.
    """
    email = checked_address(address) if address.strip() else ""

    async def act(unit: Unit) -> None:
        subject, _ = await _subject(unit, viewer, organisation)
        check(viewer, Operation.SEND_LINK, subject)
        store = Correspondents(unit)
        if not email:
            await store.remove(organisation)
            return
        before = await store.appointed(organisation)
        if before and before.email == email:
            # The links that she has stay good; whether she wants mail is hers to say.
            return
        await store.appoint(organisation, email, viewer.key)

    await rooms.graph.write(act)


async def send(rooms: Rooms, viewer: Viewer, organisation: str, at: datetime, *, key: str) -> int:
    """Send a link to all that is said of the organisation's listings to whoever answers for it; to how many. The links that
    they had act no more.

    Raises NotFound, NotAllowed, InvalidInput when nobody answers for it, or they have just been written to.
    """
    if not rooms.settings.sends_mail:
        raise NotAllowed(NO_MAIL)
    asked = ("send link", organisation)

    async def act(unit: Unit) -> int:
        subject, _ = await _subject(unit, viewer, organisation)
        check(viewer, Operation.SEND_LINK, subject)
        if before := await unit.replies.found(viewer.key, key, asked):
            return before["sent"]
        recipients = (await Correspondents(unit).of([organisation])).get(organisation, ())
        items = _items((await listings_of(unit, [organisation])).get(organisation, ()))
        if not recipients or not items:
            raise InvalidInput(NOBODY, "adresse")
        await Correspondents(unit).lock(recipients)
        await _not_too_often(unit, organisation, recipients, at)
        links, ids = SignedLinks(unit), {one.id for one in recipients}
        for link in await links.open_for(organisation, at):
            if link.recipient in ids:
                await links.revoke(link.id)
        for recipient in recipients:
            await send_link(unit, rooms, organisation, recipient.id, items, at)
        await unit.replies.keep(viewer.key, key, asked, {"sent": len(recipients)})
        return len(recipients)

    return await rooms.graph.write(act)


async def _not_too_often(unit: Unit, organisation: str, recipients: Sequence[Recipient], at: datetime) -> None:
    """Links that a reminder takes there count as well: it is one more mail. Raises InvalidInput."""
    made = await SignedLinks(unit).made_since(organisation, at - timedelta(days=1))
    ids = {one.id for one in recipients}
    if any(link.recipient in ids and link.made > at - PAUSE for link in made):
        raise InvalidInput(JUST_SENT, "lien")
    if len({link.made for link in made}) >= MOST_A_DAY:
        raise InvalidInput(ENOUGH, "lien")


async def revoke(rooms: Rooms, viewer: Viewer, link: str) -> str:
    """Take a link away; whose it was. Raises NotFound, NotAllowed."""

    async def act(unit: Unit) -> str:
        held = await SignedLinks(unit).read(link)
        if held is None:
            raise NotFound(ABSENT)
        subject, _ = await _subject(unit, viewer, held.organisation)
        check(viewer, Operation.REVOKE_LINK, subject)
        await SignedLinks(unit).revoke(link)
        return held.organisation

    return await rooms.graph.write(act)


async def _subject(unit: Unit, viewer: Viewer, organisation: str) -> tuple[Subject, str]:
    """The organisation, for who may at least take links away. Raises NotFound."""
    body = (await unit.directory.organisations([organisation])).get(organisation)
    if body is None:
        raise NotFound(ABSENT)
    subject = Subject(organisation=organisation, above=await unit.keeping.above(organisation))
    if not may(viewer, Operation.REVOKE_LINK, subject):
        raise NotFound(ABSENT)
    return subject, body.name


def _items(known: Sequence[Known]) -> list[Item]:
    return [
        Item(listing=Target(ListingKind.SERVICE if place else ListingKind.ORGANISATION, record.id).key, group=group)
        for place, (record, claims) in enumerate(known)
        for group in vouched(record, claims)
    ]
