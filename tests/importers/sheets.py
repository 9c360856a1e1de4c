"""Tables as people send them, and the directory they are compared with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from openpyxl import Workbook

from graph.model.directory import Post, Service
from importers.sheets.plan import Held, Plan, plan
from importers.sheets.table import read_file
from importers.sheets.values import Known
from tests import make

OWN: Final = "t:caf"
PLACES: Final = {territory.id: territory for territory in make.territories()}
KNOWN: Final = Known(
    territory=PLACES.get,
    named=lambda typed: [place for place in PLACES.values() if place.name.lower() == typed.lower()],
    today=date(2026, 3, 10),
)


def held(*records: Service | Post) -> Held:
    return Held(
        own=OWN,
        organisations={OWN: "Organisme d’essai", "t:unit": "Unité d’essai"},
        services={record.id: record for record in records if isinstance(record, Service)},
        posts={record.id: record for record in records if isinstance(record, Post)},
    )


def planned(content: bytes, *records: Service | Post, mark: str = "f") -> Plan:
    return plan(read_file(content), held(*records), KNOWN, mark)


def csv_of(header: str, *lines: str) -> bytes:
    return "\r\n".join([header, *lines, ""]).encode("utf-8-sig")


def workbook(rows: Sequence[list[Any]], title: str = "Services") -> bytes:
    book = Workbook()
    page = book.worksheets[0]
    page.title = title
    for row in rows:
        page.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def tampered(content: bytes, members: Mapping[str, bytes]) -> bytes:
    """The archive with these members replaced, or added."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, members.get(name, before.read(name)))
        for name in members.keys() - set(before.namelist()):
            after.writestr(name, members[name])
    return packed.getvalue()


def told(plan: Plan) -> list[tuple[int, str, str, str]]:
    """What is wrong: line, column, value, message."""
    return [(fault.line, fault.column, fault.value, fault.message) for fault in plan.faults]


def changes(plan: Plan) -> list[tuple[int, str, dict[str, tuple[str, str]]]]:
    """What would change: line, id, before and after by column."""
    return [(one.line, one.id, {cell.column: (cell.before, cell.after) for cell in one.cells}) for one in plan.planned]
