"""Changes of a listing inside a unit that does more than that: whoever decides writes the decision and its effect together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graph.model.access import Viewer
from graph.model.errors import NotFound
from graph.model.keeping import Act, Kept, Target, edited, entry, taken_back, words_after
from graph.model.listing import FieldGroup
from graph.store.unit import Unit
from search.hours import PARIS


async def change(
    unit: Unit,
    viewer: Viewer,
    held: Kept,
    values: Mapping[FieldGroup, Mapping[str, Any]],
    at: datetime,
    note: str,
    *,
    always: bool = False,
) -> int | None:
    """Give these groups these fields in the viewer's voice; the number of the entry, None when nothing changes; with `always`
    what stands already is said again, in her voice.

    The viewer's right is the caller's to check. Raises NotAllowed where her word would change nothing.
    """
    changed = edited(held, values)
    if always:
        changed = {group: held.value(group) | dict(fields) for group, fields in values.items()}
    if not changed:
        return None
    made = entry(held, Act.EDITED, changed, viewer, at, note=note)
    await unit.keeping.append(made, words_after(made, None, at.astimezone(PARIS).date()))
    return made.seq


async def take_back(unit: Unit, viewer: Viewer, target: Target, seq: int, at: datetime, note: str) -> Kept:
    """Undo that entry; the listing as it was before that. Raises NotFound, InvalidInput when a later change is in the way."""
    held = await unit.keeping.current(target)
    log = await unit.keeping.history(target, seq - 1)
    done = next((one for one in log if one.seq == seq), None)
    if held is None or done is None:
        raise NotFound("Cette fiche n’existe plus : rien n’a été modifié.")
    made = taken_back(held, done, [one for one in log if one.seq > seq], viewer, at, note)
    await unit.keeping.append(made, words_after(made, done, at.astimezone(PARIS).date()))
    return held
