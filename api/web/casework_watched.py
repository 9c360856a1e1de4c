"""What is looked at again, by a page: watches, the file as a whole; and the striking of an error."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from api.actions.casework.reading import Opened
from api.web.act_form import Field, FieldKind, Typed
from api.web.casework_act import Act, iso, recorded
from graph.model.casework.acts import Event, Kept, Struck
from graph.model.casework.clocks import FILE_REVIEW_DAYS, PARIS
from graph.model.casework.file import Watch
from graph.model.casework.recording import next_look
from graph.model.casework.writings import Looked, WatchSet


def _watch(opened: Opened, item: str, today: date) -> list[Field]:
    one = opened.file.watches.get(item)
    return [
        Field(name="what", label="Sur quoi veiller", value=one.what if one else "", needed=True),
        Field(name="next", label="Prochain regard", kind=FieldKind.DAY, value=iso(one and one.next), needed=True),
        Field(
            name="every_days", label="Tous les combien de jours", kind=FieldKind.NUMBER,
            value=str(one.every_days if one else 7), needed=True,
        ),
        Field(name="until", label="Jusqu’au", kind=FieldKind.DAY, value=iso(one and one.until), needed=True),
    ]  # fmt: skip


def _watched(typed: Typed, opened: Opened, item: str) -> Event:
    before = opened.file.watches.get(item)
    return WatchSet(
        watch=Watch(
            id=item,
            account=before.account if before else "",
            what=typed.line("what"),
            next=typed.this_day("next", "Dites quand vous regardez de nouveau."),
            every_days=typed.number("every_days"),
            until=typed.this_day("until", "Dites jusqu’à quand vous veillez."),
        )
    )


def _look(opened: Opened, item: str, today: date) -> list[Field]:
    return [
        Field(name="text", label="Ce que vous avez vu ou entendu", kind=FieldKind.TEXT, needed=True),
        Field(
            name="next",
            label="Prochain regard",
            kind=FieldKind.DAY,
            value=iso(next_look(opened.file, item, today)),
            hint="vide : la veille se termine",
        ),
    ]


def _keep(opened: Opened, item: str, today: date) -> list[Field]:
    review = today + timedelta(days=FILE_REVIEW_DAYS)
    return [
        Field(name="review", label="Prochain point", kind=FieldKind.DAY, value=review.isoformat(), needed=True),
        Field(name="text", label="En quelques mots", kind=FieldKind.TEXT),
        Field(
            name="transitional",
            label="Accompagnement transitoire : il manque un relais",
            kind=FieldKind.CHECK,
            value="1" if opened.file.transitional else "",
        ),
    ]


def _kept(typed: Typed, opened: Opened, item: str) -> Event:
    day = typed.this_day("review", "Dites quand vous ferez de nouveau le point.")
    review = datetime.combine(day, time(9), PARIS)
    return Kept(review=review, text=typed.line("text"), transitional=typed.ticked("transitional"))


def _strike(opened: Opened, item: str, today: date) -> list[Field]:
    return [Field(name="why", label="Quelle est l’erreur", hint="l’écrit reste, barré", needed=True)]


WATCHED: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "veille": Act("Veiller", "Enregistrer la veille", _watch, recorded(_watched), "La veille est enregistrée."),
        "regard": Act(
            "Dire ce que vous avez vu",
            "Enregistrer",
            _look,
            recorded(lambda typed, opened, item: Looked(watch=item, text=typed.line("text"), next=typed.day("next"))),
            "C’est noté.",
        ),
        "point": Act(
            "Faire le point sur le dossier", "Enregistrer le point", _keep, recorded(_kept), "Le point est fait."
        ),
        "barrer": Act(
            "Barrer un écrit",
            "Barrer cet écrit",
            _strike,
            recorded(
                lambda typed, opened, item: Struck(
                    entry=int(item) if item.isascii() and item.isdigit() else 0, why=typed.line("why")
                )
            ),
            "L’écrit est barré. Il reste lisible, avec la raison.",
        ),
    }
)
