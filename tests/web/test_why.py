"""Why a relay stands where it does, in words: the points add up, and what would change the order is said."""

from __future__ import annotations

import pytest

from api.web.why_view import ECHO, NEAR, points, weight_words, why
from graph.model.order import REPEATED
from graph.model.ranking import rank
from graph.model.relay import Reason, ReasonKind, Relay
from graph.model.territory import TerritoryLevel
from graph.model.weights import LEVEL_WEIGHTS
from search.hours import HOURS
from tests import make


def relay(score: float, *weights: float) -> Relay:
    reasons = tuple(Reason(ReasonKind.LAW, f"Raison {n}", weight) for n, weight in enumerate(weights))
    return Relay(listing=make.listing(), score=score, reasons=reasons)


@pytest.mark.parametrize(
    ("weight", "said"),
    [
        (80.0, "décisif"),
        (12.0, "compte beaucoup"),
        (4.0, "compte"),
        (0.5, "compte un peu"),
        (0.0, "dit pour information"),
        (-0.4, "fait un peu reculer"),
        (-8.0, "fait reculer"),
        (-40.0, "fait beaucoup reculer"),
    ],
)
def test_a_weight_is_said_in_words(weight: float, said: str) -> None:
    assert weight_words(weight) == said


@pytest.mark.parametrize(("weight", "said"), [(80.0, "+80"), (-0.75, "−0,8"), (0.0, "0"), (-0.01, "0"), (2.5, "+2,5")])
def test_points_are_written_as_french_does(weight: float, said: str) -> None:
    assert points(weight) == said


def test_the_reasons_of_a_real_answer_add_up_to_its_score() -> None:
    services = [make.listing(f"service:t:{n}", service=make.service(f"t:{n}")) for n in range(3)]
    found = rank(make.question(), services, HOURS)
    assert len(found) == 3
    for number, one in enumerate(found):
        said = why(one, None)
        whole = sum(float(reason.points.replace("−", "-").replace(",", ".")) for reason in said.reasons)
        assert whole == pytest.approx(one.score, abs=0.05 * len(said.reasons))
        echo = [reason for reason in said.reasons if reason.text == ECHO]
        assert [reason.points for reason in echo] == ([points(REPEATED * number)] if number else [])
        near = [reason.points for reason in said.reasons if reason.text == NEAR]
        assert near == [points(LEVEL_WEIGHTS[TerritoryLevel.DEPARTEMENT])]


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (0.0, "À égalité avec le suivant : l’ordre alphabétique décide."),
        (1.5, "1,5 point devant le suivant : un détail les échangerait"),
        (12.0, "12 points devant le suivant : « C’est urgent »"),
        (80.0, "80 points devant le suivant : seul un autre problème"),
    ],
)
def test_what_would_change_the_order_depends_on_the_gap(gap: float, said: str) -> None:
    assert why(relay(100 + gap, 100 + gap), relay(100, 100)).margin.startswith(said)


def test_the_last_relay_is_compared_with_none() -> None:
    assert why(relay(80, 80), None).margin == ""
