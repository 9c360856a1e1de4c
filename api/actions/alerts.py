"""Searches that someone keeps, and the daily pass that finds what is new in them."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Final
from uuid import uuid4

from api.actions.find_relay import Ask, Page, find_relay
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check
from graph.model.alerts import LONGEST_NAME, MOST_SAVED, MOST_TOLD, News, Pace, SavedSearch, Sought, lasting, news
from graph.model.errors import InvalidInput, NotFound, TooMuch
from graph.model.narrowing import Narrowing
from graph.model.vocabulary import competence, competences
from graph.store.unit import Unit

ABSENT: Final = "Cette recherche n’existe pas, ou n’est pas à vous. Rien n’a été modifié."
NO_THEME: Final = (
    "Seul ce qui a été compris s’enregistre, et aucun thème ne l’a été : choisissez-en un. Rien n’a été enregistré."
)
NO_PLACE: Final = "Précisez le lieu : une alerte porte sur un secteur. Rien n’a été enregistré."
TOO_WIDE: Final = "Cette recherche donne plus de 500 relais : précisez-la avant d’en demander des nouvelles."
KEY_BYTES: Final = 24
MOST_CHOICES: Final = 20
PASSED_AT_ONCE: Final = 50

# Writes one mail in the unit in which the search is marked as told.
Tell = Callable[[Unit, SavedSearch, News], Awaitable[None]]


async def saved(rooms: Rooms, viewer: Viewer) -> list[SavedSearch]:
    """The searches that she keeps. Raises NotAllowed."""
    _check(viewer)
    async with rooms.graph.reading() as unit:
        return await unit.searches.of(viewer.account)


async def save(rooms: Rooms, viewer: Viewer, sought: Sought, *, key: str, name: str = "") -> SavedSearch:
    """Keep what was understood of a search, as far as it lasts. Raises NotAllowed, InvalidInput, TooMuch past fifty."""
    _check(viewer)
    sought = lasting(sought)
    if not sought.competences:
        raise InvalidInput(NO_THEME, "competences")
    for id_ in sought.competences:
        if id_ not in competences():
            raise InvalidInput(f"La compétence « {id_[:80]} » n’existe pas. Rien n’a été enregistré.", "competences")
    chosen = (sought.competences, sought.publics, sought.modes, sought.kinds)
    if max(map(len, chosen)) > MOST_CHOICES:
        raise InvalidInput(f"Pas plus de {MOST_CHOICES} choix à la fois dans une liste. Rien n’a été enregistré.")
    territory = rooms.places.get(sought.territory)
    if territory is None:
        raise InvalidInput(NO_PLACE, "territory")
    named = _named(name or f"{competence(sought.competences[0]).label} {territory.where()}"[:LONGEST_NAME])
    search = SavedSearch(
        id=uuid4().hex, account=viewer.account, name=named, sought=sought, key=secrets.token_urlsafe(KEY_BYTES)
    )

    async def act(unit: Unit) -> SavedSearch:
        if before := await unit.replies.found(viewer.key, key, ("save", sought, name)):
            return await _hers(unit, viewer, before["id"])
        if len(await unit.searches.of(viewer.account)) >= MOST_SAVED:
            raise TooMuch(f"Vous gardez déjà {MOST_SAVED} recherches : supprimez-en une. Rien n’a été enregistré.")
        await unit.searches.add(search)
        await unit.replies.keep(viewer.key, key, ("save", sought, name), {"id": search.id})
        return search

    return await rooms.graph.write(act)


async def rename(rooms: Rooms, viewer: Viewer, id_: str, name: str) -> None:
    """Give it another name. Raises NotFound, InvalidInput."""
    named = _named(name)

    async def act(unit: Unit) -> None:
        await unit.searches.rename((await _hers(unit, viewer, id_)).id, named)

    await rooms.graph.write(act)


async def remove(rooms: Rooms, viewer: Viewer, id_: str, *, key: str, removed: bool = True) -> None:
    """Take it away, or bring back the last that was. Raises NotFound, InvalidInput for a key of something else."""

    async def act(unit: Unit) -> None:
        if await unit.replies.found(viewer.key, key, ("remove", id_, removed)) is None:
            await unit.searches.remove(await _hers(unit, viewer, id_), removed=removed)
            await unit.replies.keep(viewer.key, key, ("remove", id_, removed), {})

    await rooms.graph.write(act)


async def set_pace(rooms: Rooms, viewer: Viewer, id_: str, pace: Pace, *, key: str) -> SavedSearch:
    """How often she is told of what is new. Raises NotFound, TooMuch when the answer is too wide to tell, InvalidInput for a
    key of something else.
    """
    async with rooms.graph.reading() as unit:
        search = await _hers(unit, viewer, id_)
    if pace is not Pace.NEVER:
        await answering(rooms, search.sought)

    async def act(unit: Unit) -> None:
        if await unit.replies.found(viewer.key, key, ("pace", id_, pace)) is not None:
            return
        held = await _hers(unit, viewer, id_)
        if held.pace is not pace:
            await unit.searches.set_pace(held.id, pace)
        await unit.replies.keep(viewer.key, key, ("pace", id_, pace), {})

    await rooms.graph.write(act)
    return replace(search, pace=pace)


async def by_key(rooms: Rooms, id_: str, key: str) -> SavedSearch:
    """The search that a mail is about, for whoever holds the key in it. Raises NotFound."""
    async with rooms.graph.reading() as unit:
        search = await unit.searches.get(id_)
    if search is None or not hmac.compare_digest(search.key.encode(), key.encode()):
        raise NotFound(ABSENT)
    return search


async def stop(rooms: Rooms, id_: str, key: str) -> SavedSearch:
    """No more mails about it; the search stays. Raises NotFound."""
    search = await by_key(rooms, id_, key)
    if search.pace is not Pace.NEVER:
        await rooms.graph.write(lambda unit: unit.searches.set_pace(id_, Pace.NEVER))
    return replace(search, pace=Pace.NEVER)


async def answering(rooms: Rooms, sought: Sought) -> list[str]:
    """The keys of the listings that answer there as asked, best first; none when the search had to be widened.

    Raises TooMuch when there are more than can be told apart from one day to the next; InvalidInput, Unavailable.
    """
    ask = Ask(
        competences=sought.competences,
        territory=sought.territory,
        publics=sought.publics,
        modes=sought.modes,
        narrowing=Narrowing(kinds=sought.kinds, **dict.fromkeys(sought.wishes, True)),
    )
    found = await find_relay(rooms, ask, Page(count=MOST_TOLD))
    if found.cut or found.total > MOST_TOLD:
        raise TooMuch(TOO_WIDE)
    return [] if found.widened else [relay.listing.key for relay in found.relays]


async def pass_over(rooms: Rooms, today: date, tell: Tell) -> int:
    """The daily pass: each search that is due is looked at, and what is new is told, once a period. How many mails.

    It may run twice, or not at all for a while: what was told is marked in the transaction of the mail.
    """
    mails, after = 0, ""
    while True:
        async with rooms.graph.reading() as unit:
            some = await unit.searches.alerted(after, PASSED_AT_ONCE)
        for search in some:
            if search.is_due(today):
                mails += await _look(rooms, search, today, tell)
        if len(some) < PASSED_AT_ONCE:
            return mails
        after = some[-1].id


async def _look(rooms: Rooms, search: SavedSearch, today: date, tell: Tell) -> int:
    try:
        now = await answering(rooms, search.sought)
    except (TooMuch, InvalidInput):
        # It has grown too wide, or its place is gone: nothing can be told, and its owner sees so on her page.
        return 0

    async def act(unit: Unit) -> int:
        held = await unit.searches.lock(search.id, uuid4().hex)
        if held is None or not held.is_due(today):
            return 0
        said = news(held, now)
        if said:
            await tell(unit, held, said)
        await unit.searches.tell(held.id, now, today)
        return 1 if said else 0

    return await rooms.graph.write(act)


async def _hers(unit: Unit, viewer: Viewer, id_: str) -> SavedSearch:
    _check(viewer)
    search = await unit.searches.get(id_)
    if search is None or search.account != viewer.account:
        raise NotFound(ABSENT)
    return search


def _check(viewer: Viewer) -> None:
    check(viewer, Operation.SAVE_SEARCH, Subject(account=viewer.account))


def _named(name: str) -> str:
    said = " ".join(name.split())
    if not said or len(said) > LONGEST_NAME:
        raise InvalidInput(f"Donnez un nom de 1 à {LONGEST_NAME} caractères. Rien n’a été modifié.", "name")
    return said
