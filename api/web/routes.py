"""The face: every page, the static files, and refusals said in words."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from api.web import assets
from api.web.pages import (
    about,
    account,
    compare,
    completion,
    correct,
    find,
    moderation,
    offline,
    selection,
    sheets,
    sign_in,
    suggestions,
    territories,
    themes,
)
from api.web.refusals import install_refusals

router = APIRouter(include_in_schema=False)
for part in (
    find,
    compare,
    selection,
    sheets,
    themes,
    territories,
    about,
    offline,
    completion,
    assets,
    sign_in,
    account,
    suggestions,
    correct,
    moderation,
):
    router.include_router(part.router)


def install(app: FastAPI) -> None:
    """Add the pages to an application; its `state.settings` is set, its `state.rooms` will be by the first request."""
    app.include_router(router)
    install_refusals(app)
