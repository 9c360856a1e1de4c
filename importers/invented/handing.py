"""One need: done in the house, or handed on, relay after relay, until somebody helps or nobody is left to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from graph.model.casework import deciding
from graph.model.casework.clocks import PARIS
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Need, Outcome
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, OrderedLead, ReasonCode, State, Step, Target
from graph.model.casework.writings import NoRelayFound
from importers.invented.answers import answered, gone_alone, person
from importers.invented.life import Course, Life

# Kinds of handoffs of one need, with their shares.
OF_A_NEED: Final = ((Kind.REFER, 78), (Kind.ORIENT, 15), (Kind.RELINK, 7))
ORDERED: Final = frozenset({"protection--mesure-de-protection-juridique", "protection--enfance-en-danger"})
GROUPS: Final = frozenset({ShareGroup.IDENTITY, ShareGroup.CONTACT, ShareGroup.NEED})
MOST_TRIES: Final = 3
GONE: Final = {
    ReasonCode.NO_CAPACITY: "no_capacity",
    ReasonCode.NOT_ELIGIBLE: "not_eligible",
    ReasonCode.OUT_OF_AREA: "out_of_area",
}
PURPOSE: Final = "Avancer sur ce besoin avec un partenaire"


def placed(life: Life, one: Need, commune: str) -> Course:
    """One need: done in the house, or handed on until somebody helps or nobody is left to ask."""
    if not _still(life, one.id):
        return
    here = life.network.relays(one.competence, commune)
    if not here:
        life.write(life.lead(), NoRelayFound(need=one.id, cause="no_service"))
        yield life.days(40)
        _end(life, one.id, Outcome.PARTLY_MET, "Sans relais ici : fait au mieux à l’accueil.")
        return
    gated = life.network.gated(one.competence, commune)
    if life.lead().organisation in here and not gated and life.chance(0.35):
        yield life.days(15, 0.8)
        _end(life, one.id, Outcome.MET, "Fait dans le service.")
        return
    yield from _handed(life, one, commune)
    if _still(life, one.id):
        met = any(h.state is State.COMPLETED for h in life.file.handoffs.values() if one.id in h.needs)
        _end(life, one.id, Outcome.MET if met else Outcome.PARTLY_MET, "Ce qui pouvait l’être est fait.")


def _handed(life: Life, one: Need, commune: str) -> Iterator[datetime]:
    parent = ""
    for _ in range(MOST_TRIES):
        target = _next(life, one, commune)
        if target is None or not _still(life, one.id):
            return
        kind = life.random.choices([kind for kind, _ in OF_A_NEED], [share for _, share in OF_A_NEED])[0]
        if one.competence in ORDERED and life.chance(0.4):
            kind = Kind.ORDERED
        if life.network.gated(one.competence, commune):
            kind = Kind.REFER
        id_ = _sends(life, kind, target, one, parent)
        yield from _until_ended(life, id_)
        if not life.file.open:
            return
        last = _last(life, id_)
        ended = life.file.handoffs[last]
        if ended.state is State.COMPLETED:
            yield life.days(2)
            return
        yield life.days(2)
        if not life.file.open:
            return
        if not life.file.handoffs[last].settled:
            life.write(life.lead(), deciding.settled(life.file, last, "Nous cherchons ailleurs."))
        if ended.state is State.WITHDRAWN:
            return
        if ended.reason is not None and ended.reason in GONE and life.chance(0.3):
            life.write(life.lead(), NoRelayFound(need=one.id, cause=GONE[ended.reason]))
        parent = last


def _sends(life: Life, kind: Kind, target: str, one: Need, parent: str) -> str:
    """Prepared and sent with the ground that it needs; in one of twelve the accord comes later."""
    by, id_ = life.lead(), life.id_of("h")
    grounded = kind is not Kind.ORIENT and not life.chance(1 / 12)
    if grounded:
        life.write(by, deciding.consent_given(life.file, consent(life, target, (one.id,))))
    draft = Draft(
        id=id_,
        kind=kind,
        target=Target(organisation=target),
        needs=(one.id,),
        purpose=PURPOSE,
        message=one.words,
        groups=GROUPS if kind is not Kind.ORIENT else frozenset(),
        urgent=one.urgent,
        order=OrderedLead.UNCHANGED,
        confirmed=True,
        parent=parent,
    )
    life.write(by, deciding.drafted(life.file, draft, by, life.taking))
    life.step(id_, Step.SUBMIT, by)
    life.plan(_follows(life, id_))
    return id_


def _follows(life: Life, id_: str) -> Course:
    """What the person and the addressee do with it. Now and then she wants it no longer."""
    handoff = life.file.handoffs[id_]
    if life.chance(0.02):
        life.plan(_withdraws(life, id_), life.days(6))
    if handoff.state is State.AWAITING_CONSENT:
        yield life.days(3)
        if life.chance(0.9) and _waiting(life, id_):
            given = consent(life, handoff.target.organisation, handoff.needs)
            life.write(life.lead(), deciding.consent_given(life.file, given))
            life.step(id_, Step.CONSENT, life.lead(), consent=given.id)
        elif not life.step(id_, Step.REFUSE, person(life)):
            return
    if not life.file.handoffs[id_].open:
        return
    if handoff.kind is Kind.ORIENT:
        yield from gone_alone(life, id_)
        return
    yield from answered(life, id_)
    for child in [one.id for one in life.file.handoffs.values() if one.parent == id_ and one.open]:
        life.plan(_follows(life, child))


def _withdraws(life: Life, id_: str) -> Course:
    life.step(id_, Step.WITHDRAW, person(life))
    return
    yield


def _until_ended(life: Life, id_: str) -> Iterator[datetime]:
    """Until the last of its chain has ended; whoever waits looks once a week."""
    while life.file.open and life.file.handoffs[_last(life, id_)].open:
        yield life.days(5, 0.2)


def _last(life: Life, id_: str) -> str:
    """The handoff to which redirects led."""
    while life.file.handoffs[id_].state is State.REDIRECTED:
        id_ = next(one.id for one in life.file.handoffs.values() if one.parent == id_)
    return id_


def _next(life: Life, one: Need, commune: str) -> str | None:
    """Whom to ask: what is planted comes first more often, so that figures have something to find."""
    planted = life.network.planted
    asked = {h.target.organisation for h in life.file.handoffs.values() if one.id in h.needs}
    here = life.network.relays(one.competence, commune)
    if life.network.gated(one.competence, commune) and planted.bottleneck not in asked:
        return planted.bottleneck
    found = [id_ for id_ in here if id_ not in asked and id_ != life.lead().organisation]
    marked = [id_ for id_ in found if id_ in {*planted.silent, planted.saturated, planted.mismatched}]
    if marked and life.chance(0.5):
        return life.random.choice(marked)
    return life.random.choice(found) if found else None


def consent(life: Life, recipient: str, needs: tuple[str, ...]) -> Consent:
    """An accord, given by voice as often as not; or the law's ground between those who accompany."""
    today = life.now.astimezone(PARIS).date()
    accord = life.chance(0.75)
    return Consent(
        id=life.id_of("c"),
        ground=Ground.ACCORD if accord else Ground.CASF_L121_6_2,
        recipient=recipient,
        purpose=PURPOSE,
        groups=GROUPS,
        until=today + timedelta(days=365),
        given=life.now,
        member=next(iter(life.file.members)) if accord else "",
        means=life.random.choice((Means.ORAL, Means.TELEPHONE, Means.WRITTEN)) if accord else None,
        needs=needs,
        informed=None if accord else today,
        recorded_by=life.lead().account,
    )


def _waiting(life: Life, id_: str) -> bool:
    return life.file.open and life.file.handoffs[id_].state is State.AWAITING_CONSENT


def _still(life: Life, need_id: str) -> bool:
    """Whether somebody still waits for it."""
    return life.file.open and life.file.needs[need_id].open


def _end(life: Life, need_id: str, outcome: Outcome, text: str) -> None:
    if _still(life, need_id) and not life.file.handing(need_id):
        life.write(life.lead(), deciding.need_ended(life.file, need_id, outcome, text))
