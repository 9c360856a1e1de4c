"""Directions of France Travail: which départements each covers, where it sits, and the Pôle emploi that it was."""

from __future__ import annotations

from datetime import date

import pytest

from graph.model.directory import Batch, Organisation, Succession, SuccessionKind
from graph.model.territory import Point, TerritoryLevel
from importers.report import Refused
from importers.sources.france_travail import labels
from importers.sources.france_travail.addresses import street
from importers.sources.france_travail.get import HERE, read
from importers.sources.france_travail.transform import transform
from importers.sources.territory.atlas import shipped
from importers.tables import Row, Table

# Collectivities that have employment services of their own, or no direction.
WITHOUT_DIRECTION = {"975", "977", "978", "984", "986", "987", "988", "989"}


@pytest.fixture(scope="module")
def batch() -> Batch:
    found, refused = transform(read(), shipped())
    assert refused == ()
    return found


@pytest.fixture(scope="module")
def bodies(batch: Batch) -> dict[str, Organisation]:
    return {body.id: body for body in batch.organisations}


def test_every_direction_is_there_twice(batch: Batch) -> None:
    assert (len(batch.organisations), len(batch.successions)) == (190, 95)
    assert {body.kind for body in batch.organisations} == {"FRANCE_TRAVAIL"}
    assert len({body.name for body in batch.organisations}) == 190


def test_every_département_has_its_direction(batch: Batch) -> None:
    covered = {zone for body in batch.organisations if not body.closed_on for zone in body.covers}
    missing = {t.id for t in shipped().of_level(TerritoryLevel.DEPARTEMENT)} - covered
    assert missing == {f"departement:{code}" for code in WITHOUT_DIRECTION}
    regions = {t.id for t in shipped().of_level(TerritoryLevel.REGION)} - covered
    assert regions == {f"region:{code}" for code in WITHOUT_DIRECTION}


@pytest.mark.parametrize(
    ("id_", "name", "covers", "part_of"),
    [
        ("00001", "direction générale", ("pays:FR",), ""),
        ("21069", "direction régionale Bourgogne-Franche-Comté", ("region:27",), "france-travail:00001"),
        ("97410", "direction régionale La Réunion", ("region:04",), "france-travail:00001"),
        ("75082", "direction territoriale de Paris", ("departement:75",), "france-travail:75980"),
        (
            "25019",
            "direction territoriale du Doubs et du Territoire de Belfort",
            ("departement:25", "departement:90"),
            "france-travail:21069",
        ),
        (
            "17041",
            "direction territoriale de la Charente et de la Charente-Maritime",
            ("departement:16", "departement:17"),
            "france-travail:33127",
        ),
        (
            "37056",
            "direction territoriale Vallée de la Loire",
            ("departement:37", "departement:41"),
            "france-travail:45054",
        ),
        ("97460", "direction territoriale de La Réunion, Nord-Est", ("departement:974",), "france-travail:97410"),
        ("20431", "direction territoriale de la Haute-Corse", ("departement:2B",), "france-travail:20010"),
        (
            "63074",
            "direction territoriale du Puy-de-Dôme, de l’Allier et du Cantal",
            ("departement:63", "departement:03", "departement:15"),
            "france-travail:69188",
        ),
    ],
)
def test_directions(
    bodies: dict[str, Organisation], id_: str, name: str, covers: tuple[str, ...], part_of: str
) -> None:
    body = bodies[f"france-travail:{id_}"]
    assert (body.name, body.covers, body.part_of) == (f"France Travail – {name}", covers, part_of)
    assert body.aliases == ("Pôle emploi",)


def test_the_pole_emploi_that_it_was(batch: Batch, bodies: dict[str, Organisation]) -> None:
    old = bodies["france-travail:75082:pole-emploi"]
    assert old.name == "Pôle emploi – direction territoriale de Paris"
    assert (old.closed_on, old.covers, old.part_of) == (
        date(2024, 1, 1),
        ("departement:75",),
        "france-travail:75980:pole-emploi",
    )
    assert (old.aliases, old.contact.phone) == (("ANPE",), "")
    assert (
        Succession(
            predecessor=old.id,
            successor="france-travail:75082",
            on=date(2024, 1, 1),
            kind=SuccessionKind.RENAMED,
        )
        in batch.successions
    )


def test_places(bodies: dict[str, Organisation]) -> None:
    besancon = bodies["france-travail:25019"].place
    assert besancon
    assert (besancon.postcode, besancon.city, besancon.territory) == ("25044", "Besançon Cedex", "25056")
    assert besancon.point == Point(47.25121, 5.998677)
    reunion = bodies["france-travail:97410"].place
    assert reunion and reunion.territory == "97411"
    assert reunion.point == shipped()["97411"].point
    gap, lyon, annecy = (bodies[f"france-travail:{id_}"].place for id_ in ("04016", "69188", "74063"))
    assert gap and (gap.postcode, gap.territory) == ("05000", "05061")
    assert lyon and (lyon.city, lyon.territory) == ("Lyon Cedex 07", "69387")
    assert annecy and annecy.territory == "74010"


@pytest.mark.parametrize(
    ("label", "region", "codes"),
    [
        ("DT 25 90", "27", ["25", "90"]),
        ("DT 75 PARIS", "11", ["75"]),
        ("DT AISNE - SOMME", "32", ["02", "80"]),
        ("DT EURE ET LOIR", "24", ["28"]),
        ("DT EURE ORNE", "28", ["27", "61"]),
        ("LOIRE HAUTE-LOIRE", "84", ["42", "43"]),
        ("DT LOIRE ATLANTIQUE", "52", ["44"]),
        ("DT NORD", "32", ["59"]),
        ("DT NORD EST", "04", []),
        ("DT BERRY", "24", ["18", "36"]),
        ("COTES D'ARMOR", "53", ["22"]),
    ],
)
def test_labels(label: str, region: str, codes: list[str]) -> None:
    found = labels.departements(label, shipped()[f"region:{region}"], shipped())
    assert [territory.id for territory in found] == [f"departement:{code}" for code in codes]


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("7 AVENUE DES MONTBOUCONS", "7 avenue des Montboucons"),
        ("487 RUE DE L'INDUSTRIE", "487 rue de l’Industrie"),
        ("TSA 99997", "TSA 99997"),
        ("BATIMENT L 2EME ETAGE", "batiment L 2eme etage"),
        ("RUE", ""),
        ("", ""),
    ],
)
def test_streets(line: str, written: str) -> None:
    assert street(line) == written


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"type": "APE"}, Refused(2, "type", "APE", "Il faut ici DG, DR ou DT.")),
        ({"type": "DR", "nom": "LUNE"}, Refused(2, "nom", "LUNE", "Aucune région ne porte ce nom.")),
        (
            {"nom": "DT LUNE", "Code postal": "00000"},
            Refused(2, "nom", "DT LUNE", "Aucun département n’a pu être reconnu, ni par le nom ni par le code postal."),
        ),
        (
            {"Libelle de la commune": "LUNE", "Code postal": "25999"},
            Refused(2, "Libelle de la commune", "LUNE", "Aucune commune de ce nom dans la région de cette direction."),
        ),
    ],
)
def test_a_bad_row_is_refused_with_its_line(fields: dict[str, str], refused: Refused) -> None:
    good = next(row for row in read().rows if row["safir"] == "25019")
    batch, found = transform(Table((Row(2, {**good.fields, **fields}),)), shipped())
    assert found == (refused,)
    assert batch == Batch()


def test_a_code_is_taken_once() -> None:
    row = next(row for row in read().rows if row["safir"] == "25019")
    batch, refused = transform(Table((row, Row(9, row.fields))), shipped())
    assert len(batch.organisations) == 2
    assert [(found.line, found.field, found.value) for found in refused] == [(9, "safir", "25019")]


def test_the_sample_is_readable() -> None:
    batch, refused = transform(read(HERE / "sample.csv"), shipped())
    assert refused == ()
    assert len(batch.organisations) == 20
