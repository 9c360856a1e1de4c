"""A landlord that is full falls behind one that has room; obliged to take the request, it stays and says until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import httpx2

from graph.model.reasons import MONTHS
from search.hours import PARIS
from tests.scenarios.doors import Row, relays, shown

DWELLING: Final = "logement-hebergement--demande-de-logement-social"
BESANCON: Final = "25056"
FULL: Final = "Habitat des Deux Rives"
ROOM: Final = "Foncière Loue et Doubs"
FULL_FOR: Final = timedelta(days=55)


def month_of_room() -> str:
    """When the made landlord has room again, counted from the day of the import."""
    return MONTHS[(datetime.now(PARIS).date() + FULL_FOR).month - 1]


def said_by(rows: list[Row], name: str) -> tuple[int, tuple[str, ...]]:
    return next((place, row.said) for place, row in enumerate(rows) if row.node["organisation"]["name"] == name)


async def test_the_one_with_room_comes_first_and_both_say_why(client: httpx2.AsyncClient) -> None:
    rows = await relays(client, competences=[DWELLING], territory=BESANCON)
    full, why_full = said_by(rows, FULL)
    room, why_room = said_by(rows, ROOM)
    assert room < full
    assert "17 places disponibles" in why_room
    assert (
        f"Complet jusqu’en {month_of_room()}, mais la loi l’oblige à recevoir la demande : liste d’attente" in why_full
    )


async def test_the_page_says_it(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/chercher", params={"c": DWELLING, "ou": "Besançon", "lieu": BESANCON})
    assert answer.status_code == 200
    rows = await shown(client, c=DWELLING, ou="Besançon", lieu=BESANCON)
    full = next(row for row in rows if any(text.startswith("Complet jusqu’en ") for text in row.said))
    room = next(row for row in rows if "17 places disponibles" in row.said)
    assert rows.index(room) < rows.index(full)
    assert (
        f"Complet jusqu’en {month_of_room()}, mais la loi l’oblige à recevoir la demande : liste d’attente" in full.said
    )
