"""Reads the list of directions."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from importers.tables import Table, read_table

HERE: Final = Path(__file__).parent
SHIPPED: Final = HERE / "directions.csv"
COLUMNS: Final = (
    "type",
    "nom",
    "safir",
    "Libelle de l'adresse",
    "Code postal",
    "Libelle de la commune",
    "Libelle de la DR",
    "Complement d'adresse",
    "Bureau distributeur",
    "Latitude",
    "Longitude",
)


def read(path: Path | None = None) -> Table:
    """One row a direction; by default those that are shipped. Raises BrokenSource."""
    return read_table(path or SHIPPED, COLUMNS)
