"""What a step does beside its row of the table: whom it makes lead, what lets it leave, what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from graph.model.casework.acts import Stepped
from graph.model.casework.clocks import CONTEST_DAYS, PARIS, next_working_day, statutory, working_days_after
from graph.model.casework.file import Actor, File, Lead, LeadCause, Outcome
from graph.model.casework.grounds import Consent, Ground
from graph.model.casework.handoff import Handoff, Kind, OrderedLead, ReasonCode, Side, State, Step, Target
from graph.model.casework.leading import accepted_elsewhere, grounded, lead_before, moved_by_contact
from graph.model.casework.said import Said, Taking
from graph.model.casework.steps import STEPS
from graph.model.casework.timing import timed
from graph.model.errors import ConsentMissing, InvalidInput, NeedsConfirming, ReasonMissing, StepNotAllowed

# What is answered where an accord was taken back, or the last day of a ground is over.
NO_GROUND: Final = "l’accord ou la règle de droit qui la permettait a été retiré ou a pris fin"
# What a sender may have been told by telephone.
REPORTABLE: Final = frozenset(
    {
        Step.OPEN,
        Step.WAITLIST,
        Step.ACCEPT,
        Step.CONTACT,
        Step.COMPLETE,
        Step.FAIL,
        Step.DECLINE,
        Step.FILE_FOR_DECISION,
        Step.DECIDE,
    }
)


def consequences(file: File, handoff: Handoff, made: Stepped, by: Actor, said: Said, taking: Taking) -> Stepped:
    """What the step does beside its row of the table."""
    match made.step:
        case Step.SUBMIT:
            return _submitted(file, handoff, made, said, taking)
        case Step.CONSENT:
            consent = _covering(file, handoff, said.consent, handoff.target.organisation, taking.at)
            if consent is None:
                raise ConsentMissing("L’accord noté ne couvre pas cette demande : rien n’est parti.", "consent")
            return _sent(handoff, made, consent, taking)
        case Step.WAITLIST | Step.PAUSE | Step.BOOK:
            return replace(made, on=said.on, interim=said.interim.strip(), position=said.position)
        case Step.FILE_FOR_DECISION:
            return replace(made, on=_silence(file, handoff, taking))
        case Step.DECIDE:
            return _decided(file, handoff, made, said)
        case Step.ACCEPT:
            return _accepted(handoff, made, by, said, taking)
        case Step.CONTACT:
            return replace(made, lead=_lead_at_contact(handoff, taking))
        case Step.REDIRECT:
            return _redirected(file, handoff, made, said, taking)
        case Step.REPORT:
            return _report(file, handoff, made, said, taking)
        case Step.CONTEST if handoff.reported is not None and made.side is Side.TARGET:
            return _restored(file, handoff, made, handoff.reported.before, taking)
        case Step.VOID:
            return replace(made, lead=lead_before(file, handoff, taking.at))
        case Step.DISPUTE if moved_by_contact(handoff):
            return replace(made, lead=lead_before(file, handoff, taking.at))
        case _:
            return made


def _submitted(file: File, handoff: Handoff, made: Stepped, said: Said, taking: Taking) -> Stepped:
    if handoff.kind is Kind.ASSIGN:
        return replace(made, lead=_lead(handoff.target, LeadCause.ASSIGNED, handoff, taking))
    if handoff.kind in {Kind.ORIENT, Kind.TAKE_OVER}:
        return made
    consent = _covering(file, handoff, said.consent or handoff.ground, handoff.target.organisation, taking.at)
    if consent is None:
        return replace(made, to=State.AWAITING_CONSENT)
    return _sent(handoff, made, consent, taking)


def _sent(handoff: Handoff, made: Stepped, consent: Consent, taking: Taking) -> Stepped:
    """It leaves, on this ground: at once, or when the accord is noted."""
    lead = None
    if handoff.kind is Kind.ORDERED and handoff.order is OrderedLead.AT_ONCE:
        lead = _lead(handoff.target, LeadCause.ORDERED, handoff, taking)
    return replace(made, to=State.SENT, consent=consent.id, lead=lead, review=_second_look(consent, taking.at))


def _silence(file: File, handoff: Handoff, taking: Taking) -> datetime:
    """When the authority's silence counts, by what it is asked for."""
    asked = tuple(file.needs[id_].competence for id_ in handoff.needs if id_ in file.needs)
    return statutory(asked, taking.at)


def _second_look(consent: Consent, at: datetime) -> datetime | None:
    """In danger one acts first; a second person looks at it the next working day."""
    if consent.ground is not Ground.DANGER:
        return None
    local = at.astimezone(PARIS)
    day = next_working_day(local.date() + timedelta(days=1))
    return datetime.combine(day, local.timetz().replace(hour=12, minute=0, second=0, microsecond=0))


def covering(file: File, handoff: Handoff, recipient: str, at: datetime) -> Consent | None:
    """The consent of the file that lets this leave to that organisation today; the one that was given last."""
    day = at.astimezone(PARIS).date()
    groups = frozenset(handoff.groups)
    found = [one for one in file.consents.values() if one.covers(recipient, groups, handoff.needs, day)]
    return max(found, key=lambda one: (one.given, one.id), default=None)


def _covering(file: File, handoff: Handoff, named: str, recipient: str, at: datetime) -> Consent | None:
    if not named:
        return covering(file, handoff, recipient, at)
    consent = file.consents.get(named)
    day = at.astimezone(PARIS).date()
    covers = consent and consent.covers(recipient, frozenset(handoff.groups), handoff.needs, day)
    return consent if covers else None


def _decided(file: File, handoff: Handoff, made: Stepped, said: Said) -> Stepped:
    if said.granted is None:
        raise InvalidInput("Dites si c’est accordé.", "granted")
    if said.granted:
        if not handoff.begun:
            _alone(file, handoff, made.step)
        return replace(made, stands=True, to=State.IN_PROGRESS if handoff.begun else State.ACCEPTED)
    if not said.appeal.strip():
        raise ReasonMissing("Un refus dit les voies de recours.", "appeal")
    reason = said.reason or ReasonCode.NOT_ELIGIBLE
    return replace(
        made, to=State.NOT_COMPLETED, reason=reason, appeal=said.appeal.strip(), outcome=Outcome.RIGHT_REFUSED
    )


def _accepted(handoff: Handoff, made: Stepped, by: Actor, said: Said, taking: Taking) -> Stepped:
    account = said.account or by.account or handoff.target.professional
    if handoff.kind is not Kind.TAKE_OVER:
        return replace(made, account=account)
    asker = Target(organisation=handoff.sender, professional=handoff.sender_account)
    return replace(made, account=account, lead=_lead(asker, LeadCause.TAKEN_OVER, handoff, taking))


def _lead_at_contact(handoff: Handoff, taking: Taking) -> Lead | None:
    if not moved_by_contact(handoff) or handoff.moved_lead:
        return None
    cause = LeadCause.FIRST_CONTACT if handoff.kind is Kind.TRANSFER else LeadCause.ORDERED
    return _lead(handoff.target, cause, handoff, taking)


def _lead(target: Target, cause: LeadCause, handoff: Handoff, taking: Taking) -> Lead:
    return Lead(
        organisation=target.organisation, account=target.professional, since=taking.at, cause=cause, handoff=handoff.id
    )


def met_before(file: File, handoff: Handoff, target: Target) -> bool:
    """Whether that organisation is already in the chain of this handoff, or declined one of its needs."""
    chain = {*handoff.chain, handoff.id}
    return any(
        other.target.organisation == target.organisation
        and (
            other.id in chain
            or (other.state is State.DECLINED and (set(other.needs) & set(handoff.needs) or not handoff.needs))
        )
        for other in file.handoffs.values()
    )


def _redirected(file: File, handoff: Handoff, made: Stepped, said: Said, taking: Taking) -> Stepped:
    if said.to is None or not said.child:
        raise InvalidInput("Dites vers qui.", "to")
    if said.child in file.handoffs:
        raise InvalidInput("Cette demande existe déjà.", "child")
    if handoff.kind is Kind.TRANSFER and file.lead and said.to.organisation == file.lead.organisation:
        raise InvalidInput("Cet organisme suit déjà le dossier : il n’y a pas de relais à lui passer.", "to")
    if met_before(file, handoff, said.to) and not said.confirmed:
        raise NeedsConfirming("Cet organisme a déjà eu cette demande : confirmez que vous la lui adressez à nouveau.")
    consent = covering(file, handoff, said.to.organisation, taking.at)
    child = Handoff(
        id=said.child,
        kind=handoff.kind,
        state=State.SENT if consent else State.AWAITING_CONSENT,
        sender=handoff.sender,
        sender_account=handoff.sender_account,
        target=said.to,
        needs=handoff.needs,
        purpose=handoff.purpose,
        message=handoff.message,
        groups=handoff.groups,
        ground=consent.id if consent else "",
        urgent=handoff.urgent,
        confirmed=said.confirmed,
        order=handoff.order,
        authority=handoff.authority,
        parent=handoff.id,
        chain=(*handoff.chain, handoff.id),
        drafted=taking.at,
        since=taking.at,
        due=taking.at,
        sent=taking.at if consent else None,
    )
    review = _second_look(consent, taking.at) if consent else None
    return replace(made, child=timed(child, taking), review=review)


def _report(file: File, handoff: Handoff, made: Stepped, said: Said, taking: Taking) -> Stepped:
    step = said.reported
    row = STEPS.get((handoff.kind, handoff.state, step)) if step and step in REPORTABLE else None
    if step is None or row is None or Side.TARGET not in row.by:
        raise InvalidInput("Cette réponse ne peut pas être notée ici.", "reported")
    if step in {Step.ACCEPT, Step.CONTACT} and not grounded(file, handoff, taking.at):
        raise StepNotAllowed(handoff.state, step, NO_GROUND)
    if step is Step.DECIDE:
        made = _decided(file, handoff, made, said)
    to = State.ACCEPTED if step is Step.CONTACT else row.to or made.to
    if to is State.ACCEPTED and handoff.state is not to:
        _alone(file, handoff, step)
    on = _silence(file, handoff, taking) if step is Step.FILE_FOR_DECISION else said.on
    until = working_days_after(taking.at, CONTEST_DAYS)
    return replace(made, to=to, reported=step, on=on, interim=said.interim.strip(), position=said.position, until=until)


def _restored(file: File, handoff: Handoff, made: Stepped, before: Handoff, taking: Taking) -> Stepped:
    """As before the report; waiting for an answer again where another transfer has been accepted in the meantime."""
    if before.state is State.ACCEPTED and not before.moved_lead and accepted_elsewhere(file, handoff):
        before = replace(before, state=State.RECEIVED, appointment=None)
    before = timed(before, taking)
    return replace(made, to=before.state, restored=before)


def _alone(file: File, handoff: Handoff, step: Step) -> None:
    if accepted_elsewhere(file, handoff):
        raise StepNotAllowed(handoff.state, step, "un autre passage de relais est déjà accepté")
