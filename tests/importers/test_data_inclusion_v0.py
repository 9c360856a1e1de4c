"""The older schema, against its own closed lists: every value has become something, or is said to have no equivalent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from data_inclusion.schema import v1

from graph.model.directory import Contact, ListingState, Organisation, Public, Service
from graph.model.vocabulary import competences, kinds
from importers.registry import SOURCES
from importers.report import Refused
from importers.sources.data_inclusion.v0 import is_v0
from importers.sources.data_inclusion.v0_lists import (
    FEES,
    FIELDS,
    LEVELS,
    NETWORKS,
    ONLY_V0,
    ONLY_V1,
    WAYS,
    audiences,
    themes,
)

LISTS: Final[Mapping[str, list[str]]] = json.loads(
    (Path(__file__).parent / "lists" / "data_inclusion_v0.json").read_text()
)
V1_THEMES = {theme.value for theme in v1.Thematique}
WHERE = "publication.json, fiche 1, ligne 1"
# Fields of v0 that are not read, each for a reason that the source's README gives.
LEFT_OUT = {
    "accessibilite",
    "antenne",
    "contact_nom_prenom",
    "cumulable",
    "date_creation",
    "rna",
}


def test_every_theme_of_v0_became_something_or_is_said_to_have_no_equivalent() -> None:
    assert sorted(themes()) == LISTS["thematiques"]
    assert len(themes()) == 168
    without = {theme for theme, became in themes().items() if not (became.v1 or became.ours)}
    assert without == {
        "acces-aux-droits-et-citoyennete--developpement-durable",
        "equipement-et-alimentation",
        "logement-hebergement--aides-financieres-investissement-locatif",
        "remobilisation--pression-sociale",
    }


def test_a_theme_of_both_versions_is_itself() -> None:
    kept = V1_THEMES & themes().keys()
    assert len(kept) == 45
    assert [theme for theme in kept if (themes()[theme].v1, themes()[theme].ours) != ((theme,), ())] == []


def test_our_own_entries_stand_beside_those_of_v1_only() -> None:
    ours = {entry for became in themes().values() for entry in became.ours}
    assert ours <= competences().keys() - V1_THEMES
    assert {entry for became in themes().values() for entry in became.v1} <= V1_THEMES


def test_every_profil_fee_way_and_level_of_v0_is_known() -> None:
    assert sorted(audiences()) == LISTS["profils"]
    assert sorted(FEES) == LISTS["frais"]
    ways = {*LISTS["modes-orientation-accompagnateur"], *LISTS["modes-orientation-beneficiaire"]}
    assert ways - WAYS.keys() == {"autre"}
    assert {way.value for way in v1.ModeMobilisation} == set(WAYS.values())
    assert set(LISTS["zones-de-diffusion-types"]) == LEVELS
    assert {profil for profil, became in audiences().items() if not became.v1} == {
        "locataires",
        "personnes-en-situation-illettrisme",
        "proprietaires",
    }


def test_every_type_of_structure_and_network_has_its_kind() -> None:
    types = [code for kind in kinds().values() for code in kind.di_v0_types]
    assert sorted(set(types)) == LISTS["typologies-de-structures"]
    assert sorted({code for code in types if types.count(code) > 1}) == ["RS_FJT"]
    networks = {code for kind in kinds().values() for code in kind.di_v1_networks}
    assert networks == {network.value for network in v1.ReseauPorteur}
    assert NETWORKS.keys() <= set(LISTS["labels-nationaux"])
    assert set(NETWORKS.values()) <= networks


def test_every_field_of_v0_is_read_or_left_out_on_purpose() -> None:
    assert {*LISTS["service"], *LISTS["structure"]} == FIELDS | LEFT_OUT
    assert not FIELDS & LEFT_OUT
    assert {*LISTS["service"], *LISTS["structure"]} >= ONLY_V0
    assert ({*v1.Service.model_fields, *v1.Structure.model_fields} & ONLY_V1) - FIELDS == ONLY_V1


def test_the_version_is_told_by_the_names_of_the_fields() -> None:
    assert is_v0({"id": "1", "typologie": None})
    assert not is_v0({"id": "1", "nom": "x"})
    assert not is_v0({"presentation_resume": "x", "description": "y"})


def publication(folder: Path, structures: list[dict[str, Any]], services: list[dict[str, Any]]) -> Path:
    path = folder / "publication.json"
    path.write_text(json.dumps({"structures": structures, "services": services}))
    return path


def structure(**fields: object) -> dict[str, Any]:
    given = {"source": "essai", "id": "s", "nom": "La Passerelle", "date_maj": "2023-01-02", "typologie": "ML"}
    return given | {"code_insee": "25056"} | fields


def service(**fields: object) -> dict[str, Any]:
    given = {"source": "essai", "id": "v", "structure_id": "s", "nom": "Aide au logement", "date_maj": "2023-01-02"}
    return given | {"presentation_resume": "En bref.", "thematiques": ["logement-hebergement--demenagement"]} | fields


def read(folder: Path, **fields: object) -> tuple[Service | None, tuple[Refused, ...]]:
    found = SOURCES["data-inclusion"].gather(publication(folder, [structure()], [service(**fields)]))
    assert found.batch
    return (found.batch.services[0] if found.batch.services else None), found.refused


def test_a_structure_of_v0_is_read_whole(tmp_path: Path) -> None:
    given = structure(
        presentation_resume="Accueil des jeunes…",
        presentation_detail="Accueil des jeunes de 16 à 25 ans.",
        labels_nationaux=["mission-locale", "envie"],
        horaires_ouverture="Mo-Fr 09:00-12:00",
        siret="13003013300016",
        site_web="https://example.org/",
    )
    found = SOURCES["data-inclusion"].gather(publication(tmp_path, [given], []))
    assert found.refused == ()
    assert found.batch
    body = found.batch.organisations[0]
    assert isinstance(body, Organisation)
    assert (body.id, body.kind, body.siret) == ("data-inclusion:essai--s", "MISSION_LOCALE", "13003013300016")
    assert (body.description, body.hours) == ("Accueil des jeunes de 16 à 25 ans.", "Mo-Fr 09:00-12:00")
    assert body.contact == Contact(url="https://example.org/")


def test_a_service_of_v0_is_read_whole(tmp_path: Path) -> None:
    offered, refused = read(
        tmp_path,
        presentation_detail="En long.",
        thematiques=["famille--violences-intrafamiliales", "handicap--faire-reconnaitre-un-handicap"],
        frais=["gratuit-sous-conditions"],
        frais_autres="Selon le quotient familial",
        profils=["femmes", "locataires", "seniors-65"],
        profils_precisions="Sur orientation",
        justificatifs=["Pièce d’identité"],
        pre_requis=["Être majeur"],
        modes_accueil=["en-presentiel"],
        modes_orientation_accompagnateur=["envoyer-un-mail-avec-une-fiche-de-prescription", "autre"],
        modes_orientation_accompagnateur_autres="Fiche sur demande.",
        prise_rdv="https://example.org/rdv",
        telephone="0381616161",
        zone_diffusion_type="region",
        zone_diffusion_code="27",
        recurrence="un mardi sur deux",
    )
    assert refused == ()
    assert offered
    assert (offered.id, offered.organisation) == ("data-inclusion:essai--v", "data-inclusion:essai--s")
    assert offered.competences == (
        "famille--surmonter-conflits-separation-violence",
        "protection--violences-conjugales",
        "sante--constituer-un-dossier-mdph-invalidite",
    )
    assert offered.covers == ("region:27",)
    assert offered.publics == (Public.FEMMES, Public.SENIORS)
    assert (offered.fee, offered.free) == ("Gratuit sous conditions. Selon le quotient familial", None)
    assert offered.conditions == (
        "Prérequis : Être majeur. Justificatifs : Pièce d’identité. Pour : Locataires, Seniors (+ 65 ans). Sur orientation. "
        "La demande est faite par un professionnel."
    )
    assert offered.description == (
        "En bref.\n\nEn long.\n\nPour y recourir : envoyer un courriel. Fiche sur demande.\n\n"
        "Horaires indiqués : un mardi sur deux."
    )
    assert offered.contact == Contact(phone="03 81 61 61 61", url="https://example.org/rdv")


@pytest.mark.parametrize(
    ("level", "code", "covers"),
    [
        ("commune", "25056", ("25056",)),
        ("epci", "242500361", ("epci:242500361",)),
        ("departement", "25", ("departement:25",)),
        ("pays", None, ("pays:FR",)),
        (None, "25", ("departement:25",)),
        (None, None, ("departement:25",)),
    ],
)
def test_a_zone_of_diffusion_becomes_a_territory(
    tmp_path: Path, level: str | None, code: str | None, covers: tuple[str, ...]
) -> None:
    offered, refused = read(tmp_path, zone_diffusion_type=level, zone_diffusion_code=code)
    assert offered
    assert (offered.covers, refused) == (covers, ())


def test_everyone_is_everyone(tmp_path: Path) -> None:
    offered, _ = read(tmp_path, profils=["femmes", "tous-publics"])
    assert offered
    assert (offered.publics, offered.conditions) == ((Public.TOUS_PUBLICS,), "Pour : Femmes.")


@pytest.mark.parametrize("said", [False, "false", "f"])
def test_contacts_that_are_not_public_are_not_taken(tmp_path: Path, said: object) -> None:
    offered, _ = read(tmp_path, telephone="0381616161", courriel="a@example.org", contact_public=said)
    assert offered
    assert offered.contact == Contact()


def test_a_suspended_service_is_suspended_from_its_day(tmp_path: Path) -> None:
    past, _ = read(tmp_path, date_suspension="2023-06-30")
    ahead, _ = read(tmp_path, date_suspension="2999-06-30")
    assert past
    assert ahead
    assert (past.state, ahead.state) == (ListingState.SUSPENDED, ListingState.PUBLISHED)


def test_what_v0_lacks_is_told_under_the_name_that_the_file_gives_it(tmp_path: Path) -> None:
    offered, refused = read(
        tmp_path, profils=["marins"], prise_rdv="rien", frais=["troc"], thematiques=["remobilisation--pression-sociale"]
    )
    assert offered is None
    in_words = "Cette valeur n’est pas dans la liste fermée. Elle n’est gardée qu’en toutes lettres."
    lost = "Cette valeur est laissée de côté."
    theme = "remobilisation--pression-sociale"
    assert refused == (
        Refused(WHERE, "profils", "marins", in_words),
        Refused(WHERE, "frais", "troc", in_words),
        Refused(WHERE, "prise_rdv", "rien", f"Ce n’est pas une adresse web. {lost}"),
        Refused(WHERE, "thematiques", theme, f"Cette thématique v0 n’a pas d’équivalent. {lost}"),
        Refused(WHERE, "thematiques", theme, "Aucune thématique connue ne reste à ce service."),
    )


def test_a_service_without_a_word_of_presentation_still_stands(tmp_path: Path) -> None:
    offered, refused = read(tmp_path, presentation_resume=None)
    assert offered
    assert (offered.description, refused) == ("Service « Aide au logement ».", ())
