"""Where a handoff is and who moves next, as the person reads it: one sentence each, by kind and state (person_sentences.csv)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from graph.model.casework.handoff import Handoff, Kind, State
from graph.model.sheets import rows

FILE: Final = "person_sentences.csv"
PLACES: Final = frozenset({"partner", "before"})
ASKED: Final = "{partner} a posé une question. La personne qui vous accompagne y répond {before}."


class Sentences(NamedTuple):
    """`where` it is; who does what `next`, empty where nothing is to come. Both hold {partner}, `next` {before} too."""

    where: str
    next: str


@cache
def table() -> Mapping[tuple[str, State], Sentences]:
    """The lines of the file; those without a kind are for the kinds that have none of their own. Raises VocabularyError."""
    found: dict[tuple[str, State], Sentences] = {}
    for row in rows(FILE):
        said = Sentences(row.required("where"), row.text("next"))
        for field, text in zip(("where", "next"), said, strict=True):
            if set(re.findall(r"\{(\w*)\}", text)) - PLACES:
                raise row.refuse(field, "unknown place")
        found[row.optional("kind", set(Kind)), State(row.known("state", set(State)))] = said
    return MappingProxyType(found)


def sentences(handoff: Handoff) -> Sentences:
    """Those of a handoff as it stands."""
    said = table().get((handoff.kind.value, handoff.state)) or table()["", handoff.state]
    if handoff.asked is not None and handoff.open:
        return Sentences(said.where, ASKED)
    if not handoff.open and handoff.settled:
        return Sentences(said.where, "")
    return said


def partner_of(handoff: Handoff) -> str:
    """The organisation that the sentences call the partner: the one that is new to the person."""
    return handoff.sender if handoff.kind is Kind.TAKE_OVER else handoff.target.organisation
