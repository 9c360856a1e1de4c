"""Which bodies the made-up France has, and how many: rounded from what is known of each kind, to be plausible and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# One in each.
BY_REGION: Final = ("REGION", "ARS", "CARSAT", "CROUS", "OPERATEUR_CEP", "TRANSITIONS_PRO", "AGEFIPH")
BY_DEPARTEMENT: Final = (
    "DEPARTEMENT",
    "CAF",
    "CPAM",
    "MSA",
    "MDPH",
    "ASE",
    "CRIP",
    "PREFECTURE",
    "DDETS",
    "SIAO",
    "SAMU_SOCIAL_115",
    "ADIL",
    "UDAF",
    "CIDFF",
    "CAP_EMPLOI",
    "DAC",
    "BANQUE_DE_FRANCE",
    "SPIP",
    "PJJ",
    "ASSOCIATION_AIDE_VICTIMES",
)
# Inhabitants from which a commune has a CCAS.
CCAS_FROM: Final = 1_500

# How many in France, as shares of what is left.
BY_POPULATION: Final[Mapping[str, int]] = {
    "ASSOCIATION_CARITATIVE": 9_000,
    "EAJE": 5_000,
    "ESPACE_NUMERIQUE": 5_000,
    "SAD": 5_000,
    "EHPAD": 4_000,
    "SIAE": 4_000,
    "ASSOCIATION_ALIMENTAIRE": 3_500,
    "FRANCE_SERVICES": 2_700,
    "CENTRE_SOCIAL": 2_300,
    "SERVICE_SOCIAL_DEPARTEMENTAL": 2_000,
    "PMI": 1_500,
    "RESIDENCE_SOCIALE": 1_500,
    "ORGANISME_FORMATION": 1_500,
    "RESSOURCERIE": 1_000,
    "FRANCE_TRAVAIL": 900,
    "CHRS": 900,
    "CMP": 900,
    "BAILLEUR_SOCIAL": 700,
    "POINT_CONSEIL_BUDGET": 500,
    "CSAPA": 500,
    "MISSION_LOCALE": 440,
    "PLATEFORME_MOBILITE": 120,
}

# Kinds whose bodies bear a name of their own, and its second half.
OTHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "ASSOCIATION_CARITATIVE": ("Entraide", "Solidarité", "Accueil", "Partage"),
    "ASSOCIATION_ALIMENTAIRE": ("Épicerie solidaire", "Repas partagés", "Colis du cœur"),
    "EAJE": ("Multi-accueil", "Petite enfance"),
    "EHPAD": ("Résidence", "Maison de retraite"),
    "RESIDENCE_SOCIALE": ("Résidence", "Habitat"),
    "SIAE": ("Chantier d’insertion", "Régie de quartier", "Insertion"),
    "SAD": ("Aide à domicile", "Services à la personne"),
}
FIRST_NAMES: Final = (
    "Les Tilleuls",
    "La Passerelle",
    "Le Relais",
    "L’Escale",
    "Les Glycines",
    "Horizon",
    "Le Phare",
    "La Clairière",
    "Les Hirondelles",
    "L’Étape",
    "Le Moulin",
    "La Boussole",
)
