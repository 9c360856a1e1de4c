"""The stand-in's filters: the part of Meilisearch's grammar that we use, written from its published grammar.

    or = and ("OR" and)*    and = not ("AND" not)*    not = "NOT" not | primary
    primary = "(" or ")" | attribute ("=" | "!=") value | attribute "IN" "[" values "]"

Values are compared as the server does, without regard to case. `!=` also holds for documents that lack the attribute.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Condition = Callable[[Document], bool]

TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<word>[\w.\-]+)|(?P<sign>!=|=|[()\[\],]))"""
)
KEYWORDS = {"AND", "OR", "NOT", "IN"}


class FilterFault(ValueError):
    """The server answers 400 invalid_document_filter."""


def compile_filter(text: str, filterable: set[str] | None) -> Condition:
    """The condition that `text` says; attributes outside of `filterable` are refused, unless it is None."""
    reading = _Reading(text, filterable)
    condition = reading.either()
    if reading.left():
        raise FilterFault(f"Found unexpected characters at the end of the filter: `{text[reading.at :]}`")
    return condition


class _Reading:
    def __init__(self, text: str, filterable: set[str] | None) -> None:
        self.text = text
        self.at = 0
        self.filterable = filterable

    def left(self) -> bool:
        return bool(self.text[self.at :].strip())

    def either(self) -> Condition:
        parts = [self.both()]
        while self.takes("OR"):
            parts.append(self.both())
        return (lambda document: any(part(document) for part in parts)) if len(parts) > 1 else parts[0]

    def both(self) -> Condition:
        parts = [self.negated()]
        while self.takes("AND"):
            parts.append(self.negated())
        return (lambda document: all(part(document) for part in parts)) if len(parts) > 1 else parts[0]

    def negated(self) -> Condition:
        if self.takes("NOT"):
            inner = self.negated()
            return lambda document: not inner(document)
        return self.primary()

    def primary(self) -> Condition:
        if self.takes("("):
            inner = self.either()
            self.needs(")")
            return inner
        attribute = self.value()
        if self.filterable is not None and attribute not in self.filterable:
            raise FilterFault(f"Attribute `{attribute}` is not filterable.")
        if self.takes("IN"):
            values = self.listed()
            return lambda document: not values.isdisjoint(folded(document.get(attribute)))
        equal = self.takes("=")
        if not equal:
            self.needs("!=")
        value = self.value().lower()
        return lambda document: (value in folded(document.get(attribute))) is equal

    def listed(self) -> set[str]:
        self.needs("[")
        values: set[str] = set()
        while not self.takes("]"):
            values.add(self.value().lower())
            if not self.takes(","):
                self.needs("]")
                break
        return values

    def value(self) -> str:
        match = TOKEN.match(self.text, self.at)
        if match is None or match["sign"] or match["word"] in KEYWORDS:
            raise FilterFault(f"Was expecting a value but instead got `{self.text[self.at :]}`")
        self.at = match.end()
        if match["word"]:
            return match["word"]
        return re.sub(r"\\(.)", r"\1", match["quoted"][1:-1])

    def takes(self, wanted: str) -> bool:
        match = TOKEN.match(self.text, self.at)
        if match is None or (match["word"] or match["sign"]) != wanted:
            return False
        self.at = match.end()
        return True

    def needs(self, wanted: str) -> None:
        if not self.takes(wanted):
            raise FilterFault(f"Was expecting `{wanted}` at `{self.text[self.at :]}`")


def folded(value: Any) -> set[str]:
    """The values of an attribute as filters see them."""
    if value is None:
        return set()
    return {str(each).lower() for each in (value if isinstance(value, list) else [value])}
