"""A competence as someone who browses meets it: what it is about, who answers for it by right, how people say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from graph.model.sheets import rows
from graph.model.vocabulary import LegalRole, LegalRule, competences, rules
from graph.model.wording import Expression, Register, expressions

# Who to see first, then who decides, who acts for others, who can help besides.
ROLES_IN_ORDER: Final = (LegalRole.FIRST_STEP, LegalRole.LEGAL, LegalRole.MANDATED, LegalRole.OFFERS)


@cache
def definitions() -> Mapping[str, str]:
    """One sentence for each competence, by its id."""
    return MappingProxyType(
        {row.known("competence", competences()): row.required("definition") for row in rows("definitions.csv")}
    )


@cache
def _rules_by_competence() -> Mapping[str, tuple[LegalRule, ...]]:
    grouped: defaultdict[str, list[LegalRule]] = defaultdict(list)
    for rule in sorted(rules(), key=lambda rule: ROLES_IN_ORDER.index(rule.role)):
        grouped[rule.competence].append(rule)
    return {competence: tuple(found) for competence, found in grouped.items()}


def rules_about(competence: str) -> tuple[LegalRule, ...]:
    """The kinds of organisation that handle it: the usual first door, then by law, by mandate, by use."""
    return _rules_by_competence().get(competence, ())


@cache
def _said() -> Mapping[str, tuple[Expression, ...]]:
    grouped: defaultdict[str, list[Expression]] = defaultdict(list)
    for one in expressions():
        grouped[one.competence].append(one)
    return {competence: tuple(found) for competence, found in grouped.items()}


def ways_to_say(competence: str, register: Register, most: int) -> tuple[str, ...]:
    """The first `most` expressions of it in one register, in the order of the lexicon."""
    return tuple(one.text for one in _said().get(competence, ()) if one.register is register)[:most]
