"""Time acts: it reminds, escalates, expires, and takes for true what nobody contested. And the clocks that a house sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, check
from graph.model.casework.clocks import Clock, Clocks
from graph.model.casework.file import Actor, ActorKind
from graph.model.casework.handoff import State
from graph.model.casework.said import NOTHING, Taking
from graph.model.casework.taking import take
from graph.model.casework.timing import due_tick
from graph.model.errors import InvalidInput, Unavailable
from graph.store.casework.clocks import Due
from graph.store.casework.keyring import KeyUnavailable
from graph.store.unit import Graph, Unit

# The clock's hand, in a file's log.
TIME: Final = Actor(kind=ActorKind.CLOCK, name="Horloge")
AT_ONCE: Final = 100
# What a house may set: an answer may be awaited a little longer, not for ever; an accompaniment takes its time.
LONGEST_DAYS: Final = 60
LONGEST_HOURS: Final = 240
AT_WORK: Final = {"jours": 120, "heures": 1000}

log = structlog.get_logger(__name__)


async def pass_over(graph: Graph, at: datetime) -> int:
    """All that time is to do by this moment, one handoff a transaction. How many steps it took. Raises Unavailable; what was done
    stays, and the rest is done at the next pass. A handoff on which time cannot act is gone past, and keeps no other waiting.
    """
    taken = 0
    after: Due | None = None
    faults: Counter[str] = Counter()
    while True:
        async with graph.reading() as unit:
            due = await unit.timing.due(at, AT_ONCE, after)
        for one in due:
            try:
                taken += await graph.write(lambda unit, id_=one.id: _tick(unit, id_, at))
            except Exception as fault:
                if isinstance(fault, Unavailable) and not isinstance(fault, KeyUnavailable):
                    raise
                faults[type(fault).__name__] += 1
        if len(due) < AT_ONCE:
            break
        after = due[-1]
    for name, count in faults.items():
        log.error("handoffs_not_timed", fault=name, count=count)
    return taken


async def _tick(unit: Unit, handoff: str, at: datetime) -> int:
    """What is due of one handoff now that it is read again; 0 when somebody was faster."""
    file = await unit.files.holding(handoff)
    if file is None or not file.open:
        return 0
    clocks = await unit.timing.clocks(file.handoffs[handoff].target.organisation)
    step = due_tick(file, file.handoffs[handoff], at, clocks)
    if step is None:
        return 0
    event = take(file, handoff, step, TIME, NOTHING, Taking(at=at, clocks=clocks))
    if event.lead is not None:
        event = replace(event, lead=await unit.seats.taken(file.id, event.lead))
    await unit.files.append(file, TIME, at, event)
    return 1


async def clocks_of(rooms: Rooms, viewer: Viewer, organisation: str) -> Clocks:
    """The clocks of an organisation, for whoever may set them. Raises NotAllowed."""
    async with rooms.graph.reading() as unit:
        await _check(unit, viewer, organisation)
        return await unit.timing.clocks(organisation)


async def set_clocks(
    rooms: Rooms,
    viewer: Viewer,
    organisation: str,
    days: Mapping[State, Clock],
    hours: Mapping[State, Clock],
    *,
    key: str,
    at: datetime,
) -> Clocks:
    """How long the house takes, from now on; what is under way keeps its date. Raises NotAllowed, InvalidInput with the field."""
    for table, most, unit_name in ((days, LONGEST_DAYS, "jours"), (hours, LONGEST_HOURS, "heures")):
        for state, clock in table.items():
            _checked(state, clock, AT_WORK[unit_name] if state is State.IN_PROGRESS else most, unit_name)
    asked = ("clocks", organisation, sorted(days.items()), sorted(hours.items()))

    async def write(unit: Unit) -> Clocks:
        await _check(unit, viewer, organisation)
        if not await unit.replies.found(viewer.key, key, asked):
            await unit.timing.set_clocks(organisation, Clocks(days=days, hours=hours), viewer.account, at)
            await unit.replies.keep(viewer.key, key, asked, {})
        return await unit.timing.clocks(organisation)

    return await rooms.graph.write(write)


def _checked(state: State, clock: Clock, most: int, unit: str) -> None:
    steps = [*clock.remind, *((clock.escalate,) if clock.escalate is not None else ())]
    steps += [clock.expire] if clock.expire is not None else []
    if not all(0 < number <= most for number in (clock.due, *steps)):
        raise InvalidInput(f"Un délai est de 1 à {most} {unit}.", state.value)
    if steps != sorted(steps):
        raise InvalidInput("Le rappel vient avant l’alerte, et l’alerte avant la fin.", state.value)


async def _check(unit: Unit, viewer: Viewer, organisation: str) -> None:
    check(
        viewer,
        Operation.SET_CLOCKS,
        Subject(organisation=organisation, above=await unit.keeping.above(organisation)),
    )
