"""Facts packed into ten numbers of 64 bits, which an index reads far faster than the listing they come from.

What changes here changes what a generation holds: raise `INDEX_FORMAT` with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Final

from graph.model.facts import FIRST_DAY, UNKNOWN, Door, Facts, Form, mark

# The hours are a mark, 0 for none: a text of any length does not fit in a number.
COLUMNS: Final = (
    "key",
    "owner",
    "above",
    "letters_1",
    "letters_2",
    "days",
    "masks",
    "counts",
    "point",
    "hours",
)
# One record, and the same bytes as numbers: three marks, letters, four days, masks and form, counts and kind, point, hours.
RECORD: Final = Struct("<QQQ 16s HHHH HHBBBx BBHI ii Q")
NUMBERS: Final = Struct(f"<{len(COLUMNS)}Q")
BYTE: Final = 0xFF
TWO_BYTES: Final = 0xFFFF
BEFORE_FIRST_DAY: Final = FIRST_DAY - 1
NO_DEGREES: Final = -(1 << 31)
NO_DOOR: Final = (NO_DEGREES, NO_DEGREES)
FORMS: Final = tuple(Form)


def pack(facts: Facts) -> tuple[int, ...]:
    """One number a column."""
    return NUMBERS.unpack(
        RECORD.pack(
            facts.key,
            facts.organisation,
            facts.above,
            facts.letters,
            *(
                day - BEFORE_FIRST_DAY if day else 0
                for day in (facts.vouched_on, facts.closed_on, facts.capacity_on, facts.full_until)
            ),
            facts.publics,
            facts.excludes,
            facts.modes,
            facts.traits,
            facts.form,
            facts.places_free & BYTE,
            facts.answer_days & BYTE,
            facts.waiting_days & TWO_BYTES,
            facts.kind,
            *(facts.door.steps if facts.door else NO_DOOR),
            mark(facts.hours) if facts.hours else 0,
        )
    )


def unpack(numbers: Sequence[int], hours_of: Callable[[int], str]) -> Facts:
    """The facts back; `hours_of` gives the hours that a mark stands for."""
    (
        key, organisation, above, letters, vouched_on, closed_on, capacity_on, full_until,
        publics, excludes, modes, traits, form, places, answer, waiting, kind, lat, lon, hours,
    ) = RECORD.unpack(NUMBERS.pack(*numbers))  # fmt: skip
    return Facts(
        key,
        organisation,
        above,
        kind,
        letters,
        FORMS[form],
        publics,
        excludes,
        modes,
        traits,
        vouched_on and vouched_on + BEFORE_FIRST_DAY,
        closed_on and closed_on + BEFORE_FIRST_DAY,
        capacity_on and capacity_on + BEFORE_FIRST_DAY,
        full_until and full_until + BEFORE_FIRST_DAY,
        UNKNOWN if places == BYTE else places,
        UNKNOWN if waiting == TWO_BYTES else waiting,
        UNKNOWN if answer == BYTE else answer,
        None if lat == NO_DEGREES else Door.at(lat, lon),
        hours_of(hours) if hours else "",
    )
