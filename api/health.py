"""What machines ask of the site: does this process live, should visitors be sent to it, what are its figures?

| question | 200 | 503 |
|---|---|---|
| `/health` | the process answers; nothing else is asked | |
| `/ready` | the index answers: search, the main job, goes on; `status` is `degraded` while the graph is away | no index |
| `/ready?all=1` | graph and index answer | one of them does not; the body says which |

A balancer asks `/ready`: the graph is shared, so that taking every process out for its sake would stop the searches that still
work. A start, a release and an alert ask `/ready?all=1`.
"""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from api import metrics
from api.rooms import Rooms
from api.settings import VERSION, Settings
from graph.model.errors import NotFound

NOT_KEPT: Final = {"Cache-Control": "no-store"}
# Whoever bears one of these comes through a proxy, from elsewhere than this machine.
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")

router = APIRouter(include_in_schema=False)


@router.api_route("/health", methods=["GET", "HEAD"])
async def health() -> JSONResponse:
    """This process lives."""
    return JSONResponse({"status": "ok", "version": VERSION}, headers=NOT_KEPT)


@router.api_route("/ready", methods=["GET", "HEAD"])
async def ready(request: Request) -> JSONResponse:
    """Whether visitors should be sent here; with `?all=1`, whether every part answers."""
    rooms: Rooms = request.app.state.rooms
    parts = {"graph": await rooms.graph.answers(), "index": await rooms.index.answers()}
    well = all(parts.values())
    serves = well if request.query_params.get("all") == "1" else parts["index"]
    status = "ok" if well else "degraded" if parts["index"] else "unavailable"
    return JSONResponse({"status": status, **parts}, status_code=200 if serves else 503, headers=NOT_KEPT)


@router.get("/metrics")
async def figures(request: Request) -> Response:
    """The figures, in Prometheus' text format. Raises NotFound for whoever may not read them."""
    rooms: Rooms = request.app.state.rooms
    if not may_read(request, rooms.settings):
        raise NotFound("Cette page n’existe pas.")
    now = await metrics.state(rooms)
    # Some files to read and sum.
    text = await asyncio.to_thread(metrics.exposition, now)
    return Response(text, media_type=CONTENT_TYPE_LATEST, headers=NOT_KEPT)


def may_read(request: Request, settings: Settings) -> bool:
    """This machine's own processes, unless the setting opens the figures or closes them."""
    if settings.metrics != "loopback":
        return settings.metrics == "open"
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
