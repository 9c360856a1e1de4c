"""Reads the packed tables of this folder, or others of the same shape."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from importers.tables import BrokenSource, Table, read_table

HERE: Final = Path(__file__).parent
COMMUNES: Final = ("code", "name", "departement", "epci", "ept", "city", "postcodes", "population", "lat", "lon")
ZONES: Final = ("id", "name", "article", "region", "population", "lat", "lon")
FORMER: Final = ("code", "name", "current")
POSTCODES_SEPARATOR: Final = " "


@dataclass(frozen=True, slots=True)
class Tables:
    """The map as rows. In `communes`, `city` is set for municipal arrondissements only."""

    communes: Table
    zones: Table
    former: Table


def read(folder: Path | None = None) -> Tables:
    """The tables of a folder, `.csv.gz` or `.csv`, by default those that are shipped. Raises BrokenSource."""
    found = folder or HERE
    if not found.is_dir():
        raise BrokenSource(found, "il faut ici un dossier qui contient communes, zones et former (.csv.gz ou .csv).")
    return Tables(
        communes=read_table(_file(found, "communes"), COMMUNES),
        zones=read_table(_file(found, "zones"), ZONES),
        former=read_table(_file(found, "former"), FORMER),
    )


def _file(folder: Path, name: str) -> Path:
    packed = folder / f"{name}.csv.gz"
    return packed if packed.exists() else folder / f"{name}.csv"
