"""What kind of organisation a structure is: by the networks that carry it, by its v0 type, by how its name begins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from graph.model.sheets import rows
from graph.model.vocabulary import kinds
from graph.model.words import PIECE, fold

# A body of no known kind: competent for what its services say, and for nothing by right.
GENERAL: Final = "ORGANISME"
# "C.C.A.S." is one word.
DOTS: Final = re.compile(r"(?<=\b\w)\.")


def kind_of(networks: Iterable[str], v0_type: str, name: str) -> str:
    """The id of a kind. Where networks or the type leave a choice, the name decides, else the order of our list."""
    named = _by_name(name)
    for known, codes in ((_by_network(), sorted(networks)), (_by_type(), [v0_type])):
        found = [kind for code in codes for kind in known.get(code, ()) if kind != GENERAL]
        if found:
            return named if named in found else min(found, key=list(kinds()).index)
    return named or GENERAL


def _by_name(name: str) -> str:
    plain = " ".join(PIECE.findall(DOTS.sub("", fold(name))))
    begun = [begins for begins in _beginnings() if plain == begins or plain.startswith(f"{begins} ")]
    return _beginnings()[max(begun, key=len)] if begun else ""


@cache
def _beginnings() -> Mapping[str, str]:
    return {row.required("begins"): row.known("kind", kinds()) for row in rows("names.csv", Path(__file__).parent)}


@cache
def _by_network() -> Mapping[str, tuple[str, ...]]:
    return _grouped((code, kind.id) for kind in kinds().values() for code in kind.di_v1_networks)


@cache
def _by_type() -> Mapping[str, tuple[str, ...]]:
    return _grouped((code, kind.id) for kind in kinds().values() for code in kind.di_v0_types)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, kind in pairs:
        found[code] = (*found.get(code, ()), kind)
    return found
