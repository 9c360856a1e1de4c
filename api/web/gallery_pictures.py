"""Pictures of figures as the gallery shows them: each in its states, hidden numbers and nothing at all included."""

from __future__ import annotations

from typing import Final

from api.web.pictures.bars import Delay, delays, marks_of
from api.web.pictures.bodies import Body, Tie, network_map
from api.web.pictures.chains import Path, chains
from api.web.pictures.flow import HIDDEN, Band, Stop, flow
from api.web.pictures.grid import Load, grid
from api.web.pictures.places import Town, coverage_map
from api.web.pictures.table import Drawn
from graph.model.figures.sums import AtLeast
from graph.model.territory import Point

SAYS: Final = "Un exemple, fait pour cette page."
ENDS: Final = (("Pris en charge", "plain"), ("Refusé", "slant"), ("Réorienté", "level"), ("Sans réponse", "cross"))


def pictures() -> tuple[Drawn, ...]:
    """In the order of the pages."""
    return (_flow(), _network(), *_delays(), _load(), _coverage(), _chains())


def _flow() -> Drawn:
    stops = [
        *(Stop(f"s{n}", 0, name) for n, name in enumerate(("Accueil d’exemple", "Centre médico-social d’exemple"))),
        *(Stop(f"t{n}", 1, name) for n, name in enumerate(("CAF d’exemple", "Bailleur d’exemple à l’essai"))),
        *(Stop(f"e{n}", 2, name, filling) for n, (name, filling) in enumerate(ENDS)),
        Stop(f"{HIDDEN}0", 0, "Expéditeurs masqués", "masked"),
        Stop(f"{HIDDEN}2", 2, "Suite masquée", "masked"),
    ]
    bands = [
        Band("s0", "t0", 120, "#g-images"),
        Band("s0", "t1", AtLeast(45)),
        Band("s1", "t1", 80),
        Band(f"{HIDDEN}0", "t0", 22, hidden=True),
        Band("t0", "e0", 90),
        Band("t0", "e1", 30),
        Band("t0", f"{HIDDEN}2", None, hidden=True),
        Band("t1", "e0", 40),
        Band("t1", "e2", 25),
        Band("t1", "e3", 50),
    ]
    heads = ("Qui envoie", "Qui reçoit", "Ce qu’il en advient")
    return flow("g-parcours", "Parcours", SAYS, heads, stops, bands, "demandes")


def _network() -> Drawn:
    marks = {2: ("bottleneck",), 4: ("bridge",), 6: ("silence",), 7: ("saturation",), 8: ("mismatch",)}
    bodies = [Body(f"o{n}", f"Organisme d’exemple {n}", 20 + n * 31, marks.get(n, ())) for n in range(12)]
    ties = [Tie(f"o{n}", f"o{n * 5 % 11}", 12 + n * 9) for n in range(1, 11)]
    return network_map("g-reseau", "Réseau", SAYS, bodies, ties)


def _delays() -> tuple[Drawn, Drawn]:
    whole = Delay(
        (40, 33, 52, 120, 88, 45, 20, 0, 11),
        (12, 0, 15, 20, 31, 40, 18, 11, 60),
        marks_of([("médiane", 3), ("neuf sur dix", 5)]),
    )
    some = Delay((40, None, None, 120, 88, None, 20, 0, None))
    return delays("g-delais", "Délais", SAYS, whole), delays(
        "g-delais-masques", "Délais, en partie masqués", SAYS, some
    )


def _load() -> Drawn:
    rows = (
        ("Tous ensemble", (320, 280, 410)),
        ("CAF d’exemple", (120, None, AtLeast(90))),
        ("Bailleur d’exemple", (0, 12, 30)),
    )
    return grid("g-charge", "Charge", SAYS, Load("Demandes reçues", ("janv. 2026", "févr. 2026", "mars 2026"), rows))


def _coverage() -> Drawn:
    towns = [
        Town(f"Commune {n}", Point(46.6 + n * 37 % 100 / 130, 5.8 + n * 61 % 100 / 90), 40 + n**3 % 9001, n % 3)
        for n in range(1, 60)
    ]
    return coverage_map("g-couverture", "Couverture", SAYS, towns)


def _chains() -> Drawn:
    there = (
        "Accueil d’exemple",
        "CAF d’exemple",
        "Bailleur d’exemple",
        "ADIL d’exemple",
        "CCAS d’exemple",
        "Maison d’exemple",
    )
    paths = (
        Path(there[:2], 140, "pris en charge"),
        Path((*there[:2], there[0]), 31, "refusé", frozenset({2})),
        Path(there, 12, "sans réponse"),
    )
    return chains("g-enchainements", "Enchaînements", SAYS, paths)
