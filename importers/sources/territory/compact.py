"""Makes the shipped files of this folder from the official ones. Same input, same bytes.

python -m importers.sources.territory.compact --cog FOLDER

FOLDER holds `communes.json`, `epci.json`, `ept.json`, `departements.json`, `regions.json` (npm package
`@etalab/decoupage-administratif`) and `laposte_hexasmal_2020.csv` (La Poste). See README.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from graph.model.territory import Point
from importers.french import typographic
from importers.sources.territory.get import COMMUNES, FORMER, HERE, POSTCODES_SEPARATOR, ZONES

# INSEE's "type de nom en clair": the article that goes before a name.
ARTICLES: Final = {2: "le", 3: "la", 4: "les", 5: "l’"}
# 0.0001° is about 11 m: enough for the middle of a commune.
DECIMALS: Final = 4

Json = dict[str, Any]


@dataclass(slots=True)
class Sources:
    """The official files, read."""

    current: list[Json]
    arrondissements: list[Json]
    past: list[Json]
    groups: list[Json]
    parts: list[Json]
    departements: list[Json]
    regions: list[Json]
    points: dict[str, Point]
    origins: Counter[str] = field(default_factory=Counter)


def read(folder: Path) -> Sources:
    """Raises OSError or ValueError when a file is missing or not the official one."""
    communes = _json(folder, "communes")
    return Sources(
        current=[c for c in communes if c["type"] == "commune-actuelle"],
        arrondissements=[c for c in communes if c["type"] == "arrondissement-municipal"],
        past=[c for c in communes if c["type"] in {"commune-deleguee", "commune-associee"}],
        groups=_json(folder, "epci"),
        parts=_json(folder, "ept"),
        departements=_json(folder, "departements"),
        regions=_json(folder, "regions"),
        points=_overseas_points() | _post_points(folder / "laposte_hexasmal_2020.csv"),
    )


def place(sources: Sources) -> dict[str, Point]:
    """A point for every current commune and arrondissement; `sources.origins` counts how missing ones were found."""
    points = dict(sources.points)
    halves = defaultdict(list)
    for arrondissement in sources.arrondissements:
        halves[arrondissement["commune"]].append((points[arrondissement["code"]], 1))
    delegated = defaultdict(list)
    for commune in sources.past:
        delegated[commune["chefLieu"]].append(commune["code"])
    neighbours = _neighbours(sources)
    for commune in sources.current:
        code = commune["code"]
        past = [old for old in (*delegated[code], *commune.get("anciensCodes", ())) if old in sources.points]
        if code in sources.points:
            continue
        if code in halves:
            points[code], origin = mean(halves[code]), "arrondissements"
        elif past:
            points[code], origin = sources.points[past[0]], "former commune"
        else:
            around = [other for other in neighbours[code] if other in sources.points]
            points[code], origin = mean([(sources.points[other], 1) for other in around]), "mean of neighbours"
        sources.origins[origin] += 1
    return points


def mean(weighted: Sequence[tuple[Point, int]]) -> Point:
    """The mean of points by weight; a plain mean when nothing weighs. No shape of ours crosses the 180th meridian."""
    whole = sum(weight for _, weight in weighted)
    weights = [weight for _, weight in weighted] if whole else [1] * len(weighted)
    lat = sum(point.lat * weight for (point, _), weight in zip(weighted, weights, strict=True))
    lon = sum(point.lon * weight for (point, _), weight in zip(weighted, weights, strict=True))
    return Point(round(lat / sum(weights), DECIMALS), round(lon / sum(weights), DECIMALS))


def commune_rows(sources: Sources, points: dict[str, Point]) -> list[list[object]]:
    """One row a current commune or arrondissement, by code."""
    group = {member["code"]: epci["code"] for epci in sources.groups for member in epci["membres"]}
    part = {member["code"]: ept["code"] for ept in sources.parts for member in ept["membres"]}
    rows: list[list[object]] = []
    for commune in (*sources.current, *sources.arrondissements):
        code, city = commune["code"], commune.get("commune", "")
        belongs = city or code
        rows.append(
            [
                code,
                typographic(commune["nom"]).replace(" Arrondissement", " arrondissement"),
                commune["departement"],
                group.get(belongs, ""),
                part.get(belongs, ""),
                city,
                POSTCODES_SEPARATOR.join(sorted(commune.get("codesPostaux", ()))),
                commune.get("population", 0),
                points[code].lat,
                points[code].lon,
            ]
        )
    return sorted(rows, key=lambda row: str(row[0]))


def zone_rows(sources: Sources, points: dict[str, Point]) -> list[list[object]]:
    """One row an EPCI, EPT, département, region, and the country, with its population and its centre of population."""
    people = {commune["code"]: commune.get("population", 0) for commune in sources.current}
    members: dict[str, list[str]] = defaultdict(list)
    for commune in sources.current:
        members[f"departement:{commune['departement']}"].append(commune["code"])
        members[f"region:{commune['region']}"].append(commune["code"])
        members["pays:FR"].append(commune["code"])
    for group in (*sources.groups, *sources.parts):
        members[f"epci:{group['code']}"] = [member["code"] for member in group["membres"]]
    named = [
        *((f"epci:{e['code']}", e["nom"], "", "") for e in (*sources.groups, *sources.parts)),
        *(
            (f"departement:{d['code']}", d["nom"], ARTICLES.get(d["typeLiaison"], ""), d["region"])
            for d in sources.departements
        ),
        *((f"region:{r['code']}", r["nom"], "", "") for r in sources.regions),
        ("pays:FR", "France", "la", ""),
    ]
    rows: list[list[object]] = []
    for id_, name, article, region in named:
        centre = mean([(points[code], people[code]) for code in members[id_]])
        population = sum(people[code] for code in members[id_])
        rows.append([id_, typographic(name), article, region, population, centre.lat, centre.lon])
    return sorted(rows, key=lambda row: str(row[0]))


def former_rows(sources: Sources) -> list[list[object]]:
    """Codes that are no more, with name where known and present commune; those whose land was split are left out."""
    now: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for commune in sources.past:
        now[commune["code"]].add(commune["chefLieu"])
        names[commune["code"]] = typographic(commune["nom"])
    for commune in sources.current:
        for old in commune.get("anciensCodes", ()):
            now[old].add(commune["code"])
    known = {commune["code"] for commune in (*sources.current, *sources.arrondissements)}
    return [
        [old, names.get(old, ""), *codes] for old, codes in sorted(now.items()) if len(codes) == 1 and old not in known
    ]


def write(folder: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Writes a packed table and gives its size in bytes. No clock, no file name in it: same rows, same bytes."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    table.writerows(rows)
    packed = gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0)
    (folder / f"{name}.csv.gz").write_bytes(packed)
    return len(packed)


def _neighbours(sources: Sources) -> dict[str, list[str]]:
    """For each commune, those of its EPCI, or those of its département when it has none with a point."""
    beside: dict[str, list[str]] = {}
    for group in sources.groups:
        codes = [member["code"] for member in group["membres"]]
        beside |= dict.fromkeys(codes, codes)
    around: dict[str, list[str]] = defaultdict(list)
    for commune in sources.current:
        around[commune["departement"]].append(commune["code"])
    return {
        commune["code"]: beside.get(commune["code"]) or around[commune["departement"]] for commune in sources.current
    }


def _post_points(path: Path) -> dict[str, Point]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        found = {}
        for row in csv.DictReader(lines, delimiter=";"):
            if row["coordonnees_gps"]:
                lat, lon = row["coordonnees_gps"].split(",")
                found[row["Code_commune_INSEE"]] = Point(round(float(lat), DECIMALS), round(float(lon), DECIMALS))
        return found


def _overseas_points() -> dict[str, Point]:
    with (HERE / "overseas_points.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: Point(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(lines)}


def _json(folder: Path, name: str) -> list[Json]:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    """Entry point of the command in this module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m importers.sources.territory.compact")
    parser.add_argument("--cog", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--out", type=Path, default=HERE, metavar="FOLDER")
    asked = parser.parse_args()
    sources = read(asked.cog)
    points = place(sources)
    for name, columns, rows in (
        ("communes", COMMUNES, commune_rows(sources, points)),
        ("zones", ZONES, zone_rows(sources, points)),
        ("former", FORMER, former_rows(sources)),
    ):
        size = write(asked.out, name, columns, rows)
        sys.stdout.write(f"{name}: {len(rows)} rows, {size} bytes\n")
    for origin, count in sorted(sources.origins.items()):
        sys.stdout.write(f"points from {origin}: {count}\n")


if __name__ == "__main__":
    main()
