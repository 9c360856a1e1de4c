"""What a filled table would change of the directory: cell by cell, with what was there; and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import count
from typing import Any, Final, TypeAlias

from graph.model.directory import ListingState, Post, Service
from graph.model.listing import PARTNER, FieldGroup
from graph.model.words import fold
from importers.sheets.cells import is_emptied, plain, value_of
from importers.sheets.columns import ID, ORGANISATION, Column, Sheet, Told, columns
from importers.sheets.grid import MOST_FAULTS, Fault
from importers.sheets.making import LAT, LON, HalfAPoint, stale_point, with_values
from importers.sheets.table import Filled, Row
from importers.sheets.values import Known, Misread

Name: TypeAlias = tuple[Sheet, str, str]
NAMED: Final = {Sheet.SERVICES: "Nom", Sheet.POSTS: "Intitulé"}


@dataclass(frozen=True, slots=True)
class Held:
    """What may be changed: services and posts by id, of the acting organisation (`own`) and those below it, by id and name."""

    own: str
    organisations: Mapping[str, str]
    services: Mapping[str, Service]
    posts: Mapping[str, Post]

    def of(self, sheet: Sheet) -> Mapping[str, Told]:
        """The records of one table."""
        return self.services if sheet is Sheet.SERVICES else self.posts


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell: its column, its group, what it told and what it would tell, both as text."""

    column: str
    group: FieldGroup
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One line that changes something. `said` is what the file says, `record` what would then be; a new record has its id."""

    sheet: Sheet
    line: int
    id: str
    new: bool
    cells: tuple[CellChange, ...]
    said: Mapping[str, str]
    record: Told

    @property
    def name(self) -> str:
        """As the record would then be called."""
        return _name(self.record)

    @property
    def groups(self) -> tuple[FieldGroup, ...]:
        """Those that change, in the order of a page."""
        changed = {cell.group for cell in self.cells}
        return tuple(group for group in FieldGroup if group in changed)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that one file would do. With a fault, nothing of it is done."""

    planned: tuple[Planned, ...]
    unchanged: int
    faults: tuple[Fault, ...]
    more_faults: int = 0


def _name(record: Told) -> str:
    return record.name if isinstance(record, Service) else record.label


def plan(filled: Filled, held: Held, known: Known, mark: str) -> Plan:
    """Compare a filled table with what is held. `mark` names the file: new records get their ids from it and their line."""
    comparing = _Comparing(held, known, mark)
    for row in filled.rows:
        comparing.take(row)
    faults = sorted([*filled.faults, *comparing.faults], key=lambda fault: (fault.sheet, fault.line))
    return Plan(
        tuple(comparing.planned), comparing.unchanged, tuple(faults[:MOST_FAULTS]), max(0, len(faults) - MOST_FAULTS)
    )


class _Comparing:
    """One comparison on its way."""

    def __init__(self, held: Held, known: Known, mark: str) -> None:
        self._held, self._known, self._mark = held, known, mark
        self._lines: dict[tuple[Sheet, str], int] = {}
        self._names: dict[Name, int | str] = {
            (sheet, organisation, fold(name)): id_
            for sheet in Sheet
            for id_, record in held.of(sheet).items()
            for organisation, name in [(record.organisation, _name(record))]
            # What an undone file had made is archived, and bars no file that comes after.
            if not (isinstance(record, Service) and record.state is ListingState.ARCHIVED)
        }
        self.planned: list[Planned] = []
        self.faults: list[Fault] = []
        self.unchanged = 0

    def take(self, row: Row) -> None:
        """One line: a change, nothing, or faults."""
        id_ = value_of(row.cells.get(ID, ""))
        record = self._held.of(row.sheet).get(id_)
        if id_ and record is None:
            self._fault(
                row, ID, "Aucune fiche de votre organisme n’a cet identifiant. Videz la case pour une nouvelle fiche."
            )
            return
        if id_ and (first := self._lines.setdefault((row.sheet, id_), row.line)) != row.line:
            self._fault(row, ID, f"Cette fiche est déjà à la ligne {first}. Gardez une seule de ces lignes.")
            return
        if record is None:
            self._new(row)
        else:
            self._changed(row, record)

    def _fresh(self, row: Row, organisation: str) -> str:
        """The id of a new record: of this file and line, and of how often it was made and taken back before."""
        for time in count():
            told = f"{organisation}|{self._mark}|{row.sheet}|{row.line}" + (f"|{time}" if time else "")
            id_ = f"{PARTNER}:{blake2b(told.encode(), digest_size=16).hexdigest()}"
            if id_ not in self._held.of(row.sheet):
                return id_
        raise AssertionError("unreachable")

    def _changed(self, row: Row, record: Told) -> None:
        values, cells = self._values(row, record)
        if values is None:
            return
        planned = self._planned(row, record, values, cells, new=False)
        if planned and planned.cells:
            self.planned.append(planned)
        elif planned:
            self.unchanged += 1

    def _new(self, row: Row) -> None:
        organisation = value_of(row.cells.get(ORGANISATION, "")) or self._held.own
        if organisation not in self._held.organisations:
            self._fault(row, ORGANISATION, "Vous n’agissez pas pour cet organisme. Laissez la case vide pour le vôtre.")
            return
        record = _empty(row.sheet, self._fresh(row, organisation), organisation, self._known)
        values, cells = self._values(row, record)
        lacking = [c for c in columns(row.sheet) if c.needed and c.path != "state" and c.name not in row.cells]
        for column in lacking:
            self._fault(row, column.name, "Une nouvelle fiche doit remplir cette colonne.")
        if values is None or lacking or not self._named(row, organisation):
            return
        if planned := self._planned(row, record, values, cells, new=True):
            self.planned.append(planned)

    def _named(self, row: Row, organisation: str) -> bool:
        """Whether this name is free: a file that is sent again, with one line more, must not make its listings twice."""
        column = NAMED[row.sheet]
        name = (row.sheet, organisation, fold(value_of(row.cells[column])))
        first = self._names.setdefault(name, row.line)
        if first == row.line:
            return True
        where = f"à la ligne {first}" if isinstance(first, int) else f"dans l’annuaire (identifiant {first})"
        self._fault(row, column, f"Une fiche de ce nom est déjà {where}. Donnez son identifiant, ou un autre nom.")
        return False

    def _values(self, row: Row, record: Told) -> tuple[dict[str, Any] | None, list[Column]]:
        """What the line says of each field, by path; None when some of it cannot be read. Untouched cells are left out."""
        values: dict[str, Any] = {}
        touched: list[Column] = []
        wrong = False
        for column in columns(row.sheet):
            cell = row.cells.get(column.name, "")
            told = plain(column.told(record, self._known))
            if not cell or (value_of(cell) == told and not (is_emptied(cell) and told)):
                continue
            try:
                value = self._read(column, cell, record)
            except Misread as misread:
                wrong = True
                self._fault(row, column.name, str(misread))
                continue
            if not _same(value, column.value(record)):
                values[column.path] = value
                touched.append(column)
        return None if wrong else values, touched

    def _read(self, column: Column, cell: str, record: Told) -> Any:
        if column.fixed:
            if column.name == ORGANISATION and value_of(cell) != record.organisation:
                raise Misread("L’organisme d’une fiche ne se change pas par fichier.")
            return column.value(record)
        if not is_emptied(cell):
            return column.cell.read(value_of(cell), self._known)
        if column.needed:
            raise Misread("Cette colonne ne peut pas être vidée.")
        return column.nothing

    def _planned(
        self, row: Row, record: Told, values: dict[str, Any], touched: list[Column], *, new: bool
    ) -> Planned | None:
        if stale_point(record, values):
            values |= {LAT: None, LON: None}
            touched = [*touched, *(column for column in columns(row.sheet) if column.path in (LAT, LON))]
        try:
            after = with_values(record, values, self._known.today)
        except HalfAPoint:
            self._fault(row, "Latitude", "La latitude et la longitude vont ensemble : remplissez ou videz les deux.")
            return None
        if isinstance(after, Service) and after.state is not ListingState.ARCHIVED:
            # Brought back, it is nobody's predecessor.
            after = replace(after, successor="")
        cells = tuple(
            CellChange(c.name, c.group, plain(c.told(record, self._known)), plain(c.told(after, self._known)))
            for c in touched
        )
        return Planned(sheet=row.sheet, line=row.line, id=record.id, new=new, cells=cells, said=row.cells, record=after)

    def _fault(self, row: Row, column: str, message: str) -> None:
        value = row.cells.get(column, "")
        self.faults.append(Fault(row.sheet, row.line, column, value[:80], message))


def _empty(sheet: Sheet, id_: str, organisation: str, known: Known) -> Told:
    """A record that says nothing yet; its voice is that of whoever writes it."""
    if sheet is Sheet.POSTS:
        return Post(id=id_, label="", organisation=organisation)
    return Service(
        id=id_, name="", organisation=organisation, competences=(), covers=(), source="", vouched_on=known.today
    )


def _same(one: Any, other: Any) -> bool:
    """Lists of a record have no order of their own."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return frozenset(one) == frozenset(other)
    return one == other
