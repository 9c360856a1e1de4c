"""The end of a listing, for a time or for good: suspend with dates, archive with who takes its place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from urllib.parse import unquote

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions import keeping, listings
from api.web.acting import Acting, acting, key_in, new_key, seq_in, then
from api.web.forms import form_of, split
from api.web.group_words import suspended_words
from api.web.kept_paths import KIND_SLUGS, kept_path, target_of
from api.web.render import now, page
from graph.model.access import Operation, check
from graph.model.checks import calendar_day
from graph.model.directory import ListingState
from graph.model.errors import InvalidInput
from graph.model.keeping import Kept, ListingKind, Target
from graph.model.life import state_on
from graph.model.typed import Fault

SINCE, UNTIL, NOTE, SUCCESSOR, OTHER = "depuis", "jusqua", "motif", "successeur", "autre"
LABELS: Final = {SINCE: "Premier jour", UNTIL: "Dernier jour", SUCCESSOR: "Qui prend la suite ?", NOTE: "Motif"}
# From the fields of the action to those of the form.
FIELDS: Final = {"since": SINCE, "until": UNTIL, "successor": SUCCESSOR, "note": NOTE}

router = APIRouter(include_in_schema=False)


@router.get("/mes-fiches/{kind}/{id_:path}/suspendre")
async def suspension(request: Request, kind: str, id_: str) -> HTMLResponse:
    """Raises NotSignedIn, NotFound, NotAllowed."""
    it, held = await _held(request, target_of(kind, id_), Operation.SUSPEND)
    record = held.record
    said = {
        SINCE: _iso(record.suspended_from) or now().date().isoformat(),
        UNTIL: _iso(record.suspended_until),
        NOTE: "",
    }
    return _suspension(request, it, held, said, held.seq, new_key())


@router.post("/mes-fiches/{kind}/{id_:path}/suspendre")
async def suspend(request: Request, kind: str, id_: str) -> Response:
    """Raises NotSignedIn, NotFound, NotAllowed, Conflict, InvalidInput for a form that is not ours."""
    it, held = await _held(request, target_of(kind, id_), Operation.SUSPEND)
    data = await form_of(request)
    said = {name: data.one(name) for name in (SINCE, UNTIL, NOTE)}
    seq, key = seq_in(data), key_in(data)
    faults: list[Fault] = []
    since, until = _day(said, SINCE, faults), _day(said, UNTIL, faults)
    if since is None and not faults:
        faults.append(Fault(SINCE, LABELS[SINCE], "", "Dites à partir de quel jour."))
    if since is None or faults:
        return _suspension(request, it, held, said, seq, key, faults, status=422)
    try:
        found = await listings.suspend(
            it.rooms, it.viewer, it.target, since, until, key=key, expected_seq=seq, note=said[NOTE]
        )
    except InvalidInput as refusal:
        return _suspension(request, it, held, said, seq, key, [_fault(refusal, said)], status=422)
    return then(it.target, "suspendu", found.seq)


@router.get("/mes-fiches/{kind}/{id_:path}/archiver")
async def end(request: Request, kind: str, id_: str) -> HTMLResponse:
    """Raises NotSignedIn, NotFound, NotAllowed."""
    it, held = await _held(request, target_of(kind, id_), Operation.ARCHIVE)
    return await _end(request, it, held, {SUCCESSOR: "", OTHER: "", NOTE: ""}, held.seq, new_key())


@router.post("/mes-fiches/{kind}/{id_:path}/archiver")
async def archive(request: Request, kind: str, id_: str) -> Response:
    """Raises NotSignedIn, NotFound, NotAllowed, Conflict, InvalidInput for a form that is not ours."""
    it, held = await _held(request, target_of(kind, id_), Operation.ARCHIVE)
    data = await form_of(request)
    said = {name: data.one(name) for name in (SUCCESSOR, OTHER, NOTE)}
    seq, key = seq_in(data), key_in(data)
    successor = _named(it.target, said[OTHER]) if said[OTHER] else said[SUCCESSOR]
    try:
        found = await listings.archive(
            it.rooms, it.viewer, it.target, successor, key=key, expected_seq=seq, note=said[NOTE]
        )
    except InvalidInput as refusal:
        return await _end(request, it, held, said, seq, key, [_fault(refusal, said)], status=422)
    return then(it.target, "archive", found.seq)


def _named(target: Target, address: str) -> str:
    """The id in the address of a sheet of the same kind, or an id as it is."""
    path = unquote(split(address).path)
    return path.removeprefix(f"/{KIND_SLUGS[target.kind]}/") if "/" in path else address


async def _held(request: Request, target: Target, operation: Operation) -> tuple[Acting, Kept]:
    it = acting(request, target)
    held = await keeping.kept(it.rooms, it.viewer, it.target)
    check(it.viewer, operation, held.subject)
    return it, held


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(said: dict[str, str], name: str, faults: list[Fault]) -> date | None:
    try:
        return calendar_day(said[name]) if said[name] else None
    except InvalidInput as refusal:
        faults.append(Fault(name, LABELS[name], said[name], refusal.message))
        return None


def _fault(refusal: InvalidInput, said: dict[str, str]) -> Fault:
    name = FIELDS.get(refusal.field, refusal.field)
    return Fault(name, LABELS.get(name, "La fiche"), said.get(name, ""), refusal.message)


def _context(
    it: Acting, held: Kept, said: dict[str, str], seq: int, key: str, faults: Iterable[Fault]
) -> dict[str, Any]:
    return {
        "name": held.record.name,
        "back": kept_path(it.target),
        "said": said,
        "seq": seq,
        "key": key,
        "faults": tuple(faults),
        "labels": LABELS,
    }


def _suspension(
    request: Request,
    it: Acting,
    held: Kept,
    said: dict[str, str],
    seq: int,
    key: str,
    faults: Iterable[Fault] = (),
    status: int = 200,
) -> HTMLResponse:
    context = _context(it, held, said, seq, key, faults) | {
        "action": kept_path(it.target, "suspendre"),
        "now_words_suspended": suspended_words(held.record, now().date()),
    }
    return page(request, "pages/kept_suspension.html", context, status=status)


async def _end(
    request: Request,
    it: Acting,
    held: Kept,
    said: dict[str, str],
    seq: int,
    key: str,
    faults: Iterable[Fault] = (),
    status: int = 200,
) -> HTMLResponse:
    """Those that she keeps herself are offered first; any other by the address of its sheet."""
    today = now().date()
    found = await listings.mine(it.rooms, it.viewer, today)
    near = [
        (mine.record.id, mine.record.name)
        for mine in found.listings
        if mine.target.kind is it.target.kind
        and mine.target != it.target
        and state_on(mine.record, today) is ListingState.PUBLISHED
    ]
    context = _context(it, held, said, seq, key, faults) | {
        "action": kept_path(it.target, "archiver"),
        "near": sorted(near, key=lambda pair: pair[1]),
        "service": it.target.kind is ListingKind.SERVICE,
    }
    return page(request, "pages/kept_end.html", context, status=status)
