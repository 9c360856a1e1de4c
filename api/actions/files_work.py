"""What takes minutes goes on while its page says so: the page is looked at again, by whichever process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import structlog

from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.errors import Refusal
from graph.model.uploads import Upload

# A page waits so long before it says that the work goes on.
PATIENCE_SECONDS: Final = 4.0
FAILED: Final = "L’enregistrement n’a pas abouti : rien n’a été modifié. Réessayez dans un instant."

Act = Callable[[Rooms, Viewer, str], Awaitable[Upload]]

log = structlog.get_logger()
# The loop holds tasks weakly: without a name of ours they may vanish in the middle.
_going_on: Final[set[asyncio.Task[None]]] = set()


async def begin(rooms: Rooms, viewer: Viewer, id_: str, act: Act) -> None:
    """Have it done, and come back when it is, or a little later while it goes on. What comes to nothing is told with the upload.

    A process that ends meanwhile leaves nothing of it: the transaction goes with it.
    """
    await rooms.graph.write(lambda unit: unit.uploads.start(id_, datetime.now(UTC)))
    task = asyncio.create_task(_done(rooms, viewer, id_, act))
    _going_on.add(task)
    task.add_done_callback(_going_on.discard)
    await asyncio.wait({task}, timeout=PATIENCE_SECONDS)


async def _done(rooms: Rooms, viewer: Viewer, id_: str, act: Act) -> None:
    try:
        await act(rooms, viewer, id_)
        told = ""
    except Refusal as refusal:
        told = refusal.message
    except Exception as fault:
        log.error("file_not_done", fault=type(fault).__name__)
        told = FAILED
    await rooms.graph.write(lambda unit: unit.uploads.tell(id_, told))
