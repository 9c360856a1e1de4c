"""Whole lives of files: whatever several organisations, the person and time do, I1 to I10 hold after each act.

`MAILLAGE_TEST_LIVES=5000` lives as many lives; 300 are lived by default, 1,000 by `make test-full`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Final
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from graph.model.access import Role, Viewer
from graph.model.casework import acts, deciding
from graph.model.casework.acts import EVENTS, Entry, Event, Stepped
from graph.model.casework.applying import applied
from graph.model.casework.clocks import BY_DEFAULT
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, ActorKind, File, FileState, Member, MemberRole, Need, Outcome, Watch
from graph.model.casework.grounds import Ground, Means, ShareGroup
from graph.model.casework.handoff import OF_THE_FILE, Handoff, Kind, OrderedLead, ReasonCode, Step, Target
from graph.model.casework.leaving import departure
from graph.model.casework.linking import linked
from graph.model.casework.said import Said, Taking
from graph.model.casework.sight import sight
from graph.model.casework.steps import STEPS
from graph.model.casework.taking import allowed_steps, sides, take
from graph.model.casework.timing import due_tick
from graph.model.errors import InvalidInput, Refusal, StepNotAllowed
from graph.model.reorganisation.effects import Reading
from graph.model.reorganisation.facts import file_facts
from graph.model.reorganisation.moving import moves_of
from graph.model.reorganisation.plan import CloseBody, Move, MoveProfessional, Plan
from tests.model.casework import cases, watching

MOST_FILES: Final = 4
LIVES: Final = int(os.environ.get("MAILLAGE_TEST_LIVES", "300"))
BODIES: Final = (cases.OURS, cases.THEIRS, cases.THIRD, cases.FOURTH)
OUTSIDER: Final = cases.worker("t:ailleurs")
OUTCOMES: Final = tuple(Outcome)
REPORTS: Final = (
    Step.OPEN,
    Step.WAITLIST,
    Step.ACCEPT,
    Step.CONTACT,
    Step.COMPLETE,
    Step.FAIL,
    Step.DECLINE,
    Step.DECIDE,
)

bodies = st.sampled_from(BODIES)
# What a rule draws beside its subject is made from a number: lives stay deep, and are lived fast.
seeds = st.integers(0, 2**32 - 1)
kinds = st.sampled_from((*Kind, Kind.TRANSFER, Kind.TRANSFER, Kind.REFER))
# Who goes on with something does so more often than she gives it up.
FORWARD: Final = frozenset(
    {Step.SUBMIT, Step.CONSENT, Step.OPEN, Step.ANSWER, Step.ACCEPT, Step.CONTACT, Step.DECIDE, Step.RESUME, Step.BOOK}
)
GIVING_UP: Final = frozenset({Step.VOID, Step.WITHDRAW, Step.RECALL, Step.REFUSE})
# What ends a file comes once it has lived.
YOUTH: Final = 25
# Rather short than long: most things happen within days.
hours = st.sampled_from((1, 2, 5, 20, 24, 24, 24, 72, 72, 24 * 8, 24 * 15, 24 * 40))


class Lives(RuleBasedStateMachine):
    """Files with their logs, as a store would keep them; professionals who leave; a clock."""

    files = Bundle("files")
    handoffs = Bundle("handoffs")

    def __init__(self) -> None:
        super().__init__()
        self.now = cases.NOW
        self.known: dict[str, File] = {}
        self.logs: dict[str, list[Entry]] = {}
        self.off: set[str] = set()
        self.touched: set[str] = set()
        self.made = 0

    def chance(self, seed: int) -> Random:
        return Random(seed * 1_000_003 + self.made)

    @property
    def old(self) -> bool:
        """Whether something has happened in this life."""
        return sum(map(len, self.logs.values())) > YOUTH

    # -------------------------------------------------------------- the store

    def name(self, what: str) -> str:
        self.made += 1
        return f"{what}{self.made}"

    def write(self, id_: str, by: Actor, *events: Event) -> None:
        """Append, as the store does: a lead who takes no new work gives way to the desk."""
        for event in events:
            event = self._seated(event)
            before, log = self.known.get(id_), self.logs.setdefault(id_, [])
            entry = Entry(file=id_, seq=len(log) + 1, at=self.now, by=by, event=event)
            after = applied(before, entry)
            watching.followed(before, entry, after)
            log.append(entry)
            self.known[id_] = after
        self.touched.add(id_)
        self.now += timedelta(minutes=1)

    def _seated(self, event: Event) -> Event:
        leads = isinstance(event, acts.LeadMoved | acts.Reopened | Stepped | acts.Opened)
        if leads and event.lead and event.lead.account in self.off:
            return replace(event, lead=replace(event.lead, account=""))
        return event

    def attempt(self, id_: str, by: Actor, decide: Callable[[File], Event]) -> bool:
        """Decide and write, or be refused: then nothing has changed."""
        before = self.known[id_]
        try:
            event = decide(before)
        except Refusal as refusal:
            assert refusal.message
            assert self.known[id_] is before
            return False
        self.write(id_, by, event)
        return True

    def someone(self, body: str) -> Actor:
        """A professional who is there; the third never leaves."""
        return cases.worker(body, next(who for n in (1, 2, 3) if (who := f"{body}/{n}") not in self.off))

    def author(self, one: Handoff) -> Actor:
        return cases.worker(one.sender, one.sender_account) if one.sender_account else self.someone(one.sender)

    def of_lead(self, id_: str) -> Actor:
        """Someone at the organisation that leads, or led."""
        file = self.known[id_]
        lead = file.lead or (file.leads[-1] if file.leads else None)
        body = lead.organisation if lead else file.organisation
        there = file.open and lead and lead.account
        return cases.worker(body, lead.account) if lead and there else self.someone(body)

    def said(self, chance: Random) -> Said:
        """All that a step may ask for; now and then not."""
        return Said(
            reason=chance.choice([None, *ReasonCode]) if chance.random() < 0.3 else ReasonCode.NO_CAPACITY,
            text="" if chance.random() < 0.1 else "parce que",
            on=self.now + timedelta(days=chance.choice([-1, 1, 3, 10, 40, 75])),
            granted=chance.choice([None, True, True, False]),
            appeal=chance.choice(["", "tribunal administratif, deux mois"]),
            outcome=chance.choice(OUTCOMES),
            reported=chance.choice(REPORTS),
            to=Target(organisation=chance.choice(BODIES)),
            child=self.name("h"),
            confirmed=chance.random() < 0.6,
        )

    # -------------------------------------------------------------- files

    @initialize(target=files)
    def first_files(self) -> Any:
        return multiple(*(self._opened(body, size) for body, size in ((cases.OURS, 3), (cases.THEIRS, 1))))

    @precondition(lambda self: len(self.known) < MOST_FILES)
    @rule(target=files, body=bodies, size=st.integers(1, 4))
    def open_file(self, body: str, size: int) -> str:
        return self._opened(body, size)

    def _opened(self, body: str, size: int) -> str:
        """A household, its first problem, and what may be told to partners from the first day."""
        id_, by = self.name("f"), self.someone(body)
        roles = (MemberRole.ADULT, MemberRole.CHILD, MemberRole.PARENTAL_AUTHORITY, MemberRole.PROTECTED_ADULT)
        members = tuple(
            Member(id=f"{id_}m{n}", role=roles[n], secret=roles[n] is MemberRole.CHILD) for n in range(size)
        )
        self.write(id_, by, deciding.opened(by, members, self.now, transitional=size == 1))
        self.attempt(id_, by, lambda file: deciding.need_added(file, self._need(Random(size))))
        for to in BODIES[size % 2 :]:
            self._consent(id_, to, Ground.ACCORD if size > 1 else Ground.LEGAL_DUTY, 400, whole=True)
        return id_

    def _need(self, chance: Random, member: str = "") -> Need:
        urgent = chance.random() < 0.2
        return cases.need(
            self.name("n"),
            member=member,
            urgent=urgent,
            opened=self.now,
            review=deciding.need_review(self.now, urgent),
            due=(self.now + timedelta(days=chance.randrange(30))).date() if chance.random() < 0.3 else None,
        )

    @rule(id_=files, seed=seeds)
    def change_needs(self, id_: str, seed: int) -> None:
        """One more; or one that ends, one that is taken up again."""
        chance, by = self.chance(seed), self.of_lead(id_)
        file = self.known[id_]
        if not file.needs or chance.random() < 0.4:
            member = chance.choice(["", *file.members])
            self.attempt(id_, by, lambda file: deciding.need_added(file, self._need(chance, member)))
            return
        need = file.needs[chance.choice(sorted(file.needs))]
        if need.open:
            outcome = chance.choice(OUTCOMES)
            self.attempt(id_, by, lambda file: deciding.need_ended(file, need.id, outcome, "voilà"))
        else:
            self.attempt(id_, by, lambda file: deciding.need_set(file, replace(need, urgent=True)))

    def _consent(self, id_: str, to: str, ground: Ground, days: int, *, whole: bool) -> None:
        file = self.known[id_]
        consent = cases.consent(
            self.name("c"),
            to,
            ground=ground,
            given=self.now,
            until=(self.now + timedelta(days=days)).date(),
            groups=frozenset(ShareGroup) if whole else frozenset({ShareGroup.PRACTICAL}),
            needs=() if whole else tuple(sorted(file.needs))[:1],
            member=next(iter(file.members), ""),
            means=Means.TELEPHONE,
        )
        self.attempt(id_, self.of_lead(id_), lambda file: deciding.consent_given(file, consent))

    @rule(
        id_=files, to=bodies, ground=st.sampled_from(Ground), days=st.sampled_from((-1, 0, 3, 90)), whole=st.booleans()
    )
    def consent(self, id_: str, to: str, ground: Ground, days: int, whole: bool) -> None:
        self._consent(id_, to, ground, days, whole=whole)

    @rule(id_=files, seed=seeds)
    def take_consent_back(self, id_: str, seed: int) -> None:
        """Rather one on which something stands."""
        file, chance = self.known[id_], self.chance(seed)
        given = sorted(one.ground for one in file.handoffs.values() if one.shared and one.ground)
        if given := given if given and chance.random() < 0.8 else sorted(file.consents):
            one = chance.choice(given)
            self.attempt(id_, cases.PERSON, lambda file: deciding.consent_withdrawn(file, one))

    @rule(id_=files, second=st.booleans())
    def look_at_what_was_told_in_danger(self, id_: str, second: bool) -> None:
        by = self.of_lead(id_)
        by = replace(by, account=f"{by.organisation}/head") if second else by
        for handoff in tuple(self.known[id_].to_review):
            self.attempt(id_, by, lambda file, one=handoff: deciding.reviewed(file, one, by, "vu"))

    @rule(id_=files)
    def keep_watch(self, id_: str) -> None:
        file = self.known[id_]
        if file.open:
            by = self.of_lead(id_)
            watch = Watch(
                id=f"{id_}w",
                what="le chauffage",
                next=self.now.date(),
                every_days=7,
                until=self.now.date() + timedelta(days=90),
                account=self.someone(by.organisation).account,
            )
            self.write(id_, by, acts.WorkersSet(accounts=frozenset({watch.account})), acts.WatchSet(watch=watch))

    @precondition(lambda self: self.old)
    @rule(id_=files, outcome=st.sampled_from(Outcome), text=st.sampled_from(("", "voilà", "voilà")))
    def close(self, id_: str, outcome: Outcome, text: str) -> None:
        self.attempt(id_, self.of_lead(id_), lambda file: deciding.closed(file, outcome, text))

    @precondition(lambda self: any(file.state is FileState.CLOSED for file in self.known.values()))
    @rule(id_=files)
    def reopen(self, id_: str) -> None:
        by = self.of_lead(id_)
        self.attempt(id_, by, lambda file: deciding.reopened(file, by, self.now, "revient"))

    @precondition(lambda self: self.old and len(self.known) == MOST_FILES)
    @rule(kept=files, gone=files)
    def link(self, kept: str, gone: str) -> None:
        before = self.known[kept], self.known[gone]
        try:
            stays, goes = linked(*before, lambda: uuid4().hex)
        except (StepNotAllowed, InvalidInput):
            assert (self.known[kept], self.known[gone]) == before
            return
        by = self.of_lead(kept)
        self.write(kept, by, stays)
        self.write(gone, by, goes)
        assert self.known[gone].state is FileState.LINKED
        gone_over = sorted(need.competence for need in before[1].needs.values() if need.open)
        new = [need.competence for id_, need in self.known[kept].needs.items() if id_ not in before[0].needs]
        assert sorted(new) == gone_over

    @precondition(lambda self: self.old)
    @rule(id_=files)
    def erase(self, id_: str) -> None:
        if not self.known[id_].open:
            self.write(id_, self.of_lead(id_), acts.Erased(why="deux ans"))
            assert self.known[id_].members == self.known[id_].handoffs == self.known[id_].consents == {}

    @rule(body=bodies, number=st.integers(1, 2))
    def depart(self, body: str, number: int) -> None:
        """Nobody leaves with open work: what she holds goes to a colleague, or to the desk, file by file."""
        account, colleague = f"{body}/{number}", f"{body}/{3 - number}"
        self.off.add(account)
        to = "" if colleague in self.off else colleague
        for id_, file in tuple(self.known.items()):
            self.write(id_, self.someone(body), *departure(file, account, body, to, self.now, "part"))

    @rule(body=bodies, number=st.integers(1, 2))
    def come_back(self, body: str, number: int) -> None:
        self.off.discard(f"{body}/{number}")

    @rule(body=bodies, to=bodies)
    def reorganise(self, body: str, to: str) -> None:
        """All that a body leads, sent or was sent is another's: permissions name that one, and what was asked goes on."""
        if body == to:
            return
        # Here a professional is of one house for good: those who work at this one go on elsewhere.
        leave = (f"{body}/{number}" for number in (1, 2, 3))
        moves: list[Move] = [
            MoveProfessional(account=one, source=body, to=OUTSIDER.organisation, with_files=False) for one in leave
        ]
        moves.append(CloseBody(id=body, successor=to))
        reading = Reading(Plan(id="p", title="t", on=self.now.date(), moves=tuple(moves)))
        by = Actor(kind=ActorKind.SYSTEM)
        for id_, file in tuple(self.known.items()):
            if not file.open:
                continue
            self.write(id_, by, *moves_of(file, file_facts(file), reading, self.now, "réorganisation"))
            after = self.known[id_]
            assert body not in {one.sender for one in after.handoffs.values() if one.open}
            assert body not in {one.target.organisation for one in after.handoffs.values() if one.open}
            assert after.lead is not None
            assert after.lead.organisation != body
            assert moves_of(after, file_facts(after), reading, self.now, "réorganisation") == []

    # -------------------------------------------------------------- handoffs

    @initialize(target=handoffs, seed=seeds)
    def first_handoffs(self, seed: int) -> Any:
        """Enough to begin with: an appui, a relay, and something else."""
        id_ = next(iter(self.known), "") or self._opened(cases.OURS, 3)
        chance = self.chance(seed)
        wanted = (Kind.TRANSFER, Kind.REFER, Kind.TRANSFER, chance.choice(tuple(Kind)))
        made = [one for kind in wanted for one in self._drafted(id_, kind, chance)]
        for which in made[:2]:
            self.addressee_goes_on(which, seed)
        return multiple(*made)

    @rule(target=handoffs, id_=files, kind=kinds, seed=seeds)
    def draft(self, id_: str, kind: Kind, seed: int) -> Any:
        return multiple(*self._drafted(id_, kind, self.chance(seed)))

    def _drafted(self, id_: str, kind: Kind, chance: Random) -> list[tuple[str, str]]:
        """A handoff that is prepared, and mostly sent."""
        file, lead = self.known[id_], self.of_lead(id_)
        to = chance.choice(BODIES)
        by = self.someone(to) if kind is Kind.TAKE_OVER else lead
        inside = kind in {Kind.TAKE_OVER, Kind.ASSIGN}
        before = sorted(file.handoffs)
        target = Target(organisation=lead.organisation if inside else to)
        draft = Draft(
            id=self.name("h"),
            kind=kind,
            target=replace(target, professional=f"{lead.organisation}/2") if kind is Kind.ASSIGN else target,
            needs=() if kind in OF_THE_FILE else tuple(sorted(file.needs))[-1:],
            purpose="le loyer",
            groups=chance.choice([cases.GROUPS, frozenset({ShareGroup.PRACTICAL})]),
            urgent=chance.random() < 0.2,
            order=chance.choice(tuple(OrderedLead)) if kind is Kind.ORDERED else OrderedLead.UNCHANGED,
            confirmed=chance.random() < 0.5,
            parent=chance.choice(["", *before]) if chance.random() < 0.3 else "",
        )
        if not self.attempt(id_, by, lambda file: deciding.drafted(file, draft, by, Taking(at=self.now))):
            return []
        if chance.random() < 0.15:
            self._consent(id_, target.organisation, Ground.DANGER, 30, whole=True)
        if chance.random() < 0.9:
            self._take(id_, draft.id, Step.SUBMIT, by, self.said(chance))
        return [(id_, draft.id)]

    def _take(self, id_: str, handoff: str, step: Step, by: Actor, said: Said) -> bool:
        children = set(self.known[id_].handoffs)
        taken = self.attempt(id_, by, lambda file: take(file, handoff, step, by, said, Taking(at=self.now)))
        assert taken or set(self.known[id_].handoffs) == children
        return taken

    def alive(self, which: tuple[str, str], chance: Random) -> tuple[str, str]:
        """This handoff while it is open, else another that is: what has ended takes few steps."""
        one = self.known[which[0]].handoffs.get(which[1])
        living = [(file.id, id_) for file in self.known.values() for id_, other in file.handoffs.items() if other.open]
        return which if not living or (one and one.open) else chance.choice(living)

    def _go_on(self, which: tuple[str, str], by: Callable[[Handoff], Actor], seed: int) -> None:
        """A few steps that this actor may take, one after the other."""
        chance = self.chance(seed)
        id_, handoff = self.alive(which, chance)
        for _ in range(chance.randint(1, 4)):
            file = self.known[id_]
            one = file.handoffs.get(handoff)
            if one is None:
                return
            actor = by(one)
            allowed = allowed_steps(file, one, actor, self.now)
            if not allowed:
                return
            weights = [9 if step in FORWARD else 0.5 if step in GIVING_UP else 2 for step in allowed]
            self._take(id_, handoff, chance.choices(allowed, weights)[0], actor, self.said(chance))
            self.now += timedelta(hours=chance.choice([0, 0, 1, 30]))

    @rule(which=handoffs, seed=seeds)
    def addressee_goes_on(self, which: tuple[str, str], seed: int) -> None:
        self._go_on(which, lambda one: self.someone(one.target.organisation), seed)

    @rule(which=handoffs, seed=seeds)
    def addressee_goes_on_by_link(self, which: tuple[str, str], seed: int) -> None:
        self._go_on(which, lambda one: cases.addressee(one.target.organisation), seed)

    @rule(which=handoffs, seed=seeds)
    def sender_goes_on(self, which: tuple[str, str], seed: int) -> None:
        self._go_on(which, self.author, seed)

    @rule(which=handoffs, seed=seeds)
    def lead_goes_on(self, which: tuple[str, str], seed: int) -> None:
        """Whoever leads the file where the sender no longer does."""
        self._go_on(which, lambda one: self.of_lead(self._holding(one)), seed)

    def _holding(self, one: Handoff) -> str:
        return next(file.id for file in self.known.values() if one.id in file.handoffs)

    @rule(which=handoffs, seed=seeds)
    def person_speaks(self, which: tuple[str, str], seed: int) -> None:
        self._go_on(which, lambda _: cases.PERSON, seed)

    @rule(
        id_=files,
        taken=st.sampled_from(((Step.ACCEPT,), (Step.FILE_FOR_DECISION, Step.DECIDE), (Step.WAITLIST, Step.CONTACT))),
    )
    def all_partners_answer(self, id_: str, taken: tuple[Step, ...]) -> None:
        """Everyone who was asked says yes, each by the same road."""
        said = Said(granted=True, on=self.now + timedelta(days=9))
        for handoff, one in self.known[id_].handoffs.items():
            for step in taken:
                self._take(id_, handoff, step, self.someone(one.target.organisation), said)

    @rule(target=handoffs, which=handoffs, seed=seeds)
    def send_on(self, which: tuple[str, str], seed: int) -> Any:
        """Redirected, and the one that comes of it redirected in turn."""
        (id_, handoff), chance, children = which, self.chance(seed), []
        for _ in range(chance.randint(1, 3)):
            one = self.known[id_].handoffs.get(handoff)
            said = replace(self.said(chance), reason=ReasonCode.OUT_OF_AREA)
            if not one or not self._take(id_, handoff, Step.REDIRECT, self.someone(one.target.organisation), said):
                break
            handoff = said.child
            children.append((id_, handoff))
        return multiple(*children)

    @rule(which=handoffs, step=st.sampled_from(Step), seed=seeds)
    def try_anything(self, which: tuple[str, str], step: Step, seed: int) -> None:
        """What the page does not offer is refused."""
        (id_, handoff), chance = which, self.chance(seed)
        file = self.known[id_]
        if one := file.handoffs.get(handoff):
            by = chance.choice([self.someone(chance.choice(BODIES)), cases.PERSON, self.of_lead(id_)])
            may = step in allowed_steps(file, one, by, self.now)
            assert self._take(id_, handoff, step, by, self.said(chance)) <= may

    @rule(which=handoffs, step=st.sampled_from(Step), seed=seeds)
    def stand_outside(self, which: tuple[str, str], step: Step, seed: int) -> None:
        """I6: who is on no side does nothing."""
        id_, handoff = which
        file = self.known[id_]
        if one := file.handoffs.get(handoff):
            assert sides(file, one, OUTSIDER) == frozenset()
            with pytest.raises(StepNotAllowed):
                take(file, handoff, step, OUTSIDER, self.said(self.chance(seed)), Taking(at=self.now))

    @rule(which=handoffs, seed=seeds, wait=st.sampled_from((0, 3, 6, 12)), contests=st.booleans())
    def tell_by_telephone(self, which: tuple[str, str], seed: int, wait: int, contests: bool) -> None:
        """The sender notes an answer; the addressee contests it within five working days, too late, or not at all."""
        chance = self.chance(seed)
        id_, handoff = self.alive(which, chance)
        one = self.known[id_].handoffs.get(handoff)
        if one is None:
            return
        told = {"reason": ReasonCode.NO_CAPACITY, "appeal": "deux mois", "on": self.now + timedelta(days=9)}
        for _ in range(chance.randint(1, 2)):
            row = [step for step in REPORTS if (one.kind, one.state, step) in STEPS]
            said = replace(self.said(chance), **told, reported=chance.choice(row or REPORTS))
            self._take(id_, handoff, Step.REPORT, self.of_lead(id_), said)
        if chance.random() < 0.3:
            self._take(id_, handoff, chance.choice((Step.RECALL, Step.WITHDRAW)), self.of_lead(id_), Said())
        self.time_goes(timedelta(days=wait))
        if contests and handoff in self.known[id_].handoffs:
            self._take(id_, handoff, Step.CONTEST, self.someone(one.target.organisation), Said(text="non"))

    @rule(which=handoffs, step=st.sampled_from((Step.DISPUTE, Step.VOID)))
    def undo(self, which: tuple[str, str], step: Step) -> None:
        id_, handoff = which
        if one := self.known[id_].handoffs.get(handoff):
            by = cases.PERSON if step is Step.DISPUTE else self.author(one)
            self._take(id_, handoff, step, by, Said(text="erreur"))

    @rule(which=handoffs)
    def say_what_follows(self, which: tuple[str, str]) -> None:
        id_, handoff = which
        self.attempt(id_, self.of_lead(id_), lambda file: deciding.settled(file, handoff, "on continue"))

    @rule(wait=hours)
    def time_passes(self, wait: int) -> None:
        self.time_goes(timedelta(hours=wait))

    def time_goes(self, wait: timedelta) -> None:
        """The clock does all that is due, and nothing before its hour."""
        self.now += wait
        for id_, file in tuple(self.known.items()):
            for handoff in tuple(file.handoffs):
                for _ in range(8):
                    step = due_tick(self.known[id_], self.known[id_].handoffs[handoff], self.now, BY_DEFAULT)
                    if step is None or not self.known[id_].open:
                        break
                    assert self._take(id_, handoff, step, cases.CLOCK, Said())
                else:
                    raise AssertionError(f"time never ends with {handoff}")

    # -------------------------------------------------------------- what holds

    @invariant()
    def all_that_must_hold_holds(self) -> None:
        for id_ in self.touched:
            file = self.known[id_]
            watching.one_lead(file, self.off)
            watching.owned(file, self.off)
            watching.told_on_a_ground(file, self.now)
            watching.same_again(file, self.logs[id_])
        self.touched.clear()

    def teardown(self) -> None:
        """At the end of each life: the store can keep it and read it back, and a stranger sees none of it."""
        stranger = Viewer(
            account=OUTSIDER.account, organisation=OUTSIDER.organisation, roles=frozenset({Role.HEAD_OF_SERVICE})
        )
        for id_, file in self.known.items():
            assert sight(file, stranger, self.now).nothing
            assert msgspec.json.decode(msgspec.json.encode(file), type=File) == file
            for entry in self.logs[id_]:
                event = msgspec.json.encode(entry.event)
                assert msgspec.json.decode(event, type=EVENTS[type(entry.event).__name__]) == entry.event
                assert msgspec.json.decode(msgspec.json.encode(entry.by), type=Actor) == entry.by


TestLives = Lives.TestCase
TestLives.settings = settings(
    max_examples=LIVES,
    stateful_step_count=45,
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
)
