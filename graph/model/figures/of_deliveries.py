"""What was given, told in clear: how much of which closed unit, at what price, in how many minutes. Never what, in words."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from graph.model.casework.acts import Entry
from graph.model.casework.file import File
from graph.model.casework.writings import Delivered, Struck

# Ids are typed in by programs: what may be words, a name for one, is not told.
ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._|-]{0,119}")


class GivenUnit(StrEnum):
    """In what is counted; a unit in other words is OTHER: people type it, and what they type stays sealed."""

    NIGHT = "night"
    DAY = "day"
    HOUR = "hour"
    MEAL = "meal"
    PARCEL = "parcel"
    EURO = "euro"
    MEETING = "meeting"
    OTHER = "other"


WORDS: Final = {
    "nuit": GivenUnit.NIGHT,
    "nuitée": GivenUnit.NIGHT,
    "nuitee": GivenUnit.NIGHT,
    "jour": GivenUnit.DAY,
    "journée": GivenUnit.DAY,
    "heure": GivenUnit.HOUR,
    "repas": GivenUnit.MEAL,
    "colis": GivenUnit.PARCEL,
    "euro": GivenUnit.EURO,
    "€": GivenUnit.EURO,
    "entretien": GivenUnit.MEETING,
    "séance": GivenUnit.MEETING,
    "rendez-vous": GivenUnit.MEETING,
}


def unit_of(words: str) -> GivenUnit:
    """The unit that these words name: "nuitées par jour", "Nuitée"."""
    first = words.strip().lower().split(" ")[0]
    return WORDS.get(first) or WORDS.get(first.removesuffix("s"), GivenUnit.OTHER)


def without_the_day(words: str) -> str:
    """What is counted, of words that may say that it is by the day: "nuitées" of "nuitées par jour"."""
    return words.removesuffix("par jour").strip()


def agreement_of(file: File, event: Delivered) -> str:
    """Under which agreement: as it was said, else that of its handoff."""
    handoff = file.handoffs.get(event.handoff)
    said = event.agreement or (handoff.target.agreement if handoff else "")
    return said if ID.fullmatch(said) else ""


def competence_of(file: File, event: Delivered) -> str:
    """About what: the first need of its handoff; the file's only one where it is under none; else unknown."""
    if handoff := file.handoffs.get(event.handoff):
        first = file.needs.get(handoff.needs[0]) if handoff.needs else None
        return first.competence if first else ""
    return next(iter(file.needs.values())).competence if len(file.needs) == 1 else ""


def struck_by(entry: Entry) -> str:
    """The key of the entry that this one strikes; empty for the others."""
    return f"{entry.file}:{entry.event.entry}" if isinstance(entry.event, Struck) else ""
