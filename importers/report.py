"""What an import did, in words: new, changed, gone, refused with the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Refused:
    """One entry that could not be taken. `line` is its line in the file, or its name where the file has no lines."""

    line: int | str
    field: str
    value: str
    message: str

    def in_words(self) -> str:
        """One line for the console, in French."""
        where = f"ligne {self.line}" if isinstance(self.line, int) else self.line
        what = f"{self.field} = « {self.value} »" if self.value else self.field
        return " — ".join(part for part in (where, what, self.message) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome of one import; `new`, `changed`, `gone`, `kept` are ids, `skipped` counts what was left out by its reason."""

    title: str
    dry_run: bool = False
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=Counter)

    def in_words(self, most: int = MOST_SHOWN) -> list[str]:
        """Lines for the console, in French; at most `most` ids and refusals are spelled out."""
        heading = f"{self.title} — essai, rien n’a été écrit" if self.dry_run else self.title
        lines = [
            heading,
            f"  nouveaux : {_number(len(self.new))}",
            f"  modifiés : {_number(len(self.changed))}",
            f"  inchangés : {_number(self.unchanged)}",
            f"  disparus : {_number(len(self.gone))}",
            f"  refusés : {_number(len(self.refused))}",
        ]
        if self.kept:
            lines.append(f"  absents mais gardés, car des lignes sont refusées : {_number(len(self.kept))}")
        lines += [f"  laissés de côté, {reason} : {_number(count)}" for reason, count in sorted(self.skipped.items())]
        lines += _listed("Disparus", self.gone, most)
        lines += _listed("Refusés", [refused.in_words() for refused in self.refused], most)
        return lines

    def in_short(self) -> str:
        """One line: how many are new, and how many were left aside or refused."""
        aside = sum(self.skipped.values())
        counts = ((len(self.new), "nouveaux"), (len(self.changed), "modifiés"), (aside, "laissés de côté"))
        told = [f"{_number(count)} {word}" for count, word in counts if count]
        return ", ".join([*told, f"{_number(len(self.refused))} refusés"])


def _listed(title: str, entries: Sequence[str], most: int) -> list[str]:
    if not entries:
        return []
    lines = [f"{title} :", *(f"  {entry}" for entry in entries[:most])]
    return [*lines, f"  … et {_number(len(entries) - most)} de plus"] if len(entries) > most else lines


def _number(count: int) -> str:
    """Digits grouped by three with a narrow no-break space, as French writes them."""
    return f"{count:,}".replace(",", "\u202f")
