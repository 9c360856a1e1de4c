"""The shipped map is whole, and each territory knows all that contain it."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from graph.model.territory import Point, Territory, TerritoryLevel
from importers.report import Refused
from importers.sources.territory import compact, get
from importers.sources.territory.atlas import Atlas, plain, shipped
from importers.sources.territory.get import HERE, read
from importers.sources.territory.transform import Former, former, transform
from importers.tables import BrokenSource, Row, Table

SAMPLE = HERE / "sample"


@pytest.fixture(scope="module")
def territories() -> dict[str, Territory]:
    found, refused = transform(read())
    assert refused == ()
    return {territory.id: territory for territory in found}


def test_the_whole_of_france_is_there_with_points(territories: dict[str, Territory]) -> None:
    assert Counter(territory.level for territory in territories.values()) == {
        TerritoryLevel.COMMUNE: 34_969,
        TerritoryLevel.ARRONDISSEMENT: 45,
        TerritoryLevel.EPCI: 1_266,
        TerritoryLevel.DEPARTEMENT: 109,
        TerritoryLevel.REGION: 26,
        TerritoryLevel.COUNTRY: 1,
    }
    assert [territory.id for territory in territories.values() if territory.point is None] == []
    assert [territory.id for territory in territories.values() if territory.zones[0] != territory.id] == []
    assert {zone for territory in territories.values() for zone in territory.zones} == territories.keys()


@pytest.mark.parametrize(
    ("id_", "zones"),
    [
        ("25056", ("25056", "epci:242500361", "departement:25", "region:27", "pays:FR")),
        ("92020", ("92020", "epci:200054781", "epci:200057966", "departement:92", "region:11", "pays:FR")),
        ("75113", ("75113", "75056", "epci:200054781", "departement:75", "region:11", "pays:FR")),
        ("98818", ("98818", "departement:988", "region:988", "pays:FR")),
        ("epci:200057966", ("epci:200057966", "epci:200054781", "departement:92", "region:11", "pays:FR")),
        ("departement:92", ("departement:92", "epci:200054781", "region:11", "pays:FR")),
        ("departement:971", ("departement:971", "region:01", "pays:FR")),
        ("region:01", ("region:01", "pays:FR")),
        ("pays:FR", ("pays:FR",)),
    ],
)
def test_zones_are_all_that_contain_a_territory(
    territories: dict[str, Territory], id_: str, zones: tuple[str, ...]
) -> None:
    assert territories[id_].zones == zones


def test_an_epci_across_départements_lies_in_none_of_them(territories: dict[str, Territory]) -> None:
    across = territories["epci:200041887"]
    inside = [t for t in territories.values() if across.id in t.zones and t.level is TerritoryLevel.COMMUNE]
    assert {zone for commune in inside for zone in commune.zones if zone.startswith("departement:")} == {
        "departement:25",
        "departement:70",
    }
    assert across.zones == (across.id, "region:27", "pays:FR")


def test_names_articles_and_points(territories: dict[str, Territory]) -> None:
    assert territories["75113"].name == "Paris 13e arrondissement"
    assert territories["01001"].name == "L’Abergement-Clémenciat"
    articles = {code: territories[f"departement:{code}"].article for code in ("25", "75", "92", "973", "34", "2A")}
    assert articles == {"25": "le", "75": "", "92": "les", "973": "la", "34": "l’", "2A": "la"}
    paris, besancon = territories["75056"].point, territories["25056"].point
    assert paris == Point(48.8603, 2.3444)
    assert besancon == Point(47.2554, 6.0195)
    assert paris and besancon and round(paris.distance_km(besancon)) == 326


def test_compact_gives_the_same_bytes_each_time(tmp_path: Path) -> None:
    rows = [["25056", "Besançon"]]
    first = tmp_path / "one"
    second = tmp_path / "two"
    for folder in (first, second):
        folder.mkdir()
        compact.write(folder, "communes", ["code", "name"], rows)
    assert (first / "communes.csv.gz").read_bytes() == (second / "communes.csv.gz").read_bytes()
    assert gzip.decompress((first / "communes.csv.gz").read_bytes()).decode() == "code,name\n25056,Besançon\n"


def test_a_mean_weighs_people_or_nothing() -> None:
    north, south = Point(48.0, 2.0), Point(44.0, 6.0)
    assert compact.mean([(north, 3), (south, 1)]) == Point(47.0, 3.0)
    assert compact.mean([(north, 0), (south, 0)]) == Point(46.0, 4.0)


def changed(table: Table, index: int, **values: str) -> Table:
    rows = list(table.rows)
    rows[index] = Row(rows[index].line, {**rows[index].fields, **values})
    return Table(tuple(rows))


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"departement": "99"}, Refused(2, "departement", "99", "Ce territoire n’est pas dans le fichier zones.")),
        ({"epci": "1"}, Refused(2, "epci", "1", "Ce territoire n’est pas dans le fichier zones.")),
        ({"lat": "abc"}, Refused(2, "lat", "abc", "Il faut ici des degrés décimaux (WGS 84).")),
        ({"lon": "nan"}, Refused(2, "lon", "nan", "Il faut ici des degrés décimaux (WGS 84).")),
        ({"population": ""}, Refused(2, "population", "", "Il faut ici un nombre d’habitants.")),
        ({"code": "18197"}, Refused(3, "code", "18197", "Ce code est déjà celui d’une autre ligne.")),
    ],
)
def test_a_bad_commune_is_refused_alone(values: dict[str, str], refused: Refused) -> None:
    tables = read(SAMPLE)
    before, _ = transform(tables)
    first = tables.communes.rows[0]["code"]
    after, found = transform(replace(tables, communes=changed(tables.communes, 0, **values)))
    communes = {t.id for t in before if t.level in {TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT}}
    kept = {t.id for t in after if t.level in {TerritoryLevel.COMMUNE, TerritoryLevel.ARRONDISSEMENT}}
    assert found[0] == refused
    assert kept == communes - {first}


def test_zones_that_make_no_sense_are_refused() -> None:
    tables = read(SAMPLE)
    stray = Row(99, {**tables.zones.rows[0].fields, "id": "canton:2501"})
    empty = Row(100, {**tables.zones.rows[0].fields, "id": "epci:1"})
    _, refused = transform(replace(tables, zones=Table((*tables.zones.rows, stray, empty))))
    assert refused == (
        Refused(99, "id", "canton:2501", "Ce niveau de territoire n’existe pas."),
        Refused(100, "id", "epci:1", "Aucune commune de ce territoire n’est dans le fichier."),
    )


def test_a_path_that_is_no_folder_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(BrokenSource, match="il faut ici un dossier"):
        read(tmp_path / "communes.csv")


def test_columns_of_the_sample_are_those_of_the_shipped_files() -> None:
    shipped_tables, sample = read(), read(SAMPLE)
    for one, other, columns in (
        (shipped_tables.communes, sample.communes, get.COMMUNES),
        (shipped_tables.zones, sample.zones, get.ZONES),
        (shipped_tables.former, sample.former, get.FORMER),
    ):
        assert tuple(one.rows[0].fields) == tuple(other.rows[0].fields) == columns


def test_past_codes_lead_to_present_communes(territories: dict[str, Territory]) -> None:
    past = former(read())
    assert past["74268"] == Former("Seynod", "74010")
    assert past["25027"] == Former("", "25245")
    assert {found.current for found in past.values()} <= territories.keys()
    assert past.keys() & territories.keys() == set()


class TestAtlas:
    atlas: Atlas = shipped()

    def test_a_past_code_is_its_present_commune(self) -> None:
        found = self.atlas.commune("25027")
        assert found and found.name == "Fontain"
        assert self.atlas.is_former("25027")
        assert not self.atlas.is_former("25245")
        assert self.atlas.commune("60455") is None

    @pytest.mark.parametrize(
        ("postcode", "city", "id_"),
        [
            ("75013", "PARIS", "75113"),
            ("25000", "n’importe où", "25056"),
            ("25480", "ECOLE VALENTIN", "25212"),
            ("93160", "Noisy-le-Grand", "93051"),
        ],
    )
    def test_an_address_is_in_one_commune(self, postcode: str, city: str, id_: str) -> None:
        found = self.atlas.at(postcode, city)
        assert found and found.id == id_

    def test_an_address_that_tells_nothing_is_nowhere(self) -> None:
        assert self.atlas.at("00000", "Besançon") is None
        assert self.atlas.at("25480", "Autre ville") is None

    def test_present_and_past_names(self) -> None:
        assert [found.id for found in self.atlas.named("ST DENIS", "departement:974")] == ["97411"]
        assert [found.id for found in self.atlas.named("Seynod", "departement:74")] == ["74010"]
        assert self.atlas.named("Besançon", "departement:74") == []

    def test_parts_and_towns(self) -> None:
        assert len(self.atlas.parts("75056")) == 20
        assert self.atlas.parts("25056") == ()
        assert self.atlas.town(self.atlas["75113"]) == "Paris"
        assert self.atlas.around(self.atlas["92020"], TerritoryLevel.EPCI) == "epci:200057966"
        assert self.atlas.around(self.atlas["98818"], TerritoryLevel.EPCI) == ""


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ST PIERRE DES CORPS", "saint pierre des corps"),
        ("Saint-Pierre-des-Corps", "saint pierre des corps"),
        ("PARIS CEDEX 20", "paris"),
        ("VILLENEUVE D ASCQ", "villeneuve d ascq"),
        ("Villeneuve-d’Ascq", "villeneuve d ascq"),
    ],
)
def test_plain_names(written: str, folded: str) -> None:
    assert plain(written) == folded
