"""A service that puts people on a waiting list is full: its listing says so, where whoever acts keeps its room."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from api.actions.within import change
from graph.model.access import Operation, Subject, Viewer, may
from graph.model.casework.clocks import PARIS
from graph.model.casework.handoff import Handoff
from graph.model.directory import Capacity, Service
from graph.model.keeping import Target
from graph.model.listing import FieldGroup
from graph.store.unit import Unit

NOTE: Final = "Liste d’attente"


async def show_full(unit: Unit, viewer: Viewer, handoff: Handoff, until: datetime, at: datetime) -> None:
    """Say in the same unit that the service of this handoff is full until that day. Nothing where it is not hers to say."""
    if not handoff.target.service or handoff.target.organisation != viewer.organisation:
        return
    held = await unit.keeping.current(Target.named(f"service:{handoff.target.service}"))
    if held is None or not isinstance(held.record, Service) or held.record.organisation != viewer.organisation:
        return
    if not may(viewer, Operation.SET_CAPACITY, Subject(organisation=viewer.organisation), FieldGroup.CAPACITY):
        return
    today, day = at.astimezone(PARIS).date(), until.astimezone(PARIS).date()
    stood = held.record.capacity or Capacity(vouched_on=today)
    full = replace(stood, vouched_on=today, places_free=0, full_until=day)
    await change(unit, viewer, held, {FieldGroup.CAPACITY: {"capacity": full}}, at, NOTE)
