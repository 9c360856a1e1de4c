"""A day at a front door and in a social service: each situation that the product must stand, through the actions, on a clock that
the test moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.actions.casework import filing, handoffs, opening
from api.actions.casework.clocks import pass_over
from api.actions.casework.leaving import set_leave
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role, Viewer
from graph.model.casework import deciding
from graph.model.casework.acts import CoReferentSet, Event
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, ActorKind, CoReferent, File, Identity, Member, MemberRole, Outcome
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, ReasonCode, State, Step, Target
from graph.model.casework.leaving import Leave, standing_in
from graph.model.casework.owed import Holder, NextAction, Owed, owed
from graph.model.casework.said import Said, Taking
from graph.model.casework.sight import sight
from graph.model.casework.taking import take
from graph.model.casework.writings import Met, WorryTold
from graph.model.errors import NeedsConfirming, NotFound, StepNotAllowed
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from tests import make
from tests.api.casework import drafting
from tests.cases import CMS, DESK, lead_of, people
from tests.reading import shared

ADULT, SHELTER = MemberRole.ADULT, "logement-hebergement--mise-a-labri-urgence"
LEAVING_HOSPITAL = "parcours--sortie-dhospitalisation"
JOB, FOOD = "trouver-un-emploi--repondre-a-des-offres-demploi", "equipement-et-alimentation--alimentation"
CHILD = "protection--enfance-en-danger"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
# 17:00 in Paris.
FRIDAY = datetime(2026, 3, 6, 16, tzinfo=UTC)
SHARED = frozenset({ShareGroup.CONTACT, ShareGroup.NEED})
SOMEONE = Member(id="m1", role=ADULT, identity=Identity(name="Odile Martin", phone="06 39 98 12 12"))


@dataclass(slots=True)
class Day:
    """A front door where Anne works; a centre with Ben, Cléo and Dora, its head."""

    rooms: Rooms
    keys: int = 0

    def key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    async def opened(self, competence: str, at: datetime, member: Member = SOMEONE, **need: Any) -> File:
        needs = [opening.need_of(competence, at, **need)]
        return await opening.open_file(self.rooms, ANNE, [member], needs, key=self.key(), at=at)

    async def sent(self, file: File, at: datetime, to: str = CMS, ground: Ground = Ground.ACCORD) -> tuple[File, str]:
        """Its one need goes to another organisation, with what lets it leave."""
        [need] = file.needs.values()
        accord = ground is Ground.ACCORD
        consent = Consent(
            id=self.key(),
            ground=ground,
            recipient=to,
            purpose="Que ce besoin soit pris en charge",
            groups=SHARED,
            until=date(2027, 1, 1),
            given=at,
            member=next(iter(file.members)) if accord else "",
            means=Means.ORAL if accord else None,
            why_not="" if accord else "Intérêt de l’enfant",
        )
        await handoffs.give_consent(self.rooms, ANNE, file.id, consent, key=self.key(), at=at)
        draft = Draft(
            id=self.key(),
            kind=Kind.REFER,
            target=Target(organisation=to),
            needs=(need.id,),
            groups=SHARED,
            urgent=need.urgent,
        )
        await drafting.draft(self.rooms, ANNE, file.id, draft, key=self.key(), at=at)
        return await self.step(draft.id, Step.SUBMIT, ANNE, at), draft.id

    async def step(self, handoff: str, step: Step, viewer: Viewer, at: datetime, **said: Any) -> File:
        return await handoffs.step(self.rooms, viewer, handoff, step, Said(**said), key=self.key(), at=at)

    async def write(self, file: File, at: datetime, *events: Event, by: Viewer | None = None) -> File:
        async def decide(unit: Unit, file: File, by: Actor, at: datetime) -> Sequence[Event]:
            return events

        return await filing.act(self.rooms, by or ANNE, file.id, key=self.key(), asked=at, decide=decide, at=at)

    async def read(self, file: File) -> File:
        async with self.rooms.graph.reading() as unit:
            found = await unit.files.load(file.id)
        assert found is not None
        return found


def someone(account: str, organisation: str, role: Role = Role.PROFESSIONAL) -> Viewer:
    return make.viewer(
        role, account=account, name=account.title(), organisation=organisation, organisations=(organisation,)
    )


ANNE, BEN, CLEO = someone("anne", DESK), someone("ben", CMS), someone("cleo", CMS)
DORA = someone("dora", CMS, Role.HEAD_OF_SERVICE)


def owes(file: File, what: Owed) -> list[NextAction]:
    return [action for action in owed(file) if action.what is what]


@pytest.fixture
async def day(empty_graph: Graph, tmp_path: Path) -> Day:
    await people(empty_graph)
    settings = Settings(data=tmp_path)
    return Day(Rooms(settings=settings, graph=empty_graph, index=EmbeddedIndex(tmp_path / "index"), reader=shared()))


async def test_a_family_put_out_on_friday_at_five(day: Day) -> None:
    """The clock runs through the week-end; whoever is on call is told, and may take it."""
    file, handoff = await day.sent(await day.opened(SHELTER, FRIDAY, urgent=True), FRIDAY)
    assert file.handoffs[handoff].due == FRIDAY + timedelta(hours=2)
    for hours in (2, 8, 24):
        assert await pass_over(day.rooms.graph, FRIDAY + timedelta(hours=hours)) == 1
    saturday = FRIDAY + timedelta(hours=25)
    late = owes(await day.read(file), Owed.SEE_LATE)
    assert {(one.organisation, one.holder, one.urgent) for one in late} == {
        (CMS, Holder.HEAD, True),
        (DESK, Holder.WORKER, True),
    }
    after = await day.step(handoff, Step.ACCEPT, DORA, saturday, account="dora")
    assert after.handoffs[handoff].due == saturday + timedelta(hours=24)
    assert lead_of(after) == (DESK, "anne")


async def test_a_discharge_on_sunday_is_counted_backwards(day: Day) -> None:
    file = await day.opened(LEAVING_HOSPITAL, MONDAY, due=date(2026, 3, 15), due_what="sortie")
    [action] = owes(file, Owed.OUTSIDE_DATE)
    # The Sunday before, at nine in Paris: it is in the list of that week, not of the day itself.
    assert (action.account, action.due) == ("anne", datetime(2026, 3, 8, 8, tzinfo=UTC))


async def test_a_partner_who_never_writes_back(day: Day) -> None:
    """What he says by telephone is noted, unconfirmed; he has five days to say otherwise."""
    file, handoff = await day.sent(await day.opened(JOB, MONDAY), MONDAY)
    said = {"reported": Step.ACCEPT, "text": "Dit au téléphone"}
    file = await day.step(handoff, Step.REPORT, ANNE, MONDAY + timedelta(hours=1), **said)
    assert (file.handoffs[handoff].state, file.handoffs[handoff].reported is None) == (State.ACCEPTED, False)
    contested = await day.step(handoff, Step.CONTEST, BEN, MONDAY + timedelta(days=1), text="Nous n’avons rien dit.")
    assert (contested.handoffs[handoff].state, contested.handoffs[handoff].reported) == (State.SENT, None)
    met = MONDAY + timedelta(days=2)
    await day.step(handoff, Step.REPORT, ANNE, met, **said)
    file = await day.step(handoff, Step.REPORT, ANNE, met, reported=Step.CONTACT, text="Elle y est allée.")
    assert file.handoffs[handoff].state is State.ACCEPTED
    reported = file.handoffs[handoff].reported
    assert reported is not None
    assert await pass_over(day.rooms.graph, reported.until) == 1
    assert (await day.read(file)).handoffs[handoff].state is State.IN_PROGRESS


async def test_a_mission_locale_that_is_full(day: Day) -> None:
    """It keeps the request, says when it looks again, and what there is meanwhile."""
    file, handoff = await day.sent(await day.opened(JOB, MONDAY), MONDAY)
    review = MONDAY + timedelta(days=30)
    file = await day.step(handoff, Step.WAITLIST, BEN, MONDAY, on=review, interim="Atelier du mardi")
    [action] = owes(file, Owed.REVIEW_WAIT)
    assert (action.organisation, action.due) == (CMS, review)
    assert file.handoffs[handoff].interim == "Atelier du mardi"
    assert await pass_over(day.rooms.graph, review - timedelta(seconds=1)) == 0
    assert await pass_over(day.rooms.graph, review) == 1


async def test_a_referent_on_holiday(day: Day) -> None:
    """Her substitute does what she owes on those days; the file stays hers."""
    leave = Leave(account="ben", organisation=CMS, since=date(2026, 3, 2), until=date(2026, 3, 13), substitute="cleo")
    await set_leave(day.rooms, BEN, leave, at=MONDAY)
    async with day.rooms.graph.reading() as unit:
        leaves = await unit.timing.leaves(CMS)
    assert [standing_in(leaves, "ben", day_) for day_ in (date(2026, 3, 13), date(2026, 3, 14))] == ["cleo", "ben"]
    needs = [opening.need_of(FOOD, MONDAY)]
    file = await opening.open_file(day.rooms, BEN, [SOMEONE], needs, key="ben", at=MONDAY)
    moved = await opening.end_need(
        day.rooms, CLEO, file.id, needs[0].id, Outcome.MET, "Fait pour Ben.", key="cleo", at=MONDAY
    )
    assert (lead_of(moved), moved.needs[needs[0].id].open) == ((CMS, "ben"), False)
    with pytest.raises(NotFound):
        await filing.seen(day.rooms, CLEO, file.id, datetime(2026, 3, 14, 9, tzinfo=UTC))
    # Without a substitute the desk stands in, and everyone of the house is at the desk; nobody else.
    await set_leave(day.rooms, BEN, replace(leave, substitute=""), at=MONDAY)
    assert (await filing.seen(day.rooms, CLEO, file.id, MONDAY))[1].works
    with pytest.raises(NotFound):
        await filing.seen(day.rooms, ANNE, file.id, MONDAY)


async def test_a_person_refuses_one_relay_and_keeps_the_others(day: Day) -> None:
    file, first = await day.sent(await day.opened(FOOD, MONDAY), MONDAY)
    file, second = await day.sent(file, MONDAY, to="o:epicerie")
    assert sight(file, BEN, MONDAY).groups == SHARED
    person = Actor(kind=ActorKind.PERSON, member="m1")
    event = take(file, first, Step.WITHDRAW, person, Said(), Taking(at=MONDAY))

    async def withdraw(unit: Unit) -> File:
        return await unit.files.append(await unit.files.load(file.id), person, MONDAY, event)

    after = await day.rooms.graph.write(withdraw)
    assert [after.handoffs[one].state for one in (first, second)] == [State.WITHDRAWN, State.SENT]
    # Nothing is read any longer; that there was something stays.
    assert (sight(after, BEN, MONDAY).groups, sight(after, BEN, MONDAY).handoffs) == (frozenset(), {first})
    assert sight(after, someone("zoe", "o:epicerie"), MONDAY).groups == SHARED


async def test_a_family_with_four_professionals(day: Day) -> None:
    """Other bodies' referents are shown and moved by nobody; one leads; the person is invited."""
    file = await day.opened(FOOD, MONDAY)
    others = [CoReferent(id=id_, organisation=f"o:{id_}", matter=id_) for id_ in ("rsa", "pmi", "tutelle")]
    met = Met(on=MONDAY, present=("Anne", "Odile Martin"), decided="Une visite par semaine.", invited=True, came=True)
    file = await day.write(file, MONDAY, *(CoReferentSet(co_referent=one) for one in others), met)
    assert (len(file.co_referents), lead_of(file), file.last_contact) == (3, (DESK, "anne"), MONDAY)
    async with day.rooms.graph.reading() as unit:
        assert [entry.event for entry in await unit.files.log(file.id)][-1] == met


async def test_a_caller_without_a_name_and_nobody_is_asked_for_papers(day: Day) -> None:
    file = await day.opened(FOOD, MONDAY, Member(id="m1", role=ADULT))
    assert file.members["m1"].identity == Identity()
    asked = {one.name for one in fields(Identity)} | {one.name for one in fields(Member)}
    assert not asked & {"nationality", "papers", "residence", "permit", "national_number"}
    file, handoff = await day.sent(file, MONDAY)
    assert file.handoffs[handoff].state is State.SENT


async def test_a_child_in_danger(day: Day) -> None:
    """One acts first, without an accord; a second person looks at it the next working day, and it is not closed before."""
    child = replace(SOMEONE, role=MemberRole.CHILD)
    file, handoff = await day.sent(await day.opened(CHILD, FRIDAY, child, urgent=True), FRIDAY, ground=Ground.DANGER)
    worry = WorryTold(id="w1", on=FRIDAY.date(), addressee=CMS, why_not="Intérêt de l’enfant")
    file = await day.write(file, FRIDAY, worry)
    assert file.handoffs[handoff].state is State.SENT
    [action] = owes(file, Owed.REVIEW_DANGER)
    assert (action.organisation, action.holder, action.urgent) == (DESK, Holder.HEAD, True)
    assert action.due == datetime(2026, 3, 9, 11, tzinfo=UTC)
    anne = filing.actor_of(ANNE)
    with pytest.raises(StepNotAllowed):
        deciding.reviewed(file, handoff, anne, "Relu par la même.")
    with pytest.raises(StepNotAllowed):
        deciding.closed(file, Outcome.NO_NEWS, "Trop tôt.")
    seen = deciding.reviewed(file, handoff, filing.actor_of(someone("edith", DESK)), "Juste.")
    head = someone("edith", DESK, Role.HEAD_OF_SERVICE)
    assert owes(await day.write(file, FRIDAY, seen, by=head), Owed.REVIEW_DANGER) == []
    # What was told stays with whoever works on the file: the addressee of a request reads nothing of it.
    assert sight(file, BEN, FRIDAY).whole is False


async def test_full_here_the_same_file_goes_on(day: Day) -> None:
    """A refusal has its code, the lead owes what follows, and who refused is asked again knowingly only."""
    file, handoff = await day.sent(await day.opened(FOOD, MONDAY), MONDAY)
    file = await day.step(handoff, Step.DECLINE, BEN, MONDAY, reason=ReasonCode.NO_CAPACITY)
    [action] = owes(file, Owed.CHOOSE_NEXT)
    assert (action.organisation, action.account) == (DESK, "anne")
    again = Draft(id="again", kind=Kind.REFER, target=Target(organisation=CMS), needs=file.handoffs[handoff].needs)
    with pytest.raises(NeedsConfirming):
        await drafting.draft(day.rooms, ANNE, file.id, again, key=day.key(), at=MONDAY)
    file, other = await day.sent(await day.read(file), MONDAY, to="o:epicerie")
    assert {one.id: one.state for one in file.handoffs.values()} == {handoff: State.DECLINED, other: State.SENT}
