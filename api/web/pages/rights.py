"""What a person may ask of what is kept of her, at the worker's: accords taken back, a copy, erasure. And a partner's opinion."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions.casework import following, forgetting, opinions
from api.actions.casework import rights as actions
from api.actions.casework.rights import Standing
from api.auth.viewer import must_sign_in
from api.web.acting import key_in, new_key, rooms_of
from api.web.downloads import attachment
from api.web.export_view import copy_view
from api.web.forms import Form, form_of, number, see
from api.web.pages.by_link import SHOWN
from api.web.render import listed, page
from api.words.dates import exact_day
from graph.model.access import Viewer
from graph.model.casework.by_person import LONGEST_OPINION, Question
from graph.model.casework.clocks import PARIS
from graph.model.casework.grounds import Ground
from graph.model.casework.remembering import Cause
from graph.model.errors import InvalidInput, NotFound, NotSignedIn, Refusal
from graph.model.vocabulary import button, label

MOST_BYTES: Final = 10_000
DONE: Final = {
    "reprendre": "L’accord est repris : plus rien n’est montré depuis cet instant. Ce qui a déjà été lu ne peut pas être effacé.",
    "repondre": "La réponse est enregistrée.",
}
TO_ITSELF: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}

router = APIRouter(include_in_schema=False)


@router.api_route("/dossier/{file_id}/droits", methods=SHOWN)
async def rights(request: Request, file_id: str) -> Response:
    """Accords, what members asked for, copies, erasure. Raises NotSignedIn, NotFound."""
    return await _page(request, must_sign_in(request), file_id)


@router.post("/dossier/{file_id}/droits")
async def change(request: Request, file_id: str) -> Response:
    """One act."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request, MOST_BYTES)
    key, what, about = form.one("cle", 100) or key_in(form), form.one("geste", 20), form.one("sur", 100)
    try:
        match what:
            case "reprendre":
                await following.withdraw_consent(rooms, viewer, file_id, about, form.one("mots"), key=key)
            case "repondre":
                granted, text = form.one("accorde") == "oui", form.one("mots", 1000)
                await forgetting.answer_right(rooms, viewer, file_id, about, granted, text, key=key)
            case "effacer":
                await _forget(request, viewer, file_id, form, key)
                return page(request, "pages/forgotten.html", {})
            case _:
                raise InvalidInput("Ce bouton n’est pas connu. Rien n’a été modifié.", "geste")
    except (NotSignedIn, NotFound):
        raise
    except Refusal as refusal:
        return await _page(request, viewer, file_id, refusal)
    return see(f"{_path(file_id)}?fait={what}")


async def _forget(request: Request, viewer: Viewer, file_id: str, form: Form, key: str) -> None:
    why = form.one("pourquoi", 20)
    if why not in set(Cause):
        raise InvalidInput("Dites pourquoi. Rien n’a été effacé.", "pourquoi")
    await forgetting.forget(
        rooms_of(request),
        viewer,
        file_id,
        key=key,
        visa=form.one("visa"),
        why=Cause(why),
        repeated=form.one("dossier", 100),
    )


async def _page(request: Request, viewer: Viewer, file_id: str, refused: Refusal | None = None) -> Response:
    found = await actions.standing(rooms_of(request), viewer, file_id)
    file = found.file
    context = {
        "here": _path(file_id),
        "file": file_id,
        "open": file.open,
        "members": [(one.id, one.identity.name or label("member_role", one.role)) for one in file.members.values()],
        "accords": _accords(found),
        "askings": [
            {
                "id": one.id,
                "words": label("right", one.right),
                "who": file.members[one.member].identity.name or label("member_role", file.members[one.member].role),
                "due": exact_day(one.due.astimezone(PARIS).date()),
            }
            for one in file.askings.values()
        ],
        "told": exact_day(file.forgotten_on.astimezone(PARIS).date()) if file.forgotten_on else "",
        "may_forget": found.may_forget,
        "needs_visa": found.needs_visa,
        "causes": [(cause.value, button("forgetting", cause)) for cause in Cause],
        "key": new_key(),
        "refused": refused.message if refused else "",
        "done": "" if refused else DONE.get(request.query_params.get("fait", ""), ""),
    }
    answer = page(request, "pages/rights.html", context, status=409 if refused else 200)
    answer.headers.update(TO_ITSELF)
    return answer


def _accords(found: Standing) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "partner": found.bodies[one.recipient].name if one.recipient in found.bodies else one.recipient,
            "groups": listed([label("share", group) for group in sorted(one.groups)]),
            "purpose": one.purpose,
            "until": exact_day(one.until),
        }
        for one in found.file.consents.values()
        if one.withdrawn is None and one.ground is Ground.ACCORD
    ]


# Before the page, whose last part would take all of it.
@router.api_route("/dossier/{file_id}/copie/{member}.json", methods=SHOWN)
async def copy_as_json(request: Request, file_id: str, member: str) -> Response:
    """A copy for another programme (Regulation (EU) 2016/679, art. 20)."""
    told = await actions.access_copy(rooms_of(request), must_sign_in(request), file_id, member)
    return attachment(orjson.dumps(told, option=orjson.OPT_INDENT_2), "application/json", "copie.json", TO_ITSELF)


@router.api_route("/dossier/{file_id}/copie/{member}", methods=SHOWN)
async def copy(request: Request, file_id: str, member: str) -> Response:
    """A copy to read and to print. Raises NotSignedIn, NotFound."""
    told = await actions.access_copy(rooms_of(request), must_sign_in(request), file_id, member)
    context = {"it": copy_view(told), "back": _path(file_id), "json": f"{request.url.path}.json"}
    answer = page(request, "pages/access_copy.html", context)
    answer.headers.update(TO_ITSELF)
    return answer


@router.api_route("/demande/{handoff_id}/avis", methods=SHOWN)
async def opinion_page(request: Request, handoff_id: str) -> Response:
    """What a partner says at the end. Raises NotSignedIn, NotFound."""
    return await _opinion(request, must_sign_in(request), handoff_id)


@router.post("/demande/{handoff_id}/avis")
async def give_opinion(request: Request, handoff_id: str) -> Response:
    """By the same questions as the person's."""
    viewer = must_sign_in(request)
    form = await form_of(request, MOST_BYTES)
    answers = {question: number(form.one(question.value, 2)) or 0 for question in Question}
    text = form.one("mots", LONGEST_OPINION)
    try:
        await opinions.give(rooms_of(request), viewer, handoff_id, answers, text, key=key_in(form))
    except (NotSignedIn, NotFound):
        raise
    except Refusal as refusal:
        return await _opinion(request, viewer, handoff_id, refusal)
    return see(f"/demande/{quote(handoff_id, safe='')}/avis?fait=avis")


async def _opinion(request: Request, viewer: Viewer, handoff_id: str, refused: Refusal | None = None) -> Response:
    context = {
        "given": not await opinions.awaited(rooms_of(request), viewer, handoff_id),
        "questions": [(question.value, label("question", question)) for question in Question],
        "key": new_key(),
        "refused": refused.message if refused else "",
    }
    return page(request, "pages/opinion.html", context, status=409 if refused else 200)


def _path(file_id: str) -> str:
    return f"/dossier/{quote(file_id, safe='')}/droits"
