"""`python -m api.data_map`: writes docs/data-map.md, which says what is kept of whom, where, how long, and who reads it.

The labels are those of the migrations, the sealed fields those of the model's own classes: what is not described is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

from graph.model.casework import file as of_file
from graph.model.casework.acts import EVENTS
from graph.model.casework.grounds import Consent
from graph.model.casework.handoff import Handoff
from graph.model.sheets import Row, rows
from graph.store import migrations, schema

HOME: Final = Path(__file__).resolve().parent.parent
PAGE: Final = HOME / "docs" / "data-map.md"
LABEL: Final = re.compile(r"FOR \(n:(\w+)\)")
SHEET: Final = "data_map.csv"
# What a file is made of, beside its acts.
PARTS: Final = (
    of_file.Identity,
    of_file.Member,
    of_file.Need,
    of_file.CoReferent,
    of_file.CircleMember,
    of_file.Watch,
    of_file.Appointment,
    of_file.PersonPage,
    of_file.Asking,
    Consent,
    Handoff,
)
HEAD: Final = """# The data map

Written by `python -m api.data_map` from the schema; a test compares. What it means for people is in [privacy.md](privacy.md).

## What the graph keeps

"Sealed" is encrypted with the key of one file, which is kept outside the graph and its backups. The last column is what an
erasure leaves.

| label | what | data | who reads it | kept | at erasure |
|---|---|---|---|---|---|
"""
SEALED: Final = """
## What is sealed in a file

Nothing of this can be read in the graph, its backups or its journals without the file's key.

| part | fields |
|---|---|
"""
ACTS: Final = """
## The acts of a file's log

Each is sealed whole; act and moment stand beside it in clear.

| act | fields |
|---|---|
"""


def labels() -> frozenset[str]:
    """Every label that a migration gives an index or a constraint."""
    folder = Path(migrations.__path__[0])
    texts = [path.read_text() for path in (*folder.glob("m*.py"), Path(schema.__file__))]
    return frozenset(label for text in texts for label in LABEL.findall(text))


def data_map() -> str:
    """The page. Raises KeyError for a label that is not described."""
    described = {row.required("label"): row for row in rows(SHEET)}
    return "".join(
        (
            HEAD,
            *(_line(label, *_cells(described[label])) for label in sorted(labels())),
            SEALED,
            *(_line(part.__name__, _names(part)) for part in PARTS),
            ACTS,
            *(_line(name, _names(act)) for name, act in sorted(EVENTS.items())),
        )
    )


def _cells(row: Row) -> Iterator[str]:
    for name in ("what", "data", "readers", "kept", "erased"):
        yield row.text(name) or "–"


def _names(kind: type) -> str:
    return ", ".join(field.name for field in fields(kind))


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    PAGE.write_text(data_map())
