"""The paths that needs take most: one line a path, its stops in boxes, how many took it and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from api.web.pictures.svg import Canvas, Element, el, fitted, text, told
from api.web.pictures.table import Drawn, Table, number_words

WIDTH: Final = 960.0
ROW: Final = 52.0
TOP: Final = 36.0
NUMBER: Final = 120.0
END: Final = 190.0
GAP: Final = 26.0
BOX: Final = 34.0
WIDEST: Final = 230.0
LONGEST: Final = 5


@dataclass(frozen=True, slots=True)
class Path:
    """So many needs went through these stops, one after the other. `back` are the places of stops that had been there before,
    `address` that of their files.
    """

    stops: tuple[str, ...]
    count: int
    ended: str = ""
    back: frozenset[int] = frozenset()
    address: str = ""


def chains(name: str, title: str, says: str, paths: tuple[Path, ...], unit: str = "besoins") -> Drawn:
    """The picture and its table, in the order that is given."""
    shapes = [
        text(unit.capitalize(), NUMBER - 16, TOP - 14, klass="pic__head", anchor="end"),
        text("Chemin", NUMBER, TOP - 14, klass="pic__head"),
        text("Fin", WIDTH - END + 16, TOP - 14, klass="pic__head"),
    ]
    for number, path in enumerate(paths):
        shapes += _path(path, TOP + number * ROW)
    height = TOP + ROW * len(paths) + 8
    rows = tuple((" → ".join(path.stops), "oui" if path.back else "non", path.ended, path.count) for path in paths)
    links = tuple(path.address for path in paths)
    table = Table(title, ("Chemin", "Revient au même endroit", "Fin", unit.capitalize()), rows, links)
    return Drawn(name, Canvas(f"pic-{name}", WIDTH, height, title, says, tuple(shapes)), table)


def _path(path: Path, y: float) -> list[Element]:
    shapes = [text(number_words(path.count), NUMBER - 16, y + 22, klass="pic__number", anchor="end")]
    shown = (
        path.stops
        if len(path.stops) <= LONGEST
        else (*path.stops[: LONGEST - 1], f"et {len(path.stops) - LONGEST + 1} autres")
    )
    box = min(WIDEST, (WIDTH - NUMBER - END - GAP * (len(shown) - 1)) / max(1, len(shown)))
    for number, stop in enumerate(shown):
        x = NUMBER + number * (box + GAP)
        again = number in path.back
        klass = "pic__box pic__box--again" if again else "pic__box"
        said = f"{stop} (déjà passé par là)" if again else stop
        shapes.append(told(el("rect", x=x, y=y, width=box, height=BOX, rx=4, class_=klass), said, path.address))
        shapes.append(text(fitted(f"↩ {stop}" if again else stop, box - 16), x + 8, y + 22, klass="pic__name"))
        if number:
            shapes.append(_arrow(x - GAP, y + BOX / 2))
    shapes.append(text(fitted(path.ended, END - 20), WIDTH - END + 16, y + 22))
    return shapes


def _arrow(x: float, y: float) -> Element:
    """From one box to the next, from the end of the first."""
    tip = x + GAP - 5
    head = f"M{tip - 6:.1f} {y - 5:.1f}L{tip:.1f} {y:.1f}L{tip - 6:.1f} {y + 5:.1f}"
    return el("path", d=f"M{x + 3:.1f} {y:.1f}H{tip:.1f}{head}", class_="pic__arrow")
