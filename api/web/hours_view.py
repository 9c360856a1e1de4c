"""The page of the editor of opening hours: what it shows, from what is stored or from what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from api.web.listing_view import opening_words, source_name
from api.web.timetable_checks import checked
from api.web.timetable_form import DAY_NAMES, RHYTHMS, TimetableForm
from api.words.dates import exact_day
from api.words.hours import hours_in_words
from api.words.timetable import HoursLine
from graph.model.keeping import Kept
from graph.model.listing import FieldGroup
from graph.model.timetable import write
from search.hours import PARIS, readable

UNREADABLE = "Ces horaires ne peuvent pas être lus. Exemple : Mo-Fr 09:00-12:00,14:00-17:00; PH off"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a worker will read. `faulty`: what was typed says nothing yet."""

    lines: tuple[HoursLine, ...]
    opening: str
    this_week: bool
    written: str
    faulty: bool = False


@dataclass(frozen=True, slots=True)
class Theirs:
    """The hours that someone else wrote meanwhile."""

    said: str
    lines: tuple[HoursLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPage:
    """`raw` is the expression where no table holds it, else None. `next` is the field to go to, `done` the change to undo."""

    name: str
    here: str
    listing: str
    vouched: str
    form: TimetableForm
    raw: str | None
    preview: Preview
    errors: list[tuple[str, str]]
    next: str
    seen: int
    key: str
    done: str
    undone: bool
    theirs: Theirs | None
    days: tuple[str, ...] = DAY_NAMES
    rhythms: dict[str, str]


def preview(written: str, at: datetime, *, faulty: bool = False) -> Preview:
    """The hours in words, and the state of the door at `at`."""
    words = hours_in_words(written, at) if written else None
    opening = opening_words(written, at)
    return Preview(
        lines=words.lines if words else (),
        opening=f"{opening.text[0].upper()}{opening.text[1:]}" if opening else "",
        this_week=words.this_week if words else False,
        written=written,
        faulty=faulty,
    )


def written_of(form: TimetableForm, raw: str | None, at: datetime) -> tuple[str | None, list[tuple[str, str]]]:
    """The expression that was typed, None when it is none; and what is wrong, as (field, sentence)."""
    if raw is not None:
        fine = not raw.strip() or readable(raw.strip())
        return (raw.strip(), []) if fine else (None, [("brut", UNREADABLE)])
    timetable = checked(form, at.astimezone(PARIS).date())
    return (write(timetable), []) if timetable else (None, form.errors)


def hours_page(
    kept: Kept,
    form: TimetableForm,
    at: datetime,
    *,
    here: str,
    listing: str,
    raw: str | None = None,
    next: str = "",
    say_faults: bool = True,
    seen: int | None = None,
    done: str = "",
    undone: bool = False,
    theirs: Theirs | None = None,
) -> HoursPage:
    """`say_faults` False while rows are still being added: what is empty is not wrong yet."""
    written, errors = written_of(form, raw, at)
    return HoursPage(
        name=kept.record.name,
        here=here,
        listing=listing,
        vouched=_vouched(kept),
        form=form if say_faults else without_faults(form),
        raw=raw,
        preview=preview(written or "", at, faulty=written is None),
        errors=errors if say_faults else [],
        next=next,
        seen=kept.seq if seen is None else seen,
        key=uuid4().hex,
        done=done,
        undone=undone,
        theirs=theirs,
        rhythms=RHYTHMS,
    )


def without_faults(form: TimetableForm) -> TimetableForm:
    """The same rows, with nothing said of them."""
    rows = [row for some in form.days for row in some] + list(form.recurring)
    rows += [*form.public.rows, *form.school.rows, *(row for it in form.exceptions for row in it.rows)]
    for one in (*rows, *form.exceptions):
        one.error = one.faulty = ""
    form.bounds_error = ""
    return form


def theirs_of(kept: Kept, at: datetime) -> Theirs:
    """What stands now, and in whose name."""
    words = hours_in_words(kept.record.hours, at)
    return Theirs(_vouched(kept), words.lines if words else ())


def _vouched(kept: Kept) -> str:
    claim = kept.standing.get(FieldGroup.HOURS)
    if claim is None:
        return "Personne n’a encore donné d’horaires."
    return f"Horaires donnés le {exact_day(claim.vouched_on)}, source : {source_name(claim.source)}."
