"""Communes as circles where they lie, as large as their people: full where there is a relay, a crossed ring where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Final

from api.web.pictures.svg import Canvas, Element, el, grouped, plural, text, told
from api.web.pictures.table import Drawn, Table
from graph.model.territory import Point

SIZE: Final = 680.0
MARGIN: Final = 30.0
LARGEST: Final = 26.0
SMALLEST: Final = 2.5
# As many names as can be read; those of the largest towns, and of the largest that nobody covers.
NAMED: Final = 8
NAMED_BARE: Final = 5
Projection = Callable[[Point], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Town:
    """A commune: where it lies, how many live there, how many relays cover it."""

    name: str
    point: Point
    population: int
    relays: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A commune of which relays change: for how many competences it loses its last one, for how many it gains a first. Without a
    point it is in the table alone.
    """

    name: str
    point: Point | None
    population: int
    lost: int
    gained: int


def coverage_map(name: str, title: str, says: str, towns: Sequence[Town]) -> Drawn:
    """The picture; its table holds the communes without a relay, the most populous first."""
    at, height = _projected(towns)
    most = max((town.population for town in towns), default=1) or 1
    ordered = sorted(towns, key=lambda town: (town.relays == 0, -town.population, town.name))
    shapes = [_circle(town, *at(town.point), _radius(town, most)) for town in ordered]
    shapes += _names(towns, at, most)
    bare = sorted((town for town in towns if not town.relays), key=lambda town: (-town.population, town.name))
    rows = tuple((town.name, town.population) for town in bare)
    table = Table("Communes sans relais", ("Commune", "Habitants"), rows)
    return Drawn(name, Canvas(f"pic-{name}", SIZE, height, title, says, tuple(shapes)), table)


def changes_map(name: str, title: str, says: str, changed: Sequence[Changed]) -> Drawn:
    """The picture of before and after: crossed where a last relay is lost, full where only a first one is gained. Its table holds
    them all, those who lose most first.
    """
    ordered = sorted(changed, key=lambda one: (-one.lost, -one.gained, -one.population, one.name))
    drawn = [
        (Town(one.name, one.point, one.population, 0 if one.lost else one.gained), one)
        for one in reversed(ordered)
        if one.point
    ]
    towns = [town for town, _ in drawn]
    at, height = _projected(towns)
    most = max((town.population for town in towns), default=1) or 1
    shapes = [_shape(town, *at(town.point), _radius(town, most), _change_words(one)) for town, one in drawn]
    rows = tuple((one.name, one.population, one.lost, one.gained) for one in ordered)
    header = ("Commune", "Habitants", "Derniers relais perdus", "Premiers relais gagnés")
    canvas = Canvas(f"pic-{name}", SIZE, height, title, says, (*shapes, *_names(towns, at, most)))
    return Drawn(name, canvas, Table(title, header, rows))


def _change_words(one: Changed) -> str:
    lost = f"dernier relais perdu pour {plural(one.lost, 'compétence')}" if one.lost else ""
    gained = f"premier relais pour {plural(one.gained, 'compétence')}" if one.gained else ""
    return f"{one.name} : {grouped(one.population)} habitants, {', '.join(filter(None, (lost, gained)))}"


def _projected(towns: Sequence[Town]) -> tuple[Projection, float]:
    """Where a point stands on the picture, and how high that is: flat, true at the middle."""
    lats = [town.point.lat for town in towns] or [0.0]
    lons = [town.point.lon for town in towns] or [0.0]
    north, south, west, east = max(lats), min(lats), min(lons), max(lons)
    shrink = cos(radians((north + south) / 2))
    wide, tall = max((east - west) * shrink, 1e-6), max(north - south, 1e-6)
    scale = (SIZE - 2 * MARGIN) / max(wide, tall)
    left = MARGIN + (SIZE - 2 * MARGIN - wide * scale) / 2

    def at(point: Point) -> tuple[float, float]:
        return left + (point.lon - west) * shrink * scale, MARGIN + (north - point.lat) * scale

    return at, tall * scale + 2 * MARGIN


def _radius(town: Town, most: int) -> float:
    return max(SMALLEST, LARGEST * sqrt(town.population / most))


def _circle(town: Town, x: float, y: float, r: float) -> Element:
    relays = plural(town.relays, "relais", "relais") if town.relays else "aucun relais"
    return _shape(town, x, y, r, f"{town.name} : {grouped(town.population)} habitants, {relays}")


def _shape(town: Town, x: float, y: float, r: float, said: str) -> Element:
    if town.relays:
        return told(el("circle", cx=x, cy=y, r=r, class_="pic__town"), said)
    arm = r * 0.72
    cross = f"M{x - arm:.1f} {y - arm:.1f}L{x + arm:.1f} {y + arm:.1f}M{x + arm:.1f} {y - arm:.1f}L{x - arm:.1f} {y + arm:.1f}"
    return told(
        el("g", el("circle", cx=x, cy=y, r=r, class_="pic__bare"), el("path", d=cross, class_="pic__cross")), said
    )


def _names(towns: Sequence[Town], at: Projection, most: int) -> list[Element]:
    """Names that do not lie upon one another: the largest wins."""
    by_size = sorted(towns, key=lambda town: (-town.population, town.name))
    wished = [*[town for town in by_size if not town.relays][:NAMED_BARE], *by_size[:NAMED]]
    found: list[Element] = []
    taken: list[tuple[float, float, float]] = []
    for town in dict.fromkeys(wished):
        x, y = at(town.point)
        r, wide = _radius(town, most), 9.0 * len(town.name)
        right = x + r + 4 + wide <= SIZE
        begin = x + r + 4 if right else x - r - 4 - wide
        if any(abs(y - other) < 16 and begin < end and start < begin + wide for other, start, end in taken):
            continue
        taken.append((y, begin, begin + wide))
        place = x + r + 4 if right else x - r - 4
        found.append(text(town.name, place, y + 5, klass="pic__halo", anchor="start" if right else "end"))
    return found
