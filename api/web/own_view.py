"""A person's own page as it is shown: who answers for her, where each request is and who moves next, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.actions.casework.reading_page import Gathered, Look
from api.actions.casework.referent import Referent
from api.web.render import listed
from api.words.dates import exact_day, today_words
from graph.model.casework import by_person
from graph.model.casework.by_person import Question
from graph.model.casework.clocks import PARIS
from graph.model.casework.file import Appointment, Need, Outcome, Right
from graph.model.casework.grounds import Consent, Ground
from graph.model.casework.handoff import Handoff, Step
from graph.model.casework.household import KEPT_TO_ONESELF
from graph.model.casework.sentences import partner_of, sentences
from graph.model.casework.slots import takeable
from graph.model.directory import Organisation
from graph.model.vocabulary import button, label

ENDED: Final[Mapping[Outcome, str]] = {
    Outcome.MET: "C’est fait.",
    Outcome.PARTLY_MET: "C’est fait en partie.",
    Outcome.RIGHT_REFUSED: "Cela a été refusé. Vous pouvez demander comment faire un recours.",
    Outcome.NO_LONGER_WANTED: "Vous n’en avez plus besoin.",
    Outcome.MOVED: "Vous avez déménagé : un autre service continue.",
    Outcome.NO_NEWS: "Nous n’avons plus eu de vos nouvelles. Vous pouvez revenir quand vous voulez.",
    Outcome.DECEASED: "C’est terminé.",
}
# What is nobody else's business is not told to who looks over her shoulder.
OWN: Final = "Demande personnelle"
SEARCHING: Final = "La personne qui vous accompagne cherche qui peut vous aider {before}."
# What a step does, before it is done.
WHY: Final[Mapping[Step, str]] = {
    Step.CONSENT: "{partner} pourra lire : {groups}. Vous pourrez reprendre votre accord quand vous voulez.",
    Step.REFUSE: "Rien ne partira. Vos autres demandes continuent.",
    Step.CONTACT: "Vous avez rencontré {partner}, ou parlé avec eux.",
    Step.DISPUTE: "{partner} a noté vous avoir vu. Dites-le si ce n’est pas vrai : la demande repart.",
    Step.WITHDRAW: "{partner} ne s’en occupera plus. Vos autres demandes continuent.",
    Step.CONTEST: "La mesure continue. La personne qui vous accompagne saura que vous n’êtes pas d’accord.",
}
# Kept out of sight until asked for: a mistake there is hard to mend.
GRAVE: Final = frozenset({Step.REFUSE, Step.WITHDRAW, Step.CONTEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One act of hers: its button, what it does, and whether it is asked for twice."""

    step: str
    label: str
    why: str
    grave: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffView:
    """One request to a partner."""

    id: str
    partner: str
    phone: str
    where: str
    next: str
    steps: tuple[StepView, ...]
    opinion: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedView:
    """One problem, with those who were asked about it; `next` where nobody was."""

    id: str
    name: str
    open: bool
    ended: str
    next: str
    handoffs: tuple[HandoffView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotView:
    """One hour that is offered: its value in the form, and in words."""

    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentView:
    """Hours to choose from, and the one that she chose."""

    id: str
    partner: str
    where: str
    booked: str
    slots: tuple[SlotView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """What may be told to whom, why, until when; `withdrawable` where it is her own word that lets it."""

    id: str
    partner: str
    groups: str
    purpose: str
    ground: str
    until: str
    withdrawn: str
    withdrawable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnView:
    """The page. `closes` is the time at which it closes by itself, `left` the seconds until then; `apart` where it
    names nobody and no house."""

    referent: Referent | None
    apart: bool
    closed: bool
    needs: tuple[NeedView, ...]
    of_the_file: tuple[HandoffView, ...]
    appointments: tuple[AppointmentView, ...]
    told: tuple[ToldView, ...]
    looks: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    opinion: bool
    rights: tuple[tuple[str, str, bool], ...]
    paper: bool
    printed: str


def own_view(gathered: Gathered, at: datetime) -> OwnView:
    """What was gathered, in words, at this moment."""
    made = _Words(gathered, at)
    file = gathered.file
    asked = {one.right for one in file.askings.values() if one.member == gathered.by.member}
    return OwnView(
        referent=gathered.referent,
        apart=gathered.apart,
        closed=not file.open,
        needs=made.needs(),
        of_the_file=tuple(made.handoff(one) for one in gathered.shown.handoffs if not one.needs),
        appointments=tuple(made.appointment(one) for one in gathered.shown.appointments if _to_come(one, at)),
        told=tuple(made.told(one) for one in gathered.shown.consents),
        looks=tuple(made.look(one) for one in gathered.looks),
        questions=tuple((question.value, label("question", question)) for question in Question),
        opinion=by_person.may_say(file, gathered.by.member, "", at),
        rights=tuple((right.value, button("right", right), right in asked) for right in Right),
        paper=not file.danger_at_home,
        printed=exact_day(at.astimezone(PARIS).date()),
    )


def before(due: datetime, at: datetime) -> str:
    """Until when, as people say it; a date that has passed is not hidden."""
    local, now = due.astimezone(PARIS), at.astimezone(PARIS)
    if due < at:
        return f"(c’était prévu pour le {exact_day(local.date())} : vous pouvez le rappeler)"
    days = (local.date() - now.date()).days
    if days == 0:
        return "aujourd’hui"
    return "avant demain soir" if days == 1 else f"avant le {exact_day(local.date())}"


def _to_come(one: Appointment, at: datetime) -> bool:
    return (one.booked or max(one.slots, default=at - timedelta(days=1))) > at


class _Words:
    def __init__(self, gathered: Gathered, at: datetime) -> None:
        self._of, self._at = gathered, at

    def needs(self) -> tuple[NeedView, ...]:
        """Each request to a partner once, under the first of its problems; what is open first."""
        told: set[str] = set()
        found: list[NeedView] = []
        for need in self._of.shown.needs:
            mine = [one for one in self._of.shown.handoffs if need.id in one.needs and one.id not in told]
            told |= {one.id for one in mine}
            found.append(self._need(need, mine))
        return tuple(sorted(found, key=lambda view: not view.open))

    def _need(self, need: Need, handoffs: Sequence[Handoff]) -> NeedView:
        waiting = need.open and not any(one.open for one in self._of.shown.handoffs if need.id in one.needs)
        return NeedView(
            id=need.id,
            name=OWN if need.secret or need.competence in KEPT_TO_ONESELF else label("competence", need.competence),
            open=need.open and self._of.file.open,
            ended=ENDED[need.outcome] if need.outcome else "",
            next=SEARCHING.format(before=before(need.review, self._at)) if waiting and self._of.file.open else "",
            handoffs=tuple(self.handoff(one) for one in sorted(handoffs, key=lambda one: not one.open)),
        )

    def handoff(self, one: Handoff) -> HandoffView:
        """Where it is, who moves next, what she may do."""
        body = self._body(partner_of(one))
        said = sentences(one)
        partner = body.name if body else "Un service"
        groups = listed([label("share", group) for group in sorted(one.groups)]) or "ce qui est pratique"
        steps = by_person.steps(self._of.file, one, self._of.by, self._at)
        return HandoffView(
            id=one.id,
            partner=partner,
            phone=body.contact.phone if body and one.open else "",
            where=said.where.format(partner=partner),
            next=said.next.format(partner=partner, before=before(one.due, self._at)),
            steps=tuple(
                StepView(
                    step=step.value,
                    label=button("page", step),
                    why=WHY[step].format(partner=partner, groups=groups),
                    grave=step in GRAVE,
                )
                for step in steps
                if not (step is Step.WITHDRAW and Step.REFUSE in steps)
            ),
            opinion=by_person.may_say(self._of.file, self._of.by.member, one.id, self._at),
        )

    def appointment(self, one: Appointment) -> AppointmentView:
        """Hours to come, in the order of the day."""
        body = self._body(one.organisation)
        return AppointmentView(
            id=one.id,
            partner=body.name if body else "",
            where=one.where,
            booked=today_words(one.booked.astimezone(PARIS)) if one.booked else "",
            slots=tuple(
                SlotView(value=slot.isoformat(), words=today_words(slot.astimezone(PARIS)))
                for slot in sorted(one.slots)
                if slot > self._at and slot != one.booked and takeable(self._of.file, one)
            ),
        )

    def told(self, one: Consent) -> ToldView:
        """One accord or one duty."""
        body = self._body(one.recipient)
        stands = one.stands(self._at.astimezone(PARIS).date())
        return ToldView(
            id=one.id,
            partner=body.name if body else "Un service",
            groups=listed([label("share", group) for group in sorted(one.groups)]),
            purpose=one.purpose,
            ground="votre accord" if one.ground is Ground.ACCORD else label("ground", one.ground),
            until=exact_day(one.until),
            withdrawn=exact_day(one.withdrawn.astimezone(PARIS).date()) if one.withdrawn else "",
            withdrawable=stands and one.ground is Ground.ACCORD,
        )

    def look(self, one: Look) -> str:
        """ "ADIL du Doubs, conseillère, le 3 mars 2026"."""
        body = self._body(one.organisation)
        who = [body.name if body else "Un service", one.function]
        return f"{', '.join(word for word in who if word)}, le {exact_day(one.on)}"

    def _body(self, id_: str) -> Organisation | None:
        return self._of.bodies.get(id_)
