"""The month of a front door, on a page, on paper and as a table; and the files that it keeps for want of a relay."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.actions.casework import front_desk
from api.auth.viewer import must_sign_in
from api.web.account_view import head
from api.web.acting import rooms_of
from api.web.desk_view import csv_rows, month_words, months_around, sentence, tables
from api.web.downloads import csv_attachment
from api.web.pages.casework.desk import PATH
from api.web.render import now, page
from api.words.dates import exact_day
from graph.model.casework.desk_report import read_month
from graph.model.vocabulary import competence, label
from search.hours import PARIS

HEADER: Final = ("partie", "ligne", "nombre")

router = APIRouter(include_in_schema=False)


@router.get(PATH + "/rapport/{month}.csv")
async def table(request: Request, month: str) -> Response:
    """The same as a table. Raises NotSignedIn, NotAllowed, InvalidInput."""
    rooms, month = rooms_of(request), read_month(month)
    found = await front_desk.monthly(rooms, must_sign_in(request), month)
    return csv_attachment([HEADER, *csv_rows(rooms, found)], f"accueil-{month}")


@router.get(PATH + "/rapport/{month}")
async def month_of(request: Request, month: str) -> HTMLResponse:
    """Raises NotSignedIn, NotAllowed, InvalidInput."""
    rooms, month, at = rooms_of(request), read_month(month), now()
    found = await front_desk.monthly(rooms, must_sign_in(request), month)
    before, after = months_around(month, at)
    context = {
        "words": month_words(month),
        "month": month,
        "before": (before, month_words(before)),
        "after": (after, month_words(after)) if after else None,
        "sentence": sentence(found),
        "found": found,
        "tables": tables(rooms, found),
        "organisation": head(request, rooms.settings).organisation,
    }
    return page(request, "pages/casework/desk_report.html", context, at=at)


@router.get(PATH + "/transitoires")
async def transitional(request: Request) -> HTMLResponse:
    """Files that the front door leads for want of a relay, the longest first. Raises NotSignedIn, NotAllowed."""
    rooms, viewer, at = rooms_of(request), must_sign_in(request), now()
    found = await front_desk.transitional(rooms, viewer, at)
    async with rooms.graph.reading() as unit:
        accounts = await unit.accounts.of(sorted({one.account for one in found if one.account}))
    lines = [
        {
            "path": f"/dossier/{one.file}",
            "days": one.days,
            "since": exact_day(one.since.astimezone(PARIS).date()),
            "lead": accounts[one.account].name if one.account in accounts else "Permanence",
            "causes": [
                f"{competence(id_).label} : {label('cause', cause)}" if id_ else label("cause", cause)
                for id_, cause in one.causes
            ],
        }
        for one in found
    ]
    return page(request, "pages/casework/desk_transitional.html", {"lines": lines}, at=at)
