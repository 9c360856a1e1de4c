"""Finding a caller again without keeping her name in the open: what is hashed, and what may be answered to whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from graph.model.casework.file import File, FileState, Identity, Lead
from graph.model.casework.grounds import Ground
from graph.model.errors import InvalidInput, ReasonMissing, TooMuch
from graph.model.words import PIECE, fold

NATIONAL_DIGITS: Final = 10
FEWEST_DIGITS: Final = 8
LONGEST_NAME: Final = 120
# One desk asks a few times an hour; a list of names that is tried out asks more.
MOST_AN_HOUR: Final = 30
# In the files of the own organisation, which she might read one by one: a busy desk is not in its way.
MOST_OF_OWN_AN_HOUR: Final = 120
# Files whose persons cannot be found under them any more.
GONE: Final = frozenset({FileState.LINKED, FileState.ERASED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Who is looked for: a name with its birth date, or a telephone number."""

    name: str = ""
    born: date | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A file that may be hers: who leads it, and the telephone of the service. `file` only for whoever may read it.

    `lead` is the name of a colleague, of one's own organisation only. `closed` when nobody leads it any longer.
    """

    organisation: str
    service: str
    phone: str
    lead: str = ""
    file: str = ""
    closed: bool = False


def marks(identity: Identity) -> frozenset[str]:
    """What stands for someone: folded name with birth date, and telephone. None of it leaves but hashed with a key."""
    found = set()
    if (words := _words(identity.name)) and identity.born is not None:
        found.add(f"name|{words}|{identity.born.isoformat()}")
    if digits := _digits(identity.phone):
        found.add(f"phone|{digits}")
    return frozenset(found)


def marks_of(file: File) -> frozenset[str]:
    """Those of everyone who is in the file. None where it went into another, or is erased."""
    if file.state in GONE:
        return frozenset()
    there = (member.identity for member in file.members.values() if member.left is None)
    return frozenset[str]().union(*map(marks, there))


def holder(file: File) -> str:
    """The organisation that leads it, or did last: under its key the file is found again."""
    lead = last_lead(file)
    return lead.organisation if lead else file.organisation


def last_lead(file: File) -> Lead | None:
    """Who leads it, or did last."""
    return file.lead or (file.leads[-1] if file.leads else None)


def sought_marks(sought: Sought) -> frozenset[str]:
    """Raises InvalidInput where it is too little to know someone by."""
    if len(sought.name) > LONGEST_NAME:
        raise InvalidInput(f"Un nom tient en {LONGEST_NAME} caractères.", "name")
    if sought.name.strip() and sought.born is None and not _digits(sought.phone):
        raise InvalidInput("Avec le nom, donnez la date de naissance, ou cherchez par le téléphone.", "born")
    if sought.phone.strip() and not _digits(sought.phone):
        raise InvalidInput(f"« {sought.phone[:40]} » n’est pas un numéro de téléphone entier.", "phone")
    found = marks(Identity(name=sought.name, born=sought.born, phone=sought.phone))
    if not found:
        raise InvalidInput("Donnez le nom avec la date de naissance, ou le téléphone.", "name")
    return found


def may_ask_others(ground: Ground | None, asked_this_hour: int) -> None:
    """Whether other organisations' files may be looked through. Raises ReasonMissing, TooMuch."""
    if ground is None:
        raise ReasonMissing(
            "Pour demander aux autres organismes, dites à quel titre : l’accord de la personne, un article de loi, un danger.",
            "ground",
        )
    if asked_this_hour >= MOST_AN_HOUR:
        raise TooMuch(
            f"Vous avez cherché {MOST_AN_HOUR} fois dans le réseau en une heure, c’est le plus qui se puisse. "
            "Téléphonez au service, ou réessayez plus tard."
        )


def may_look_at_own(asked_this_hour: int) -> None:
    """Whether one's own organisation's files may be looked through once more. Raises TooMuch."""
    if asked_this_hour >= MOST_OF_OWN_AN_HOUR:
        raise TooMuch(
            f"Vous avez cherché {MOST_OF_OWN_AN_HOUR} fois en une heure, c’est le plus qui se puisse. Réessayez plus tard."
        )


def told_to_others(file: File) -> bool:
    """Whether another organisation may learn who leads it: never where someone is in danger at home, for whoever asks may be
    the danger; nor of what is closed.
    """
    return file.open and not file.danger_at_home


def _words(name: str) -> str:
    """Its words without accents, in one order: "Dupont, Marie" is "Marie DUPONT"."""
    return " ".join(sorted(PIECE.findall(fold(name))))


def _digits(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    if digits.startswith("00"):
        digits = digits[2:]
    if digits.startswith("33") and len(digits) in {NATIONAL_DIGITS + 1, NATIONAL_DIGITS + 2}:
        digits = digits[2:].lstrip("0")
        digits = f"0{digits}"
    return digits if len(digits) >= FEWEST_DIGITS else ""
