"""The data map is that of the schema: a label that nobody described, or a page that is older, is refused."""

from __future__ import annotations

from api.data_map import PAGE, SHEET, data_map, labels
from graph.model.sheets import rows
from graph.store.casework.forgetting import GONE, KEPT


def test_the_page_is_what_the_schema_says() -> None:
    assert PAGE.read_text() == data_map(), "python -m api.data_map"


def test_every_label_is_described() -> None:
    described = {row.required("label") for row in rows(SHEET)}
    assert labels() - described == set()


def test_what_an_erasure_does_is_what_the_map_says() -> None:
    said = {row.required("label"): row.text("erased") for row in rows(SHEET)}
    assert {label for label in GONE if said[label] == "gone"} == GONE.keys()
    assert {label for label in KEPT if "stay" in said[label]} == KEPT
