"""The CSV files beside this module, read line by line; what cannot be read is refused with its place."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

FOLDER: Final = Path(__file__).parent

E = TypeVar("E", bound=StrEnum)


class VocabularyError(Exception):
    """A list that cannot be read: names the file, the line, the field and the value."""


class Row:
    """One line of a list, whose fields are read with a type or refused with their place."""

    def __init__(self, file: str, line: int, fields: Mapping[str, str | None]) -> None:
        self._file, self._line, self._fields = file, line, fields

    def refuse(self, field: str, why: str) -> VocabularyError:
        """The error to raise about this field."""
        return VocabularyError(f"{self._file}, line {self._line}, {field} = {self._fields.get(field)!r}: {why}")

    def text(self, field: str) -> str:
        """The field as it stands, without outer blanks."""
        value = self._fields.get(field)
        if value is None:
            raise self.refuse(field, "the field is missing")
        return value.strip()

    def required(self, field: str) -> str:
        """The field, which may not be empty."""
        value = self.text(field)
        if not value:
            raise self.refuse(field, "must not be empty")
        return value

    def known(self, field: str, among: Collection[str]) -> str:
        """The field, which must be one of `among`."""
        value = self.required(field)
        if value not in among:
            raise self.refuse(field, "is not in the closed list")
        return value

    def optional(self, field: str, among: Collection[str]) -> str:
        """The field, empty or one of `among`."""
        return self.known(field, among) if self.text(field) else ""

    def several(self, field: str, among: Collection[str] | None = None) -> tuple[str, ...]:
        """The values of a field that holds several, separated by semicolons."""
        values = tuple(part.strip() for part in self.text(field).split(";") if part.strip())
        for value in values:
            if among is not None and value not in among:
                raise self.refuse(field, f"{value!r} is not in the closed list")
        return values

    def enum(self, field: str, enum: type[E]) -> E:
        """The field as a member of `enum`."""
        try:
            return enum(self.required(field))
        except ValueError:
            raise self.refuse(field, f"must be one of {', '.join(enum)}") from None

    def day(self, field: str) -> date:
        """The field as a date."""
        try:
            return date.fromisoformat(self.required(field))
        except ValueError:
            raise self.refuse(field, "must be a date, YYYY-MM-DD") from None


def rows(file: str, folder: Path = FOLDER) -> Iterator[Row]:
    """Each line of a list, in order."""
    with (folder / file).open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for fields in reader:
            yield Row(file, reader.line_num, fields)
