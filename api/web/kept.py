"""Pages that a browser keeps and asks about: the same question of the same index is not answered twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.settings import VERSION
from api.web.account_view import head
from api.web.assets import names
from api.web.render import KEPT, NOT_KEPT, now
from api.web.version import site_version
from graph.model.errors import Unavailable

# A page speaks of its moment: what is open, "aujourd’hui 10 h 12". It may be this much behind.
BUCKET_SECONDS: Final = 300
TAG_BYTES: Final = 12


def page_tag(generation: str, address: str, at: datetime, who: str = "") -> str:
    """The weak entity tag of a page: other in another generation, another five minutes, another version of the site.

    `address` is the path with its query, `who` what the page's head says of whoever is signed in. Buckets of UTC and of Paris
    begin together, for their distance is whole hours.
    """
    bucket = int(at.timestamp()) // BUCKET_SECONDS
    told = "\0".join((generation, str(bucket), address, who, VERSION, site_version()))
    return f'W/"{hashlib.blake2b(told.encode(), digest_size=TAG_BYTES).hexdigest()}"'


class KeptRoute(APIRoute):
    """A page with an entity tag, for a router's `route_class`: what the browser holds already is not made again.

    Whoever asks for the head alone is told what the page would say of itself.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        self.methods = {*(self.methods or ()), "HEAD"}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own handler, and before it the question whether it is needed."""
        make = super().get_route_handler()

        async def answer(request: Request) -> Response:
            tag = _tag(request)
            held = request.headers.get("if-none-match", "")
            if tag and names(held, tag):
                return _not_again(tag)
            made = await make(request)
            if tag and made.status_code == 200 and made.headers.get("cache-control") != NOT_KEPT:
                # Whether there is any such page is only known now.
                if held.strip() == "*":
                    return _not_again(tag)
                made.headers["ETag"] = tag
            return Response(None, made.status_code, made.headers) if request.method == "HEAD" else made

        return answer


def _not_again(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": KEPT, "Vary": "Accept"})


def _tag(request: Request) -> str:
    """Empty while there is no index: then nothing vouches for what the browser holds."""
    try:
        generation = request.app.state.rooms.index.generation
    except Unavailable:
        return ""
    who = head(request, request.app.state.settings)
    return page_tag(generation, f"{request.url.path}?{request.url.query}", now(), repr(who) if who.name else "")
