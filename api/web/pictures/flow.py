"""Who hands to whom, and what comes of it: bands in columns, as wide as what passes through them (a Sankey diagram)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from api.web.pictures.svg import Canvas, Element, el, fitted, text, told
from api.web.pictures.table import HIDDEN_SHORT, HIDDEN_WORDS, Drawn, Table, number_words
from graph.model.figures.sums import AtLeast, added

WIDTH: Final = 960.0
TOP: Final = 40.0
NODE: Final = 14.0
GAP: Final = 16.0
# What the widest column may take, gaps left out; a band is never thinner than a line.
TALL: Final = 460.0
THINNEST: Final = 1.5
SIDE: Final = 235.0
LEAST: Final = 18.0
EDGE: Final = 8.0
LINE: Final = 19.0
TWO_LINES: Final = 2 * LINE
OTHERS: Final = "…autres"
HIDDEN: Final = "…masqué"
MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Stop:
    """A place that bands go through: its column, from 0, its name, and the filling of its bands ("plain", "slant" …)."""

    id: str
    column: int
    name: str
    filling: str = "plain"


@dataclass(frozen=True, slots=True)
class Band:
    """So many from one stop to another, None where that is hidden. `hidden` where the number is that of several cells that are
    told together only.
    """

    source: str
    target: str
    count: int | None
    address: str = ""
    hidden: bool = False


@dataclass
class _Placed:
    stop: Stop
    y: float
    height: float
    into: float = 0.0
    out: float = 0.0


def folded(stops: Sequence[Stop], bands: Sequence[Band], most: int = MOST) -> tuple[list[Stop], list[Band]]:
    """The largest of each column, the rest together as "autres". What is hidden stays apart: it is not a small thing, but one
    that is not told.
    """
    sizes = _sizes(bands)
    columns: dict[int, list[Stop]] = defaultdict(list)
    for stop in stops:
        columns[stop.column].append(stop)
    renamed: dict[str, str] = {}
    kept: list[Stop] = []
    for column, there in sorted(columns.items()):
        plain = sorted(
            (one for one in there if not one.id.startswith(HIDDEN)), key=lambda one: (-sizes[one.id], one.id)
        )
        if len(plain) > most + 1:
            rest = plain[most:]
            plain = [*plain[:most], Stop(f"{OTHERS}{column}", column, f"{len(rest)} autres")]
            renamed |= {one.id: f"{OTHERS}{column}" for one in rest}
        kept += [*plain, *(one for one in there if one.id.startswith(HIDDEN))]
    sums: dict[tuple[str, str], Band] = {}
    for band in bands:
        key = renamed.get(band.source, band.source), renamed.get(band.target, band.target)
        before = sums.get(key)
        moved = replace(
            band, source=key[0], target=key[1], address="" if key != (band.source, band.target) else band.address
        )
        sums[key] = replace(moved, count=added((before.count, band.count)), address="") if before else moved
    return kept, list(sums.values())


def flow(
    name: str,
    title: str,
    says: str,
    columns: Sequence[str],
    stops: Sequence[Stop],
    bands: Sequence[Band],
    unit: str = "besoins",
) -> Drawn:
    """The picture and its table. The table holds every band, the picture the largest ones."""
    shown, drawn = folded(stops, bands)
    names = {stop.id: stop.name for stop in stops}
    return Drawn(
        name, _canvas(name, title, says, columns, shown, drawn), _table(title, columns, names, bands, stops, unit)
    )


def _table(
    title: str,
    columns: Sequence[str],
    names: Mapping[str, str],
    bands: Sequence[Band],
    stops: Sequence[Stop],
    unit: str,
) -> Table:
    at = {stop.id: stop.column for stop in stops}
    ordered = sorted(
        bands, key=lambda one: (at[one.source], one.hidden, -(one.count or 0), names[one.source], names[one.target])
    )
    rows = tuple(
        (
            f"{names[one.source]} → {names[one.target]}",
            f"{columns[at[one.source]]} → {columns[at[one.target]]}",
            one.count,
        )
        for one in ordered
    )
    return Table(
        title,
        ("De → vers", "Étape", unit.capitalize()),
        rows,
        tuple(one.address for one in ordered),
        any(one.hidden for one in bands),
    )


def _told(stop: str, bands: Sequence[Band]) -> int | None:
    """What passes a stop, the larger of what comes and what goes; the least that it can be where some of it is hidden."""
    sides = [
        added(side)
        for side in (
            [one.count for one in bands if one.target == stop],
            [one.count for one in bands if one.source == stop],
        )
        if side
    ]
    known = [one for one in sides if one is not None]
    if sides and not known:
        return None
    most = max(known, default=0)
    hides = len(known) < len(sides) or any(isinstance(one, AtLeast) for one in known)
    return AtLeast(most) if hides else int(most)


def _sizes(bands: Iterable[Band]) -> Mapping[str, int]:
    into: dict[str, int] = defaultdict(int)
    out: dict[str, int] = defaultdict(int)
    for band in bands:
        out[band.source] += band.count or 0
        into[band.target] += band.count or 0
    sizes: dict[str, int] = defaultdict(int)
    sizes.update({id_: max(into[id_], out[id_]) for id_ in {*into, *out}})
    return sizes


def _canvas(
    name: str, title: str, says: str, columns: Sequence[str], stops: Sequence[Stop], bands: Sequence[Band]
) -> Canvas:
    placed, height = _place(stops, bands, len(columns))
    scale = _scale(stops, bands, len(columns))
    spread = (WIDTH - 2 * SIDE - NODE) / max(1, len(columns) - 1)
    across = [SIDE + spread * number for number in range(len(columns))]
    order = {id_: number for number, id_ in enumerate(placed)}
    ribbons = [
        _ribbon(band, placed[band.source], placed[band.target], across, scale)
        for band in sorted(bands, key=lambda one: (order[one.source], order[one.target]))
    ]
    heads = [
        text(said, x + NODE / 2, TOP - 20, klass="pic__head", anchor="middle")
        for said, x in zip(columns, across, strict=True)
    ]
    between = spread - NODE - 2 * EDGE
    bars = [
        bar
        for one in placed.values()
        for bar in _stop(one, across, len(columns) - 1, between, _told(one.stop.id, bands))
    ]
    return Canvas(f"pic-{name}", WIDTH, height, title, says, (*heads, el("g", *ribbons), *bars))


def _scale(stops: Sequence[Stop], bands: Sequence[Band], columns: int) -> float:
    sizes = _sizes(bands)
    most = max((sum(sizes[one.id] for one in stops if one.column == number) for number in range(columns)), default=0)
    return TALL / most if most else 0.0


def _place(stops: Sequence[Stop], bands: Sequence[Band], columns: int) -> tuple[dict[str, _Placed], float]:
    """Each column from the top, the first in order of size, the others by where their bands come from."""
    sizes, scale = _sizes(bands), _scale(stops, bands, columns)
    placed: dict[str, _Placed] = {}
    bottom = TOP
    for column in range(columns):
        there = [one for one in stops if one.column == column]

        def weight(stop: Stop) -> float:
            into = [
                (placed[b.source].y + placed[b.source].height / 2, b.count or 0) for b in bands if b.target == stop.id
            ]
            total = sum(count for _, count in into)
            return sum(y * count for y, count in into) / total if total else 0.0

        there.sort(key=lambda one: (one.id.startswith((HIDDEN, OTHERS)), weight(one), -sizes[one.id], one.id))
        y = TOP
        for stop in there:
            # A name needs its line, however little passes there.
            height = max(sizes[stop.id] * scale, THINNEST)
            placed[stop.id] = _Placed(stop, y + max(0.0, (LEAST - height) / 2), height)
            y += max(height, LEAST) + GAP
        bottom = max(bottom, y)
    return placed, bottom + 8


def _ribbon(band: Band, source: _Placed, target: _Placed, across: Sequence[float], scale: float) -> Element:
    wide = max((band.count or 0) * scale, THINNEST)
    x0, x1 = across[source.stop.column] + NODE, across[target.stop.column]
    y0, y1, middle = source.y + source.out, target.y + target.into, (x0 + x1) / 2
    source.out += (band.count or 0) * scale
    target.into += (band.count or 0) * scale
    path = (
        f"M{x0:.1f} {y0:.1f}C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
        f"V{y1 + wide:.1f}C{middle:.1f} {y1 + wide:.1f} {middle:.1f} {y0 + wide:.1f} {x0:.1f} {y0 + wide:.1f}Z"
    )
    said = (
        f"{source.stop.name} → {target.stop.name} : {HIDDEN_WORDS if band.count is None else number_words(band.count)}"
    )
    filling = "masked" if band.hidden else target.stop.filling
    return told(el("path", d=path, class_=f"pic__band pic__fill--{filling}"), said, band.address)


def _stop(one: _Placed, across: Sequence[float], last: int, between: float, size: int | None) -> Iterable[Element]:
    """A stop with its name and its number: side by side, or one below the other where both have no room in a line."""
    x, stop = across[one.stop.column], one.stop
    number = HIDDEN_SHORT if size is None else number_words(size)
    said = f"{stop.name} : {number}"
    yield told(el("rect", x=x, y=one.y, width=NODE, height=one.height, class_="pic__node"), said)
    left = stop.column == 0
    # A little less than there is: a file of a picture may be read where its font is not.
    room = SIDE - 4 * EDGE if stop.column in {0, last} else between - EDGE
    place, anchor = (x - EDGE, "end") if left else (x + NODE + EDGE, "start")
    middle, beside = one.y + one.height / 2 + 5, f"{stop.name} {number}"
    if one.height >= TWO_LINES and fitted(beside, room) != beside:
        yield text(fitted(stop.name, room), place, middle - LINE / 2, klass="pic__halo", anchor=anchor)
        yield text(number, place, middle + LINE / 2, klass="pic__halo", anchor=anchor)
        return
    name = fitted(stop.name, room - 8.0 * (len(number) + 1))
    yield text(f"{name} {number}", place, middle, klass="pic__halo", anchor=anchor)
