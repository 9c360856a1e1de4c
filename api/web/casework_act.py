"""One act on a file, as a page offers it: its title, its fields, what its form makes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from api.actions.casework import recording
from api.actions.casework.reading import Opened
from api.rooms import Rooms
from api.web.act_form import Field, Typed
from graph.model.access import Viewer
from graph.model.casework.acts import Event


@dataclass(frozen=True, slots=True)
class Doing:
    """A form that was sent: by whom, about which file and what of it (`item`), under which key."""

    rooms: Rooms
    viewer: Viewer
    opened: Opened
    item: str
    typed: Typed
    key: str

    @property
    def file(self) -> str:
        """The file's id."""
        return self.opened.file.id


@dataclass(frozen=True, slots=True)
class Act:
    """`fields` are made of the file, of what of it the act is about (empty for something new), of the day. `do` gives a text to
    show once, or nothing; it raises refusals, which name a field.
    """

    title: str
    button: str
    fields: Callable[[Opened, str, date], list[Field]]
    do: Callable[[Doing], Awaitable[str]]
    done: str
    hint: str = ""


def recorded(event: Callable[[Typed, Opened, str], Event]) -> Callable[[Doing], Awaitable[str]]:
    """For an act of graph/model/casework/recording.py."""

    async def do(doing: Doing) -> str:
        made = event(doing.typed, doing.opened, doing.item)
        await recording.record(doing.rooms, doing.viewer, doing.file, made, key=doing.key)
        return ""

    return do


def iso(day: date | None) -> str:
    """A day as a form's field holds it; empty for none."""
    return day.isoformat() if day else ""
