"""What is read of files without opening them: ids, codes and moments, never a word or a name. Moments are epoch milliseconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any, Final

from graph.model.casework.acts import Entry, Event, NeedEnded, Opened, Rehoused, Settled, Stepped
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import File, Need
from graph.model.casework.handoff import Handoff, Step
from graph.model.casework.owed import NextAction, owed
from graph.model.casework.writings import Delivered, Looked, Noted, NoteKind, WatchSet
from graph.model.figures.of_deliveries import agreement_of, competence_of, unit_of
from graph.model.figures.of_files import commune_of, persons_of

Row = dict[str, Any]
# Whose inbox it is that whoever keeps the network reads: what is empty is not indexed.
NETWORK: Final = "network"
# A range is looked up by these, value by value: to read a range of an index, ArcadeDB walks the whole of it (decision 0062).
DAY_MS: Final = 86_400_000
SLOT_MS: Final = 600_000
# What the month of a front door counts among the entries of its files.
TALLIED = ("visit", "emergency", "watch", "look", "open", "miss")


def milliseconds(moment: datetime) -> int:
    """Since 1970."""
    return round(moment.timestamp() * 1000)


def moment_of(number: int) -> datetime:
    """Back again."""
    return datetime.fromtimestamp(number / 1000, UTC)


def day_of(moment: datetime) -> int:
    """Of 1970, in UTC: what rows of a period are found by."""
    return milliseconds(moment) // DAY_MS


def slots(since: datetime, until: datetime) -> list[int]:
    """What entries of a period are found by; a slot more, for clocks of machines differ."""
    return list(range(milliseconds(since) // SLOT_MS, milliseconds(until) // SLOT_MS + 2))


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
            "slot": milliseconds(entry.at) // SLOT_MS,
            "organisation": entry.by.organisation,
            "account": entry.by.account,
            "actor": entry.by.kind.value,
            "handoff": event.handoff if isinstance(event, Stepped | Settled | Rehoused) else "",
            "need": event.need if isinstance(event, NeedEnded) else "",
            "reason": reason.value if reason else "",
            "tally": tally_of(tallied(event), entry.by.organisation, entry.at),
            "commitment": committed,
            "hash": hashed,
            "sealed": sealed,
        }
    )


def tallied(event: Event) -> str:
    """Under which of TALLIED an event counts; empty for most."""
    match event:
        case Noted(kind=NoteKind.VISIT):
            return "visit"
        case Noted(kind=NoteKind.EMERGENCY):
            return "emergency"
        case WatchSet():
            return "watch"
        case Looked():
            return "look"
        case Opened():
            return "open"
        case Stepped(step=Step.MISS):
            return "miss"
        case _:
            return ""


def tally_of(what: str, organisation: str, at: datetime) -> str:
    """What is counted of an organisation in a month of Paris: "visit|demo:ccas|2026-03"; empty where nothing is."""
    return f"{what}|{organisation}|{at.astimezone(PARIS):%Y-%m}" if what else ""


def no_relay_row(file: File, need: str, cause: str) -> Row:
    """A need of a file for which nothing fitting was found."""
    told = file.needs.get(need)
    lead = file.lead or (file.leads[-1] if file.leads else None)
    return {
        "id": f"{file.id}|{need}",
        "file": file.id,
        "competence": told.competence if told else "",
        "cause": cause,
        "organisation": lead.organisation if lead else file.organisation,
    }


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
        "day": day_of(file.opened),
        "closed": milliseconds(file.closed) if file.closed else 0,
        "outcome": file.outcome.value if file.outcome else "",
        "transitional": file.transitional,
        "lastContact": milliseconds(file.last_contact) if file.last_contact else 0,
        "commune": commune_of(file),
        "request": file.request,
        "persons": persons_of(file),
        "forgottenOn": milliseconds(file.forgotten_on) if file.forgotten_on else 0,
        "seq": file.seq,
        "hash": hashed,
        "sealed": sealed,
    }
    if file.workers:
        row["workers"] = sorted(file.workers)
    if due := _due(file):
        row["due"] = due
    return _told(row)


def _due(file: File) -> int | None:
    """When the body that leads owes something first, so that its open files are listed in that order; None of one that ended."""
    if not file.open or file.lead is None:
        return None
    body = file.lead.organisation
    return min((milliseconds(action.due) for action in owed(file) if action.organisation == body), default=None)


def need_row(file: File, need: Need) -> Row:
    """A need's properties."""
    return {
        "id": need.id,
        "file": file.id,
        "competence": need.competence,
        "urgent": need.urgent,
        "due": _day(need.due),
        "opened": milliseconds(need.opened),
        "day": day_of(need.opened),
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
    if handoff.sent:
        row["day"] = day_of(handoff.sent)
    return _told(row)


def delivery_row(file: File, entry: Entry) -> Row | None:
    """What an entry says was given, as the file stands at that entry; None for the others. Nothing of it in words."""
    event = entry.event
    if not isinstance(event, Delivered):
        return None
    return _told(
        {
            "id": entry.key,
            "file": entry.file,
            "organisation": entry.by.organisation,
            "on": _day(event.since),
            "until": _day(event.until),
            "quantity": event.quantity,
            "unit": unit_of(event.unit).value,
            "unitCents": event.unit_cents,
            "minutes": event.minutes,
            "competence": competence_of(file, event),
            "handoff": event.handoff,
            "agreement": agreement_of(file, event),
        }
    )


def action_row(action: NextAction) -> Row:
    """A next action's properties."""
    row = {
        "id": action.id,
        "file": action.file,
        "what": action.what.value,
        "about": action.about,
        "organisation": action.organisation or NETWORK,
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
