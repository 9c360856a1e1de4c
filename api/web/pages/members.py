"""Who works for an organisation: requests to join, roles given and taken away. And asking to join one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.actions import joining, memberships
from api.actions.member_posts import give_post, posts_of
from api.auth.signed_in import now_ms
from api.auth.viewer import must_sign_in
from api.rooms import Rooms
from api.web.acting import new_key
from api.web.forms import form_of, see
from api.web.render import listed, members_path, page
from api.words.dates import exact_day
from graph.model.access import Operation, Role, Subject, Viewer, may
from graph.model.account import Account, Membership, MembershipState
from graph.model.account import siret as siret_of
from graph.model.errors import InvalidInput, NotFound, Refusal
from graph.model.vocabulary import label
from search.hours import PARIS

MOST_FOUND: Final = 20
# In the order of what they may do.
ROLES: Final = (
    Role.PROFESSIONAL,
    Role.HEAD_OF_SERVICE,
    Role.LISTING_EDITOR,
    Role.ORGANISATION_ADMINISTRATOR,
)

router = APIRouter(include_in_schema=False)


@router.get("/organisme/{organisation_id:path}/membres")
async def members(request: Request, organisation_id: str) -> Response:
    """Everyone, with what may be done about them. Raises NotSignedIn, NotFound."""
    return await _page(request, must_sign_in(request), organisation_id)


async def _page(request: Request, viewer: Viewer, organisation: str, refused: Refusal | None = None) -> Response:
    rooms: Rooms = request.app.state.rooms
    every = await memberships.members(rooms, viewer, organisation)
    async with rooms.graph.reading() as unit:
        name = (await unit.accounts.organisation_names([organisation])).get(organisation, "")
        above = await unit.keeping.above(organisation)
        posts = {post.id: post.label for post in await posts_of(unit, organisation)}
    if not name:
        raise NotFound("Cette page n’existe pas, ou n’est pas ouverte à votre compte.")
    about = Subject(organisation=organisation, above=above)
    context = {
        "organisation": organisation,
        "name": name,
        "asked": [_person(*one) for one in every if one[0].state is MembershipState.ASKED],
        "invited": [_person(*one) for one in every if one[0].state is MembershipState.INVITED],
        "posts": list(posts.items()),
        "active": [_person(*one, posts) for one in every if one[0].state is MembershipState.ACTIVE],
        "roles": [(role.value, label("role", role)) for role in _given_by(viewer, about, every)],
        "may_answer": may(viewer, Operation.ACCEPT_MEMBER, about),
        "may_grant": may(viewer, Operation.GRANT_ROLE, about),
        "may_end": may(viewer, Operation.END_MEMBERSHIP, about),
        "refused": refused.message if refused else "",
    }
    return page(request, "pages/members.html", context, status=422 if refused else 200)


def _given_by(viewer: Viewer, about: Subject, every: Sequence[tuple[Membership, Account]]) -> tuple[Role, ...]:
    """The roles that she may give: all, or those of whoever only takes members in (api/actions/memberships.py)."""
    administrator = Role.ORGANISATION_ADMINISTRATOR
    if may(viewer, Operation.GRANT_ROLE, about):
        return ROLES
    if any(one.state is MembershipState.ACTIVE and administrator in one.roles for one, _ in every):
        return memberships.TAKEN_IN_AS[:1]
    return memberships.TAKEN_IN_AS


def _person(membership: Membership, account: Account, posts: Mapping[str, str] | None = None) -> dict[str, Any]:
    held = membership.post if membership.post in (posts or {}) else ""
    return {
        "post": held,
        "post_words": (posts or {}).get(held, ""),
        "account": account.id,
        "name": account.name,
        "email": account.email,
        "held": {role.value for role in membership.roles},
        "words": listed([label("role", role) for role in ROLES if role in membership.roles]),
        "since": exact_day(datetime.fromtimestamp(membership.since / 1000, PARIS).date()) if membership.since else "",
    }


@router.post("/organisme/{organisation_id:path}/membres")
async def change(request: Request, organisation_id: str) -> Response:
    """Accept, refuse, give roles, end, or add someone. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer, rooms = must_sign_in(request), request.app.state.rooms
    form = await form_of(request)
    account, roles, at = form.one("compte"), form.every("role"), now_ms()
    try:
        match form.one("geste"):
            case "accepter":
                await memberships.answer(
                    rooms, viewer, organisation_id, account, accept=True, roles=roles, note="", at=at
                )
            case "refuser":
                note = form.one("motif")
                await memberships.answer(
                    rooms, viewer, organisation_id, account, accept=False, roles=(), note=note, at=at
                )
            case "roles":
                await memberships.give_roles(rooms, viewer, organisation_id, account, roles, at)
            case "poste":
                await give_post(rooms, viewer, organisation_id, account, form.one("poste"), key=new_key())
            case "terminer":
                await memberships.end_membership(rooms, viewer, organisation_id, account, at)
            case "ajouter":
                email, name = form.one("email", 254), form.one("nom", 200)
                await memberships.prepare_member(rooms, viewer, organisation_id, email, name, roles, at)
            case _:
                raise InvalidInput("Ce bouton n’est plus connu : relisez la page. Rien n’a été modifié.", "geste")
    except InvalidInput as refusal:
        return await _page(request, viewer, organisation_id, refusal)
    return see(members_path(organisation_id))


@router.get("/compte/rejoindre")
async def join(request: Request, q: str = "", siret: str = "") -> Response:
    """Which organisation to join: by its name, or its SIRET. Raises NotSignedIn."""
    viewer, rooms = must_sign_in(request), request.app.state.rooms
    words = q.strip()[:200]
    async with rooms.graph.reading() as unit:
        own = await unit.accounts.memberships(viewer.account)
        ids = await unit.accounts.with_siret(number) if (number := siret_of(siret or words)) else []
        by_siret = await unit.accounts.organisation_names(ids)
        found = list(by_siret.items())
        if words and not number:
            found = [
                (one.id, one.name)
                for one in await unit.directory.page(
                    text=words, kind="", territory="", first=MOST_FOUND, after=("", "")
                )
            ]
        names = await unit.accounts.organisation_names([one.organisation for one in own])
    states = {one.organisation: one for one in own}
    context = {
        "q": words,
        "found": [(id_, name, states[id_].state if id_ in states else "") for id_, name in found],
        "asked": [names.get(m.organisation, "") for m in own if m.state is MembershipState.ASKED],
        "invited": [
            (m.organisation, names[m.organisation])
            for m in own
            if m.state is MembershipState.INVITED and m.organisation in names
        ],
        "refused": [(names.get(m.organisation, ""), m.note) for m in own if m.state is MembershipState.REFUSED],
        "searched": bool(words or siret),
    }
    return page(request, "pages/join.html", context)


@router.post("/compte/rejoindre")
async def ask(request: Request) -> Response:
    """Ask to join, or take an invitation. Raises NotSignedIn, NotFound, NotAllowed."""
    viewer = must_sign_in(request)
    form = await form_of(request)
    await joining.ask_to_join(request.app.state.rooms, viewer, form.one("organisme"), now_ms())
    return see(f"/compte/rejoindre?{urlencode({'q': form.one('q')})}" if form.one("q") else "/compte/rejoindre")
