"""A made-up directory of France's size, as an index that a site can be served on: `python -m bench.france FOLDER`.

Invented bodies and services on the real map, always the same for the same numbers. What a service handles is drawn from real
services (bench/data/README.md); communes are drawn by population; the rest is plausible and no more. The graph is not needed:
listings are projected as the store projects them, and written as the indexer writes them.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import json
import random
from array import array
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate, islice, product
from pathlib import Path
from typing import Final

from rich.progress import track

from bench.bodies import BY_DEPARTEMENT, BY_POPULATION, BY_REGION, CCAS_FROM, FIRST_NAMES, OTHERS
from graph.model.directory import Capacity, Contact, Mode, Organisation, Place, Post, Public, Service
from graph.model.relay import Listing
from graph.model.territory import COUNTRY, Point, Territory, TerritoryLevel
from graph.model.vocabulary import competence, coverage_level, kinds
from graph.store.relays import Known, listing_of
from importers.sources.territory.get import read
from importers.sources.territory.transform import transform
from search.document import INDEX_FORMAT
from search.embedded import EmbeddedEngine

COMPETENCES: Final = Path(__file__).parent / "data" / "competences-of-services.csv.gz"
SEED: Final = 2026
# Raised with whatever changes what is made: a folder made before is then made anew.
EDITION: Final = 2
MARK: Final = "france.json"
LAST_DAY: Final = date(2026, 6, 1)
DAYS_BACK: Final = 3 * 365
BATCH: Final = 500
SERVICES: Final = 100_000
# Sixty thousand bodies for a hundred thousand services.
BODIES_FOR_A_SERVICE: Final = 0.6

DAYS: Final = ("Mo-Fr", "Mo-Th", "Tu-Fr", "Tu-Sa", "Mo,We,Fr", "Mo,Tu,Th,Fr", "We", "Mo-Sa")
MORNINGS: Final = (
    "08:30-12:00",
    "09:00-12:00",
    "09:00-12:30",
    "08:45-12:15",
    "10:00-12:30",
    "08:00-12:00",
    "09:30-12:00",
)
AFTERNOONS: Final = (
    "",
    "13:30-17:00",
    "14:00-17:00",
    "13:30-16:30",
    "14:00-18:00",
    "13:00-17:30",
    "14:00-16:00",
    "13:45-17:15",
)
HOURS: Final = tuple(
    f"{days} {morning},{afternoon}".rstrip(",") for days, morning, afternoon in product(DAYS, MORNINGS, AFTERNOONS)
)
# Where services act, in hundredths.
COVERAGES: Final = {
    TerritoryLevel.COMMUNE: 25,
    TerritoryLevel.EPCI: 15,
    TerritoryLevel.DEPARTEMENT: 48,
    TerritoryLevel.REGION: 8,
    TerritoryLevel.COUNTRY: 4,
}
MODES: Final = ((Mode.EN_PRESENTIEL,), (Mode.EN_PRESENTIEL, Mode.A_DISTANCE), (Mode.A_DISTANCE,), ())
MODE_WEIGHTS: Final = (60, 22, 8, 10)
PUBLICS: Final = tuple(Public)
STREETS: Final = (
    "rue de la République",
    "avenue Jean-Jaurès",
    "place de la Mairie",
    "rue des Écoles",
    "boulevard Carnot",
)
ABOUT: Final = (
    "Accueil, information et orientation des personnes, sans condition de ressources.",
    "Un accompagnement individuel est proposé après un premier entretien.",
    "L’équipe travaille avec les services sociaux du territoire et avec les associations.",
    "Des ateliers collectifs ont lieu chaque mois ; le programme est affiché à l’accueil.",
    "Les demandes sont étudiées en commission, avec l’accord de la personne.",
)
CONDITIONS: Final = ("", "Sur rendez-vous.", "Avec une pièce d’identité.", "Sur orientation d’un travailleur social.")


class France:
    """So many organisations with so many services in all, made one organisation at a time."""

    def __init__(self, services: int, organisations: int) -> None:
        self.territories, _ = transform(read())
        self._by_id = {territory.id: territory for territory in self.territories}
        divided = {t.zones[1] for t in self.territories if t.level is TerritoryLevel.ARRONDISSEMENT}
        self.communes = [t for t in self.territories if ":" not in t.id and t.id not in divided and t.population]
        self._people = list(accumulate(commune.population for commune in self.communes))
        self._matters, self._matter_weights = _matters()
        self._random = random.Random(SEED)
        self._services = array("L", bytes(array("L").itemsize * organisations))
        for _ in range(services):
            self._services[self._random.randrange(organisations)] += 1

    def listings(self) -> Iterator[list[Listing]]:
        """What the index holds of each organisation: itself, then its services."""
        bodies = islice(self._bodies(), len(self._services))
        made = 0
        for number, (count, (kind, commune, covers)) in enumerate(zip(self._services, bodies, strict=True)):
            body = self._organisation(number, kind, commune, covers)
            offered = [self._service(made + own, body, commune) for own in range(count)]
            made += count
            posts = (self._post(body),) if self._random.random() < 0.4 else ()
            known = Known(
                organisations={body.id: body}, territories=self._by_id, formers={}, posts={body.id: posts}, before={}
            )
            yield [listing_of(thing, known) for thing in (body, *offered)]

    def commune(self) -> Territory:
        """One, by population."""
        return self._random.choices(self.communes, cum_weights=self._people)[0]

    def _bodies(self) -> Iterator[tuple[str, Territory, str]]:
        """Kind, commune and territory covered, without end: what each territory has once, then what follows the population."""
        largest: dict[str, Territory] = {}
        for commune in self.communes:
            for zone in commune.zones:
                largest[zone] = max(largest.get(zone, commune), commune, key=lambda other: other.population)
        yield from (
            (kind, largest[COUNTRY], COUNTRY) for kind in kinds() if coverage_level(kind) is TerritoryLevel.COUNTRY
        )
        for level, found in ((TerritoryLevel.REGION, BY_REGION), (TerritoryLevel.DEPARTEMENT, BY_DEPARTEMENT)):
            for territory in self.territories:
                if territory.level is level and territory.id in largest:
                    yield from ((kind, largest[territory.id], territory.id) for kind in found)
        yield from (("CCAS", commune, commune.id) for commune in self.communes if commune.population >= CCAS_FROM)
        names, weights = list(BY_POPULATION), list(accumulate(BY_POPULATION.values()))
        while True:
            kind, commune = self._random.choices(names, cum_weights=weights)[0], self.commune()
            level = coverage_level(kind) or TerritoryLevel.COMMUNE
            # A local office of a national body serves its surroundings.
            yield (
                kind,
                commune,
                self._around(commune, TerritoryLevel.EPCI if level is TerritoryLevel.COUNTRY else level),
            )

    def _around(self, commune: Territory, level: TerritoryLevel) -> str:
        return next((zone for zone in commune.zones if zone.startswith(f"{level}:")), commune.id)

    def _organisation(self, number: int, kind: str, commune: Territory, covers: str) -> Organisation:
        name = f"{kinds()[kind].label.split(' (')[0]} {commune.where()}"
        if kind in OTHERS:
            name = f"{self._random.choice(FIRST_NAMES)} {self._random.choice(OTHERS[kind])} {commune.name}"
        return Organisation(
            id=f"bench:o{number}",
            name=name,
            kind=kind,
            source="bench",
            vouched_on=self._day(),
            description=self._about(2),
            covers=(covers,),
            place=self._place(commune),
            contact=self._contact(f"o{number}"),
            hours=self._random.choice(HOURS),
        )

    def _service(self, number: int, body: Organisation, home: Territory) -> Service:
        handled = self._random.choices(self._matters, cum_weights=self._matter_weights)[0]
        level = self._random.choices(list(COVERAGES), weights=list(COVERAGES.values()))[0]
        elsewhere = self._random.random() < 0.15
        place = self._place(self.commune() if elsewhere else home) if elsewhere or self._random.random() < 0.6 else None
        maybe = (None, None, True, False)
        return Service(
            id=f"bench:s{number}",
            name=competence(self._random.choice(handled)).label,
            organisation=body.id,
            competences=handled,
            covers=(COUNTRY if level is TerritoryLevel.COUNTRY else self._around(home, level),),
            source="bench",
            vouched_on=self._day(),
            description=self._about(4),
            conditions=self._random.choice(CONDITIONS),
            publics=tuple(self._random.sample(PUBLICS, self._random.choice((0, 0, 1, 1, 2, 3)))),
            modes=self._random.choices(MODES, weights=MODE_WEIGHTS)[0],
            place=place,
            contact=self._contact(f"s{number}"),
            hours=self._random.choice(HOURS) if self._random.random() < 0.5 else "",
            capacity=self._capacity() if self._random.random() < 0.15 else None,
            answer_days=self._random.randrange(1, 20) if self._random.random() < 0.3 else None,
            without_residence_condition=self._random.choice(maybe),
            interpreter=self._random.choice(maybe),
            accessible=self._random.choice(maybe),
            free=self._random.choice(maybe),
        )

    def _capacity(self) -> Capacity:
        day, kind = self._day(), self._random.randrange(3)
        if kind == 0:
            return Capacity(vouched_on=day, full_until=day + timedelta(days=60))
        return Capacity(vouched_on=day, places_free=self._random.randrange(9), waiting_days=self._random.randrange(90))

    def _post(self, body: Organisation) -> Post:
        return Post(
            id=f"{body.id}:accueil", label="Accueil", organisation=body.id, contact=body.contact, hours=body.hours
        )

    def _place(self, commune: Territory) -> Place:
        at = commune.point
        return Place(
            address=f"{self._random.randrange(1, 200)} {self._random.choice(STREETS)}",
            postcode=commune.postcodes[0] if commune.postcodes else "",
            city=commune.name,
            territory=commune.id,
            point=at and Point(self._near(at.lat), self._near(at.lon)),
        )

    def _near(self, degrees: float) -> float:
        """About a kilometre away."""
        return round(self._random.gauss(degrees, 0.01), 5)

    def _contact(self, name: str) -> Contact:
        phone = f"0{self._random.randrange(1, 6)}{self._random.randrange(10**8):08}"
        return Contact(phone=phone, email=f"{name}@example.org", url=f"https://example.org/{name}")

    def _day(self) -> date:
        return LAST_DAY - timedelta(days=self._random.randrange(DAYS_BACK))

    def _about(self, sentences: int) -> str:
        return " ".join(self._random.sample(ABOUT, sentences))


def _matters() -> tuple[list[tuple[str, ...]], list[int]]:
    """What real services handle, and how many up to each handle that."""
    with gzip.open(COMPETENCES, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [tuple(row["competences"].split()) for row in rows], list(accumulate(int(row["services"]) for row in rows))


def made(folder: Path, services: int) -> bool:
    """Whether `folder` already holds this France, in the format of today."""
    try:
        return json.loads((folder / MARK).read_text()) == _mark(services)
    except (OSError, ValueError):
        return False


async def make(folder: Path, services: int) -> None:
    """Write the index of a data folder. Memory stays flat, whatever the number."""
    france = France(services, bodies_for(services))
    (folder / MARK).unlink(missing_ok=True)
    writer = await EmbeddedEngine(folder / "index").aside()
    await writer.keep_places(france.territories)
    batch: list[Listing] = []
    for listings in track(france.listings(), f"{services:,} services", total=bodies_for(services)):
        batch += listings
        if len(batch) >= BATCH:
            await writer.replace((), batch)
            batch.clear()
    await writer.replace((), batch)
    await writer.commit()
    await writer.switch()
    await writer.close()
    (folder / MARK).write_text(json.dumps(_mark(services)))


def bodies_for(services: int) -> int:
    """How many organisations offer so many services."""
    return round(services * BODIES_FOR_A_SERVICE)


def _mark(services: int) -> dict[str, int]:
    return {"services": services, "edition": EDITION, "format": INDEX_FORMAT, "seed": SEED}


def main(arguments: Sequence[str] | None = None) -> None:
    """Make it where it is not there yet."""
    read_ = argparse.ArgumentParser(prog="python -m bench.france", description="Une France inventée, comme index.")
    read_.add_argument("folder", type=Path)
    read_.add_argument("--services", type=int, default=SERVICES)
    asked = read_.parse_args(arguments)
    if not made(asked.folder, asked.services):
        asyncio.run(make(asked.folder, asked.services))


if __name__ == "__main__":
    main()
