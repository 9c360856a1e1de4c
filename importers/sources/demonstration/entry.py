"""One table of a document, read field by field: every fault names its field and its value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, TypeVar

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")

NOT_LISTED: Final = "Cette valeur n’est pas dans la liste fermée."


class EntryError(Exception):
    """A field that cannot be taken as it stands; `message` is a sentence in French."""

    def __init__(self, field: str, value: object, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.value = "" if value is None else str(value)
        self.message = message


class Entry:
    """A table whose fields are asked for one by one; `finish` refuses those that nobody asked for."""

    def __init__(self, table: Mapping[str, object], today: date) -> None:
        self._table = table
        self._today = today
        self._asked: set[str] = set()

    def has(self, field: str) -> bool:
        """Whether the field is given."""
        return field in self._table

    def text(self, field: str, default: str | None = None, *, among: Collection[str] | None = None) -> str:
        """A text that is not empty. Raises EntryError when it is missing without default, or not `among` these."""
        if default is not None and field not in self._table:
            self._asked.add(field)
            return default
        return _known(field, self._of(str, field, "un texte"), among)

    def texts(
        self, field: str, default: tuple[str, ...] | None = None, *, among: Collection[str] | None = None
    ) -> tuple[str, ...]:
        """A list of texts. Raises EntryError when it is missing without default, or one is not `among` those known."""
        if default is not None and field not in self._table:
            self._asked.add(field)
            return default
        found = self._of(list, field, "une liste de textes")
        for value in found:
            if not isinstance(value, str):
                raise EntryError(field, value, "Chaque élément de cette liste doit être un texte.")
        return tuple(_known(field, value, among) for value in found)

    def whole(self, field: str) -> int | None:
        """A whole number, or None when it is not given."""
        return self._of(int, field, "un nombre entier") if field in self._table else None

    def number(self, field: str) -> float | None:
        """A number, or None when it is not given."""
        return self._of(float, field, "un nombre décimal") if field in self._table else None

    def flag(self, field: str) -> bool | None:
        """Yes, no, or None when nobody said."""
        return self._of(bool, field, "vrai ou faux") if field in self._table else None

    def day(self, field: str) -> date | None:
        """A date, or None when it is not given."""
        return self._of(date, field, "une date") if field in self._table else None

    def days_ago(self, field: str) -> date | None:
        """The day that lies this many days before the import, or None when it is not given."""
        days = self.whole(field)
        return None if days is None else self._today - timedelta(days=days)

    def days_ahead(self, field: str) -> date | None:
        """The day that lies this many days after the import (before it when negative), or None when it is not given."""
        days = self.whole(field)
        return None if days is None else self._today + timedelta(days=days)

    def choice(self, field: str, among: type[Choice], default: Choice) -> Choice:
        """A value of a closed list. Raises EntryError when it is not in the list."""
        return _choose(field, self.text(field), among) if self.has(field) else default

    def choices(self, field: str, among: type[Choice], default: tuple[Choice, ...] = ()) -> tuple[Choice, ...]:
        """Values of a closed list. Raises EntryError at the first that is not in it."""
        if not self.has(field):
            return default
        return tuple(_choose(field, value, among) for value in self.texts(field))

    def entry(self, field: str) -> Entry | None:
        """A table inside this one, or None when it is not given."""
        return Entry(self._of(dict, field, "une table"), self._today) if field in self._table else None

    def entries(self, field: str) -> list[Entry]:
        """A list of tables inside this one, empty when it is not given."""
        if field not in self._table:
            return []
        found = self._of(list, field, "une liste de tables")
        for value in found:
            if not isinstance(value, dict):
                raise EntryError(field, value, "Chaque élément de cette liste doit être une table.")
        return [Entry(value, self._today) for value in found]

    def finish(self) -> None:
        """Refuses a field that nobody asked for: most often a slip of the pen. Raises EntryError."""
        for field in self._table:
            if field not in self._asked:
                raise EntryError(field, self._table[field], "Ce champ n’existe pas.")

    def _of(self, kind: type[Value], field: str, expected: str) -> Value:
        self._asked.add(field)
        value = self._table.get(field)
        if value is None:
            raise EntryError(field, None, "Cette information est obligatoire.")
        # The very type: a bool is an int and a datetime is a date in Python, and neither is meant here.
        if type(value) is not kind:
            raise EntryError(field, value, f"Il faut ici {expected}.")
        return value


def _known(field: str, value: str, among: Collection[str] | None) -> str:
    if not value:
        raise EntryError(field, value, "Ce texte ne peut pas être vide.")
    if among is not None and value not in among:
        raise EntryError(field, value, NOT_LISTED)
    return value


def _choose(field: str, value: str, among: type[Choice]) -> Choice:
    try:
        return among(value)
    except ValueError:
        raise EntryError(field, value, NOT_LISTED) from None
