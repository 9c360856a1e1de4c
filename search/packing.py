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
NO_DOOR: Final = (-(1 << 31), -(1 << 31))
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
                day - FIRST_DAY + 1 if day else 0
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
        key=key,
        organisation=organisation,
        above=above,
        kind=kind,
        letters=letters,
        form=FORMS[form],
        publics=publics,
        excludes=excludes,
        modes=modes,
        traits=traits,
        vouched_on=vouched_on and vouched_on + FIRST_DAY - 1,
        closed_on=closed_on and closed_on + FIRST_DAY - 1,
        capacity_on=capacity_on and capacity_on + FIRST_DAY - 1,
        full_until=full_until and full_until + FIRST_DAY - 1,
        places_free=UNKNOWN if places == BYTE else places,
        waiting_days=UNKNOWN if waiting == TWO_BYTES else waiting,
        answer_days=UNKNOWN if answer == BYTE else answer,
        door=None if (lat, lon) == NO_DOOR else Door.at(lat, lon),
        hours=hours_of(hours) if hours else "",
    )
