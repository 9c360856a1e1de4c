"""The list of alerts: what is told together, what follows in a line, and how each is reached by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from api.actions.figures.alerts import Told
from api.web.alert_view import MOST_SHOWN, Wanted, groups
from graph.model.figures.alert_words import Names
from graph.model.figures.alerts import Alert, AlertKind, Standing
from graph.model.vocabulary import competences

DAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
THEMES = sorted(competences())


def lost(theme: int, place: int, since: date = DAY) -> Standing:
    alert = Alert(
        kind=AlertKind.ZONE_LOST_LAST_RELAY,
        figure=1_000 - theme,
        before=0,
        since=since,
        territory=f"departement:{place:02}",
        competence=THEMES[theme],
    )
    return Standing(alert=alert, seen=NOW)


def told(*standing: Standing) -> Told:
    return Told(standing=standing, silenced=(), past=(), names=Names(), today=DAY, may_silence=True)


def at(href: str) -> Wanted:
    """What the page of an address asks for."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}
    return Wanted(alert=asked.get("alerte", ""), beside=asked.get("avec", ""))


def test_the_others_follow_in_a_line_and_each_is_reached() -> None:
    # A day each, so that nothing is told together.
    some = [lost(number, number, DAY - timedelta(days=number)) for number in range(MOST_SHOWN + 3)]
    (group,) = groups(told(*some), Wanted())
    assert (group.count, len(group.entries), len(group.others)) == (MOST_SHOWN + 3, MOST_SHOWN, 3)
    assert [one.alert.number for one in group.entries if one.alert] == list(range(1, MOST_SHOWN + 1))
    for (words, href), standing in zip(group.others, some[MOST_SHOWN:], strict=True):
        assert words.startswith("Dernier relais perdu : ")
        (alone,) = groups(told(*some), at(href))
        assert [entry.alert.id for entry in alone.entries if entry.alert] == [standing.alert.id]


def test_what_is_told_together_is_a_page_of_its_own_on_which_each_can_be_silenced() -> None:
    some = [lost(0, place) for place in range(30)]
    other = lost(1, 0)
    # The same theme, lost on another day, is another event with a page of its own.
    before = [lost(0, place, DAY - timedelta(days=8)) for place in range(40, 45)]
    every = told(*some, other, *before)
    (group,) = groups(every, Wanted())
    assert (group.count, len(group.entries), group.others) == (36, 3, ())
    pages = [groups(every, at(one.href))[0] for one in group.entries if one.alert is None]
    shown = [{entry.alert.id for entry in page.entries if entry.alert} for page in pages]
    assert shown == [{one.alert.id for one in some}, {one.alert.id for one in before}]
    # What stands no more is shown by nobody.
    assert groups(told(other), Wanted(beside=some[0].alert.id)) == ()
