"""Slots that whoever leads offers: the person takes one on her own page, moves it, lets it go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from graph.model.casework.file import Appointment, File
from graph.model.casework.writings import AppointmentSet
from graph.model.errors import InvalidInput, StepNotAllowed

MOST_SLOTS: Final = 5
FARTHEST: Final = timedelta(days=90)
LONGEST_MINUTES: Final = 240
LONGEST_PLACE: Final = 200


def offered(
    file: File, id_: str, slots: Sequence[datetime], where: str, minutes: int, member: str, at: datetime
) -> AppointmentSet:
    """Slots offered by the house that leads, to a member or (`member` empty) to the household.

    Raises StepNotAllowed on a file that nobody leads, InvalidInput without a slot, for one that is past, too far or said twice, for
    someone who is not of the file.
    """
    if not file.open or file.lead is None:
        raise StepNotAllowed(file.state, "offer", "l’accompagnement est clos")
    if not slots:
        raise InvalidInput("Proposez au moins un moment.", "slot1")
    if len(slots) > MOST_SLOTS or len(set(slots)) != len(slots):
        raise InvalidInput(f"Proposez {MOST_SLOTS} moments au plus, tous différents.", "slot1")
    for number, slot in enumerate(slots, 1):
        if not at < slot <= at + FARTHEST:
            raise InvalidInput("Ce moment est passé, ou dans plus de trois mois.", f"slot{number}")
    if not 5 <= minutes <= LONGEST_MINUTES:
        raise InvalidInput(f"Un rendez-vous dure de 5 à {LONGEST_MINUTES} minutes.", "minutes")
    if len(where) > LONGEST_PLACE:
        raise InvalidInput(f"Le lieu se dit en {LONGEST_PLACE} caractères au plus.", "where")
    if member and (member not in file.members or file.members[member].left):
        raise InvalidInput("Cette personne n’est pas de ce dossier.", "member")
    one = Appointment(
        id=id_,
        organisation=file.lead.organisation,
        slots=tuple(sorted(slots)),
        where=where.strip(),
        minutes=minutes,
        member=member,
    )
    return AppointmentSet(appointment=one)
