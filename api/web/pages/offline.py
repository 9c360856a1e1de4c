"""What stays without network: a page that says what is safe, and the service worker that keeps it."""

from __future__ import annotations

import json
from functools import cache
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.settings import VERSION
from api.web.assets import asset, assets
from api.web.render import page
from api.web.version import site_version

WORKER: Final = "js/service-worker.js"
PAGES: Final = ("/", "/aide", "/hors-ligne")
# The map needs the network anyway, and the letters of other languages are rare here.
LEFT_OUT: Final = ("vendor/leaflet/", "vendor/atkinson-hyperlegible-next/latin-ext", "css/map.css", "js/map.js", WORKER)

router = APIRouter(include_in_schema=False)


@router.api_route("/hors-ligne", methods=["GET", "HEAD"])
async def offline(request: Request) -> HTMLResponse:
    """Shown by the service worker in place of a page that cannot be had."""
    return page(request, "pages/offline.html", {})


@router.get("/service-worker.js")
async def service_worker() -> Response:
    """At the root, for it may only keep pages beside it and below."""
    return Response(_script(), media_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@cache
def _script() -> str:
    held = assets()
    files = [asset(name) for name in held.files if not name.startswith(LEFT_OUT)]
    written = {"VERSION": f"{VERSION}-{site_version()}", "PAGES": PAGES, "FILES": files}
    head = "\n".join(f"const {name} = {json.dumps(value)};" for name, value in written.items())
    return f"{head}\n{held.files[WORKER].decode()}"
