"""SVG put together from elements: the one place where text becomes markup. Colours come from style sheets, by class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from markupsafe import Markup

STATIC: Final = Path(__file__).parent.parent / "static" / "css"
NAMESPACE: Final = "http://www.w3.org/2000/svg"
# Of the sans that pictures are set in, in em: measured on French names, and a little more.
LETTER: Final = 0.52
SIZE: Final = 15
CUT: Final = "…"
# Narrower pictures keep their size where there is room, and are not blown up (coordination.css).
SMALL: Final = 640
DARK: Final = "(prefers-color-scheme: dark)"
NEVER: Final = "not all"
# The address to which a click on a shape leads (static/js/pictures.js).
TO: Final = "data_to"

Attribute = str | float | int


@dataclass(frozen=True, slots=True)
class Element:
    """One element. Its text is escaped when it is written, its attributes too; `class_` is "class", "_" stands for "-"."""

    name: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    children: tuple[Element | str, ...] = ()

    def written(self, *, alone: bool = False) -> str:
        """As markup; `alone` without what leads to other pages."""
        some = ((key, value) for key, value in self.attributes.items() if not (alone and key == TO))
        told = "".join(f' {_attribute(key)}="{escape(_number(value))}"' for key, value in some)
        inside = "".join(one.written(alone=alone) if isinstance(one, Element) else escape(one) for one in self.children)
        return f"<{self.name}{told}>{inside}</{self.name}>" if inside else f"<{self.name}{told}/>"


def el(name: str, *children: Element | str, **attributes: Attribute) -> Element:
    """An element, in a word."""
    return Element(name, attributes, children)


def text(said: str, x: float, y: float, *, klass: str = "", anchor: str = "start") -> Element:
    """A line of text, its baseline at `y`."""
    return el("text", said, x=x, y=y, class_=f"pic__text {klass}".strip(), text_anchor=anchor)


def told(shape: Element, said: str, to: str = "") -> Element:
    """A shape that says what it is, to a pointer that rests on it; a click on it leads `to` where its cell of the table does: a
    picture that is told as one holds no links.
    """
    leading = {TO: to} if to else {}
    return Element(shape.name, {**shape.attributes, **leading}, (el("title", said), *shape.children))


def fitted(said: str, width: float, size: float = SIZE) -> str:
    """A text that fits so many units, its end cut where it does not."""
    most = int(width / (size * LETTER))
    return said if len(said) <= most else said[: max(1, most - 1)].rstrip() + CUT


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing: its size in units, what it is called, what it says in a sentence or two, and its shapes."""

    id: str
    width: float
    height: float
    title: str
    says: str
    shapes: tuple[Element, ...]

    def inline(self) -> Markup:
        """For a page, which brings the style sheets."""
        return Markup(self._root().written())  # noqa: S704 - every text and attribute was escaped as it was written

    def alone(self, *, light: bool = False) -> str:
        """For a file: with its own styles, that follow the wish for light or dark; always `light` where it is to be pasted."""
        styles = _styles().replace(DARK, NEVER) if light else _styles()
        root = self._root(el("style", styles), xmlns=NAMESPACE)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + root.written(alone=True)

    def _root(self, *first: Element, **more: Attribute) -> Element:
        return el(
            "svg",
            el("title", self.title, id=f"{self.id}-title"),
            el("desc", self.says, id=f"{self.id}-desc"),
            *first,
            patterns(),
            *self.shapes,
            **more,
            viewBox=f"0 0 {_number(self.width)} {_number(self.height)}",
            width=self.width,
            height=self.height,
            class_="pic pic--small" if self.width < SMALL else "pic",
            role="img",
            aria_labelledby=f"{self.id}-title",
            aria_describedby=f"{self.id}-desc",
        )


def patterns() -> Element:
    """Fillings that are told apart without colour: one for each way that things can end, and one for what is not told."""

    def pattern(name: str, side: int, *shapes: Element) -> Element:
        ground = el("rect", width=side, height=side, class_=f"pic__ground pic__ground--{name}")
        return el("pattern", ground, *shapes, id=f"pic-{name}", width=side, height=side, patternUnits="userSpaceOnUse")

    def line(path: str) -> Element:
        return el("path", d=path, class_="pic__hatch")

    return el(
        "defs",
        pattern("plain", 8),
        pattern("slant", 8, line("M-2 2 2-2M0 8 8 0M6 10 10 6")),
        pattern("back", 8, line("M-2 6 2 10M0 0 8 8M6-2 10 2")),
        pattern("cross", 8, line("M0 4H8M4 0V8")),
        pattern("dots", 8, el("circle", cx=4, cy=4, r=1.6, class_="pic__dot")),
        pattern("bars", 6, line("M3 0V6")),
        pattern("level", 6, line("M0 3H6")),
        pattern("masked", 10, line("M0 10 10 0"), el("circle", cx=3, cy=3, r=1, class_="pic__dot")),
    )


@cache
def _styles() -> str:
    """What a file needs of the style sheets; read as they are, so that there is one home for a colour."""
    return "".join((STATIC / name).read_text(encoding="utf-8") for name in ("tokens.css", "pictures.css"))


def _attribute(key: str) -> str:
    return "class" if key == "class_" else key if key in {"viewBox", "patternUnits"} else key.replace("_", "-")


def _number(value: Attribute) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def plural(count: int, one: str, many: str = "") -> str:
    """ "1 besoin", "12 besoins"."""
    return f"{grouped(count)} {one if count < 2 else many or one + 's'}"


def grouped(count: int) -> str:
    """ "1 007", with a space that no line may break at."""
    return f"{count:,}".replace(",", "\u202f")


def lines(shapes: Iterable[Element | None]) -> tuple[Element, ...]:
    """Those that are there."""
    return tuple(one for one in shapes if one is not None)
