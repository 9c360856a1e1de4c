"""What was done to a listing: one entry an act, with what it changed field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import strawberry

from api.graphql.enums import FieldGroup, ListingAct
from graph.model.keeping import Act, Entry


@strawberry.type(description="A field with what it held before an act, and after: texts, none where nothing was said.")
class FieldChange:
    """One field; those of a place, a contact or a capacity have a dot in their name."""

    group: FieldGroup = strawberry.field(description="The group that it is in.")
    field: str = strawberry.field(description="Its name: `conditions`, `contact.phone`.")
    before: list[str] = strawberry.field(description="What it held; days and numbers as text.")
    after: list[str] = strawberry.field(description="What it holds since.")


@strawberry.type(description="One act on a listing.")
class ListingChange:
    """An entry of its log."""

    seq: int = strawberry.field(description="Its number in the log of the listing.")
    act: ListingAct = strawberry.field(description="What was done.")
    at: datetime = strawberry.field(description="When.")
    said_by: str = strawberry.field(description="Who did it, by name; empty when nobody is named.")
    source: str = strawberry.field(description="In whose name: a partner's, or the moderator's.")
    groups: list[FieldGroup] = strawberry.field(description="What it is about.")
    note: str = strawberry.field(description="Why, in French; empty when not told.")
    takes_back: int | None = strawberry.field(description="The number of the act that it undoes.")
    changes: list[FieldChange] = strawberry.field(description="What it changed; nothing where it only confirms.")

    @classmethod
    def of(cls, entry: Entry) -> ListingChange:
        """As the model has it."""
        return cls(
            seq=entry.seq,
            act=ListingAct(entry.act),
            at=entry.at,
            said_by=entry.said_by,
            source=entry.voice,
            groups=list(entry.steps),
            note=entry.note,
            takes_back=entry.of,
            changes=[] if entry.act is Act.CONFIRMED else _changes(entry),
        )


def _changes(entry: Entry) -> list[FieldChange]:
    found = []
    for group, step in entry.steps.items():
        before = _spread(step.stood.value if step.stood else {})
        after = _spread(step.value)
        found += [
            FieldChange(group=group, field=name, before=before.get(name, []), after=after.get(name, []))
            for name in {**before, **after}
            if before.get(name, []) != after.get(name, [])
        ]
    return found


def _spread(value: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each field as texts; a record within it under its own names."""
    found: dict[str, list[str]] = {}
    for name, held in value.items():
        if is_dataclass(held):
            inner = {field.name: getattr(held, field.name) for field in fields(held)}
            found |= {f"{name}.{under}": texts for under, texts in _spread(inner).items()}
        else:
            found[name] = _texts(held)
    return found


def _texts(held: Any) -> list[str]:
    if held is None or held == "":
        return []
    if isinstance(held, tuple | list):
        return [text for one in held for text in _texts(one)]
    if isinstance(held, bool):
        return ["true" if held else "false"]
    return [held.value if isinstance(held, Enum) else str(held)]
