"""Delays as distributions: a bar a bucket of days, marks where half and nine tenths are reached, and who still waits apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.web.pictures.svg import Canvas, Element, el, lines, text, told
from api.web.pictures.table import HIDDEN_SHORT, Drawn, Table, number_words
from graph.model.figures.histograms import FROM, in_words

WIDTH: Final = 960.0
LEFT: Final = 150.0
ROOM: Final = 620.0
# Where those who still wait begin, and how long bars may then be: the words of the marks lie between.
HALF: Final = 620.0
BESIDE: Final = 210.0
TOP: Final = 40.0
ROW: Final = 34.0
BAR: Final = 22.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a share is reached: the bucket, and what it is called ("la moitié")."""

    bucket: int
    words: str


@dataclass(frozen=True, slots=True)
class Delay:
    """How many waited so long, bucket by bucket; None where a number is hidden. `waiting` are those who still do, bucket by
    bucket of how long they have: counted, and never among those who have an answer. Empty where it is not known. `to_done` and
    `to_waiting` are the addresses of those that each bar counts, "" for none.
    """

    done: tuple[int | None, ...]
    waiting: tuple[int | None, ...] = ()
    marks: tuple[Mark, ...] = ()
    to_done: tuple[str, ...] = ("",) * len(FROM)
    to_waiting: tuple[str, ...] = ("",) * len(FROM)


def delays(name: str, title: str, says: str, delay: Delay) -> Drawn:
    """The picture and its table."""
    most = max((n or 0 for n in (*delay.done, *delay.waiting)), default=0)
    scale = (BESIDE if delay.waiting else ROOM) / most if most else 0.0
    shapes: list[Element | None] = [text("Délai", LEFT - 12, TOP - 16, klass="pic__head", anchor="end")]
    shapes.append(text("Ont eu une réponse", LEFT, TOP - 16, klass="pic__head"))
    if delay.waiting:
        shapes.append(text("Attendent encore, depuis", HALF, TOP - 16, klass="pic__head"))
    for number in range(len(FROM)):
        y, words = TOP + number * ROW, in_words(number)
        shapes.append(text(words, LEFT - 12, y + 16, anchor="end"))
        shapes += _bar(LEFT, y, delay.done[number], scale, "plain", f"{words} : {{}}", delay.to_done[number])
        if delay.waiting:
            said, to = f"attendent depuis {words} : {{}}", delay.to_waiting[number]
            shapes += _bar(HALF, y, delay.waiting[number], scale, "slant", said, to)
    for mark in delay.marks:
        count = delay.done[mark.bucket] or 0
        shapes += _mark(mark, TOP + mark.bucket * ROW, LEFT + count * scale + 16 + 10.0 * len(number_words(count)))
    height = TOP + len(FROM) * ROW + 10
    return Drawn(name, Canvas(f"pic-{name}", WIDTH, height, title, says, lines(shapes)), _table(title, delay))


def _bar(x: float, y: float, count: int | None, scale: float, filling: str, said: str, to: str) -> list[Element]:
    if count is None:
        box = el("rect", x=x, y=y, width=70.0, height=BAR, class_="pic__fill--masked pic__edge pic__edge--masked")
        return [told(box, said.format(HIDDEN_SHORT)), text(HIDDEN_SHORT, x + 78, y + 16, klass="pic__soft")]
    wide = max(count * scale, 1.0) if count else 0.0
    bar = el("rect", x=x, y=y, width=wide, height=BAR, class_=f"pic__fill--{filling} pic__edge")
    number = text(number_words(count), x + wide + 8, y + 16, klass="pic__number")
    return [told(bar, said.format(number_words(count)), to), number] if count else [number]


def _mark(mark: Mark, y: float, x: float) -> list[Element]:
    """A point at the bar's end and its words: where half are reached, say."""
    tip = f"M{x:.1f} {y + BAR / 2:.1f}L{x + 10:.1f} {y + 5:.1f}V{y + BAR - 5:.1f}Z"
    return [el("path", d=tip, class_="pic__mark"), text(mark.words, x + 15, y + 16, klass="pic__marked")]


def _table(title: str, delay: Delay) -> Table:
    header = ("Délai", "Ont eu une réponse", *(("Attendent encore depuis ce temps",) if delay.waiting else ()))
    rows = tuple(
        (in_words(n), delay.done[n], *((delay.waiting[n],) if delay.waiting else ())) for n in range(len(FROM))
    )
    at = {(n, 1): to for n, to in enumerate(delay.to_done)} | {(n, 2): to for n, to in enumerate(delay.to_waiting)}
    return Table(title, header, rows, at=at)


def marks_of(reached: Sequence[tuple[str, int | None]]) -> tuple[Mark, ...]:
    """Marks of those shares that are reached: (words, bucket). Two in one bucket share their line."""
    found: dict[int, list[str]] = {}
    for words, at in reached:
        if at is not None:
            found.setdefault(at, []).append(words)
    return tuple(Mark(at, " et ".join(said)) for at, said in sorted(found.items()))
