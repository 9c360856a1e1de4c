"""The explorer page: GraphiQL, served by ourselves, asking nothing of any other site."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

FOLDER: Final = Path(__file__).parent / "static"
FILES: Final = {
    "explorer.css": "text/css",
    "explorer.js": "text/javascript",
    "graphiql.min.css": "text/css",
    "graphiql.min.js": "text/javascript",
    "react.production.min.js": "text/javascript",
    "react-dom.production.min.js": "text/javascript",
}
# Fonts and pictures of GraphiQL lie in its style sheet as data: URLs.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


def page() -> Response:
    """The page, under a policy of its own."""
    return FileResponse(
        FOLDER / "explorer.html",
        media_type="text/html",
        headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"},
    )


@router.get("/graphql/static/{name}")
async def file(request: Request, name: str) -> Response:
    """A file of the page, where the settings open it."""
    if name not in FILES or not request.app.state.rooms.settings.explorer:
        return Response(status_code=HTTPStatus.NOT_FOUND)
    return FileResponse(FOLDER / name, media_type=FILES[name], headers={"Cache-Control": "public, max-age=3600"})
