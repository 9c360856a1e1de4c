"""Someone is away, or leaves. Nobody is switched off while she holds open work: it moves file by file, then she is off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from api.actions.casework.filing import actor_of, noted, seated
from api.rooms import Rooms
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework.file import Actor, File
from graph.model.casework.free_text import checked_text
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.leaving import Leave, checked_leave, departure
from graph.model.errors import InvalidInput, NotAllowed
from graph.store.casework.reads import ReadPage
from graph.store.casework.rows import moment_of
from graph.store.casework.seats import SeatState
from graph.store.unit import Graph, Unit
from search.hours import PARIS

# More passes than a departure needs: each finds what came while the one before was at work.
MOST_PASSES: Final = 20
DESK: Final = "desk"


async def set_leave(rooms: Rooms, viewer: Viewer, leave: Leave, *, at: datetime) -> None:
    """Someone is away on these days: she says so, or her head of service. Raises NotAllowed, InvalidInput."""
    checked_leave(leave, at.astimezone(PARIS).date())

    async def write(unit: Unit) -> None:
        await _may_say(unit, viewer, leave.organisation, leave.account)
        if leave.substitute and leave.substitute not in await _active(unit, leave.organisation):
            raise InvalidInput("Cette personne ne travaille pas dans l’organisme.", "substitute")
        await unit.timing.set_leave(leave)

    await rooms.graph.write(write)


async def end_leave(rooms: Rooms, viewer: Viewer, organisation: str, account: str) -> None:
    """She is there again. Raises NotAllowed."""

    async def write(unit: Unit) -> None:
        await _may_say(unit, viewer, organisation, account)
        await unit.timing.end_leave(account, organisation)

    await rooms.graph.write(write)


@dataclass(frozen=True, slots=True)
class Departing:
    """What someone holds at an organisation, and who could take it: accounts with their names."""

    files: tuple[File, ...]
    colleagues: Mapping[str, str]
    leaving: bool


async def departing(rooms: Rooms, viewer: Viewer, organisation: str, account: str) -> Departing:
    """For whoever hands over: each file, and who is there. Raises NotAllowed."""
    async with rooms.graph.reading() as unit:
        await _may_hand_over(unit, viewer, organisation, account)
        held = [await unit.files.load(id_) for id_ in await unit.timing.held(account, organisation)]
        active = await _active(unit, organisation)
        state = await unit.seats.state(organisation, account)
    files = tuple(file for file in held if file is not None and file.open)
    if files:
        shown = [file.id for file in files]
        await noted(rooms, viewer, shown, {ShareGroup.IDENTITY}, ReadPage.LIST, datetime.now(UTC))
    colleagues = {id_: name for id_, name in active.items() if id_ != account}
    return Departing(
        files=files,
        colleagues=colleagues,
        leaving=state is not SeatState.ACTIVE,
    )


async def hand_over(
    rooms: Rooms,
    viewer: Viewer,
    organisation: str,
    account: str,
    plan: Mapping[str, str],
    *,
    why: str,
    at: datetime,
) -> int:
    """All that she holds goes, file by file, to whom `plan` says (by file: an account, or the desk), the rest to the duty desk;
    then she leads nothing and takes nothing. How many files moved. Killed on the way, it is taken up where it was.

    Raises NotAllowed, InvalidInput for someone who is not of the house, or for words that no file may keep.
    """
    checked_text(why, "why")
    async with rooms.graph.reading() as unit:
        await _may_hand_over(unit, viewer, organisation, account)
        active = await _active(unit, organisation)
    for to in plan.values():
        if to != DESK and (to not in active or to == account):
            raise InvalidInput("Cette personne ne travaille pas dans l’organisme.", "to")
    await rooms.graph.write(lambda unit: unit.seats.turn(organisation, account, SeatState.LEAVING))
    moved = await move_all(rooms.graph, actor_of(viewer), organisation, account, plan, why, at)
    await rooms.graph.write(lambda unit: unit.seats.turn(organisation, account, SeatState.OFF))
    return moved


async def move_all(
    graph: Graph, by: Actor, organisation: str, account: str, plan: Mapping[str, str], why: str, at: datetime
) -> int:
    """One file a transaction, until she holds nothing: what came meanwhile too. How many moved."""
    moved = 0
    for _ in range(MOST_PASSES):
        async with graph.reading() as unit:
            held = await unit.timing.held(account, organisation)
        done = 0
        for id_ in held:
            to = plan.get(id_, DESK)
            done += await graph.write(
                lambda unit, id_=id_, to=to: _move(unit, id_, by, organisation, account, to, why, at)
            )
        moved += done
        if not done:
            return moved
    raise InvalidInput("Du travail arrive plus vite qu’il ne part : réessayez.", "account")


async def _move(
    unit: Unit, id_: str, by: Actor, organisation: str, account: str, to: str, why: str, at: datetime
) -> int:
    file = await unit.files.load(id_)
    events = departure(file, account, organisation, "" if to == DESK else to, at, why) if file else []
    if file is None or not events:
        return 0
    await unit.files.append(file, by, at, *await seated(unit, file.id, events))
    return 1


async def handed_to_desk(
    graph: Graph,
    by: Actor,
    organisation: str,
    account: str,
    check: Callable[[Unit], Awaitable[object]],
    at: int,
) -> None:
    """All that she still holds goes to the duty desk, and she takes nothing new: before she works there no longer. `check` says
    whether it may be, in the transaction that begins it; `at` is milliseconds since 1970.
    """

    async def leaves(unit: Unit) -> None:
        await check(unit)
        await unit.seats.turn(organisation, account, SeatState.LEAVING)

    await graph.write(leaves)
    await move_all(graph, by, organisation, account, {}, "Départ de l’organisme", moment_of(at))


async def switched_off(unit: Unit, organisation: str, account: str) -> None:
    """She leads nothing there from now on. Raises InvalidInput while she holds something."""
    if await unit.timing.held(account, organisation):
        raise InvalidInput("Du travail vient de lui arriver : recommencez. Ses droits n’ont pas changé.", "account")
    await unit.seats.turn(organisation, account, SeatState.OFF)


async def _active(unit: Unit, organisation: str) -> dict[str, str]:
    """The accounts that work at an organisation, with their names."""
    members = await unit.accounts.members(organisation)
    return {account.id: account.name for one, account in members if one.active}


async def _may_say(unit: Unit, viewer: Viewer, organisation: str, account: str) -> None:
    subject = Subject(organisation=organisation, above=await unit.keeping.above(organisation))
    herself = account == viewer.account and organisation == viewer.organisation
    if not (herself and may(viewer, Operation.ANSWER_HANDOFF, subject)) and not may(
        viewer, Operation.ASSIGN_FILE, subject
    ):
        raise NotAllowed("Une absence se dit par la personne elle-même, ou par la responsable du service.")


async def _may_hand_over(unit: Unit, viewer: Viewer, organisation: str, account: str) -> None:
    subject = Subject(organisation=organisation, above=await unit.keeping.above(organisation))
    if not may(viewer, Operation.ASSIGN_FILE, subject):
        raise NotAllowed("Seule la responsable du service passe la main pour quelqu’un d’autre.")
