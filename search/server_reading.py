"""What is read of a server's index as a whole: its state, its territories, the words of its names."""

from __future__ import annotations

import zlib
from typing import Any

import msgspec

from graph.model.errors import Unavailable
from graph.model.territory import Territory
from search.backend import NotBuilt
from search.name_words import NameWords
from search.server_calls import SCAN_SECONDS, FilterRefused, Server
from search.server_documents import (
    PLACES,
    STATE,
    STATE_FIELDS,
    WORDS,
    State,
    quoted,
    state_of,
    territories_of,
    words_of,
)


class Changing(Unavailable):
    """What was read does not belong together: the index changed meanwhile."""

    def __init__(self) -> None:
        super().__init__("L’index de recherche change sans cesse en ce moment. Réessayez dans un instant.")


async def read_state(server: Server, uid: str) -> State | None:
    """What is in use; None when nothing is, or what another version wrote."""
    try:
        rows = await server.fetch(uid, f"id = {STATE}", STATE_FIELDS)
    except (NotBuilt, FilterRefused):
        return None
    return state_of(rows[0]) if rows else None


async def read_words(server: Server, uid: str) -> NameWords:
    """The words of all names."""
    return words_of(await server.fetch(uid, f"kind = {WORDS}", ("text",), SCAN_SECONDS))


async def read_places(server: Server, uid: str, state: State) -> list[dict[str, Any]]:
    """The parts that hold the territories. Raises Changing when others have been put in their place."""
    asked = f"kind = {PLACES} AND stamp = {quoted(state.places)}"
    rows = await server.fetch(uid, asked, ("part", "text"), SCAN_SECONDS)
    if len(rows) != state.parts:
        raise Changing
    return rows


def unpacked(rows: list[dict[str, Any]]) -> list[Territory]:
    """The territories of these parts. Raises NotBuilt where they are not what this version writes."""
    try:
        return territories_of(rows) if rows else []
    except (ValueError, zlib.error, msgspec.MsgspecError) as fault:
        raise NotBuilt from fault
