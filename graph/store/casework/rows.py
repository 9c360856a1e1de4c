"""What is read of files without opening them: ids, codes and moments, never a word or a name. Moments are epoch milliseconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from graph.model.casework.acts import Entry, NeedEnded, Settled, Stepped
from graph.model.casework.file import File, Need
from graph.model.casework.handoff import Handoff
from graph.model.casework.owed import NextAction

Row = dict[str, Any]


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return round(moment.timestamp() * 1000)


def moment_of(number: int) -> datetime:
    """Back again."""
    return datetime.fromtimestamp(number / 1000, UTC)


def entry_row(entry: Entry, committed: str, hashed: str, sealed: str) -> Row:
    """An entry's properties."""
    event = entry.event
    reason = event.reason if isinstance(event, Stepped) else None
    return _told(
        {
            "id": entry.key,
            "file": entry.file,
            "seq": entry.seq,
            "act": entry.act,
            "at": milliseconds(entry.at),
            "organisation": entry.by.organisation,
            "account": entry.by.account,
            "actor": entry.by.kind.value,
            "handoff": event.handoff if isinstance(event, Stepped | Settled) else "",
            "need": event.need if isinstance(event, NeedEnded) else "",
            "reason": reason.value if reason else "",
            "commitment": committed,
            "hash": hashed,
            "sealed": sealed,
        }
    )


def file_row(file: File, hashed: str, sealed: str) -> Row:
    """A file's properties."""
    lead = file.lead
    # Of those that ended alone: an open one is found by who leads it.
    last = file.leads[-1] if file.leads and not lead else None
    row = {
        "id": file.id,
        "state": file.state.value,
        "organisation": file.organisation,
        "leadOrganisation": lead.organisation if lead else "",
        "leadAccount": lead.account if lead else "",
        "leadSince": milliseconds(lead.since) if lead else 0,
        "lastOrganisation": last.organisation if last else "",
        "lastAccount": last.account if last else "",
        "opened": milliseconds(file.opened),
        "closed": milliseconds(file.closed) if file.closed else 0,
        "outcome": file.outcome.value if file.outcome else "",
        "transitional": file.transitional,
        "lastContact": milliseconds(file.last_contact) if file.last_contact else 0,
        "seq": file.seq,
        "hash": hashed,
        "sealed": sealed,
    }
    if file.workers:
        row["workers"] = sorted(file.workers)
    return _told(row)


def need_row(file: File, need: Need) -> Row:
    """A need's properties."""
    return {
        "id": need.id,
        "file": file.id,
        "competence": need.competence,
        "urgent": need.urgent,
        "due": _day(need.due),
        "opened": milliseconds(need.opened),
        "ended": milliseconds(need.ended) if need.ended else 0,
        "outcome": need.outcome.value if need.outcome else "",
    }


def handoff_row(file: File, handoff: Handoff) -> Row:
    """A handoff's properties. `category` is that of the first need's competence, for figures; `request` when it all began."""
    moments = ("drafted", "sent", "answered", "contacted", "ended", "due", "tick")
    first = file.needs.get(handoff.needs[0]) if handoff.needs else None
    row = {
        "id": handoff.id,
        "file": file.id,
        "kind": handoff.kind.value,
        "state": handoff.state.value,
        "sender": handoff.sender,
        "senderAccount": handoff.sender_account,
        "target": handoff.target.organisation,
        "service": handoff.target.service,
        "post": handoff.target.post,
        "agreement": handoff.target.agreement,
        "targetAccount": handoff.target.professional,
        "needs": list(handoff.needs),
        "competence": first.competence if first else "",
        "urgent": handoff.urgent,
        "parent": handoff.parent,
        "chain": len(handoff.chain),
        "reason": handoff.reason.value if handoff.reason else "",
        "outcome": handoff.outcome,
        **{name: milliseconds(moment) if (moment := getattr(handoff, name)) else 0 for name in moments},
    }
    if not row["tick"]:
        del row["tick"]
    return _told(row)


def action_row(action: NextAction) -> Row:
    """A next action's properties."""
    row = {
        "id": action.id,
        "file": action.file,
        "what": action.what.value,
        "about": action.about,
        "organisation": action.organisation,
        "account": action.account,
        "holder": action.holder.value,
        "due": milliseconds(action.due),
        "urgent": action.urgent,
    }
    return _told(row)


def _day(day: date | None) -> int:
    return milliseconds(datetime.combine(day, time(0), UTC)) if day else 0


def _told(row: Row) -> Row:
    """Without what is empty: many rows under one value make an index slow to change (measured on ArcadeDB)."""
    return {name: value for name, value in row.items() if value != ""}
