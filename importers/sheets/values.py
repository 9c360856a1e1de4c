"""Values and the text of their cells: each kind of cell says a value, and reads what someone typed instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol

from opening_hours import validate
from rapidfuzz import fuzz, process

from graph.model.territory import Territory
from graph.model.words import fold
from importers.french import phone

SEPARATOR: Final = "; "
# Of a hundred, by the likest part of the longer of two; two letters are a part of anything.
LIKE_ENOUGH: Final = 78
LEAST_LETTERS: Final = 3
MOST_VALUES: Final = 300
MOST_HOURS: Final = 1_000
YES: Final = frozenset({"oui", "o", "vrai", "true", "1", "x"})
NO: Final = frozenset({"non", "n", "faux", "false", "0"})
FRENCH_DAY: Final = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", re.ASCII)
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
ADDRESS: Final = re.compile(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", re.IGNORECASE)
POSTCODE: Final = re.compile(r"\d{5}", re.ASCII)


class Misread(Exception):
    """What someone typed means nothing here; the sentence says what would."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a cell may refer to: the map (by id, then by typed name, likeliest first), and today."""

    territory: Callable[[str], Territory | None]
    named: Callable[[str], Sequence[Territory]]
    today: date


class Cell(Protocol):
    """One kind of cell. `tell` is given any value that a record may hold, `read` a plain text that is not empty."""

    def tell(self, value: Any, known: Known) -> str:
        """The value as text, "" for none."""
        ...

    def read(self, text: str, known: Known) -> Any:
        """The value of a text. Raises Misread."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Words, at most so many characters; on one line where `line`."""

    most: int
    line: bool = True

    def tell(self, value: str, known: Known) -> str:
        """As it is."""
        return value

    def read(self, text: str, known: Known) -> str:
        """As it is, within bounds."""
        said = re.sub(r"\s+", " ", text) if self.line else text
        if len(said) > self.most:
            raise Misread(f"Ce texte a {len(said)} caractères ; {self.most} au plus.")
        return said


@dataclass(frozen=True)
class Words:
    """Some of a closed list, by label, code or other name, separated by semicolons; `one` when it is exactly one."""

    what: str
    labels: Mapping[str, str]
    make: Callable[[str], Any] = str
    one: bool = False
    also: Mapping[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def _codes(self) -> dict[str, str]:
        codes = {fold(other): code for other, code in self.also.items()}
        return codes | {fold(text): code for code, label in self.labels.items() for text in (code, label)}

    def tell(self, value: Any, known: Known) -> str:
        """Labels; a code of another list as it is."""
        codes = (value,) if self.one else value
        return SEPARATOR.join(self.labels.get(str(code), str(code)) for code in codes)

    def read(self, text: str, known: Known) -> Any:
        """The codes, each once."""
        codes = [self._code(part) for part in parts(text)]
        if self.one:
            if len(codes) > 1:
                raise Misread(f"Une seule valeur est attendue ici : {self.what}.")
            return self.make(codes[0])
        return tuple(self.make(code) for code in dict.fromkeys(codes))

    def _code(self, typed: str) -> str:
        code = self._codes.get(fold(typed))
        if code is None:
            raise Misread(
                f"« {typed} » n’est pas dans la liste ({self.what}).{did_you_mean(typed, self.labels.values())}"
            )
        return code


class Territories:
    """Territories by code, each with its name in brackets, which is for reading only."""

    def __init__(self, *, one: bool = False) -> None:
        self._one = one

    def tell(self, value: Any, known: Known) -> str:
        """ "25056 (Besançon); departement:25 (Doubs)"."""
        ids = ((value,) if value else ()) if self._one else value
        return SEPARATOR.join(_named(id_, known.territory(id_)) for id_ in ids)

    def read(self, text: str, known: Known) -> Any:
        """The ids, each once."""
        ids = [self._id(part, known) for part in parts(text)]
        if self._one and len(ids) > 1:
            raise Misread("Une seule commune est attendue ici.")
        return ids[0] if self._one else tuple(dict.fromkeys(ids))

    def _id(self, typed: str, known: Known) -> str:
        code = typed.partition(" (")[0].strip()
        for id_ in (code, code.lower(), code.upper(), f"0{code}" if re.fullmatch(r"\d{4}", code) else code):
            if known.territory(id_):
                return id_
        found = known.named(code)[:3]
        or_ = " ou ".join(f"« {_named(one.id, one)} »" for one in found)
        raise Misread(
            f"« {typed} » n’est pas un code de territoire (code Insee d’une commune, « departement:25 », « pays:FR »)."
            + (f" Vouliez-vous dire {or_} ?" if found else "")
        )


class YesNo:
    """Yes, no, or not known (an empty cell)."""

    def tell(self, value: bool | None, known: Known) -> str:
        """In words."""
        return "" if value is None else "oui" if value else "non"

    def read(self, text: str, known: Known) -> bool:
        """In whatever way people write it."""
        said = fold(text)
        if said in YES or said in NO:
            return said in YES
        raise Misread("Écrivez « oui » ou « non ».")


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from 0 on."""

    most: int

    def tell(self, value: int | None, known: Known) -> str:
        """In digits."""
        return "" if value is None else str(value)

    def read(self, text: str, known: Known) -> int:
        """In digits."""
        digits = re.sub(r"\s", "", text)
        if not re.fullmatch(r"\d{1,6}", digits, re.ASCII) or int(digits) > self.most:
            raise Misread(f"Écrivez un nombre entier, de 0 à {self.most}.")
        return int(digits)


@dataclass(frozen=True, slots=True)
class Degrees:
    """A coordinate, in degrees, up to `most` on each side."""

    most: int

    def tell(self, value: float | None, known: Known) -> str:
        """With as many decimals as it has."""
        return "" if value is None else repr(float(value))

    def read(self, text: str, known: Known) -> float:
        """With a comma or a point."""
        said = text.replace(",", ".")
        if not re.fullmatch(r"-?\d{1,3}(\.\d{1,17})?", said, re.ASCII) or abs(float(said)) > self.most:
            raise Misread(f"Écrivez des degrés, de -{self.most} à {self.most}, comme 47,2378.")
        return float(said)


class Day:
    """A day, told the French way."""

    def tell(self, value: date | None, known: Known) -> str:
        """ "31/03/2026"."""
        return f"{value:%d/%m/%Y}" if value else ""

    def read(self, text: str, known: Known) -> date:
        """The French way, or as workbooks write it."""
        try:
            if ISO_DAY.fullmatch(text):
                return date.fromisoformat(text)
            if french := FRENCH_DAY.fullmatch(text):
                day, month, year = map(int, french.groups())
                return date(year, month, day)
        except ValueError:
            pass
        raise Misread("Écrivez une date qui existe, comme 31/03/2026.")


class Hours:
    """Opening hours, as OpenStreetMap writes them."""

    def tell(self, value: str, known: Known) -> str:
        """As it is."""
        return value

    def read(self, text: str, known: Known) -> str:
        """As it is, if it can be read."""
        said = re.sub(r"\s+", " ", text)
        if len(said) > MOST_HOURS or not validate(said):
            raise Misread(
                "Ces horaires ne peuvent pas être lus. Écrivez-les comme « Mo-Fr 09:00-12:00,14:00-17:00 », ou corrigez-les "
                "sur la page de la fiche."
            )
        return said


class Phone:
    """A telephone number."""

    def tell(self, value: str, known: Known) -> str:
        """As it is."""
        return value

    def read(self, text: str, known: Known) -> str:
        """In pairs of digits. A spreadsheet that took it for a number has lost its zero."""
        digits = re.sub(r"[\s.-]", "", text)
        said = phone(f"0{digits}" if re.fullmatch(r"[1-9]\d{8}", digits, re.ASCII) else text)
        if not re.fullmatch(r"\+?[\d\s().-]{2,25}", said, re.ASCII):
            raise Misread("Écrivez un seul numéro de téléphone, comme 03 81 61 50 50.")
        return said


@dataclass(frozen=True, slots=True)
class Shaped:
    """A text of a given shape: what else it may be called is said by `hint`."""

    shape: re.Pattern[str]
    hint: str
    most: int = 300
    mend: Callable[[str], str] = str

    def tell(self, value: str, known: Known) -> str:
        """As it is."""
        return value

    def read(self, text: str, known: Known) -> str:
        """As it is, if it has the shape."""
        said = self.mend(text)
        if len(said) > self.most or not self.shape.fullmatch(said):
            raise Misread(self.hint)
        return said


def parts(text: str) -> list[str]:
    """What a cell lists. Raises Misread for nothing, or too much."""
    found = [part for piece in re.split(r"[;\n]", text) if (part := piece.strip())]
    if not found:
        raise Misread("Cette cellule ne contient aucune valeur.")
    if len(found) > MOST_VALUES:
        raise Misread(f"Cette cellule a plus de {MOST_VALUES} valeurs.")
    return found


def did_you_mean(typed: str, among: Iterable[str]) -> str:
    """ " Vouliez-vous dire « … » ?" when something is like what was typed, else ""."""
    if len(fold(typed)) < LEAST_LETTERS:
        return ""
    found = process.extractOne(typed, list(among), scorer=fuzz.partial_ratio, processor=fold, score_cutoff=LIKE_ENOUGH)
    return f" Vouliez-vous dire « {found[0]} » ?" if found else ""


def labels_of(members: type[StrEnum], family: Callable[[str], str]) -> dict[str, str]:
    """The label of each member by its code."""
    return {member.value: family(member.value) for member in members}


def _named(id_: str, territory: Territory | None) -> str:
    return f"{id_} ({territory.name})" if territory else id_
