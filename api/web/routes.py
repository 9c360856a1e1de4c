"""The face: every page, the static files, and refusals said in words."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from api.web import assets
from api.web.pages import (
    about,
    account,
    alerts,
    by_link,
    compare,
    completion,
    correspondent,
    files,
    find,
    hours,
    kept_group,
    kept_life,
    kept_listing,
    kept_room,
    members,
    mine,
    offline,
    oidc,
    outreach,
    posts,
    selection,
    sheets,
    sign_in,
    territories,
    themes,
)
from api.web.refusals import install_refusals

router = APIRouter(include_in_schema=False)
for part in (
    hours,
    outreach,
    posts,
    find,
    compare,
    correspondent,
    selection,
    members,
    sheets,
    themes,
    territories,
    about,
    offline,
    completion,
    assets,
    sign_in,
    oidc,
    account,
    mine,
    kept_group,
    kept_room,
    kept_life,
    by_link,
    files,
    alerts,
    # Last: an id takes all that is left of an address.
    kept_listing,
):
    router.include_router(part.router)


def install(app: FastAPI) -> None:
    """Add the pages to an application; its `state.settings` is set, its `state.rooms` will be by the first request."""
    app.include_router(router)
    install_refusals(app)
