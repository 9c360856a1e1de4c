"""The worker's side of persons' own pages: whose is open, and the sheet that is handed over, once."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions.casework import own_page as actions
from api.actions.casework.own_page import Handed, PageState
from api.auth.viewer import must_sign_in
from api.web.acting import key_in, new_key, rooms_of
from api.web.forms import form_of, see
from api.web.pages.by_link import SHOWN
from api.web.qr import qr
from api.web.render import page
from api.words.dates import exact_day
from graph.model.access import Viewer
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import File, Member
from graph.model.errors import InvalidInput, NeedsConfirming, NotSignedIn, Refusal
from graph.model.vocabulary import label

MOST_BYTES: Final = 5000
DONE: Final = {
    "ferme": "La page est fermée : l’adresse et le code ne servent plus.",
    "danger": "Le danger est noté. La page est fermée ; rien ne sera imprimé ni envoyé.",
    "sans-danger": "C’est noté : il n’y a plus de danger à la maison.",
}
# One sheet, seen once: no copy stays in the browser.
ONCE: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

router = APIRouter(include_in_schema=False)


@router.api_route("/dossier/{file_id}/page", methods=SHOWN)
async def own_pages(request: Request, file_id: str) -> Response:
    """The pages of a file's members. Raises NotSignedIn, NotFound."""
    return await _page(request, must_sign_in(request), file_id)


@router.post("/dossier/{file_id}/page")
async def change(request: Request, file_id: str) -> Response:
    """Open, close, note a danger. What is handed over is the answer itself: nobody can ask for it again."""
    viewer, rooms = must_sign_in(request), rooms_of(request)
    form = await form_of(request, MOST_BYTES)
    member, key, what = form.one("personne", 100), key_in(form), form.one("geste", 20)
    try:
        if what == "ouvrir":
            confirmed = form.one("confirme") == "oui"
            handed = await actions.open_page(rooms, viewer, file_id, member, key=key, confirmed=confirmed)
            return _sheet(request, handed, handed.file.members[member])
        danger = {"fermer": None, "danger": True, "sans-danger": False}
        if what not in danger:
            raise InvalidInput("Ce bouton n’est pas connu. Rien n’a été modifié.", "geste")
        await actions.close_page(rooms, viewer, file_id, member, key=key, danger=danger[what])
    except NotSignedIn:
        raise
    except Refusal as refusal:
        return await _page(request, viewer, file_id, refusal, member)
    return see(f"{_path(file_id)}?fait={'ferme' if what == 'fermer' else what}")


async def _page(
    request: Request, viewer: Viewer, file_id: str, refused: Refusal | None = None, asked_for: str = ""
) -> Response:
    file, states = await actions.pages(rooms_of(request), viewer, file_id)
    context = {
        "here": _path(file_id),
        "file": file_id,
        "open": file.open,
        "danger": file.danger_at_home,
        "members": [_view(one) for one in states],
        "key": new_key(),
        "refused": refused.message if refused else "",
        "to_confirm": asked_for if isinstance(refused, NeedsConfirming) else "",
        "done": "" if refused else DONE.get(request.query_params.get("fait", ""), ""),
    }
    return page(request, "pages/own_pages.html", context, status=409 if refused else 200)


def _view(one: PageState) -> dict[str, object]:
    return {
        "id": one.member.id,
        "name": _name(one.member),
        "role": label("member_role", one.member.role),
        "on": one.page.on,
        "danger": one.page.danger_at_home,
        "locked": one.locked,
        "until": exact_day(one.page.until.astimezone(PARIS).date()) if one.page.until else "",
    }


def _sheet(request: Request, handed: Handed, member: Member) -> Response:
    """Address, code and drawing on one sheet; on the screen alone where there is danger at home."""
    file: File = handed.file
    address = f"{request.app.state.settings.public_site}/p/{handed.token}"
    context = {
        "back": _path(file.id),
        "name": _name(member),
        "address": address if handed.token else "",
        "code": f"{handed.code[:4]} {handed.code[4:]}",
        "paper": not file.danger_at_home,
        "qr": qr(address) if handed.token and not file.danger_at_home else "",
    }
    answer = page(request, "pages/own_sheet.html", context)
    answer.headers.update(ONCE)
    return answer


def _name(member: Member) -> str:
    return member.identity.name or label("member_role", member.role)


def _path(file_id: str) -> str:
    return f"/dossier/{quote(file_id, safe='')}/page"
