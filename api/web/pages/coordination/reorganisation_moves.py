"""The moves of a draft on its pages: added, changed in place and back, taken out."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions import reorganisation_moves as moves
from api.actions import reorganising
from api.actions.reorganisation_moves import read
from api.actions.reorganisation_said import said_of
from api.auth.viewer import must_sign_in
from api.web.forms import Form, form_of, number, see
from api.web.pages.coordination.reorganisations import ROOT, acted, key_of, shown, version_of
from api.web.render import now, page
from api.web.reorganisation_form import called_in, choices, filled, form_shown, said_in
from api.web.reorganised_gather import named_in
from api.web.reorganised_view import move_words
from graph.model.access import Viewer
from graph.model.errors import InvalidInput, NotFound
from graph.model.reorganisation.plan import Move, Plan

MOVES: Final = "#mouvements"
ABSENT: Final = "Il n’y a pas de mouvement à cette place."

router = APIRouter(include_in_schema=False)


@router.post(ROOT + "/{id_}/mouvements")
async def add_move(request: Request, id_: str) -> Response:
    """One move more. Raises NotSignedIn, NotAllowed, NotFound, Conflict."""
    rooms = request.app.state.rooms

    async def act(viewer: Viewer, form: Form) -> None:
        said = await read(rooms, viewer, await _plan(request, viewer, id_), said_in(form))
        await moves.add_move(rooms, viewer, id_, said, key=key_of(form), expected_version=version_of(form))

    return await acted(request, id_, act, MOVES)


@router.post(ROOT + "/{id_}/mouvements/retirer")
async def remove_move(request: Request, id_: str) -> Response:
    """One move less: the one that was shown, by its place and the version of the plan. Raises as `add_move`."""

    async def act(viewer: Viewer, form: Form) -> None:
        place = number(form.one("place"))
        seen = -1 if place is None else place
        await moves.remove_move(
            request.app.state.rooms, viewer, id_, seen, key=key_of(form), expected_version=version_of(form)
        )

    return await acted(request, id_, act, MOVES)


@router.post(ROOT + "/{id_}/mouvements/remettre")
async def change_back(request: Request, id_: str) -> Response:
    """The move that was changed last, as it was. Raises as `add_move`."""

    async def act(viewer: Viewer, form: Form) -> None:
        await moves.change_back(
            request.app.state.rooms, viewer, id_, key=key_of(form), expected_version=version_of(form)
        )

    return await acted(request, id_, act, MOVES)


@router.get(ROOT + "/{id_}/mouvements/{place}")
async def move_page(request: Request, id_: str, place: str) -> Response:
    """The form of a move, filled in with it. Raises NotSignedIn, NotAllowed, NotFound."""
    return await _form(request, must_sign_in(request), id_, _number(place))


@router.post(ROOT + "/{id_}/mouvements/{place}")
async def change_move(request: Request, id_: str, place: str) -> Response:
    """Another move in its place; what was refused is said at the form as it was sent. Raises as `add_move`."""
    viewer, rooms = must_sign_in(request), request.app.state.rooms
    form, at = await form_of(request), _number(place)
    try:
        found = await reorganising.planned(rooms, viewer, id_, at=now())
        called = called_in(said_of(_at(found.plan, at)), await named_in(rooms, found))
        said = await read(rooms, viewer, found.plan, said_in(form), called)
        await moves.change_move(rooms, viewer, id_, at, said, key=key_of(form), expected_version=version_of(form))
    except InvalidInput as refusal:
        return await _form(request, viewer, id_, at, refusal, form)
    return see(f"{ROOT}/{id_}{MOVES}")


async def _form(
    request: Request,
    viewer: Viewer,
    id_: str,
    place: int,
    refused: InvalidInput | None = None,
    sent: Form | None = None,
) -> Response:
    rooms, at = request.app.state.rooms, now()
    found = await reorganising.planned(rooms, viewer, id_, at=at)
    if not found.plan.draft:
        return await shown(request, viewer, id_, InvalidInput(reorganising.FROZEN, "plan"))
    move, named = _at(found.plan, place), await named_in(rooms, found)
    said = said_of(move)
    context = {
        "plan": found.plan,
        "place": place,
        "words": move_words(move, named),
        "faults": [one.text for one in found.faults if one.move == place],
        "form": form_shown(said.kind),
        "values": sent.first() if sent else filled(said, called_in(said, named), rooms.places),
        **choices(),
        "key": uuid4().hex,
        "refused": refused.message if refused else "",
        "field": refused.field if refused else "",
    }
    status = 422 if refused else 200
    return page(request, "pages/coordination/reorganisation_move.html", context, status=status, at=at, kept=False)


def _number(place: str) -> int:
    found = number(place)
    if found is None:
        raise NotFound(ABSENT)
    return found


def _at(plan: Plan, place: int) -> Move:
    if place >= len(plan.moves):
        raise NotFound(ABSENT)
    return plan.moves[place]


async def _plan(request: Request, viewer: Viewer, id_: str) -> Plan:
    return (await reorganising.planned(request.app.state.rooms, viewer, id_, at=now())).plan
