"""The bodies of a network as a map: a circle as large as what passes there, lines as thick as what is handed over; shapes and
words mark where people get stuck. The same network is always drawn the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, pi, sin, sqrt
from typing import Final

from api.web.pictures.svg import Canvas, Element, el, fitted, text, told
from api.web.pictures.table import HIDDEN_SHORT, Drawn, Table, number_words

WIDTH: Final = 960.0
HEIGHT: Final = 640.0
MARGIN: Final = 70.0
LARGEST: Final = 30.0
SMALLEST: Final = 6.0
THICKEST: Final = 9.0
MOST: Final = 36
STEPS: Final = 140
GRAVITY: Final = 0.35
STRIP: Final = 90.0
A_LINE: Final = 6
NAMED: Final = 14
# What a mark is called, and the sign that it bears on the picture.
MARKS: Final = {
    "bottleneck": ("Goulet", "G"),
    "bridge": ("Pont", "P"),
    "saturation": ("Point d’arrêt : saturé", "S"),
    "silence": ("Point d’arrêt : sans réponse", "N"),
    "mismatch": ("Point d’arrêt : ne convient pas", "C"),
}
Point = tuple[float, float]
Places = Mapping[str, Point]


@dataclass(frozen=True, slots=True)
class Body:
    """A body: how much it was handed, None where that is hidden, and its marks (of MARKS)."""

    id: str
    name: str
    volume: int | None
    marks: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """So many from one body to another."""

    source: str
    target: str
    count: int


def network_map(name: str, title: str, says: str, bodies: Sequence[Body], ties: Sequence[Tie]) -> Drawn:
    """The picture of the bodies that are marked or largest; the table holds all of them."""
    ordered = sorted(bodies, key=lambda one: (-len(one.marks), -(one.volume or 0), one.id))
    shown = ordered[:MOST]
    kept = {one.id for one in shown}
    drawn = [tie for tie in ties if tie.source in kept and tie.target in kept and tie.source != tie.target]
    at = layout(tuple(sorted(kept)), tuple(sorted((tie.source, tie.target, tie.count) for tie in drawn)))
    most = max((one.volume or 0 for one in shown), default=1) or 1
    thick = max((tie.count for tie in drawn), default=1) or 1
    radius = {one.id: max(SMALLEST, LARGEST * sqrt((one.volume or 0) / most)) for one in shown}
    names = {one.id: one.name for one in bodies}
    lines = [_tie(tie, at, radius, thick, names) for tie in sorted(drawn, key=lambda one: -one.count)]
    circles = [shape for one in shown for shape in _body(one, at[one.id], radius[one.id])]
    labels = _labels(shown, at, radius)
    height = max((y for _, y in at.values()), default=0.0) + MARGIN
    canvas = Canvas(f"pic-{name}", WIDTH, height, title, says, (*lines, *circles, *labels))
    rows = tuple(
        (one.name, _said(one) or "–", one.volume)
        for one in sorted(bodies, key=lambda one: (-(one.volume or 0), one.name))
    )
    return Drawn(name, canvas, Table(title, ("Organisme", "Repère", "Demandes reçues"), rows))


@lru_cache(maxsize=64)
def layout(ids: tuple[str, ...], ties: tuple[tuple[str, str, int], ...]) -> Places:
    """Where each stands: all push one another away, ties pull (Fruchterman and Reingold). It begins on a circle in the order of
    ids, and no chance enters.
    """
    tied = {id_ for source, target, _ in ties for id_ in (source, target)}
    inside, alone = [id_ for id_ in ids if id_ in tied], [id_ for id_ in ids if id_ not in tied]
    count = len(inside)
    at = [[cos(2 * pi * n / max(1, count)), sin(2 * pi * n / max(1, count))] for n in range(count)]
    number = {id_: n for n, id_ in enumerate(inside)}
    most = max((weight for *_, weight in ties), default=1)
    pulls: dict[tuple[int, int], float] = defaultdict(float)
    for source, target, weight in ties:
        one, other = sorted((number[source], number[target]))
        pulls[one, other] += 0.3 + 0.7 * sqrt(weight / most)
    apart = 1.6 / sqrt(max(1, count))
    for step in range(STEPS):
        _step(at, pulls, apart, 0.2 * (1 - step / STEPS) + 0.002)
    xs, ys = [x for x, _ in at] or [0.0], [y for _, y in at] or [0.0]
    spread_x, spread_y = max(xs) - min(xs) or 1.0, max(ys) - min(ys) or 1.0
    wide, tall = WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN - (STRIP if alone else 0.0)
    places = {
        id_: (MARGIN + (x - min(xs)) / spread_x * wide, MARGIN + (y - min(ys)) / spread_y * tall)
        for id_, (x, y) in zip(inside, at, strict=True)
    }
    return {**places, **_apart(alone, bool(inside))}


def _apart(alone: Sequence[str], below: bool) -> Places:
    """Bodies that nothing ties to those shown: in a line below these, or in lines by themselves."""
    a_line = max(1, len(alone)) if below else A_LINE
    wide = (WIDTH - 2 * MARGIN) / min(a_line, max(1, len(alone)))
    top = HEIGHT - MARGIN if below else MARGIN
    return {id_: (MARGIN + (n % a_line + 0.5) * wide, top + n // a_line * STRIP) for n, id_ in enumerate(alone)}


def _step(at: list[list[float]], pulls: Mapping[tuple[int, int], float], apart: float, most: float) -> None:
    moves = [[-GRAVITY * x, -GRAVITY * y] for x, y in at]
    for one in range(len(at)):
        for other in range(one + 1, len(at)):
            dx, dy = at[one][0] - at[other][0], at[one][1] - at[other][1]
            square = max(dx * dx + dy * dy, 1e-6)
            force = apart * apart / square - pulls.get((one, other), 0.0) * sqrt(square) / apart
            for axis, delta in enumerate((dx, dy)):
                moves[one][axis] += delta * force
                moves[other][axis] -= delta * force
    for place, (mx, my) in zip(at, moves, strict=True):
        length = max(hypot(mx, my), 1e-9)
        pace = min(length, most) / length
        place[0] += mx * pace
        place[1] += my * pace


def _tie(tie: Tie, at: Places, radius: Mapping[str, float], thick: int, names: Mapping[str, str]) -> Element:
    """A bent line, so that the way there and the way back are two; thick at its beginning, a point at its end."""
    (x0, y0), (x1, y1) = at[tie.source], at[tie.target]
    length = max(hypot(x1 - x0, y1 - y0), 1e-6)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    gap = min(radius[tie.target] + 2, length / 2)
    ex, ey = x1 - ux * gap, y1 - uy * gap
    half = max(1.0, THICKEST * tie.count / thick / 2)
    bend = min(24.0, length * 0.12)
    mx, my = (x0 + ex) / 2 - uy * bend, (y0 + ey) / 2 + ux * bend
    path = (
        f"M{x0 - uy * half:.1f} {y0 + ux * half:.1f}Q{mx:.1f} {my:.1f} {ex:.1f} {ey:.1f}"
        f"Q{mx + uy * half:.1f} {my - ux * half:.1f} {x0 + uy * half:.1f} {y0 - ux * half:.1f}Z"
    )
    said = f"{names[tie.source]} → {names[tie.target]} : {number_words(tie.count)}"
    return told(el("path", d=path, class_="pic__tie"), said)


def _body(one: Body, at: Point, r: float) -> list[Element]:
    (x, y), said = at, f"{one.name} : {HIDDEN_SHORT if one.volume is None else number_words(one.volume)}"
    marked = _said(one)
    shapes = [told(el("circle", cx=x, cy=y, r=r, class_="pic__body"), f"{said} ({marked})" if marked else said)]
    if "bottleneck" in one.marks:
        shapes.append(el("circle", cx=x, cy=y, r=r + 5, class_="pic__ring"))
    if "bridge" in one.marks:
        d = r + 9
        shapes.append(
            el(
                "path",
                d=f"M{x:.1f} {y - d:.1f}L{x + d:.1f} {y:.1f}L{x:.1f} {y + d:.1f}L{x - d:.1f} {y:.1f}Z",
                class_="pic__diamond",
            )
        )
    if any(mark in one.marks for mark in ("saturation", "silence", "mismatch")):
        shapes.append(el("rect", x=x - r - 5, y=y - r - 5, width=2 * r + 10, height=2 * r + 10, class_="pic__stuck"))
    signs = "".join(MARKS[mark][1] for mark in one.marks)
    if signs:
        shapes.append(text(signs, x, y + 5, klass="pic__sign", anchor="middle"))
    return shapes


def _said(one: Body) -> str:
    return ", ".join(MARKS[mark][0] for mark in one.marks)


def _labels(shown: Sequence[Body], at: Places, radius: Mapping[str, float]) -> list[Element]:
    """Names of those that matter most, where they do not lie upon one another."""
    found: list[Element] = []
    taken: list[tuple[float, float, float]] = []
    for number, one in enumerate(shown):
        if number >= NAMED and not one.marks:
            break
        x, y = at[one.id]
        said = fitted(one.name, 260)
        wide, base = 8.4 * len(said), y + radius[one.id] + 20
        begin = min(max(x - wide / 2, 2.0), WIDTH - wide - 2)
        if any(abs(base - other) < 16 and begin < end and start < begin + wide for other, start, end in taken):
            base = y - radius[one.id] - 12
            if any(abs(base - other) < 16 and begin < end and start < begin + wide for other, start, end in taken):
                continue
        taken.append((base, begin, begin + wide))
        found.append(text(said, begin + wide / 2, base, klass="pic__halo", anchor="middle"))
    return found
