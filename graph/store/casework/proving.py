"""A file proved from its log: the chain, what each entry holds, and all that should follow from it; one flaw a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

import msgspec

from graph.model.casework.applying import applied
from graph.model.casework.chain import START, linked
from graph.model.casework.file import File, FileState
from graph.model.casework.handoff import State
from graph.model.casework.owed import Holder, owed
from graph.model.figures.of_deliveries import struck_by
from graph.store.casework import sealing
from graph.store.casework.rows import (
    Row,
    action_row,
    delivery_row,
    entry_row,
    file_row,
    handoff_row,
    moment_of,
    need_row,
)

# What the store adds to a row, which follows from nothing in the log.
APART: Final = frozenset({"sealed", "changed", "effect"})


class FlawKind(StrEnum):
    """What may be wrong with a file, or with what is kept outside the graph about it."""

    NO_KEY = "no_key"
    KEY_LEFT = "key_left"
    ENTRY_MISSING = "entry_missing"
    CHAIN_BROKEN = "chain_broken"
    HEAD = "head"
    UNREADABLE = "unreadable"
    COMMITMENT = "commitment"
    NOT_REPLAYED = "not_replayed"
    SNAPSHOT = "snapshot"
    ROW = "row"
    ROW_MISSING = "row_missing"
    ROW_SURPLUS = "row_surplus"
    NO_FILE = "no_file"
    NO_LEAD = "no_lead"
    LEAD_LEFT = "lead_left"
    LEAD_GONE = "lead_gone"
    LEAD_OFF = "lead_off"
    NOT_OWED = "not_owed"
    NO_OUTCOME = "no_outcome"
    EXPIRED_UNSEEN = "expired_unseen"
    NO_EFFECT = "no_effect"
    ANCHOR_GONE = "anchor_gone"
    ANCHOR_DIFFERS = "anchor_differs"
    ANCHOR_FORGED = "anchor_forged"
    ANCHORS_CUT = "anchors_cut"
    FLOWS = "flows"


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """One difference. `where` is the entry, the node or the line that it is about, `what` the properties that differ."""

    kind: FlawKind
    file: str
    where: str = ""
    what: str = ""


class Proof:
    """One file under proof: fed its entries in order, then the rows that should follow from them."""

    def __init__(self, row: Row, key: bytes | None) -> None:
        self.id: str = row["id"]
        self.flaws: list[Flaw] = []
        self.effects: list[str] = []
        self.file: File | None = None
        self.seq = 0
        self._given: dict[str, Row] = {}
        self._row, self._key, self._hash, self._chained = row, key, START, True
        erased = row.get("state") == FileState.ERASED
        if erased and key is not None:
            self._found(FlawKind.KEY_LEFT)
        if not erased and key is None:
            self._found(FlawKind.NO_KEY)
        self._replays = not erased and key is not None

    def entry(self, row: Row) -> None:
        """The next entry of the log, as it lies in the graph."""
        self.seq += 1
        if self._chained:
            self._link(row)
        self._hash = row.get("hash", "")
        if row.get("effect") == row["id"]:
            self.effects.append(row["id"])
        if self._replays and self._key is not None:
            self._replay(row, self._key)

    def _link(self, row: Row) -> None:
        expected = f"{self.id}:{self.seq}"
        told = (str(row.get(name, "")) for name in ("act", "at", "commitment"))
        if row["id"] != expected or row.get("seq") != self.seq:
            self._found(FlawKind.ENTRY_MISSING, expected)
            self._chained = False
        elif linked(self._hash, row["id"], *told) != row.get("hash"):
            self._found(FlawKind.CHAIN_BROKEN, row["id"])
            self._chained = False

    def _replay(self, row: Row, key: bytes) -> None:
        where = row["id"]
        try:
            at = moment_of(row["at"])
            entry, committed = sealing.open_entry(key, self.id, row["seq"], at, row["sealed"])
        except (sealing.Unreadable, msgspec.MsgspecError, KeyError, TypeError):
            self._found(FlawKind.UNREADABLE, where)
            self._replays = False
            return
        if committed != row.get("commitment"):
            self._found(FlawKind.COMMITMENT, where)
        self._compare(where, entry_row(entry, committed, row.get("hash", ""), ""), row, {"commitment"})
        try:
            self.file = applied(self.file, entry)
        except (ValueError, KeyError, TypeError):
            self._found(FlawKind.NOT_REPLAYED, where)
            self._replays = False
            return
        if given := delivery_row(self.file, entry):
            self._given[where] = given
        self._given.pop(struck_by(entry), None)

    def end(
        self, needs: Iterable[Row], handoffs: Iterable[Row], actions: Iterable[Row], deliveries: Iterable[Row]
    ) -> None:
        """The rows that are in the graph, once all entries were told."""
        row = self._row
        if row.get("seq") != self.seq or row.get("hash") != self._hash:
            self._found(FlawKind.HEAD, f"{self.id}:{row.get('seq')}")
        if not self._replays or self._key is None:
            return
        if self.file is None:
            self._found(FlawKind.NOT_REPLAYED, f"{self.id}:1")
            return
        file = self.file
        self._snapshot(file, self._key)
        self._compare(self.id, file_row(file, self._hash, ""), row, {"seq", "hash"})
        self._rows({need.id: need_row(file, need) for need in file.needs.values()}, needs)
        self._rows({handoff.id: handoff_row(file, handoff) for handoff in file.handoffs.values()}, handoffs)
        self._rows({action.id: action_row(action) for action in owed(file)}, actions)
        self._rows(self._given, deliveries)
        self.flaws.extend(wrong(file))

    def _snapshot(self, file: File, key: bytes) -> None:
        row = self._row
        try:
            kept, head = sealing.open_headed(key, self.id, row["seq"], row["sealed"])
        except (sealing.Unreadable, msgspec.MsgspecError, KeyError, TypeError):
            self._found(FlawKind.UNREADABLE, self.id)
            return
        if head != row["hash"] == self._hash:
            self._found(FlawKind.HEAD, self.id)
        differing = [field.name for field in fields(File) if getattr(kept, field.name) != getattr(file, field.name)]
        if differing:
            self._found(FlawKind.SNAPSHOT, self.id, ", ".join(differing))

    def _rows(self, expected: Mapping[str, Row], found: Iterable[Row]) -> None:
        held = {row["id"]: row for row in found}
        for id_ in sorted(expected.keys() - held.keys()):
            self._found(FlawKind.ROW_MISSING, id_)
        for id_ in sorted(held.keys() - expected.keys()):
            self._found(FlawKind.ROW_SURPLUS, id_)
        for id_ in sorted(expected.keys() & held.keys()):
            self._compare(id_, expected[id_], held[id_])

    def _compare(self, where: str, expected: Row, held: Row, told: Iterable[str] = ()) -> None:
        names = (expected.keys() | held.keys()) - APART - set(told)
        differing = sorted(name for name in names if expected.get(name) != held.get(name))
        if differing:
            self._found(FlawKind.ROW, where, ", ".join(differing))

    def _found(self, kind: FlawKind, where: str = "", what: str = "") -> None:
        self.flaws.append(Flaw(kind, self.id, where, what))


def wrong(file: File) -> Iterator[Flaw]:
    """What no life of a file may lead to: without its one lead (I1), owed by nobody (I3), in no list after it expired (I4)."""
    if file.open and file.lead is None:
        yield Flaw(FlawKind.NO_LEAD, file.id)
    if not file.open and file.lead is not None:
        yield Flaw(FlawKind.LEAD_LEFT, file.id)
    if not file.open:
        if file.state is FileState.CLOSED and file.outcome is None:
            yield Flaw(FlawKind.NO_OUTCOME, file.id, file.id)
        return
    due = [action for action in owed(file) if action.organisation or action.holder is Holder.COORDINATOR]
    about = {action.about for action in due}
    if file.id not in about:
        yield Flaw(FlawKind.NOT_OWED, file.id, file.id)
    for need in file.needs.values():
        if need.open and need.id not in about and not file.handing(need.id):
            yield Flaw(FlawKind.NOT_OWED, file.id, need.id)
        if not need.open and need.outcome is None:
            yield Flaw(FlawKind.NO_OUTCOME, file.id, need.id)
    for handoff in file.handoffs.values():
        if handoff.open and handoff.id not in about:
            yield Flaw(FlawKind.NOT_OWED, file.id, handoff.id)
        if handoff.state is State.EXPIRED and not handoff.settled and handoff.id not in about:
            yield Flaw(FlawKind.EXPIRED_UNSEEN, file.id, handoff.id)
