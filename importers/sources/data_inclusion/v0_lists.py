"""The lists of the schema before version 1, and what became of each value: names of fields, thématiques, profils, fees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from data_inclusion.schema import v1

from graph.model.sheets import rows
from graph.model.territory import TerritoryLevel
from graph.model.vocabulary import competences

HERE: Final = Path(__file__).parent

ONLY_V0: Final = frozenset(
    [
        "presentation_resume",
        "presentation_detail",
        "profils",
        "profils_precisions",
        "types",
        "frais_autres",
        "zone_diffusion_type",
        "zone_diffusion_code",
        "zone_diffusion_nom",
        "modes_orientation_accompagnateur",
        "modes_orientation_beneficiaire",
        "typologie",
        "labels_nationaux",
        "labels_autres",
        "horaires_ouverture",
    ]
)
ONLY_V1: Final = frozenset(
    [
        "description",
        "frais_precisions",
        "publics",
        "publics_precisions",
        "zone_eligibilite",
        "modes_mobilisation",
        "mobilisable_par",
        "horaires_accueil",
        "reseaux_porteurs",
    ]
)
# National labels that version 1 calls by another name; the others keep theirs, or have no equivalent.
NETWORKS: Final = {
    "bge": "reseau-bge",
    "cci": "chambres-consulaires",
    "conseiller-numerique": "conseillers-numeriques",
    "fede-pro-fem": "federation-professionnelle-femmes",
    "federation-des-entreprises-dinsertion": "ei",
    "la-ressourcerie": "ressourceries",
    "maisons-de-lemploi": "maisons-de-l-emploi",
    "point-conseil-budget": "points-conseil-budget",
    "point-justice": "points-justice",
    "sinca": "singa",
    "tous-tes-possible": "tous-tes-possibles",
    "tzcld": "etcld",
    "unccas": "ccas-cias",
}
FEES: Final = {
    "gratuit": ("gratuit", ""),
    "gratuit-sous-conditions": ("", "Gratuit sous conditions"),
    "payant": ("payant", ""),
    "adhesion": ("payant", "Adhésion"),
    "pass-numerique": ("", "Accepte le pass numérique"),
}
WAYS: Final = {
    "envoyer-un-mail": "envoyer-un-courriel",
    "envoyer-un-mail-avec-une-fiche-de-prescription": "envoyer-un-courriel",
    "se-presenter": "se-presenter",
    "telephoner": "telephoner",
    "prendre-rdv": "utiliser-lien-mobilisation",
    "completer-le-formulaire-dadhesion": "utiliser-lien-mobilisation",
}
KEPT_BY_BOTH: Final = [
    "source",
    "nom",
    "date_maj",
    "lien_source",
    "commune",
    "code_postal",
    "code_insee",
    "adresse",
    "complement_adresse",
    "longitude",
    "latitude",
    "telephone",
    "courriel",
]
# Lists of texts, however a file writes them.
LISTS: Final = frozenset(
    {
        "frais",
        "justificatifs",
        "labels_nationaux",
        "modes_accueil",
        "modes_orientation_accompagnateur",
        "modes_orientation_beneficiaire",
        "pre_requis",
        "profils",
        "thematiques",
        "types",
    }
)
FIELDS: Final = (
    ONLY_V0
    | LISTS
    | frozenset(KEPT_BY_BOTH)
    | {
        "id",
        "structure_id",
        "siret",
        "site_web",
        "contact_public",
        "date_suspension",
        "formulaire_en_ligne",
        "page_web",
        "prise_rdv",
        "recurrence",
        "volume_horaire_hebdomadaire",
        "nombre_semaines",
        "modes_orientation_accompagnateur_autres",
        "modes_orientation_beneficiaire_autres",
    }
)
NOT_PUBLIC: Final = frozenset({"false", "f", "0", "non"})
# The field of v0 from which a field of version 1 was made, for whoever looks the value up in their file.
ORIGINALS: Final = {
    "description": "presentation_detail",
    "horaires_accueil": "recurrence",
    "lien_mobilisation": "prise_rdv",
    "publics": "profils",
    "reseaux_porteurs": "labels_nationaux",
    "zone_eligibilite": "zone_diffusion_code",
}
LEVELS: Final = {level.value for level in TerritoryLevel} - {TerritoryLevel.SECTOR, TerritoryLevel.ARRONDISSEMENT}


@dataclass(frozen=True, slots=True)
class Theme:
    """What a v0 thématique became: entries of version 1, entries of our own list beside them, and why."""

    v1: tuple[str, ...]
    ours: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Audience:
    """What a v0 profil became; `label` keeps in words what version 1 no longer tells."""

    v1: tuple[str, ...]
    label: str
    why: str


@cache
def themes() -> Mapping[str, Theme]:
    """Every v0 thématique."""
    known = {theme.value for theme in v1.Thematique}
    return {
        row.required("v0"): Theme(row.several("v1", known), row.several("ours", competences()), row.required("why"))
        for row in rows("v0_thematiques.csv", HERE)
    }


@cache
def audiences() -> Mapping[str, Audience]:
    """Every v0 profil."""
    known = {public.value for public in v1.Public}
    return {
        row.required("v0"): Audience(row.several("v1", known), row.required("label"), row.required("why"))
        for row in rows("v0_profils.csv", HERE)
    }
