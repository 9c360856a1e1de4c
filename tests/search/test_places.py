"""Places as people type them."""

from __future__ import annotations

import pytest

from graph.model.territory import Territory, TerritoryLevel
from search.place_keys import key_of
from search.places import Gazetteer


def commune(id_: str, name: str, population: int, postcode: str = "", level: TerritoryLevel = TerritoryLevel.COMMUNE):
    zones = (id_, f"departement:{id_[:2]}")
    return Territory(
        id=id_, name=name, level=level, zones=zones, population=population, postcodes=(postcode,) if postcode else ()
    )


def departement(code: str, name: str, population: int):
    id_ = f"departement:{code}"
    return Territory(id=id_, name=name, level=TerritoryLevel.DEPARTEMENT, zones=(id_,), population=population)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    district = TerritoryLevel.ARRONDISSEMENT
    return Gazetteer(
        [
            departement("25", "Doubs", 540_000),
            departement("75", "Paris", 2_100_000),
            departement("33", "Gironde", 1_600_000),
            commune("25056", "Besançon", 119_000, "25000"),
            commune("25462", "Pontarlier", 18_000, "25300"),
            commune("25204", "Doubs", 3_200, "25300"),
            commune("75056", "Paris", 2_100_000, "75013"),
            commune("75113", "Paris 13e Arrondissement", 180_000, "75013", district),
            commune("75101", "Paris 1er Arrondissement", 16_000, "75001", district),
            commune("13213", "Marseille 13e Arrondissement", 90_000, "13013", district),
            commune("42218", "Saint-Étienne", 173_000, "42000"),
            commune("76575", "Saint-Étienne-du-Rouvray", 28_000, "76800"),
            commune("93048", "Montreuil", 110_000, "93100"),
            commune("28267", "Montreuil", 500, "28500"),
            commune("72181", "Le Mans", 145_000, "72000"),
            commune("06088", "Nice", 342_000, "06000"),
            commune("83062", "La Garde", 25_000, "83130"),
            commune("37261", "Tours", 136_000, "37000"),
            Territory(
                id="epci:242500361",
                name="CU Grand Besançon Métropole",
                level=TerritoryLevel.EPCI,
                zones=("epci:242500361",),
                population=195_000,
            ),
        ]
    )


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("St-Étienne", "saint etienne"),
        ("13ème arr.", "13"),
        ("Paris 1er Arrondissement", "paris 1"),
        ("L’Haÿ", "l hay"),
    ],
)
def test_key_of(typed: str, key: str):
    assert key_of(typed) == key


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("besan", "25056"),
        ("25000", "25056"),
        ("25", "departement:25"),
        ("paris 13", "75113"),
        ("Paris 13e", "75113"),
        ("13e arrondissement", "75113"),
        ("st etienne", "42218"),
        ("mans", "72181"),
        ("doubs", "departement:25"),
        ("grand bes", "epci:242500361"),
        ("montreuil 28", "28267"),
        ("paris", "75056"),
    ],
)
def test_complete_puts_what_is_meant_first(places: Gazetteer, typed: str, first: str):
    expected = places.get(first)
    assert expected is not None
    found = places.complete(typed)
    assert found[0].name == expected.name
    assert expected.id in {territory.id for territory in found[:2]}


@pytest.mark.parametrize("typed", ["", "   ", "zzz", "99999"])
def test_complete_finds_nothing(places: Gazetteer, typed: str):
    assert places.complete(typed) == []


def test_complete_keeps_to_the_limit(places: Gazetteer):
    assert [territory.id for territory in places.complete("saint", 1)] == ["42218"]
    assert places.complete("saint", 0) == []


@pytest.mark.parametrize(
    ("typed", "id_"),
    [
        ("25056", "25056"),
        ("departement:25", "departement:25"),
        ("25", "departement:25"),
        ("25300", "25462"),
        ("75013", "75113"),
        ("besancon", "25056"),
        ("Montreuil (28)", "28267"),
        ("Montreuil", "93048"),
        ("Le Mans", "72181"),
    ],
)
def test_locate(places: Gazetteer, typed: str, id_: str):
    found = places.locate(typed)
    assert found is not None
    assert found.id == id_


@pytest.mark.parametrize("typed", ["besan", "Montreuil (75)", "", "n’importe où"])
def test_locate_reads_exactly_or_not_at_all(places: Gazetteer, typed: str):
    assert places.locate(typed) is None


@pytest.mark.parametrize(
    ("phrase", "id_", "said"),
    [
        ("logement pour une femme seule à Pontarlier", "25462", "à Pontarlier"),
        ("expulsion besancon", "25056", "besancon"),
        ("garde d’enfants dans le doubs", "departement:25", "dans le doubs"),
        ("domiciliation paris 13e", "75113", "paris 13e"),
        ("je vis dans ma voiture à Tours", "37261", "à Tours"),
        ("aide alimentaire 25000", "25056", "25000"),
        ("je cherche au Mans", "72181", "au Mans"),
        ("enfant en danger en Gironde", "departement:33", "en Gironde"),
    ],
)
def test_a_place_in_a_phrase_is_found_with_its_words(places: Gazetteer, phrase: str, id_: str, said: str):
    found = places.find_in_phrase(phrase)
    assert found is not None
    territory, (start, end) = found
    assert (territory.id, phrase[start:end]) == (id_, said)


@pytest.mark.parametrize(
    "phrase",
    [
        "hôtel pour une famille",
        "garde d’enfants",
        "c’est nice",
        "deux tours par jour",
        "place à la garde",
        "accro aux paris",
        "j’ai 25 ans",
        "12345",
        "",
    ],
)
def test_an_ordinary_word_is_not_a_place(places: Gazetteer, phrase: str):
    assert places.find_in_phrase(phrase) is None


def test_a_commune_that_holds_others_is_divided() -> None:
    paris = commune("75056", "Paris", 2_100_000)
    district = Territory(
        id="75113",
        name="Paris 13e Arrondissement",
        level=TerritoryLevel.ARRONDISSEMENT,
        zones=("75113", "75056", "departement:75"),
    )
    drawn = Gazetteer([paris, district, commune("25056", "Besançon", 119_000), departement("75", "Paris", 2_100_000)])
    asked = ("75056", "75113", "25056", "departement:75")
    assert [id_ for id_ in asked if drawn.is_divided(id_)] == ["75056"]
