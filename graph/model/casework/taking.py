"""Taking a step: the table's row, what the step asks for, and the event that it makes. Nothing is changed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from graph.model.casework.acts import Stepped
from graph.model.casework.clocks import LONGEST_REVIEW_DAYS, LONGEST_WAIT_DAYS
from graph.model.casework.consequences import NO_GROUND, consequences
from graph.model.casework.file import Actor, ActorKind, File, Outcome
from graph.model.casework.handoff import WITH_REASON, Handoff, Kind, ReasonCode, Side, State, Step
from graph.model.casework.leading import accepted_elsewhere, grounded, moved_by_contact
from graph.model.casework.said import Said, Taking
from graph.model.casework.steps import STEPS
from graph.model.casework.timing import due_tick, timed_step
from graph.model.errors import InvalidInput, NotFound, ReasonMissing, StepNotAllowed

LONGEST_TEXT: Final = 4000
# Steps that name a day, and how far it may be.
_FARTHEST: Final[Mapping[Step, int]] = {
    Step.WAITLIST: LONGEST_WAIT_DAYS,
    Step.BOOK: LONGEST_WAIT_DAYS,
    Step.PAUSE: LONGEST_REVIEW_DAYS,
}
# The person's « Je n’ai vu personne » is a button: no words are asked of her.
_WITH_TEXT: Final = frozenset({Step.ASK, Step.ANSWER, Step.CONTEST, Step.VOID})

# What a target does of a request that it may read no longer: it says no, or how it ended.
_GIVING_BACK: Final = frozenset({Step.DECLINE, Step.CONTEST, Step.COMPLETE, Step.FAIL})


def sides(file: File, handoff: Handoff, by: Actor, acting_for: str = "") -> frozenset[Side]:
    """From which sides this actor may act on a handoff.

    The sender's side is its organisation, and that of the file's lead: who leads answers for what was sent. A take-over is
    answered by whoever leads. `acting_for` is the unit, below her own house, whose file she works on by right: its sides of sender
    and of lead are hers; to answer for it as an addressee stays its own workers' act, for they are the ones who will do it.
    """
    if by.kind is ActorKind.CLOCK:
        return frozenset({Side.CLOCK})
    if by.kind is ActorKind.PERSON:
        return frozenset({Side.PERSON})
    houses = {by.organisation, acting_for or by.organisation}
    leads = file.lead is not None and file.lead.organisation in houses
    if handoff.kind is Kind.TAKE_OVER:
        sends, answers = handoff.sender in houses, leads
    else:
        sends, answers = handoff.sender in houses or leads, by.organisation == handoff.target.organisation
    if by.kind is ActorKind.ADDRESSEE:
        sends, answers = False, answers or by.organisation == handoff.target.organisation
    return frozenset(side for side, is_it in ((Side.SENDER, sends), (Side.TARGET, answers)) if is_it)


def allowed_steps(file: File, handoff: Handoff, by: Actor, at: datetime, acting_for: str = "") -> tuple[Step, ...]:
    """What this actor may do now, in the order of `Step`; without what only the clock does."""
    found = sides(file, handoff, by, acting_for)
    return tuple(
        step
        for step in Step
        if (row := STEPS.get((handoff.kind, handoff.state, step)))
        and (side := _side(row.by & found, step))
        and not _barred(file, handoff, step, by, at)
        and not _ungrounded(file, handoff, step, side, at)
    )


def take(file: File, id_: str, step: Step, by: Actor, said: Said, taking: Taking) -> Stepped:
    """The event that this step makes.

    Raises StepNotAllowed where the table has no such step from this side or the file does not allow it, ReasonMissing where the
    step needs a code or words, ConsentMissing where nothing lets it leave, NeedsConfirming where the target has declined this
    need or was there already, InvalidInput for a day that is missing, past or too far, NotFound for a handoff that the file has
    not. Time itself takes no step before its hour.
    """
    handoff = file.handoffs.get(id_)
    if handoff is None:
        raise NotFound("Cette demande n’existe pas, ou n’existe plus.")
    row = STEPS.get((handoff.kind, handoff.state, step))
    side = _side(sides(file, handoff, by, taking.acting_for) & row.by, step) if row else None
    if row is None or side is None:
        raise StepNotAllowed(handoff.state, step)
    if why := _barred(file, handoff, step, by, taking.at) or _ungrounded(file, handoff, step, side, taking.at):
        raise StepNotAllowed(handoff.state, step, why)
    if side is Side.CLOCK and due_tick(file, handoff, taking.at, taking.clocks) is not step:
        raise StepNotAllowed(handoff.state, step, "ce n’est pas encore l’heure")
    _checked(step, said, taking.at)
    if step is Step.REPORT and said.reported is not None:
        _checked(said.reported, said, taking.at)
    made = Stepped(handoff=id_, step=step, side=side, to=row.to or handoff.state, due=handoff.due, tick=handoff.tick)
    made = replace(made, reason=said.reason, text=said.text.strip(), outcome=said.outcome)
    return timed_step(handoff, consequences(file, handoff, made, by, said, taking), taking)


def _side(found: frozenset[Side], step: Step) -> Side | None:
    """One of several: the target's before the sender's, for an organisation may hand something to itself."""
    order = (Side.PERSON, Side.CLOCK, Side.TARGET, Side.SENDER)
    if step is Step.REPORT:
        order = (Side.SENDER,)
    return next((side for side in order if side in found), None)


def _barred(file: File, handoff: Handoff, step: Step, by: Actor, at: datetime) -> str:
    """Why the file does not allow a step that the table allows; empty where it does."""
    if not file.open and step is not Step.VOID:
        return "l’accompagnement est clos"
    match step:
        case Step.VOID if handoff.sender_account and by.account != handoff.sender_account:
            return "seule la personne qui l’a saisie peut l’annuler"
        case Step.CONTEST if by.kind is not ActorKind.PERSON and (
            handoff.reported is None or at > handoff.reported.until
        ):
            return "il n’y a pas de réponse rapportée à contester, ou le délai de cinq jours est passé"
        case Step.CONTEST if not handoff.open and _met(file, handoff):
            return "ce besoin est déjà conclu"
        case Step.ASK if handoff.asked is not None:
            return "une question attend déjà sa réponse"
        case Step.ANSWER if handoff.asked is None:
            return "aucune question n’attend"
        case Step.MISS if handoff.appointment is None:
            return "aucun rendez-vous n’est fixé"
        case Step.MISS if handoff.appointment and handoff.appointment > at:
            return "le rendez-vous n’est pas encore passé"
        case Step.ACCEPT if accepted_elsewhere(file, handoff):
            return "un autre passage de relais est déjà accepté"
        case Step.CONTACT if handoff.state is State.WAITLISTED and accepted_elsewhere(file, handoff):
            return "un autre passage de relais est déjà accepté"
        case Step.DECLINE | Step.REDIRECT | Step.RECALL if handoff.moved_lead:
            return "le référent a déjà changé : il peut faire une nouvelle demande"
        case Step.ESCALATE if handoff.escalated and by.kind is not ActorKind.CLOCK:
            return "le responsable est déjà alerté"
        case _:
            return ""


def _ungrounded(file: File, handoff: Handoff, step: Step, side: Side, at: datetime) -> str:
    """Why a step is not to be taken without what let the handoff leave; empty where it stands, or the step needs none.

    The person's word that she was seen is her own; it moves no lead either.
    """
    leads = step is Step.CONTACT and moved_by_contact(handoff)
    if not leads and (side is not Side.TARGET or step in _GIVING_BACK):
        return ""
    return "" if grounded(file, handoff, at) else NO_GROUND


def _met(file: File, handoff: Handoff) -> bool:
    """Whether nothing is left to do of what it was about."""
    return bool(handoff.needs) and not any(file.needs[need].open for need in handoff.needs if need in file.needs)


def _checked(step: Step, said: Said, at: datetime) -> None:
    if len(said.text) > LONGEST_TEXT:
        raise InvalidInput(f"Le texte a au plus {LONGEST_TEXT} caractères.", "text")
    if step in WITH_REASON and said.reason is None:
        raise ReasonMissing("Dites pourquoi : choisissez un motif.", "reason")
    if said.reason is ReasonCode.OTHER and not said.text.strip():
        raise ReasonMissing("« Autre motif » demande quelques mots.", "text")
    if step in _WITH_TEXT and not said.text.strip():
        raise ReasonMissing("Cette étape demande quelques mots.", "text")
    if step is Step.COMPLETE and said.outcome not in set(Outcome):
        raise InvalidInput("Dites comment cela s’est conclu.", "outcome")
    if step in _FARTHEST:
        _named_day(step, said, at)


def _named_day(step: Step, said: Said, at: datetime) -> None:
    if said.on is None:
        raise InvalidInput("Dites quel jour.", "on")
    if said.on <= at:
        raise InvalidInput("Ce jour est passé.", "on")
    farthest = _FARTHEST[step]
    if said.on > at + timedelta(days=farthest):
        raise InvalidInput(f"Ce jour est trop loin : {farthest} jours au plus.", "on")
