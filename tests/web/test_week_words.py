"""A week as someone writes it."""

from __future__ import annotations

import pytest

from api.web.week_words import week_read
from api.words.hours import read_hours
from graph.model.errors import InvalidInput


def week(*lines: str) -> list[str]:
    return [*lines, *[""] * (7 - len(lines))]


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        (week("9h-12h"), "Mo 09:00-12:00"),
        (week(*["9 h à 12 h, 14 h à 17 h 30"] * 5), "Mo-Fr 09:00-12:00,14:00-17:30"),
        (
            week("de 9h à 12h et 14h-18h", "fermé", "9:30-12:00 ; 13:30-16:00"),
            "Mo 09:00-12:00,14:00-18:00; We 09:30-12:00,13:30-16:00",
        ),
        (["", "", "", "", "", "10-12", "10-12"], "Sa-Su 10:00-12:00"),
        (week("8h30 – 24h"), "Mo 08:30-24:00"),
        (week("Fermé"), ""),
        (week(), ""),
    ],
)
def test_a_week_is_read(lines: list[str], read: str) -> None:
    assert week_read(lines) == read
    assert not read or read_hours(read) is not None


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        (week("", "le matin"), "jour1", "Mardi : « le matin » ne se lit pas"),
        (week("12h-9h"), "jour0", "finit avant de commencer"),
        (week("9h-25h"), "jour0", "après minuit"),
        (week("9h-12h, 11h-14h"), "jour0", "se chevauche"),
        (week("9h-12h" + ", 14h-15h" * 20), "jour0", "est trop long"),
        (week("9h-12h; DROP"), "jour0", "ne se lit pas"),
        (week("9h75-12h"), "jour0", "ne se lit pas"),
    ],
)
def test_what_cannot_be_read_names_its_day(lines: list[str], field: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        week_read(lines)
    assert refused.value.field == field
