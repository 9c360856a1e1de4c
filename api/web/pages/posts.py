"""Posts of an organisation: who answers for what; absences and substitutes; whoever leaves hands hers over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions.post_gesture import Desk
from api.actions.posts import PostDraft, desk, history, leave_posts, remove_post, set_absence, set_post, take_back
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.forms import Form, number, see
from api.web.forms import form_of as sent_form
from api.web.kept_paths import kept_path
from api.web.listing_view import desk as shown_desk
from api.web.place_words import place_name
from api.web.render import now, page
from api.words.dates import exact_day
from graph.model.access import Operation, Viewer, check, may
from graph.model.directory import Contact, HolderRole, Post
from graph.model.errors import Conflict, InvalidInput
from graph.model.keeping import ListingKind, Target
from graph.model.posts import PostAct, holding
from graph.model.vocabulary import competence, competences
from search.hours import PARIS

BASE: Final = "/mes-fiches/organisme/{organisation_id:path}/interlocuteurs"
CONFLICT, UNPROCESSABLE = 409, 422
ACTS: Final = {
    PostAct.CREATED: "Poste ajouté.",
    PostAct.EDITED: "Poste enregistré.",
    PostAct.REMOVED: "Poste supprimé.",
    PostAct.ABSENCE: "Absence enregistrée.",
    PostAct.LEFT: "Départ enregistré : après le dernier jour, l’accueil par défaut répond à sa place.",
    PostAct.TAKEN_BACK: "Changement annulé.",
}
FIELDS: Final = {
    "label": "nom",
    "competences": "problemes",
    "covers": "territoires",
    "hours": "horaires",
    "holder": "titulaire",
    "holder_name": "nouveau",
    "phone": "tel",
}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who holds posts here: `absence` in words, `posts` their labels; what the viewer may do for her."""

    id: str
    name: str
    function: str
    posts: tuple[str, ...]
    absence: str
    may_be_away: bool
    may_leave: bool


@router.get(BASE)
async def posts(request: Request, organisation_id: str) -> Response:
    """The posts, and those who hold them. Raises NotSignedIn, NotFound."""
    viewer = must_sign_in(request)
    held = await desk(request.app.state.rooms, viewer, organisation_id)
    entry = request.query_params.get("entree", "")
    act = request.query_params.get("fait", "")
    return _list(request, viewer, held, said=ACTS[PostAct(act)] if act in set(PostAct) else "", entry=entry)


@router.post(BASE)
async def gesture(request: Request, organisation_id: str) -> Response:
    """An absence, a departure, or one taken back. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    rooms: Rooms = request.app.state.rooms
    sent = await sent_form(request)
    key, who = sent.one("cle"), sent.one("personne")
    try:
        match sent.one("faire"):
            case "annuler":
                done = await take_back(rooms, viewer, organisation_id, sent.one("entree"), key=key)
                act = PostAct.TAKEN_BACK
            case "partir":
                last = _day(sent, "dernier")
                if last is None:
                    raise InvalidInput("Donnez le dernier jour de travail.", "dernier")
                done = await leave_posts(rooms, viewer, organisation_id, who, last, key=key)
                act = PostAct.LEFT
            case "absence" | "retour" as what:
                first = _day(sent, "du") or now().date() if what == "absence" else None
                until, stand_in = _day(sent, "au"), sent.one("remplacant")
                done = await set_absence(
                    rooms, viewer, organisation_id, who, first, until, key=key, substitute=stand_in
                )
                act = PostAct.ABSENCE
            case _:
                raise InvalidInput("Ce bouton n’est pas de cette page : rien n’a été modifié.")
    except InvalidInput as refused:
        held = await desk(rooms, viewer, organisation_id)
        return _list(request, viewer, held, refused=refused.message, status=UNPROCESSABLE)
    return see(_after(organisation_id, act, done.entry))


@router.get(BASE + "/nouveau")
async def new_post(request: Request, organisation_id: str) -> Response:
    """An empty form. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    held = await desk(request.app.state.rooms, viewer, organisation_id)
    check(viewer, Operation.EDIT_POST, held.subject)
    return await _form(request, viewer, held, PostDraft(label=""))


@router.get(BASE + "/{post_id:path}")
async def one_post(request: Request, organisation_id: str, post_id: str) -> Response:
    """A post as it stands. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    held = await desk(request.app.state.rooms, viewer, organisation_id)
    check(viewer, Operation.EDIT_POST, held.subject)
    return await _form(request, viewer, held, _stored(held.post(post_id)), post=held.post(post_id))


@router.post(BASE + "/{post_id:path}")
async def save_post(request: Request, organisation_id: str, post_id: str) -> Response:
    """Add it ("nouveau"), say it anew, or take it away. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    rooms: Rooms = request.app.state.rooms
    sent = await sent_form(request)
    key, id_ = sent.one("cle"), "" if post_id == "nouveau" else post_id
    if id_ and sent.one("faire") == "supprimer":
        done = await remove_post(rooms, viewer, organisation_id, id_, key=key)
        return see(_after(organisation_id, PostAct.REMOVED, done.entry))
    held = await desk(rooms, viewer, organisation_id)
    draft = _typed(rooms, sent, held.post(id_).contact.url if id_ else "")
    seen = number(sent.one("vu"))
    try:
        done = await set_post(rooms, viewer, organisation_id, draft, key=key, post=id_, expected_seq=seen)
        return see(_after(organisation_id, PostAct.EDITED if id_ else PostAct.CREATED, done.entry))
    except InvalidInput as refused:
        errors, status, theirs = [(FIELDS.get(refused.field, "nom"), refused.message)], UNPROCESSABLE, None
    except Conflict as conflict:
        assert isinstance(conflict.current, Post), "posts conflict with posts"
        errors, status, theirs = [("nom", conflict.message)], CONFLICT, conflict.current
    held = await desk(rooms, viewer, organisation_id)
    post = held.post(id_) if id_ else None
    return await _form(request, viewer, held, draft, post=post, errors=errors, theirs=theirs, status=status)


def _list(
    request: Request,
    viewer: Viewer,
    held: Desk,
    *,
    said: str = "",
    entry: str = "",
    refused: str = "",
    status: int = 200,
) -> Response:
    at = now()
    today = at.astimezone(PARIS).date()
    ordered = sorted(held.posts, key=lambda post: (post.duty_desk, post.label))
    lines = [
        (shown_desk(post, post.holders, at, tuple(competence(c).label for c in post.competences)), _href(held, post))
        for post in ordered
    ]
    context = {
        "held": held,
        "lines": lines,
        "people": _people(viewer, held, today),
        "colleagues": held.colleagues,
        "may_edit": may(viewer, Operation.EDIT_POST, held.subject),
        "no_desk": not any(post.duty_desk for post in held.posts),
        "base": _base(held.organisation.id),
        "listing": kept_path(Target(ListingKind.ORGANISATION, held.organisation.id)),
        "said": said,
        "entry": entry,
        "refused": refused,
        "today": today.isoformat(),
        "key": uuid4().hex,
    }
    return page(request, "pages/posts.html", context, status=status, at=at)


def _people(viewer: Viewer, held: Desk, today: date) -> list[Person]:
    people = []
    for one in held.colleagues:
        hers = holding(held.posts, one.id, today)
        if not hers:
            continue
        leaves = [h for post in hers for h in post.holders if h.professional == one.id and h.leave_from]
        absence = ""
        if leaves and (leaves[0].leave_until is None or leaves[0].leave_until >= today):
            first, last = leaves[0].leave_from, leaves[0].leave_until
            absence = _absence(first, last) if first else ""
            stand_ins = {
                h.name for post in hers for h in post.holders if h.role is HolderRole.SUBSTITUTE and h.since == first
            }
            absence += f". Remplacement : {', '.join(sorted(stand_ins))}" if stand_ins else ". Personne ne remplace"
        may_be, may_go = (
            may(viewer, operation, held.about(viewer, one.id))
            for operation in (Operation.SET_ABSENCE, Operation.LEAVE_POSTS)
        )
        labels = tuple(post.label for post in hers)
        people.append(Person(one.id, one.name, one.function, labels, absence, may_be, may_go))
    return people


def _absence(first: date, last: date | None) -> str:
    if last is None:
        return f"Absence à partir du {exact_day(first)}, sans date de retour"
    return f"Absence du {exact_day(first)} au {exact_day(last)}" if last > first else f"Absence le {exact_day(first)}"


async def _form(
    request: Request,
    viewer: Viewer,
    held: Desk,
    draft: PostDraft,
    *,
    post: Post | None = None,
    errors: list[tuple[str, str]] | None = None,
    theirs: Post | None = None,
    status: int = 200,
) -> Response:
    rooms: Rooms = request.app.state.rooms
    at = now()
    log = await history(rooms, viewer, held.organisation.id, post.id) if post else []
    places = [place for id_ in draft.covers if (place := rooms.places.get(id_))]
    context: dict[str, Any] = {
        "held": held,
        "post": post,
        "draft": draft,
        "territories": ", ".join(place_name(rooms.places, place) for place in places),
        "problems": _problems(draft),
        "errors": errors or [],
        "theirs": theirs,
        "seen": held.seqs.get(post.id, 0) if post else "",
        "log": [(exact_day(one.at.astimezone(PARIS).date()), ACTS[one.act].rstrip("."), one.said_by) for one in log],
        "may_edit": may(viewer, Operation.EDIT_POST, held.subject),
        "base": _base(held.organisation.id),
        "here": _href(held, post) if post else f"{_base(held.organisation.id)}/nouveau",
        "key": uuid4().hex,
    }
    return page(request, "pages/post.html", context, status=status, at=at)


def _problems(draft: PostDraft) -> Mapping[str, list[tuple[str, str, bool]]]:
    """Every competence by its category: (id, label, whether the post answers for it)."""
    groups: dict[str, list[tuple[str, str, bool]]] = {}
    for one in sorted(competences().values(), key=lambda c: (c.category_label, c.label)):
        groups.setdefault(one.category_label, []).append((one.id, one.label, one.id in draft.competences))
    return groups


def _stored(post: Post) -> PostDraft:
    today = now().date()
    current = next((h for h in post.holders if holding([post], h.professional, today)), None)
    return PostDraft(
        label=post.label,
        competences=post.competences,
        covers=post.covers,
        contact=post.contact,
        hours=post.hours,
        duty_desk=post.duty_desk,
        holder=current.professional if current else "",
    )


def _typed(rooms: Rooms, sent: Form, url: str) -> PostDraft:
    """What was typed; a territory by its name, several apart by commas. The post's site is not asked for, and stays."""
    names = [name.strip() for name in sent.one("territoires").split(",") if name.strip()]
    found = [(name, rooms.places.complete(name, 1)) for name in names]
    return PostDraft(
        label=sent.one("nom"),
        competences=tuple(id_ for id_ in sent.every("problemes") if id_),
        covers=tuple(some[0].id if some else name for name, some in found),
        contact=Contact(phone=sent.one("tel"), email=sent.one("mel"), url=url),
        hours=sent.one("horaires"),
        duty_desk=bool(sent.one("defaut")),
        holder=sent.one("titulaire"),
        holder_name=sent.one("nouveau"),
        holder_function=sent.one("fonction"),
    )


def _day(sent: Form, name: str) -> date | None:
    text = sent.one(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput(f"« {text} » n’est pas une date. Écrivez-la ainsi : 2026-03-10.", name) from None


def _base(organisation: str) -> str:
    return kept_path(Target(ListingKind.ORGANISATION, organisation), "interlocuteurs")


def _href(held: Desk, post: Post) -> str:
    return f"{_base(held.organisation.id)}/{quote(post.id, safe=':@!$,')}"


def _after(organisation: str, act: PostAct, entry: str) -> str:
    return f"{_base(organisation)}?fait={act}&entree={quote(entry, safe='')}"
