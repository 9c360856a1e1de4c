"""The list of files, what is owed first before the rest, and the opening of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions.casework import looking_up, opening, reading
from api.actions.casework.reading import Scope
from api.actions.figures.reading import may_read_exactly
from api.auth.viewer import must_sign_in
from api.web.act_form import Field, FieldKind, Typed, retyped
from api.web.acting import key_in, new_key, rooms_of
from api.web.casework_around import member_fields, member_of
from api.web.casework_course import COURSE, need_fields
from api.web.casework_view import rows
from api.web.desk_form import Typed as Sought
from api.web.desk_form import sought_of
from api.web.desk_view import KnownView, known_views
from api.web.forms import Form, form_of, number, see
from api.web.pages.casework.desk import fault_of
from api.web.pages.casework.dossiers_counted import COUNTS, counted
from api.web.render import NOT_KEPT, now, page
from graph.model.access import Operation, Subject, Viewer, check
from graph.model.casework.contact import Contact
from graph.model.casework.file import Member, MemberRole, Need
from graph.model.errors import InvalidInput

PATH: Final = "/dossiers"
PAGE: Final = 20
UNPROCESSABLE: Final = 422
SCOPES: Final = {Scope.MINE: "Les miens", Scope.DESK: "À l’accueil", Scope.UNIT: "Tout le service", Scope.ENDED: "Clos"}
EMPTY: Final = {
    Scope.MINE: "Les dossiers dont vous êtes le référent, ou auxquels vous travaillez, viendront ici.",
    Scope.DESK: "Aucun dossier n’attend à l’accueil du service.",
    Scope.UNIT: "Le service ne suit aucun dossier.",
    Scope.ENDED: "Aucun accompagnement n’est clos.",
}
NOBODY: Final = Sought(contact=Contact())

router = APIRouter(include_in_schema=False)


@router.get(PATH)
async def files(request: Request) -> Response:
    """A page of one's files, or of those that a figure counted. Raises NotSignedIn, NotAllowed, InvalidInput."""
    viewer = must_sign_in(request)
    return await counted(request, viewer) if "compte" in request.query_params else await _files(request, viewer)


@router.post(PATH + "/chercher")
async def find(request: Request) -> Response:
    """Who is followed by the house, found by name and birthday or by telephone: no address holds them. Raises NotSignedIn,
    NotAllowed.
    """
    viewer, form = must_sign_in(request), await form_of(request)
    sought = Sought(contact=Contact(), name=form.one("nom", 240), born=form.one("ne", 10), phone=form.one("tel", 60))
    answers, refused = None, None
    try:
        answers = await looking_up.look_up(rooms_of(request), viewer, sought_of(sought), at=now())
    except InvalidInput as refusal:
        refused = refusal
    known = None if answers is None else known_views(answers, viewer.organisation)
    answer = await _files(request, viewer, sought=sought, known=known, refused=refused)
    answer.headers["Cache-Control"] = NOT_KEPT
    return answer


async def _files(
    request: Request,
    viewer: Viewer,
    *,
    sought: Sought = NOBODY,
    known: Sequence[KnownView] | None = None,
    refused: InvalidInput | None = None,
) -> Response:
    asked = request.query_params.get("de", "")
    scope = Scope(asked) if asked in set(Scope) else Scope.MINE
    skip = min(number(request.query_params.get("apres", "")) or 0, 100_000)
    at = now()
    found = await reading.files(rooms_of(request), viewer, scope, first=PAGE, skip=skip, at=at)
    context = {
        "said": COURSE["attribuer"].done if request.query_params.get("fait") == "attribuer" else "",
        "rows": rows(found, at),
        "scopes": [(one.value, words, found.counts[one]) for one, words in SCOPES.items() if one in found.counts],
        "scope": scope.value,
        "empty": EMPTY[scope],
        "total": found.counts[scope],
        "before": max(skip - PAGE, 0) if skip else None,
        "after": skip + PAGE if found.more else None,
        "sought": sought,
        "known": known,
        "refused": refused.message if refused else "",
        "faulty": fault_of(refused),
        "counts": COUNTS,
        "may_unit": may_read_exactly(viewer),
    }
    return page(request, "pages/casework/dossiers.html", context, status=UNPROCESSABLE if refused else 200, at=at)


@router.get(PATH + "/ouvrir")
async def ask_to_open(request: Request) -> Response:
    """An empty form. Raises NotSignedIn, NotAllowed."""
    viewer = must_sign_in(request)
    _may_open(viewer)
    return _form(request, _fields(request.query_params.get("contact", "")[:100]))


@router.post(PATH + "/ouvrir")
async def open_file(request: Request) -> Response:
    """Open a file, and be on its page. Raises NotSignedIn, NotAllowed."""
    viewer = must_sign_in(request)
    _may_open(viewer)
    form = await form_of(request)
    typed = Typed(form)
    try:
        member = member_of(typed, rooms_of(request), uuid4().hex)
        needs = [_need(typed, member)] if typed.line("competence") else []
        file = await opening.open_file(
            rooms_of(request),
            viewer,
            [member],
            needs,
            key=key_in(form),
            request=typed.line("request"),
            transitional=typed.ticked("transitional"),
        )
    except InvalidInput as refused:
        return _again(request, form, refused)
    return see(f"/dossier/{file.id}?fait=ouvrir")


def _need(typed: Typed, member: Member) -> Need:
    secret = typed.ticked("secret_need")
    return opening.need_of(
        typed.line("competence"),
        datetime.now(UTC),
        words=typed.line("words"),
        member=member.id if secret else "",
        urgent=typed.ticked("urgent"),
        due=typed.day("due"),
        due_what=typed.line("due_what"),
        secret=secret,
    )


def _may_open(viewer: Viewer) -> None:
    check(viewer, Operation.OPEN_FILE, Subject(organisation=viewer.organisation))


def _fields(contact: str) -> list[Field]:
    # Of the need: in the form of a member there is a box of that name already.
    secret = {"secret": "secret_need"}
    needs = [replace(one, name=secret.get(one.name, one.name), needed=False) for one in need_fields()]
    return [
        *member_fields(Member(id="", role=MemberRole.ADULT), ""),
        *needs,
        Field(name="transitional", label="Accompagnement transitoire : il manque un relais", kind=FieldKind.CHECK),
        Field(name="request", label="", kind=FieldKind.HIDDEN, value=contact),
    ]


def _again(request: Request, form: Form, refused: InvalidInput) -> Response:
    fields = retyped(_fields(""), form, {refused.field: refused.message})
    return _form(request, fields, refused=refused.message, status=UNPROCESSABLE)


def _form(request: Request, fields: list[Field], *, refused: str = "", status: int = 200) -> Response:
    context = {
        "above": (PATH, "Dossiers"),
        "title": "Ouvrir un dossier",
        "hint": "Un nom n’est pas nécessaire. Vous en êtes le référent dès maintenant. Les autres personnes du foyer et les "
        "autres besoins s’ajoutent ensuite.",
        "fields": fields,
        "button": "Ouvrir le dossier",
        "here": PATH + "/ouvrir",
        "refused": refused,
        "key": new_key(),
        "told": "",
    }
    return page(request, "pages/casework/act.html", context, status=status)
