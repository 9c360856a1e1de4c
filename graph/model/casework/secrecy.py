"""What the household is never told: some matters are secret by their nature, whoever typed them and whatever was ticked."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from graph.model.casework.file import File, MemberRole, Need

# Contraception, abortion, violence (Code de la santé publique, L. 2212-7 and L. 5134-1; Code civil, 515-9).
SECRET_BY_NATURE: Final = frozenset(
    {
        "sante--sante-sexuelle",
        "petite-enfance--planification-familiale",
        "protection--violences-conjugales",
        "famille--surmonter-conflits-separation-violence",
    }
)


def kept_secret(need: Need) -> Need:
    """The need, secret where its matter is."""
    return replace(need, secret=True) if need.competence in SECRET_BY_NATURE else need


def about_a_child(file: File, member: str, needs: tuple[str, ...]) -> bool:
    """Whether a child's affairs are told: of the child who agreed to it, or of a need that is a child's."""
    concerned = {member, *(file.needs[need].member for need in needs if need in file.needs)}
    return any(file.members[id_].role is MemberRole.CHILD for id_ in concerned if id_ in file.members)
