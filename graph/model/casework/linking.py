"""Two files of one person become one: what goes over, and what must be finished first."""

from __future__ import annotations

from graph.model.casework.acts import Linked
from graph.model.casework.file import File
from graph.model.errors import StepNotAllowed


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
