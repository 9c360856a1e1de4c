"""What may be handed to a relay that was found: three gestures, for whoever accompanies people."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework.handoff import Kind
from graph.model.relay import Found
from graph.model.vocabulary import button

OFFERED: Final = (Kind.ORIENT, Kind.REFER, Kind.TRANSFER)
# More competences than that are no need.
MOST_NEEDS: Final = 5


def gestures(viewer: Viewer, found: Found) -> tuple[tuple[str, str], ...]:
    """(address, words) of each gesture, to which the page adds the relay; none where she opens no file."""
    if not viewer.organisation or not may(viewer, Operation.OPEN_FILE, Subject(organisation=viewer.organisation)):
        return ()
    searched = [("c", match.competence) for match in found.understood[:MOST_NEEDS]]
    return tuple((f"/passer?{urlencode([('genre', kind.value), *searched])}", button("kind", kind)) for kind in OFFERED)
