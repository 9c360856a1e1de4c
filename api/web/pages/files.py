"""Files: services and posts given out, sent back, looked at, confirmed, taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions import files, files_undone
from api.actions.files_work import begin
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.downloads import attachment
from api.web.files_view import counts, line_view, moment, pages_of, past_view
from api.web.forms import see
from api.web.render import page
from api.web.uploads import file_of
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.errors import InvalidInput, NotAllowed, NotFound, Refusal, TooMuch
from graph.model.uploads import Upload, UploadState
from graph.store.uploads import PART
from importers.sheets.columns import Sheet, columns
from importers.sheets.grid import MOST_BYTES
from importers.sheets.writing import RULES, as_csv, as_workbook

PATH: Final = "/fichiers"
MOST_PAST: Final = 50
NOT_YOURS: Final = "Ce compte n’envoie pas de fichiers pour cet organisme. Rien n’a été modifié."
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
# Each holds up to twenty megabytes until it is read; whoever comes next waits before sending.
_received: Final = asyncio.Semaphore(4)
# What an address calls a file: which table (both in a workbook), its type.
OFFERED: Final[Mapping[str, tuple[Sheet | None, str]]] = MappingProxyType(
    {
        "fiches.xlsx": (None, WORKBOOK),
        "services.csv": (Sheet.SERVICES, CSV),
        "interlocuteurs.csv": (Sheet.POSTS, CSV),
    }
)

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def start(request: Request) -> Response:
    """What can be done with files here, and what was done."""
    return await _start(request, _keeper(request))


@router.post(PATH)
async def send(request: Request) -> Response:
    """Look at a file, and go to what was seen of it. What is no table is said on the page itself."""
    viewer = _keeper(request)
    if not may(viewer, Operation.IMPORT, Subject(organisation=viewer.organisation)):
        raise NotAllowed(NOT_YOURS)
    try:
        async with _received:
            name, content = await file_of(request, "fichier", MOST_BYTES)
            upload = await files.look_at(_rooms(request), viewer, name, content)
    except (InvalidInput, TooMuch) as refusal:
        return await _start(request, viewer, refusal)
    again = "?deja=1" if upload.state is UploadState.APPLIED else ""
    return see(f"{PATH}/envoi/{upload.id}{again}")


@router.get(PATH + "/envoi/{id_}")
async def show(request: Request, id_: str, deja: str = "", partie: int = 0) -> Response:
    """What was seen of a file: errors, or changes with what they change; or what was done."""
    viewer = _keeper(request)
    rooms, at = _rooms(request), datetime.now(UTC)
    upload = await files.seen(rooms, viewer, id_, at)
    part = max(0, partie)
    async with rooms.graph.reading() as unit:
        faults = await unit.uploads.faults(upload, part) if upload.state is UploadState.REFUSED else []
        lines = await unit.uploads.lines(upload, part) if upload.state is not UploadState.REFUSED else []
    context = {
        "upload": upload,
        "state": upload.state.value,
        "counts": counts(upload),
        "when": moment(upload.ended or upload.at),
        "until": moment(upload.open_until()),
        "faults": faults,
        "lines": [line_view(line) for line in lines],
        "parts": pages_of(upload.faults if faults else upload.lines, PART),
        "part": part,
        "again": bool(deja),
        "at_work": upload.at_work(at),
    }
    return page(request, "pages/file.html", context)


@router.post(PATH + "/envoi/{id_}/confirmer")
async def confirm(request: Request, id_: str) -> Response:
    """Do all of it."""
    return await _begin(request, id_, files.confirm)


@router.post(PATH + "/envoi/{id_}/annuler")
async def take_back(request: Request, id_: str) -> Response:
    """Take all of it back."""
    return await _begin(request, id_, files_undone.take_back)


@router.get(PATH + "/telecharger/{name}")
async def download(request: Request, name: str) -> Response:
    """What she keeps, as a file. Raises NotAllowed, NotFound."""
    viewer = _keeper(request)
    sheet, media_type = _offered(name)
    content = await files_undone.given_out(_rooms(request), viewer, sheet)
    return attachment(content, media_type, f"{datetime.now(UTC):%Y-%m-%d}-{name}")


@router.get(PATH + "/modele/{name}")
async def template(request: Request, name: str) -> Response:
    """The same file without a line."""
    _keeper(request)
    sheet, media_type = _offered(name)
    known = files.known(_rooms(request), datetime.now(UTC))
    content = as_csv(sheet, [], known) if sheet else as_workbook({}, known)
    return attachment(content, media_type, f"modele-{name}")


async def _start(request: Request, viewer: Viewer, refusal: Refusal | None = None) -> Response:
    async with _rooms(request).graph.reading() as unit:
        past = await unit.uploads.past(viewer.organisation, MOST_PAST)
        bodies = await unit.directory.organisations([viewer.organisation])
    context: dict[str, Any] = {
        "organisation": bodies[viewer.organisation].name if bodies else "",
        "past": [past_view(one) for one in past],
        "may_send": may(viewer, Operation.IMPORT, Subject(organisation=viewer.organisation)),
        "refused": refusal.message if refusal else "",
        "rules": RULES,
        "tables": [(sheet.value, columns(sheet)) for sheet in Sheet],
    }
    return page(request, "pages/files.html", context, status=422 if refusal else 200)


async def _begin(request: Request, id_: str, act: Any) -> Response:
    viewer, rooms = _keeper(request), _rooms(request)
    upload: Upload = await files.seen(rooms, viewer, id_)
    if upload.state is not UploadState.REFUSED and not upload.at_work(datetime.now(UTC)):
        await begin(rooms, viewer, id_, act)
    return see(f"{PATH}/envoi/{id_}")


def _keeper(request: Request) -> Viewer:
    """Whoever asks, if she may give out or send files for the organisation that she acts for. Raises NotSignedIn, NotAllowed."""
    viewer = must_sign_in(request)
    subject = Subject(organisation=viewer.organisation)
    if not viewer.organisation or not (
        may(viewer, Operation.EXPORT, subject) or may(viewer, Operation.IMPORT, subject)
    ):
        raise NotAllowed(NOT_YOURS)
    return viewer


def _offered(name: str) -> tuple[Sheet | None, str]:
    if name not in OFFERED:
        raise NotFound("Ce fichier n’existe pas. Rien n’a été modifié.")
    return OFFERED[name]


def _rooms(request: Request) -> Rooms:
    return request.app.state.rooms
