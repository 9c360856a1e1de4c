"""A reorganisation through the GraphQL door: each mutation once, in an order in which each finds what it needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

SOON: Final = (date.today() + timedelta(days=10)).isoformat()  # noqa: DTZ011 - the site asks its own clock too
Says = Callable[[dict[str, Any]], dict[str, Any]]
TOLD: Final = {"Reorganisation": "id version"}


def it(said: dict[str, Any]) -> str:
    return said["planReorganisation"]["id"]


def renamed(name: str) -> dict[str, Any]:
    return {"kind": "RENAME_BODY", "organisation": "t:caf", "name": name}


PLANNING: Final[tuple[tuple[str, Says], ...]] = (
    ("planReorganisation", lambda _: {"title": "Un autre nom", "on": SOON, "moves": [renamed("Là-bas")]}),
    ("addMove", lambda said: {"reorganisation": it(said), "move": renamed("Ailleurs")}),
    (
        "changeMove",
        lambda said: {
            "reorganisation": it(said),
            "place": 1,
            "move": renamed("Plus loin"),
            "expectedVersion": said["addMove"]["version"],
        },
    ),
    (
        "removeMove",
        lambda said: {"reorganisation": it(said), "move": 0, "expectedVersion": said["changeMove"]["version"]},
    ),
    ("publishReorganisation", lambda said: {"reorganisation": it(said)}),
    ("callOffReorganisation", lambda said: {"reorganisation": it(said)}),
)
