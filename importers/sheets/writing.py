"""The same two tables, written: as a workbook with its explanations, or one of them as a CSV. What is written reads back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from graph.model.directory import Mode, Public
from graph.model.vocabulary import competences, label
from importers.sheets.cells import EMPTIED, plain, written
from importers.sheets.columns import STATES, Sheet, Told, columns
from importers.sheets.csv_file import csv_of
from importers.sheets.grid import MOST_ROWS
from importers.sheets.table import README
from importers.sheets.values import Known, Words, YesNo

LISTS: Final = "Listes"
AS_TEXT: Final = "@"
WIDTHS: Final[Mapping[str, int]] = {"Identifiant": 30, "Nom": 38, "Intitulé": 38, "Présentation": 60, "Aide pour": 44}
WIDTH: Final = 22
HEADING: Final = PatternFill("solid", start_color="FFE3EEF0")
RULES: Final = (
    "Une ligne par fiche, sous l’en-tête. Les deux tableaux : « Services » et « Interlocuteurs ».",
    "Identifiant : laissez-le tel quel, il dit de quelle fiche il s’agit. Vide : une nouvelle fiche est créée.",
    "Case vide : la valeur actuelle reste. Un tiret seul (-) : la valeur est effacée.",
    "Une colonne retirée du fichier, ou une ligne retirée, ne change rien : aucune fiche ne disparaît par absence.",
    "Pour archiver un service, écrivez « archivée » dans la colonne « État ».",
    "Plusieurs valeurs dans une case : séparez-les par un point-virgule.",
    "Une apostrophe devant =, +, - ou @ empêche le tableur d’y voir une formule : elle est retirée à l’envoi.",
    "Au plus 20 Mo et 10 000 lignes par tableau. Rien n’est enregistré avant que vous ayez vu et confirmé l’aperçu.",
    "N’écrivez ici aucune information sur une personne accompagnée.",
)


def as_csv(sheet: Sheet, records: Iterable[Told], known: Known) -> bytes:
    """One table, as French spreadsheets open it."""
    head = [column.name for column in columns(sheet)]
    return csv_of([head, *(told(sheet, record, known) for record in records)])


def as_workbook(tables: Mapping[Sheet, Sequence[Told]], known: Known) -> bytes:
    """Both tables, how to fill them in, and the words that lists accept. Every cell is text."""
    book = Workbook(write_only=True)
    for sheet in Sheet:
        page = book.create_sheet(sheet)
        _set_out(page, sheet)
        page.append([_cell(page, column.name, heading=True) for column in columns(sheet)])
        for record in tables.get(sheet, ()):
            page.append(
                [_cell(page, written(cell, as_text=True)) if cell else None for cell in told(sheet, record, known)]
            )
    _explain(book)
    _list(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def told(sheet: Sheet, record: Told, known: Known) -> list[str]:
    """The cells of a record, as plain text."""
    return [plain(column.told(record, known)) for column in columns(sheet)]


def _set_out(page: Any, sheet: Sheet) -> None:
    page.freeze_panes = "A2"
    for place, column in enumerate(columns(sheet), start=1):
        letter = get_column_letter(place)
        page.column_dimensions[letter].width = WIDTHS.get(column.name, WIDTH)
        page.column_dimensions[letter].number_format = AS_TEXT
        choices = _choices(column.cell)
        if choices:
            offered = DataValidation(type="list", formula1=f'"{",".join((*choices, EMPTIED))}"', allow_blank=True)
            offered.showErrorMessage = False
            offered.add(f"{letter}2:{letter}{MOST_ROWS + 1}")
            page.data_validations.append(offered)


def _choices(cell: object) -> tuple[str, ...]:
    """What a cell may say, where that is a word out of few."""
    if isinstance(cell, YesNo):
        return ("oui", "non")
    return tuple(STATES.values()) if isinstance(cell, Words) and cell.one else ()


def _explain(book: Workbook) -> None:
    page = book.create_sheet(README)
    page.column_dimensions["A"].width = 32
    page.column_dimensions["B"].width = 110
    page.append([_cell(page, "Lisez-moi", heading=True)])
    for rule in RULES:
        page.append([None, _cell(page, rule)])
    for sheet in Sheet:
        page.append([])
        page.append(
            [_cell(page, f"Feuille « {sheet} »", heading=True), _cell(page, "Ce que l’on y écrit", heading=True)]
        )
        for column in columns(sheet):
            needed = " À remplir pour une nouvelle fiche." if column.needed and column.path != "state" else ""
            page.append([_cell(page, column.name), _cell(page, column.help + needed)])


def _list(book: Workbook) -> None:
    page = book.create_sheet(LISTS)
    lists: tuple[tuple[str, Sequence[str]], ...] = (
        ("Aide pour : thèmes", [entry.label for entry in competences().values()]),
        ("Publics", [label("public", public) for public in Public]),
        ("Accueil : modes", [label("mode", mode) for mode in Mode]),
    )
    for place in range(1, len(lists) + 1):
        page.column_dimensions[get_column_letter(place)].width = 70 if place == 1 else 44
    page.append([_cell(page, heading, heading=True) for heading, _ in lists])
    longest = max(len(words) for _, words in lists)
    for number in range(longest):
        page.append([_cell(page, words[number]) if number < len(words) else None for _, words in lists])


def _cell(page: Any, text: str, *, heading: bool = False) -> Any:
    """A cell that is text whatever it looks like, and stays so when someone types in it."""
    cell = WriteOnlyCell(page, value="")
    cell._value = text  # the library would take what begins with = for a formula
    cell.data_type = "s"
    cell.number_format = AS_TEXT
    if heading:
        cell.font, cell.fill = Font(bold=True), HEADING
        cell.alignment = Alignment(vertical="top")
    return cell
