"""A copy of what is kept of someone, in words: the same as its JSON, line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from api.words.dates import clock, exact_day
from graph.model.casework.clocks import PARIS
from graph.model.vocabulary import label, labels

# Fields whose values are codes: the family of their words.
CODED: Final[Mapping[str, str]] = {
    "competence": "competence",
    "outcome": "outcome",
    "groups": "share",
    "reason": "reason",
    "ground": "ground",
    "means": "means",
    "circle": "circle",
    "right": "right",
    "role": "member_role",
    "cause": "cause",
}
UNSAID: Final = frozenset({"at", "act", "by", "handoff"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One entry: when, what, by whom, and its fields in words."""

    at: str
    act: str
    by: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """The copy."""

    made: str
    file: str
    state: str
    opened: str
    member: tuple[tuple[str, str], ...]
    lines: tuple[LineView, ...]
    reads: tuple[str, ...]


def copy_view(told: Mapping[str, Any]) -> CopyView:
    """In words."""
    names: Mapping[str, str] = told["organisations"]
    # Those of files that went into this one among them, in the order in which they were written.
    entries = [entry for one in (told, *told.get("linked", ())) for entry in one["entries"]]
    return CopyView(
        made=_moment(told["made"]),
        file=told["file"],
        state=label("file_state", told["state"]),
        opened=_moment(told["opened"]),
        member=_fields(told["member"], names),
        lines=tuple(_line(entry, names) for entry in sorted(entries, key=lambda one: str(one["at"]))),
        reads=tuple(_read(read, names) for read in told["reads"]),
    )


def _line(entry: Mapping[str, Any], names: Mapping[str, str]) -> LineView:
    by = entry["by"]
    who = [names.get(by.get("organisation", ""), ""), by.get("function", "")]
    act = entry["act"]
    return LineView(
        at=_moment(entry["at"]),
        act=label("kept_act", act) if ("kept_act", act) in labels() else f"Demande : {label('step', act)}",
        by=", ".join(word for word in who if word) or _kind(by["kind"]),
        fields=_fields({name: value for name, value in entry.items() if name not in UNSAID}, names),
    )


def _read(read: Mapping[str, str], names: Mapping[str, str]) -> str:
    """ "ADIL du Doubs, conseillère, le 3 mars 2026"."""
    who = [names.get(read.get("organisation", ""), "Un service"), read.get("function", "")]
    return f"{', '.join(word for word in who if word)}, le {exact_day(date.fromisoformat(read['on']))}"


def _kind(kind: str) -> str:
    return "une autre personne du dossier" if kind == "other_member" else label("actor", kind)


def _fields(told: Mapping[str, Any], names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((label("kept_field", name), _words(name, value, names)) for name, value in told.items())


def _words(name: str, value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ; ".join(_words(name, one, names) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{words}" for _, words in _fields(value, names))
    if isinstance(value, bool):
        return "oui" if value else "non"
    if name in CODED and (CODED[name], value) in labels():
        return label(CODED[name], value)
    if name == "kind":
        return next((label(family, value) for family in ("kind", "note") if (family, value) in labels()), value)
    return names.get(value) or _dated(value) if isinstance(value, str) else str(value)


def _dated(value: str) -> str:
    """A moment or a day in words; any other text as it is."""
    if not value[:4].isdigit() or value[4:5] != "-":
        return value
    try:
        return _moment(value) if "T" in value else exact_day(date.fromisoformat(value))
    except ValueError:
        return value


def _moment(value: str) -> str:
    local = datetime.fromisoformat(value).astimezone(PARIS)
    return f"{exact_day(local.date())} à {clock(local.time())}"
