"""Someone is away, or leaves: what she owes goes to her substitute for those days, what she holds to a colleague or the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from graph.model.casework.acts import Event, Reassigned, WorkersSet
from graph.model.casework.deciding import departed
from graph.model.casework.file import File, Lead, LeadCause
from graph.model.casework.handoff import Side
from graph.model.casework.writings import WatchSet
from graph.model.errors import InvalidInput

LONGEST_LEAVE: Final = timedelta(days=730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Days on which an account is away from an organisation, the last included. Without a `substitute` the duty desk stands in."""

    account: str
    organisation: str
    since: date
    until: date
    substitute: str = ""

    def stands(self, day: date) -> bool:
        """Whether she is away that day."""
        return self.since <= day <= self.until


def checked_leave(leave: Leave, today: date) -> Leave:
    """The leave as it may be written. Raises InvalidInput."""
    if leave.until < leave.since:
        raise InvalidInput("Le dernier jour vient avant le premier.", "until")
    if leave.until < today:
        raise InvalidInput("Ces jours sont passés.", "until")
    if leave.until - leave.since > LONGEST_LEAVE:
        raise InvalidInput("Une absence dure au plus deux ans : au-delà, passez la main.", "until")
    if leave.substitute == leave.account:
        raise InvalidInput("Quelqu’un d’autre vous remplace, ou l’accueil du service.", "substitute")
    return leave


def standing_in(leaves: Iterable[Leave], account: str, day: date) -> str:
    """Who does that day what this account owes: itself, its substitute, hers in turn; empty for the duty desk."""
    away = {leave.account: leave for leave in leaves if leave.stands(day)}
    seen: set[str] = set()
    while account in away:
        if account in seen:
            return ""
        seen.add(account)
        account = away[account].substitute
    return account


def stood_in(leaves: Iterable[Leave], account: str, day: date, *, desk: bool) -> frozenset[str]:
    """The accounts for which this one stands in that day: as their substitute, and with `desk` as one of the duty desk."""
    leaves = list(leaves)
    ways = {account, ""} if desk else {account}
    return frozenset(
        leave.account
        for leave in leaves
        if leave.account != account and leave.stands(day) and standing_in(leaves, leave.account, day) in ways
    )


def departure(file: File, account: str, organisation: str, to: str, at: datetime, why: str) -> Sequence[Event]:
    """The events by which all that an account holds of a file goes to a colleague (`to`), or to the duty desk when it is empty."""
    if not file.open:
        return []
    events: list[Event] = []
    lead = file.lead
    ours = lead is not None and lead.organisation == organisation
    if lead is not None and ours and lead.account == account:
        moved = Lead(organisation=organisation, account=to, since=at, cause=LeadCause.DEPARTURE)
        events.append(departed(file, moved, why))
    if ours and account in file.workers:
        events.append(WorkersSet(accounts=file.workers - {account}))
    for handoff in file.handoffs.values():
        if not handoff.open:
            continue
        if handoff.target.organisation == organisation and handoff.target.professional == account:
            events.append(Reassigned(handoff=handoff.id, side=Side.TARGET, account=to))
        if handoff.sender == organisation and handoff.sender_account == account:
            events.append(Reassigned(handoff=handoff.id, side=Side.SENDER, account=to))
    watches = [watch for watch in file.watches.values() if ours and watch.account == account]
    events += [WatchSet(watch=replace(watch, account=to)) for watch in watches]
    return events
