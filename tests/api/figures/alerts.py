"""An alert that stands, for tests of its silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from graph.model.figures.alerts import Alert, AlertKind, Standing
from graph.store.unit import Graph

TODAY = date.today()  # noqa: DTZ011 - the site asks its own clock too
ALERT = Alert(kind=AlertKind.STALE_BUT_SOUGHT, figure=40, before=0, since=TODAY, listing="service:t:s")
NAMED = {"alert": ALERT.id}
SILENCED = NAMED | {"reason": "La fiche est en cours.", "until": (TODAY + timedelta(days=20)).isoformat()}
TOLD = {"NetworkAlert": "id sentence silence { reason until }"}


async def planted(graph: Graph) -> None:
    standing = [Standing(alert=ALERT, seen=datetime.now(UTC))]
    await graph.write(lambda unit: unit.alerts.put(standing))
