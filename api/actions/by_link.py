"""What the holder of a signed link may see and do: each group of its listings once, on the one road of every change.

A link is worth what its receiver is: one who no longer answers for the organisation holds a revoked link, from the next call on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from api.actions.keeping import First, change_groups, confirm_groups
from api.mail.message import host_of
from api.rooms import Rooms
from graph.model.access import Role, Viewer
from graph.model.directory import ListingState
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.model.freshness import Vouched, vouched
from graph.model.keeping import Kept, Target
from graph.model.listing import FieldGroup
from graph.model.mail import Item, LinkState, SignedLink, Template, key_of
from graph.store.correspondents import Correspondents
from graph.store.mails import Mails
from graph.store.signed_links import SignedLinks
from graph.store.unit import Unit

UNKNOWN: Final = "Ce lien n’existe pas. Vérifiez que l’adresse a été recopiée en entier depuis le courriel."
NO_LONGER: Final = {
    LinkState.ENDED: "Ce lien ne sert plus : ses 14 jours sont passés. Rien n’a été modifié.",
    LinkState.REVOKED: "Ce lien a été retiré : adressez-vous à l’administrateur de votre organisme. Rien n’a été modifié.",
}
USED: Final = "Ce lien a déjà servi pour cette rubrique. Rien d’autre n’a été modifié."
NO_MAIL: Final = "Ce site n’envoie pas de courriel pour le moment. Rien n’a été modifié."
SAID_BY: Final = "Correspondant de l’organisme, par un lien reçu"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedGroup:
    """One group that the link is about: who vouched for it and when (None for nobody), and whether the link has acted on it."""

    item: Item
    vouched: Vouched | None
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedListing:
    """One listing as it stands, with the groups that the link is about."""

    kept: Kept
    groups: tuple[AskedGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A link as its holder sees it now. `renewable` when the same person may be sent another."""

    link: SignedLink
    state: LinkState
    organisation: str
    listings: tuple[AskedListing, ...]
    renewable: bool


async def opened(rooms: Rooms, token: str, at: datetime) -> Opened:
    """What this token opens; it changes nothing. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        link, answers = await _held(unit, token)
        state = link.state(at) if answers else LinkState.REVOKED
        bodies = await unit.directory.organisations([link.organisation])
        listings = [await _asked(unit, link, target) for target in _targets(link)]
        wants = bool(await Correspondents(unit).address(link.recipient, link.organisation))
    body = bodies.get(link.organisation)
    return Opened(
        link=link,
        state=state,
        organisation=body.name if body else "",
        listings=tuple(one for one in listings if one),
        renewable=wants and not link.renewed and state is LinkState.ENDED and rooms.settings.sends_mail,
    )


async def confirm(rooms: Rooms, token: str, items: Sequence[Item], at: datetime, expected_seq: int | None) -> None:
    """These groups, all of one listing, are still true. Raises NotFound, NotAllowed, InvalidInput, Conflict."""
    link = await _open(rooms, token, items, at)
    for item in items:
        await _once(
            confirm_groups(
                rooms,
                _viewer(link, item),
                item.target,
                [item.group],
                key=_key(item),
                expected_seq=expected_seq,
                at=at,
                first=using(link, item, at),
            )
        )


async def correct(
    rooms: Rooms, token: str, item: Item, values: Mapping[str, Any], at: datetime, expected_seq: int | None
) -> None:
    """This group is so, field by field. Raises NotFound, NotAllowed, InvalidInput with the field, Conflict."""
    link = await _open(rooms, token, [item], at)
    await _act(rooms, link, item, values, at, expected_seq)


async def ask_again(rooms: Rooms, token: str, at: datetime) -> None:
    """Send another link, to the same person, for what the first has not settled, once, when it has ended. Who took it away
    did not want it renewed. Raises NotFound, NotAllowed.
    """
    if not rooms.settings.sends_mail:
        raise NotAllowed(NO_MAIL)

    async def act(unit: Unit) -> None:
        link, answers = await _held(unit, token)
        if not answers or link.revoked:
            raise NotAllowed(NO_LONGER[LinkState.REVOKED])
        if link.state(at) is LinkState.OPEN or not await SignedLinks(unit).renew(link.id):
            return
        left = [item for item in link.items if item not in link.used] or list(link.items)
        await send_link(unit, rooms, link.organisation, link.recipient, left, at)

    await rooms.graph.write(act)


async def send_link(
    unit: Unit, rooms: Rooms, organisation: str, recipient: str, items: Sequence[Item], at: datetime
) -> str:
    """A new link to these groups, and the mail that takes it there; the link's id."""
    link = await SignedLinks(unit).make(organisation, recipient, items, at)
    site = host_of(rooms.settings)
    await Mails(unit).write(Template.LINK, recipient, organisation=organisation, subjects=[link], site=site)
    return link


async def stop_mails(rooms: Rooms, token: str) -> None:
    """No mail any more to whom this link was sent, however old it is. Raises NotFound."""

    async def act(unit: Unit) -> None:
        link, _ = await _held(unit, token)
        await Correspondents(unit).stop(link.recipient)

    await rooms.graph.write(act)


async def resume_mails(rooms: Rooms, token: str) -> None:
    """Mails again to whom this link was sent: she alone may say so. Raises NotFound."""

    async def act(unit: Unit) -> None:
        link, _ = await _held(unit, token)
        await Correspondents(unit).resume(link.recipient)

    await rooms.graph.write(act)


async def _held(unit: Unit, token: str) -> tuple[SignedLink, bool]:
    """The link of this token, and whether who received it still answers for the organisation. Raises NotFound."""
    link = await SignedLinks(unit).opened_by(key_of(token))
    if link is None:
        raise NotFound(UNKNOWN)
    return link, await _answers(unit, link)


async def _answers(unit: Unit, link: SignedLink) -> bool:
    answering = (await Correspondents(unit).answering([link.organisation])).get(link.organisation, ())
    return link.recipient in {one.id for one in answering}


async def _open(rooms: Rooms, token: str, items: Sequence[Item], at: datetime) -> SignedLink:
    """The link, which may act on all of these. Raises NotFound, NotAllowed, InvalidInput."""
    async with rooms.graph.reading() as unit:
        link, answers = await _held(unit, token)
    state = link.state(at) if answers else LinkState.REVOKED
    if state is not LinkState.OPEN:
        raise NotAllowed(NO_LONGER[state])
    if not items or len({item.listing for item in items}) > 1 or not set(items) <= set(link.items):
        raise InvalidInput("Choisissez une rubrique de ce lien. Rien n’a été modifié.", "item")
    if link.used & set(items):
        raise NotAllowed(USED)
    return link


def using(link: SignedLink, item: Item, at: datetime) -> First:
    """Within the act: the link acts on this group now, if nobody took it away, nor the listing, since it was looked at."""

    async def use(unit: Unit, held: Kept) -> None:
        links = SignedLinks(unit)
        if not await links.use(link.id, item):
            raise NotAllowed(USED)
        now = await links.read(link.id)
        state = now.state(at) if now and await _answers(unit, now) else LinkState.REVOKED
        if state is not LinkState.OPEN:
            raise NotAllowed(NO_LONGER[state])
        if held.record.state is not ListingState.PUBLISHED:
            raise NotFound("Cette fiche n’est plus montrée à personne. Rien n’a été modifié.")

    return use


async def _act(
    rooms: Rooms,
    link: SignedLink,
    item: Item,
    values: Mapping[str, Any],
    at: datetime,
    expected_seq: int | None,
    asked: object = None,
) -> None:
    await _once(
        change_groups(
            rooms,
            _viewer(link, item),
            item.target,
            {item.group: values},
            key=_key(item),
            expected_seq=expected_seq,
            at=at,
            input=asked,
            first=using(link, item, at),
        )
    )


async def _once(acting: Any) -> None:
    """The road answers a second act under the same key only when it is the same; another says that the link was used."""
    try:
        await acting
    except InvalidInput as refusal:
        raise NotAllowed(USED) if refusal.field == "idempotencyKey" else refusal from refusal


async def _asked(unit: Unit, link: SignedLink, target: Target) -> AskedListing | None:
    """None for a listing that is shown to nobody any more."""
    kept = await unit.keeping.current(target)
    if kept is None or kept.record.state is not ListingState.PUBLISHED:
        return None
    days = vouched(kept.record, kept.claims)
    items = [item for group in FieldGroup for item in link.items if item.listing == target.key and item.group is group]
    groups = [AskedGroup(item=item, vouched=days.get(item.group), used=item in link.used) for item in items]
    return AskedListing(kept=kept, groups=tuple(groups))


def _targets(link: SignedLink) -> list[Target]:
    return list(dict.fromkeys(item.target for item in link.items))


def _viewer(link: SignedLink, item: Item) -> Viewer:
    """Who acts: no account, the organisation's own word, this listing and this group and nothing else."""
    return Viewer(
        name=SAID_BY,
        organisation=link.organisation,
        organisations=(link.organisation,),
        roles=frozenset({Role.LISTING_EDITOR}),
        by_link=link.id,
        listing=item.listing,
        groups=frozenset({item.group}),
    )


def _key(item: Item) -> str:
    """One act a group: the key is the group's."""
    return sha256(str(item).encode()).hexdigest()
