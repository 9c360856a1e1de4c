"""The static files, read once: each is served under the hash of them all, so that a browser may keep it for ever."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from graph.model.errors import NotFound

FOLDER: Final = Path(__file__).parent / "static"
TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
VERSION_LENGTH: Final = 12
FOR_EVER: Final = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Assets:
    """Every file by its path under static/, and the version that stands for all of them."""

    files: dict[str, bytes]
    version: str


@cache
def assets() -> Assets:
    """What static/ holds when it is first asked for."""
    paths = sorted(path for path in FOLDER.rglob("*") if path.suffix in TYPES)
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths}
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(name.encode() + b"\0" + content)
    return Assets(files, digest.hexdigest()[:VERSION_LENGTH])


def asset(path: str) -> str:
    """The address of a static file. Raises KeyError for one that does not exist."""
    held = assets()
    if path not in held.files:
        raise KeyError(path)
    return f"/static/{held.version}/{path}"


def names(held: str, tag: str) -> bool:
    """Whether the tags that a browser holds (If-None-Match) name this one; weak and strong are the same to it."""
    return tag.removeprefix("W/") in (one.strip().removeprefix("W/") for one in held.split(","))


@router.get("/static/{version}/{path:path}")
async def static_file(request: Request, version: str, path: str) -> Response:
    """One static file; an older version is answered with today's file, and not kept."""
    held = assets()
    content = held.files.get(path)
    if content is None:
        raise NotFound("Ce fichier n’existe pas.")
    headers = {"Cache-Control": FOR_EVER if version == held.version else "no-cache", "ETag": f'"{held.version}"'}
    held_there = request.headers.get("if-none-match", "")
    if held_there.strip() == "*" or names(held_there, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=TYPES[Path(path).suffix], headers=headers)
