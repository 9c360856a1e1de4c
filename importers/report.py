"""What an import did, in words: new, changed, gone, refused with the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

X = TypeVar("X")

MOST_SHOWN: Final = 20
# Enough to work through by hand; more says that the file is another than was meant.
MOST_KEPT: Final = 200


@dataclass(frozen=True, slots=True)
class Refused:
    """One entry that could not be taken. `line` is its line in the file, or its name where the file has no lines.

    `aside` when the rest of the entry was taken, and this value alone was not.
    """

    line: int | str
    field: str
    value: str
    message: str
    aside: bool = False

    def in_words(self) -> str:
        """One line for the console, in French."""
        where = f"ligne {self.line}" if isinstance(self.line, int) else self.line
        what = f"{self.field} = « {self.value} »" if self.value else self.field
        return " — ".join(part for part in (where, what, self.message) if part)


@dataclass(slots=True)
class Tally(Generic[X]):
    """How many, and the first of them: a report of a load of any size is small."""

    count: int = 0
    first: list[X] = field(default_factory=list)

    def add(self, some: Iterable[X]) -> None:
        """Count these, and keep those for which there is room."""
        for one in some:
            self.count += 1
            if len(self.first) < MOST_KEPT:
                self.first.append(one)


@dataclass(slots=True, kw_only=True)
class Report:
    """The outcome of one import, filled as it goes on.

    `new`, `changed`, `gone`, `kept` tally ids, `refused` entries, `aside` values whose entries were taken without them,
    `doubts` pairs that may be one body (a line each);
    `skipped` counts what was left out by its reason.
    """

    title: str
    dry_run: bool = False
    new: Tally[str] = field(default_factory=Tally[str])
    changed: Tally[str] = field(default_factory=Tally[str])
    unchanged: int = 0
    gone: Tally[str] = field(default_factory=Tally[str])
    kept: Tally[str] = field(default_factory=Tally[str])
    merged: int = 0
    doubts: Tally[str] = field(default_factory=Tally[str])
    refused: Tally[Refused] = field(default_factory=Tally[Refused])
    aside: Tally[Refused] = field(default_factory=Tally[Refused])
    skipped: Counter[str] = field(default_factory=Counter)

    def refuse(self, entries: Iterable[Refused]) -> None:
        """Count these with the entries, or with the values, that were not taken."""
        for entry in entries:
            (self.aside if entry.aside else self.refused).add([entry])

    def in_words(self, most: int = MOST_SHOWN) -> list[str]:
        """Lines for the console, in French; at most `most` of each kind are spelled out."""
        heading = f"{self.title} — essai, rien n’a été écrit" if self.dry_run else self.title
        lines = [
            heading,
            f"  nouveaux : {_number(self.new.count)}",
            f"  modifiés : {_number(self.changed.count)}",
            f"  inchangés : {_number(self.unchanged)}",
            f"  disparus : {_number(self.gone.count)}",
            f"  refusés : {_number(self.refused.count)}",
        ]
        if self.aside.count:
            lines.append(f"  valeurs laissées de côté, le reste de la fiche est pris : {_number(self.aside.count)}")
        if self.kept.count:
            lines.append(f"  absents mais gardés, car des lignes sont refusées : {_number(self.kept.count)}")
        if self.merged:
            lines.append(f"  déjà connus par une autre source, réunis : {_number(self.merged)}")
        if self.doubts.count:
            lines.append(f"  peut-être déjà connus, non réunis : {_number(self.doubts.count)}")
        lines += [f"  laissés de côté, {reason} : {_number(count)}" for reason, count in sorted(self.skipped.items())]
        lines += _listed("Disparus", self.gone, most)
        lines += _listed("Peut-être le même organisme", self.doubts, most)
        lines += _listed("Valeurs laissées de côté", _spelled(self.aside), most)
        return lines + _listed("Refusés", _spelled(self.refused), most)

    def in_short(self) -> str:
        """One line: how many are new, and how many were left aside or refused."""
        counts = (
            (self.new.count, "nouveaux"),
            (self.changed.count, "modifiés"),
            (self.skipped.total(), "laissés de côté"),
        )
        told = [f"{_number(count)} {word}" for count, word in counts if count]
        return ", ".join([*told, f"{_number(self.refused.count)} refusés"])


def _spelled(entries: Tally[Refused]) -> Tally[str]:
    return Tally(entries.count, [entry.in_words() for entry in entries.first])


def _listed(title: str, entries: Tally[str], most: int) -> list[str]:
    if not entries.count:
        return []
    shown = entries.first[:most]
    lines = [f"{title} :", *(f"  {entry}" for entry in shown)]
    return [*lines, f"  … et {_number(entries.count - len(shown))} de plus"] if entries.count > len(shown) else lines


def _number(count: int) -> str:
    """Digits grouped by three with a narrow no-break space, as French writes them."""
    return f"{count:,}".replace(",", "\u202f")
