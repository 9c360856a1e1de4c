"""The 2019 directory, read as it is written: lost signs, addresses in notes, merged communes, bodies since replaced."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from graph.model.directory import Batch, Contact, Organisation, Place, SuccessionKind
from graph.model.vocabulary import dila_kinds, named_successions
from importers.report import Refused
from importers.sources.dila import reading
from importers.sources.dila.get import HERE, read
from importers.sources.dila.reading import Address, Notes
from importers.sources.dila.successors import TAKEOVERS
from importers.sources.dila.transform import OUT_OF_SCOPE, TWICE, transform
from importers.sources.territory.atlas import shipped
from importers.tables import Row, Table

SAMPLE = HERE / "sample.csv"


@pytest.fixture(scope="module")
def batch() -> Batch:
    found, _, _ = transform(read(SAMPLE), shipped())
    return found


@pytest.fixture(scope="module")
def bodies(batch: Batch) -> dict[str, Organisation]:
    return {body.id: body for body in batch.organisations}


def one(**fields: str) -> tuple[Batch, tuple[Refused, ...], Counter[str]]:
    """What becomes of a single row, the good mairie of Besançon but for `fields`."""
    good = next(row for row in read(SAMPLE).rows if row["#id"] == "mairie-25056-01")
    return transform(Table((Row(7, {**good.fields, **fields}),)), shipped())


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (
            "Centre d\x92information et d\x92orientation (CIO) - Besançon",
            "Centre d’information et d’orientation (CIO) – Besançon",
        ),
        ("Centre régional des \x9cuvres universitaires", "Centre régional des œuvres universitaires"),
        ("Mairie - Châtillon 92020-01", "Mairie – Châtillon"),
        ("Maison de la vie associative (MVAC)- Paris 20e", "Maison de la vie associative (MVAC) – Paris 20e"),
        (
            "Mission locale pour l'insertion professionnelle et sociale des jeunes (16-25 ans) - Besançon",
            "Mission locale – Besançon",
        ),
        ("Crédit municipal  -  Saint-Denis", "Crédit municipal – Saint-Denis"),
    ],
)
def test_names(raw: str, name: str) -> None:
    assert reading.name(raw) == name


@pytest.mark.parametrize(
    ("raw", "notes"),
    [
        (
            "Adresse : Entrée C - 1 chemin de Ronde, 25000, Besançon | Tél : 03 81 61 92 41 | Fax : ",
            Notes(Address("Entrée C – 1 chemin de Ronde", "25000", "Besançon"), "03 81 61 92 41", ""),
        ),
        (
            "Adresse : BP 6405,2190,Laon Cedex | Tél : | Fax : ",
            Notes(Address("BP 6405", "02190", "Laon Cedex"), "", ""),
        ),
        (
            "Adresse : 12 rue du Château,92600,Asnières | Tél : 01.41.11.83.10 / appeler le 17 en cas d'urgence | Fax : 1",
            Notes(
                Address("12 rue du Château", "92600", "Asnières"), "01 41 11 83 10", "Appeler le 17 en cas d’urgence."
            ),
        ),
        (
            "Adresse : 11 boulevard des Bouvets, CS 70146,92000,Nanterre- Tél : 01 47 86 40 00- Fax : 01 47 86 40 40",
            Notes(Address("11 boulevard des Bouvets, CS 70146", "92000", "Nanterre"), "01 47 86 40 00", ""),
        ),
        ("Adresse : Le bourg | Tél : 3960 | Fax : ", Notes(Address("Le bourg"), "3960", "")),
        ("12 rue du Château", None),
    ],
)
def test_notes(raw: str, notes: Notes | None) -> None:
    assert reading.notes(raw) == notes


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("03 81 61 92 41", "03 81 61 92 41"),
        ("0381619241", "03 81 61 92 41"),
        ("+33 3 81 61 92 41", "03 81 61 92 41"),
        ("03 81 61 92 41 ou 06 00 00 00 00", "03 81 61 92 41"),
        ("0 810 010 000 (0,06 TTC/mn)", "08 10 01 00 00"),
        ("39 60", "3960"),
        ("+590 85 19 50", "+590 85 19 50"),
        (" ", ""),
    ],
)
def test_phones(written: str, phone: str) -> None:
    assert reading.phone(written) == phone


@pytest.mark.parametrize(
    ("raw", "website"),
    [
        ("http://www.besancon.fr", "http://www.besancon.fr"),
        ("https://handicap.paris.fr/a/b?c=1", "https://handicap.paris.fr/a/b?c=1"),
        ("www.lesmontsdaunay.fr", "http://www.lesmontsdaunay.fr"),
        ("http://www.hauts-de-seine.frsolidarites/seniors", "http://www.hauts-de-seine.fr"),
        ("http://www.frejus.fr", "http://www.frejus.fr"),
        ("pements/maison-de-la-vie-associative-6420", ""),
        ("", ""),
    ],
)
def test_websites(raw: str, website: str) -> None:
    assert reading.website(raw) == website


def test_a_body_as_it_is_shown(bodies: dict[str, Organisation]) -> None:
    besancon = shipped()["25056"]
    assert bodies["dila:cidf-25056-01"] == Organisation(
        id="dila:cidf-25056-01",
        name="Centre d’information sur les droits des femmes et des familles (CIDFF) – Doubs",
        kind="CIDFF",
        source="dila",
        vouched_on=date(2019, 9, 1),
        covers=("departement:25",),
        place=Place(
            address="Espace associatif Simone-de-Beauvoir – 14 rue Violet",
            postcode="25000",
            city="Besançon",
            territory="25056",
            point=besancon.point,
        ),
        contact=Contact(phone="03 81 83 48 19", url="http://www.infofemmes.com"),
    )


@pytest.mark.parametrize(
    ("id_", "covers"),
    [
        ("dila:mairie-92020-01", ("92020",)),
        ("dila:mairie-25027-01", ("25245",)),
        ("dila:epci-25056-01", ("epci:242500361",)),
        ("dila:mission_locale-25056-01", ("departement:25",)),
        (
            "dila:mission_locale-75111-01",
            ("75101", "75102", "75103", "75104", "75109", "75110", "75111"),
        ),
        ("dila:ofii-92049-01", ("departement:92", "departement:78")),
        ("dila:agefiph-92007-01", ("region:11",)),
        ("dila:apec-25056-01", ("departement:25",)),
        ("dila:msap-75112-01", ("departement:75",)),
    ],
)
def test_territory_served(bodies: dict[str, Organisation], id_: str, covers: tuple[str, ...]) -> None:
    assert bodies[id_].covers == covers


def test_a_door_is_where_its_address_says(bodies: dict[str, Organisation]) -> None:
    places = {id_: body.place for id_, body in bodies.items()}
    arcueil, capitals = places["dila:agefiph-92007-01"], places["dila:prudhommes-25056-01"]
    assert arcueil and (arcueil.territory, arcueil.city) == ("94003", "Arcueil")
    assert capitals and (capitals.territory, capitals.city) == ("25056", "Besançon")


def test_a_mairie_of_a_merged_commune_is_part_of_the_present_one(bodies: dict[str, Organisation]) -> None:
    merged = bodies["dila:mairie-25027-01"]
    assert (merged.name, merged.part_of) == ("Mairie déléguée – Arguel", "dila:mairie-25245-01")
    assert merged.description == "Commune réunie depuis à Fontain."
    assert bodies["dila:mairie-25245-01"].part_of == ""


def test_a_centre_is_part_of_its_département(bodies: dict[str, Organisation]) -> None:
    assert bodies["dila:pmi-92050-01"].part_of == "dila:cg-92050-01"


def test_namesakes_are_told_apart_by_arrondissement(bodies: dict[str, Organisation]) -> None:
    assert bodies["dila:clic-75113-01"].name == (
        "CLIC, point d’information pour les personnes âgées – Paris (13e arrondissement)"
    )
    assert len({body.name for body in bodies.values()}) == len(bodies)


@pytest.mark.parametrize(
    ("id_", "name", "kind", "address"),
    [
        ("dila:ddets-25", "DDETSPP du Doubs", "DDETS", ""),
        ("dila:ddets-92", "DRIEETS d’Île-de-France – unité départementale des Hauts-de-Seine", "DDETS", ""),
        (
            "dila:msap-75112-01:suite",
            "France services – Paris – Sud-Est",
            "FRANCE_SERVICES",
            "Point information médiation multi-services – 181 avenue Daumesnil",
        ),
        (
            "dila:onac-25056-01:suite",
            "Office national des combattants et des victimes de guerre (ONaCVG) – Service départemental – Doubs",
            "ONACVG",
            "18 avenue Arthur-Gaulard",
        ),
        ("dila:tribunal-14118", "Tribunal judiciaire – Caen", "TRIBUNAL", "11 rue Dumont d’Urville – CS 55365"),
        ("dila:tribunal-18197", "Tribunal de proximité – Saint-Amand-Montrond", "TRIBUNAL", "11 Cours Manuel"),
    ],
)
def test_successors(bodies: dict[str, Organisation], id_: str, name: str, kind: str, address: str) -> None:
    successor = bodies[id_]
    assert (successor.name, successor.kind, successor.closed_on) == (name, kind, None)
    assert successor.place and successor.place.address == address


def test_closed_bodies_are_carried_to_their_successors(batch: Batch, bodies: dict[str, Organisation]) -> None:
    links = {(link.predecessor, link.successor, link.on, link.kind) for link in batch.successions}
    merged, renamed = SuccessionKind.MERGED, SuccessionKind.RENAMED
    assert links == {
        ("dila:ddcspp-25056-01", "dila:ddets-25", date(2021, 4, 1), merged),
        ("dila:ddcs-92050-01", "dila:ddets-92", date(2021, 4, 1), merged),
        ("dila:direccte_ut-92050-01", "dila:ddets-92", date(2021, 4, 1), merged),
        ("dila:msap-75112-01", "dila:msap-75112-01:suite", date(2020, 1, 1), renamed),
        ("dila:onac-25056-01", "dila:onac-25056-01:suite", date(2023, 1, 1), renamed),
        ("dila:tgi-14118-01", "dila:tribunal-14118", date(2020, 1, 1), merged),
        ("dila:ti-14118-01", "dila:tribunal-14118", date(2020, 1, 1), merged),
        ("dila:ti-18197-01", "dila:tribunal-18197", date(2020, 1, 1), renamed),
    }
    assert {body.id: body.closed_on for body in bodies.values() if body.closed_on} == {
        predecessor: on for predecessor, _, on, _ in links
    }


def test_each_type_that_was_replaced_has_a_successor() -> None:
    replaced = {type_ for type_, dila in dila_kinds().items() if dila.successor_kind and dila.replaced_on}
    assert replaced == TAKEOVERS.keys()
    days = {succession.predecessor: succession.on for succession in named_successions()}
    assert dila_kinds()["ddcspp"].replaced_on == days["DDCSPP"]
    assert dila_kinds()["tgi"].replaced_on == days["Tribunaux de grande instance et d’instance"]
    assert dila_kinds()["msap"].replaced_on == days["Maisons de services au public (MSAP)"]


def test_what_is_left_out_is_counted_and_what_is_refused_is_told() -> None:
    _, refused, skipped = transform(read(SAMPLE), shipped())
    assert refused == (
        Refused(30, "#id", "mairie-60455-01", "Le code INSEE 60455 n’est celui d’aucune commune, présente ou passée."),
    )
    assert skipped == {OUT_OF_SCOPE: 2, TWICE: 1}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"#id": "mairie"}, "#id"),
        ({"#id": "bergerie-25056-01"}, "#id"),
        ({"#id": "mairie-99999-01"}, "#id"),
        ({"name": ""}, "name"),
        ({"notes": "2 rue Mégevand"}, "notes"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(fields: dict[str, str], field: str) -> None:
    batch, refused, skipped = one(**fields)
    assert [(found.line, found.field, found.value) for found in refused] == [(7, field, fields[field])]
    assert batch == Batch()
    assert skipped == {}


def test_an_id_is_taken_once() -> None:
    row = next(row for row in read(SAMPLE).rows if row["#id"] == "mairie-25056-01")
    again = Row(9, {**row.fields, "name": "Autre nom"})
    batch, refused, _ = transform(Table((row, again)), shipped())
    assert [body.name for body in batch.organisations] == ["Mairie – Besançon"]
    assert [(found.line, found.field) for found in refused] == [(9, "#id")]


def test_the_shipped_directory() -> None:
    batch, refused, skipped = transform(read(), shipped())
    assert refused == ()
    assert skipped == {OUT_OF_SCOPE: 117, TWICE: 1}
    assert (len(batch.organisations), len(batch.successions)) == (1019, 35)
    kinds = Counter(body.kind for body in batch.organisations)
    assert {kind: kinds[kind] for kind in ("COMMUNE", "PMI", "CLIC", "MISSION_LOCALE", "MDPH", "ADIL", "EPCI")} == {
        "COMMUNE": 590,
        "PMI": 57,
        "CLIC": 30,
        "MISSION_LOCALE": 9,
        "MDPH": 3,
        "ADIL": 5,
        "EPCI": 14,
    }
    assert [body.id for body in batch.organisations if not body.covers or body.place is None] == []
    assert [
        body.name for body in batch.organisations if any(ord(c) < 32 or 127 <= ord(c) < 160 for c in body.name)
    ] == []
    assert [body.name for body in batch.organisations if "'" in body.name] == []


def test_the_shipped_file_holds_no_address_of_a_mailbox() -> None:
    shipped_file = Path(HERE / "organismes.csv").read_text(encoding="utf-8")
    assert shipped_file.count("@") == 0
