"""Lays the documents out as flat drafts, and learns the communes and templates that they describe."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from importers.report import Refused
from importers.sources.demonstration import records
from importers.sources.demonstration.entry import Entry, EntryError
from importers.sources.demonstration.get import Document
from importers.sources.demonstration.records import Commune
from importers.sources.demonstration.unfold import Draft, Shape, unfold

TABLES: Final = frozenset({"communes", "defaults", "template", Shape.ORGANISATION, Shape.AGREEMENT})


@dataclass(slots=True)
class Layout:
    """The drafts in the order of the files, and what was refused so far."""

    today: date
    drafts: list[Draft] = field(default_factory=list)
    communes: dict[str, Commune] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)

    def refuse(self, entry: str, fault: EntryError) -> None:
        """Sets one entry aside; `entry` says where to find it: "paris.toml › organisation siao-paris"."""
        self.refused.append(Refused(line=entry, field=fault.field, value=fault.value, message=fault.message))


def lay_out(documents: Iterable[Document], today: date) -> Layout:
    """The drafts of all documents. Raises nothing for what the documents say."""
    layout = Layout(today)
    for document in documents:
        if document.fault:
            layout.refuse(document.name, EntryError("", None, f"Ce fichier ne peut pas être lu : {document.fault}"))
        for key in sorted(document.tables.keys() - TABLES):
            layout.refuse(document.name, EntryError(key, document.tables[key], "Cette table n’existe pas."))
        for code, table in _table(layout, document, "communes").items():
            _learn_commune(layout, document.name, code, table)
        _lay_out_organisations(layout, document)
        for table in _list(layout, document, Shape.AGREEMENT):
            layout.drafts.append(Draft(Shape.AGREEMENT, document.name, table))
    return layout


def _lay_out_organisations(layout: Layout, document: Document) -> None:
    defaults, templates = _table(layout, document, "defaults"), _table(layout, document, "template")
    for table in _list(layout, document, Shape.ORGANISATION):
        try:
            layout.drafts += unfold(document.name, table, templates, defaults)
        except EntryError as fault:
            layout.refuse(Draft(Shape.ORGANISATION, document.name, table).name, fault)


def _learn_commune(layout: Layout, document: str, code: str, table: object) -> None:
    try:
        if not isinstance(table, dict):
            raise EntryError(code, table, "Il faut ici une table.")
        entry = Entry(table, layout.today)
        found = records.commune(entry)
        entry.finish()
        layout.communes[code] = found
    except EntryError as fault:
        layout.refuse(f"{document} › commune {code}", fault)


def _table(layout: Layout, document: Document, key: str) -> dict[str, object]:
    found = document.tables.get(key, {})
    if isinstance(found, dict):
        return found
    layout.refuse(document.name, EntryError(key, found, "Il faut ici une table."))
    return {}


def _list(layout: Layout, document: Document, key: str) -> list[dict[str, object]]:
    found = document.tables.get(key, [])
    if isinstance(found, list) and all(isinstance(table, dict) for table in found):
        return found
    layout.refuse(document.name, EntryError(key, found, "Il faut ici une liste de tables."))
    return []
