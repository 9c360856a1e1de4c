"""A handoff as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api.actions.casework.answering_page import Opened
from api.actions.casework.taking_over import may_propose
from api.web.casework_slots import appointments
from api.web.handing_words import ToldView, moment_words, people, told_views
from api.web.step_forms import StepForm, step_forms
from api.words.dates import exact_day, relative_moment
from graph.model.access import Viewer
from graph.model.casework.acts import Drafted, Entry, Stepped
from graph.model.casework.file import ActorKind
from graph.model.casework.handoff import Handoff, Kind, State, Step
from graph.model.casework.owed import NextAction
from graph.model.relay import Relay
from graph.model.vocabulary import competence, label
from search.hours import PARIS

THREE: Final = (
    "Un passage de relais se fait mieux à trois : proposez une rencontre avec la personne, son référent actuel et vous. "
    "Le dossier change de référent à ce premier contact confirmé."
)


@dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the timeline: when, exactly when, what, in whose words."""

    when: str
    exact: str
    said: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True)
class NextRelay:
    """Who else might take it: `value` is what a form sends."""

    name: str
    of: str
    href: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class OwedView:
    """What is to be done next, by when in few words, and exactly."""

    what: str
    due: str
    exact: str

    @classmethod
    def of(cls, owed: NextAction, at: datetime) -> OwedView:
        """As it is said at this moment."""
        return cls(label("owed", owed.what), relative_moment(owed.due, at), moment_words(owed.due))


@dataclass(frozen=True, slots=True)
class MeetingView:
    """The appointment that is fixed; whether the viewer may offer moments; those that are offered or were chosen, and which."""

    fixed: str
    offers: bool
    offered: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffView:
    """The page. `mine` says that the viewer is on the addressee's side, `works` that she works on the file."""

    id: str
    kind: str
    state: str
    open: bool
    unconfirmed: str
    urgent: bool
    sender: str
    target: str
    people: str
    needs: tuple[str, ...]
    authority: str
    order: str
    purpose: str
    message: str
    question: str
    told: tuple[ToldView, ...]
    tombstone: bool
    shared: bool
    meeting: MeetingView
    waits: str
    owed: OwedView | None
    steps: tuple[StepLine, ...]
    chain: tuple[tuple[str, str, str], ...]
    forms: tuple[StepForm, ...]
    accepts: tuple[tuple[str, str], ...]
    redirects: bool
    submits: bool
    consents: bool
    relays: tuple[NextRelay, ...]
    proposes: bool
    mine: bool
    works: bool
    ended_badly: bool
    contested: bool
    to_review: bool
    file: str
    seq: int
    three: str


def _told_why(found: Opened, viewer: Viewer) -> bool:
    """Whether the words that came with it are hers to read: her own, or told under the situation."""
    handed = found.handed
    hers = handed.handoff.sender == viewer.organisation
    return hers or handed.sight.whole or found.told.situation is not None


def handoff_view(found: Opened, viewer: Viewer, at: datetime) -> HandoffView:
    """As the viewer sees it at this moment."""
    handed, one = found.handed, found.handed.handoff
    file, works = handed.file, handed.sight.works
    mine = one.target.organisation == viewer.organisation and one.kind is not Kind.TAKE_OVER
    return HandoffView(
        id=one.id,
        kind=label("kind", one.kind),
        state=label("state", one.state),
        open=one.open,
        unconfirmed=exact_day(one.reported.until.astimezone(PARIS).date()) if one.open and one.reported else "",
        urgent=one.urgent,
        sender=found.names.get(one.sender, ""),
        target=found.names.get(one.target.organisation, ""),
        people=people(found.told),
        needs=_needs(found),
        authority=one.authority if found.reads else "",
        order=label("order", one.order) if found.reads and one.kind is Kind.ORDERED else "",
        purpose=one.purpose if found.reads else "",
        message=one.message if found.reads and _told_why(found, viewer) else "",
        question=one.question if found.reads and one.asked else "",
        told=told_views(found.told),
        tombstone=not found.reads,
        shared=one.shared and one.kind is not Kind.ASSIGN,
        meeting=_meeting(found, at, mine=mine),
        waits=_waits(one) if found.reads else "",
        owed=OwedView.of(found.owed, at) if found.owed else None,
        steps=tuple(_line(entry, one.id, found, at) for entry in found.entries),
        chain=tuple(_chain(found)),
        forms=step_forms(found.allowed),
        accepts=_accepts(found, viewer),
        redirects=Step.REDIRECT in found.allowed,
        submits=Step.SUBMIT in found.allowed,
        consents=Step.CONSENT in found.allowed,
        relays=tuple(map(_relay, found.relays)),
        proposes=may_propose(viewer, file, one),
        mine=mine,
        works=works,
        ended_badly=works and not one.open and not one.settled,
        contested=works and one.contested is not None,
        to_review=works and one.id in file.to_review and one.sender_account != viewer.account,
        file=file.id if handed.sight.whole else "",
        seq=file.seq,
        three=THREE if one.kind is Kind.TRANSFER and one.state is State.ACCEPTED and mine else "",
    )


def _meeting(found: Opened, at: datetime, *, mine: bool) -> MeetingView:
    file, one = found.handed.file, found.handed.handoff
    offers = mine and Step.BOOK in found.allowed and one.appointment is None
    if not found.reads:
        return MeetingView("", offers, ())
    about = [made for made in file.appointments.values() if made.handoff == one.id]
    fixed = moment_words(one.appointment) if one.appointment else ""
    return MeetingView(fixed, offers, tuple(appointments(file, about, at)))


def _accepts(found: Opened, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """Who may be named to do it, herself at least; nobody where she may not accept."""
    if Step.ACCEPT not in found.allowed:
        return ()
    return tuple((one.id, one.name) for one in found.colleagues) or ((viewer.account, viewer.name),)


def _needs(found: Opened) -> tuple[str, ...]:
    file, one = found.handed.file, found.handed.handoff
    readable = {need.id for need in found.told.needs or ()} if not found.handed.sight.whole else set(file.needs)
    return tuple(competence(file.needs[id_].competence).label for id_ in one.needs if id_ in readable)


def _waits(one: Handoff) -> str:
    if one.state is not State.WAITLISTED:
        return ""
    said = [f"rang {one.position}"] if one.position else []
    said.append(f"point le {exact_day(one.due.astimezone(PARIS).date())}")
    return ", ".join([*said, f"d’ici là : {one.interim}"] if one.interim else said)


def _line(entry: Entry, handoff: str, found: Opened, at: datetime) -> StepLine:
    event = entry.event
    who = _who(entry, found)
    if isinstance(event, Stepped) and event.handoff == handoff:
        said = f"{who} {label('step', event.step)}"
        if event.reported:
            said += f" : « {label('step', event.reported)} »"
        reason = label("reason", event.reason) if event.reason else ""
        words = event.text if found.reads else ""
    else:
        said = f"{who} a préparé la demande" if isinstance(event, Drafted | Stepped) else f"{who} a choisi la suite"
        reason, words = "", ""
    return StepLine(relative_moment(entry.at, at), moment_words(entry.at), said, reason, words)


def _who(entry: Entry, found: Opened) -> str:
    match entry.by.kind:
        case ActorKind.PERSON:
            return "La personne"
        case ActorKind.CLOCK | ActorKind.SYSTEM:
            return "Le délai"
        case _:
            return found.names.get(entry.by.organisation) or "Un organisme"


def _chain(found: Opened) -> list[tuple[str, str, str]]:
    """The other links of the chain that the viewer may see: (id, to whom, state)."""
    handed, one = found.handed, found.handed.handoff
    links = [*one.chain, *(id_ for id_, other in handed.file.handoffs.items() if other.parent == one.id)]
    return [
        (id_, found.names.get(other.target.organisation, ""), label("state", other.state))
        for id_ in dict.fromkeys(links)
        if id_ in handed.sight.handoffs and (other := handed.file.handoffs[id_])
    ]


def _relay(relay: Relay) -> NextRelay:
    listing = relay.listing
    organisation, service = listing.organisation, listing.service
    return NextRelay(
        name=service.name if service else organisation.name,
        of=organisation.name if service else label("organisation_kind", organisation.kind),
        href=f"/service/{service.id}" if service else f"/organisme/{organisation.id}",
        value=f"{organisation.id}|{service.id if service else ''}|{relay.post.id if relay.post else ''}",
        why=relay.reasons[0].text if relay.reasons else "",
    )
