"""One cell as text: what a spreadsheet would run is made harmless, and comes back as it was.

A cell that begins with a sign of a formula gets an apostrophe, which is taken off when the cell is read again. So that no value
is lost, what begins with an apostrophe and such a sign gets one more.
"""

from __future__ import annotations

import re
from typing import Final

# What spreadsheets read as a formula, with the wide forms that some of them take for it. Blanks before it are taken off.
FORMULA: Final = "=+-@＝＋－＠"
MARKED: Final = re.compile(rf"'(?=['{FORMULA}])")
# Alone in a cell: the value is to be emptied. An empty cell leaves it as it is.
EMPTIED: Final = "-"
# No cell of a workbook may be longer.
MOST_CHARACTERS: Final = 32_000
# What is no text: neither XML nor a reader knows what to do with it.
_UNSPEAKABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")


def plain(text: str) -> str:
    """The text as a cell can hold it: lines end alike, nothing unspeakable, no outer blanks, not longer than a cell."""
    one_way = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSPEAKABLE.sub("", one_way).strip()[:MOST_CHARACTERS].rstrip()


def written(value: str, *, as_text: bool = False) -> str:
    """A plain value as it is put in a cell; `as_text` in a workbook, whose cells say that they are no formula."""
    runs = bool(value) and value[0] in FORMULA
    marked = MARKED.match(value) or value == EMPTIED or (runs and not as_text)
    return f"'{value}" if marked else value


def inert(text: str, *, as_text: bool = False) -> str:
    """Any text as words that no spreadsheet runs; `as_text` in a workbook, whose cells say that they are no formula."""
    return written(plain(text), as_text=as_text)


def is_emptied(cell: str) -> bool:
    """Whether a plain cell says that its value is to be emptied."""
    return cell == EMPTIED


def value_of(cell: str) -> str:
    """The value of a plain cell that `written` made, or that someone typed."""
    return MARKED.sub("", cell, count=1) if MARKED.match(cell) else cell
