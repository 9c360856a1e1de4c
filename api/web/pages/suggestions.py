"""Suggestions as whoever answers them sees them: what the listing says, what it would say, yes or no."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions import answering, moderation
from api.actions import suggestions as actions
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.forms import form_of, see, way_back
from api.web.listing_view import source_name
from api.web.render import now, page, sheet_path
from api.words.dates import exact_day, relative_moment
from api.words.differences import Difference, differences, flat
from graph.model.access import Operation, may
from graph.model.errors import Conflict, InvalidInput
from graph.model.keeping import ListingKind, Target
from graph.model.listing import Claim
from graph.model.moderation import Choice, Decision, Item, Task
from graph.model.suggestion import LONGEST_REASON, UNDO_WITHIN, About, Suggestion, SuggestionStep, would_be
from graph.model.vocabulary import label

PAGE: Final = 50
STEPS: Final = {"accepter": SuggestionStep.ACCEPT, "refuser": SuggestionStep.REFUSE}
CHOICES: Final = {SuggestionStep.ACCEPT: Choice.ACCEPT, SuggestionStep.REFUSE: Choice.REFUSE}
LIST: Final = "/corriger/suggestions"
WORDS: Final = {"accepter": "C’est accepté.", "refuser": "C’est refusé.", "annuler": "La décision est annulée."}

router = APIRouter(include_in_schema=False)


@router.get(LIST)
async def waiting(request: Request, fait: str = "", apres: str = "") -> HTMLResponse:
    """Those that wait for her answer, and what was decided lately. Raises NotSignedIn, NotAllowed."""
    rooms, viewer = _rooms(request), must_sign_in(request)
    at, _, id_ = apres.partition("|")
    found = await actions.waiting_here(rooms, viewer, PAGE + 1, (at, id_))
    names = await actions.names(rooms, found[:PAGE])
    done = await answering.decided_here(rooms, viewer, now() - UNDO_WITHIN)
    context = {
        "rows": [_row(one, names) for one in found[:PAGE]],
        "more": "|".join(actions.place(found[PAGE - 1])) if len(found) > PAGE else "",
        "done": [decision_row(one) for one in done],
        "told": WORDS.get(fait, ""),
        "key": uuid4().hex,
    }
    return page(request, "pages/suggestions.html", context)


@router.get(LIST + "/{id_}")
async def suggestion(request: Request, id_: str) -> HTMLResponse:
    """One, with what it would change. Raises NotSignedIn, NotFound."""
    must_sign_in(request)
    return await _one(request, id_)


@router.post(LIST + "/{id_}")
async def answer(request: Request, id_: str) -> Response:
    """Take it, in whole or in part, or refuse it. Raises NotSignedIn, NotFound, NotAllowed."""
    rooms, viewer = _rooms(request), must_sign_in(request)
    form = await form_of(request)
    choice, reason, key = form.one("choix"), form.one("motif", 10_000), form.one("cle", 100)
    what = STEPS.get(choice)
    if what is None:
        raise InvalidInput("Choisissez d’accepter ou de refuser.", "choix")
    parts = form.every("partie") if what is SuggestionStep.ACCEPT else None
    seen = await actions.shown(rooms, viewer, id_)
    missing = seen.suggestion.about is About.MISSING
    if what is SuggestionStep.ACCEPT and seen.suggestion.value and not parts and not missing:
        return await _one(request, id_, "Cochez au moins une valeur à reprendre, ou refusez.", reason)
    parts = None if missing else parts
    try:
        if may(viewer, Operation.MODERATE):
            item = _item(seen.suggestion)
            await moderation.decide(
                rooms, viewer, item, _choice(seen.suggestion, what), reason=reason, parts=parts, key=key
            )
        else:
            await answering.answer(rooms, viewer, id_, what, parts=parts, reason=reason, key=key)
    except (InvalidInput, Conflict) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return await _one(request, id_, refusal.message, reason, status)
    return see(f"{LIST}?fait={choice}")


@router.post("/corriger/decisions/{id_}/annuler")
async def undo(request: Request, id_: str) -> Response:
    """Take a decision back, with a reason. Raises NotSignedIn, NotFound, NotAllowed, InvalidInput, Conflict."""
    viewer, form = must_sign_in(request), await form_of(request)
    await moderation.undo(_rooms(request), viewer, id_, reason=form.one("motif", 10_000), key=form.one("cle", 100))
    back = way_back(form.one("retour", 2000), LIST)
    return see(f"{back}{'&' if '?' in back else '?'}fait=annuler")


async def _one(
    request: Request, id_: str, refusal: str = "", reason: str = "", status: int | None = None
) -> HTMLResponse:
    rooms, viewer = _rooms(request), must_sign_in(request)
    seen, at = await actions.shown(rooms, viewer, id_), now()
    one = seen.suggestion
    stands = seen.listing.standing.get(one.group) if seen.listing and one.group else None
    context: dict[str, Any] = _row(one, await actions.names(rooms, [one])) | {
        "differences": changes(rooms, seen, at),
        "says_now": _said_by(stands) if stands else "",
        "email": seen.email,
        "may_answer": seen.may_answer and one.waits(),
        "reason_needed": may(viewer, Operation.MODERATE),
        "decided": _decided(one, at),
        "decided_why": one.reason,
        "missing": one.about is About.MISSING,
        "refusal": refusal,
        "reason": reason,
        "longest": LONGEST_REASON,
        "key": uuid4().hex,
    }
    return page(request, "pages/suggestion.html", context, status=status or (422 if refusal else 200))


def changes(rooms: Rooms, seen: actions.Shown, at: datetime) -> tuple[Difference, ...]:
    """What would change, field by field; of a missing organisation, all that is said of it."""
    one = seen.suggestion
    if one.about is About.MISSING or seen.listing is None or one.group is None:
        return differences({}, one.value, rooms.places.get, at)
    present = seen.listing.value(one.group)
    every = differences(present, would_be(one, present), rooms.places.get, at)
    return tuple(each for each in every if each.field in flat(one.value))


def decision_row(one: Decision) -> dict[str, Any]:
    """A decision as a list shows it."""
    at = now()
    return {
        "id": one.id,
        "name": one.name,
        "task": label("moderation_task", one.task.value),
        "words": f"{one.by_name or 'Quelqu’un'} {label('moderation_choice', one.choice.value)}",
        "when": relative_moment(one.at, at),
        "reason": one.reason,
        "undone": _undone(one, at),
        "undone_why": one.undone_reason,
        "may_undo": one.may_be_undone(at),
    }


def _row(one: Suggestion, names: dict[str, str]) -> dict[str, Any]:
    at = now()
    missing = one.about is About.MISSING
    name = one.value["name"] if missing else names.get(one.subject, "Une fiche qui n’existe plus")
    return {
        "href": f"{LIST}/{quote(one.id)}",
        "id": one.id,
        "name": name,
        "sheet": "" if missing or one.subject not in names else sheet_of(Target.named(one.subject)),
        "about": label("suggestion_about", one.about.value),
        "text": one.text,
        "by": one.by_name or "Quelqu’un sans compte",
        "when": relative_moment(one.at, at),
        "day": exact_day(one.at.astimezone(at.tzinfo).date()),
        "late": one.late(at),
        "again": one.decisions > 0 and one.waits(),
    }


def sheet_of(target: Target) -> str:
    """The public page of a listing."""
    return sheet_path("service" if target.kind is ListingKind.SERVICE else "organisme", target.id)


def _said_by(claim: Claim) -> str:
    return f"Selon {source_name(claim.source)}, {exact_day(claim.vouched_on)}"


def _undone(one: Decision, at: datetime) -> str:
    if one.undone_at is None:
        return ""
    return f"Annulée par {one.undone_name or 'quelqu’un'}, {relative_moment(one.undone_at, at)}"


def _decided(one: Suggestion, at: datetime) -> str:
    if one.decided_at is None:
        return ""
    state = label("suggestion_state", one.state.value)
    return f"{state} par {one.decided_name or 'quelqu’un'}, {relative_moment(one.decided_at, at)}"


def _item(one: Suggestion) -> str:
    task = Task.NEW if one.about is About.MISSING else Task.SUGGESTION
    return Item(task=task, subject=one.id, name="", since=one.at).id


def _choice(one: Suggestion, what: SuggestionStep) -> Choice:
    return Choice.PUBLISH if one.about is About.MISSING and what is SuggestionStep.ACCEPT else CHOICES[what]


def _rooms(request: Request) -> Rooms:
    return request.app.state.rooms
