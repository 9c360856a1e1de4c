"""What is noticed in published quarters. What is hidden accuses nobody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.figures.alert_words import Names, sentence, trend, why
from graph.model.figures.alerts import Alert, AlertKind
from graph.model.figures.dead_ends import Blockage
from graph.model.figures.histograms import FROM
from graph.model.figures.lattice import WHOLE, Node, Published
from graph.model.figures.noticing_quarters import Told, is_dead_end, lowest_share, median, noticed
from graph.model.figures.periods import Quarter
from tests import make

DOUBS: Node = ("region=region:27", "departement=departement:25")
BODY: Node = (*DOUBS, "organisation=t:caf")
NAMES = Names(organisations={"t:caf": "CAF"}, territories={"departement:25": make.doubs()})
FULL = ("outcome=declined", "reason=no_capacity")
NOBODY = Published({(WHOLE, WHOLE): 0})
FIRST = Quarter(2025, 3)


def cells(row: Node, counts: Mapping[Node, int]) -> Published:
    """These are told of the row; a cell that is not among them holds nobody."""
    every = {(row[:depth], WHOLE): 1000 for depth in range(len(row))}
    zeros = {(row, column[:depth]): 0 for column in ALL for depth in range(1, len(column) + 1)}
    return Published(every | zeros | {(row, column): count for column, count in counts.items()})


ENDINGS = ("outcome=declined", "outcome=redirected", "outcome=expired")
REASONS = ("no_capacity", "not_eligible", "not_offered", "out_of_area")
ALL: list[Node] = [
    *((ending,) for ending in ENDINGS),
    *((ending, f"reason={reason}") for ending in ENDINGS[:2] for reason in REASONS),
    *((f"delay={number}",) for number in range(len(FROM))),
]


def told(answered: Published = NOBODY, unmet: Published = NOBODY, transitional: Published = NOBODY) -> Told:
    return Told(FIRST, answered, unmet, transitional)


def one_after_another(*them: Told) -> list[Told]:
    quarter, found = FIRST, []
    for one in them:
        found.append(Told(quarter, one.answered, one.unmet, one.transitional))
        quarter = quarter.next
    return found


def of_kind(alerts: list[Alert], kind: AlertKind) -> list[Alert]:
    return [alert for alert in alerts if alert.kind is kind]


def dead(refused: int, total: int, silent: int = 0) -> Published:
    return cells(BODY, {WHOLE: total, FULL[:1]: refused, FULL: refused, ("outcome=expired",): silent})


def test_a_body_that_leads_nowhere_is_told_with_why_and_since_when() -> None:
    quarters = one_after_another(told(dead(20, 100)), told(dead(60, 80)), told(dead(50, 90, 20)))
    [alert] = of_kind(noticed(quarters), AlertKind.BECAME_DEAD_END)
    assert (alert.figure, alert.share, alert.before, alert.since) == (70, 77, 60, date(2025, 10, 1))
    assert sentence(alert, NAMES) == (
        "CAF, dans le Doubs : 77 % au moins des réponses du trimestre sont des refus ou des silences, 70 demandes."
    )
    assert why(alert) == "pas de place (50), sans réponse (20)"
    assert trend(alert) == "Au trimestre précédent : 60 → 70"


def test_a_dead_end_of_the_year_is_one_though_its_quarter_is_too_short_to_show_it() -> None:
    ends = {"t:caf": (Blockage.SILENCE,)}
    quarters = one_after_another(told(dead(0, 14)), told(dead(0, 12)), told(dead(0, 13)))
    assert of_kind(noticed(quarters), AlertKind.BECAME_DEAD_END) == []
    named = [quarters[0], *(replace(one, dead_ends=ends) for one in quarters[1:])]
    [alert] = of_kind(noticed(named), AlertKind.BECAME_DEAD_END)
    assert (alert.figure, alert.share, alert.before, alert.since) == (13, 0, 12, date(2025, 10, 1))
    assert sentence(alert, NAMES) == (
        "CAF, dans le Doubs : point d’arrêt, sur l’année qui finit avec le trimestre ; 13 demandes y ont abouti au trimestre."
    )
    assert why(alert) == "sans réponse"
    # Of a body whose answers are hidden nothing is told.
    hidden = [replace(one, answered=NOBODY) for one in named]
    assert of_kind(noticed(hidden), AlertKind.BECAME_DEAD_END) == []


def test_half_of_a_few_is_chance_and_hidden_refusals_are_none() -> None:
    assert not is_dead_end(dead(11, 20), BODY)
    assert is_dead_end(dead(60, 80), BODY)
    assert not is_dead_end(Published({(BODY, WHOLE): 80, (BODY, FULL[:1]): 70}), BODY)
    assert not is_dead_end(Published({(BODY, FULL): 80}), BODY)


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_low_end_of_a_share_is_under_it_and_nears_it_with_numbers(count: int, more: int) -> None:
    total = count + more
    low = lowest_share(count, total)
    assert low >= -1e-12
    assert low <= count / total + 1e-12
    assert low <= lowest_share(10 * count, 10 * total) + 1e-12


def late(counts: Mapping[int, int], total: int | None = None) -> Published:
    given_ = {(f"delay={number}",): count for number, count in counts.items()}
    return cells(BODY, {WHOLE: total or sum(counts.values())} | given_)


def test_answers_that_take_twice_as_long_for_sure_are_told() -> None:
    [alert] = noticed(one_after_another(told(late({2: 30})), told(late({4: 30}))))
    assert (alert.kind, alert.figure, alert.before) == (AlertKind.ANSWERS_SLOWER, 8, 3)
    assert sentence(alert, NAMES) == "CAF, dans le Doubs : une réponse sur deux demande 8 jours ou davantage."
    assert trend(alert) == "Jours, au trimestre précédent : 3 au plus → 8"
    # 2 or 3 days, then 4 to 7: it may be 3 and 4.
    assert noticed(one_after_another(told(late({2: 30})), told(late({3: 30})))) == []
    # The same day, then the morrow: no slow answer. And the first quarter has nothing before it.
    assert noticed(one_after_another(told(late({0: 30})), told(late({1: 30})))) == []
    assert noticed(one_after_another(told(late({4: 30})))) == []


def test_hidden_delays_are_taken_for_what_is_best_for_the_body() -> None:
    hidden = Published({(BODY, WHOLE): 40, (BODY, ("delay=4",)): 19})
    assert median(hidden, BODY, latest=False) == (0, 0)
    assert median(hidden, BODY, latest=True) == (91, None)
    assert noticed(one_after_another(told(late({2: 30})), told(hidden))) == []
    assert noticed(one_after_another(told(hidden), told(late({8: 30})))) == []


@pytest.mark.parametrize(("count", "there"), [(10, 0), (11, 1), (None, 0)])
def test_files_that_wait_at_a_front_door_are_told_from_eleven_on(count: int | None, there: int) -> None:
    some = {(DOUBS, ("delay=8",)): count} if count else {(DOUBS, WHOLE): 40}
    unmet = Published({(DOUBS, WHOLE): 60, (DOUBS, ("cause=no_service",)): 40, (DOUBS, ("cause=refused",)): 20})
    found = noticed(one_after_another(told(), told(unmet=unmet, transitional=Published(some))))
    alerts = of_kind(found, AlertKind.TRANSITIONAL_TOO_LONG)
    assert len(alerts) == there
    if alerts:
        assert sentence(alerts[0], NAMES) == (
            "Dans le Doubs : 11 dossiers restent en accompagnement transitoire depuis plus de 90 jours."
        )
        assert why(alerts[0]) == "aucun service trouvé (40), demande refusée (20)"
        assert trend(alerts[0]) == "Au trimestre précédent : 0 → 11"


def test_needs_without_a_relay_are_told_by_theme_in_each_departement() -> None:
    def unmet(count: int) -> Published:
        return Published({(DOUBS, WHOLE): count, (DOUBS, ("category=sante",)): count})

    [alert] = noticed(one_after_another(told(unmet=unmet(12)), told(unmet=unmet(31))))
    assert (alert.kind, alert.figure, alert.before) == (AlertKind.NEEDS_UNANSWERED, 31, 12)
    assert sentence(alert, NAMES) == "Santé, dans le Doubs : 31 besoins sont restés sans réponse au trimestre."
    [alert] = noticed(one_after_another(told(unmet=unmet(31))))
    assert trend(alert) == "Au trimestre précédent : moins de 11, ou masqué"
