"""The daily pass on a clock that the test moves: who is reminded, when, how often, and who is left to the moderator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from api.mail.reminding import QUIET, remind
from api.settings import Settings
from graph.model.directory import Capacity, Contact
from graph.model.freshness import AFTER, NOTICE, Step, due_on
from graph.model.listing import FieldGroup
from graph.model.mail import Template
from graph.store.correspondents import Correspondents
from graph.store.loading import Loader
from graph.store.mails import Mails
from graph.store.reminders import Reminders
from graph.store.signed_links import SignedLinks
from graph.store.unit import Graph, Unit
from tests import make

SETTINGS = Settings(site="https://maillage.example.org")
SAID = date(2026, 1, 5)
DUE = due_on(FieldGroup.HOURS, SAID)
ONE = timedelta(days=1)


def at(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)


async def load(graph: Graph, *records: Any) -> None:
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(*records)), lambda done: None)


def body(id_: str = "t:caf", **values: Any) -> Any:
    return make.organisation(id_, **({"vouched_on": SAID, "covers": ()} | values))


async def appoint(graph: Graph, *organisations: str) -> None:
    async def each(unit: Unit) -> None:
        for id_ in organisations:
            await Correspondents(unit).appoint(id_, f"{id_.removeprefix('t:')}@example.org", "compte:1")

    await graph.write(each)


@pytest.fixture
async def listed(empty_graph: Graph) -> AsyncIterator[Graph]:
    """One body of which only the identity is said, with an address to write to."""
    await load(empty_graph, body())
    await appoint(empty_graph, "t:caf")
    yield empty_graph


async def passes(graph: Graph, *days: date) -> list[int]:
    """How many mails the pass of each day wrote."""
    return [await remind(graph, SETTINGS, at(day)) for day in days]


async def gone(graph: Graph, id_: str = "t:caf") -> list[tuple[str, Step, date]]:
    async with graph.reading() as unit:
        found = (await Reminders(unit).of([id_])).get(id_, ())
    return sorted((str(one.item), one.step, one.on) for one in found)


async def mails(graph: Graph) -> list[tuple[str, list[str]]]:
    """Each mail's organisation, and the groups that its link acts on."""
    found = []
    async with graph.reading() as unit:
        for row in await unit.run("MATCH (o:Outbox {kind: 'mail'}) RETURN o.subjects[0] AS id ORDER BY o.written, id"):
            mail = await Mails(unit).read(row["id"])
            assert mail is not None
            assert mail.template is Template.REMINDER
            link = await SignedLinks(unit).read(mail.subjects[0])
            assert link is not None
            found.append((mail.organisation, [str(item) for item in link.items]))
    return found


async def test_a_group_is_reminded_before_at_and_after_its_date_then_left_to_the_moderator(listed: Graph) -> None:
    days = [DUE - NOTICE - ONE, DUE - NOTICE, DUE - ONE, DUE, DUE + AFTER - ONE, DUE + AFTER, DUE + 2 * AFTER]
    assert await passes(listed, *days) == [0, 1, 0, 1, 0, 1, 0]
    item = "organisation:t:caf|identity"
    assert await gone(listed) == [
        (item, Step.AFTER, DUE + AFTER),
        (item, Step.AT, DUE),
        (item, Step.BEFORE, DUE - NOTICE),
        (item, Step.MODERATOR, DUE + 2 * AFTER),
    ]
    async with listed.reading() as unit:
        assert await Reminders(unit).unanswered("", 10) == ["t:caf"]
        assert await Reminders(unit).unanswered("t:caf", 10) == []
    assert await passes(listed, DUE + 300 * ONE) == [0]


async def test_a_pass_that_runs_twice_or_on_two_machines_at_once_reminds_once(listed: Graph) -> None:
    at_once = await asyncio.gather(*(remind(listed, SETTINGS, at(DUE)) for _ in range(4)))
    assert sum(at_once) == 1
    assert await passes(listed, DUE, DUE + ONE) == [0, 0]
    assert await mails(listed) == [("t:caf", ["organisation:t:caf|identity"])]


async def test_after_a_month_without_a_pass_there_is_one_mail_and_time_to_answer_it(listed: Graph) -> None:
    late = DUE + 60 * ONE
    assert await passes(listed, late, late + ONE, late + AFTER) == [1, 0, 1]
    assert [step for _, step, _ in await gone(listed)] == [Step.AFTER, Step.AT]


async def test_one_mail_holds_all_that_is_due_or_soon_in_an_organisation_and_none_follows_within_a_week(
    empty_graph: Graph,
) -> None:
    soon = SAID + NOTICE - ONE
    later = SAID + 5 * ONE
    await load(
        empty_graph,
        body(),
        make.service("t:a", vouched_on=later, covers=(), competences=()),
        make.service("t:b", vouched_on=soon, covers=(), competences=()),
        make.service("t:c", vouched_on=DUE, covers=(), competences=()),
    )
    await appoint(empty_graph, "t:caf")
    assert await passes(empty_graph, DUE) == [1]
    (first,) = await mails(empty_graph)
    assert first == ("t:caf", ["organisation:t:caf|identity", "service:t:a|identity", "service:t:b|identity"])
    # The date of the second falls five days later: its mail waits for the week to end.
    assert await passes(empty_graph, DUE + 5 * ONE, DUE + QUIET - ONE, DUE + QUIET) == [0, 0, 1]


async def test_an_answer_does_not_shorten_the_week_between_two_mails(empty_graph: Graph) -> None:
    service = make.service("t:a", vouched_on=SAID + NOTICE + 3 * ONE, covers=(), competences=())
    await load(empty_graph, body(), service)
    await appoint(empty_graph, "t:caf")
    assert await passes(empty_graph, DUE) == [1]
    await load(empty_graph, body(vouched_on=DUE + ONE), service)
    assert await passes(empty_graph, DUE + 2 * ONE, DUE + QUIET - ONE, DUE + QUIET) == [0, 0, 1]
    assert [item for item, _, _ in await gone(empty_graph)] == ["service:t:a|identity"]
    assert [groups for _, groups in await mails(empty_graph)] == [
        ["organisation:t:caf|identity"],
        ["service:t:a|identity"],
    ]


async def test_what_is_answered_is_forgotten_and_begins_anew(listed: Graph) -> None:
    await passes(listed, DUE, DUE + AFTER, DUE + 2 * AFTER)
    confirmed = DUE + 2 * AFTER
    await load(listed, body(vouched_on=confirmed))
    assert await passes(listed, confirmed + ONE) == [0]
    assert await gone(listed) == []
    async with listed.reading() as unit:
        assert await Reminders(unit).unanswered("", 10) == []
    again = due_on(FieldGroup.IDENTITY, confirmed)
    assert await passes(listed, again) == [1]


async def test_nobody_is_written_to_at_an_address_that_was_only_published(empty_graph: Graph) -> None:
    await load(empty_graph, body(contact=Contact(email="public@example.org")), body("t:other"))
    assert await passes(empty_graph, DUE) == [0]
    assert await mails(empty_graph) == []
    assert await gone(empty_graph) == []


async def test_who_stopped_or_ended_is_not_reminded(empty_graph: Graph) -> None:
    await load(empty_graph, body(), body("t:ended", closed_on=DUE))
    await appoint(empty_graph, "t:caf", "t:ended")

    async def stop(unit: Unit) -> None:
        (recipient,) = (await Correspondents(unit).of(["t:caf"]))["t:caf"]
        await Correspondents(unit).stop(recipient.id)

    await empty_graph.write(stop)
    assert await passes(empty_graph, DUE) == [0]
    assert await gone(empty_graph) == []
    assert await mails(empty_graph) == []


async def test_capacity_is_asked_for_once_at_its_date(empty_graph: Graph) -> None:
    told = Capacity(vouched_on=SAID, places_free=3)
    await load(
        empty_graph,
        body(vouched_on=DUE),
        make.service("t:a", vouched_on=DUE, covers=(), competences=(), capacity=told),
    )
    await appoint(empty_graph, "t:caf")
    date_ = due_on(FieldGroup.CAPACITY, SAID)
    assert await passes(empty_graph, date_ - ONE, date_, date_ + AFTER, date_ + 3 * AFTER) == [0, 1, 0, 0]
    assert await gone(empty_graph) == [("service:t:a|capacity", Step.AT, date_)]


async def test_many_organisations_are_reminded_page_by_page(empty_graph: Graph) -> None:
    ids = [f"t:{number:03}" for number in range(120)]
    await load(empty_graph, *(body(id_) for id_ in ids))
    await appoint(empty_graph, *ids)
    assert await passes(empty_graph, DUE) == [120]
    assert sorted(organisation for organisation, _ in await mails(empty_graph)) == ids
