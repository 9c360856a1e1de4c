"""What has been read of a publication so far, on disk: identifiers, and of each structure what its services need."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from graph.model.errors import Unavailable
from graph.model.territory import Territory
from importers.sources.territory.atlas import Atlas

TABLES: Final = """
CREATE TABLE structure (id TEXT PRIMARY KEY, place TEXT NOT NULL, kind TEXT NOT NULL, territory TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE told (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE service (id TEXT PRIMARY KEY, place TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What a service needs of its structure."""

    kind: str
    territory: Territory | None


class Seen:
    """A notebook of one reading. It lies in a file of the system's own that no one else sees and that goes with it.

    Memory stays flat however long the publication; pieces may be asked for from any thread, one at a time.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        # An empty name is SQLite's for a temporary file, deleted when it is closed.
        self._notes = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._notes.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {TABLES} BEGIN;")

    def __enter__(self) -> Seen:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._notes.close()

    def tell_structure(self, id_: str) -> None:
        """A structure of this id is in the file, taken or not."""
        self._asked("INSERT OR IGNORE INTO told VALUES (?)", id_)

    def tells_structure(self, id_: str) -> bool:
        """Whether a structure of this id is in the file, taken or not."""
        return bool(self._first("SELECT id FROM told WHERE id = ?", id_))

    def first_structure(self, id_: str) -> str:
        """Where a structure of this id was read before, "" when it was not."""
        return self._first("SELECT place FROM structure WHERE id = ?", id_)

    def note_structure(self, id_: str, where: str, known: Known) -> None:
        """A structure that was taken."""
        values = (id_, where, known.kind, known.territory.id if known.territory else "")
        self._asked("INSERT INTO structure VALUES (?, ?, ?, ?)", *values)

    def structure(self, id_: str) -> Known | None:
        """A structure that was taken, None when there is none."""
        row = self._asked("SELECT kind, territory FROM structure WHERE id = ?", id_)
        return Known(row[0], self._atlas[row[1]] if row[1] else None) if row else None

    def first_service(self, id_: str) -> str:
        """Where a service of this id was read before, "" when it was not."""
        return self._first("SELECT place FROM service WHERE id = ?", id_)

    def note_service(self, id_: str, where: str) -> None:
        """A service that was taken."""
        self._asked("INSERT INTO service VALUES (?, ?)", id_, where)

    def _first(self, question: str, id_: str) -> str:
        row = self._asked(question, id_)
        return row[0] if row else ""

    def _asked(self, question: str, *values: str) -> tuple[str, ...] | None:
        """The first row of the answer. Raises Unavailable when the temporary file cannot be written."""
        try:
            return self._notes.execute(question, values).fetchone()
        except sqlite3.OperationalError as error:
            raise Unavailable(
                f"Le fichier temporaire de l’import ne peut pas être écrit ({error}). Les fiches déjà enregistrées le restent. "
                "Libérez de la place dans le dossier temporaire du système, puis relancez l’import : rien ne sera doublé."
            ) from None
