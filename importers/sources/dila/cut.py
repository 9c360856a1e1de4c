"""Makes the shipped file of this folder from the whole directory: bodies of some départements, and of their régions.

python -m importers.sources.dila.cut --from FILE [--departements 25 75 92]
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Collection
from pathlib import Path

from graph.model.territory import TerritoryLevel
from graph.model.vocabulary import coverage_level
from importers.sources.dila.get import SHIPPED
from importers.sources.dila.reading import body_id, known_type
from importers.sources.territory.atlas import shipped


def wanted(raw: str, departements: Collection[str], regions: Collection[str]) -> bool:
    """Whether the body of this id is of these départements, or serves the whole of one of their régions."""
    found = body_id(raw)
    if found is None:
        return False
    commune = shipped().commune(found.insee)
    if commune is None:
        return False
    if shipped().around(commune, TerritoryLevel.DEPARTEMENT) in departements:
        return True
    kind = known_type(found.dila_type)
    regional = kind is not None and coverage_level(kind.kind) is TerritoryLevel.REGION
    return regional and shipped().around(commune, TerritoryLevel.REGION) in regions


def main() -> None:
    """Entry point of the command in this module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m importers.sources.dila.cut")
    parser.add_argument("--from", dest="whole", type=Path, required=True, metavar="FILE")
    parser.add_argument("--departements", nargs="+", default=["25", "75", "92"], metavar="CODE")
    parser.add_argument("--out", type=Path, default=SHIPPED, metavar="FILE")
    asked = parser.parse_args()
    departements = {f"{TerritoryLevel.DEPARTEMENT}:{code}" for code in asked.departements}
    regions = {shipped().around(shipped()[id_], TerritoryLevel.REGION) for id_ in departements}
    with asked.whole.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    kept = sorted(row for row in rows if wanted(row[0], departements, regions))
    with asked.out.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([header, *kept])
    sys.stdout.write(f"{len(kept)} bodies, {asked.out.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
