"""The file itself goes to another referent, of the house or not, or is asked for by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from graph.model.casework import deciding
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, Outcome
from graph.model.casework.grounds import ShareGroup
from graph.model.casework.handoff import Kind, ReasonCode, Step, Target
from importers.invented.answers import answered
from importers.invented.handing import GROUPS, consent
from importers.invented.life import Course, Life

ACCOMPANIES: Final = "parcours--accompagnement-social-global"


def handed_on(life: Life, commune: str) -> Course:
    """The file itself goes to another referent, of the house or not, or is asked for."""
    if not life.file.open or life.file.lead is None:
        return
    house = life.file.lead.organisation
    here = [one for one in life.network.relays(ACCOMPANIES, commune) if one != house]
    colleagues = [one.account for one in life.body(house).there(life.now) if one.account != life.file.lead.account]
    kind = life.random.choices((Kind.TRANSFER, Kind.ASSIGN, Kind.TAKE_OVER), (60, 25, 15))[0]
    target = house if kind in {Kind.ASSIGN, Kind.TAKE_OVER} else life.random.choice(here or [house])
    by = life.someone(life.random.choice(here)) if kind is Kind.TAKE_OVER and here else life.lead()
    if (kind is Kind.ASSIGN and not colleagues) or (kind is not Kind.ASSIGN and not here):
        return
    to = Target(organisation=target, professional=life.random.choice(colleagues) if kind is Kind.ASSIGN else "")
    if kind is Kind.TRANSFER:
        life.write(by, deciding.consent_given(life.file, consent(life, target, ())))
    groups = GROUPS if kind is Kind.TRANSFER else frozenset[ShareGroup]()
    draft = Draft(
        id=life.id_of("h"), kind=kind, target=to, purpose="Référent plus proche", groups=groups, confirmed=True
    )
    life.write(by, deciding.drafted(life.file, draft, by, life.taking))
    life.step(draft.id, Step.SUBMIT, by)
    if kind is Kind.TRANSFER:
        yield from answered(life, draft.id)
    elif kind is Kind.ASSIGN:
        yield life.days(4)
        life.step(draft.id, Step.CONTACT, life.someone(house, to.professional))
    else:
        yield from _taken_over(life, draft.id, by)
    yield life.days(3)
    one = life.file.handoffs[draft.id]
    if life.file.open and not one.open and not one.settled:
        life.write(life.lead(), deciding.settled(life.file, one.id, "Nous gardons le dossier."))


def _taken_over(life: Life, id_: str, asker: Actor) -> Iterator[datetime]:
    """The present lead answers; then the one who asked meets the person, and says that it is done."""
    yield life.days(3)
    if life.chance(0.25):
        life.step(id_, Step.DECLINE, life.lead(), reason=ReasonCode.OTHER, text="Nous préférons continuer.")
        return
    if life.step(id_, Step.ACCEPT, life.lead()):
        yield life.days(6)
        life.step(id_, Step.CONTACT, asker)
        yield life.days(20)
        life.step(id_, Step.COMPLETE, asker, outcome=Outcome.MET.value)
