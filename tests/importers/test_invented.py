"""Invented years: the same for the same seed, valid as the model makes them, and what was planted in them can be found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from graph.model.casework.acts import Entry, Opened
from graph.model.casework.applying import replayed
from graph.model.casework.file import File, LeadCause
from graph.model.casework.handoff import Handoff, Kind, ReasonCode, State
from graph.model.casework.owed import Holder, Owed, owed
from graph.model.casework.writings import NoRelayFound
from importers.invented.courses import lived
from importers.invented.doubs import CENTRE, CHLOE, DESK, GUICHET, REFERENT, directory, doubs
from importers.invented.generated import generated
from importers.invented.loading import PERIOD, lives
from importers.invented.network import Network
from importers.invented.told import told

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
FILES = 400


@pytest.fixture(scope="module")
def network() -> Network:
    return generated("test", 1, END)


@pytest.fixture(scope="module")
def logs(network: Network) -> list[list[Entry]]:
    """Two years of one small network."""
    return list(lives(network, "test", FILES, END))


@pytest.fixture(scope="module")
def files(logs: list[list[Entry]]) -> list[File]:
    return [replayed(log) for log in logs]


@pytest.fixture(scope="module")
def handoffs(files: list[File]) -> list[Handoff]:
    return [handoff for file in files for handoff in file.handoffs.values()]


def found(network: Network, handoffs: list[Handoff], share: Callable[[Handoff], bool], most: float) -> set[str]:
    """The bodies of which more than this share of what was sent to them is so; those with a dozen at least."""
    sent = Counter(one.target.organisation for one in handoffs if one.sent)
    so = Counter(one.target.organisation for one in handoffs if one.sent and share(one))
    return {id_ for id_ in network.bodies if sent[id_] >= 12 and so[id_] / sent[id_] > most}


def test_the_same_seed_lives_the_same(network: Network) -> None:
    first, again = (lived(network, "test", 7, END - PERIOD, END) for _ in range(2))
    assert first == again
    assert first != lived(network, "other", 7, END - PERIOD, END)


def test_a_log_is_in_order_ends_by_the_end_and_begins_with_an_opening(logs: list[list[Entry]]) -> None:
    assert len(logs) > FILES * 0.95
    for log in logs:
        moments = [entry.at for entry in log]
        assert moments == sorted(moments)
        assert END - PERIOD <= moments[0] <= moments[-1] <= END
        assert isinstance(log[0].event, Opened)
        assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    assert len({log[0].file for log in logs}) == len(logs)


def test_nobody_is_forgotten(files: list[File]) -> None:
    """A lead each while it is open, an owner for each open handoff, and nothing that time should have done is left."""
    for file in files:
        assert (file.lead is None) is not file.open
        about = {action.about for action in owed(file)}
        for one in file.handoffs.values():
            if one.open:
                assert one.id in about
                assert one.tick is None or one.tick > END


def test_all_kinds_and_most_states_are_lived(files: list[File], handoffs: list[Handoff]) -> None:
    assert {one.kind for one in handoffs} == set(Kind)
    ended = {one.state for one in handoffs if not one.open}
    assert ended >= {
        State.COMPLETED,
        State.NOT_COMPLETED,
        State.DECLINED,
        State.REDIRECTED,
        State.EXPIRED,
        State.WITHDRAWN,
    }
    causes = {lead.cause for file in files for lead in (*file.leads, *((file.lead,) if file.lead else ()))}
    assert causes >= {LeadCause.OPENED, LeadCause.FIRST_CONTACT, LeadCause.ASSIGNED, LeadCause.TAKEN_OVER}
    assert any(one.missed for one in handoffs)


def test_the_silent_the_saturated_and_the_mismatched_are_those_that_were_planted(
    network: Network, handoffs: list[Handoff]
) -> None:
    planted = network.planted
    assert found(network, handoffs, lambda one: one.state is State.EXPIRED, 0.35) == set(planted.silent)
    full = found(network, handoffs, lambda one: one.reason is ReasonCode.NO_CAPACITY, 0.35)
    assert full == {planted.saturated}
    codes = {ReasonCode.NOT_ELIGIBLE, ReasonCode.OUT_OF_AREA}
    wrong = found(network, handoffs, lambda one: one.state is State.DECLINED and one.reason in codes, 0.35)
    assert wrong == {planted.mismatched}


def test_most_chains_go_through_the_bottleneck_and_it_takes_longest(network: Network, handoffs: list[Handoff]) -> None:
    known = {one.id: one for one in handoffs}
    chains = [[known[id_].target.organisation for id_ in (*one.chain, one.id)] for one in handoffs if one.parent]
    through = Counter(body for chain in chains for body in set(chain[:-1]))
    [(first, passing), (_, next_most)] = through.most_common(2)
    assert first == network.planted.bottleneck
    assert passing > len(chains) / 2
    assert passing > 3 * next_most
    waits: dict[str, list[float]] = {}
    for one in handoffs:
        if one.sent and one.answered:
            waits.setdefault(one.target.organisation, []).append((one.answered - one.sent).total_seconds())
    slow = {id_: median(found) for id_, found in waits.items() if len(found) >= 12}
    assert max(slow, key=lambda id_: slow[id_]) == first


def test_nothing_is_handled_in_a_desert_and_everything_elsewhere(network: Network, logs: list[list[Entry]]) -> None:
    dry = Counter[str]()
    for log in logs:
        file = replayed(log)
        [commune] = {member.identity.commune for member in file.members.values()}
        for entry in log:
            if isinstance(entry.event, NoRelayFound) and entry.event.cause == "no_service":
                competence = file.needs[entry.event.need].competence
                assert network.desert(competence, commune)
                dry[competence] += 1
    assert set(dry) == {desert.competence for desert in network.planted.deserts}
    assert min(dry.values()) >= 5


def test_one_door_alone_keeps_files_for_want_of_a_referent(network: Network, logs: list[list[Entry]]) -> None:
    kept = [log[0].event for log in logs if isinstance(log[0].event, Opened) and log[0].event.transitional]
    assert len(kept) >= 20
    assert {event.organisation for event in kept} == {network.planted.transitional}


def test_cells_are_added_for_a_larger_network() -> None:
    large = generated("test", 120, END)
    assert len(large.bodies) == 120 * 24
    assert len(large.doors) == 120 * 4
    assert lived(large, "test", 3, END - PERIOD, END)
    with pytest.raises(ValueError, match="at least 1"):
        generated("test", 0, END)


@pytest.mark.parametrize("end", [END, END + timedelta(days=5, hours=14)], ids=["a Monday", "a Saturday night"])
def test_each_account_of_the_demonstration_finds_its_story(end: datetime) -> None:
    network = doubs(end)
    assert set(network.bodies) <= {one.id for one in directory().organisations}
    stories = [replayed(log) for log in told(network, end)]
    every = [action for file in stories for action in owed(file)]
    by = {(one.what, one.organisation, one.account, one.holder) for one in every}
    assert (Owed.SEE_LATE, CENTRE, CHLOE.account, Holder.WORKER) in by
    assert (Owed.CHOOSE_NEXT, CENTRE, CHLOE.account, Holder.WORKER) in by
    assert (Owed.REVIEW_DANGER, CENTRE, "", Holder.HEAD) in by
    assert (Owed.ANSWER, CENTRE, "", Holder.WORKER) in by
    assert (Owed.LOOK_AGAIN, DESK, GUICHET.account, Holder.WORKER) in by
    assert (Owed.ANSWER, "demo:ccas-besancon", "", Holder.WORKER) in by
    assert (Owed.REVIEW_PROGRESS, "demo:ccas-besancon", REFERENT.account, Holder.WORKER) in by
    late = [one for one in every if one.due <= end]
    soon = [one for one in every if end < one.due <= end + timedelta(hours=2)]
    week = [one for one in every if end + timedelta(hours=2) < one.due <= end + timedelta(days=7)]
    assert late and soon and week
    assert {one.urgent for one in soon} == {True}
    assert all(handoff.tick is None or handoff.tick > end for file in stories for handoff in file.handoffs.values())
    assert max(entry.at for log in told(network, end) for entry in log) <= end
