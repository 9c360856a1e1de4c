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
    STEP_NOT_ALLOWED = "step_not_allowed"
    REASON_MISSING = "reason_missing"
    CONSENT_MISSING = "consent_missing"
    TO_CONFIRM = "to_confirm"
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


class StepNotAllowed(Refusal):
    """The thing is not in a state where this can be done, or not by whoever asks; nothing was done."""

    code = RefusalCode.STEP_NOT_ALLOWED

    def __init__(self, state: str, step: str, why: str = "") -> None:
        ended = f" : {why}" if why else ""
        super().__init__(f"Cette étape n’est pas possible ici{ended}. Rien n’a été modifié.")
        self.state, self.step = state, step


class ReasonMissing(Refusal):
    """What is refused, passed on or ended says why, by a code and words; `field` names what is missing."""

    code = RefusalCode.REASON_MISSING

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ConsentMissing(Refusal):
    """Nothing lets it leave: neither an accord nor a ground of the law that names this recipient; nothing left."""

    code = RefusalCode.CONSENT_MISSING

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NeedsConfirming(Refusal):
    """It can be done, by whoever says that she knows: this target has declined it, or was there already."""

    code = RefusalCode.TO_CONFIRM


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
