"""A start-up check: our rooms have plain names, and a stranger's package of the same name must not answer for them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOMS: Final = ("graph", "search", "importers", "api")


def refuse() -> None:
    """Stop, naming the stranger, when one of our rooms is found elsewhere than beside this file."""
    home = Path(__file__).resolve().parent.parent
    for room in ROOMS:
        spec = find_spec(room)
        places = [Path(place).resolve() for place in (spec.submodule_search_locations or ())] if spec else []
        if places != [home / room]:
            found = places[0] if places else "introuvable"
            raise SystemExit(
                f"Le dossier « {room} » attendu dans {home} est pris ailleurs : {found}. Voir la décision 0001."
            )
