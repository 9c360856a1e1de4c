"""From the list of directions to organisations, each with the Pôle emploi that it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from graph.model.directory import Batch, Contact, Organisation, Succession, SuccessionKind
from graph.model.territory import COUNTRY, Territory, TerritoryLevel
from importers.report import Refused
from importers.sources.france_travail import labels
from importers.sources.france_travail.addresses import departement_of, place, postcode
from importers.sources.territory.atlas import Atlas
from importers.tables import Row, RowError, Table

SOURCE: Final = "france-travail"
KIND: Final = "FRANCE_TRAVAIL"
WEBSITE: Final = "https://www.francetravail.fr"
PHONE: Final = "3949"
# The name of the list's bodies and its postal addresses are of the first months of the new name.
VOUCHED_ON: Final = date(2024, 1, 1)
# Law no. 2023-1196 of 18 December 2023, article 6.
RENAMED_ON: Final = date(2024, 1, 1)
OLD_NAME, NEW_NAME = "Pôle emploi", "France Travail"
ABOUT: Final = (
    "Direction administrative. Pour s’inscrire ou rencontrer un conseiller : le 3949, ou l’agence la plus proche."
)


class Level(StrEnum):
    """What a direction directs."""

    HEADQUARTERS = "DG"
    REGIONAL = "DR"
    TERRITORIAL = "DT"


ABOVE: Final = {Level.TERRITORIAL: Level.REGIONAL, Level.REGIONAL: Level.HEADQUARTERS}


@dataclass(frozen=True, slots=True)
class _Direction:
    """What a row says, with the territories found for its labels."""

    row: Row
    level: Level
    region: Territory | None
    covers: tuple[str, ...]
    title: str


def transform(table: Table, atlas: Atlas) -> tuple[Batch, tuple[Refused, ...]]:
    """Two organisations a direction, the present one and the one it was, and the rows refused."""
    refused = list(table.refused)
    directions: dict[str, _Direction] = {}
    present: dict[str, Organisation] = {}
    for row in table.rows:
        try:
            if _id(row) in present:
                raise row.error("safir", "Ce code est déjà celui d’une autre ligne.")
            direction = _direction(row, atlas)
            present[_id(row)] = _organisation(direction, atlas)
            directions[_id(row)] = direction
        except RowError as error:
            refused.append(error.refused)
    organisations = [replace(body, part_of=_parent(directions[id_], directions)) for id_, body in present.items()]
    past = [_predecessor(body) for body in organisations]
    return Batch(
        organisations=(*organisations, *past),
        successions=tuple(
            Succession(predecessor=old.id, successor=new.id, on=RENAMED_ON, kind=SuccessionKind.RENAMED)
            for old, new in zip(past, organisations, strict=True)
        ),
    ), tuple(refused)


def _id(row: Row) -> str:
    return f"{SOURCE}:{row['safir']}"


def _direction(row: Row, atlas: Atlas) -> _Direction:
    try:
        level = Level(row["type"])
    except ValueError:
        raise row.error("type", "Il faut ici DG, DR ou DT.") from None
    match level:
        case Level.HEADQUARTERS:
            return _Direction(row, level, None, (COUNTRY,), "direction générale")
        case Level.REGIONAL:
            region = labels.region(row["nom"], atlas)
            if region is None:
                raise row.error("nom", "Aucune région ne porte ce nom.")
            return _Direction(row, level, region, (region.id,), f"direction régionale {region.name}")
        case Level.TERRITORIAL:
            return _territorial(row, atlas)


def _territorial(row: Row, atlas: Atlas) -> _Direction:
    region = labels.region(row["Libelle de la DR"], atlas)
    covered = labels.departements(row["nom"], region, atlas) or _by_postcode(row, atlas)
    if not covered:
        raise row.error("nom", "Aucun département n’a pu être reconnu, ni par le nom ni par le code postal.")
    region = region or atlas[atlas.around(covered[0], TerritoryLevel.REGION)]
    title = f"direction territoriale {labels.spoken(row['nom'], covered, atlas)}"
    return _Direction(row, Level.TERRITORIAL, region, tuple(territory.id for territory in covered), title)


def _by_postcode(row: Row, atlas: Atlas) -> list[Territory]:
    id_ = departement_of(postcode(row))
    return [atlas[id_]] if id_ in atlas else []


def _organisation(direction: _Direction, atlas: Atlas) -> Organisation:
    row = direction.row
    return Organisation(
        id=_id(row),
        name=f"{NEW_NAME} – {direction.title}",
        kind=KIND,
        source=SOURCE,
        vouched_on=VOUCHED_ON,
        description=ABOUT,
        aliases=(OLD_NAME,),
        covers=direction.covers,
        place=place(row, direction.region.id if direction.region else COUNTRY, atlas),
        contact=Contact(phone=PHONE, url=WEBSITE),
    )


def _predecessor(body: Organisation) -> Organisation:
    return replace(
        body,
        id=f"{body.id}:pole-emploi",
        name=body.name.replace(NEW_NAME, OLD_NAME),
        description="",
        aliases=("ANPE",),
        part_of=f"{body.part_of}:pole-emploi" if body.part_of else "",
        contact=Contact(),
        closed_on=RENAMED_ON,
    )


def _parent(direction: _Direction, directions: Mapping[str, _Direction]) -> str:
    above = ABOVE.get(direction.level)
    found = (
        id_
        for id_, other in directions.items()
        if other.level is above and (above is Level.HEADQUARTERS or other.region == direction.region)
    )
    return next(found, "")
