"""Who owes what, by when, about what: the inbox is made of these. Derived from the file alone, so nothing can be forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from graph.model.casework.clocks import PARIS, SETTLE_DAYS, question_due, working_days_after
from graph.model.casework.file import File, Lead
from graph.model.casework.handoff import UNSENT, Handoff, Kind, Side, State

# An outside date is looked at so many days before it.
BEFORE_THE_DATE: Final = 7
# From the second on, an absence is the lead's affair too, and the head of service's.
MISSED_TOO_OFTEN: Final = 2


class Owed(StrEnum):
    """What is owed (labels in labels.csv)."""

    FINISH_DRAFT = "finish_draft"
    GET_CONSENT = "get_consent"
    ANSWER = "answer"
    ANSWER_QUESTION = "answer_question"
    REVIEW_WAIT = "review_wait"
    DECIDE = "decide"
    MEET = "meet"
    CONFIRM_CONTACT = "confirm_contact"
    REVIEW_PROGRESS = "review_progress"
    RESUME = "resume"
    CHOOSE_NEXT = "choose_next"
    SEE_MISSED = "see_missed"
    SEE_LATE = "see_late"
    PLACE_NEED = "place_need"
    OUTSIDE_DATE = "outside_date"
    REVIEW_FILE = "review_file"
    REVIEW_DANGER = "review_danger"
    LOOK_AGAIN = "look_again"
    CALL_BACK = "call_back"
    UNTANGLE = "untangle"
    SEE_CONTEST = "see_contest"
    ANSWER_RIGHT = "answer_right"
    SEE_ERASURE = "see_erasure"


class Holder(StrEnum):
    """Who holds it at the organisation: a professional or the desk, the head of service; or whoever keeps the network."""

    WORKER = "worker"
    HEAD = "head"
    COORDINATOR = "coordinator"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAction:
    """One thing owed. `about` is the id of a handoff, a need, a watch or the file; `account` is empty for the duty desk."""

    file: str
    what: Owed
    about: str
    organisation: str
    account: str = ""
    holder: Holder = Holder.WORKER
    due: datetime
    urgent: bool = False

    @property
    def id(self) -> str:
        """One for each thing owed by each holder."""
        return f"{self.file}|{self.what}|{self.about}|{self.holder}"


def owed(file: File) -> tuple[NextAction, ...]:
    """All that is owed about a file, in order of their dates. Once it has ended, what the person may ask of what is kept."""
    found = [*_of_memory(file)]
    if file.open and file.lead is not None:
        found += _of_file(file, file.lead)
        for handoff in file.handoffs.values():
            found += _of_handoff(file, handoff, file.lead)
    return tuple(sorted(found, key=lambda action: (action.due, action.id)))


def of_handoff(file: File, id_: str) -> NextAction | None:
    """What is owed next about one handoff; None only when nothing is."""
    about = [action for action in owed(file) if action.about == id_]
    return min(about, key=lambda action: (action.holder is not Holder.WORKER, action.due, action.id), default=None)


def _of_memory(file: File) -> Iterator[NextAction]:
    """What a member asked for of what is kept of her; what is soon to be erased. Held by whoever led last."""
    lead = file.lead or (file.leads[-1] if file.leads else None)
    if lead is None:
        return
    for asking in file.askings.values():
        if file.open:
            yield _by(file, lead, Owed.ANSWER_RIGHT, asking.id, asking.due)
        yield _by_head(file, asking.id, Owed.ANSWER_RIGHT, lead.organisation, asking.due)
    if file.forgotten_on is not None and not file.open:
        yield _by_head(file, file.id, Owed.SEE_ERASURE, lead.organisation, file.forgotten_on)


def _of_file(file: File, lead: Lead) -> Iterator[NextAction]:
    def by_lead(what: Owed, about: str, due: datetime, urgent: bool = False) -> NextAction:
        return _by(file, lead, what, about, due, urgent)

    yield by_lead(Owed.REVIEW_FILE, file.id, file.review)
    for need in file.needs.values():
        if not need.open:
            continue
        if not file.handing(need.id):
            yield by_lead(Owed.PLACE_NEED, need.id, need.review, need.urgent)
        if need.due is not None:
            start = datetime.combine(need.due - timedelta(days=BEFORE_THE_DATE), time(9), PARIS).astimezone(UTC)
            yield by_lead(Owed.OUTSIDE_DATE, need.id, max(start, need.opened), need.urgent)
    for watch in file.watches.values():
        due = datetime.combine(watch.next, time(9), PARIS).astimezone(UTC)
        yield NextAction(
            file=file.id,
            what=Owed.LOOK_AGAIN,
            about=watch.id,
            organisation=lead.organisation,
            account=watch.account if watch.account in file.workers else lead.account,
            due=due,
        )
    for told in file.to_call.values():
        yield by_lead(Owed.CALL_BACK, told.id, told.due, told.urgent)
    for handoff, due in file.to_review.items():
        yield NextAction(
            file=file.id,
            what=Owed.REVIEW_DANGER,
            about=handoff,
            organisation=lead.organisation,
            holder=Holder.HEAD,
            due=due,
            urgent=True,
        )


def _of_handoff(file: File, handoff: Handoff, lead: Lead) -> Iterator[NextAction]:
    if not handoff.open:
        if not handoff.settled:
            yield _by(file, lead, Owed.CHOOSE_NEXT, handoff.id, handoff.due, handoff.urgent)
            if handoff.state is State.EXPIRED:
                yield _by_head(file, handoff.id, Owed.CHOOSE_NEXT, lead.organisation, handoff.due, handoff.urgent)
        return
    what, side = _next(handoff)
    owner = _held(file, handoff, what, side, lead)
    if owner.organisation == handoff.target.organisation != lead.organisation and _taken_back(file, handoff):
        # Nothing is told any longer: what becomes of it is the lead's to say.
        owner = _by(file, lead, Owed.CHOOSE_NEXT, handoff.id, handoff.due, handoff.urgent)
    if handoff.asked is not None:
        answers = replace(
            _held(file, handoff, Owed.ANSWER_QUESTION, Side.SENDER, lead),
            due=question_due(handoff.asked, handoff.urgent),
        )
        yield answers
        if handoff.unanswered:
            yield _by_head(file, handoff.id, Owed.ANSWER_QUESTION, answers.organisation, answers.due, handoff.urgent)
    if handoff.asked is None or handoff.unanswered:
        yield owner
    if handoff.contested is not None:
        due = working_days_after(handoff.contested, SETTLE_DAYS)
        yield _by(file, lead, Owed.SEE_CONTEST, handoff.id, due, handoff.urgent)
    if handoff.missed >= MISSED_TOO_OFTEN and handoff.state is State.ACCEPTED:
        yield _by(file, lead, Owed.SEE_MISSED, handoff.id, handoff.due, handoff.urgent)
        yield _by_head(file, handoff.id, Owed.SEE_MISSED, lead.organisation, handoff.due, handoff.urgent)
    if handoff.escalated:
        yield _by_head(file, handoff.id, Owed.SEE_LATE, owner.organisation, handoff.due, handoff.urgent)
        if owner.organisation != lead.organisation:
            yield _by(file, lead, Owed.SEE_LATE, handoff.id, handoff.due, handoff.urgent)
    if handoff.passed_around:
        yield NextAction(
            file=file.id,
            what=Owed.UNTANGLE,
            about=handoff.id,
            organisation="",
            holder=Holder.COORDINATOR,
            due=handoff.due,
            urgent=handoff.urgent,
        )


def _next(handoff: Handoff) -> tuple[Owed, Side]:
    """What the state owes, and on which side."""
    match handoff.state:
        case State.DRAFT:
            return Owed.FINISH_DRAFT, Side.SENDER
        case State.AWAITING_CONSENT:
            return Owed.GET_CONSENT, Side.SENDER
        case State.SENT | State.RECEIVED:
            return Owed.ANSWER, Side.TARGET
        case State.WAITLISTED:
            return Owed.REVIEW_WAIT, Side.TARGET
        case State.AWAITING_DECISION:
            return Owed.DECIDE, Side.TARGET
        case State.ON_HOLD:
            return Owed.RESUME, Side.TARGET
        case State.ACCEPTED if handoff.kind is Kind.ORIENT:
            return Owed.CONFIRM_CONTACT, Side.SENDER
        case State.ACCEPTED:
            return Owed.MEET, Side.SENDER if handoff.kind is Kind.TAKE_OVER else Side.TARGET
        case _:
            asker = handoff.kind in {Kind.ORIENT, Kind.TAKE_OVER}
            return Owed.REVIEW_PROGRESS, Side.SENDER if asker else Side.TARGET


def _held(file: File, handoff: Handoff, what: Owed, side: Side, lead: Lead) -> NextAction:
    """By the side that owes it: the target's professional or desk; the author while it is prepared; else whoever leads now.

    Where the file came by it, whoever leads there now has followed the one who was named.
    """
    if handoff.kind is Kind.TAKE_OVER:
        asks = side is Side.SENDER and lead.organisation != handoff.sender
        organisation, account = (handoff.sender, handoff.sender_account) if asks else (lead.organisation, lead.account)
    elif side is Side.TARGET and not (handoff.moved_lead and handoff.target.organisation == lead.organisation):
        organisation, account = handoff.target.organisation, handoff.target.professional
    elif handoff.state in UNSENT and _still_there(file, handoff, lead):
        organisation, account = handoff.sender, handoff.sender_account
    else:
        organisation, account = lead.organisation, lead.account
    return NextAction(
        file=file.id,
        what=what,
        about=handoff.id,
        organisation=organisation,
        account=account,
        due=handoff.due,
        urgent=handoff.urgent,
    )


def _taken_back(file: File, handoff: Handoff) -> bool:
    """Whether what let it leave was taken back since."""
    consent = file.consents.get(handoff.ground)
    return consent is not None and consent.withdrawn is not None


def _still_there(file: File, handoff: Handoff, lead: Lead) -> bool:
    """Whether the author of a draft may still finish it."""
    return handoff.sender == lead.organisation and handoff.sender_account in {lead.account, *file.workers}


def _by(file: File, lead: Lead, what: Owed, about: str, due: datetime, urgent: bool = False) -> NextAction:
    return NextAction(
        file=file.id,
        what=what,
        about=about,
        organisation=lead.organisation,
        account=lead.account,
        due=due,
        urgent=urgent,
    )


def _by_head(file: File, about: str, what: Owed, organisation: str, due: datetime, urgent: bool = False) -> NextAction:
    return NextAction(
        file=file.id,
        what=what,
        about=about,
        organisation=organisation,
        holder=Holder.HEAD,
        due=due,
        urgent=urgent,
    )
