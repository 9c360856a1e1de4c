"""The ids that one load has told so far, on disk: a load of any size must not hold them in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

# So many values in one statement; SQLite takes 32,766 and took 999 before 2020.
AT_ONCE: Final = 900
SCHEMA: Final = """
CREATE TABLE told (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE gone (kind TEXT, id TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE kept (told_as TEXT PRIMARY KEY, subject TEXT) WITHOUT ROWID;
"""


class Seen:
    """What a load told, what it found gone, and under which id a body that was known already is kept.

    The file is SQLite's own temporary one: it has no name, and disappears with the process, kill -9 included.
    """

    def __init__(self) -> None:
        # One owner at a time, on whatever thread it runs.
        self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._base.executescript(f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -8000; {SCHEMA}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._base.close()

    def tell(self, kind: type, ids: Iterable[str]) -> None:
        """These were told."""
        self._many("INSERT OR IGNORE INTO told VALUES (?, ?)", ((kind.__name__, id_) for id_ in ids))

    def told(self, kind: type, ids: Iterable[str]) -> frozenset[str]:
        """Those of these ids that were told before."""
        return self._among("SELECT id FROM told WHERE kind = ? AND id IN ({})", kind.__name__, ids)

    def keep_under(self, subjects: Mapping[str, str]) -> None:
        """These ids (the keys) name bodies that are kept under others (the values)."""
        self._many("INSERT OR REPLACE INTO kept VALUES (?, ?)", subjects.items())

    def kept_under(self, ids: Iterable[str]) -> dict[str, str]:
        """Those of these ids that name a body kept under another, with that other."""
        found: dict[str, str] = {}
        for some in _slices(list(ids)):
            marks = ", ".join("?" * len(some))
            found |= self._base.execute(f"SELECT told_as, subject FROM kept WHERE told_as IN ({marks})", some)  # noqa: S608 - question marks only
        return found

    def steps(self, kind: type, size: int) -> Iterator[tuple[str, str | None]]:
        """Spans of ids, each above the first end and up to the second (None: without end), of `size` ids told or so."""
        above = ""
        while True:
            row = self._base.execute(
                "SELECT id FROM told WHERE kind = ? AND id > ? ORDER BY id LIMIT 1 OFFSET ?",
                (kind.__name__, above, size),
            ).fetchone()
            yield above, row[0] if row else None
            if row is None:
                return
            above = row[0]

    def miss(self, kind: type, ids: Iterable[str]) -> None:
        """These, which the graph had from this source, were not told."""
        self._many("INSERT OR IGNORE INTO gone VALUES (?, ?)", ((kind.__name__, id_) for id_ in ids))

    def missed(self, kind: type) -> int:
        """How many were not told."""
        return self._base.execute("SELECT count(*) FROM gone WHERE kind = ?", (kind.__name__,)).fetchone()[0]

    def missing(self, kind: type, size: int) -> Iterator[list[str]]:
        """Ids that were not told, in order, so many at a time."""
        above = ""
        while found := self._base.execute(
            "SELECT id FROM gone WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", (kind.__name__, above, size)
        ).fetchall():
            yield [row[0] for row in found]
            above = found[-1][0]

    def _among(self, query: str, kind: str, ids: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        for some in _slices(list(ids)):
            marks = ", ".join("?" * len(some))
            found.update(row[0] for row in self._base.execute(query.format(marks), (kind, *some)))
        return frozenset(found)

    def _many(self, query: str, rows: Iterable[tuple[str, str]]) -> None:
        self._base.execute("BEGIN")
        self._base.executemany(query, rows)
        self._base.execute("COMMIT")


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
