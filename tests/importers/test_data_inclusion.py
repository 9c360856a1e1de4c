"""Structures and services of data·inclusion as bodies and services of ours; what cannot be taken is told with its line."""

from __future__ import annotations

import csv
import gzip
import json
import tracemalloc
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.model.directory import Contact, Mode, Organisation, Place, Public, Service
from graph.model.errors import InvalidInput
from graph.model.territory import Point
from graph.model.vocabulary import kinds
from importers.registry import SOURCES, Harvest, Piece
from importers.report import Refused
from importers.sources.data_inclusion.get import SAMPLE
from importers.sources.data_inclusion.kind import kind_of
from importers.tables import BrokenSource

SOURCE = SOURCES["data-inclusion"]
THEME = "mobilite--acceder-a-un-vehicule"
LOST = "Cette valeur est laissée de côté."
NOT_LISTED = f"Cette valeur n’est pas dans la liste fermée. {LOST}"
UNKNOWN = "Ce code INSEE n’est celui d’aucune commune, présente ou passée"
WHERE = "publication.json, fiche 1, ligne 1"


def structure(**fields: object) -> dict[str, Any]:
    given = {
        "source": "essai",
        "id": "essai--s",
        "nom": "Maison d’essai",
        "date_maj": "2026-01-02",
        "code_insee": "25056",
    }
    return given | fields


def service(**fields: object) -> dict[str, Any]:
    given = structure(id="essai--v", structure_id="essai--s", nom="Service d’essai", description="Une description.")
    return given | {"thematiques": [THEME]} | fields


def publication(folder: Path, structures: Sequence[object], services: Sequence[object] = ()) -> Path:
    path = folder / "publication.json"
    path.write_text(json.dumps({"structures": structures, "services": services}))
    return path


def harvest(path: Path) -> Harvest:
    return SOURCE.gather(path)


def one_structure(folder: Path, **fields: object) -> tuple[Organisation | None, tuple[Refused, ...]]:
    found = harvest(publication(folder, [structure(**fields)]))
    assert found.batch
    return (found.batch.organisations[0] if found.batch.organisations else None), found.refused


def one_service(
    folder: Path, of: Mapping[str, object] | None = None, **fields: object
) -> tuple[Service | None, tuple[Refused, ...]]:
    found = harvest(publication(folder, [structure(**of or {})], [service(**fields)]))
    assert found.batch
    return (found.batch.services[0] if found.batch.services else None), found.refused


def test_the_sample_is_taken_whole() -> None:
    found = harvest(SAMPLE)
    assert found.batch
    assert (found.refused, dict(found.skipped)) == ((), {})
    assert [(body.id, body.kind, body.covers) for body in found.batch.organisations] == [
        ("data-inclusion:exemple--ccas", "CCAS", ("25056",)),
        ("data-inclusion:exemple--mobilite", "PLATEFORME_MOBILITE", ("departement:25",)),
        ("data-inclusion:exemple--atelier", "ORGANISME", ("departement:75",)),
    ]
    assert found.batch.services[1] == Service(
        id="data-inclusion:exemple--velos",
        name="Prêt de vélos (exemple inventé)",
        organisation="data-inclusion:exemple--mobilite",
        competences=("mobilite--acceder-a-un-vehicule", "mobilite--mobilite-douce-partagee-collective"),
        covers=("epci:242500361",),
        source="data-inclusion",
        vouched_on=date(2026, 2, 11),
        description="Un vélo électrique pour trois mois, avec une leçon de conduite.\n\nDurée : 12 semaines.\n\n"
        "Pour y recourir : utiliser le lien de mobilisation.",
        conditions="Savoir rouler seul. La demande est faite par un professionnel.",
        fee="Payant. 10 € par mois, caution de 50 €",
        publics=(Public.BENEFICIAIRES_DES_MINIMAS_SOCIAUX, Public.DEMANDEURS_EMPLOI),
        modes=(Mode.EN_PRESENTIEL,),
        contact=Contact(url="https://example.org/velos"),
        free=False,
    )
    assert found.batch.services[2].covers == ("region:11",)


def test_no_name_of_a_person_is_taken_over() -> None:
    assert "Camille Personne" in (SAMPLE / "services.csv").read_text()
    assert "Personne" not in repr(harvest(SAMPLE))


def test_a_structure_becomes_a_body(tmp_path: Path) -> None:
    body, refused = one_structure(
        tmp_path,
        nom="  Mission   locale d'essai ",
        description="Pour les jeunes.",
        siret="13003013300016",
        commune="Besançon",
        code_postal="25000",
        adresse="1 rue d'Essai",
        complement_adresse="Bâtiment B",
        latitude=47.24,
        longitude=6.02,
        telephone="+33381616161",
        courriel="essai@example.org",
        site_web="https://example.org/",
        horaires_accueil="Mo-Fr 09:00-12:00",
        reseaux_porteurs=["mission-locale"],
        lien_source="https://example.org/source",
        score_qualite={"note": 0.5},
    )
    assert refused == ()
    assert body == Organisation(
        id="data-inclusion:essai--s",
        name="Mission locale d’essai",
        kind="MISSION_LOCALE",
        source="data-inclusion",
        vouched_on=date(2026, 1, 2),
        description="Pour les jeunes.",
        siret="13003013300016",
        covers=("departement:25",),
        place=Place(
            address="1 rue d’Essai, Bâtiment B",
            postcode="25000",
            city="Besançon",
            territory="25056",
            point=Point(47.24, 6.02),
        ),
        contact=Contact(phone="03 81 61 61 61", email="essai@example.org", url="https://example.org/"),
        hours="Mo-Fr 09:00-12:00",
    )


def test_hours_that_cannot_be_read_stay_in_words(tmp_path: Path) -> None:
    body, refused = one_structure(tmp_path, description="Texte.", horaires_accueil="le lundi, sur rendez-vous.")
    assert body
    assert (body.hours, body.description) == ("", "Texte.\n\nHoraires indiqués : le lundi, sur rendez-vous.")
    assert refused == ()


@pytest.mark.parametrize(
    ("given", "territory", "covers", "told"),
    [
        ({"code_insee": "25027"}, "25245", ("departement:25",), ()),
        ({"code_insee": None, "code_postal": "25000"}, "25056", ("departement:25",), ()),
        ({"code_insee": "75056", "code_postal": "75013"}, "75113", ("departement:75",), ()),
        ({"code_insee": "75056"}, "75056", ("departement:75",), ()),
        ({"code_insee": None, "code_postal": "25660", "commune": "FONTAIN"}, "25245", ("departement:25",), ()),
        ({"code_insee": None, "adresse": "Partout"}, "", (), ()),
        ({"code_insee": "75113", "nom": "CCAS du 13e"}, "75113", ("75056",), ()),
        ({"code_insee": "25056", "nom": "CIAS d’essai"}, "25056", ("epci:242500361",), ()),
        ({"code_insee": "25056", "nom": "Région d’essai"}, "25056", ("region:27",), ()),
        (
            {"code_insee": "99999", "code_postal": "25660"},
            "",
            (),
            (
                "code_insee",
                "99999",
                f"{UNKNOWN} ; l’adresse est gardée, sans territoire.",
            ),
        ),
        (
            {"code_insee": "99999", "code_postal": "25000"},
            "25056",
            ("departement:25",),
            ("code_insee", "99999", f"{UNKNOWN} ; le code postal dit Besançon."),
        ),
    ],
)
def test_a_commune_is_found_today_whatever_was_written(
    tmp_path: Path, given: dict[str, object], territory: str, covers: tuple[str, ...], told: tuple[str, ...]
) -> None:
    body, refused = one_structure(tmp_path, **given)
    assert body
    assert body.place
    assert (body.place.territory, body.covers) == (territory, covers)
    assert refused == ((Refused(WHERE, *told, aside=True),) if told else ())


def test_an_unknown_commune_without_a_postcode_is_refused(tmp_path: Path) -> None:
    assert one_structure(tmp_path, code_insee="99999") == (
        None,
        (Refused(WHERE, "code_insee", "99999", f"{UNKNOWN}."),),
    )


@pytest.mark.parametrize(("lat", "lon"), [(6.02, 47.24), (0, 0), (91, 6), (47.24, 1e308)])
def test_a_point_elsewhere_gives_way_to_that_of_the_commune(tmp_path: Path, lat: float, lon: float) -> None:
    body, refused = one_structure(tmp_path, latitude=lat, longitude=lon)
    assert body
    assert body.place
    assert body.place.point == Point(47.2554, 6.0195)
    message = "Ce point n’est pas dans la commune ; celui de la commune le remplace."
    assert [(told.field, told.message) for told in refused] == [("latitude, longitude", message)]


@pytest.mark.parametrize(
    ("networks", "v0_type", "name", "kind"),
    [
        (["mission-locale"], "", "La Passerelle", "MISSION_LOCALE"),
        (["communes"], "", "Communauté de communes du Val", "EPCI"),
        (["communes"], "", "Service jeunesse", "COMMUNE"),
        (["ccas-cias"], "", "C.I.A.S. du Val", "CIAS"),
        ([], "RS_FJT", "FJT du Val", "FJT"),
        ([], "ML", "La Passerelle", "MISSION_LOCALE"),
        ([], "ASSO", "Restos du Cœur de Besançon", "ASSOCIATION_ALIMENTAIRE"),
        ([], "ASSO", "Les amis du CCAS", "ORGANISME"),
        (["la-poste"], "", "La Poste", "ORGANISME"),
    ],
)
def test_a_kind_comes_from_networks_then_type_then_name(
    networks: list[str], v0_type: str, name: str, kind: str
) -> None:
    assert kind_of(networks, v0_type, name) == kind
    assert kind in kinds()


@pytest.mark.parametrize(
    ("field", "value", "shown", "message"),
    [
        ("nom", None, "", "Ce champ est obligatoire."),
        ("nom", "ab", "ab", "Il faut ici au moins 3 signes."),
        ("nom", "n" * 151, "n" * 79 + "…", "Il faut ici 150 signes au plus."),
        ("date_maj", "hier", "hier", "Il faut ici une date, AAAA-MM-JJ."),
        ("date_maj", "1999-12-31", "1999-12-31", "La date de dernière modification doit être au 21e siècle."),
        ("id", "a b--c", "a b--c", "Un identifiant a de 3 à 250 signes, sans blanc ni / ? # % \\."),
    ],
)
def test_what_a_structure_cannot_do_without_refuses_it(
    tmp_path: Path, field: str, value: object, shown: str, message: str
) -> None:
    assert one_structure(tmp_path, **{field: value}) == (None, (Refused(WHERE, field, shown, message),))


def test_a_date_to_come_is_refused(tmp_path: Path) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    message = "La date de dernière modification ne peut pas être dans le futur."
    assert one_structure(tmp_path, date_maj=tomorrow) == (None, (Refused(WHERE, "date_maj", tomorrow, message),))


@pytest.mark.parametrize(
    ("field", "value", "shown", "message"),
    [
        ("courriel", "pas une adresse", "pas une adresse", "Ce n’est pas une adresse électronique."),
        ("site_web", "javascript:alert(1)", "javascript:alert(1)", "Ce n’est pas une adresse web."),
        ("siret", "123", "123", "Il faut ici un SIRET de 14 chiffres."),
        ("code_postal", "2500", "2500", "Il faut ici un code postal de cinq chiffres."),
        ("latitude", "nord", "nord", "Il faut ici un nombre."),
        ("adresse", "x" * 301, "x" * 79 + "…", "Ce texte a 301 signes, il en faut 300 au plus."),
        ("adresse", {"rue": 1}, "{'rue': 1}", "Il faut ici une seule valeur, sans liste ni objet."),
        ("reseaux_porteurs", ["nulle-part"], "nulle-part", "Cette valeur n’est pas dans la liste fermée."),
        ("description", "x" * 10_001, "x" * 79 + "…", "Ce texte a 10001 signes, il en faut 10000 au plus."),
    ],
)
def test_another_bad_value_is_told_and_the_structure_stays(
    tmp_path: Path, field: str, value: object, shown: str, message: str
) -> None:
    without, _ = one_structure(tmp_path)
    assert one_structure(tmp_path, **{field: value}) == (
        without,
        (Refused(WHERE, field, shown, f"{message} {LOST}", aside=True),),
    )


def test_texts_lose_what_cannot_be_seen(tmp_path: Path) -> None:
    body, refused = one_structure(tmp_path, nom="Mai\u0000son\ud800 \u202eétrange", description="a\u0007b\r\nc et d")
    assert body
    assert (body.name, body.description, refused) == ("Maison étrange", "ab\nc et d", ())


def test_an_identifier_without_its_producer_is_given_it_and_a_number_is_one(tmp_path: Path) -> None:
    found = harvest(publication(tmp_path, [structure(id=42)], [service(id="7", structure_id=42)]))
    assert found.batch
    assert found.batch.services[0].id == "data-inclusion:essai--7"
    assert found.batch.services[0].organisation == found.batch.organisations[0].id == "data-inclusion:essai--42"


def test_a_service_numbered_like_a_structure_that_is_refused_has_it_too(tmp_path: Path) -> None:
    given = structure(id="essai--v", nom=None)
    found = harvest(publication(tmp_path, [structure(), given], [service()]))
    assert found.batch
    assert [body.id for body in found.batch.organisations] == ["data-inclusion:essai--s"]
    assert [offered.id for offered in found.batch.services] == ["data-inclusion:essai--v:service"]


def test_structures_alone_say_nothing_of_services(tmp_path: Path) -> None:
    path = tmp_path / "structures.json"
    path.write_text(json.dumps([structure()]))
    assert harvest(path).silent == {Service}
    assert harvest(publication(tmp_path, [structure()], [service()])).silent == frozenset()


def test_a_service_numbered_like_a_structure_has_an_id_of_its_own(tmp_path: Path) -> None:
    offered, refused = one_service(tmp_path, id="essai--s")
    assert offered
    assert (offered.id, offered.organisation) == ("data-inclusion:essai--s:service", "data-inclusion:essai--s")
    assert refused == ()


def test_a_second_record_of_an_id_is_refused_and_the_first_stays(tmp_path: Path) -> None:
    path = publication(tmp_path, [structure(), structure(nom="Double")], [service(), service(nom="Double")])
    found = harvest(path)
    assert found.batch
    assert [body.name for body in found.batch.organisations] == ["Maison d’essai"]
    assert [offered.name for offered in found.batch.services] == ["Service d’essai"]
    twice = "Cet identifiant est déjà celui d’une autre fiche (publication.json, fiche 1, ligne 1)."
    assert found.refused == (
        Refused("publication.json, fiche 2, ligne 1", "id", "essai--s", twice),
        Refused("publication.json, fiche 2, ligne 1", "id", "essai--v", twice),
    )


def test_a_service_without_its_structure_is_refused(tmp_path: Path) -> None:
    offered, refused = one_service(tmp_path, structure_id="essai--autre")
    message = "La structure du service « essai--v » n’est pas dans cette publication, ou a été refusée."
    assert (offered, refused) == (None, (Refused(WHERE, "structure_id", "essai--autre", message),))


def test_a_service_of_a_refused_structure_is_refused_too(tmp_path: Path) -> None:
    offered, refused = one_service(tmp_path, of={"date_maj": "jamais"})
    assert offered is None
    assert [told.field for told in refused] == ["date_maj", "structure_id"]


def test_an_unknown_theme_is_told_and_the_service_stays_while_one_remains(tmp_path: Path) -> None:
    offered, refused = one_service(tmp_path, thematiques=["mobilite--voler", THEME])
    assert offered
    assert offered.competences == (THEME,)
    assert refused == (Refused(WHERE, "thematiques", "mobilite--voler", NOT_LISTED, aside=True),)
    offered, refused = one_service(tmp_path, thematiques=["mobilite--voler"])
    assert offered is None
    assert refused == (
        Refused(WHERE, "thematiques", "mobilite--voler", NOT_LISTED),
        Refused(WHERE, "thematiques", "mobilite--voler", "Aucune thématique connue ne reste à ce service."),
    )


def test_services_without_a_theme_are_counted_aside(tmp_path: Path) -> None:
    found = harvest(
        publication(tmp_path, [structure()], [service(thematiques=None), service(id="essai--w", thematiques=[])])
    )
    assert found.batch
    assert (found.batch.services, found.refused) == ((), ())
    assert dict(found.skipped) == {"services sans thématique": 2}


@pytest.mark.parametrize(
    ("zone", "covers"),
    [
        (["france"], ("pays:FR",)),
        (["99100", "25"], ("pays:FR",)),
        (["25056", "25027"], ("25056", "25245")),
        (["2a", "2B"], ("region:94",)),
        (["971"], ("departement:971",)),
        (["25", "39", "70", "90", "21", "58", "71", "89", "75"], ("region:27", "departement:75")),
        (["242500361", "75113"], ("epci:242500361", "75113")),
        (None, ("departement:25",)),
    ],
)
def test_a_zone_of_eligibility_becomes_territories(tmp_path: Path, zone: object, covers: tuple[str, ...]) -> None:
    offered, refused = one_service(tmp_path, zone_eligibilite=zone)
    assert offered
    assert (offered.covers, refused) == (covers, ())


def test_an_unknown_zone_is_told_and_without_any_the_place_decides(tmp_path: Path) -> None:
    offered, refused = one_service(tmp_path, zone_eligibilite=["99132", "00000", "92"])
    assert offered
    assert offered.covers == ("departement:92",)
    assert refused == (
        Refused(WHERE, "zone_eligibilite", "99132", f"Un pays étranger n’est pas sur notre carte. {LOST}", aside=True),
        Refused(WHERE, "zone_eligibilite", "00000", f"Ce territoire n’existe pas. {LOST}", aside=True),
    )
    offered, refused = one_service(tmp_path, of={"nom": "CCAS d’essai"}, zone_eligibilite=["00000"], code_insee=None)
    assert offered
    assert (offered.covers, len(refused)) == (("25056",), 1)


def test_a_service_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    offered, refused = one_service(tmp_path, of={"code_insee": None}, code_insee=None)
    message = "Ni ce service ni sa structure ne disent où : il faut une zone d’éligibilité ou une commune."
    assert (offered, refused) == (None, (Refused(WHERE, "zone_eligibilite", "", message),))


def test_a_service_at_a_distance_has_no_place(tmp_path: Path) -> None:
    offered, _ = one_service(tmp_path, modes_accueil=["a-distance"], code_insee="99999")
    assert offered
    assert (offered.place, offered.covers, offered.modes) == (None, ("departement:25",), (Mode.A_DISTANCE,))
    both, _ = one_service(tmp_path, modes_accueil=["en-presentiel", "a-distance"])
    assert both
    assert both.place
    assert both.modes == (Mode.A_DISTANCE, Mode.EN_PRESENTIEL)


def test_unknown_publics_do_not_open_a_service_to_everyone_in_silence(tmp_path: Path) -> None:
    offered, refused = one_service(tmp_path, publics=["marins"], publics_precisions="De plus de 18 ans")
    assert offered
    assert (offered.publics, offered.conditions) == ((), "Pour : marins. De plus de 18 ans.")
    assert refused == (Refused(WHERE, "publics", "marins", NOT_LISTED, aside=True),)


@pytest.mark.parametrize(
    ("frais", "precisions", "fee", "free"),
    [
        ("gratuit", None, "", True),
        ("payant", "5 €", "Payant. 5 €", False),
        (None, "5 €", "5 €", None),
        (None, None, "", None),
    ],
)
def test_fees(tmp_path: Path, frais: object, precisions: object, fee: str, free: bool | None) -> None:
    offered, _ = one_service(tmp_path, frais=frais, frais_precisions=precisions)
    assert offered
    assert (offered.fee, offered.free) == (fee, free)


def rows(path: Path, records: Sequence[Mapping[str, Any]], lists: str = "json") -> Path:
    def cell(value: object) -> object:
        if not isinstance(value, list):
            return value
        return {
            "json": json.dumps(value),
            "python": str(value),
            "braces": "{" + ",".join(value) + "}",
            "bars": "|".join(value),
        }[lists]

    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, records[0].keys())
        writer.writeheader()
        writer.writerows([{name: cell(value) for name, value in record.items()} for record in records])
    return path


@pytest.mark.parametrize("shape", ["object", "arrays", "lines", "csv", "packed"])
def test_every_shape_of_a_publication_says_the_same(tmp_path: Path, shape: str) -> None:
    bodies, offered = (
        [structure(), structure(id="essai--t", siret="13003013300016")],
        [service(zone_eligibilite=["25", "39"])],
    )
    expected = harvest(publication(tmp_path, bodies, offered)).batch
    folder = tmp_path / "folder"
    folder.mkdir()
    match shape:
        case "object":
            (folder / "autre").write_text(json.dumps({"services": offered, "structures": bodies}))
            folder /= "autre"
        case "arrays":
            (folder / "structures-2026-01.json").write_text(json.dumps(bodies))
            (folder / "services-2026-01.json").write_text(json.dumps(offered, indent=1))
        case "lines":
            (folder / "structures.jsonl").write_text("\n".join(map(json.dumps, bodies)))
            (folder / "services.ndjson").write_text("\n".join(map(json.dumps, offered)))
        case "csv":
            rows(folder / "structures.csv", [bodies[0] | {"siret": None}, bodies[1]])
            rows(folder / "services.csv", offered)
        case _:
            plain = rows(folder / "s.csv", [bodies[0] | {"siret": None}, bodies[1]])
            (folder / "structures.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
            (folder / "services.json.gz").write_bytes(gzip.compress(json.dumps(offered).encode()))
    found = harvest(folder)
    assert (found.batch, found.refused) == (expected, ())
    assert expected
    assert len(expected.organisations) == 2
    assert len(expected.services) == 1


@pytest.mark.parametrize("lists", ["json", "python", "braces", "bars"])
def test_lists_in_a_cell_are_read_however_they_are_written(tmp_path: Path, lists: str) -> None:
    given = service(
        thematiques=[THEME, "mobilite--financer-ma-mobilite"],
        zone_eligibilite=["25", "39"],
        publics=["jeunes", "femmes"],
    )
    rows(tmp_path / "structures.csv", [structure()])
    rows(tmp_path / "services.csv", [given], lists)
    found = harvest(tmp_path)
    assert found.batch
    assert found.refused == ()
    offered = found.batch.services[0]
    assert offered.competences == (THEME, "mobilite--financer-ma-mobilite")
    assert offered.covers == ("departement:25", "departement:39")
    assert offered.publics == (Public.FEMMES, Public.JEUNES)


def broken(path: Path) -> str:
    with pytest.raises(BrokenSource) as refusal:
        harvest(path)
    return refusal.value.message


def test_a_folder_says_what_it_lacks_or_has_twice(tmp_path: Path) -> None:
    nothing = "Rien n’a été importé."
    assert broken(tmp_path) == (
        f"{tmp_path} : ce dossier n’a pas de fichier « structures » (.json, .jsonl, .ndjson ou .csv, ou suivi de .gz). {nothing}"
    )
    for name in ("structures.csv", "structures.json"):
        (tmp_path / name).write_text("[]")
    both = "structures.csv, structures.json"
    assert (
        broken(tmp_path)
        == f"{tmp_path} : ce dossier a plusieurs fichiers « structures » ({both}) : gardez-en un. {nothing}"
    )


def test_a_lone_file_is_known_by_its_fields(tmp_path: Path) -> None:
    found = harvest(rows(tmp_path / "liste.csv", [structure()]))
    assert found.batch
    assert [body.id for body in found.batch.organisations] == ["data-inclusion:essai--s"]
    alone = rows(tmp_path / "autre.csv", [service()])
    assert "ce fichier n’a que des services : donnez le dossier où il se trouve" in broken(alone)
    semicolons = tmp_path / "points-virgules.csv"
    semicolons.write_text(";".join(service()) + "\n" + ";".join("x" for _ in service()))
    assert "ce fichier n’a que des services : donnez le dossier où il se trouve" in broken(semicolons)
    strange = tmp_path / "strange.json"
    strange.write_text('{"data": [1]}')
    assert "cet objet JSON n’a ni « structures » ni « services »." in broken(strange)
    empty = tmp_path / "empty.json"
    empty.write_text("[]")
    assert "il n’y a aucune fiche à importer." in broken(empty)


def test_without_a_file_the_source_asks_for_one() -> None:
    with pytest.raises(InvalidInput) as refusal:
        SOURCE.gather(None)
    assert refusal.value.message == "Cette source n’est pas livrée : indiquez son fichier ou son dossier avec --file."


def test_pieces_hold_five_hundred_records_and_structures_come_first(tmp_path: Path) -> None:
    bodies = [structure(id=f"essai--{n}") for n in range(700)]
    offered = [service(id=f"essai--v{n}", structure_id="essai--699") for n in range(600)]
    pieces: list[Piece] = list(SOURCE.stream(publication(tmp_path, bodies, offered))) if SOURCE.stream else []
    sizes = [(len(piece.batch.organisations), len(piece.batch.services)) for piece in pieces]
    assert sizes == [(500, 0), (200, 300), (0, 300)]


def test_refusals_go_out_in_pieces_too(tmp_path: Path) -> None:
    pieces = (
        list(SOURCE.stream(publication(tmp_path, [structure(nom="") for _ in range(1_200)]))) if SOURCE.stream else []
    )
    assert [len(piece.refused) for piece in pieces] == [500, 500, 200]
    assert not any(piece.batch.organisations for piece in pieces)


def test_a_file_cut_in_the_middle_says_what_may_have_been_recorded(tmp_path: Path) -> None:
    path = publication(tmp_path, [structure(id=f"essai--{n}") for n in range(1_200)])
    path.write_text(path.read_text()[:-4_000])
    assert SOURCE.stream
    taken: list[Piece] = []
    with pytest.raises(BrokenSource) as refusal:
        taken.extend(SOURCE.stream(path))
    assert [len(piece.batch.organisations) for piece in taken] == [500, 500]
    assert refusal.value.message == (
        f"{path}, ligne 1 : le fichier s’arrête au milieu d’une fiche : il est coupé. Rien n’a été importé."
    )


def test_memory_is_flat_in_the_size_of_the_publication(tmp_path: Path) -> None:
    assert SOURCE.stream
    stream = SOURCE.stream

    def peak(number: int) -> int:
        path = publication(tmp_path, [structure()], [service(id=f"essai--v{n}") for n in range(number)])
        tracemalloc.start()
        assert sum(len(piece.batch.services) for piece in stream(path)) == number
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    # The map is read before anything is weighed.
    harvest(SAMPLE)
    peak(10)
    assert peak(1_530) < peak(510) + 500_000
