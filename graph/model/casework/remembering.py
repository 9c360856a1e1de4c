"""How long a file is kept, and what its end asks for: two years after the last contact, told thirty days before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final

from graph.model.casework.acts import Erased
from graph.model.casework.file import File, FileState, Right
from graph.model.casework.free_text import no_health_number
from graph.model.casework.writings import ForgettingTold, RightAnswered
from graph.model.errors import InvalidInput, ReasonMissing, StepNotAllowed
from graph.model.sheets import rows
from graph.model.vocabulary import kinds

YEARS: Final = 2
TOLD_BEFORE: Final = timedelta(days=30)
LONGEST_VISA: Final = 100
ENDED: Final = (FileState.CLOSED, FileState.LINKED)
# What went into another file lives as long as that one, and is erased with it.
BY_TIME: Final = (FileState.CLOSED,)


class Cause(StrEnum):
    """Why a file is erased: a closed list, for it is kept in plain text (labels in labels.csv)."""

    TIME = "time"
    ASKED = "asked"
    MISTAKE = "mistake"


@cache
def archive_kinds() -> frozenset[str]:
    """Kinds of organisation whose papers are public archives: nothing of them is destroyed without a visa."""
    return frozenset(row.known("kind", set(kinds())) for row in rows("archive_kinds.csv"))


def needs_visa(organisation_kinds: Iterable[str]) -> bool:
    """Whether one of these bodies keeps public archives; one whose kind is not known is taken for one that does."""
    return any(kind in archive_kinds() or kind not in kinds() for kind in organisation_kinds)


def kept_until(last_contact: datetime) -> datetime:
    """The day from which nothing is to be kept."""
    try:
        return last_contact.replace(year=last_contact.year + YEARS)
    except ValueError:
        # The 29th of February.
        return last_contact.replace(year=last_contact.year + YEARS, day=28)


def silent_since(at: datetime) -> datetime:
    """Whom nobody has met since then is to be forgotten at `at`."""
    try:
        return at.replace(year=at.year - YEARS)
    except ValueError:
        return at.replace(year=at.year - YEARS, day=28)


def forgetting_told(file: File, at: datetime) -> ForgettingTold | None:
    """The day of its erasure, which is told thirty days before at least; None where it was told, or is not to come yet."""
    if file.state not in BY_TIME or file.last_contact is None or file.forgotten_on is not None:
        return None
    on = kept_until(file.last_contact)
    return ForgettingTold(on=max(on, at + TOLD_BEFORE)) if on <= at + TOLD_BEFORE else None


def may_be_forgotten(file: File, at: datetime) -> bool:
    """Whether its time has come, was told, and nobody has met the person since."""
    return (
        file.state in BY_TIME
        and file.last_contact is not None
        and file.forgotten_on is not None
        and file.forgotten_on <= at
        and kept_until(file.last_contact) <= at
    )


def erased(file: File, organisation_kinds: Iterable[str], visa: str, why: Cause) -> Erased:
    """Nothing is left but that there was something. Raises StepNotAllowed on a file that is open, ReasonMissing without the visa
    that its body needs, InvalidInput for one that is too long, or holds a health-insurance number: it stays in plain text.
    """
    visa = visa.strip()
    if file.state not in ENDED:
        raise StepNotAllowed(file.state, "erase", "closez d’abord l’accompagnement")
    if needs_visa(organisation_kinds) and not visa:
        raise ReasonMissing(
            "Ce service relève des archives publiques : donnez la référence du visa d’élimination du service d’archives.",
            "visa",
        )
    if len(visa) > LONGEST_VISA:
        raise InvalidInput(f"La référence du visa tient en {LONGEST_VISA} caractères.", "visa")
    no_health_number(visa, "visa")
    return Erased(visa=visa, why=why.value)


def right_answered(file: File, asking: str, granted: bool, text: str) -> RightAnswered:
    """What a member asked for is answered. Raises StepNotAllowed where nothing waits, ReasonMissing for a refusal without words."""
    one = file.askings.get(asking)
    if one is None:
        raise StepNotAllowed("answered", "answer_right", "aucune demande n’attend ici")
    if not granted and not text.strip():
        raise ReasonMissing("Un refus dit pourquoi, et devant qui la personne peut se plaindre.", "text")
    if granted and one.right is Right.ERASURE and file.open:
        raise StepNotAllowed(file.state, "answer_right", "closez d’abord l’accompagnement, puis effacez le dossier")
    return RightAnswered(asking=asking, granted=granted, text=text.strip())
