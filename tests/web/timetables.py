"""The fields that the editor of opening hours shows for a form: what a browser would send back."""

from __future__ import annotations

from api.web.timetable_form import RecurringRow, TimetableForm, named_rows


def fields_of(form: TimetableForm) -> dict[str, str]:
    """Name to value, boxes that are not ticked left out."""
    fields = {"f.choix": form.public.choice, "v.choix": form.school.choice, "depuis": form.since, "jusque": form.until}
    for name, _, row in named_rows(form):
        fields |= {f"{name}.de": row.start, f"{name}.a": row.end, f"{name}.note": row.note}
        fields |= {f"{name}.lendemain": "1"} if row.overnight else {}
        if isinstance(row, RecurringRow):
            fields |= {f"{name}.jour": row.day, f"{name}.rythme": row.rhythm}
    for number, it in enumerate(form.exceptions):
        fields |= {f"e{number}.du": it.first, f"e{number}.au": it.last, f"e{number}.motif": it.note}
        fields |= {f"e{number}.j{day}": "1" for day in it.days} | ({f"e{number}.ans": "1"} if it.yearly else {})
    return fields
