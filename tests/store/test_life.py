"""What comes and goes by itself: the index is told on the day, and an old name leads to who took its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import blake2b

import msgspec
import pytest

from graph.model.directory import ListingState, Organisation, Service
from graph.model.life import PARIS, shown_on, start_of, state_on, turning_days
from graph.model.relay import Listing
from graph.store import records
from graph.store.loading import Loader
from graph.store.outbox import INDEX_LISTINGS
from graph.store.unit import Graph
from tests import make

DAY = date(2027, 3, 10)
ONE = timedelta(days=1)
PLANNED = "MATCH (o:Outbox) WHERE o.due > timestamp() RETURN o.due AS due, o.subjects AS subjects ORDER BY due"


def today() -> date:
    return datetime.now(PARIS).date()


async def load(graph: Graph, *records_: Organisation | Service) -> None:
    loader = Loader(graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_batch(make.batch(*records_)), lambda done: None)


async def listed(graph: Graph, *ids: str) -> dict[str, Listing]:
    async with graph.reading() as unit:
        return {listing.key: listing for listing in await unit.relays.listings_of(ids)}


@pytest.mark.parametrize(
    ("since", "until", "day", "state"),
    [
        (None, None, DAY, ListingState.PUBLISHED),
        (DAY, None, DAY - ONE, ListingState.PUBLISHED),
        (DAY, None, DAY + 400 * ONE, ListingState.SUSPENDED),
        (DAY, DAY + ONE, DAY + ONE, ListingState.SUSPENDED),
        (DAY, DAY + ONE, DAY + 2 * ONE, ListingState.PUBLISHED),
    ],
)
def test_a_suspension_is_two_days(since: date | None, until: date | None, day: date, state: ListingState) -> None:
    for record in (make.service(), make.organisation()):
        record = replace(record, suspended_from=since, suspended_until=until)
        assert (state_on(record, day), shown_on(record, day)) == (state, state is ListingState.PUBLISHED)


def test_a_body_that_has_ended_is_archived_and_a_draft_stays_one() -> None:
    assert state_on(make.organisation(closed_on=DAY), DAY) is ListingState.ARCHIVED
    assert state_on(make.organisation(closed_on=DAY), DAY - ONE) is ListingState.PUBLISHED
    draft = make.service(state=ListingState.DRAFT, suspended_from=DAY)
    assert (state_on(draft, DAY), turning_days(draft)) == (ListingState.DRAFT, ())
    assert turning_days(make.service(suspended_from=DAY, suspended_until=DAY)) == (DAY, DAY + ONE)


@pytest.mark.parametrize("record", [make.service(), make.organisation()])
def test_a_record_without_what_came_later_keeps_its_seal(record: Organisation | Service) -> None:
    said = msgspec.to_builtins(record)
    for name in ("successor", "suspended_from", "suspended_until"):
        del said[name]
    before = blake2b(msgspec.json.encode(said, order="sorted"), digest_size=12).hexdigest()
    assert records.digest(record) == before
    assert records.digest(replace(record, successor="t:other")) != before
    assert records.digest(replace(record, suspended_from=DAY)) != before


async def test_who_is_suspended_is_not_listed_and_the_index_is_told_on_both_days(empty_graph: Graph) -> None:
    now = today()
    away = make.service("t:away", suspended_from=now, suspended_until=now + 9 * ONE)
    later = make.service("t:later", suspended_from=now + 5 * ONE)
    await load(empty_graph, make.organisation(), make.service("t:here"), away, later)
    assert set(await listed(empty_graph, "t:caf")) == {"organisation:t:caf", "service:t:here", "service:t:later"}
    async with empty_graph.reading() as unit:
        planned = await unit.run(PLANNED)
        held = await unit.directory.services(["t:away"])
    assert held == {"t:away": away}
    assert [(row["due"], row["subjects"]) for row in planned] == [
        (round(start_of(now + days * ONE).timestamp() * 1000), ["t:caf"]) for days in (5, 10)
    ]


async def test_a_body_that_is_suspended_takes_its_services_along(empty_graph: Graph) -> None:
    await load(empty_graph, make.organisation(suspended_from=today() - ONE), make.service())
    assert await listed(empty_graph, "t:caf") == {}


async def test_what_is_planned_neither_waits_nor_is_settled_by_a_rebuild(empty_graph: Graph) -> None:
    soon = datetime.now(PARIS) + timedelta(hours=1)
    await empty_graph.write(lambda unit: unit.outbox.add(INDEX_LISTINGS, ["t:caf"], on=soon))
    async with empty_graph.reading() as unit:
        assert await unit.outbox.pending() == 0
        assert await unit.outbox.waiting([INDEX_LISTINGS]) == []
        assert (await unit.outbox.backlog()).waiting == 0
    assert await empty_graph.write(lambda unit: unit.outbox.claim("one")) == []
    await empty_graph.write(
        lambda unit: unit.run("MATCH (o:Outbox) SET o.due = timestamp() - 1, o.written = timestamp() - 1")
    )
    [effect] = await empty_graph.write(lambda unit: unit.outbox.claim("one"))
    assert effect.subjects == ("t:caf",)


async def test_an_old_name_leads_to_who_took_its_place(empty_graph: Graph) -> None:
    gone = make.organisation("t:gone", name="Ancien nom", closed_on=date(2026, 1, 1), successor="t:caf")
    ended = make.service("t:ended", name="Ancien service", state=ListingState.ARCHIVED, successor="t:s")
    await load(empty_graph, make.organisation(), gone, make.service(), ended)
    found = await listed(empty_graph, "t:caf", "t:gone")
    assert set(found) == {"organisation:t:caf", "service:t:s"}
    assert [former.name for former in found["organisation:t:caf"].formers] == ["Ancien nom"]
    assert [former.name for former in found["service:t:s"].formers] == ["Ancien service", "Ancien nom"]

    # Taken back: the edge goes with the word.
    await load(
        empty_graph, make.organisation(), replace(gone, successor=""), make.service(), replace(ended, successor="")
    )
    found = await listed(empty_graph, "t:caf", "t:gone")
    assert [former.name for listing in found.values() for former in listing.formers] == []
