"""One record as it was read, and the bounds within which anything is read at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from importers.report import Refused

# A record of the largest open files holds some thousands of characters. Beyond these bounds the file is another thing, or
# a quotation mark was never closed; they are what keeps memory flat.
MOST_RECORD_CHARACTERS: Final = 4_000_000
MOST_FIELD_CHARACTERS: Final = 1_000_000
MOST_COLUMNS: Final = 1_000
MOST_SHOWN_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record. `where` names its file and line, as a person would look for it."""

    where: str
    fields: Mapping[str, object]

    def refused(self, field: str, value: object, message: str) -> Refused:
        """What to say of a value of this record; `message` is a sentence in French."""
        return Refused(self.where, field, shown(value), message)


# What a reader gives: a record, or what it could not make one of.
Read = Iterator[Record | Refused]


def shown(value: object) -> str:
    """A value as a report shows it: on one line, shortened to 80 characters."""
    written = value if isinstance(value, str) else "" if value is None else str(value)
    line = " ".join(written[: 4 * MOST_SHOWN_CHARACTERS].split())
    return line if len(line) <= MOST_SHOWN_CHARACTERS else line[: MOST_SHOWN_CHARACTERS - 1] + "…"
