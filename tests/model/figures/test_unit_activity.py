"""A service seen exactly, against plain counting over invented lives; statutory returns by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from graph.model.casework.applying import replayed
from graph.model.casework.contact import AgeBand, Cause, Channel, Requester, Sex
from graph.model.casework.file import FileState
from graph.model.casework.handoff import Kind, ReasonCode, State
from graph.model.figures import statutory
from graph.model.figures.facts import Facts, FileFact, HandoffFact, NeedFact, RequestFact
from graph.model.figures.of_files import facts_of
from graph.model.figures.statutory import counted, returns
from graph.model.figures.unit_activity import Activity, PostLoad, activity, load, load_by_post
from graph.model.vocabulary import competences
from importers.invented.courses import lived
from importers.invented.generated import generated

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
HERE, ABOVE, THERE = "o:here", "o:above", "o:there"


def file(id_: str, opened: float, closed: float | None = None, lead: str = HERE, **said: object) -> FileFact:
    at = END - opened * DAY
    return FileFact(
        id=id_,
        state=FileState.OPEN if closed is None else FileState.CLOSED,
        lead=lead,
        lead_since=at,
        opened=at,
        requested=at,
        closed=None if closed is None else END - closed * DAY,
        **{"organisation": HERE, **said},  # type: ignore[arg-type]
    )


def handoff(id_: str, sender: str, target: str, sent: float, state: State = State.SENT, **said: object) -> HandoffFact:
    at = END - sent * DAY
    return HandoffFact(
        **{  # type: ignore[arg-type]
            "id": id_,
            "file": id_,
            "kind": Kind.REFER,
            "state": state,
            "sender": sender,
            "target": target,
            "requested": at,
            "drafted": at,
            "sent": at,
            **said,
        }
    )


FACTS = Facts(
    files=(
        file("f1", 200, account="anne", persons=3),
        file("f2", 40, account="anne"),
        file("f3", 100, closed=10),
        file("f4", 60, closed=20, transitional=True),
        file("f5", 20, transitional=True),
        file("f6", 300, organisation=THERE, persons=2),
        # Closed before, opened after, led elsewhere.
        file("f7", 400, closed=100),
        file("f8", 30, lead=THERE),
    ),
    handoffs=(
        handoff(
            "f6",
            THERE,
            HERE,
            50,
            State.IN_PROGRESS,
            kind=Kind.TRANSFER,
            answered=END - 45 * DAY,
            contacted=END - 30 * DAY,
        ),
        handoff(
            "f8", HERE, THERE, 20, State.COMPLETED, kind=Kind.TRANSFER, answered=END - 9 * DAY, contacted=END - 5 * DAY
        ),
        handoff("w", THERE, HERE, 30),
        handoff("x", THERE, HERE, 70, State.DECLINED, answered=END - 65 * DAY, ended=END - 65 * DAY),
        handoff("y", HERE, THERE, 12),
        handoff("z", HERE, ABOVE, 12),
        handoff("t", HERE, THERE, 40, State.ACCEPTED, kind=Kind.TAKE_OVER, answered=END - 39 * DAY),
    ),
    requests=(),
)


def test_a_service_by_hand() -> None:
    found = activity(FACTS, {HERE}, END - 60 * DAY, END)
    assert found == Activity(
        active=4,
        persons=7,
        transitional=1,
        opened=4,
        received=2,
        closed=2,
        passed_on=1,
        days=65.0,
        asked=2,
        waiting=1,
        sent=4,
        expecting=2,
        requests=0,
    )
    # What goes between two units of one house is no movement of the house.
    together = activity(FACTS, {HERE, ABOVE}, END - 60 * DAY, END)
    assert (together.sent, together.expecting) == (3, 1)
    assert load(FACTS, {HERE}, END) == [("", 2, 3), ("anne", 2, 4)]


def test_entries_and_exits_make_the_difference_over_invented_lives() -> None:
    network = generated("activity", 1, END)
    logs = [log for number in range(60) if (log := lived(network, "activity", number, END - 300 * DAY, END))]
    every = [facts_of(replayed(log)) for log in logs]
    facts = Facts(
        files=tuple(one for some in every for one in some.files),
        handoffs=tuple(one for some in every for one in some.handoffs),
    )
    bodies = {one.lead for one in facts.files} | {one.organisation for one in facts.files}
    whole = activity(facts, bodies, END - 301 * DAY, END + DAY)
    assert whole.opened == len(logs) > 40
    assert whole.active == sum(one.closed is None for one in facts.files)
    assert whole.closed == sum(one.closed is not None for one in facts.files)
    assert (whole.received, whole.passed_on) == (0, 0)
    assert sum(many for _, many, _ in load(facts, bodies, END + DAY)) == whole.active


def test_a_reference_that_was_not_checked_lately_is_not_told() -> None:
    one = replace(returns()[0], checked=date(2026, 3, 1))
    assert (one.source, one.reference(date(2028, 2, 28))) == ("CASF D.264-8",) * 2
    assert one.reference(date(2028, 3, 1)) == "Référence à vérifier"
    assert replace(one, checked=None).reference(date(2026, 3, 1)) == "Référence à vérifier"


@pytest.mark.parametrize("name", ["figures/statutory.csv", "statutory_delays.csv"])
def test_each_reference_says_when_and_against_what_it_was_checked(name: str) -> None:
    with (Path(statutory.__file__).parents[1] / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == 5
    # A day without what was read, or the reverse, is no check.
    assert [row for row in rows if bool(row["checked"]) != bool(row["seen"])] == []
    assert all(date.fromisoformat(row["checked"]) for row in rows if row["checked"])


def test_returns_name_competences_and_sources_and_are_counted() -> None:
    assert [one.name for one in returns()] == [
        "domiciliations",
        "demandes_115",
        "orientations_rsa",
        "informations_preoccupantes",
        "expulsions",
    ]
    assert all(one.competence in competences() and one.source and one.checked for one in returns())
    home = returns()[0].competence
    facts = Facts(
        files=(file("f", 9),),
        needs=(
            NeedFact(id="n1", file="f", competence=home, opened=END - 9 * DAY, cause=Cause.NO_CAPACITY),
            NeedFact(id="n2", file="f", competence=home, opened=END - 900 * DAY),
            NeedFact(id="n3", file="elsewhere", competence=home, opened=END - DAY),
        ),
        handoffs=(
            handoff("a", THERE, HERE, 5, State.COMPLETED, competence=home),
            handoff("b", THERE, HERE, 5, State.DECLINED, competence=home, reason=ReasonCode.OUT_OF_AREA),
            handoff("c", THERE, HERE, 5, State.RECEIVED, competence=home),
            handoff("d", THERE, HERE, 5, State.VOIDED, competence=home),
            handoff("e", THERE, HERE, 5, State.EXPIRED, competence="numerique"),
            handoff("g", HERE, THERE, 5, competence=home),
            handoff("h", THERE, HERE, 5, State.EXPIRED, competence=home),
            handoff("i", THERE, HERE, 5, State.WITHDRAWN, competence=home),
        ),
        requests=(
            RequestFact(
                id="r",
                organisation=HERE,
                at=END - DAY,
                channel=next(iter(Channel)),
                requester=next(iter(Requester)),
                sex=next(iter(Sex)),
                age_band=next(iter(AgeBand)),
                reasons=(home,),
                unmet=((home, Cause.NO_SERVICE),),
            ),
        ),
    )
    found = counted(facts, home, {HERE}, END - 30 * DAY, END)
    assert (found.needs, found.requests, found.unmet, found.asked, found.sent) == (1, 1, 2, 5, 1)
    parts = (found.taken, found.declined, found.redirected, found.unanswered, found.withdrawn, found.waiting)
    assert parts == (1, 1, 0, 1, 1, 1)
    assert sum(parts) == found.asked
    assert found.reasons == (("out_of_area", 1),)


def test_load_is_told_by_post_where_posts_are_known() -> None:
    held = {(HERE, "anne"): "p:accueil", (HERE, "bruno"): "p:accueil", ("elsewhere", "anne"): "p:autre"}
    assert load(FACTS, {HERE}, END) == [("", 2, 3), ("anne", 2, 4)]
    assert load_by_post(FACTS, {HERE}, END, held) == [
        PostLoad(post="p:accueil", professionals=2, files=2, persons=4),
        PostLoad(post="", professionals=0, files=2, persons=3),
    ]
    assert [one.each for one in load_by_post(FACTS, {HERE}, END, held)] == [1.0, None]
    # Of nobody a post is known: those who lead files are counted, the desk is nobody.
    assert load_by_post(FACTS, {HERE}, END, {}) == [PostLoad(post="", professionals=1, files=4, persons=7)]
    assert load_by_post(FACTS, {HERE}, END, {(HERE, "bruno"): "p:vide"})[0] == PostLoad(
        post="p:vide", professionals=1, files=0, persons=0
    )
