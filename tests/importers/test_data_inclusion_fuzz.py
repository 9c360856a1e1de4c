"""Whatever bytes come: what is read is valid, what is not is told, and nothing but BrokenSource is ever raised."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec
from data_inclusion.schema import v1
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.model.directory import Organisation, Service
from graph.model.vocabulary import competences, kinds
from graph.store.records import properties
from importers.registry import SOURCES, Piece
from importers.sources.data_inclusion import v0_lists
from importers.sources.data_inclusion.get import SAMPLE
from importers.sources.territory.atlas import shipped
from importers.tables import BrokenSource

STRUCTURES, SERVICES = ((SAMPLE / f"{name}.csv").read_bytes() for name in ("structures", "services"))
STRUCTURE: Final[Mapping[str, Any]] = {
    "source": "essai",
    "id": "essai--s",
    "nom": "Maison d’essai",
    "date_maj": "2026-01-02",
    "code_insee": "25056",
}
SERVICE: Final[Mapping[str, Any]] = STRUCTURE | {
    "id": "essai--v",
    "structure_id": "essai--s",
    "description": "Une description.",
    "thematiques": ["mobilite--acceder-a-un-vehicule"],
}
FIELDS: Final = sorted({*v1.Structure.model_fields, *v1.Service.model_fields, *v0_lists.FIELDS, "score_qualite"})
TOKENS = (
    b'"',
    b"\n",
    b"\r",
    b",",
    b";",
    b"\0",
    b"\xff\xfe",
    b"\xe9",
    b"[",
    b"{",
    b"]",
    b"}",
    b"\\u0000",
    b"\\ud800",
    b"1e999",
)

quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["25056", "france", "2026-01-01", "gratuit"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def taken(content: Mapping[str, bytes]) -> list[Piece]:
    """What comes of these files, up to where they can be read."""
    pieces: list[Piece] = []
    with TemporaryDirectory() as folder:
        for name, stored in content.items():
            (Path(folder) / name).write_bytes(stored)
        path = Path(folder) / next(iter(content)) if len(content) == 1 else Path(folder)
        stream = SOURCES["data-inclusion"].stream
        assert stream
        with suppress(BrokenSource):
            pieces.extend(stream(path))
    return pieces


def texts(value: object) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def check(pieces: list[Piece]) -> None:
    bodies: dict[str, Organisation] = {}
    offered: dict[str, Service] = {}
    for piece in pieces:
        for record in (*piece.batch.organisations, *piece.batch.services):
            assert record.id not in bodies.keys() | offered.keys()
            assert all(zone in shipped() for zone in record.covers)
            assert record.place is None or record.place.territory == "" or record.place.territory in shipped()
            point = record.place.point if record.place else None
            assert point is None or (isfinite(point.lat) and isfinite(point.lon))
            # What goes to the graph is text that it can hold.
            written = "".join(texts(properties(record)))
            assert written.encode().decode() == written
            assert "\0" not in written
            assert msgspec.convert(msgspec.to_builtins(record), type(record)) == record
            if isinstance(record, Organisation):
                assert record.kind in kinds()
                bodies[record.id] = record
            else:
                assert record.organisation in bodies
                assert record.covers
                assert record.competences
                assert set(record.competences) <= competences().keys()
                offered[record.id] = record
        for told in piece.refused:
            assert told.message
            assert len(told.value) <= 80
            assert str(told.line).startswith(("structures", "services", "publication"))


@quick
@given(
    st.binary(max_size=400),
    st.sampled_from(["publication.json", "publication.csv", "publication.jsonl", "publication"]),
)
def test_any_bytes(content: bytes, name: str) -> None:
    check(taken({name: content}))


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A valid file with a few spans replaced, cut, or doubled."""
    content = whole
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        content = content[:start] + draw(st.sampled_from(TOKENS) | st.binary(max_size=8)) + content[end:]
    cut = draw(st.integers(0, 3))
    return content[: draw(st.integers(0, len(content)))] if cut == 0 else content


@quick
@given(damaged(STRUCTURES), damaged(SERVICES))
def test_damaged_tables(structures: bytes, services: bytes) -> None:
    check(taken({"structures.csv": structures, "services.csv": services}))


@quick
@given(damaged(gzip.compress(STRUCTURES, mtime=0)))
def test_damaged_archives(structures: bytes) -> None:
    check(taken({"structures.csv.gz": structures, "services.csv": SERVICES}))


@quick
@given(damaged(json.dumps({"structures": [STRUCTURE] * 3, "services": [SERVICE]}, indent=1).encode()))
def test_damaged_objects(content: bytes) -> None:
    check(taken({"publication.json": content}))


@quick
@given(damaged("\n".join([json.dumps(STRUCTURE), json.dumps(STRUCTURE | {"id": "essai--t"})] * 3).encode()))
def test_damaged_lines(content: bytes) -> None:
    check(taken({"structures.jsonl": content, "services.jsonl": json.dumps(SERVICE).encode()}))


@settings(quick, max_examples=200)
@given(
    st.dictionaries(st.sampled_from(FIELDS), anything, max_size=5),
    st.dictionaries(st.sampled_from(FIELDS), anything, max_size=5),
)
def test_fields_of_any_value(of_structure: dict[str, Any], of_service: dict[str, Any]) -> None:
    content = json.dumps({"structures": [STRUCTURE | of_structure, STRUCTURE], "services": [SERVICE | of_service]})
    check(taken({"publication.json": content.encode()}))
