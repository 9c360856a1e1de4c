"""What coordinators are told without asking, and what they want to be silent about for a while."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import uuid4

from api.actions.figures.reading import must_read_figures
from api.rooms import Rooms
from graph.model.access import Operation, Viewer, check, may
from graph.model.errors import InvalidInput, NotFound
from graph.model.figures.alert_words import Names
from graph.model.figures.alerts import Silence, Standing, in_order, silence_until
from graph.model.suggestion import LONGEST_REASON, checked_text
from graph.store.unit import Unit
from search.hours import PARIS

ABSENT: Final = "Cette alerte n’existe pas, ou n’est plus vraie. Rien n’a été modifié."
LONGEST_ID: Final = 700
MOST_PAST: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is told today, the most urgent first; what someone wants to be silent about; what is over, with its last day."""

    standing: tuple[Standing, ...]
    silenced: tuple[Standing, ...]
    past: tuple[tuple[Standing, date], ...]
    names: Names
    today: date
    may_silence: bool


async def told(rooms: Rooms, viewer: Viewer, at: datetime | None = None) -> Told:
    """All alerts. Raises NotSignedIn, NotAllowed."""
    must_read_figures(viewer)
    today = _moment(at).astimezone(PARIS).date()
    async with rooms.graph.reading() as unit:
        standing = in_order(await unit.alerts.standing())
        past = await unit.alerts.past(MOST_PAST)
        called = await names_of(unit, rooms, [*standing, *(one for one, _ in past)])
    return Told(
        standing=tuple(one for one in standing if not one.silenced(today)),
        silenced=tuple(one for one in standing if one.silenced(today)),
        past=tuple(past),
        names=called,
        today=today,
        may_silence=may(viewer, Operation.SILENCE_ALERTS),
    )


async def silence(
    rooms: Rooms, viewer: Viewer, id_: str, *, reason: str, until: date | None, key: str, at: datetime | None = None
) -> Standing:
    """Keep an alert from the list until a day (included), for a reason that the others read.

    Raises NotSignedIn, NotAllowed, NotFound, InvalidInput with the field.
    """
    check(viewer, Operation.SILENCE_ALERTS)
    now = _moment(at)
    said = checked_text(reason, "reason", LONGEST_REASON, needed=True)
    last = silence_until(until, now.astimezone(PARIS).date())
    made = Silence(account=viewer.account, reason=said, until=last, at=now)
    return await _change(rooms, viewer, id_, made, ("silence", id_, said, last), key)


async def unsilence(rooms: Rooms, viewer: Viewer, id_: str, *, key: str) -> Standing:
    """Tell it again. Raises NotSignedIn, NotAllowed, NotFound, InvalidInput for a key of something else."""
    check(viewer, Operation.SILENCE_ALERTS)
    return await _change(rooms, viewer, id_, None, ("unsilence", id_), key)


async def _change(
    rooms: Rooms, viewer: Viewer, id_: str, made: Silence | None, asked: tuple[object, ...], key: str
) -> Standing:
    if len(id_) > LONGEST_ID:
        raise NotFound(ABSENT)

    async def act(unit: Unit) -> Standing:
        before = await unit.replies.found(viewer.key, key, asked)
        held = await unit.alerts.hold(id_, uuid4().hex)
        if held is None:
            raise NotFound(ABSENT)
        if before is not None:
            return held
        await unit.alerts.silence(id_, made)
        await unit.replies.keep(viewer.key, key, asked, {})
        return Standing(alert=held.alert, seen=held.seen, silence=made)

    return await rooms.graph.write(act)


async def names(rooms: Rooms, standing: Standing) -> Names:
    """What all that one alert names is called."""
    async with rooms.graph.reading() as unit:
        return await names_of(unit, rooms, [standing])


async def names_of(unit: Unit, rooms: Rooms, standing: Iterable[Standing]) -> Names:
    """What all that these name is called."""
    them = list(standing)
    alerts = [one.alert for one in them]
    accounts = sorted({one.silence.account for one in them if one.silence})
    places = {id_ for alert in alerts for id_ in (alert.territory, *alert.places) if id_}
    return Names(
        organisations=await unit.queue.names([alert.organisation for alert in alerts if alert.organisation]),
        listings=await unit.queue.listing_names([alert.listing for alert in alerts if alert.listing]),
        accounts={id_: account.name for id_, account in (await unit.accounts.of(accounts)).items()},
        territories={id_: place for id_ in places if (place := rooms.places.get(id_))},
    )


def read_day(text: str, name: str) -> date | None:
    """A day as a form sends it; None where none was given. Raises InvalidInput."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"« {text[:20]} » n’est pas une date. Rien n’a été modifié.", name) from None


def _moment(at: datetime | None) -> datetime:
    return at or datetime.now(UTC)
