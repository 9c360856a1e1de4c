"""By what right a listing handles a competence: what its kind is by law, what its services say, what an agreement gives."""

from __future__ import annotations

from typing import Final

from graph.model.directory import Agreement, Organisation, Service
from graph.model.relay import Ground, Tie
from graph.model.vocabulary import LegalRole, LegalRule, rules_for

GROUNDS: Final = {
    LegalRole.LEGAL: Ground.LAW,
    LegalRole.MANDATED: Ground.MANDATE,
    LegalRole.FIRST_STEP: Ground.FIRST_STEP,
    LegalRole.OFFERS: Ground.GENERAL,
}
# A service tied to more competences than this is a general one: its tie to each weighs less.
SPECIALISED_UP_TO: Final = 3
# Bodies of such a kind share a form and not a trade: each answers for its own services only (119 is not 3919).
KINDS_OF_MANY_TRADES: Final = frozenset({"LIGNE_NATIONALE"})


def body_ties(organisation: Organisation) -> tuple[Tie, ...]:
    """What a body handles by its kind alone."""
    rules = () if organisation.kind in KINDS_OF_MANY_TRADES else rules_for(organisation.kind)
    return tuple({(rule.competence, rule.role): _tie(rule) for rule in rules}.values())


def service_ties(service: Service, organisation: Organisation) -> tuple[Tie, ...]:
    """What a service says that it handles, and what the kind of its body makes of it."""
    usual = Ground.SPECIALISED if len(service.competences) <= SPECIALISED_UP_TO else Ground.GENERAL
    by_right = (
        _tie(rule)
        for rule in rules_for(organisation.kind)
        if rule.competence in service.competences and rule.role is not LegalRole.OFFERS
    )
    return (*(Tie(competence, usual) for competence in service.competences), *by_right)


def agreement_ties(agreement: Agreement) -> tuple[Tie, ...]:
    """What an agreement lets its receiver do."""
    return tuple(Tie(c, Ground.MANDATE, agreement.label, agreement.note) for c in agreement.competences)


def _tie(rule: LegalRule) -> Tie:
    return Tie(rule.competence, GROUNDS[rule.role], rule.source, rule.note)
