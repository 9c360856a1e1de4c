"""What the pages of files say of one, and of those before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from api.words.dates import clock, exact_day
from graph.model.uploads import SeenCell, SeenLine, Upload, UploadState
from graph.model.vocabulary import label
from search.hours import PARIS

STATE_WORDS: Final = {
    UploadState.REFUSED: "à corriger",
    UploadState.WAITING: "à confirmer",
    UploadState.APPLIED: "enregistré",
    UploadState.TAKEN_BACK: "annulé",
}
LONGEST_SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class GroupView:
    """The cells of one group of fields."""

    label: str
    cells: tuple[SeenCell, ...]


@dataclass(frozen=True, slots=True)
class LineView:
    """One line as the preview shows it; `verb` says what would become of the listing."""

    sheet: str
    line: int
    name: str
    verb: str
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class PastView:
    """One upload in the list."""

    id: str
    file: str
    when: str
    said_by: str
    counts: str
    state: str


def line_view(line: SeenLine) -> LineView:
    """A line with its cells by group, long texts cut."""
    groups = tuple(
        GroupView(label("field_group", group), tuple(map(_short, cells)))
        for group, cells in groupby(line.seen, key=lambda cell: cell.group)
    )
    archived = any(cell.column == "État" and cell.after == "archivée" for cell in line.seen)
    verb = "Nouvelle" if line.new else "Archivée" if archived else "Modifiée"
    return LineView(line.sheet, line.line, line.name, verb, groups)


def past_view(upload: Upload) -> PastView:
    """An upload in the list of those done."""
    return PastView(
        upload.id,
        upload.file,
        moment(upload.ended or upload.at),
        upload.said_by,
        counts(upload),
        STATE_WORDS[upload.state],
    )


def counts(upload: Upload) -> str:
    """ "3 fiches modifiées, 1 nouvelle, 12 inchangées"."""
    told = [
        (upload.changed, "fiche modifiée", "fiches modifiées"),
        (upload.created, "nouvelle", "nouvelles"),
        (upload.unchanged, "inchangée", "inchangées"),
    ]
    words = [f"{count} {one if count == 1 else many}" for count, one, many in told if count]
    return ", ".join(words) or "aucune fiche"


def moment(at: datetime) -> str:
    """ "10 mars 2026 à 9 h 30", where the partners are."""
    local = at.astimezone(PARIS)
    return f"{exact_day(local.date())} à {clock(local.time())}"


def pages_of(count: int, part: int) -> Sequence[int]:
    """The numbers of the pages of a list, from 0."""
    return range(-(-count // part))


def _short(cell: SeenCell) -> SeenCell:
    return SeenCell(cell.column, cell.group, _cut(cell.before), _cut(cell.after))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN].rstrip()}…"
