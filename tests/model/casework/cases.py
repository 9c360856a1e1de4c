"""Files, handoffs and actors to test the rules with: every field that matters is named by the test, the rest is plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.clocks import BY_DEFAULT, tick_of
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, ActorKind, File, FileState, Lead, LeadCause, Member, MemberRole, Need
from graph.model.casework.grounds import Consent, Ground, ShareGroup
from graph.model.casework.handoff import Handoff, Kind, Reported, Side, State, Step, Target
from graph.model.casework.said import NOTHING, Said, Taking
from graph.model.casework.taking import take

# A Tuesday at 10:00 in Paris.
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
RENT = "logement-hebergement--reduire-les-impayes-de-loyer"
OURS, THEIRS, THIRD, FOURTH = "t:ccas", "t:cms", "t:siao", "t:hopital"
GROUPS = frozenset({ShareGroup.IDENTITY, ShareGroup.NEED})

PERSON = Actor(kind=ActorKind.PERSON, member="ana")
CLOCK = Actor(kind=ActorKind.CLOCK)


def worker(organisation: str, name: str = "") -> Actor:
    """A professional; the first of her organisation without a name."""
    return Actor(kind=ActorKind.PROFESSIONAL, account=name or f"{organisation}/1", organisation=organisation)


def addressee(organisation: str) -> Actor:
    """Someone who answers by a signed link."""
    return Actor(kind=ActorKind.ADDRESSEE, organisation=organisation)


US, THEM = worker(OURS), worker(THEIRS)


def lead(organisation: str = OURS, **known: Any) -> Lead:
    plain: dict[str, Any] = {"account": f"{organisation}/1", "since": NOW, "cause": LeadCause.OPENED}
    return Lead(organisation=organisation, **(plain | known))


def need(id_: str = "rent", **known: Any) -> Need:
    plain: dict[str, Any] = {"competence": RENT, "opened": NOW, "review": NOW + timedelta(days=7)}
    return Need(id=id_, **(plain | known))


def consent(id_: str = "yes", recipient: str = THEIRS, **known: Any) -> Consent:
    plain: dict[str, Any] = {
        "ground": Ground.CASF_L121_6_2,
        "purpose": "le loyer",
        "groups": frozenset(ShareGroup),
        "until": date(2030, 1, 1),
        "given": NOW,
        "informed": date(2026, 3, 10),
    }
    return Consent(id=id_, recipient=recipient, **(plain | known))


def file(*handoffs: Handoff, **known: Any) -> File:
    """An open file of ours: one adult, one need, a ground for each partner."""
    plain: dict[str, Any] = {
        "id": "f",
        "seq": 1,
        "state": FileState.OPEN,
        "opened": NOW,
        "organisation": OURS,
        "lead": lead(),
        "review": NOW + timedelta(days=90),
        "members": {"ana": Member(id="ana", role=MemberRole.ADULT)},
        "needs": {"rent": need()},
        "consents": {one: consent(one, one) for one in (THEIRS, THIRD, FOURTH)},
    }
    plain["handoffs"] = {one.id: one for one in handoffs}
    return File(**(plain | known))


def handoff(kind: Kind = Kind.REFER, state: State = State.SENT, id_: str = "h", **known: Any) -> Handoff:
    """A handoff from us to them, in a state that it has just reached. A take-over is asked by them; an assignment stays with us."""
    of_file = kind in {Kind.TRANSFER, Kind.TAKE_OVER, Kind.ASSIGN}
    begun = state in {State.IN_PROGRESS, State.ON_HOLD}
    sent = None if state in {State.DRAFT, State.AWAITING_CONSENT} else NOW
    plain: dict[str, Any] = {
        "sender": THEIRS if kind is Kind.TAKE_OVER else OURS,
        "sender_account": f"{THEIRS if kind is Kind.TAKE_OVER else OURS}/1",
        "target": Target(organisation=OURS if kind in {Kind.TAKE_OVER, Kind.ASSIGN} else THEIRS),
        "needs": () if of_file else ("rent",),
        "groups": GROUPS,
        "ground": THEIRS if sent else "",
        "drafted": NOW,
        "since": NOW,
        "due": NOW + timedelta(days=3),
        "sent": sent,
        "contacted": NOW if begun else None,
    }
    made = Handoff(id=id_, kind=kind, state=state, **(plain | known))
    tick = tick_of(made, BY_DEFAULT)
    return replace(made, tick=tick[1]) if tick and "tick" not in known else made


def reported(before: Handoff, state: State, *, contact: bool = False, until: datetime | None = None) -> Handoff:
    """The same with an answer that came by telephone."""
    kept = Reported(before=before, until=until or NOW + timedelta(days=7), contact=contact)
    return replace(before, state=state, reported=kept, tick=kept.until if contact else before.tick)


def actor_of(kind: Kind, side: Side) -> Actor:
    """Someone on that side of a handoff that `handoff` makes."""
    if side is Side.PERSON:
        return PERSON
    if side is Side.CLOCK:
        return CLOCK
    asks = kind is Kind.TAKE_OVER
    return {Side.SENDER: THEM if asks else US, Side.TARGET: US if asks or kind is Kind.ASSIGN else THEM}[side]


def write(file: File | None, *events: Event, by: Actor = US, at: datetime = NOW) -> File:
    """The file after these events."""
    after = file
    for event in events:
        after = applied(after, Entry(file="f", seq=after.seq + 1 if after else 1, at=at, by=by, event=event))
    assert after is not None
    return after


def step(
    file: File, step: Step, by: Actor, said: Said = NOTHING, *, id_: str = "h", at: datetime = NOW, **known: Any
) -> File:
    """The file after a step of its handoff."""
    return write(file, take(file, id_, step, by, replace(said, **known), Taking(at=at)), by=by, at=at)


def steps(file: File, *taken: tuple[Step, Actor], id_: str = "h", at: datetime = NOW, **known: Any) -> File:
    """The file after several, a minute apart."""
    for number, (one, by) in enumerate(taken):
        file = step(file, one, by, id_=id_, at=at + timedelta(minutes=number), **known)
    return file


def draft(file: File, kind: Kind, to: str, id_: str = "h", by: Actor = US, at: datetime = NOW, **known: Any) -> File:
    """The file with a handoff prepared."""
    of_file = kind in {Kind.TRANSFER, Kind.TAKE_OVER, Kind.ASSIGN}
    target = known.pop("target", Target(organisation=to))
    plain: dict[str, Any] = {"needs": () if of_file else ("rent",), "groups": GROUPS, "purpose": "le loyer"}
    one = Draft(id=id_, kind=kind, target=target, **(plain | known))
    return write(file, deciding.drafted(file, one, by, Taking(at=at)), by=by, at=at)


def sent(file: File, kind: Kind, to: str, id_: str = "h", by: Actor = US, at: datetime = NOW, **known: Any) -> File:
    """The file with a handoff sent."""
    return step(draft(file, kind, to, id_, by, at, **known), Step.SUBMIT, by, id_=id_, at=at)


def moved(file: File, to: str, id_: str = "h", at: datetime = NOW, by: Actor = US) -> File:
    """The file after a transfer whose first meeting is confirmed."""
    file = sent(file, Kind.TRANSFER, to, id_, by, at)
    return steps(file, (Step.ACCEPT, worker(to)), (Step.CONTACT, worker(to)), id_=id_, at=at)


def states(file: File) -> dict[str, State]:
    return {one.id: one.state for one in file.handoffs.values()}


def leaders(leads: Sequence[Lead]) -> list[tuple[str, LeadCause]]:
    return [(one.organisation, one.cause) for one in leads]
