"""A network of any size: one cell of bodies after another, each in the communes of a département of the shipped map."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Final

from graph.model.vocabulary import competences
from importers.invented.network import Body, Desert, Network, Planted, Worker
from importers.sources.territory.get import read as read_map

BODIES: Final = 24
DOORS: Final = 4
ACCOMPANIES: Final = "parcours--accompagnement-social-global"
HOUSING: Final = frozenset(
    {
        "logement-hebergement--rechercher-une-solution-dhebergement-temporaire",
        "logement-hebergement--mise-a-labri-urgence",
    }
)
DESERTS: Final = ("sante--sante-mentale", "mobilite--preparer-un-permis")
# A département has hundreds of communes; most people live in the first of them.
COMMUNES: Final = 40


def generated(seed: str, cells: int, end: datetime) -> Network:
    """So many cells of 24 bodies, 4 of them front doors; what is planted is in the first."""
    if cells < 1:
        raise ValueError(f"cells: {cells}, at least 1 is needed")
    random = Random(seed)
    places = _places(cells)
    bodies: dict[str, Body] = {}
    for number, place in enumerate(places):
        for one in _cell(random, f"invented:{number}", frozenset(place), end):
            bodies[one.id] = one
    home = sorted(places[0], key=lambda code: (-places[0][code], code))
    planted = Planted(
        bottleneck="invented:0:4",
        gated=HOUSING,
        silent=("invented:0:7", "invented:0:8"),
        saturated="invented:0:9",
        mismatched="invented:0:10",
        transitional="invented:0:0",
        deserts=(
            Desert(competence=DESERTS[0], communes=frozenset(home[1::2])),
            Desert(competence=DESERTS[1], communes=frozenset(home[2::2])),
        ),
    )
    return Network(
        bodies=bodies,
        doors=tuple(f"invented:{number}:{door}" for number in range(cells) for door in range(DOORS)),
        communes={code: people for place in places for code, people in place.items()},
        planted=planted,
    )


def _places(cells: int) -> list[dict[str, int]]:
    """The largest communes of so many départements; the same ones again, under other numbers, when there are more cells."""
    known = _departements()
    return [
        dict(known[number])
        if number < len(known)
        else {f"{code}-{number}": people for code, people in known[number % len(known)].items()}
        for number in range(cells)
    ]


@cache
def _departements() -> tuple[Mapping[str, int], ...]:
    """The largest communes of each with their inhabitants. Read once: the map is 36,000 lines, half a second of processor."""
    found: dict[str, dict[str, int]] = {}
    for row in sorted(read_map().communes.rows, key=lambda row: (-int(row["population"]), row["code"])):
        if not row["city"] and len(place := found.setdefault(row["departement"], {})) < COMMUNES:
            place[row["code"]] = int(row["population"])
    return tuple(found[name] for name in sorted(found))


def _cell(random: Random, cell: str, communes: frozenset[str], end: datetime) -> list[Body]:
    """Four front doors, then twenty bodies that share all competences: each is handled by two of them, by five what is gated."""
    every = sorted(set(competences()) - {ACCOMPANIES})
    handled: dict[int, set[str]] = {number: set() for number in range(BODIES)}
    for number, one in enumerate(every):
        first = DOORS + number % (BODIES - DOORS)
        handled[first].add(one)
        handled[DOORS + (number * 7 + 3) % (BODIES - DOORS)].add(one)
    for number in (4, 11, 12, 13, 14):
        handled[number] |= HOUSING
    for number in range(DOORS):
        handled[number] = {ACCOMPANIES, *random.sample(every, 8)} - HOUSING
    return [
        Body(
            id=f"{cell}:{number}",
            handles=frozenset(handled[number]),
            communes=communes,
            staff=tuple(_worker(random, f"{cell}:{number}", place, end) for place in range(3)),
        )
        for number in range(BODIES)
    ]


def _worker(random: Random, body: str, place: int, end: datetime) -> Worker:
    """The first is the head; of the others one in twelve has left."""
    leaves = end - timedelta(days=random.randint(30, 600)) if place == 2 and random.random() < 1 / 6 else None
    return Worker(account=f"{body}:{place}", name=f"Personne {place + 1}", head=place == 0, leaves=leaves)
