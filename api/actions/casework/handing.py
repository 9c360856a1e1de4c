"""A handoff from its draft to its end, as doors ask for it: each act gives the file as it then stands, and what the viewer sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from api.actions.casework import handoffs
from api.actions.casework.filing import ABSENT, act, seen_in
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import deciding
from graph.model.casework.acts import Event
from graph.model.casework.clocks import PARIS
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, File
from graph.model.casework.handoff import Handoff, Step, Target
from graph.model.casework.receivers import practical_only, tellable
from graph.model.casework.said import NOTHING, Said, Taking
from graph.model.casework.sight import Sight, shared_groups
from graph.model.directory import ListingState, Organisation
from graph.model.errors import InvalidInput, NotFound
from graph.store.casework.reads import ReadPage
from graph.store.unit import Unit

LAST_POSITION: Final = 9999
FARTHEST_YEARS: Final = 2
NO_TARGET: Final = "Ce destinataire n’existe pas, ou n’est plus dans l’annuaire. Rien n’a été modifié."


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A handoff as the viewer sees it: its file, her sight of the file, its id."""

    file: File
    sight: Sight
    id: str

    @property
    def handoff(self) -> Handoff:
        """The handoff itself."""
        return self.file.handoffs[self.id]


def made_id(viewer: Viewer, key: str) -> str:
    """The id of what an act makes: sent twice under one key, it makes the same."""
    return sha256(f"{viewer.key}|{key}".encode()).hexdigest()[:32]


async def seen(rooms: Rooms, viewer: Viewer, handoff_id: str, at: datetime | None = None) -> Handed:
    """A handoff. Raises NotFound: hidden and absent look the same."""
    moment = at or datetime.now(UTC)
    async with rooms.graph.reading() as unit:
        found = await seen_in_unit(unit, viewer, handoff_id, moment)
    await noted(rooms, viewer, found, moment)
    return found


async def noted(rooms: Rooms, viewer: Viewer, handed: Handed, at: datetime) -> None:
    """Write down what of the file the viewer reads, before it is shown; nothing where she sees that it exists and no more.

    Raises Unavailable: then nothing is shown.
    """
    groups = handed.sight.groups if handed.sight.whole else shared_groups(handed.file, handed.handoff, at)
    if not groups:
        return
    await rooms.graph.write(
        lambda unit: unit.file_reads.note(
            [handed.file.id], viewer.account, viewer.organisation, ReadPage.HANDOFF, groups, at
        )
    )


async def seen_in_unit(unit: Unit, viewer: Viewer, handoff_id: str, at: datetime) -> Handed:
    """A handoff within a unit. Raises NotFound."""
    file, sight = await seen_in(unit, viewer, await unit.files.holding(handoff_id), at)
    if handoff_id not in sight.handoffs:
        raise NotFound(ABSENT)
    return Handed(file=file, sight=sight, id=handoff_id)


async def prepare(
    rooms: Rooms, viewer: Viewer, file_id: str, draft: Draft, *, key: str, at: datetime | None = None
) -> Handed:
    """Prepare a handoff by whoever works on the file; nothing leaves. Its id is made of the key.

    Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput, and NeedsConfirming where the target has had it already.
    """
    moment = at or datetime.now(UTC)
    made = replace(draft, id=made_id(viewer, key))

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        body = await target_of(unit, made.target, moment)
        ready = replace(made, practical_only=practical_only(body.kind))
        clocks = await unit.timing.clocks(made.target.organisation)
        return [deciding.drafted(file, ready, by, Taking(at=moment, clocks=clocks))]

    asked = ("draft", replace(draft, id=""))
    await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=moment)
    return await seen(rooms, viewer, made.id, moment)


async def step(
    rooms: Rooms,
    viewer: Viewer,
    handoff_id: str,
    step: Step,
    said: Said = NOTHING,
    *,
    key: str,
    expected_seq: int | None = None,
    at: datetime | None = None,
) -> Handed:
    """Take a step, from whichever side the viewer is on. Raises what `handoffs.step` raises."""
    moment = at or datetime.now(UTC)
    said = checked(said, moment)
    if step is Step.REDIRECT and (to := said.to):
        said = replace(said, child=made_id(viewer, key))
        await _check_redirect(rooms, viewer, handoff_id, to, moment)
    file = await handoffs.step(rooms, viewer, handoff_id, step, said, key=key, expected_seq=expected_seq, at=moment)
    return await _after(rooms, viewer, file, handoff_id, moment)


async def settle(
    rooms: Rooms, viewer: Viewer, handoff_id: str, text: str, *, key: str, at: datetime | None = None
) -> Handed:
    """Whoever works on the file says what follows from a handoff that has ended. Raises NotFound, NotAllowed, StepNotAllowed."""
    moment = at or datetime.now(UTC)
    found = await seen(rooms, viewer, handoff_id, moment)

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.settled(file, handoff_id, text)]

    asked = ("settle", handoff_id, text)
    file = await act(rooms, viewer, found.file.id, key=key, asked=asked, decide=decide, at=moment)
    return await _after(rooms, viewer, file, handoff_id, moment)


async def review(
    rooms: Rooms, viewer: Viewer, handoff_id: str, text: str, *, key: str, at: datetime | None = None
) -> Handed:
    """A second person who works on the file has looked at what was told in danger.

    Raises NotFound, NotAllowed, StepNotAllowed for the one who told it or where nothing waits, ReasonMissing.
    """
    moment = at or datetime.now(UTC)
    found = await seen(rooms, viewer, handoff_id, moment)

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        return [deciding.reviewed(file, handoff_id, by, text)]

    asked = ("review", handoff_id, text)
    file = await act(rooms, viewer, found.file.id, key=key, asked=asked, decide=decide, at=moment)
    return await _after(rooms, viewer, file, handoff_id, moment)


async def _after(rooms: Rooms, viewer: Viewer, file: File, handoff_id: str, at: datetime) -> Handed:
    """What the viewer sees of it now. One who gave the file away by this step sees that she did, and nothing of the file."""
    async with rooms.graph.reading() as unit:
        try:
            stood, sight = await seen_in(unit, viewer, file, at)
        except NotFound:
            stood, sight = file, Sight(handoffs=frozenset({handoff_id}))
    return Handed(file=stood, sight=replace(sight, handoffs=sight.handoffs | {handoff_id}), id=handoff_id)


async def target_of(unit: Unit, target: Target, at: datetime) -> Organisation:
    """The organisation that is addressed, as the directory has it. Raises InvalidInput."""
    body = (await unit.directory.organisations([target.organisation])).get(target.organisation)
    closed = body is not None and body.closed_on is not None and body.closed_on <= at.astimezone(PARIS).date()
    if body is None or body.state is not ListingState.PUBLISHED or closed:
        raise InvalidInput(NO_TARGET, "target")
    if target.service:
        service = (await unit.directory.services([target.service])).get(target.service)
        if service is None or service.organisation != target.organisation:
            raise InvalidInput(NO_TARGET, "target")
    return body


async def _check_redirect(rooms: Rooms, viewer: Viewer, handoff_id: str, to: Target, at: datetime) -> None:
    async with rooms.graph.reading() as unit:
        found = await seen_in_unit(unit, viewer, handoff_id, at)
        body = await target_of(unit, to, at)
    if not found.handoff.groups <= tellable(body.kind):
        raise InvalidInput("À ce destinataire, seuls des éléments pratiques peuvent être dits.", "to")


def checked(said: Said, at: datetime) -> Said:
    """What comes with a step, in bounds; a moment without a zone is Paris's."""
    if said.position is not None and not 1 <= said.position <= LAST_POSITION:
        raise InvalidInput(f"Le rang est un nombre de 1 à {LAST_POSITION}.", "position")
    if said.on is None:
        return said
    on = said.on if said.on.tzinfo else said.on.replace(tzinfo=PARIS)
    if not at.year - FARTHEST_YEARS <= on.year <= at.year + FARTHEST_YEARS:
        raise InvalidInput("Ce jour est trop loin.", "on")
    return replace(said, on=on.astimezone(UTC))
