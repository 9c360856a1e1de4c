"""The moderators' pages: what waits, sources that disagree, and what was decided."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions import memberships
from api.actions import moderation as actions
from api.actions.settling import SETTLED
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.forms import Form, form_of, see
from api.web.listing_view import source_name
from api.web.pages.suggestions import LIST, WORDS, decision_row, sheet_of
from api.web.render import now, page
from api.words.dates import exact_day, relative_moment
from api.words.differences import field_words, flat
from graph.model.access import Operation, may
from graph.model.errors import Conflict, InvalidInput
from graph.model.keeping import ListingKind, Target
from graph.model.moderation import CHOICES, SHOWN_AT_ONCE, Choice, Item, Task
from graph.model.suggestion import LONGEST_REASON
from graph.model.vocabulary import label

QUEUE: Final = "/moderation"
CONFLICT: Final = "/moderation/conflit"
CASE: Final = "/moderation/cas"
LOG: Final = "/moderation/decisions"
PAGE: Final = 50
CHOSEN: Final = {"choisir": "Cette version est retenue.", "decider": "C’est décidé."} | WORDS

router = APIRouter(include_in_schema=False)


@router.get(QUEUE)
async def queue(request: Request, tache: str = "", fait: str = "") -> HTMLResponse:
    """What waits, of one task or of all. Raises NotSignedIn, NotAllowed."""
    viewer, at = must_sign_in(request), now()
    chosen = Task(tache) if tache in set(Task) else None
    found = await actions.queue(_rooms(request), viewer, tasks=[chosen] if chosen else list(Task), at=at)
    counted = [(task.value, label("moderation_task", task.value), count) for task, count in found.counts.items()]
    waiting = found.counts.get(chosen, 0) if chosen else sum(found.counts.values())
    context = {
        "tasks": counted,
        "chosen": chosen.value if chosen else "",
        "every": sum(found.counts.values()),
        "items": [_item(item) for item in found.items],
        "hidden": max(0, waiting - SHOWN_AT_ONCE),
        "more": found.more,
        "told": CHOSEN.get(fait, ""),
    }
    return page(request, "pages/moderation.html", context, at=at)


@router.get(LOG)
async def log(request: Request, miennes: str = "", apres: str = "", fait: str = "") -> HTMLResponse:
    """What was decided, the latest first. Raises NotSignedIn, NotAllowed."""
    viewer = must_sign_in(request)
    at, _, id_ = apres.partition("|")
    found = await actions.log(_rooms(request), viewer, PAGE + 1, mine=bool(miennes), after=(at, id_))
    mine = "miennes=1" if miennes else ""
    context = {
        "done": [decision_row(one) for one in found[:PAGE]],
        "mine": bool(miennes),
        "back": f"{LOG}?{mine}" if mine else LOG,
        "more": f"{LOG}?{mine}&apres={quote('|'.join(actions.place(found[PAGE - 1])))}" if len(found) > PAGE else "",
        "may_undo": may(viewer, Operation.MODERATE),
        "told": CHOSEN.get(fait, ""),
    }
    return page(request, "pages/decisions.html", context)


@router.get(CONFLICT + "/{item:path}")
async def conflict(request: Request, item: str) -> HTMLResponse:
    """What the sources say, side by side. Raises NotSignedIn, NotAllowed, NotFound."""
    must_sign_in(request)
    return await _conflict(request, item)


@router.post(CONFLICT + "/{item:path}")
async def choose(request: Request, item: str) -> Response:
    """One source's word stands. Raises NotSignedIn, NotAllowed, NotFound."""
    viewer, form = must_sign_in(request), await form_of(request)
    reason = form.one("motif", 10_000)
    try:
        await actions.decide(
            _rooms(request),
            viewer,
            f"{Task.CONFLICT}|{item}",
            Choice.CHOOSE,
            reason=reason,
            voice=form.one("voix"),
            mark=form.one("marque"),
            key=form.one("cle", 100),
        )
    except (InvalidInput, Conflict) as refusal:
        status = 409 if isinstance(refusal, Conflict) else 422
        return await _conflict(request, item, refusal.message, reason, form.one("voix"), status)
    return see(f"{QUEUE}?fait=choisir")


@router.get(CASE + "/{item:path}")
async def case(request: Request, item: str) -> HTMLResponse:
    """What nobody answers for, and what may be decided. Raises NotSignedIn, NotAllowed, NotFound."""
    must_sign_in(request)
    return await _case(request, item, Form({}))


@router.post(CASE + "/{item:path}")
async def settle(request: Request, item: str) -> Response:
    """Decide, with a reason. Raises NotSignedIn, NotAllowed, NotFound."""
    viewer, form = must_sign_in(request), await form_of(request)
    try:
        if (choice := form.one("choix")) not in set(Choice):
            raise InvalidInput("Choisissez ce que vous décidez.", "choix")
        await actions.decide(
            _rooms(request),
            viewer,
            item,
            Choice(choice),
            reason=form.one("motif", 10_000),
            mark=form.one("marque"),
            parts=form.every("role"),
            key=form.one("cle", 100),
        )
    except (InvalidInput, Conflict) as refusal:
        return await _case(request, item, form, refusal.message, 409 if isinstance(refusal, Conflict) else 422)
    return see(f"{QUEUE}?fait=decider")


async def _case(request: Request, item: str, form: Form, refusal: str = "", status: int = 200) -> HTMLResponse:
    viewer, at = must_sign_in(request), now()
    found = await actions.case(_rooms(request), viewer, item, at)
    joins = found.task is Task.JOIN
    context = {
        "name": found.name,
        "task": label("moderation_task", found.task.value),
        "organisation": found.organisation_name,
        "since": relative_moment(found.since, at),
        "sheet": sheet_of(Target(ListingKind.ORGANISATION, found.organisation)),
        "write_to": "" if joins else f"/correspondant?organisme={quote(found.organisation)}",
        "choices": [(one.value, label("moderation_choice", one.value)) for one in CHOICES[found.task]],
        "roles": [(one.value, label("role", one.value)) for one in memberships.TAKEN_IN_AS] if joins else [],
        "given": form.every("role"),
        "chosen": form.one("choix"),
        "reason": form.one("motif", 10_000),
        "mark": found.mark,
        "action": f"{CASE}/{quote(item, safe=':@!$,')}",
        "may_decide": may(viewer, Operation.MODERATE),
        "refusal": refusal,
        "longest": LONGEST_REASON,
        "key": uuid4().hex,
    }
    return page(request, "pages/moderation_case.html", context, status=status, at=at)


async def _conflict(
    request: Request, item: str, refusal: str = "", reason: str = "", chosen: str = "", status: int = 200
) -> HTMLResponse:
    rooms, at = _rooms(request), now()
    found = await actions.conflict(rooms, must_sign_in(request), f"{Task.CONFLICT}|{item}", at)
    group, listing = found.item.group, found.listing
    assert group is not None, "a disagreement is about a group"
    stands = listing.standing[group]
    voices = [
        {
            "source": claim.source,
            "name": source_name(claim.source),
            "day": exact_day(claim.vouched_on),
            "words": [
                (label("field", name), words)
                for name, value in flat(claim.value).items()
                if name != "demonstration" and (words := field_words(name, value, rooms.places.get, at))
            ],
            "stands": claim.value == stands.value,
        }
        for claim in found.said
    ]
    context = {
        "name": listing.record.name,
        "sheet": sheet_of(listing.target),
        "group": label("field_group", group.value),
        "voices": voices,
        "mark": found.item.mark,
        "action": f"{CONFLICT}/{quote(item, safe=':@!$,')}",
        "may_decide": may(must_sign_in(request), Operation.MODERATE),
        "refusal": refusal,
        "reason": reason,
        "chosen": chosen,
        "longest": LONGEST_REASON,
        "key": uuid4().hex,
    }
    return page(request, "pages/moderation_conflict.html", context, status=status, at=at)


def _item(item: Item) -> dict[str, str]:
    at = now()
    if item.task is Task.CONFLICT:
        rest = item.id.partition("|")[2]
        href, sheet = f"{CONFLICT}/{quote(rest, safe=':@!$,')}", sheet_of(Target.named(item.subject))
    elif item.task in SETTLED:
        href, sheet = f"{CASE}/{quote(item.id, safe=':@!$,')}", ""
    else:
        href, sheet = f"{LIST}/{quote(item.subject)}", ""
    return {
        "href": href,
        "sheet": sheet,
        "name": item.name,
        "organisation": item.organisation_name if item.organisation_name != item.name else "",
        "task": label("moderation_task", item.task.value),
        "group": label("field_group", item.group.value) if item.group else "",
        "when": relative_moment(item.since, at),
    }


def _rooms(request: Request) -> Rooms:
    return request.app.state.rooms
