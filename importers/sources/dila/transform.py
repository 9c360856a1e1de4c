"""From the rows of the directory to organisations, their successors, and what binds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from graph.model.directory import Batch, Contact, Organisation, Place
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import DilaKind, kinds
from importers.report import Refused
from importers.sources.dila import reading
from importers.sources.dila.coverage import covered
from importers.sources.dila.reading import BodyId
from importers.sources.dila.successors import Closed, carry_over
from importers.sources.territory.atlas import Atlas
from importers.tables import Row, RowError, Table

SOURCE: Final = "dila"
# The last edition of the file, to the month: no body vouched for its own entry.
VOUCHED_ON: Final = date(2019, 9, 1)
OUT_OF_SCOPE: Final = "hors du champ social"
TWICE: Final = "en double"
TOWN_HALL, DELEGATED_TOWN_HALL = "Mairie – ", "Mairie déléguée – "
ALIASES: Final = {
    "clic": ("CLIC", "Centre local d’information et de coordination gérontologique"),
    "inspection_academique": ("Inspection académique",),
    "mission_locale": ("Mission locale pour l’insertion professionnelle et sociale des jeunes",),
}


@dataclass(slots=True)
class Harvest:
    """What has been taken so far."""

    atlas: Atlas
    organisations: dict[str, Organisation] = field(default_factory=dict)
    closed: list[Closed] = field(default_factory=list)
    seen: set[tuple[object, ...]] = field(default_factory=set)
    refused: list[Refused] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def transform(table: Table, atlas: Atlas) -> tuple[Batch, tuple[Refused, ...], Counter[str]]:
    """Organisations and successions, the rows refused with line, field and value, and how many were left out and why."""
    harvest = Harvest(atlas, refused=list(table.refused))
    for row in table.rows:
        try:
            _take(harvest, row)
        except RowError as error:
            harvest.refused.append(error.refused)
    successors, links = carry_over(harvest.closed, atlas)
    organisations = _bound(_told_apart([*harvest.organisations.values(), *successors], atlas), atlas)
    return Batch(organisations=tuple(organisations), successions=tuple(links)), tuple(harvest.refused), harvest.skipped


def _take(harvest: Harvest, row: Row) -> None:
    body = reading.body_id(row["#id"])
    dila = reading.known_type(body.dila_type) if body else reading.national_type(row["#id"])
    if dila is None:
        raise row.error("#id", "Ce type d’organisme n’est pas connu, ou l’identifiant n’est pas type-INSEE-numéro.")
    if not dila.kind or body is None:
        harvest.skipped[OUT_OF_SCOPE] += 1
        return
    commune = harvest.atlas.commune(body.insee)
    if commune is None:
        raise row.error("#id", f"Le code INSEE {body.insee} n’est celui d’aucune commune, présente ou passée.")
    organisation = _organisation(row, body, dila, commune, harvest.atlas)
    if organisation.id in harvest.organisations:
        raise row.error("#id", "Cet identifiant est déjà celui d’une autre ligne.")
    said = (organisation.name, organisation.kind, organisation.place, organisation.contact)
    if said in harvest.seen:
        harvest.skipped[TWICE] += 1
        return
    harvest.seen.add(said)
    harvest.organisations[organisation.id] = organisation
    if organisation.closed_on:
        harvest.closed.append(Closed(organisation, dila, commune))


def _organisation(row: Row, body: BodyId, dila: DilaKind, commune: Territory, atlas: Atlas) -> Organisation:
    name, notes = reading.name(row["name"]), reading.notes(row["notes"])
    if not name:
        raise row.error("name", "Ce nom est vide.")
    if notes is None:
        raise row.error("notes", "L’adresse et le téléphone ne sont pas écrits comme attendu.")
    merged = body.dila_type == "mairie" and atlas.is_former(body.insee)
    if merged and name.startswith(TOWN_HALL):
        name = DELEGATED_TOWN_HALL + name.removeprefix(TOWN_HALL)
    where = _where(body, notes.address, commune, atlas)
    return Organisation(
        id=f"{SOURCE}:{row['#id']}",
        name=name,
        kind=dila.kind,
        source=SOURCE,
        vouched_on=VOUCHED_ON,
        description=f"Commune réunie depuis à {commune.name}." if merged else notes.remark,
        aliases=ALIASES.get(body.dila_type, ()),
        covers=covered(body.dila_type, dila.kind, name, commune, atlas),
        place=Place(
            address=notes.address.street,
            postcode=notes.address.postcode,
            city=reading.town(notes.address, atlas.town(where)) or atlas.town(where),
            territory=where.id,
            point=where.point,
        ),
        contact=Contact(phone=notes.phone, url=reading.website(row["home_page"])),
        closed_on=dila.replaced_on if dila.successor_kind else None,
    )


def _where(body: BodyId, address: reading.Address, commune: Territory, atlas: Atlas) -> Territory:
    """Where the door is: the id's commune, unless the address is plainly in another or in one of its arrondissements."""
    at_home = address.postcode in commune.postcodes and not atlas.parts(commune.id)
    if at_home or body.dila_type == "mairie":
        return commune
    return atlas.at(address.postcode, address.city) or commune


def _told_apart(organisations: list[Organisation], atlas: Atlas) -> list[Organisation]:
    """Bodies of a city that share one name get the arrondissement where they stand."""
    shared = Counter(organisation.name for organisation in organisations)
    return [
        replace(organisation, name=f"{organisation.name} ({part})")
        if shared[organisation.name] > 1 and (part := _part(organisation, atlas))
        else organisation
        for organisation in organisations
    ]


def _part(organisation: Organisation, atlas: Atlas) -> str:
    """ "13e arrondissement", or "" for a body that is in no municipal arrondissement."""
    territory = atlas[organisation.place.territory] if organisation.place else None
    if territory is None or territory.level is not TerritoryLevel.ARRONDISSEMENT:
        return ""
    return territory.name.removeprefix(atlas.town(territory)).strip()


def _bound(organisations: Iterable[Organisation], atlas: Atlas) -> list[Organisation]:
    """Units bound to the body they are part of: a centre to its département, a delegated mairie to the main one."""
    known = {organisation.id: organisation for organisation in organisations}
    by_kind: dict[tuple[str, str], list[str]] = {}
    for organisation in known.values():
        if organisation.closed_on is None:
            by_kind.setdefault((organisation.kind, organisation.covers[0]), []).append(organisation.id)
    return [
        replace(organisation, part_of=_parent(organisation, known.keys(), by_kind, atlas))
        for organisation in known.values()
    ]


def _parent(
    organisation: Organisation, known: Collection[str], by_kind: dict[tuple[str, str], list[str]], atlas: Atlas
) -> str:
    if organisation.name.startswith(DELEGATED_TOWN_HALL):
        main = f"{SOURCE}:mairie-{organisation.covers[0]}-01"
        return main if main in known and main != organisation.id else ""
    whole = kinds()[organisation.kind].part_of
    departement = atlas.around(atlas[organisation.covers[0]], TerritoryLevel.DEPARTEMENT)
    parents = by_kind.get((whole, departement), []) if whole else []
    return parents[0] if len(parents) == 1 else ""
