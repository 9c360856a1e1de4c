"""The face: every page, the static files, and refusals said in words."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI

from api.web import assets
from api.web.pages import (
    about,
    account,
    alerts,
    by_link,
    compare,
    completion,
    correct,
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
    moderation,
    offline,
    oidc,
    outreach,
    own_page,
    own_pages,
    posts,
    rights,
    selection,
    sheets,
    sign_in,
    suggestions,
    territories,
    themes,
)
from api.web.pages.casework import (
    answer,
    desk,
    desk_contact,
    desk_field,
    desk_report,
    dossier,
    dossiers,
    handoff,
    inbox,
    passing,
    team,
)
from api.web.pages.coordination import agreements, reorganisation_moves, reorganisations
from api.web.pages.coordination import alerts as network_alerts
from api.web.pages.coordination import pages as coordination
from api.web.pages.reports import reports
from api.web.refusals import install_refusals

# In the order in which they are asked.
PARTS: Final = (
    find,
    compare,
    correspondent,
    own_page,
    own_pages,
    rights,
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
    by_link,
    files,
    alerts,
    network_alerts,
    team,
    # Before the pages whose question is what follows in the address.
    reorganisations,
    reorganisation_moves,
    agreements,
    coordination,
    reports,
    suggestions,
    correct,
    moderation,
    mine,
    inbox,
    handoff,
    passing,
    answer,
    desk,
    desk_contact,
    desk_report,
    desk_field,
    dossiers,
    dossier,
    # Before those whose id takes what follows it in an address; the last takes all that is left.
    hours,
    outreach,
    posts,
    kept_group,
    kept_room,
    kept_life,
    kept_listing,
)


def install(app: FastAPI) -> None:
    """Add the pages to an application; its `state.settings` is set, its `state.rooms` will be by the first request."""
    # No router within a router: FastAPI asks one inside another twice at each step, a millisecond for most addresses.
    for part in PARTS:
        app.router.routes.extend(part.router.routes)
    install_refusals(app)
