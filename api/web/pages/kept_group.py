"""The form of one group of fields: typed, looked at as others will see it, published; and two who write at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import HTMLResponse, Response

from api.actions import keeping
from api.web.acting import STEP, Acting, acting, key_in, new_key, seq_in, then
from api.web.form_view import form_view, known_by, names_in, sent
from api.web.forms import form_of
from api.web.group_words import changed_lines, group_lines
from api.web.kept_paths import group_of, group_path, kept_path, target_of
from api.web.kept_view import last_change
from api.web.render import now, page
from graph.model.access import Operation, check
from graph.model.errors import Conflict, InvalidInput, NotFound
from graph.model.fields import FORMS, held_by
from graph.model.keeping import Kept
from graph.model.listing import FieldGroup
from graph.model.typed import Fault, Typed, read, shown
from graph.model.vocabulary import label

MORE, PREVIEW = "plus", "apercu"


class _Formed(Convertor[str]):
    """In an address, a group that has a form of fields; room and hours have pages of their own."""

    regex = "presentation|problemes|conditions|territoire|accueil|contact|adresse"

    def convert(self, value: str) -> str:
        """As it is."""
        return value

    def to_string(self, value: str) -> str:
        """As it is."""
        return value


register_url_convertor("formed", _Formed())
ADDRESS: Final = "/mes-fiches/{kind}/{id_:path}/{slug:formed}"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Editing:
    """A group of a listing, as it stands and as it was typed. `seq` is the change that she saw."""

    it: Acting
    group: FieldGroup
    held: Kept
    typed: Typed
    seq: int
    key: str

    @property
    def kind(self) -> type:
        """The record's class."""
        return self.held.target.kind.type


@router.get(ADDRESS)
async def form(request: Request, kind: str, id_: str, slug: str) -> HTMLResponse:
    """The form as the listing stands. Raises NotSignedIn, NotFound, NotAllowed."""
    it, group, held = await _held(request, kind, id_, slug)
    typed = shown(held.target.kind.type, group, held.value(group))
    return _form(request, Editing(it, group, held, typed, held.seq, new_key()))


@router.post(ADDRESS)
async def change(request: Request, kind: str, id_: str, slug: str) -> Response:
    """What was typed: shown again with its faults, or with what it would change, or published.

    Raises NotSignedIn, NotFound, NotAllowed, InvalidInput for a form that is not ours.
    """
    it, group, held = await _held(request, kind, id_, slug)
    data = await form_of(request)
    typed = sent(data, names_in(held.target.kind.type, group))
    editing = Editing(it, group, held, typed, seq_in(data), key_in(data))
    step = data.one(STEP)
    if step in (MORE, "corriger"):
        return _form(request, editing, more=step == MORE)
    reading = read(editing.kind, group, typed, held.value(group), known_by(it.rooms))
    if reading.value is None:
        return _form(request, editing, reading.faults, status=422)
    said = {name: reading.value[name] for name in held_by(editing.kind, group)}
    if step == PREVIEW:
        return _preview(request, editing, said)
    return await _published(request, editing, said)


async def _held(request: Request, kind: str, id_: str, slug: str) -> tuple[Acting, FieldGroup, Kept]:
    it = acting(request, target_of(kind, id_))
    group = group_of(it.target, slug)
    held = await keeping.kept(it.rooms, it.viewer, it.target)
    if group not in FORMS[it.target.kind.type]:
        raise NotFound("Cette rubrique n’existe pas.")
    check(it.viewer, Operation.EDIT, held.subject, group)
    return it, group, held


async def _published(request: Request, editing: Editing, said: Mapping[str, Any]) -> Response:
    it, group = editing.it, editing.group
    try:
        found = await keeping.change_groups(
            it.rooms, it.viewer, it.target, {group: said}, key=editing.key, expected_seq=editing.seq
        )
    except InvalidInput as refusal:
        fault = Fault(refusal.field or group.value, label("field_group", group.value), "", refusal.message)
        return _form(request, editing, (fault,), status=422)
    except Conflict as conflict:
        assert isinstance(conflict.current, Kept)
        return await _conflict(request, editing, conflict.current, said)
    return then(it.target, "modifie", found.seq if found.seq != editing.held.seq else 0)


def _context(editing: Editing) -> dict[str, Any]:
    it = editing.it
    return {
        "name": editing.held.record.name,
        "label": label("field_group", editing.group.value),
        "back": f"{kept_path(it.target)}#{editing.group.value}",
        "action": group_path(it.target, editing.group),
        "seq": editing.seq,
        "key": editing.key,
    }


def _form(
    request: Request, editing: Editing, faults: Iterable[Fault] = (), *, more: bool = False, status: int = 200
) -> HTMLResponse:
    told = tuple(faults)
    context = _context(editing) | {
        "fields": form_view(editing.kind, editing.group, editing.typed, told, editing.it.rooms, more=more),
        "faults": told,
    }
    return page(request, "pages/kept_group.html", context, status=status)


def _lines(editing: Editing, value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return group_lines(editing.group, value, editing.it.rooms.places.get, now())


def _preview(request: Request, editing: Editing, said: Mapping[str, Any]) -> HTMLResponse:
    before = editing.held.value(editing.group)
    was, will = _lines(editing, before), _lines(editing, before | dict(said))
    context = _context(editing) | {"typed": editing.typed, "changes": changed_lines(was, will), "lines": will}
    return page(request, "pages/kept_preview.html", context)


async def _conflict(request: Request, editing: Editing, current: Kept, said: Mapping[str, Any]) -> HTMLResponse:
    """Both versions side by side. Whoever chooses has then seen the other's change: the form carries its number."""
    it, theirs = editing.it, current.value(editing.group)
    log = await keeping.history(it.rooms, it.viewer, it.target)
    seen = Editing(it, editing.group, current, editing.typed, current.seq, new_key())
    context = _context(seen) | {
        "typed": editing.typed,
        "mine": _lines(editing, theirs | dict(said)),
        "theirs": _lines(editing, theirs),
        "changes": changed_lines(_lines(editing, theirs), _lines(editing, theirs | dict(said))),
        "by": last_change(log, editing.group, now()),
        "fields": form_view(editing.kind, editing.group, editing.typed, (), it.rooms),
    }
    return page(request, "pages/kept_conflict.html", context, status=409)
