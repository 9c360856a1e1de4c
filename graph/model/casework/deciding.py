"""What may be done to a file beside the steps of its handoffs. Each function gives the event, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from graph.model.casework.acts import (
    Closed,
    ConsentGiven,
    ConsentWithdrawn,
    Drafted,
    LeadMoved,
    NeedAdded,
    NeedEnded,
    NeedSet,
    Opened,
    Reopened,
    Reviewed,
    Settled,
)
from graph.model.casework.clocks import (
    FILE_REVIEW_DAYS,
    NEED_REVIEW_DAYS,
    PARIS,
    URGENT_NEED_HOURS,
    working_days_after,
)
from graph.model.casework.consequences import met_before
from graph.model.casework.file import Actor, File, FileState, Lead, LeadCause, Member, Need, Outcome
from graph.model.casework.grounds import PRACTICAL_ONLY, Consent, Ground, ShareGroup
from graph.model.casework.handoff import OF_THE_FILE, Handoff, Kind, OrderedLead, State, Target
from graph.model.casework.said import Taking
from graph.model.casework.secrecy import about_a_child, kept_secret
from graph.model.casework.timing import timed
from graph.model.errors import InvalidInput, NeedsConfirming, ReasonMissing, StepNotAllowed

LONGEST_NEED: Final = 1000
# With these a file may end while a partner is at work: there is nobody left to work with.
ENDS_ALL: Final = frozenset({Outcome.DECEASED, Outcome.MOVED})
# By these a lead moves that no handoff moves.
WITHOUT_HANDOFF: Final = frozenset({LeadCause.DEPARTURE, LeadCause.REORGANISED, LeadCause.LINKED})
# Between colleagues, or asked of whoever leads: these go to a house that may well have had the need, and declined it.
NOT_ASKED_AGAIN: Final = frozenset({Kind.TAKE_OVER, Kind.ASSIGN})


def opened(
    by: Actor, members: tuple[Member, ...], at: datetime, *, request: str = "", transitional: bool = False
) -> Opened:
    """A file is opened by whoever leads it from then on. Raises InvalidInput without a member."""
    if not members:
        raise InvalidInput("Un dossier a au moins une personne, même sans nom.", "members")
    lead = Lead(organisation=by.organisation, account=by.account, since=at, cause=LeadCause.OPENED)
    review = working_days_after(at, FILE_REVIEW_DAYS if not transitional else NEED_REVIEW_DAYS)
    return Opened(
        organisation=by.organisation,
        lead=lead,
        members=members,
        review=review,
        request=request,
        transitional=transitional,
    )


def need_added(file: File, need: Need) -> NeedAdded:
    """A problem is known. Raises StepNotAllowed on a file that is not open, InvalidInput for someone who is not of the file."""
    _open(file, "need")
    if need.member and need.member not in file.members:
        raise InvalidInput("Cette personne n’est pas de ce dossier.", "member")
    if len(need.words) > LONGEST_NEED:
        raise InvalidInput(f"Le besoin se dit en {LONGEST_NEED} caractères au plus.", "words")
    if need.id in file.needs:
        raise InvalidInput("Ce besoin est déjà noté.", "need")
    return NeedAdded(need=kept_secret(need))


def need_review(at: datetime, urgent: bool) -> datetime:
    """When the lead next owes something about a need that nobody handles; in real time where it is urgent."""
    return at + timedelta(hours=URGENT_NEED_HOURS) if urgent else working_days_after(at, NEED_REVIEW_DAYS)


def need_set(file: File, need: Need) -> NeedSet:
    """What changes of an open need, or one that is taken up again. Raises StepNotAllowed, InvalidInput."""
    _open(file, "need")
    before = file.needs.get(need.id)
    if before is None:
        raise InvalidInput("Ce besoin n’est pas de ce dossier.", "need")
    kept = replace(need, opened=before.opened, competence=before.competence, outcome=None, outcome_text="", ended=None)
    return NeedSet(need=kept_secret(kept))


def need_ended(file: File, need: str, outcome: Outcome, text: str) -> NeedEnded:
    """It is met, or will not be. Raises StepNotAllowed while a partner is at work on it, ReasonMissing without words."""
    _open(file, "need")
    if need not in file.needs or not file.needs[need].open:
        raise StepNotAllowed("ended", "end_need", "ce besoin n’est plus ouvert")
    if file.handing(need):
        raise StepNotAllowed("open", "end_need", "une demande à un partenaire est encore ouverte pour ce besoin")
    if outcome is not Outcome.MET and not text.strip():
        raise ReasonMissing("Dites en quelques mots comment cela se termine.", "text")
    return NeedEnded(need=need, outcome=outcome, text=text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A handoff as it is prepared. `practical_only` says that its target is a landlord, a volunteer, a trader."""

    id: str
    kind: Kind
    target: Target
    needs: tuple[str, ...] = ()
    purpose: str = ""
    message: str = ""
    groups: frozenset[ShareGroup] = frozenset()
    ground: str = ""
    urgent: bool = False
    order: OrderedLead = OrderedLead.UNCHANGED
    authority: str = ""
    confirmed: bool = False
    practical_only: bool = False
    parent: str = ""


def drafted(file: File, draft: Draft, by: Actor, taking: Taking) -> Drafted:
    """A handoff is prepared: nothing leaves yet.

    Raises StepNotAllowed on a file that is not open or for an assignment outside the house, InvalidInput for a need that is not
    open or groups that this target may not read, NeedsConfirming where the target has declined one of these needs.
    """
    _open(file, "draft")
    _checked_draft(file, draft, by)
    parent = file.handoffs.get(draft.parent)
    handoff = Handoff(
        id=draft.id,
        kind=draft.kind,
        state=State.DRAFT,
        sender=by.organisation,
        sender_account=by.account,
        target=draft.target,
        needs=draft.needs,
        purpose=draft.purpose.strip(),
        message=draft.message.strip(),
        groups=draft.groups,
        ground=draft.ground,
        urgent=draft.urgent,
        confirmed=draft.confirmed,
        order=draft.order,
        authority=draft.authority.strip(),
        parent=draft.parent,
        chain=(*parent.chain, parent.id) if parent else (),
        drafted=taking.at,
        since=taking.at,
        due=taking.at,
    )
    if draft.kind not in NOT_ASKED_AGAIN and met_before(file, handoff, draft.target):
        _knowingly(draft)
    return Drafted(handoff=timed(handoff, taking))


def _knowingly(draft: Draft) -> None:
    if not draft.confirmed:
        raise NeedsConfirming("Cet organisme a déjà eu cette demande : confirmez que vous la lui adressez à nouveau.")
    if not draft.purpose.strip() and not draft.message.strip():
        raise ReasonMissing("Dites pourquoi vous la lui adressez à nouveau.", "purpose")


def _checked_draft(file: File, draft: Draft, by: Actor) -> None:
    of_file = draft.kind in OF_THE_FILE
    if draft.id in file.handoffs:
        raise InvalidInput("Cette demande existe déjà.", "id")
    if draft.parent and draft.parent not in file.handoffs:
        raise InvalidInput("La demande dont celle-ci est la suite n’est pas de ce dossier.", "parent")
    if not of_file and not draft.needs:
        raise InvalidInput("Dites pour quel besoin.", "needs")
    for need in draft.needs:
        if need not in file.needs or not file.needs[need].open:
            raise InvalidInput("Ce besoin n’est pas ouvert dans ce dossier.", "needs")
    if draft.practical_only and not draft.groups <= PRACTICAL_ONLY:
        raise InvalidInput("À ce destinataire, seuls des éléments pratiques peuvent être dits.", "groups")
    if draft.order is not OrderedLead.UNCHANGED and draft.kind is not Kind.ORDERED:
        raise InvalidInput("Seule une mesure ordonnée dit qui devient référent.", "order")
    if draft.authority.strip() and draft.kind is not Kind.ORDERED:
        raise InvalidInput("Seule une mesure ordonnée nomme une autorité.", "authority")
    lead = file.lead
    if lead is None:
        raise StepNotAllowed(file.state, "draft", "l’accompagnement est clos")
    if draft.kind is Kind.ASSIGN and not (draft.target.organisation == by.organisation == lead.organisation):
        raise InvalidInput("Une attribution reste dans l’organisme qui suit le dossier.", "target")
    if draft.kind is Kind.ASSIGN and draft.target.professional == lead.account:
        raise InvalidInput("Cette personne, ou ce service, suit déjà le dossier.", "target")
    if draft.kind is Kind.TAKE_OVER and draft.target.organisation != lead.organisation:
        raise InvalidInput("Une reprise se propose à l’organisme qui suit le dossier.", "target")
    if draft.kind is Kind.TAKE_OVER and by.organisation == lead.organisation:
        raise InvalidInput("Dans le même organisme, c’est une attribution.", "target")
    if draft.kind is Kind.TRANSFER and draft.target.organisation == lead.organisation:
        raise InvalidInput("Dans le même organisme, c’est une attribution.", "target")


def settled(file: File, handoff: str, text: str) -> Settled:
    """The lead says what follows from a handoff that did not succeed, or that the person contests. Raises StepNotAllowed."""
    one = file.handoffs.get(handoff)
    if one is None or (one.contested is None and (one.open or one.settled)):
        raise StepNotAllowed("settled", "settle", "il n’y a rien à décider ici")
    return Settled(handoff=handoff, text=text.strip())


def consent_given(file: File, consent: Consent) -> ConsentGiven:
    """Something may be told. Raises StepNotAllowed on a file that is not open, InvalidInput where the ground lacks what it asks
    for: recipient, purpose, groups, an end that is to come; who gave it and how, or when those concerned were told. Of a child's
    affairs, whoever holds parental authority was told before, or the reason why not is kept.
    """
    _open(file, "give_consent")
    if consent.id in file.consents:
        raise InvalidInput("Cet accord est déjà noté.", "consent")
    if not consent.recipient:
        raise InvalidInput("Dites à qui.", "recipient")
    if consent.until < consent.given.astimezone(PARIS).date():
        raise InvalidInput("Cet accord est déjà terminé : donnez-lui une fin à venir.", "until")
    if not consent.purpose.strip():
        raise InvalidInput("Dites pour quoi faire.", "purpose")
    if not consent.groups:
        raise InvalidInput("Dites ce qui peut être partagé.", "groups")
    if consent.ground is Ground.ACCORD and (consent.means is None or consent.member not in file.members):
        raise InvalidInput("Un accord dit qui l’a donné, et comment.", "member")
    if consent.ground is not Ground.ACCORD and consent.informed is None and not consent.why_not.strip():
        raise InvalidInput("Dites quand la personne a été informée, ou pourquoi elle ne l’a pas été.", "informed")
    if about_a_child(file, consent.member, consent.needs) and consent.informed is None and not consent.why_not.strip():
        raise InvalidInput(
            "Il s’agit d’un enfant : dites quand les titulaires de l’autorité parentale ont été informés, ou pourquoi ils ne "
            "l’ont pas été (intérêt de l’enfant).",
            "informed",
        )
    return ConsentGiven(consent=replace(consent, withdrawn=None))


def consent_withdrawn(file: File, consent: str, text: str = "") -> ConsentWithdrawn:
    """It may not be told any longer. Raises StepNotAllowed where it does not stand."""
    one = file.consents.get(consent)
    if one is None or one.withdrawn is not None:
        raise StepNotAllowed("withdrawn", "withdraw_consent", "cet accord n’est plus en cours")
    return ConsentWithdrawn(consent=consent, text=text.strip())


def reviewed(file: File, handoff: str, by: Actor, text: str) -> Reviewed:
    """A second person has looked at what was told in danger. Raises StepNotAllowed where there is nothing to look at or she is
    the one who told it, ReasonMissing without words.
    """
    if handoff not in file.to_review:
        raise StepNotAllowed("reviewed", "review", "il n’y a rien à relire ici")
    if by.account == file.handoffs[handoff].sender_account:
        raise StepNotAllowed("open", "review", "une seconde personne doit relire")
    if not text.strip():
        raise ReasonMissing("Dites en quelques mots ce que vous en pensez.", "text")
    return Reviewed(handoff=handoff, text=text.strip())


def departed(file: File, to: Lead, text: str) -> LeadMoved:
    """A lead who leaves is followed by a colleague or the desk. Raises StepNotAllowed on a file that nobody leads, or where it is
    by a handoff that the lead moves.
    """
    _open(file, "move_lead")
    if to.cause not in WITHOUT_HANDOFF or to.handoff:
        raise StepNotAllowed(file.state, "move_lead", "le référent change par une demande")
    return LeadMoved(lead=to, text=text.strip())


def closed(file: File, outcome: Outcome, text: str) -> Closed:
    """The accompaniment ends, with what nobody has begun. Raises StepNotAllowed while a partner is at work, what was told in
    danger has not been looked at again, or an urgent call is owed; ReasonMissing without words.
    """
    _open(file, "close")
    if not text.strip():
        raise ReasonMissing("Dites en quelques mots comment l’accompagnement se termine.", "text")
    if file.to_review:
        raise StepNotAllowed("open", "close", "ce qui a été transmis dans l’urgence est encore à relire")
    if any(call.urgent for call in file.to_call.values()):
        raise StepNotAllowed("open", "close", "la personne attend d’être rappelée d’urgence : rappelez-la d’abord")
    at_work = [handoff for handoff in file.handoffs.values() if handoff.open and handoff.begun]
    if at_work and outcome not in ENDS_ALL:
        raise StepNotAllowed("open", "close", "un partenaire est encore au travail : concluez d’abord sa demande")
    return Closed(outcome=outcome, text=text.strip())


def reopened(file: File, by: Actor, at: datetime, text: str) -> Reopened:
    """It begins again, under whoever reopens it. Raises StepNotAllowed where it is not closed."""
    if file.state is not FileState.CLOSED:
        raise StepNotAllowed(file.state, "reopen", "ce dossier n’est pas clos")
    lead = Lead(organisation=by.organisation, account=by.account, since=at, cause=LeadCause.REOPENED)
    return Reopened(lead=lead, review=working_days_after(at, FILE_REVIEW_DAYS), text=text.strip())


def _open(file: File, act: str) -> None:
    if not file.open:
        raise StepNotAllowed(file.state, act, "l’accompagnement est clos")
