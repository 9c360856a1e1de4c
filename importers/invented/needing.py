"""Which problems people come with, and how often: shares by category, the planted ones raised so that figures can see them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

from graph.model.casework.deciding import need_review
from graph.model.casework.file import Need
from graph.model.vocabulary import competences
from importers.invented.life import Life
from importers.invented.network import Network

# Of a hundred needs told at front doors; what is not named here counts one.
SHARES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "logement-hebergement": 18,
        "droits-et-prestations": 15,
        "difficultes-financieres": 14,
        "difficultes-administratives-ou-juridiques": 9,
        "sante": 8,
        "famille": 6,
        "equipement-et-alimentation": 6,
        "parcours": 5,
        "grand-age": 4,
        "protection": 4,
        "numerique": 4,
        "mobilite": 4,
        "trouver-un-emploi": 3,
    }
)
# What goes through the bottleneck, and what is asked for where there is a desert.
GATED, IN_A_DESERT = 0.3, 0.25
DATES: Final = ("audience", "fin de bail", "sortie d’hospitalisation", "coupure annoncée", "expulsion")


def need(life: Life, commune: str, member: str) -> Need:
    """A problem that is told now: urgent once in sixteen, with a date from outside once in ten."""
    competence = _competence(life, commune)
    urgent = life.chance(1 / 16)
    due = (life.now + timedelta(days=life.random.randint(10, 80))).date() if life.chance(0.1) else None
    label = competences()[competence].label
    return Need(
        id=life.id_of("n"),
        competence=competence,
        opened=life.now,
        review=need_review(life.now, urgent),
        member=member if life.chance(0.3) else "",
        words=f"Demande de l’aide : {label[0].lower()}{label[1:]}.",
        urgent=urgent,
        due=due,
        due_what=life.random.choice(DATES) if due else "",
    )


def _competence(life: Life, commune: str) -> str:
    planted, random = life.network.planted, life.random
    if commune in life.network.bodies[planted.bottleneck].communes and life.chance(GATED):
        return random.choice(sorted(planted.gated))
    here = [desert.competence for desert in planted.deserts if commune in desert.communes]
    if here and life.chance(IN_A_DESERT):
        return random.choice(here)
    known, shares = _handled(life.network, commune)
    return random.choices(known, shares)[0]


@cache
def _handled(network: Network, commune: str) -> tuple[list[str], list[float]]:
    """What somebody handles there, and how often it is asked for."""
    known = sorted(one for one in network.competences if network.relays(one, commune))
    size: dict[str, int] = {}
    for one in known:
        size[one.partition("--")[0]] = size.get(one.partition("--")[0], 0) + 1
    return known, [SHARES.get(one.partition("--")[0], 1) / size[one.partition("--")[0]] for one in known]
