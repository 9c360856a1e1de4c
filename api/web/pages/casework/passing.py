"""From a relay to a request that left, in three gestures: for whom, what is told and why, the preview that is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.casework import handing, opening, passing_on, reading
from api.actions.casework.filing import NOT_YOURS, seen
from api.actions.casework.reading import Scope
from api.auth.viewer import must_sign_in
from api.web.acting import key_in, new_key, rooms_of
from api.web.forms import form_of, see
from api.web.handing_words import people, told_views
from api.web.pages.casework.passing_to import to_whom
from api.web.passing_form import (
    KINDS,
    LASTS,
    LATER,
    STANDING,
    Typed,
    as_typed,
    consent_of,
    fields,
    passing_path,
    proposed,
    sending,
    typed_in,
)
from api.web.refusals import STATUS
from api.web.render import NOT_KEPT, now, page
from graph.model.access import Operation, Subject, check
from graph.model.casework.file import File, Identity, Member, MemberRole
from graph.model.casework.grounds import Ground, Means, ShareGroup
from graph.model.casework.handoff import Handoff, OrderedLead, Target
from graph.model.casework.receivers import practical_only, tellable
from graph.model.casework.sight import Sight
from graph.model.casework.telling import told
from graph.model.directory import Organisation
from graph.model.errors import (
    ConsentMissing,
    InvalidInput,
    NeedsConfirming,
    NotAllowed,
    ReasonMissing,
    Refusal,
    StepNotAllowed,
)
from graph.model.vocabulary import button, competence, competences, label

CHOOSE: Final = "/passer"
PATH: Final = "/dossier/{file}/passer"
MOST_FILES: Final = 50
GONE: Final = "destinataire retiré de l’annuaire"
SHOWN: Final = (InvalidInput, ReasonMissing, ConsentMissing, NeedsConfirming, StepNotAllowed)

router = APIRouter(include_in_schema=False)


@router.get(CHOOSE)
async def choose(request: Request) -> HTMLResponse:
    """For whom: one of her files, or a new one in place. Raises NotSignedIn, NotAllowed."""
    return await _choose(request)


@router.post(CHOOSE)
async def open_new(request: Request) -> Response:
    """A new file, with the need that was searched for; then what is told."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    try:
        need = opening.need_of(form.one("c", 200), datetime.now(UTC), words=form.one("mots", 1000))
        member = Member(id="", role=MemberRole.ADULT, identity=Identity(name=form.one("nom", 200)))
        file = await opening.open_file(rooms, viewer, [member], [need], key=key_in(form), at=now())
    except SHOWN as refusal:
        return await _choose(request, refusal, form.first())
    return see(passing_path(file.id, request.query_params))


async def _choose(
    request: Request, refusal: Refusal | None = None, typed: Mapping[str, str] | None = None
) -> HTMLResponse:
    viewer, rooms, at = must_sign_in(request), rooms_of(request), now()
    check(viewer, Operation.OPEN_FILE, Subject(organisation=viewer.organisation))
    asked = request.query_params
    found = await reading.files(rooms, viewer, Scope.MINE, first=MOST_FILES, at=at)
    to = await _addressed(request, Typed(to=asked.get("vers", "")).target)
    searched = [id_ for id_ in asked.getlist("c") if id_ in competences()]
    whole = Sight(whole=True)
    context = {
        "to": to.name,
        "kind": _kind_words(asked.get("genre", "")),
        "files": [
            {
                "href": passing_path(file.id, asked),
                "people": people(told(file, whole, at)) or "Sans nom",
                "needs": [competence(need.competence).label for need in file.needs.values() if need.open],
            }
            for file, _ in found.files
        ],
        "more": found.more,
        "searched": [(id_, competence(id_).label) for id_ in searched],
        "all": []
        if searched
        else sorted(((one.id, one.label) for one in competences().values()), key=lambda it: it[1]),
        "action": f"{CHOOSE}?{request.url.query}",
        "key": new_key(),
        "typed": typed or {},
        "refusal": refusal.message if refusal else "",
    }
    return _kept(
        page(request, "pages/casework/passing_for.html", context, status=STATUS[refusal.code] if refusal else 200)
    )


@router.get(PATH)
async def prepare(request: Request, file: str) -> HTMLResponse:
    """What is told, to whom, why, until when, on which ground. Raises NotSignedIn, NotFound."""
    found = await _file(request, file)
    if waiting := found.handoffs.get(request.query_params.get("brouillon", "")):
        return await _form(request, found, _of_draft(waiting, found), waiting=waiting)
    if not request.query_params.get("vers"):
        return await to_whom(request, found)
    typed = proposed(found, request.query_params, now().date())
    try:
        await _addressed(request, typed.target)
    except InvalidInput as refusal:
        return await to_whom(request, found, refusal)
    return await _form(request, found, typed)


@router.post(PATH)
async def send(request: Request, file: str) -> Response:
    """Show what the addressee will read; then send it, or go back to the form. What cannot be sent comes back as it was typed."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request)
    found = await _file(request, file)
    typed, key = as_typed(form), key_in(form)
    waiting = found.handoffs.get(form.one("brouillon", 60))
    if form.one("corriger", 5):
        return await _form(request, found, typed, key=key, waiting=waiting)
    try:
        typed = typed_in(form)
        if waiting is not None:
            consent = consent_of(typed, waiting.groups)
            if consent is None:
                raise InvalidInput("Choisissez sur quel fondement la demande part.", "titre")
            left = await passing_on.let_leave(rooms, viewer, waiting.id, consent, key=key, at=now())
            return see(f"/demande/{left.id}?note=fait#fait")
        made = sending(typed, found)
        if form.one("envoyer", 5):
            left = await passing_on.send(rooms, viewer, file, made, key=key, at=now())
            return see(f"/demande/{left.id}?note=fait#fait")
        shown = await passing_on.preview(rooms, viewer, file, made, now())
    except SHOWN as refusal:
        return await _form(request, found, typed, refusal=refusal, key=key, waiting=waiting)
    context = {
        "to": shown.organisation.name,
        "kind": label("kind", shown.handoff.kind),
        "people": people(shown.told),
        "told": told_views(shown.told),
        "purpose": shown.handoff.purpose,
        "authority": shown.handoff.authority,
        "order": label("order", shown.handoff.order) if shown.handoff.authority else "",
        "needs": [competence(found.needs[id_].competence).label for id_ in shown.handoff.needs],
        "leaves": shown.leaves,
        "tells": typed.told,
        "fields": fields(typed),
        "key": key,
        "here": f"/dossier/{file}/passer",
    }
    return _kept(page(request, "pages/casework/passing_preview.html", context))


async def _form(
    request: Request,
    file: File,
    typed: Typed,
    *,
    refusal: Refusal | None = None,
    key: str = "",
    waiting: Handoff | None = None,
) -> HTMLResponse:
    at = now()
    to, refusal = await _still(request, typed.target, refusal)
    whole = told(file, Sight(whole=True), at)
    names = {one.id: one.identity.name for one in whole.members or () if one.identity}
    covered = _covering(file, typed, at)
    groups = [one for one in ShareGroup if (one in tellable(to.kind) if to else one.value in typed.groups)]
    context = {
        "typed": typed,
        "to": to.name if to else GONE,
        "gone": to is None,
        "limited": to is not None and practical_only(to.kind),
        "people": people(whole) or "Sans nom",
        "kinds": [(one.value, button("kind", one)) for one in KINDS],
        "orders": [(one.value, button("order", one)) for one in OrderedLead],
        "needs": _needs(file, names),
        "groups": [(one.value, label("share", one)) for one in groups],
        "grounds": [(one.value, button("ground", one)) for one in Ground],
        "standing": STANDING if covered else "",
        "later": "" if waiting else LATER,
        "members": [(id_, names.get(id_) or label("member_role", one.role)) for id_, one in file.members.items()],
        "means": [(one.value, label("means", one)) for one in Means],
        "here": f"/dossier/{file.id}/passer",
        "back": f"/dossier/{file.id}",
        "key": key or new_key(),
        "refusal": refusal.message if refusal else "",
        "field": getattr(refusal, "field", "") if refusal else "",
        "confirming": isinstance(refusal, NeedsConfirming) or typed.confirmed,
        "waiting": waiting.id if waiting else "",
    }
    return _kept(
        page(request, "pages/casework/passing.html", context, status=STATUS[refusal.code] if refusal else 200, at=at)
    )


def _needs(file: File, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    open_ = [need for need in file.needs.values() if need.open]
    return [(need.id, competence(need.competence).label, names.get(need.member, "")) for need in open_]


def _covering(file: File, typed: Typed, at: datetime) -> bool:
    """Whether an accord of the file stands for this addressee and these groups."""
    groups = frozenset(ShareGroup(code) for code in typed.groups if code in set(ShareGroup))
    organisation = typed.target.organisation
    return any(one.covers(organisation, groups, typed.needs, at.date()) for one in file.consents.values())


def _of_draft(waiting: Handoff, file: File) -> Typed:
    target = waiting.target
    return replace(
        Typed(),
        to="|".join((target.organisation, target.service, target.post)),
        kind=waiting.kind.value,
        needs=waiting.needs,
        groups=tuple(sorted(waiting.groups)),
        purpose=waiting.purpose,
        message=waiting.message,
        until=(now().date() + LASTS).isoformat(),
        member=next(iter(file.members), ""),
    )


async def _file(request: Request, file: str) -> File:
    found, sight = await seen(rooms_of(request), must_sign_in(request), file, now())
    if not sight.works:
        raise NotAllowed(NOT_YOURS)
    return found


async def _addressed(request: Request, target: Target) -> Organisation:
    async with rooms_of(request).graph.reading() as unit:
        return await handing.target_of(unit, target, now())


async def _still(
    request: Request, target: Target, refusal: Refusal | None
) -> tuple[Organisation | None, Refusal | None]:
    """Whom it is for, and what is refused: one that closed meanwhile takes nothing of what was typed along."""
    try:
        return await _addressed(request, target), refusal
    except InvalidInput as gone:
        return None, refusal or gone


def _kind_words(code: str) -> str:
    return button("kind", code) if code in {one.value for one in KINDS} else button("kind", KINDS[1])


def _kept(answer: HTMLResponse) -> HTMLResponse:
    answer.headers["Cache-Control"] = NOT_KEPT
    return answer
