"""A family for tests: two adults, a child, several needs, of which some are nobody else's business."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graph.model.access import Role
from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event, NeedAdded
from graph.model.casework.applying import applied
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, ActorKind, Appointment, File, Identity, Member, MemberRole, Need
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, Step, Target
from graph.model.casework.said import NOTHING, Said, Taking
from graph.model.casework.taking import take
from graph.model.casework.writings import AppointmentSet
from graph.store.unit import Graph, Unit
from tests import make

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOTHER, FATHER, CHILD = "m-odile", "m-paul", "m-lea"
RENT, VIOLENCE, SCHOOL, HEALTH = "n-rent", "n-violence", "n-school", "n-health"
ODILE = Member(
    id=MOTHER, role=MemberRole.PARENTAL_AUTHORITY, identity=Identity(name="Odile Martin", born=date(1988, 5, 4))
)
PAUL = Member(id=FATHER, role=MemberRole.ADULT, identity=Identity(name="Paul Martin", phone="06 11 22 33 44"))
LEA = Member(id=CHILD, role=MemberRole.CHILD, identity=Identity(name="Léa Martin", born=date(2012, 9, 1)))
WORKER = Actor(kind=ActorKind.PROFESSIONAL, account="t:professional.cms", organisation="t:cms", name="Anne Leroy")
PARTNER = Actor(kind=ActorKind.PROFESSIONAL, account="t:professional.adil", organisation="t:adil", name="Ben Petit")
ANNE = make.viewer(
    Role.PROFESSIONAL, account="t:professional.cms", name="Anne Leroy", organisation="t:cms", organisations=("t:cms",)
)
HEAD = make.viewer(
    Role.HEAD_OF_SERVICE, account="t:head_of_service.cms", organisation="t:cms", organisations=("t:cms",)
)
BEN = make.viewer(
    Role.HEAD_OF_SERVICE,
    account="t:professional.adil",
    name="Ben Petit",
    organisation="t:adil",
    organisations=("t:adil",),
)


def person(member: str = MOTHER) -> Actor:
    return Actor(kind=ActorKind.PERSON, member=member)


def need(id_: str, competence: str, **values: Any) -> Need:
    return Need(id=id_, competence=competence, opened=AT, review=deciding.need_review(AT, False), **values)


def consent(id_: str = "c-rent", recipient: str = "t:adil", **values: Any) -> Consent:
    plain: dict[str, Any] = {
        "ground": Ground.ACCORD,
        "purpose": "garder son logement",
        "groups": frozenset({ShareGroup.NEED, ShareGroup.IDENTITY}),
        "until": date(2099, 3, 1),
        "given": AT,
        "member": MOTHER,
        "means": Means.ORAL,
    }
    return Consent(id=id_, recipient=recipient, **(plain | values))


def draft(id_: str = "h-rent", kind: Kind = Kind.REFER, needs: tuple[str, ...] = (RENT,), **values: Any) -> Draft:
    plain: dict[str, Any] = {"target": Target(organisation="t:adil"), "groups": frozenset({ShareGroup.NEED})}
    return Draft(id=id_, kind=kind, needs=needs, **(plain | values))


class Making:
    """A file made act by act, in memory: what the graph is given is the same list of events."""

    def __init__(self, *members: Member, by: Actor = WORKER) -> None:
        self.by = by
        self.events: list[tuple[Actor, Event]] = []
        self.file: File | None = None
        self.add(deciding.opened(by, members or (ODILE, PAUL, LEA), AT))

    def add(self, *events: Event, by: Actor | None = None, at: datetime = AT) -> File:
        by = by or self.by
        for event in events:
            seq = self.file.seq + 1 if self.file else 1
            self.file = applied(self.file, Entry(file="f1", seq=seq, at=at, by=by, event=event))
            self.events.append((by, event))
        assert self.file is not None
        return self.file

    def step(self, handoff: str, step: Step, by: Actor | None = None, said: Said = NOTHING, at: datetime = AT) -> File:
        assert self.file is not None
        by = by or self.by
        return self.add(take(self.file, handoff, step, by, said, Taking(at=at)), by=by, at=at)

    def drafted(self, one: Draft) -> File:
        assert self.file is not None
        return self.add(deciding.drafted(self.file, one, self.by, Taking(at=AT)))

    def handed(self, one: Draft, *steps: Step) -> File:
        """Drafted, sent, and these steps of the partner."""
        self.drafted(one)
        self.step(one.id, Step.SUBMIT)
        for step in steps:
            self.step(one.id, step, replace(PARTNER, organisation=one.target.organisation))
        assert self.file is not None
        return self.file


def family(by: Actor = WORKER) -> Making:
    """Rent for all, violence the mother's secret, school and sexual health the child's."""
    made = Making(by=by)
    made.add(
        NeedAdded(need=need(RENT, make.RENT, words="loyer")),
        NeedAdded(need=need(VIOLENCE, "protection--violences-conjugales", member=MOTHER, secret=True)),
        NeedAdded(need=need(SCHOOL, "famille--garde-denfants", member=CHILD)),
        NeedAdded(need=need(HEALTH, "sante--sante-sexuelle", member=CHILD)),
    )
    assert made.file is not None
    made.add(deciding.consent_given(made.file, consent()))
    return made


def slots(handoff: str = "", **values: Any) -> AppointmentSet:
    offered = tuple(AT + timedelta(days=days) for days in (7, 8))
    plain: dict[str, Any] = {"organisation": "t:adil", "where": "1 rue des Essais", "slots": offered}
    return AppointmentSet(appointment=Appointment(id="r1", handoff=handoff, **(plain | values)))


async def kept(graph: Graph, made: Making, id_: str, at: datetime = AT) -> File:
    """The same events in the graph, under this id."""

    async def write(unit: Unit) -> File:
        file: File | None = None
        for by, event in made.events:
            file = await unit.files.append(file, by, at, event, id_=id_)
        assert file is not None
        return file

    return await graph.write(write)
