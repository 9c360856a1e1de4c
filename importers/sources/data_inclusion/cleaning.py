"""Values as files hold them, made plain before anything is read into them: no control signs, no blanks, lists as lists."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator
from typing import Final

from importers.report import Refused
from importers.streams.record import Record

MOST_TEXT: Final = 10_000
MOST_ITEMS: Final = 2_000
SHORT: Final = frozenset(
    {"id", "structure_id", "source", "commune", "adresse", "complement_adresse", "telephone", "courriel", "typologie"}
)
MOST_SHORT: Final = 300
# Control signs but the tab and the ends of lines, halves of surrogate pairs, marks that turn the direction of writing.
UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
# Where a list is written as one text: JSON, the braces of PostgreSQL, or a sign between the values.
BETWEEN: Final = re.compile(r"[|;,\n]+")
LOST: Final = "Cette valeur est laissée de côté."


def cleaned(record: Record, known: Collection[str], lists: Collection[str]) -> tuple[dict[str, object], list[Refused]]:
    """The known fields that say something, texts and numbers made plain, and the values that are none of these.

    A field of `lists` comes as a list of texts however it is written.
    """
    fields: dict[str, object] = {}
    refused: list[Refused] = []
    for name in record.fields:
        if name not in known:
            continue
        given = record.fields[name]
        try:
            value = _items(name, given) if name in lists else _one(name, given)
        except ValueError as fault:
            refused.append(record.refused(name, given, f"{fault} {LOST}"))
            continue
        if value is not None and value != []:
            fields[name] = value
    return fields, refused


def _one(name: str, given: object) -> object:
    match given:
        case None | bool():
            return given
        case str():
            return _text(name, given)
        case int() | float():
            if not math.isfinite(given):
                raise ValueError("Ce nombre est hors de toute mesure.")
            return given
        case list() if len(given) == 1:
            return _one(name, given[0])
        case _:
            raise ValueError("Il faut ici une seule valeur, sans liste ni objet.")


def _text(name: str, given: str) -> str | None:
    text = UNSEEN.sub("", given).replace("\r\n", "\n").strip()
    most = MOST_SHORT if name in SHORT else MOST_TEXT
    if len(text) > most:
        raise ValueError(f"Ce texte a {len(text)} signes, il en faut {most} au plus.")
    return text or None


def _items(name: str, given: object) -> list[str] | None:
    found = list(_spread(given))
    if len(found) > MOST_ITEMS:
        raise ValueError(f"Cette liste a {len(found)} valeurs, il en faut {MOST_ITEMS} au plus.")
    texts: list[str] = []
    for item in found:
        if isinstance(item, bool | dict | list):
            raise ValueError("Il faut ici une liste de textes.")
        value = _one(name, item)
        if value is not None:
            texts.append(str(value))
    return list(dict.fromkeys(texts)) or None


def _spread(given: object) -> Iterator[object]:
    if isinstance(given, list):
        yield from given
    elif not isinstance(given, str):
        yield given
    elif given.lstrip().startswith("["):
        yield from _bracketed(given.strip())
    else:
        yield from (part.strip().strip('"') for part in BETWEEN.split(given.strip().strip("{}")))


def _bracketed(given: str) -> list[object]:
    """A JSON array; or the same with the quotation marks of Python."""
    for written in (given, given.replace("'", '"')):
        try:
            value = json.loads(written)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, list):
            return value
    raise ValueError("Cette liste n’est pas bien formée.")
