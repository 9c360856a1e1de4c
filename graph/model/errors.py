"""Every refusal of the product, as one tree. Each carries a sentence for the person in front of the screen, in French."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class RefusalCode(StrEnum):
    """The closed list of refusals, the same in GraphQL, REST and on pages."""

    INVALID_INPUT = "invalid_input"
    NOT_FOUND = "not_found"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_ALLOWED = "not_allowed"
    CONFLICT = "conflict"
    TOO_MUCH = "too_much"
    TOO_OFTEN = "too_often"
    UNAVAILABLE = "unavailable"


class Refusal(Exception):
    """An expected refusal: what happened, what is safe, what to do. Never a fault of ours."""

    code: ClassVar[RefusalCode]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidInput(Refusal):
    """The question or the change cannot be read as it stands; `field` names the culprit."""

    code = RefusalCode.INVALID_INPUT

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotFound(Refusal):
    """No such thing, or nothing that may be shown: the two look the same."""

    code = RefusalCode.NOT_FOUND


class NotSignedIn(Refusal):
    """It takes an account, and nobody is signed in."""

    code = RefusalCode.NOT_SIGNED_IN


class NotAllowed(Refusal):
    """Whoever asks may see this, but not do that; nothing was done."""

    code = RefusalCode.NOT_ALLOWED


class Conflict(Refusal):
    """Someone else changed it meanwhile; nothing was done. `current` is how it stands now."""

    code = RefusalCode.CONFLICT

    def __init__(self, message: str, current: object) -> None:
        super().__init__(message)
        self.current = current


class TooMuch(Refusal):
    """A limit of size, depth or cost was passed: asking less helps."""

    code = RefusalCode.TOO_MUCH


class TooOften(Refusal):
    """Too many requests in too little time: the same one is answered in `seconds`."""

    code = RefusalCode.TOO_OFTEN

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Unavailable(Refusal):
    """A part that is needed does not answer; nothing was written."""

    code = RefusalCode.UNAVAILABLE
