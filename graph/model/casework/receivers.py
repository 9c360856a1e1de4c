"""Who receives: what a kind of organisation may be told at most."""

from __future__ import annotations

from typing import Final

from graph.model.casework.grounds import PRACTICAL_ONLY, ShareGroup

# Landlords, suppliers, volunteers: no professional secret binds them, whatever was agreed to. What is not classified is not here:
# the ground that lets it leave names it, and whoever sends reads its name.
PRACTICAL_KINDS: Final = frozenset(
    {
        "BAILLEUR_SOCIAL",
        "FOURNISSEUR_ENERGIE_EAU",
        "ASSOCIATION_ALIMENTAIRE",
        "ASSOCIATION_CARITATIVE",
        "RESSOURCERIE",
        "MAISON_ASSOCIATIONS",
    }
)


def practical_only(kind: str) -> bool:
    """Whether such an organisation gets practical facts and nothing else."""
    return kind in PRACTICAL_KINDS


def tellable(kind: str) -> frozenset[ShareGroup]:
    """What may be told to such an organisation, where a ground covers it."""
    return PRACTICAL_ONLY if practical_only(kind) else frozenset(ShareGroup)
