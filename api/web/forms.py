"""What a form sent, and where to go after it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse

from graph.model.errors import InvalidInput, TooMuch

MOST_BYTES: Final = 100_000
MOST_FIELDS: Final = 500
LONGEST_RETURN: Final = 2000
MOST_DIGITS: Final = 12
SEE_OTHER: Final = 303
UNREAD: Final = "Le formulaire n’a pas pu être lu : rien n’a été modifié. Revenez à la page et recommencez."
# What leads back here, or away at once, is no place to return to.
NO_RETURN: Final = ("/connexion", "/deconnexion", "/graphql")
ODD: Final = re.compile(r"[\x00-\x20\x7f\\]")


class Form:
    """The fields of a form by name, blanks at both ends left out."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def one(self, name: str, most: int = 500) -> str:
        """The value of a field; empty when it was not sent. Raises InvalidInput when it is longer than `most`."""
        value = self._fields.get(name, [""])[0].strip()
        if len(value) > most:
            raise InvalidInput(
                f"Ce champ tient {most} caractères, et en a reçu {len(value)}. Rien n’a été modifié.", name
            )
        return value

    def first(self) -> dict[str, str]:
        """The first value of each field that was sent."""
        return {name: values[0].strip() for name, values in self._fields.items() if values}

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a field that may be sent several times."""
        return tuple(value.strip() for value in self._fields.get(name, []))


async def form_of(request: Request, most: int = MOST_BYTES) -> Form:
    """What was sent, `application/x-www-form-urlencoded`. Raises TooMuch past `most` bytes, InvalidInput."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise InvalidInput(UNREAD)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise TooMuch(f"Le formulaire dépasse {most // 1000} ko : rien n’a été modifié.")
        fields = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=False, max_num_fields=MOST_FIELDS)
    except (ValueError, ClientDisconnect):
        raise InvalidInput(UNREAD) from None
    return Form(fields)


def split(address: str) -> SplitResult:
    """An address in its parts, all of them empty when it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def number(text: str) -> int | None:
    """A whole number of at most twelve digits, None for anything else: more are no number of ours, and none the graph holds."""
    return int(text) if len(text) <= MOST_DIGITS and text.isascii() and text.isdigit() else None


def way_back(given: str, otherwise: str = "/") -> str:
    """`given` when it is a path of ours to return to, else `otherwise`: never the address of another site."""
    path = split(given).path if given.startswith("/") and not given.startswith("//") else ""
    if not path or len(given) > LONGEST_RETURN or ODD.search(given) or path.startswith(NO_RETURN):
        return otherwise
    return given


def came_from(request: Request, otherwise: str = "/") -> str:
    """The page of ours that led here, by the Referer; `otherwise` where none did."""
    referer = split(request.headers.get("referer", ""))
    if referer.netloc.lower() != request.headers.get("host", "").lower():
        return otherwise
    return way_back(referer.path + (f"?{referer.query}" if referer.query else ""), otherwise)


def see(path: str) -> RedirectResponse:
    """After a POST, always: look there."""
    return RedirectResponse(path, status_code=SEE_OTHER, headers={"Cache-Control": "no-store"})
