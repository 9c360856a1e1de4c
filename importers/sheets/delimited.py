"""A CSV that someone saved: whatever separator and encoding their spreadsheet chose."""

from __future__ import annotations

import csv
import io
from typing import Final

from importers.sheets.cells import plain
from importers.sheets.grid import Filling, Grid, Unreadable

SEPARATORS: Final = ";,\t"
# A quote that is never closed makes one cell of all that follows.
MOST_CELL: Final = 131_072
_OTHER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def read_delimited(content: bytes) -> Grid:
    """The one table of a CSV in UTF-8, with or without its mark, or Windows-1252. Raises Unreadable."""
    text = _text(content)
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    filling = Filling("")
    begins = 1
    try:
        for cells in reader:
            filling.add(begins, [plain(cell) for cell in cells])
            begins = reader.line_num + 1
    except csv.Error as error:
        if "field larger" in str(error):
            raise Unreadable(
                f"Ligne {begins} : une valeur est démesurée. Un guillemet y est peut-être ouvert et jamais fermé."
            ) from None
        raise Unreadable(
            f'Ligne {begins} : la suite ne peut pas être lue. Un guillemet (") y est mal placé ou jamais fermé.'
        ) from None
    return filling.done()


def _text(content: bytes) -> str:
    if content.startswith(_OTHER_MARKS):
        raise Unreadable("Ce fichier est en UTF-16. Enregistrez-le en « CSV UTF-8 » ou en .xlsx.")
    if b"\0" in content:
        raise Unreadable("Ce fichier n’est ni un CSV ni un classeur .xlsx.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("L’encodage de ce fichier n’est pas reconnu. Enregistrez-le en « CSV UTF-8 » ou en .xlsx.")


def _separator(text: str) -> str:
    """The one that cuts the first line that says something into most parts; the semicolon between equals, as French tools do."""
    start = text[:MOST_CELL].splitlines()
    first = next((line for line in start if line.strip(f' \t{SEPARATORS}"')), "")
    outside = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=outside.count)
