"""The files that a figure counted: to where the pictures of coordination lead who may see them."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from starlette.responses import Response

from api.actions.casework.selecting import opened, selection
from api.actions.figures.reading import may_read_exactly
from api.web.acting import rooms_of
from api.web.counted_address import read_wish
from api.web.counted_view import WORDS, counted_view
from api.web.forms import number
from api.web.render import now, page
from graph.model.access import Viewer

PAGE: Final = 20
COUNTS: Final = tuple((one.value, words[2]) for one, words in WORDS.items())


async def counted(request: Request, viewer: Viewer) -> Response:
    """A page of them. Raises NotAllowed, InvalidInput."""
    rooms, at = rooms_of(request), now()
    wish = read_wish(request.query_params, at)
    skip = min(number(request.query_params.get("apres", "")) or 0, 100_000)
    found = await selection(rooms, viewer, wish.chosen, unit=wish.unit, first=PAGE, skip=skip)
    files = await opened(rooms, viewer, found, at)
    context = {
        "view": counted_view(found, files, wish, viewer, rooms, at),
        "wish": wish,
        "counts": COUNTS,
        "may_unit": may_read_exactly(viewer),
        "before": wish.address(apres=str(max(skip - PAGE, 0))) if skip else "",
        "after": wish.address(apres=str(skip + PAGE)) if skip + PAGE < found.files - found.untold else "",
    }
    return page(request, "pages/casework/dossiers_counted.html", context, at=at, kept=False)
