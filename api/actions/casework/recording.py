"""What is written in a file, who is around it, what is looked at again: one action for all of it, each act checked by the model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

from api.actions.casework.filing import act
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework import recording
from graph.model.casework.acts import Event, WorkersSet
from graph.model.casework.file import Actor, File
from graph.model.casework.story import writing_kind
from graph.model.casework.writings import Struck, WatchSet
from graph.model.errors import InvalidInput, StepNotAllowed
from graph.store.unit import Unit

NOT_A_COLLEAGUE: Final = (
    "Cette personne ne travaille pas dans l’organisme qui suit le dossier : choisissez-la dans la liste."
)


async def record(
    rooms: Rooms, viewer: Viewer, file_id: str, event: Event, *, key: str, at: datetime | None = None
) -> File:
    """Keep an act of graph/model/casework/recording.py. Something new comes without an id, and is given one.

    Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput, ReasonMissing.
    """
    asked = ("record", type(event).__name__, event)

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        await _checked(unit, file, event)
        return [recording.recorded(file, recording.named(file, event, uuid4().hex), moment)]

    return await act(rooms, viewer, file_id, key=key, asked=asked, decide=decide, at=at)


async def _checked(unit: Unit, file: File, event: Event) -> None:
    """What only the graph knows: who is a colleague, what an entry is."""
    match event:
        case WorkersSet(accounts=accounts):
            await colleagues(unit, file, sorted(accounts - file.workers))
        case WatchSet(watch=watch) if watch.account:
            await colleagues(unit, file, [watch.account])
        case Struck(entry=number):
            entries = await unit.files.log(file.id, number - 1, 1)
            if not entries or writing_kind(entries[0].event) is None:
                raise StepNotAllowed("written", "strike", "seul un écrit peut être barré")
        case _:
            pass


async def colleagues(unit: Unit, file: File, accounts: Sequence[str]) -> None:
    """Raises InvalidInput unless each of these works, today, where the file's lead does."""
    if not accounts:
        return
    members = await unit.accounts.members(file.lead.organisation) if file.lead else []
    active = {one.account for one, account in members if one.active and account.active}
    if not active.issuperset(accounts):
        raise InvalidInput(NOT_A_COLLEAGUE, "account")
