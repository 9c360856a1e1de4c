"""What the completion lists ask for while someone types."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from api.rooms import Rooms
from api.web.place_words import place_hint, place_name
from api.web.question import LONGEST_PLACE, LONGEST_TEXT
from graph.model.vocabulary import competence

MOST_OPTIONS: Final = 10
# The lists change with an import, not with a visitor.
KEPT: Final = {"Cache-Control": "public, max-age=300"}
# What someone begins to type may tell of them.
NOT_KEPT: Final = {"Cache-Control": "private, no-store"}

router = APIRouter(include_in_schema=False)


@router.get("/completer/problemes")
async def problems(request: Request, q: str = "") -> JSONResponse:
    """Competences that the beginning of a text may mean: [{id, text, hint}], at most 10."""
    rooms: Rooms = request.app.state.rooms
    found = rooms.reader.complete(q[:LONGEST_TEXT], MOST_OPTIONS) if q.strip() else []
    options = [
        {
            "id": entry.competence,
            "text": entry.label,
            # The way to say it that goes on from what was typed, when that is not the label itself.
            "hint": entry.text if entry.text != entry.label else competence(entry.competence).category_label,
        }
        for entry in found
    ]
    return JSONResponse(options[:MOST_OPTIONS], headers=NOT_KEPT)


@router.get("/completer/lieux")
async def places(request: Request, q: str = "") -> JSONResponse:
    """Territories whose name or postcode begins so: [{id, text, hint}], at most 10."""
    rooms: Rooms = request.app.state.rooms
    found = rooms.places.complete(q[:LONGEST_PLACE], MOST_OPTIONS) if q.strip() else []
    options = [
        {
            "id": territory.id,
            "text": place_name(rooms.places, territory),
            "hint": place_hint(territory),
        }
        for territory in found
    ]
    return JSONResponse(options[:MOST_OPTIONS], headers=KEPT)
