"""A contact that becomes a file: with a name or without, at once handed on or watched."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from api.actions.casework import field_work
from api.actions.casework.field_work import FromContact
from api.rooms import Rooms
from api.web.desk_form import day_of
from api.web.forms import Form
from api.web.pages.casework.desk_field import watch_of
from graph.model.access import Viewer
from graph.model.casework.file import Identity


async def open_from(rooms: Rooms, viewer: Viewer, request_id: str, form: Form, *, key: str, at: datetime) -> str:
    """Open the file; where to go then: to hand it on where a relay was chosen, else the file."""
    what = form.one("faire")
    told = FromContact(
        identity=Identity(
            name=form.one("nom", 120),
            born=day_of(form.one("ne", 10), "ne"),
            phone=form.one("tel", 60),
            address=form.one("adresse", 200),
        ),
        transitional=form.one("transitoire") == "1",
        urgent=form.one("urgent") == "1",
        watch=watch_of(form, at) if what == "veille" else None,
    )
    file = await field_work.open_from(rooms, viewer, request_id, told, key=key, at=at)
    return (
        passing_on(file.id, form.one("vers", 600), form.one("motif", 200))
        if what == "passer"
        else f"/dossier/{file.id}"
    )


def passing_on(file: str, to: str, reason: str) -> str:
    """Where a file is handed to a relay, "organisation|service|post", chosen there already, for the reason of the contact."""
    chosen = [(name, value) for name, value in (("vers", to), ("c", reason)) if value]
    return f"/dossier/{file}/passer" + (f"?{urlencode(chosen)}" if chosen else "")
