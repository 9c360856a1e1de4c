"""JSON, one record at a time: an array, an object of arrays, or one object a line.

Each record is decoded by the standard library, and only a record's worth of text is held. It bears what a stream parser was
seen not to: ijson 3.6 ends the whole process on a number of 5,000 digits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from importers.report import Refused
from importers.streams.content import lines, text
from importers.streams.record import MOST_RECORD_CHARACTERS, Read, Record, shown
from importers.tables import BrokenSource

BLANKS: Final = " \t\r\n"
MOST_DIGITS: Final = 18
CUT: Final = "le fichier s’arrête au milieu d’une fiche : il est coupé."
TOO_LONG: Final = f"la fiche qui commence ici dépasse {MOST_RECORD_CHARACTERS // 1_000_000} millions de signes."
NOT_AN_OBJECT: Final = "Il faut ici une fiche, entre accolades."
MALFORMED: Final = "Cette ligne n’est pas du JSON bien formé."


class _Object(dict[str, object]):
    """An object of the file; `twice` is a key that it has twice, or ""."""

    twice = ""


def read_array(path: Path, key: str = "") -> Read:
    """Each record of the array that the file is, or that it holds under `key`; none when it has no such key.

    Raises BrokenSource when the file is not JSON of that shape, and where it cannot be read on.
    """
    file = _Text(path)
    if not key:
        yield from _items(file)
    else:
        file.expect("{")
        while file.peek() != "}":
            name = file.decode()
            file.expect(":")
            if name == key:
                yield from _items(file)
            elif file.peek() == "[":
                for _ in _values(file):
                    pass
            else:
                file.decode()
            if file.peek() != ",":
                break
            file.expect(",")
        file.expect("}")
    file.finish()


def read_lines(path: Path) -> Read:
    """Each line as a record; one that is none is refused alone. Raises BrokenSource as `lines`, and for a cut last line."""
    decoder = _decoder()
    for number, line in enumerate(lines(path), start=1):
        written = line.strip()
        if not written:
            continue
        where = f"{path.name}, ligne {number}"
        try:
            value = decoder.decode(written)
        except (ValueError, RecursionError):
            if not line.endswith("\n"):
                raise BrokenSource(path, CUT, number) from None
            yield Refused(where, "", shown(written), MALFORMED)
            continue
        yield _record(where, value)


def keys_of_object(path: Path) -> frozenset[str]:
    """The keys under which the object that the file is holds arrays, read as far as the first; empty for an array."""
    file = _Text(path)
    if file.peek() != "{":
        return frozenset()
    file.expect("{")
    found: set[str] = set()
    while file.peek() == '"':
        name = file.decode()
        file.expect(":")
        found.add(str(name))
        if file.peek() == "[":
            break
        file.decode()
        if file.peek() != ",":
            break
        file.expect(",")
    return frozenset(found)


class _Text:
    """The text of a file with a finger on it, never more of it than one record."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pieces = text(path)
        self._held, self._at, self.line = "", 0, 1
        self._decoder = _decoder()

    def peek(self) -> str:
        """The next sign that is no blank, "" at the end of the file."""
        while True:
            while self._at < len(self._held):
                sign = self._held[self._at]
                if sign not in BLANKS:
                    return sign
                self.line += sign == "\n"
                self._at += 1
            if not self._more():
                return ""

    def expect(self, sign: str) -> None:
        """Step over this sign."""
        found = self.peek()
        if found != sign:
            raise self.broken(f"il faut ici « {sign} », et non « {found} »." if found else CUT)
        self._at += 1

    def decode(self) -> object:
        """The value that begins here."""
        if not self.peek():
            raise self.broken(CUT)
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._at)
            except RecursionError:
                raise self.broken("des valeurs sont emboîtées sans fin.") from None
            except ValueError as error:
                if self._more(doubling=True):
                    continue
                raise self._malformed(error) from None
            # A number at the end of what is held may go on.
            if end == len(self._held) and self._more():
                continue
            self.line += self._held.count("\n", self._at, end)
            self._at = end
            return value

    def finish(self) -> None:
        """Nothing may follow."""
        found = self.peek()
        if found:
            raise self.broken(f"le JSON est fini, et pourtant « {found} » le suit.")

    def broken(self, fault: str) -> BrokenSource:
        """What to raise about this place."""
        return BrokenSource(self.path, fault, self.line)

    def _more(self, *, doubling: bool = False) -> bool:
        """Take some more of the file (as much again when `doubling`); False at its end, and beyond a record's bounds."""
        held = len(self._held) - self._at
        if held > MOST_RECORD_CHARACTERS:
            return False
        taken: list[str] = []
        while sum(map(len, taken)) < (held if doubling else 1):
            piece = next(self._pieces, "")
            if not piece:
                break
            taken.append(piece)
        if taken:
            self._held, self._at = self._held[self._at :] + "".join(taken), 0
        return bool(taken)

    def _malformed(self, error: ValueError) -> BrokenSource:
        position = error.pos if isinstance(error, json.JSONDecodeError) else self._at
        if position >= len(self._held.rstrip()) or "Unterminated" in str(error):
            return self.broken(TOO_LONG if len(self._held) > MOST_RECORD_CHARACTERS else CUT)
        self.line += self._held.count("\n", self._at, position)
        around = shown(self._held[max(self._at, position - 20) : position + 20])
        return self.broken(f"ce n’est pas du JSON bien formé, autour de « {around} ».")


def _values(file: _Text) -> Iterator[tuple[int, object]]:
    """Each element of the array that begins here, with its line."""
    file.expect("[")
    if file.peek() == "]":
        file.expect("]")
        return
    while True:
        file.peek()
        line = file.line
        yield line, file.decode()
        if file.peek() != ",":
            file.expect("]")
            return
        file.expect(",")


def _items(file: _Text) -> Read:
    for number, (line, value) in enumerate(_values(file), start=1):
        yield _record(f"{file.path.name}, fiche {number}, ligne {line}", value)


def _record(where: str, value: object) -> Record | Refused:
    if not isinstance(value, _Object):
        return Refused(where, "", shown(value), NOT_AN_OBJECT)
    if value.twice:
        return Refused(where, value.twice, shown(value[value.twice]), "Cette clé est deux fois dans la fiche.")
    return Record(where, value)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole)


def _object(pairs: list[tuple[str, object]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        found.twice = next(key for key, _ in pairs if key in seen or seen.add(key))
    return found


def _whole(digits: str) -> int | float:
    """No field is a number of more digits; int() is slow on long ones, and refuses the longest."""
    return int(digits) if len(digits) <= MOST_DIGITS else float(digits)
