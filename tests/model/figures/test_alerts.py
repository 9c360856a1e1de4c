"""What is noticed, when it is over, in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.errors import InvalidInput
from graph.model.figures.alert_words import Names, sentence, trend, why
from graph.model.figures.alerts import (
    RULES,
    Alert,
    AlertKind,
    Silence,
    Standing,
    in_order,
    looked_again,
    silence_until,
)
from graph.model.figures.noticing import searches_empty, stale_but_sought, zones_lost
from graph.model.figures.searched import Met, SearchCount, met, summed, window_of
from graph.model.figures.uncovered import Uncovered, looked_at, uncovered
from graph.model.relay import Found, Relay, Widening, WideningStep
from graph.model.vocabulary import competence
from tests import make

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
# Told are whole weeks: the last one that is over, not yesterday.
LAST_WEEK = TODAY - timedelta(days=4)
RENT = competence(make.RENT).label
PLACES = {one.id: one for one in make.territories()}
NAMES = Names(
    territories=PLACES,
    organisations={"t:caf": "CAF du Doubs"},
    listings={"service:t:s": "Écoute budget"},
)
DOUBS, BESANCON, PONTARLIER = "departement:25", "25056", "25462"


def searched(count: int, territory: str = BESANCON, day: date = LAST_WEEK, **values: object) -> SearchCount:
    return replace(
        SearchCount(day=day, met=Met.NOTHING, competence=make.RENT, territory=territory, count=count), **values
    )


# ─ searches


def test_a_search_that_finds_nothing_is_told_without_its_words() -> None:
    asked = make.question(text="loyer de Madame Canari", competences=(make.RENT,), territory=make.besancon())
    [one] = met(asked, Found(question=asked, relays=()), TODAY)
    assert one == SearchCount(day=TODAY, met=Met.NOTHING, competence=make.RENT, territory=BESANCON)
    assert "canari" not in repr(one).lower()
    wider = Found(question=asked, relays=(), total=3, widened=Widening(WideningStep.LARGER_TERRITORY, "Rien."))
    assert [one.met for one in met(asked, wider, TODAY)] == [Met.WIDENED]
    assert met(asked, Found(question=asked, relays=(), total=3), TODAY) == []


def test_a_listing_shown_stale_is_counted_from_two_years_on() -> None:
    def shown(vouched_on: date) -> list[SearchCount]:
        listing = make.listing(organisation=make.organisation(vouched_on=vouched_on))
        found = Found(question=make.question(), relays=(Relay(listing=listing, score=0.0, reasons=()),), total=1)
        return met(make.question(), found, TODAY)

    assert shown(TODAY - timedelta(days=729)) == []
    assert shown(TODAY - timedelta(days=730)) == [
        SearchCount(day=TODAY, met=Met.STALE, listing="organisation:t:caf"),
    ]


def test_fewer_than_eleven_searches_are_not_told() -> None:
    assert searches_empty([searched(10)], PLACES, TODAY) == []
    [alert] = searches_empty([searched(11)], PLACES, TODAY)
    assert (alert.figure, alert.before, alert.territory, alert.places) == (11, 0, DOUBS, (BESANCON,))
    earlier = searched(4, day=TODAY - timedelta(days=40))
    [alert] = searches_empty([searched(11), earlier], PLACES, TODAY)
    assert alert.before is None
    assert trend(alert) == "Les quatre semaines précédentes : moins de 11, ou masqué"
    # The week is not over, and what is older than both windows is of neither.
    assert searches_empty([searched(50, day=TODAY - timedelta(days=1))], PLACES, TODAY) == []
    assert searches_empty([searched(50, day=TODAY - timedelta(days=58))], PLACES, TODAY) == []
    # Nor is the day told on which somebody searched.
    assert alert.since == date(2026, 2, 9)


def test_searches_are_added_up_by_departement_and_communes_named_without_a_number() -> None:
    counts = [searched(12), searched(9, PONTARLIER), searched(3, DOUBS), searched(2, met=Met.WIDENED)]
    [alert] = searches_empty(counts, PLACES, TODAY)
    assert (alert.figure, alert.places) == (22, (BESANCON,))
    assert sentence(alert, NAMES) == (
        f"{RENT}, dans le Doubs : 22 recherches au moins n’ont rien trouvé sur place en quatre semaines (surtout Besançon)."
    )


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 70), st.sampled_from([BESANCON, PONTARLIER, DOUBS, ""]))))
def test_no_number_under_eleven_leaves_whatever_is_counted(rows: list[tuple[int, int, str]]) -> None:
    counts = [searched(count, territory, TODAY - timedelta(days=ago)) for count, ago, territory in rows]
    for told in summed(counts, TODAY).values():
        assert all(number is None or number == 0 or number >= 11 for number in (told.now, told.before))
    begin, end = window_of(TODAY)
    inside = sum(one.count for one in counts if begin <= one.day < end)
    alerts = searches_empty(counts, PLACES, TODAY)
    assert sum(alert.figure for alert in alerts) <= inside
    assert all(alert.figure >= 11 for alert in alerts)
    assert len({alert.id for alert in alerts}) == len(alerts)


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(-90, 0), st.sampled_from([BESANCON, PONTARLIER, DOUBS, ""]))),
    st.integers(0, 6),
)
def test_two_tellings_one_after_the_other_differ_by_eleven_or_not_at_all(
    rows: list[tuple[int, int, str]], day: int
) -> None:
    """Whoever compares two mornings learns of no single search, nor on which day of the week one came."""
    counts = [searched(count, territory, TODAY + timedelta(days=ago)) for count, ago, territory in rows]
    monday = window_of(TODAY)[1]
    told = [summed(counts, monday + timedelta(weeks=number)) for number in range(-6, 4)]
    for one, after in pairwise(told):
        for subject in one.keys() & after.keys():
            for was, now in ((one[subject].now, after[subject].now), (one[subject].before, after[subject].before)):
                assert was is None or now is None or was == now or abs(was - now) >= 11
    assert summed(counts, monday + timedelta(days=day)) == told[6]
    assert searches_empty(counts, PLACES, monday + timedelta(days=day)) == searches_empty(counts, PLACES, monday)


def test_a_stale_listing_is_told_when_many_were_shown_it_and_as_long_as_it_is_stale() -> None:
    counts = [SearchCount(day=LAST_WEEK, met=Met.STALE, listing="service:t:s", count=34)]
    [alert] = stale_but_sought(counts, {"service:t:s"}, TODAY)
    assert sentence(alert, NAMES) == (
        "Écoute budget : fiche sans confirmation depuis plus de deux ans, montrée 33 fois au moins en quatre semaines."
    )
    assert trend(alert) == "Les quatre semaines précédentes : 0 → 33"
    assert stale_but_sought(counts, set(), TODAY) == []
    assert stale_but_sought([replace(counts[0], count=32)], {"service:t:s"}, TODAY) == []


# ─ coverage


def test_a_commune_is_covered_by_any_of_its_zones() -> None:
    communes = [make.besancon(), make.pontarlier()]
    assert uncovered(communes, {BESANCON}) == {PONTARLIER}
    assert uncovered(communes, {DOUBS}) == frozenset()
    assert uncovered(communes, set()) == {BESANCON, PONTARLIER}


def test_what_is_lost_is_what_was_there_the_day_before() -> None:
    def now(*communes: str) -> Uncovered:
        return Uncovered(departement=DOUBS, competence=make.RENT, communes=frozenset(communes))

    first = looked_at(None, now(PONTARLIER), LAST_WEEK)
    assert first.lost == {}
    second = looked_at(first, now(PONTARLIER, BESANCON), TODAY)
    assert second.lost == {BESANCON: TODAY}
    [alert] = zones_lost([second], PLACES)
    assert (alert.figure, alert.before, alert.since, alert.places) == (118_489, 17_000, TODAY, (BESANCON,))
    assert sentence(alert, NAMES) == (
        f"{RENT}, dans le Doubs : plus aucun relais pour 118\u202f489 habitants (surtout Besançon)."
    )
    assert trend(alert) == "Habitants sans relais : 17\u202f000 → 135\u202f489"
    # It goes on with its first day, is over when somebody is there again, and is no news after a year.
    assert looked_at(second, now(PONTARLIER, BESANCON), TODAY + timedelta(days=9)).lost == {BESANCON: TODAY}
    assert looked_at(second, now(PONTARLIER), TODAY + timedelta(days=9)).lost == {}
    assert looked_at(second, now(PONTARLIER, BESANCON), TODAY + timedelta(days=366)).lost == {}


# ─ the life of an alert


ALERT = Alert(kind=AlertKind.STALE_BUT_SOUGHT, figure=30, before=0, since=TODAY, listing="service:t:s")


def test_an_alert_goes_on_with_its_first_day_and_its_silence_and_ends_with_what_made_it_true() -> None:
    silence = Silence(account="a", reason="On s’en occupe.", until=TODAY, at=NOW)
    held = Standing(alert=replace(ALERT, since=TODAY - timedelta(days=9)), seen=NOW, silence=silence)
    change = looked_again([held], [replace(ALERT, figure=44)], NOW)
    [goes_on] = change.standing
    assert (goes_on.alert.since, goes_on.alert.figure) == (TODAY - timedelta(days=9), 44)
    assert (goes_on.silence, change.over) == (silence, ())
    assert goes_on.silenced(TODAY)
    assert not goes_on.silenced(TODAY + timedelta(days=1))
    gone = looked_again([held], [], NOW)
    assert (gone.standing, gone.over) == ((), (held,))


@given(st.lists(st.sampled_from(AlertKind)), st.lists(st.sampled_from(AlertKind)))
def test_every_alert_is_standing_or_over_once(before: list[AlertKind], now: list[AlertKind]) -> None:
    held = [Standing(alert=replace(ALERT, kind=kind), seen=NOW) for kind in set(before)]
    change = looked_again(held, [replace(ALERT, kind=kind) for kind in set(now)], NOW)
    assert {one.alert.kind for one in change.standing} == set(now)
    assert {one.alert.kind for one in change.over} == set(before) - set(now)
    assert in_order(reversed(in_order(change.standing))) == in_order(change.standing)


@pytest.mark.parametrize("day", [None, TODAY - timedelta(days=1), TODAY + timedelta(days=181)])
def test_a_silence_ends_within_180_days(day: date | None) -> None:
    with pytest.raises(InvalidInput) as refused:
        silence_until(day, TODAY)
    assert refused.value.field == "until"
    assert silence_until(TODAY + timedelta(days=180), TODAY) == TODAY + timedelta(days=180)


def test_the_most_urgent_comes_first_then_what_concerns_the_most() -> None:
    alerts = [replace(ALERT, kind=kind, figure=figure) for kind in reversed(AlertKind) for figure in (11, 40)]
    ordered = [one.alert for one in in_order(Standing(alert=alert, seen=NOW) for alert in alerts)]
    urgencies = [alert.urgency for alert in ordered]
    assert urgencies == sorted(urgencies, key=["now", "soon", "watch"].index)
    assert [alert.figure for alert in ordered[:2]] == [40, 11]
    assert set(RULES) == set(AlertKind)


def test_causes_are_told_the_most_first() -> None:
    alert = replace(ALERT, kind=AlertKind.BECAME_DEAD_END, causes=(("no_capacity", 20), ("expired", 14)))
    assert why(alert) == "pas de place (20), sans réponse (14)"
