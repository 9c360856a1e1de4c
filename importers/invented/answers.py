"""What a body does with what it is sent, from the first reading to the end of its help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from graph.model.casework.file import Actor, ActorKind, Outcome
from graph.model.casework.handoff import UNANSWERED, Handoff, Kind, ReasonCode, State, Step, Target
from importers.invented.habits import Habit, habit
from importers.invented.life import Life

# By authorities, whose silence counts after a time of the law.
DECIDED: Final = frozenset(
    {
        "difficultes-administratives-ou-juridiques--domiciliation",
        "sante--constituer-un-dossier-mdph-invalidite",
        "droits-et-prestations--allocation-adulte-handicape",
    }
)
QUESTIONS: Final = (
    "Depuis quand ?",
    "Une demande a-t-elle déjà été faite ?",
    "La personne peut-elle venir à l’accueil ?",
)
INTERIM: Final = (
    "Colis et accueil de jour en attendant",
    "Rendez-vous d’information collective",
    "Suivi par l’accueil",
)


def answered(life: Life, id_: str) -> Iterator[datetime]:
    """The addressee's side of a handoff that was sent; it goes on until the handoff has ended, or she falls silent."""
    handoff = _handoff(life, id_)
    ways = habit(life.network.planted, handoff.target.organisation)
    if life.chance(ways.silent):
        return
    yield (
        life.now + timedelta(hours=life.random.uniform(0.2, 3)) if handoff.urgent else life.days(ways.days, ways.spread)
    )
    life.step(id_, Step.OPEN, _target(life, id_))
    if _handoff(life, id_).state not in UNANSWERED:
        return
    if life.chance(0.06):
        yield from _asks(life, id_)
    yield from _answers(life, id_, ways)
    yield from _helps(life, id_)


def _answers(life: Life, id_: str, ways: Habit) -> Iterator[datetime]:
    """Declined, sent on, put on a waiting list, filed for a decision, or taken."""
    handoff = _handoff(life, id_)
    if reason := ways.reason(life.random):
        life.step(id_, Step.DECLINE, _target(life, id_), reason=reason, text="Réponse de notre commission.")
        return
    if life.chance(ways.redirects) and (other := _other(life, handoff)):
        child = life.id_of("h")
        code = ReasonCode.NOT_OFFERED
        to = Target(organisation=other)
        if life.step(id_, Step.REDIRECT, _target(life, id_), reason=code, to=to, child=child, confirmed=True):
            return
    if life.chance(ways.waits):
        review = life.now + timedelta(days=life.random.randint(14, 55))
        interim = life.random.choice(INTERIM)
        life.step(id_, Step.WAITLIST, _target(life, id_), on=review, interim=interim)
        yield review - timedelta(hours=life.random.uniform(1, 60))
    if _competence(life, handoff) in DECIDED and life.step(id_, Step.FILE_FOR_DECISION, _target(life, id_)):
        yield life.days(24)
        granted = life.chance(0.85)
        life.step(id_, Step.DECIDE, _target(life, id_), granted=granted, appeal="Recours gracieux sous deux mois.")
        return
    if handoff.kind in {Kind.REFER, Kind.RELINK} and life.chance(0.06):
        life.step(id_, Step.REPORT, life.lead(), reported=Step.ACCEPT, text="Dit au téléphone.")
        return
    by = _target(life, id_)
    life.step(id_, Step.ACCEPT, by, account=by.account)


def _helps(life: Life, id_: str) -> Iterator[datetime]:
    """From the first appointment to the last word: some do not come, some are waited for, some are not helped."""
    if _handoff(life, id_).state is not State.ACCEPTED:
        return
    for _ in range(life.random.choice((1, 1, 1, 1, 1, 2, 2, 3))):
        day = life.days(4)
        if not life.step(id_, Step.BOOK, _target(life, id_), on=day):
            return
        yield day + timedelta(minutes=50)
        if life.chance(0.85) and life.step(id_, Step.CONTACT, _target(life, id_)):
            break
        life.step(id_, Step.MISS, _target(life, id_))
    if _handoff(life, id_).state is State.ACCEPTED:
        yield life.days(3)
        if not life.step(id_, Step.CONTACT, _target(life, id_)):
            return
    yield life.days(22, 0.7)
    if life.chance(0.08):
        until = life.now + timedelta(days=life.random.randint(20, 80))
        if life.step(id_, Step.PAUSE, _target(life, id_), on=until, reason=ReasonCode.UNREACHABLE, text="Partie."):
            yield until - timedelta(hours=5)
            life.step(id_, Step.RESUME, _target(life, id_))
            yield life.days(15)
    if life.chance(0.88):
        outcome = Outcome.MET if life.chance(0.8) else Outcome.PARTLY_MET
        life.step(id_, Step.COMPLETE, _target(life, id_), outcome=outcome.value)
    else:
        code = life.random.choice((ReasonCode.UNREACHABLE, ReasonCode.DECLINED_BY_PERSON, ReasonCode.NOT_ELIGIBLE))
        life.step(id_, Step.FAIL, _target(life, id_), reason=code, text="L’aide s’arrête là.")


def _asks(life: Life, id_: str) -> Iterator[datetime]:
    """A question; the sender answers, late once in five."""
    if life.step(id_, Step.ASK, _target(life, id_), text=life.random.choice(QUESTIONS)):
        yield life.days(6 if life.chance(0.2) else 1)
        life.step(id_, Step.ANSWER, life.lead(), text="Oui, voir la fiche jointe.")
        yield life.days(1)


def gone_alone(life: Life, id_: str) -> Iterator[datetime]:
    """Where the person goes by herself: the sender asks after it, and says how it ended."""
    yield life.days(8)
    if not life.chance(0.8):
        life.step(id_, Step.FAIL, life.lead(), reason=ReasonCode.UNREACHABLE, text="N’y est pas allée.")
        return
    life.step(id_, Step.CONTACT, life.lead())
    yield life.days(12)
    life.step(id_, Step.COMPLETE, life.lead(), outcome=Outcome.MET.value)


def _other(life: Life, handoff: Handoff) -> str | None:
    """A body that was not asked yet, for the same need."""
    commune = next(iter(life.file.members.values())).identity.commune
    asked = {one.target.organisation for one in life.file.handoffs.values()} | {life.lead().organisation}
    found = [one for one in life.network.relays(_competence(life, handoff), commune) if one not in asked]
    return life.random.choice(found) if found else None


def _competence(life: Life, handoff: Handoff) -> str:
    return life.file.needs[handoff.needs[0]].competence if handoff.needs else ""


def _handoff(life: Life, id_: str) -> Handoff:
    return life.file.handoffs[id_]


def _target(life: Life, id_: str) -> Actor:
    target = _handoff(life, id_).target
    return life.someone(target.organisation, target.professional)


def person(life: Life) -> Actor:
    """The first member of the file, who acts for herself."""
    return Actor(kind=ActorKind.PERSON, member=next(iter(life.file.members)))
