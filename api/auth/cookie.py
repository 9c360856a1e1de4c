"""The cookie that keeps someone signed in: an opaque token, of which the graph holds the digest alone."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.settings import Settings

TOKEN_BYTES: Final = 32
NAME: Final = "maillage"
# Browsers take a name with this prefix over TLS only, for this host alone, and no other host can set it.
PREFIX: Final = "__Host-"


def new_token() -> str:
    """256 bits that nobody can guess, as text."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """Under what the graph knows a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name(settings: Settings, name: str = NAME) -> str:
    """With the prefix wherever the site is told to be behind TLS; over plain HTTP, on this machine, without."""
    return f"{PREFIX}{name}" if settings.secure else name


def held(request: HTTPConnection, settings: Settings, name: str = NAME) -> str:
    """The token that this browser holds; empty when it holds none."""
    return request.cookies.get(cookie_name(settings, name), "")


def give(answer: Response, settings: Settings, token: str, name: str = NAME, seconds: int | None = None) -> None:
    """Have the browser hold `token` until it is closed, or for so long."""
    answer.set_cookie(
        cookie_name(settings, name),
        token,
        max_age=seconds,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )


def take_back(answer: Response, settings: Settings, name: str = NAME) -> None:
    """Have the browser forget it."""
    answer.delete_cookie(cookie_name(settings, name), path="/", secure=settings.secure, httponly=True, samesite="lax")
