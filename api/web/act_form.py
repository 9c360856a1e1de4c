"""Forms of one act each: the fields they have, what was typed in them, and how it is read. They work without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, TypeVar

from api.web.forms import Form
from graph.model.casework.clocks import PARIS
from graph.model.errors import InvalidInput
from graph.model.vocabulary import button

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)

LONGEST_TEXT: Final = 6000


class FieldKind(StrEnum):
    """How something is asked for."""

    LINE = "line"
    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    NUMBER = "number"
    CHOICE = "choice"
    CHECK = "check"
    SEVERAL = "several"
    HIDDEN = "hidden"


Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `options` are (value, words), by group of options under `groups`; `value` is what stands in it."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    hint: str = ""
    value: str = ""
    values: frozenset[str] = frozenset()
    options: Options = ()
    groups: Mapping[str, Options] | None = None
    needed: bool = False
    error: str = ""


def choices(family: str, kind: type[StrEnum], *, nothing: str = "") -> Options:
    """The values of a closed list with their words, and first what stands for none."""
    found = [(value.value, button(family, value)) for value in kind]
    return [("", nothing), *found] if nothing else found


def retyped(fields: Iterable[Field], form: Form, refused: Mapping[str, str]) -> list[Field]:
    """The fields as they were sent, each with what is wrong with it: nothing typed is lost."""
    sent = form.first()
    return [
        replace(
            one,
            value=sent.get(one.name, ""),
            values=frozenset(form.every(one.name)),
            error=refused.get(one.name, ""),
        )
        for one in fields
    ]


class Typed:
    """What a form says, read field by field. Each method raises InvalidInput, which names the field."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def line(self, name: str) -> str:
        """One line; empty when nothing was typed."""
        return self._form.one(name, LONGEST_TEXT)

    def several(self, name: str) -> tuple[str, ...]:
        """All that was ticked."""
        return tuple(value for value in self._form.every(name) if value)

    def ticked(self, name: str) -> bool:
        """Whether a box was."""
        return bool(self._form.one(name))

    def day(self, name: str) -> date | None:
        """A day; None when nothing was typed."""
        text = self._form.one(name, 40)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise InvalidInput(f"« {text} » n’est pas une date. Écrivez-la ainsi : 2026-03-10.", name) from None

    def this_day(self, name: str, why: str) -> date:
        """A day that must be said."""
        day = self.day(name)
        if day is None:
            raise InvalidInput(why, name)
        return day

    def moment(self, name: str) -> datetime | None:
        """A day and an hour in Paris; None when nothing was typed."""
        text = self._form.one(name, 40)
        try:
            return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC) if text else None
        except ValueError:
            raise InvalidInput(
                f"« {text} » n’est pas une date et une heure. Écrivez-les ainsi : 2026-03-10T14:30.", name
            ) from None

    def number(self, name: str) -> int:
        """A whole number; 0 when nothing was typed."""
        text = self._form.one(name, 12)
        if text and not (text.isascii() and text.isdigit()):
            raise InvalidInput(f"« {text} » n’est pas un nombre entier.", name)
        return int(text or 0)

    def cents(self, name: str) -> int:
        """A sum in euros, with or without cents; 0 when nothing was typed."""
        text = self._form.one(name, 20).replace("€", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
        whole, _, rest = text.partition(".")
        if text and not (whole.isascii() and whole.isdigit() and len(rest) <= 2 and (not rest or rest.isdigit())):
            raise InvalidInput(f"« {self._form.one(name)} » n’est pas une somme. Écrivez-la ainsi : 60,50.", name)
        return int(whole or 0) * 100 + int(rest.ljust(2, "0") if rest else 0)

    def choice(self, name: str, of: type[ChoiceT]) -> ChoiceT:
        """A value of a closed list."""
        text = self._form.one(name, 100)
        try:
            return of(text)
        except ValueError:
            raise InvalidInput("Choisissez dans la liste.", name) from None
