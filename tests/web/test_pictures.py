"""Pictures: what they draw is what their tables say, hidden numbers have no size, texts are escaped, the same is drawn alike."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as some

from api.web.pages.coordination.answer import number, share
from api.web.pictures import bodies, flow
from api.web.pictures.bars import Delay, delays, marks_of
from api.web.pictures.chains import Path, chains
from api.web.pictures.grid import Load, grid
from api.web.pictures.places import Changed, Town, changes_map, coverage_map
from api.web.pictures.svg import NAMESPACE, Canvas, el, fitted, grouped, text, told
from api.web.pictures.table import HIDDEN_SHORT, HIDDEN_WORDS, Drawn, Table
from graph.model.figures.histograms import FROM
from graph.model.figures.sums import AtLeast, added
from graph.model.territory import Point

NASTY = """<script>&"'</script>"""
SVG = f"{{{NAMESPACE}}}"
HEADS = ("Qui envoie", "Qui reçoit")
EVERY = [
    flow.flow("p", "t", "d", HEADS, [flow.Stop("a", 0, NASTY), flow.Stop("b", 1, NASTY)], [flow.Band("a", "b", 12)]),
    delays("d", NASTY, NASTY, Delay((12,) * len(FROM), (None,) * len(FROM), marks_of([(NASTY, 1)]))),
    grid("g", NASTY, NASTY, Load(NASTY, (NASTY,), ((NASTY, (12,)),))),
    chains("c", NASTY, NASTY, (Path((NASTY, "b", NASTY), 12, NASTY, frozenset({2})),)),
    coverage_map("m", NASTY, NASTY, [Town(NASTY, Point(47, 6), 12, 0), Town("b", Point(46, 5), 1, 1)]),
    changes_map("r", NASTY, NASTY, [Changed(NASTY, Point(47, 6), 12, 1, 0), Changed("b", Point(46, 5), 1, 0, 1)]),
    bodies.network_map(
        "n",
        NASTY,
        NASTY,
        [bodies.Body("a", NASTY, 12, ("silence",)), bodies.Body("b", "b", 1)],
        [bodies.Tie("a", "b", 12)],
    ),
]


def tree(drawn: Drawn) -> ElementTree.Element:
    return ElementTree.fromstring(drawn.canvas.alone())


def classes(drawn: Drawn, wanted: str) -> list[ElementTree.Element]:
    return [one for one in tree(drawn).iter() if wanted in one.get("class", "").split()]


@pytest.mark.parametrize("drawn", EVERY, ids=lambda one: one.name)
def test_every_text_is_escaped_and_the_picture_is_named_and_told(drawn: Drawn) -> None:
    root = tree(drawn)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script" not in drawn.canvas.inline()
    assert root.get("role") == "img"
    ids = {one.get("id"): one for one in root.iter()}
    assert ids[root.get("aria-labelledby")].text == drawn.canvas.title
    assert ids[root.get("aria-describedby")].text == drawn.canvas.says
    # The policy of pages takes no style but that of a sheet.
    assert "style=" not in drawn.canvas.inline()
    assert "<style" not in drawn.canvas.inline()


@pytest.mark.parametrize("drawn", EVERY, ids=lambda one: one.name)
def test_a_file_brings_every_colour_and_every_filling_that_it_uses(drawn: Drawn) -> None:
    alone = drawn.canvas.alone()
    used = {name for one in tree(drawn).iter() for name in one.get("class", "").split()}
    styled = set(re.findall(r"\.(pic[\w-]*)", alone))
    assert {name for name in used if name.startswith("pic__fill")} <= styled
    assert set(re.findall(r"url\(&quot;#(.*?)&quot;\)", alone)) <= {one.get("id") for one in tree(drawn).iter()}
    assert "--accent:" in alone


def heights(path: str) -> tuple[float, float]:
    """How thick a band is where it begins and where it ends."""
    numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", path)]
    return numbers[-1] - numbers[1], numbers[8] - numbers[7]


@given(
    some.lists(some.tuples(some.integers(0, 4), some.integers(0, 4), some.integers(11, 900)), min_size=1, max_size=20)
)
def test_bands_are_as_wide_as_what_passes_and_fill_their_stops(found: list[tuple[int, int, int]]) -> None:
    counts: dict[tuple[str, str], int] = {(f"a{one}", f"b{other}"): count for one, other, count in found}
    ids = sorted({id_ for pair in counts for id_ in pair})
    stops = [flow.Stop(id_, 0 if id_[0] == "a" else 1, id_) for id_ in ids]
    bands = [flow.Band(one, other, count) for (one, other), count in counts.items()]
    drawn = flow.flow("p", "t", "d", HEADS, stops, bands)
    sides = defaultdict(int)
    for one, _, count in ((key[0], key[1], count) for key, count in counts.items()):
        sides[one] += count
    scale = flow.TALL / sum(counts.values())
    for shape in classes(drawn, "pic__band"):
        said = shape.findtext(f"{SVG}title") or ""
        names, _, number = said.partition(" : ")
        one, _, other = names.partition(" → ")
        count = counts[one, other]
        assert number.replace("\u202f", "") == str(count)
        assert heights(shape.get("d", "")) == (
            pytest.approx(max(count * scale, flow.THINNEST), abs=0.21),
            pytest.approx(max(count * scale, flow.THINNEST), abs=0.21),
        )
    bars = {(one.findtext(f"{SVG}title") or "").partition(" : ")[0]: one for one in classes(drawn, "pic__node")}
    for id_, total in sides.items():
        assert float(bars[id_].get("height", "")) == pytest.approx(max(total * scale, flow.THINNEST), abs=0.02)
    assert sorted(row[-1] for row in drawn.table.rows) == sorted(counts.values())  # type: ignore[type-var]


def test_what_is_folded_away_is_added_up_and_what_is_hidden_stays_apart() -> None:
    stops = [flow.Stop("a", 0, "a"), *(flow.Stop(f"b{n:02}", 1, f"b{n:02}") for n in range(20))]
    hidden = flow.Stop(f"{flow.HIDDEN}1", 1, "masqués", "masked")
    bands = [flow.Band("a", f"b{n:02}", 100 - n) for n in range(20)] + [flow.Band("a", hidden.id, 15, hidden=True)]
    shown, drawn = flow.folded([*stops, hidden], bands)
    assert [one.name for one in shown if one.column == 1] == [
        *(f"b{n:02}" for n in range(flow.MOST)),
        "8 autres",
        "masqués",
    ]
    assert sum(band.count or 0 for band in drawn) == sum(band.count or 0 for band in bands)
    # The table folds nothing away, and says that something is told together only.
    table = flow.flow("p", "t", "d", HEADS, [*stops, hidden], bands).table
    assert len(table.rows) == len(bands)
    assert table.hides


def test_a_hidden_number_has_no_size_and_is_hidden_in_the_table_and_in_the_file() -> None:
    stops = [flow.Stop("a", 0, "a"), flow.Stop("b", 1, "b"), flow.Stop("c", 1, "c")]
    band = flow.flow("p", "t", "d", HEADS, stops, [flow.Band("a", "b", None, hidden=True), flow.Band("a", "c", 500)])
    widths = {
        heights(one.get("d", ""))[0] for one in classes(band, "pic__band") if "b" in (one.findtext(f"{SVG}title") or "")
    }
    [width] = widths
    assert width == pytest.approx(flow.THINNEST, abs=0.11)
    bars = [delays("d", "t", "d", Delay((n, None, *(20,) * (len(FROM) - 2)))) for n in (11, 5000)]
    masked = [one.get("width") for drawn in bars for one in classes(drawn, "pic__edge--masked")]
    assert len(masked) == 2
    assert len(set(masked)) == 1
    for drawn in (band, *bars):
        assert drawn.table.hides
        assert HIDDEN_SHORT in {cell.words for cells in drawn.table.lines for cell in cells}
        assert HIDDEN_WORDS in drawn.table.csv().decode()


def test_zero_is_told_and_a_sum_with_a_hole_says_so() -> None:
    table = Table("t", ("a", "b", "c"), (("x", 0, AtLeast(40)),))
    [cells] = table.lines
    assert [cell.words for cell in cells] == ["x", "0", "au moins 40"]
    assert not table.hides
    assert list(csv.reader(io.StringIO(table.csv().decode("utf-8-sig"), newline=""), delimiter=";"))[1] == [
        "x",
        "0",
        "au moins 40",
    ]


def test_hidden_is_no_zero_and_the_least_is_no_number_to_reckon_with() -> None:
    assert added([0, None]) is None
    assert type(added([0, 12])) is int
    least = added([12, None])
    assert isinstance(least, AtLeast)
    assert least == 12
    # No share of it, and no middle of a distribution that it stands in; what is told of it stays "at least".
    assert share(least, 40) == share(12, AtLeast(40)) == ""
    assert share(12, 40) == " (30 %)"
    assert number(0, "besoin passé", "besoins passés", "aucun") == "aucun besoin passé"
    stops = [flow.Stop("a", 0, "a"), flow.Stop("b", 1, "b"), flow.Stop("c", 1, "c")]
    bands = flow.flow("p", "t", "d", HEADS, stops, [flow.Band("a", "b", None, hidden=True), flow.Band("a", "c", 500)])
    said = [one.findtext(f"{SVG}title") for one in classes(bands, "pic__node")]
    assert sorted(str(one) for one in said) == ["a : au moins 500", f"b : {HIDDEN_SHORT}", "c : 500"]
    body = bodies.network_map("n", "t", "d", [bodies.Body("a", "a", None, ("silence",)), bodies.Body("b", "b", 20)], [])
    assert body.table.rows == (("b", "–", 20), ("a", "Point d’arrêt : sans réponse", None))
    assert [one.findtext(f"{SVG}title") for one in classes(body, "pic__body")] == [
        f"a : {HIDDEN_SHORT} (Point d’arrêt : sans réponse)",
        "b : 20",
    ]
    bars = delays("d", "t", "d", Delay((AtLeast(12), *(20,) * (len(FROM) - 1))))
    squares = grid("g", "t", "d", Load("x", ("a",), (("r", (AtLeast(12),)),)))
    # In a cell there is no room for more than the sign.
    for drawn, least in ((bars, "au moins 12"), (squares, "≥ 12")):
        assert [one.text for one in classes(drawn, "pic__number")].count(least) == 1


@pytest.mark.parametrize("name", ["=1+1", "+33", "-5", "@x", "＝1+1", "\t=1", "\n-5"])
def test_a_name_is_no_formula_in_a_spreadsheet(name: str) -> None:
    written = list(
        csv.reader(
            io.StringIO(Table("t", ("a", "b"), ((name, 12),)).csv().decode("utf-8-sig"), newline=""), delimiter=";"
        )
    )
    assert written[1] == [f"'{name.strip()}", "12"]


def test_squares_grow_with_their_area() -> None:
    drawn = grid("g", "t", "d", Load("x", ("a", "b", "c"), (("r", (100, 25, None)),)))
    sides = [float(one.get("width", "")) for one in classes(drawn, "pic__square")]
    assert sides == [pytest.approx(2 * sides[1]), sides[1]]
    assert drawn.table.rows == (("r", 100, 25, None),)


def test_circles_grow_with_their_area_and_a_commune_without_a_relay_is_crossed() -> None:
    towns = [Town("a", Point(47, 6), 40_000, 2), Town("b", Point(46.5, 6.2), 10_000, 0)]
    drawn = coverage_map("m", "t", "d", towns)
    [covered], [bare] = classes(drawn, "pic__town"), classes(drawn, "pic__bare")
    assert float(covered.get("r", "")) == pytest.approx(2 * float(bare.get("r", "")))
    assert len(classes(drawn, "pic__cross")) == 1
    assert drawn.table.rows == (("b", 10_000),)
    # North is up, west is left.
    assert float(covered.get("cy", "")) < float(bare.get("cy", ""))
    assert float(covered.get("cx", "")) < float(bare.get("cx", ""))


def test_a_commune_that_loses_a_last_relay_is_crossed_and_one_that_only_gains_a_first_is_full() -> None:
    changed = [
        Changed("gagne", Point(47, 6), 40_000, 0, 2),
        Changed("perd", Point(46.5, 6.2), 10_000, 1, 0),
        Changed("les deux", Point(46.2, 6.1), 100, 3, 1),
        Changed("nulle part", None, 90_000, 1, 0),
    ]
    drawn = changes_map("r", "t", "d", changed)
    assert [one[0].text for one in classes(drawn, "pic__town")] == [
        f"gagne : {grouped(40_000)} habitants, premier relais pour 2 compétences"
    ]
    assert {one[0].text for one in tree(drawn).iter(f"{SVG}g") if len(one) and one[0].tag == f"{SVG}title"} == {
        f"perd : {grouped(10_000)} habitants, dernier relais perdu pour 1 compétence",
        "les deux : 100 habitants, dernier relais perdu pour 3 compétences, premier relais pour 1 compétence",
    }
    assert len(classes(drawn, "pic__cross")) == 2
    # The table says the same, and of the one that is not on the map too.
    assert drawn.table.rows == (
        ("les deux", 100, 3, 1),
        ("nulle part", 90_000, 1, 0),
        ("perd", 10_000, 1, 0),
        ("gagne", 40_000, 0, 2),
    )


def test_a_network_is_drawn_alike_whatever_the_order_and_inside_its_frame() -> None:
    found = [bodies.Body(f"o{n}", f"o{n}", n + 11, ("bottleneck",) if n == 3 else ()) for n in range(30)]
    ties = [bodies.Tie(f"o{n}", f"o{n * 7 % 30}", n + 11) for n in range(1, 24)]
    one = bodies.network_map("n", "t", "d", found, ties)
    other = bodies.network_map("n", "t", "d", found[::-1], ties[::-1])
    bodies.layout.cache_clear()
    again = bodies.network_map("n", "t", "d", found, ties)
    assert one.canvas.inline() == again.canvas.inline()
    assert sorted(shape.attrib.items() for shape in classes(one, "pic__body")) == sorted(
        shape.attrib.items() for shape in classes(other, "pic__body")
    )
    assert all(0 < float(shape.get("cx", "")) < one.canvas.width for shape in classes(one, "pic__body"))
    assert all(0 < float(shape.get("cy", "")) < one.canvas.height for shape in classes(one, "pic__body"))
    assert len(classes(one, "pic__ring")) == 1
    assert [row[1] for row in one.table.rows if row[0] == "o3"] == ["Goulet"]


def test_nothing_to_draw_is_drawn_all_the_same() -> None:
    for drawn in (
        flow.flow("p", "t", "d", HEADS, [], []),
        delays("d", "t", "d", Delay((0,) * len(FROM))),
        grid("g", "t", "d", Load("x", (), ())),
        chains("c", "t", "d", ()),
        coverage_map("m", "t", "d", []),
        bodies.network_map("n", "t", "d", [], []),
    ):
        assert tree(drawn).get("role") == "img"


def test_a_path_that_comes_back_is_marked() -> None:
    drawn = chains("c", "t", "d", (Path(("a", "b", "a"), 12, "fin", frozenset({2})), Path(("a",), 11)))
    assert len(classes(drawn, "pic__box--again")) == 1
    assert [row[1] for row in drawn.table.rows] == ["oui", "non"]


def test_a_text_is_cut_to_its_room() -> None:
    assert fitted("Centre communal d’action sociale", 80).endswith("…")
    assert fitted("CCAS", 80) == "CCAS"
    shape = told(el("rect", width=1.5, rx=2), "a<b")
    assert shape.written() == '<rect width="1.5" rx="2"><title>a&lt;b</title></rect>'
    assert Canvas("i", 1, 1, "t", "d", (text("x", 0.0, 1.0),)).inline().endswith("</svg>")
