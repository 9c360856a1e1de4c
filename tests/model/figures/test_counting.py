"""Each figure counted a second time: from the logs themselves, entry by entry, not from facts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from scipy import stats

from graph.model.casework.acts import Closed, Drafted, Entry, NeedAdded, NeedEnded, Opened, Stepped
from graph.model.casework.clocks import PARIS
from graph.model.casework.handoff import ENDED, Handoff, Kind, ReasonCode, State, Step
from graph.model.figures.acceptance import Acceptance, Accuracy, acceptance, accuracy, by_target
from graph.model.figures.activity import activity, calendar
from graph.model.figures.chains import bounces, chains
from graph.model.figures.dead_ends import dead_ends
from graph.model.figures.delays import answer_times, first_contact
from graph.model.figures.network import edges
from graph.model.figures.unmet import unmet
from tests.model.figures.conftest import END, Lived

ANSWERS = {Step.WAITLIST, Step.FILE_FOR_DECISION, Step.ACCEPT, Step.DECLINE, Step.REDIRECT, Step.CONTACT}


@dataclass
class Story:
    """A handoff as its entries tell it."""

    draft: Handoff
    sent: datetime | None = None
    state: State = State.DRAFT
    outcome: str = ""
    reason: ReasonCode | None = None
    steps: list[tuple[Step, datetime]] = field(default_factory=list)

    def at(self, *which: Step) -> datetime | None:
        return next((at for step, at in self.steps if step in which), None)

    @property
    def said(self) -> str:
        """In a word of ours."""
        if self.at(Step.DECLINE):
            return "declined"
        if self.at(Step.REDIRECT):
            return "redirected"
        if self.state in {State.SENT, State.RECEIVED, State.WAITLISTED}:
            return "waiting"
        if self.draft.kind is Kind.ORIENT and self.state not in ENDED:
            return "waiting"
        if self.at(*ANSWERS):
            return "accepted"
        return "expired" if self.at(Step.EXPIRE) else "withdrawn"


def stories(log: list[Entry]) -> list[Story]:
    """The handoffs of a log that left their house, in the order of sending."""
    found: dict[str, Story] = {}
    for entry in log:
        if isinstance(entry.event, Drafted):
            found[entry.event.handoff.id] = Story(entry.event.handoff)
        if isinstance(entry.event, Stepped):
            event, story = entry.event, found[entry.event.handoff]
            story.state = event.to
            story.outcome, story.reason = event.outcome, event.reason
            story.steps.append((event.reported or event.step, entry.at))
            if event.step in {Step.SUBMIT, Step.CONSENT} and event.to is not State.AWAITING_CONSENT:
                story.sent = story.sent or entry.at
            if event.child is not None:
                found[event.child.id] = Story(event.child, event.child.sent, event.child.state)
    left = [one for one in found.values() if one.sent and one.draft.kind is not Kind.ASSIGN]
    between = [one for one in left if one.draft.sender != one.draft.target.organisation]
    return sorted(between, key=lambda one: (one.sent or END, len(one.draft.chain), one.draft.id))


@pytest.fixture(scope="module")
def told(years: Lived) -> dict[str, list[Story]]:
    return {log[0].file: stories(log) for log in years.logs}


@pytest.fixture(scope="module")
def every(told: dict[str, list[Story]]) -> list[Story]:
    return [story for some in told.values() for story in some]


def test_acceptance(years: Lived, every: list[Story]) -> None:
    counts = Counter(one.said for one in every)
    found = acceptance(years.facts.handoffs)
    assert found == Acceptance(**counts)
    assert found.share == counts["accepted"] / sum(
        counts[one] for one in ("accepted", "declined", "redirected", "expired")
    )
    for target, of_one in by_target(years.facts.handoffs).items():
        assert of_one == Acceptance(**Counter(one.said for one in every if one.draft.target.organisation == target))


def test_the_first_asked_was_the_right_one(years: Lived, every: list[Story]) -> None:
    first: dict[str, Story] = {}
    for story in every:
        for need in story.draft.needs:
            first.setdefault(need, story)
    assert accuracy(years.facts.handoffs) == Accuracy(
        handed=len(first),
        met=sum(one.state is State.COMPLETED and one.outcome == "met" for one in first.values()),
        waiting=sum(
            one.at(Step.COMPLETE, Step.FAIL, Step.DECLINE, Step.REDIRECT, Step.EXPIRE, Step.WITHDRAW) is None
            and one.state is not State.NOT_COMPLETED
            for one in first.values()
        ),
    )


def test_first_contact(years: Lived, told: dict[str, list[Story]]) -> None:
    """The median and the nine tenths of each curve, as scipy has them from the logs."""
    opened = {log[0].file: log[0].at for log in years.logs}
    closed = {entry.file: entry.at for log in years.logs for entry in log if isinstance(entry.event, Closed)}
    found = first_contact(years.facts.handoffs, years.facts.files, END)
    prepared = {
        entry.file
        for log in years.logs
        for entry in log
        if isinstance(entry.event, Drafted)
        and entry.event.handoff.kind is not Kind.ASSIGN
        and entry.event.handoff.sender != entry.event.handoff.target.organisation
    }
    for curve, which in ((found.sent, None), (found.answered, ANSWERS), (found.contact, {Step.CONTACT})):
        came, lost = list[int](), list[int]()
        for file in prepared:
            moments = [at for one in told[file] if (at := one.at(*which) if which else one.sent)]
            if moments:
                came.append((min(moments) - opened[file]).days)
            else:
                lost.append((closed.get(file, END) - opened[file]).days)
        known = stats.ecdf(stats.CensoredData(uncensored=came, right=lost)).sf
        assert (curve.came, curve.waiting) == (len(came), len(lost))
        assert curve.median == min(day for day in range(800) if known.evaluate(day) <= 0.5)
        assert curve.p90 == next((day for day in range(800) if known.evaluate(day) <= 0.1 + 1e-9), None)


def test_answers_of_each_body(years: Lived, every: list[Story]) -> None:
    found = answer_times(years.facts.handoffs, END)
    assert found.keys() == {one.draft.target.organisation for one in every}
    for target, curve in found.items():
        there = [one for one in every if one.draft.target.organisation == target]
        assert curve.came == sum(one.at(*ANSWERS) is not None for one in there)
        assert curve.count == len(there)


def test_what_stops_where(years: Lived, every: list[Story]) -> None:
    wrong = {ReasonCode.NOT_ELIGIBLE, ReasonCode.NOT_OFFERED, ReasonCode.OUT_OF_AREA}
    for target, found in dead_ends(years.facts.handoffs).items():
        asked = [one for one in every if one.draft.kind is not Kind.ORIENT]
        there = [one for one in asked if one.draft.target.organisation == target]
        assert found.decided == sum(one.said in {"accepted", "declined", "redirected", "expired"} for one in there)
        assert found.silence == sum(one.said == "expired" for one in there)
        declined = [one.reason for one in there if one.said == "declined"]
        assert found.saturation == declined.count(ReasonCode.NO_CAPACITY)
        assert found.mismatch == sum(reason in wrong for reason in declined)


def test_ways_of_needs(years: Lived, every: list[Story]) -> None:
    went = Counter[tuple[str, str]]()
    known = {one.draft.id: one for one in every}
    for one in every:
        parent = known.get(one.draft.parent)
        redirected = parent is not None and parent.at(Step.REDIRECT) is not None
        went[
            parent.draft.target.organisation if parent and redirected else one.draft.sender,
            one.draft.target.organisation,
        ] += 1
    # What comes back to who passes it on stays there.
    assert edges(years.facts.handoffs) == Counter({pair: count for pair, count in went.items() if pair[0] != pair[1]})
    ways: dict[str, list[Story]] = {}
    for one in every:
        for need in one.draft.needs:
            ways.setdefault(need, []).append(one)
    counts = Counter(tuple(one.draft.target.organisation for one in way) for way in ways.values())
    found = Counter[tuple[str, ...]]()
    for chain in chains(years.facts.handoffs, most=100_000):
        found[chain.targets] += chain.count
    # Nobody is asked twice for one need in these years.
    assert found == counts
    bounced = {need for need, way in ways.items() if sum(one.said in {"declined", "redirected"} for one in way) > 2}
    assert bounces(years.facts.handoffs).needs == bounced
    assert bounces(years.facts.handoffs).handed == len(ways)


def test_open_needs_and_files(years: Lived) -> None:
    at = datetime(2025, 6, 30, 22, tzinfo=END.tzinfo)
    begin = datetime(2025, 3, 31, 22, tzinfo=END.tzinfo)
    entries = [entry for log in years.logs for entry in log]
    added = {e.event.need.id: e for e in entries if isinstance(e.event, NeedAdded)}
    ended = {e.event.need: e.at for e in entries if isinstance(e.event, NeedEnded)}
    closing = {e.file: e.at for e in entries if isinstance(e.event, Closed)}
    opening = {e.file: e.at for e in entries if isinstance(e.event, Opened)}
    needs = Counter(
        entry.event.need.competence  # type: ignore[union-attr]
        for id_, entry in added.items()
        if entry.at <= at and not (id_ in ended and ended[id_] <= at)
    )
    found = Counter[str]()
    for (competence, _), count in unmet(years.facts.needs, (), at).open.items():
        found[competence] += count
    assert found == needs
    active = activity(years.facts.files, (), begin, at)
    assert active.entered == sum(begin <= moment < at for moment in opening.values())
    assert active.left == sum(begin <= moment < at for moment in closing.values())
    assert active.at_end == sum(moment < at and closing.get(file, END) >= at for file, moment in opening.items())
    assert active.at_begin + active.entered - active.left == active.at_end


def test_days_of_load(years: Lived, every: list[Story]) -> None:
    first, last = datetime(2025, 1, 1).date(), datetime(2025, 12, 31).date()  # noqa: DTZ001
    days = calendar(years.facts.handoffs, (), first, last)
    sent = Counter(one.sent.astimezone(PARIS).date() for one in every if one.sent)
    assert [one.day for one in days][0::364] == [first, last]
    assert {one.day: one.handoffs for one in days if one.handoffs} == {
        day: count for day, count in sent.items() if first <= day <= last
    }
    assert sum(one.worked for one in days) == 251
