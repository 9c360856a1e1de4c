"""The acts on a whole listing, and the list of those who keep them, on a real graph."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.actions import listings
from api.actions.keeping import change_groups, history, kept, take_back
from api.actions.listings import Mine, archive, duplicate, mine, publish, resume, set_room, suspend
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.attention import Need
from graph.model.directory import Capacity, Contact, ListingState, Service
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound
from graph.model.keeping import ListingKind, Target
from graph.model.life import PARIS, state_on
from graph.model.listing import FieldGroup
from graph.store.loading import Loader
from graph.store.unit import Graph, Unit
from search.places import Gazetteer
from tests import make
from tests.reading import shared

AT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY, ONE = date(2026, 3, 10), timedelta(days=1)
SERVICE = Target(ListingKind.SERVICE, "t:s")
BODY = Target(ListingKind.ORGANISATION, "t:caf")
EDITOR = make.viewer()


class Places:
    """The territories of the tests, where an index would have them."""

    places = Gazetteer(make.territories())


@pytest.fixture
async def rooms(empty_graph: Graph) -> Rooms:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    loader = Loader(empty_graph, "dila")
    bodies = (
        make.organisation(source="dila", contact=Contact(phone="3230")),
        make.organisation("t:unit", name="Une unité", part_of="t:caf", source="dila"),
        make.organisation("t:below", name="Sous l’unité", part_of="t:unit", source="dila", vouched_on=date(2025, 1, 1)),
        make.organisation("t:other", name="Un autre", source="dila"),
    )
    services = (make.service(source="dila"), make.service("t:s2", name="Service repris", source="dila"))
    await loader.load(await loader.plan_batch(make.batch(*bodies, *services)), lambda done: None)
    index: Any = Places()
    return Rooms(settings=Settings(), graph=empty_graph, index=index, reader=shared())


async def listed(rooms: Rooms) -> list[str]:
    """What the index would hold of the tests' bodies."""
    async with rooms.graph.reading() as unit:
        return sorted(one.key for one in await unit.relays.listings_of(["t:caf", "t:unit", "t:below", "t:other"]))


def names(found: tuple[Mine, ...]) -> list[tuple[str, Need]]:
    return [(one.record.id, one.attention.need) for one in found]


async def test_the_list_holds_ones_own_and_the_units_below_the_most_pressing_first(rooms: Rooms) -> None:
    found = await mine(rooms, EDITOR, TODAY)
    assert names(found.listings) == [
        ("t:below", Need.PAST_DUE),
        ("t:caf", Need.NOTHING),
        ("t:s", Need.NOTHING),
        ("t:s2", Need.NOTHING),
        ("t:unit", Need.NOTHING),
    ]
    assert not found.cut
    assert (await mine(rooms, make.viewer(organisation="", organisations=()), TODAY)).listings == ()
    above = await mine(rooms, make.viewer(organisation="t:below", organisations=("t:below",)), TODAY)
    assert names(above.listings) == [("t:below", Need.PAST_DUE)]


async def test_corrections_that_wait_are_counted_by_whoever_collects_them(rooms: Rooms) -> None:
    async def two(_: Unit, keys: Any) -> dict[str, int]:
        assert "service:t:s" in keys
        return {"service:t:s": 2}

    found = await mine(rooms, EDITOR, TODAY, two)
    assert [(one.record.id, one.attention.asks[0].count) for one in found.listings if one.attention.asks][1] == (
        "t:s",
        2,
    )


async def test_a_suspension_goes_into_the_log_out_of_the_index_and_back_by_undo(rooms: Rooms) -> None:
    today = datetime.now(PARIS).date()
    before = await listed(rooms)
    held = await suspend(rooms, EDITOR, SERVICE, today, today + ONE, key="k1", note="Travaux")
    assert (state_on(held.record, today), state_on(held.record, today + 2 * ONE)) == (
        ListingState.SUSPENDED,
        ListingState.PUBLISHED,
    )
    assert await listed(rooms) == [key for key in before if key != "service:t:s"]
    [entry] = await history(rooms, EDITOR, SERVICE)
    assert (entry.note, tuple(entry.steps)) == ("Travaux", (FieldGroup.IDENTITY,))
    held = await take_back(rooms, EDITOR, SERVICE, entry.seq, key="k2")
    assert held.record.suspended_from is None
    assert await listed(rooms) == before
    await suspend(rooms, EDITOR, SERVICE, today, None, key="k3")
    assert (await resume(rooms, EDITOR, SERVICE, key="k4")).record.suspended_from is None
    assert await listed(rooms) == before


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        (TODAY, TODAY - ONE, "until"),
        (TODAY - 9 * ONE, TODAY - ONE, "until"),
        (TODAY, date(2040, 1, 1), "until"),
        (date(2040, 1, 1), None, "since"),
    ],
)
async def test_a_suspension_that_cannot_be_is_refused(
    rooms: Rooms, since: date, until: date | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await suspend(rooms, EDITOR, SERVICE, since, until, key="k", at=AT)
    assert refused.value.field == field
    assert await history(rooms, EDITOR, SERVICE) == []


async def test_an_archived_service_leads_to_its_successor_by_name(rooms: Rooms) -> None:
    held = await archive(rooms, EDITOR, SERVICE, "t:s2", key="k1", at=AT)
    assert (held.record.state, held.record.successor) == (ListingState.ARCHIVED, "t:s2")
    async with rooms.graph.reading() as unit:
        found = {one.key: one for one in await unit.relays.listings_of(["t:caf"])}
    assert set(found) == {"organisation:t:caf", "service:t:s2"}
    assert [former.name for former in found["service:t:s2"].formers] == ["Service d’essai"]
    assert await listings.successor_of(rooms, "t:s") == "t:s2"
    with pytest.raises(InvalidInput, match="n’existe pas, ou n’est pas publiée"):
        await archive(rooms, EDITOR, Target(ListingKind.SERVICE, "t:s2"), "t:s", key="k2", at=AT)


async def test_an_archived_body_keeps_its_sheet_which_says_who_to_ask(rooms: Rooms) -> None:
    unit_ = Target(ListingKind.ORGANISATION, "t:unit")
    await archive(rooms, EDITOR, unit_, "t:other", key="k1", at=AT)
    async with rooms.graph.reading() as unit:
        sheet = await unit.directory.sheet("t:unit")
        found = {one.key: one for one in await unit.relays.listings_of(["t:other", "t:unit"])}
    assert sheet is not None
    assert [(link.kind.value, link.id) for link in sheet.links if link.id == "t:other"] == [("carried_to", "t:other")]
    assert [former.name for former in found["organisation:t:other"].formers] == ["Une unité"]
    assert "organisation:t:unit" not in found
    with pytest.raises(InvalidInput, match="n’existe pas, ou n’est pas publiée"):
        await archive(rooms, EDITOR, BODY, "t:unit", key="k", at=AT)
    await take_back(rooms, EDITOR, unit_, 1, key="k2", at=AT)
    async with rooms.graph.reading() as unit:
        found = {one.key: one for one in await unit.relays.listings_of(["t:other", "t:unit"])}
    assert set(found) == {"organisation:t:other", "organisation:t:unit"}
    assert found["organisation:t:other"].formers == ()


@pytest.mark.parametrize("successor", ["t:s", "t:nowhere", "t:caf"])
async def test_a_successor_that_is_none_is_refused(rooms: Rooms, successor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await archive(rooms, EDITOR, SERVICE, successor, key="k", at=AT)
    assert refused.value.field == "successor"
    assert await history(rooms, EDITOR, SERVICE) == []


async def test_a_copy_is_a_draft_that_nobody_sees_until_it_is_published(rooms: Rooms) -> None:
    capacity = Capacity(vouched_on=TODAY, places_free=3)
    await set_room(rooms, EDITOR, SERVICE, capacity, key="k0", at=AT)
    before = await listed(rooms)
    made = await duplicate(rooms, EDITOR, SERVICE, key="k1", at=AT)
    again = await duplicate(rooms, EDITOR, SERVICE, key="k1", at=AT)
    assert made.target == again.target
    assert isinstance(made.record, Service)
    assert (made.record.name, made.record.state, made.record.capacity) == (
        "Service d’essai (copie)",
        ListingState.DRAFT,
        None,
    )
    assert await listed(rooms) == before
    await publish(rooms, EDITOR, made.target, key="k2", at=AT)
    assert await listed(rooms) == sorted([*before, made.target.key])
    with pytest.raises(InvalidInput, match="Seul un service"):
        await duplicate(rooms, EDITOR, BODY, key="k3", at=AT)


async def test_room_is_said_by_whoever_works_there_and_nothing_else_is(rooms: Rooms) -> None:
    worker = make.viewer(Role.PROFESSIONAL)
    capacity = Capacity(vouched_on=TODAY, places_free=0, full_until=date(2026, 4, 1))
    held = await set_room(rooms, worker, SERVICE, capacity, key="k1", at=AT)
    assert isinstance(held.record, Service) and held.record.capacity == capacity
    for act in (
        suspend(rooms, worker, SERVICE, TODAY, None, key="k2", at=AT),
        archive(rooms, worker, SERVICE, "", key="k3", at=AT),
        publish(rooms, worker, SERVICE, key="k4", at=AT),
        duplicate(rooms, worker, SERVICE, key="k5", at=AT),
    ):
        with pytest.raises(NotAllowed):
            await act
    assert (await kept(rooms, EDITOR, SERVICE)).seq == 1


async def test_another_body_s_listing_looks_like_none(rooms: Rooms) -> None:
    stranger = make.viewer(organisation="t:other", organisations=("t:other",))
    for target in (SERVICE, Target(ListingKind.SERVICE, "t:nowhere")):
        with pytest.raises(NotFound) as refused:
            await suspend(rooms, stranger, target, TODAY, None, key="k", at=AT)
        assert refused.value.message == "Cette fiche n’existe pas, ou n’est pas de celles que vous tenez."


async def test_the_second_of_two_who_say_room_is_told_what_the_first_said(rooms: Rooms) -> None:
    first = Capacity(vouched_on=TODAY, places_free=1)
    await set_room(rooms, EDITOR, SERVICE, first, key="k1", expected_seq=0, at=AT)
    with pytest.raises(Conflict) as refused:
        await set_room(rooms, EDITOR, SERVICE, None, key="k2", expected_seq=0, at=AT)
    current: Any = refused.value.current
    assert current.record.capacity == first
    # Another group meanwhile is no conflict.
    held = await change_groups(
        rooms, EDITOR, SERVICE, {FieldGroup.CONTACT: {"contact": Contact(phone="115")}}, key="k3", expected_seq=0, at=AT
    )
    assert held.seq == 2


async def test_what_a_source_calls_suspended_is_resumed(rooms: Rooms) -> None:
    state = {FieldGroup.IDENTITY: {"state": ListingState.SUSPENDED}}
    await change_groups(rooms, EDITOR, SERVICE, state, key="k1", at=AT)
    assert SERVICE.key not in await listed(rooms)
    held = await resume(rooms, EDITOR, SERVICE, key="k2", at=AT)
    assert (held.record.state, held.seq) == (ListingState.PUBLISHED, 2)
    assert (await resume(rooms, EDITOR, SERVICE, key="k2", at=AT)).seq == 2
    assert SERVICE.key in await listed(rooms)


async def test_only_a_draft_is_published(rooms: Rooms) -> None:
    await archive(rooms, EDITOR, SERVICE, "t:s2", key="k1", at=AT)
    before = await kept(rooms, EDITOR, SERVICE)
    with pytest.raises(InvalidInput, match="Seul un brouillon se publie"):
        await publish(rooms, EDITOR, SERVICE, key="k2", at=AT)
    assert await kept(rooms, EDITOR, SERVICE) == before
    made = await duplicate(rooms, EDITOR, SERVICE, key="k3", at=AT)
    seqs = [(await publish(rooms, EDITOR, made.target, key="k4", at=AT)).seq for _ in range(2)]
    assert seqs == [2, 2]
