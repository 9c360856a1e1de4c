"""What is downloaded and sent back changes nothing, whatever it holds; and no spreadsheet runs it."""

from __future__ import annotations

import csv
import io
import string
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from graph.model.directory import Capacity, Contact, ListingState, Mode, Place, Post, Public, Service
from graph.model.territory import Point
from importers.sheets.cells import FORMULA, plain, value_of, written
from importers.sheets.columns import Sheet, columns
from importers.sheets.writing import as_csv, as_workbook, told
from tests import make
from tests.importers.sheets import KNOWN, changes, planned, workbook

# What spreadsheets, CSV and XML each take for something else; "|" only parts these here.
NASTY = st.sampled_from(
    [
        "",
        "-",
        "'",
        "'-",
        "''-",
        "=1+1",
        "+33 3 81",
        "@x",
        "'=x",
        "'t Hooft",
        "\t=x",
        "\r=x",
        "＝1",
        "_x000D_",
        "_x0041_b",
        "a;b,c\td",
        'dit "oui"',
        "deux\nlignes",
        "a\r\nb\rc",
        "\xa0x\xa0",
        "\x00\x0b�",
        "–",
        "#REF!",
        "NULL",
        "0381",
        "1e5",
        "TRUE",
        "31/03/2026",
        "\ufeffx",
        "\u2028",
        "<b>&amp;</b>",
        "🙂",
        "\x85x",
    ]
)
WORDS = st.one_of(NASTY, st.text(max_size=20), st.text(alphabet=string.printable + "'=+-@é’", max_size=20))
MAYBE = st.sampled_from([None, True, False])
SOME_TERRITORIES = st.lists(st.sampled_from(["25056", "departement:25", "99999", "x y (z)"]), unique=True).map(tuple)
CONTACTS = st.builds(Contact, phone=WORDS, email=WORDS, url=WORDS)
POINTS = st.one_of(
    st.none(), st.builds(Point, st.floats(-90, 90, allow_nan=False), st.floats(-180, 180, allow_nan=False))
)
PLACES = st.one_of(
    st.none(),
    st.builds(
        Place, address=WORDS, postcode=WORDS, city=WORDS, territory=st.sampled_from(["", "25056", "x"]), point=POINTS
    ),
)
CAPACITIES = st.one_of(
    st.none(),
    st.builds(
        Capacity,
        vouched_on=st.just(make.TODAY),
        places_free=st.one_of(st.none(), st.integers(0, 10**9)),
        waiting_days=st.one_of(st.none(), st.integers(0, 10**9)),
        full_until=st.one_of(st.none(), st.dates(date(1900, 1, 1))),
    ),
)
SERVICES = st.builds(
    make.service,
    st.just("t:s"),
    name=WORDS,
    description=WORDS,
    conditions=WORDS,
    fee=WORDS,
    hours=WORDS,
    competences=st.lists(st.sampled_from([make.RENT, make.RSA, "gone--gone"]), unique=True).map(tuple),
    covers=SOME_TERRITORIES,
    publics=st.lists(st.sampled_from(Public), unique=True).map(tuple),
    excludes=st.lists(st.sampled_from(Public), unique=True).map(tuple),
    modes=st.lists(st.sampled_from(Mode), unique=True).map(tuple),
    state=st.sampled_from(ListingState),
    free=MAYBE,
    interpreter=MAYBE,
    accessible=MAYBE,
    without_residence_condition=MAYBE,
    answer_days=st.one_of(st.none(), st.integers(0, 10**9)),
    contact=CONTACTS,
    place=PLACES,
    capacity=CAPACITIES,
)
POSTS = st.builds(
    make.post,
    st.just("t:p"),
    label=WORDS,
    hours=WORDS,
    covers=SOME_TERRITORIES,
    contact=CONTACTS,
    duty_desk=st.booleans(),
)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def untouched(content: bytes, *records: Service | Post) -> None:
    found = planned(content, *records)
    assert (found.faults, changes(found), found.unchanged) == ((), [], len(records))


@settings(SLOW, max_examples=150)
@given(SERVICES, POSTS)
@example(make.service("t:s", name="-", description="x" * 40_000), make.post("t:p", label="=cmd|' /C calc'!A0"))
def test_a_csv_sent_back_changes_nothing(service: Service, post: Post) -> None:
    untouched(as_csv(Sheet.SERVICES, [service], KNOWN), service)
    untouched(as_csv(Sheet.POSTS, [post], KNOWN), post)


@SLOW
@given(SERVICES, POSTS)
@example(make.service("t:s", name="_x000D_", description="\t=x"), make.post("t:p", label="'-"))
def test_a_workbook_sent_back_changes_nothing(service: Service, post: Post) -> None:
    untouched(as_workbook({Sheet.SERVICES: [service], Sheet.POSTS: [post]}, KNOWN), service, post)


@given(WORDS)
def test_a_cell_comes_back_as_it_was(value: str) -> None:
    said = plain(value)
    assert plain(said) == said
    for as_text in (False, True):
        assert value_of(plain(written(said, as_text=as_text))) == said


@settings(SLOW)
@given(SERVICES)
def test_no_spreadsheet_runs_what_is_downloaded(service: Service) -> None:
    text = as_csv(Sheet.SERVICES, [service], KNOWN).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        assert [cell for cell in row if cell.lstrip()[:1] and cell.lstrip()[0] in FORMULA] == []
    book = load_workbook(io.BytesIO(as_workbook({Sheet.SERVICES: [service]}, KNOWN)))
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}


@given(SERVICES, WORDS.map(plain).filter(lambda text: 0 < len(text) < 200))
@settings(SLOW)
def test_a_change_is_taken_exactly(service: Service, name: str) -> None:
    """One cell of a downloaded file is changed: that one changes, and nothing else."""
    before = replace(service, name="Avant")
    wanted = " ".join(name.split())
    cells = [written(cell) for cell in told(Sheet.SERVICES, replace(before, name=name), KNOWN)]
    found = planned(_row(cells), before)
    expected: list[Any] = [] if wanted == "Avant" else [(2, "t:s", {"Nom": ("Avant", wanted)})]
    assert (found.faults, changes(found)) == ((), expected)


def _row(cells: list[str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([column.name for column in columns(Sheet.SERVICES)])
    writer.writerow(cells)
    return text.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("sheet", list(Sheet))
def test_the_empty_template_is_understood(sheet: Sheet) -> None:
    header = ";".join(column.name for column in columns(sheet))
    assert as_csv(sheet, [], KNOWN).decode("utf-8-sig") == header + "\r\n"


def test_the_workbook_explains_itself() -> None:
    book = load_workbook(io.BytesIO(as_workbook({}, KNOWN)))
    assert book.sheetnames == ["Services", "Interlocuteurs", "Lisez-moi", "Listes"]
    said = [cell.value for row in book["Lisez-moi"].iter_rows() for cell in row if cell.value]
    assert {column.name for sheet in Sheet for column in columns(sheet)} <= set(said)
    assert "Réduire les impayés de loyer" in [cell.value for cell in book["Listes"]["A"]]


def test_a_workbook_that_was_saved_again_is_read_the_same() -> None:
    service = make.service("t:s", contact=Contact(phone="03 81 61 50 50"), place=make.place(), hours="24/7")
    book = load_workbook(io.BytesIO(as_workbook({Sheet.SERVICES: [service]}, KNOWN)))
    saved = io.BytesIO()
    book.save(saved)
    untouched(saved.getvalue(), service)


def test_zeros_that_a_spreadsheet_took_off_are_put_back() -> None:
    service = make.service("t:s", contact=Contact(phone="03 81 61 50 50"), place=make.place())
    service = replace(service, place=replace(make.place(), postcode="01000"))
    header = [column.name for column in columns(Sheet.SERVICES)]
    cells: list[Any] = told(Sheet.SERVICES, service, KNOWN)
    cells[header.index("Téléphone")] = 381615050
    cells[header.index("Code postal")] = 1000
    untouched(workbook([header, cells]), service)
