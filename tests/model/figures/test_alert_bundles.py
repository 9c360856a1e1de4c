"""Alerts that one event has caused are told as one; none is lost in it, and none is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from graph.model.figures.alert_bundles import MANY, Bundle, Common, bundled
from graph.model.figures.alert_words import Names, bundle_sentence
from graph.model.figures.alerts import Alert, AlertKind, Standing, Urgency, in_order
from graph.model.territory import Territory, TerritoryLevel
from graph.model.vocabulary import competence, competences

DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
THEMES = sorted(competences())[:12]
PLACES = {
    f"departement:{number:02}": Territory(
        id=f"departement:{number:02}", name=f"Pays {number}", level=TerritoryLevel.DEPARTEMENT, zones=()
    )
    for number in range(12)
}
NAMES = Names(territories=PLACES)
LOST = AlertKind.ZONE_LOST_LAST_RELAY


def lost(theme: int, place: int, figure: int = 100, since: date = DAY, kind: AlertKind = LOST) -> Standing:
    alert = Alert(
        kind=kind, figure=figure, before=0, since=since, territory=f"departement:{place:02}", competence=THEMES[theme]
    )
    return Standing(alert=alert, seen=NOW)


def shape(bundles: list[Bundle]) -> list[tuple[Common | None, int, int]]:
    return [(one.common, len(one.standing), one.figure) for one in bundles]


def test_what_is_lost_in_many_places_is_one_line_and_what_one_place_loses_is_another() -> None:
    everywhere = [lost(0, place, 100 + place) for place in range(6)]
    there = [lost(theme, 7, 50 + theme) for theme in range(1, 6)]
    alone = [lost(8, 9, 1), lost(9, 10, 2_000)]
    found = bundled([*alone, *there, *everywhere])
    assert shape(found) == [(None, 1, 2_000), (Common.THEME, 6, 615), (Common.TERRITORY, 5, 55), (None, 1, 1)]
    assert sorted(one.alert.id for bundle in found for one in bundle.standing) == sorted(
        one.alert.id for one in (*alone, *there, *everywhere)
    )
    assert bundle_sentence(found[1], NAMES) == (
        f"{competence(THEMES[0]).label} : plus aucun relais pour 615 habitants, dans 6 territoires "
        "(surtout Pays 5, Pays 4, Pays 3)."
    )
    labels = ", ".join(competence(THEMES[theme]).label for theme in (5, 4, 3))
    assert bundle_sentence(found[2], NAMES).endswith(
        f" : 5 thèmes n’ont plus aucun relais pour une partie des habitants (surtout {labels})."
    )


@pytest.mark.parametrize("count", [MANY - 1, MANY])
def test_few_are_told_one_by_one(count: int) -> None:
    some = [lost(0, place) for place in range(count)]
    assert len(bundled(some)) == (1 if count == MANY else count)


def test_what_was_lost_on_other_days_or_is_of_another_kind_stays_apart() -> None:
    days = [lost(0, place, since=DAY - timedelta(days=place)) for place in range(MANY)]
    assert all(one.common is None for one in bundled(days))
    # What is counted over a month has no day of its own.
    asked = [lost(0, one, 20, DAY - timedelta(days=one), AlertKind.SEARCHES_EMPTY) for one in range(MANY)]
    assert shape(bundled(asked)) == [(Common.THEME, MANY, 20 * MANY)]
    bodies = [
        Standing(
            alert=replace(one.alert, kind=AlertKind.BECAME_DEAD_END, organisation=f"o:{number}", competence=""),
            seen=NOW,
        )
        for number, one in enumerate(asked)
    ]
    assert all(one.common is None for one in bundled(bodies))


def test_searches_without_a_theme_have_none_in_common() -> None:
    some = [
        replace(one, alert=replace(one.alert, competence=""))
        for one in (lost(0, place, 20, kind=AlertKind.SEARCHES_EMPTY) for place in range(MANY))
    ]
    assert all(one.common is None for one in bundled(some))


def test_a_morning_on_which_a_source_breaks_is_told_in_few_lines_the_most_urgent_first() -> None:
    flood = [lost(theme, place, 1 + theme + place) for theme in range(12) for place in range(12)]
    watch = [lost(theme, 1, 11, kind=AlertKind.SEARCHES_EMPTY) for theme in range(12)]
    found = bundled([*watch, *flood])
    assert len(found) == 13
    assert [one.first.urgency for one in found] == [Urgency.NOW] * 12 + [Urgency.WATCH]
    assert [one.figure for one in found[:12]] == sorted((one.figure for one in found[:12]), reverse=True)
    assert all(list(one.standing) == in_order(one.standing) for one in found)
