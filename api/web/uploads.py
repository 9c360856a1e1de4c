"""One file that a form sent, read within bounds: no more of it is taken than may be kept."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from graph.model.errors import InvalidInput, TooMuch

# What a form adds around its file.
AROUND: Final = 10_000
UNREAD: Final = "Le fichier n’a pas pu être reçu : rien n’a été modifié. Revenez à la page et recommencez."


async def file_of(request: Request, name: str, most: int) -> tuple[str, bytes]:
    """The name and the bytes of the one file of a form. Raises TooMuch past `most` bytes, InvalidInput for another form."""
    too_much = TooMuch(
        f"Ce fichier dépasse {most // 1_000_000} Mo : rien n’a été modifié. Envoyez-le en plusieurs fois."
    )
    if int(request.headers.get("content-length", "0") or 0) > most + AROUND:
        raise too_much
    taken = 0

    async def bounded() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > most + AROUND:
            raise too_much
        return message

    try:
        async with Request(request.scope, bounded).form(max_files=1, max_fields=5) as form:
            file = form.get(name)
            if not isinstance(file, UploadFile) or not file.filename:
                raise InvalidInput("Choisissez d’abord un fichier. Rien n’a été modifié.", "file")
            content = await file.read()
    except (HTTPException, MultiPartException, ClientDisconnect, ValueError):
        raise InvalidInput(UNREAD, "file") from None
    if len(content) > most:
        raise too_much
    return file.filename, content
