"""Reorganisations: prepared move by move, seen before and after, published, followed while they run, compared two by two."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions import reorganising
from api.actions.reorganisation_said import MoveKind
from api.actions.reorganised import compared
from api.actions.reorganised_places import place_stocks
from api.auth.viewer import must_sign_in
from api.web.downloads import csv_attachment
from api.web.forms import Form, form_of, number, see
from api.web.render import now, page
from api.web.reorganisation_form import choices, form_shown
from api.web.reorganised_gather import named_in, relays_map, sides_of, still
from api.web.reorganised_places_view import stock_note, stock_rows
from api.web.reorganised_view import (
    around_words,
    changed_words,
    coverage_rows,
    move_words,
    progress_words,
    state_words,
    unit_rows,
)
from api.words.dates import exact_day
from graph.model.access import Viewer
from graph.model.errors import InvalidInput, NotFound
from graph.model.reorganisation.checking import OF_THE_PLAN
from graph.model.reorganisation.plan import Move, PlanState

ROOT: Final = "/coordination/reorganisations"
# While it runs, the page comes again by itself.
REFRESH_SECONDS: Final = 15

router = APIRouter(include_in_schema=False)


@router.get(ROOT)
async def all_plans(request: Request) -> Response:
    """Every reorganisation, and a form for a new one. Raises NotSignedIn, NotAllowed."""
    return await _list(request, must_sign_in(request))


async def _list(request: Request, viewer: Viewer, refused: InvalidInput | None = None) -> Response:
    plans = await reorganising.plans(request.app.state.rooms, viewer)
    context = {
        "plans": [
            {
                "id": one.id,
                "title": one.title,
                "on": exact_day(one.on),
                "state": state_words(one),
                "moves": len(one.moves),
            }
            for one in plans
        ],
        "key": uuid4().hex,
        "refused": refused.message if refused else "",
        "field": refused.field if refused else "",
    }
    return page(request, "pages/coordination/reorganisations.html", context, status=422 if refused else 200, kept=False)


@router.post(ROOT)
async def begin(request: Request) -> Response:
    """A new draft, empty or a copy of another. Raises NotSignedIn, NotAllowed, NotFound."""
    viewer, rooms = must_sign_in(request), request.app.state.rooms
    form = await form_of(request)
    try:
        like: tuple[Move, ...] = ()
        if copied := form.one("copie"):
            like = (await reorganising.planned(rooms, viewer, copied, at=now())).plan.moves
        made = await reorganising.create(
            rooms, viewer, form.one("titre"), _day(form), key=form.one("cle") or uuid4().hex, moves=like
        )
    except InvalidInput as refusal:
        return await _list(request, viewer, refusal)
    return see(f"{ROOT}/{made.id}")


def _day(form: Form) -> date:
    try:
        return date.fromisoformat(form.one("date"))
    except ValueError:
        raise InvalidInput("Cette date ne peut pas être lue : donnez un jour, un mois et une année.", "date") from None


@router.get(ROOT + "/{id_}")
async def plan_page(request: Request, id_: str) -> Response:
    """One reorganisation. Raises NotSignedIn, NotAllowed, NotFound."""
    return await shown(request, must_sign_in(request), id_)


async def shown(request: Request, viewer: Viewer, id_: str, refused: InvalidInput | None = None) -> Response:
    """The page of a reorganisation, with what was refused on it. Raises NotSignedIn, NotAllowed, NotFound."""
    rooms, at = request.app.state.rooms, now()
    found = await compared(rooms, viewer, id_, at=at)
    plan = found.planned.plan
    progress = None if plan.draft else await reorganising.status(rooms, viewer, id_)
    others = [one for one in await reorganising.plans(rooms, viewer) if one.id != id_]
    named = await named_in(rooms, found.planned)
    stocks = await place_stocks(rooms, viewer, plan, at=at) if found.comparison else []
    context = {
        "plan": plan,
        "state": state_words(plan),
        "on": exact_day(plan.on),
        "moves": [
            {
                "words": move_words(move, named),
                "faults": [one.text for one in found.planned.faults if one.move == place],
            }
            for place, move in enumerate(plan.moves)
        ],
        "faults": [one.text for one in found.planned.faults if one.move == OF_THE_PLAN],
        "ready": plan.draft and not found.planned.faults,
        "running": plan.state is PlanState.RUNNING,
        "can_end": plan.state in {PlanState.DRAFT, PlanState.PUBLISHED},
        "progress": progress,
        "come": progress and progress_words(progress.come),
        "changed": changed_words(plan, named),
        "forms": [form_shown(kind) for kind in MoveKind],
        **choices(),
        "others": [(one.id, one.title) for one in others],
        "key": uuid4().hex,
        "refused": refused.message if refused else "",
        "field": refused.field if refused else "",
        **(sides_of(found.comparison, named) if found.comparison else {}),
        "relays": relays_map(found.comparison) if found.comparison else None,
        "stocks": stock_rows(stocks, named),
        "stock_note": stock_note(stocks[0].quarter if stocks else None),
        "compared": bool(plan.moves) and found.comparison is not None,
    }
    status = 422 if refused else 200
    answer = page(request, "pages/coordination/reorganisation.html", context, status=status, at=at, kept=False)
    if plan.state is PlanState.RUNNING:
        answer.headers["Refresh"] = str(REFRESH_SECONDS)
    return answer


@router.post(ROOT + "/{id_}")
async def change(request: Request, id_: str) -> Response:
    """Another title or day. Raises NotSignedIn, NotAllowed, NotFound, Conflict."""

    async def act(viewer: Viewer, form: Form) -> None:
        title, on = form.one("titre"), _day(form)
        await reorganising.edit(
            request.app.state.rooms,
            viewer,
            id_,
            key=key_of(form),
            title=title,
            on=on,
            expected_version=version_of(form),
        )

    return await acted(request, id_, act)


@router.post(ROOT + "/{id_}/publier")
async def publish(request: Request, id_: str) -> Response:
    """It will be done on its day. Raises NotSignedIn, NotAllowed, NotFound."""

    async def act(viewer: Viewer, form: Form) -> None:
        if form.one("confirme") != "oui":
            raise InvalidInput(
                "Cochez la case pour confirmer : une réorganisation publiée se fait d’elle-même le jour dit.",
                "confirme",
            )
        await reorganising.publish(request.app.state.rooms, viewer, id_, key=key_of(form), at=now())

    return await acted(request, id_, act)


@router.post(ROOT + "/{id_}/annuler")
async def call_off(request: Request, id_: str) -> Response:
    """It will not be done. Raises NotSignedIn, NotAllowed, NotFound."""

    async def act(viewer: Viewer, form: Form) -> None:
        await reorganising.call_off(request.app.state.rooms, viewer, id_, key=key_of(form), at=now())

    return await acted(request, id_, act)


async def acted(request: Request, id_: str, act: Callable[[Viewer, Form], Awaitable[None]], at: str = "") -> Response:
    """The page after an act, at this place of it; what was refused is said on the page as it stands."""
    viewer = must_sign_in(request)
    form = await form_of(request)
    try:
        await act(viewer, form)
    except InvalidInput as refusal:
        return await shown(request, viewer, id_, refusal)
    return see(f"{ROOT}/{id_}{at}")


@router.get(ROOT + "/{id_}/comparer")
async def choose(request: Request, id_: str, avec: str = "") -> Response:
    """The form's way to the comparison. Raises NotSignedIn."""
    must_sign_in(request)
    return see(f"{ROOT}/{id_}/comparer/{avec}" if avec.isalnum() else f"{ROOT}/{id_}")


@router.get(ROOT + "/{id_}/comparer/{other}")
async def side_by_side(request: Request, id_: str, other: str) -> Response:
    """Two variants. Raises NotSignedIn, NotAllowed, NotFound."""
    viewer, rooms, at = must_sign_in(request), request.app.state.rooms, now()
    sides: list[dict[str, Any]] = []
    for one in (id_, other):
        found = await compared(rooms, viewer, one, at=at)
        plan = found.planned.plan
        named, it = await named_in(rooms, found.planned), still(found)
        sides.append(
            {
                "id": one,
                "title": plan.title,
                "on": exact_day(plan.on),
                "state": state_words(plan),
                "faults": len(found.planned.faults),
                "moves": [move_words(move, named) for move in plan.moves],
                "files": around_words(it.files),
                "handoffs": around_words(it.handoffs),
                **sides_of(it, named),
            }
        )
    return page(request, "pages/coordination/reorganisations_compared.html", {"sides": sides}, at=at, kept=False)


@router.get(ROOT + "/{id_}/{table}.csv")
async def table(request: Request, id_: str, table: str) -> Response:
    """A table of the page as a file: "couverture" or "unites". Raises NotSignedIn, NotAllowed, NotFound."""
    it = still(await compared(request.app.state.rooms, must_sign_in(request), id_, at=now()))
    if table == "couverture":
        head = ["Compétence", "Communes", "Population", "Avant", "Après", "Signal"]
        rows = [
            [
                one["competence"],
                one["all"],
                one["population"],
                " ; ".join(one["before"]),
                " ; ".join(one["after"]),
                one["signal"],
            ]
            for one in coverage_rows(it.coverage)
        ]
    elif table == "unites":
        parts = ("files", "handoffs", "professionals", "each")
        words = ("dossiers", "orientations", "professionnels", "dossiers par professionnel")
        head = ["Unité", "", *(f"{word} {when}" for when in ("avant", "après") for word in words)]
        rows = [
            [one["name"], one["state"], *(one[when][name] for when in ("before", "after") for name in parts)]
            for one in unit_rows(it.units)
        ]
    else:
        raise NotFound("Cette table n’existe pas.")
    return csv_attachment([head, *rows], table)


def key_of(form: Form) -> str:
    """That of the act: the one on the form, so that it is done once."""
    return form.one("cle") or uuid4().hex


def version_of(form: Form) -> int | None:
    """Which version of the plan the form was on."""
    return number(form.one("version"))
