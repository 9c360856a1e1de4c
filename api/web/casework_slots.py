"""Slots that are offered, by a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from api.actions.casework.reading import Opened
from api.actions.casework.slots import offer
from api.web.act_form import Field, FieldKind, Typed
from api.web.casework_act import Act, Doing
from api.web.casework_view import member_name
from api.words.dates import clock, exact_day
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import Appointment, File
from graph.model.casework.slots import MOST_SLOTS, to_come


def _fields(opened: Opened, item: str, today: date) -> list[Field]:
    members = [(one.id, member_name(one, opened)) for one in opened.file.members.values() if one.left is None]
    return [
        *(
            Field(
                name=f"slot{number}",
                label=f"Moment {number}",
                kind=FieldKind.MOMENT,
                needed=number == 1,
                hint="" if number == 1 else "facultatif",
            )
            for number in range(1, MOST_SLOTS + 1)
        ),
        Field(name="minutes", label="Durée, en minutes", kind=FieldKind.NUMBER, value="45", needed=True),
        Field(name="where", label="Où", hint="la personne le lit sur sa page"),
        Field(
            name="member",
            label="Pour qui",
            kind=FieldKind.CHOICE,
            options=[("", "Tout le foyer"), *members],
        ),
    ]


def slots_in(typed: Typed) -> list[datetime]:
    """The moments that were typed. Raises InvalidInput."""
    slots = [typed.moment(f"slot{number}") for number in range(1, MOST_SLOTS + 1)]
    return [slot for slot in slots if slot is not None]


async def _offer(doing: Doing) -> str:
    typed = doing.typed
    await offer(
        doing.rooms,
        doing.viewer,
        doing.file,
        slots_in(typed),
        where=typed.line("where"),
        minutes=typed.number("minutes"),
        member=typed.line("member"),
        key=doing.key,
    )
    return ""


SLOTS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "rendez-vous": Act(
            "Proposer des rendez-vous",
            "Proposer ces moments",
            _fields,
            _offer,
            "Les moments sont proposés : la personne en choisit un sur sa page.",
        )
    }
)


def appointments(file: File, some: Iterable[Appointment], now: datetime) -> list[tuple[str, str]]:
    """What was offered and is to come: its words, and whether one was taken."""
    return [
        (_words(one.booked), "choisi par la personne")
        if one.booked
        else (", ".join(_words(slot) for slot in one.slots if slot > now), "proposé")
        for one in to_come(file, some, now)
    ]


def _words(at: datetime) -> str:
    local = at.astimezone(PARIS)
    return f"le {exact_day(local.date())} à {clock(local.time())}"
