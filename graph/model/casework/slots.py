"""Slots that whoever leads, or an addressee, offers: the person takes one on her own page, moves it, lets it go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from graph.model.casework.file import Actor, Appointment, File
from graph.model.casework.handoff import Step
from graph.model.casework.taking import allowed_steps
from graph.model.casework.writings import AppointmentSet
from graph.model.errors import InvalidInput, NotFound, StepNotAllowed

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
    if member and (member not in file.members or file.members[member].left):
        raise InvalidInput("Cette personne n’est pas de ce dossier.", "member")
    one = Appointment(
        id=id_,
        organisation=file.lead.organisation,
        slots=_checked(slots, where, minutes, at),
        where=where.strip(),
        minutes=minutes,
        member=member,
    )
    return AppointmentSet(appointment=one)


def offered_by_addressee(
    file: File, handoff_id: str, id_: str, slots: Sequence[datetime], where: str, minutes: int, by: Actor, at: datetime
) -> AppointmentSet:
    """Slots offered by whoever took the request, to those who see it on their page.

    Raises NotFound, StepNotAllowed where this actor fixes no appointment for it now or one is fixed, InvalidInput as `offered`.
    """
    handoff = file.handoffs.get(handoff_id)
    if handoff is None:
        raise NotFound("Cette demande n’existe pas, ou n’existe plus.")
    if Step.BOOK not in allowed_steps(file, handoff, by, at):
        raise StepNotAllowed(handoff.state, "offer", "un rendez-vous se propose une fois la demande acceptée")
    if handoff.appointment is not None:
        raise StepNotAllowed(handoff.state, "offer", "un rendez-vous est déjà fixé")
    one = Appointment(
        id=id_,
        organisation=handoff.target.organisation,
        handoff=handoff_id,
        slots=_checked(slots, where, minutes, at),
        where=where.strip(),
        minutes=minutes,
    )
    return AppointmentSet(appointment=one)


def takeable(file: File, one: Appointment) -> bool:
    """Whether one of its slots may still be taken: the file goes on, and the request that it is for."""
    handoff = file.handoffs.get(one.handoff)
    return file.open and (handoff is None or handoff.open)


def to_come(file: File, appointments: Iterable[Appointment], at: datetime) -> list[Appointment]:
    """Those that are taken and to come, or that may still be taken."""
    return [
        one
        for one in appointments
        if (one.booked > at if one.booked else takeable(file, one) and max(one.slots, default=at) > at)
    ]


def _checked(slots: Sequence[datetime], where: str, minutes: int, at: datetime) -> tuple[datetime, ...]:
    """In the order of the day. Raises InvalidInput."""
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
    return tuple(sorted(slots))
