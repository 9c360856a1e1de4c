"""A member's own page: opened by an address that nobody guesses, and a code that is handed over with it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from graph.model.casework.file import File, FileState, PersonPage
from graph.model.errors import InvalidInput, NeedsConfirming, StepNotAllowed

TOKEN_BYTES: Final = 24
CODE_DIGITS: Final = 8
# Wrong codes, then the page is locked until the worker gives another.
MOST_TRIES: Final = 5
LASTS: Final = timedelta(days=365)
# After the end there is still time to read it, and to say how it was.
AFTER_THE_END: Final = timedelta(days=60)
IDLE: Final = timedelta(minutes=15)
# 16 MB and some 50 ms for each try (RFC 7914): a stolen hash is dear to search, though the code is short.
COST: Final = {"n": 2**14, "r": 8, "p": 1}
SALT_BYTES: Final = 16
NO_CODE: Final = f"{'00' * SALT_BYTES}${'00' * 64}"


def new_token() -> str:
    """What the address holds."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_code() -> str:
    """What opens it: digits, so that it can be read out and typed on any keyboard."""
    return "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))


def digest(token: str) -> str:
    """Under what a token is known. It needs no salt: nobody guesses 192 bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def hashed(code: str) -> str:
    """A code as it is kept."""
    salt = secrets.token_bytes(SALT_BYTES)
    return f"{salt.hex()}${_scrypt(code, salt)}"


def opens(kept: str, said: str) -> bool:
    """Whether this code, as someone typed it, is the one that is kept. As slow where none is kept."""
    salt, _, right = (kept or NO_CODE).partition("$")
    found = _scrypt("".join(letter for letter in said if letter.isdigit()), bytes.fromhex(salt))
    return compare_digest(found, right) and bool(kept)


def _scrypt(code: str, salt: bytes) -> str:
    return hashlib.scrypt(code.encode(), salt=salt, **COST).hex()


def opened(file: File, member: str, token: str, code: str, at: datetime, *, confirmed: bool = False) -> PersonPage:
    """The page with a new address and code; those before open nothing any longer. `code` is hashed already.

    Raises StepNotAllowed on a file that is not open, InvalidInput for someone who is not of it, NeedsConfirming where there is
    danger at home.
    """
    page = of(file, member)
    if not file.open:
        raise StepNotAllowed(file.state, "open_page", "l’accompagnement est clos")
    if file.danger_at_home and not confirmed:
        raise NeedsConfirming(
            "Un danger à la maison est noté. Confirmez que cette personne demande sa page, et qu’elle seule peut la lire."
        )
    return replace(page, on=True, token=token, code=code, until=at + LASTS)


def closed(file: File, member: str, *, danger: bool | None = None) -> PersonPage:
    """The page that opens no longer; `danger` notes a danger at home, or that there is none any more. Raises InvalidInput."""
    page = of(file, member)
    danger_at_home = page.danger_at_home if danger is None else danger
    return replace(page, on=False, token="", code="", until=None, danger_at_home=danger_at_home)


def closed_around(file: File, member: str) -> list[PersonPage]:
    """The pages of the others of the household, off: nothing must tell whom she fears that `member` noted a danger."""
    return [
        replace(page, on=False, token="", code="", until=None)
        for page in file.pages.values()
        if page.on and page.member != member
    ]


def of(file: File, member: str) -> PersonPage:
    """A member's page, off where nobody opened it. Raises InvalidInput for someone who is not of the file."""
    if member not in file.members or file.members[member].left is not None:
        raise InvalidInput("Cette personne n’est pas de ce dossier.", "member")
    return file.pages.get(member, PersonPage(member=member))


def of_token(file: File | None, token: str, at: datetime) -> PersonPage | None:
    """The page that this address opens now; None when it opens none."""
    if file is None:
        return None
    name = digest(token)
    for page in file.pages.values():
        if page.on and page.token == name and page.until is not None and at < page.until:
            return page if page.member in file.members and file.members[page.member].left is None else None
    return None


def at_the_end(page: PersonPage, at: datetime, state: FileState) -> PersonPage:
    """What becomes of it when the accompaniment ends: readable for a while where the file is closed, off where it went into
    another.
    """
    if state is FileState.CLOSED and page.on and page.until is not None:
        return replace(page, until=min(page.until, at + AFTER_THE_END))
    return replace(page, on=False, token="", code="", until=None)
