"""Two files of one person become one: one lead from then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from graph.model.casework.acts import Linked
from graph.model.casework.file import File
from graph.model.errors import InvalidInput, StepNotAllowed

# A code that a worker hands to the person, and that her other referent types.
CODE_LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 16
CODE_LIVES: Final = timedelta(days=7)


def linked(file: File, other: File, new_id: Callable[[], str]) -> tuple[Linked, Linked]:
    """What is written in `file`, which stays under its lead, and in `other`, which goes into it.

    Its open needs come along under ids of their own, why no relay was found for them, its members, the danger at home noted for
    them, its watches, the calls that are owed, and who is around it. Raises StepNotAllowed where one of them is not open, a partner
    is at work on the other, or what was told of it in danger has not been looked at again.
    """
    if file.id == other.id:
        raise InvalidInput("C’est le même dossier.", "other")
    if not file.open or not other.open:
        raise StepNotAllowed(other.state, "link", "l’un des deux dossiers n’est plus ouvert")
    if any(handoff.open and handoff.begun for handoff in other.handoffs.values()):
        raise StepNotAllowed("open", "link", "un partenaire est encore au travail sur l’autre dossier")
    if other.to_review:
        raise StepNotAllowed(other.state, "link", "ce qui a été transmis dans l’urgence est encore à relire")
    needs = {need.id: replace(need, id=new_id()) for need in other.needs.values() if need.open}
    kept = Linked(
        other=other.id,
        into=False,
        needs=tuple(needs.values()),
        members=tuple(other.members.values()),
        watches=tuple(other.watches.values()),
        to_call=tuple(other.to_call.values()),
        circle=tuple(other.circle.values()),
        co_referents=tuple(other.co_referents.values()),
        no_relay=tuple((needs[need].id, cause) for need, cause in other.no_relay.items() if need in needs),
        last_contact=other.last_contact,
        danger=tuple(page.member for page in other.pages.values() if page.danger_at_home),
    )
    return kept, Linked(other=file.id, into=True)


def code_of(typed: str) -> str:
    """A code as it was made, from what someone typed. Raises InvalidInput."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(code) != CODE_LENGTH or not set(code) <= set(CODE_LETTERS):
        raise InvalidInput(f"Un code de rapprochement a {CODE_LENGTH} lettres et chiffres. Vérifiez-le.", "code")
    return code
