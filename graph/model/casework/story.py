"""What a file's entries are to a reader: writings of one kind or another, which can be struck; the rest are moves."""

from __future__ import annotations

from enum import StrEnum

from graph.model.casework.acts import Event
from graph.model.casework.writings import Assessed, DecisionTold, Delivered, Met, Noted, WorryTold


class WritingKind(StrEnum):
    """What was written (labels in labels.csv); the first five are those of notes."""

    NOTE = "note"
    CALL = "call"
    VISIT = "visit"
    LETTER = "letter"
    EMERGENCY = "emergency"
    MEETING = "meeting"
    ASSESSMENT = "assessment"
    DECISION = "decision"
    DELIVERY = "delivery"
    WORRY = "worry"


def writing_kind(event: Event) -> WritingKind | None:
    """The kind of a writing; None for an act that is none."""
    match event:
        case Noted(kind=kind):
            return WritingKind(kind.value)
        case Met():
            return WritingKind.MEETING
        case Assessed():
            return WritingKind.ASSESSMENT
        case DecisionTold():
            return WritingKind.DECISION
        case Delivered():
            return WritingKind.DELIVERY
        case WorryTold():
            return WritingKind.WORRY
        case _:
            return None
