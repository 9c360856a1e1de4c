"""« Mon équipe » : who is away and who stands in, what waits too long, the clocks of the house, and handing over for who leaves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions.casework import clocks, leaving
from api.actions.casework.team import Team, team
from api.auth.viewer import must_sign_in
from api.web.casework_view import file_name
from api.web.forms import Form, form_of, see
from api.web.render import now, page
from api.words.dates import exact_day, relative_moment
from graph.model.access import Viewer
from graph.model.casework.clocks import BY_DEFAULT, Clock
from graph.model.casework.file import File
from graph.model.casework.handoff import State
from graph.model.casework.leaving import Leave, standing_in
from graph.model.errors import InvalidInput, Refusal
from graph.model.vocabulary import label
from search.hours import PARIS

# The states whose clock a house sets, in the order of a handoff's life.
SET: Final = (State.SENT, State.ACCEPTED, State.IN_PROGRESS)
FIELDS: Final = ("due", "remind", "escalate", "expire")

router = APIRouter(include_in_schema=False)


@router.get("/equipe")
async def my_team(request: Request) -> Response:
    """The team of the organisation that acts. Raises NotSignedIn, NotFound."""
    return await _team(request, must_sign_in(request))


async def _team(request: Request, viewer: Viewer, refused: Refusal | None = None) -> Response:
    at = now()
    found = await team(request.app.state.rooms, viewer, at)
    context = {
        "team": found,
        "me": viewer.account,
        "people": [_person(found, account, at.date()) for account in found.names],
        "late": [_late(found, one, at) for one in found.late or ()],
        "today": at.date().isoformat(),
        "refused": refused.message if refused else "",
    }
    return page(request, "pages/casework/team.html", context, status=422 if refused else 200, at=at)


def _person(found: Team, account: str, today: date) -> dict[str, Any]:
    leave = next((one for one in found.leaves if one.account == account), None)
    stand_in = standing_in(found.leaves, account, today) if leave and leave.stands(today) else account
    return {
        "account": account,
        "name": found.names[account],
        "load": (found.load or {}).get(account),
        "leave": leave,
        "away": bool(leave and leave.stands(today)),
        "since": exact_day(leave.since) if leave else "",
        "until": exact_day(leave.until) if leave else "",
        "stand_in": found.names.get(stand_in, "l’accueil du service"),
    }


def _late(found: Team, action: Any, at: datetime) -> dict[str, Any]:
    about = "/demande/" if action.about != action.file and action.what not in _OF_FILE else "/dossier/"
    target = action.about if about == "/demande/" else action.file
    return {
        "what": label("owed", action.what.value),
        "who": found.names.get(action.account, "l’accueil du service"),
        "since": relative_moment(action.due, at),
        "exact": f"{exact_day(action.due.astimezone(PARIS).date())}",
        "urgent": action.urgent,
        "address": about + target,
    }


_OF_FILE: Final = frozenset({"place_need", "outside_date", "review_file", "look_again"})


@router.post("/equipe/absence")
async def absence(request: Request) -> Response:
    """Someone is away, or is there again. Raises NotSignedIn, NotAllowed."""
    viewer, rooms = must_sign_in(request), request.app.state.rooms
    form = await form_of(request)
    account = form.one("compte") or viewer.account
    try:
        if form.one("geste") == "revenir":
            await leaving.end_leave(rooms, viewer, viewer.organisation, account)
        else:
            leave = Leave(
                account=account,
                organisation=viewer.organisation,
                since=_day(form, "depuis"),
                until=_day(form, "jusqua"),
                substitute=form.one("remplace"),
            )
            await leaving.set_leave(rooms, viewer, leave, at=datetime.now(UTC))
    except InvalidInput as refusal:
        return await _team(request, viewer, refusal)
    return see("/equipe")


def _day(form: Form, name: str) -> date:
    try:
        return date.fromisoformat(form.one(name))
    except ValueError:
        raise InvalidInput("Cette date ne peut pas être lue : donnez un jour, un mois et une année.", name) from None


@router.get("/equipe/delais")
async def delays(request: Request) -> Response:
    """The clocks of the house, to be set. Raises NotSignedIn, NotFound, NotAllowed."""
    return await _delays(request, must_sign_in(request), {})


async def _delays(
    request: Request, viewer: Viewer, said: dict[str, str], refused: InvalidInput | None = None
) -> Response:
    rooms = request.app.state.rooms
    found = await team(rooms, viewer, now())
    kept = await clocks.clocks_of(rooms, viewer, found.organisation)
    tables = (("jours", "jours ouvrés", kept.days, BY_DEFAULT.days), ("heures", "heures", kept.hours, BY_DEFAULT.hours))
    context = {
        "team": found,
        "tables": [
            {
                "unit": unit,
                "words": words,
                "rows": [_row(unit, state, table[state], usual[state], said) for state in SET],
            }
            for unit, words, table, usual in tables
        ],
        "key": uuid4().hex,
        "refused": refused.message if refused else "",
        "field": refused.field if refused else "",
    }
    return page(request, "pages/casework/team_clocks.html", context, status=422 if refused else 200)


def _row(unit: str, state: State, clock: Clock, usual: Clock, said: dict[str, str]) -> dict[str, Any]:
    values, defaults = _words(clock), _words(usual)
    return {
        "state": state.value,
        "label": label("state", state.value),
        "fields": [
            {
                "name": f"{unit}-{state.value}-{field}",
                "field": field,
                "value": said.get(f"{unit}-{state.value}-{field}", values[field]),
                "usual": defaults[field],
            }
            for field in FIELDS
            if defaults[field]
        ],
    }


def _words(clock: Clock) -> dict[str, str]:
    numbers = {"due": clock.due, "escalate": clock.escalate, "expire": clock.expire}
    told = {name: "" if number is None else str(number) for name, number in numbers.items()}
    return told | {"remind": ", ".join(map(str, clock.remind))}


@router.post("/equipe/delais")
async def set_delays(request: Request) -> Response:
    """The clocks as they are from now on. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer, rooms = must_sign_in(request), request.app.state.rooms
    form = await form_of(request)
    try:
        days, hours = ({state: _clock(form, unit, state) for state in SET} for unit in ("jours", "heures"))
        key, at = form.one("cle"), datetime.now(UTC)
        await clocks.set_clocks(rooms, viewer, viewer.organisation, days, hours, key=key, at=at)
    except InvalidInput as refusal:
        return await _delays(request, viewer, form.first(), refusal)
    return see("/equipe/delais")


def _clock(form: Form, unit: str, state: State) -> Clock:
    usual = _words((BY_DEFAULT.days if unit == "jours" else BY_DEFAULT.hours)[state])
    read = {field: _numbers(form, f"{unit}-{state.value}-{field}") for field in FIELDS if usual[field]}
    return Clock(
        due=read["due"][0],
        remind=read.get("remind", ()),
        escalate=read["escalate"][0] if "escalate" in read else None,
        expire=read["expire"][0] if "expire" in read else None,
    )


def _numbers(form: Form, name: str) -> tuple[int, ...]:
    try:
        found = tuple(int(part) for part in form.one(name, 30).replace(";", ",").split(",") if part.strip())
    except ValueError:
        found = ()
    if not found:
        raise InvalidInput("Un délai est un nombre entier ; plusieurs rappels se séparent par des virgules.", name)
    return found


@router.get("/equipe/depart")
async def departure(request: Request, compte: str = "", passes: int = -1) -> Response:
    """What someone holds, file by file, and who could take it. Raises NotSignedIn, NotFound, NotAllowed."""
    return await _departure(request, must_sign_in(request), compte, passes)


async def _departure(
    request: Request, viewer: Viewer, account: str, moved: int, refused: Refusal | None = None
) -> Response:
    rooms = request.app.state.rooms
    found = await team(rooms, viewer, now())
    held = await leaving.departing(rooms, viewer, found.organisation, account)
    context = {
        "team": found,
        "account": account,
        "name": found.names.get(account, account),
        "files": [{"id": file.id, "who": file_name(file), "what": _what(file, account)} for file in held.files],
        "colleagues": sorted(held.colleagues.items(), key=lambda one: one[1]),
        "leaving": held.leaving,
        "moved": moved,
        "refused": refused.message if refused else "",
    }
    return page(request, "pages/casework/team_departure.html", context, status=422 if refused else 200)


def _what(file: File, account: str) -> str:
    if file.lead is not None and file.lead.account == account:
        return "référent du dossier"
    return "demande en cours"


@router.post("/equipe/depart")
async def hand_over(request: Request) -> Response:
    """Each file goes where it was said. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer, rooms = must_sign_in(request), request.app.state.rooms
    form = await form_of(request)
    account, rest = form.one("compte"), form.one("autres") or leaving.DESK
    plan = {
        name.removeprefix("dossier-"): to for name, to in form.first().items() if name.startswith("dossier-") and to
    }
    try:
        held = await leaving.departing(rooms, viewer, viewer.organisation, account)
        plan = {file.id: plan.get(file.id, rest) for file in held.files}
        moved = await leaving.hand_over(
            rooms, viewer, viewer.organisation, account, plan, why=form.one("motif"), at=datetime.now(UTC)
        )
    except InvalidInput as refusal:
        return await _departure(request, viewer, account, -1, refusal)
    return see(f"/equipe/depart?{urlencode({'compte': account, 'passes': moved})}")
