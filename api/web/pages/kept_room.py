"""Room in ten seconds, from a telephone."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions import keeping
from api.actions.listings import set_room
from api.web.acting import Acting, acting, key_in, new_key, seq_in, then
from api.web.form_view import sent
from api.web.forms import form_of
from api.web.group_words import group_lines
from api.web.kept_paths import kept_path, target_of
from api.web.kept_view import last_change
from api.web.render import now, page
from graph.model.access import Operation, check
from graph.model.directory import Service
from graph.model.errors import Conflict, NotFound
from graph.model.keeping import Kept, Target
from graph.model.listing import FieldGroup
from graph.model.room import NAMES, WAITS, Room, months_ahead, read_room, shown_room
from graph.model.typed import Fault, Typed

FIELDS = (NAMES.room, NAMES.places, NAMES.month, NAMES.day, NAMES.waiting, NAMES.other_waiting)

router = APIRouter(include_in_schema=False)


@router.get("/mes-fiches/{kind}/{id_:path}/places")
async def room(request: Request, kind: str, id_: str) -> HTMLResponse:
    """Raises NotSignedIn, NotFound, NotAllowed."""
    it, held, service = await _held(request, target_of(kind, id_))
    typed = shown_room(service.capacity, now().date())
    return _form(request, it, held, typed, held.seq, new_key())


@router.post("/mes-fiches/{kind}/{id_:path}/places")
async def say_room(request: Request, kind: str, id_: str) -> Response:
    """Raises NotSignedIn, NotFound, NotAllowed, InvalidInput for a form that is not ours."""
    it, held, _ = await _held(request, target_of(kind, id_))
    data = await form_of(request)
    typed, seq, key = sent(data, FIELDS), seq_in(data), key_in(data)
    reading = read_room(typed, held.value(FieldGroup.CAPACITY), now().date())
    if reading.value is None:
        return _form(request, it, held, typed, seq, key, reading.faults, status=422)
    try:
        found = await set_room(it.rooms, it.viewer, it.target, reading.value["capacity"], key=key, expected_seq=seq)
    except Conflict as conflict:
        assert isinstance(conflict.current, Kept)
        log = await keeping.history(it.rooms, it.viewer, it.target)
        by = last_change(log, FieldGroup.CAPACITY, now())
        return _form(request, it, conflict.current, typed, conflict.current.seq, new_key(), status=409, by=by)
    return then(it.target, "places", found.seq if found.seq != held.seq else 0)


async def _held(request: Request, target: Target) -> tuple[Acting, Kept, Service]:
    it = acting(request, target)
    held = await keeping.kept(it.rooms, it.viewer, it.target)
    if not isinstance(held.record, Service):
        raise NotFound("Cette rubrique n’existe pas.")
    check(it.viewer, Operation.SET_CAPACITY, held.subject, FieldGroup.CAPACITY)
    return it, held, held.record


def _form(
    request: Request,
    it: Acting,
    held: Kept,
    typed: Typed,
    seq: int,
    key: str,
    faults: Iterable[Fault] = (),
    *,
    status: int = 200,
    by: tuple[str, str] | None = None,
) -> HTMLResponse:
    """`by` is who said something else meanwhile, and when."""
    at = now()
    context = {
        "name": held.record.name,
        "lines": group_lines(FieldGroup.CAPACITY, held.value(FieldGroup.CAPACITY), it.rooms.places.get, at),
        "back": f"{kept_path(it.target)}#capacity",
        "action": kept_path(it.target, "places"),
        "said": {name: next(iter(typed.get(name, ())), "") for name in FIELDS},
        "rooms": (
            (Room.FULL.value, "Complet"),
            (Room.FREE.value, "De la place"),
            (Room.UNKNOWN.value, "On ne sait pas dire"),
        ),
        "months": months_ahead(at.date()),
        "waits": tuple((str(days), words) for days, words in WAITS.items()),
        "faults": tuple(faults),
        "by": by,
        "seq": seq,
        "key": key,
    }
    return page(request, "pages/kept_room.html", context, status=status, at=at)
