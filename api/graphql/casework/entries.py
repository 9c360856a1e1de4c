"""What was done to a handoff, entry by entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import strawberry

from api.graphql.connections import Connection, NameCursor, decode, named_page, page_size
from api.graphql.context import Info
from api.graphql.enums import HandoffSide, HandoffState, HandoffStep, ReasonCode
from api.graphql.references import OrganisationType, organisation_of
from graph.model.casework import acts
from graph.model.casework.acts import Settled, Stepped
from graph.model.casework.file import Actor, ActorKind


@strawberry.type(description="One entry of a handoff's log. It is never changed.")
class Entry:
    """What happened, when, by whom."""

    seq: int = strawberry.field(description="Its number in the log of the file.")
    at: datetime = strawberry.field(description="When.")
    step: HandoffStep | None = strawberry.field(
        description="The step; null for the draft, and for what the sender decided after the end."
    )
    side: HandoffSide | None = strawberry.field(description="From which side the step came.")
    state: HandoffState | None = strawberry.field(description="The state that the step led to.")
    reported: HandoffStep | None = strawberry.field(
        description="The step that the addressee is said to have taken: an answer that the sender noted."
    )
    reason: ReasonCode | None = strawberry.field(description="Why, where a code was given.")
    text: str | None = strawberry.field(description="The words; null once the viewer may read them no longer.")
    by: str | None = strawberry.field(description="Who did it, by name; null for the clock, the person, another house.")
    organisation_id: strawberry.Private[str]

    @classmethod
    def of(cls, entry: acts.Entry, viewer_organisation: str, seen: Collection[str], *, words: bool) -> Entry:
        """From the log; `words` says whether the viewer may still read what was written, `seen` are the handoffs that she sees:
        why another was passed on is not told to whom it came.
        """
        event = entry.event
        step = event if isinstance(event, Stepped) else None
        theirs = step is not None and step.handoff not in seen
        return cls(
            seq=entry.seq,
            at=entry.at,
            step=step.step if step else None,
            side=step.side if step else None,
            state=step.to if step else None,
            reported=step.reported if step else None,
            reason=step.reason if step and not theirs else None,
            text=_text(event) if words and not theirs else None,
            by=_name(entry.by, viewer_organisation) if words else None,
            organisation_id=entry.by.organisation,
        )

    @strawberry.field(description="For which organisation it was done; null for the clock and the person.")
    async def organisation(self, info: Info) -> OrganisationType | None:
        """That acted."""
        return await organisation_of(info, self.organisation_id)


def page_of_entries(
    entries: list[acts.Entry],
    viewer_organisation: str,
    first: int | None,
    after: str | None,
    *,
    seen: Collection[str],
    words: bool,
) -> Connection[Entry]:
    """A page of the entries of one handoff, the first first. Raises InvalidInput."""
    size = page_size(first)
    start = int(decode(after, NameCursor).id) if after else 0
    left = [entry for entry in entries if entry.seq > start]
    return named_page(
        left[:size],
        lambda entry: ("", str(entry.seq)),
        lambda entry: Entry.of(entry, viewer_organisation, seen, words=words),
        more=len(left) > size,
        started=after is not None,
    )


def _text(event: object) -> str | None:
    if isinstance(event, Stepped | Settled):
        return event.text or None
    return None


def _name(by: Actor, viewer_organisation: str) -> str | None:
    """Colleagues know each other by name; another house is known by its own."""
    shown = by.kind is ActorKind.PROFESSIONAL and by.organisation == viewer_organisation
    return by.name if shown and by.name else None
