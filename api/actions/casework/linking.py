"""Two files of one person become one: by who works on both, or by a code that the person carries from one to the other."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from api.actions.casework.filing import ABSENT, act, seen_in
from api.rooms import Rooms
from graph.model.access import Viewer
from graph.model.casework.acts import Event
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import Actor, File
from graph.model.casework.linking import CODE_LENGTH, CODE_LETTERS, CODE_LIVES, code_of, linked
from graph.model.casework.recording import recorded
from graph.model.casework.writings import Noted, NoteKind
from graph.model.errors import InvalidInput, NotAllowed, NotFound
from graph.store.unit import Unit


async def offer_link(rooms: Rooms, viewer: Viewer, file_id: str, *, key: str, at: datetime | None = None) -> str:
    """A code to hand to the person: whoever else accompanies her types it, and this file goes into that one.

    It serves once, within a week, and puts the one before out of use; the file keeps that it was handed over. The same key gives
    the same code. Raises NotFound, NotAllowed, StepNotAllowed.
    """

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        until = moment + CODE_LIVES
        await unit.link_codes.keep(_code(unit, file.id, viewer, key), file.id, until, moment)
        day = until.astimezone(PARIS).date().isoformat()
        text = f"Code de rapprochement remis à la personne, avec son accord, valable jusqu’au {day}."
        return [recorded(file, Noted(kind=NoteKind.NOTE, text=text, on=moment, with_person=True), moment)]

    file = await act(rooms, viewer, file_id, key=key, asked="offer link", decide=decide, at=at)
    async with rooms.graph.reading() as unit:
        return _code(unit, file.id, viewer, key)


async def link_by_code(
    rooms: Rooms, viewer: Viewer, file_id: str, typed: str, *, key: str, at: datetime | None = None
) -> File:
    """The file that this code stands for goes into this one. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""
    code = code_of(typed)

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        other = await unit.files.load(await unit.link_codes.used(code, moment) or "-")
        if other is None:
            raise InvalidInput(
                "Ce code ne sert plus, ou n’est pas juste. Demandez-en un autre à la personne ou à son autre référent.",
                "code",
            )
        return await _both(unit, file, other, by, moment)

    return await act(rooms, viewer, file_id, key=key, asked=("link code", code), decide=decide, at=at)


async def link_files(
    rooms: Rooms, viewer: Viewer, file_id: str, other_id: str, *, key: str, at: datetime | None = None
) -> File:
    """Another file that the viewer works on goes into this one. Raises NotFound, NotAllowed, StepNotAllowed, InvalidInput."""

    async def decide(unit: Unit, file: File, by: Actor, moment: datetime) -> Sequence[Event]:
        other, sight = await seen_in(unit, viewer, await unit.files.load(other_id), moment)
        if not sight.whole:
            raise NotFound(ABSENT)
        if not sight.works and other.open:
            raise NotAllowed("Vous ne travaillez pas sur l’autre dossier : rien n’a été modifié.")
        return await _both(unit, file, other, by, moment)

    return await act(rooms, viewer, file_id, key=key, asked=("link", other_id), decide=decide, at=at)


async def _both(unit: Unit, file: File, other: File, by: Actor, at: datetime) -> Sequence[Event]:
    """The other's last entry, written here; what this one keeps of it."""
    kept, gone = linked(file, other)
    await unit.files.append(other, by, at, gone)
    # A need is one row under its id, and that of the other file stays there as it ended.
    return [replace(kept, needs=tuple(replace(need, id=uuid4().hex) for need in kept.needs))]


def _code(unit: Unit, file: str, viewer: Viewer, key: str) -> str:
    """Made of the file's own key, so that it is kept nowhere and a repeated request gives the same."""
    secret = unit.keyring.of(file)
    if secret is None:
        raise NotFound(ABSENT)
    digest = hmac.new(secret, f"link|{viewer.key}|{key}".encode(), hashlib.sha256).digest()
    return "".join(CODE_LETTERS[byte % len(CODE_LETTERS)] for byte in digest[:CODE_LENGTH])
