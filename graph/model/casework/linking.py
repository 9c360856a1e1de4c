"""Two files of one person become one: what goes over, and what must be finished first."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from graph.model.casework.acts import Linked
from graph.model.casework.file import File
from graph.model.errors import InvalidInput, StepNotAllowed

# A code that a worker hands to the person, and that her other referent types.
CODE_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 16
CODE_LIVES: Final = timedelta(days=7)


def linked(kept: File, gone: File) -> tuple[Linked, Linked]:
    """The two events, of the file that stays and of the one that goes into it. The lead of the first leads from then on.

    Open needs and members go over; what was asked of partners for the second file and has not begun is recalled. Raises
    StepNotAllowed where one of them is not open, a partner is at work for the one that goes, or what was told in danger has not
    been looked at again.
    """
    if not kept.open or not gone.open or kept.id == gone.id:
        raise StepNotAllowed(gone.state, "link", "seuls deux dossiers ouverts se réunissent")
    if any(handoff.open and handoff.begun for handoff in gone.handoffs.values()):
        raise StepNotAllowed(gone.state, "link", "un partenaire est encore au travail : concluez d’abord sa demande")
    if gone.to_review:
        raise StepNotAllowed(gone.state, "link", "ce qui a été transmis dans l’urgence est encore à relire")
    needs = tuple(need for need in gone.needs.values() if need.open)
    members = tuple(gone.members.values())
    return (
        Linked(other=gone.id, into=False, needs=needs, members=members),
        Linked(other=kept.id, into=True),
    )


def code_of(typed: str) -> str:
    """A code as it was made, from what someone typed. Raises InvalidInput."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(code) != CODE_LENGTH or not set(code) <= set(CODE_LETTERS):
        raise InvalidInput(f"Un code de rapprochement a {CODE_LENGTH} lettres et chiffres. Vérifiez-le.", "code")
    return code
