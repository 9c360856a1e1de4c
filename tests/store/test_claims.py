"""Several sources speak of one listing: both stay, the node holds what they add up to."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graph.model.directory import Batch, Contact, ListingState, Public
from graph.model.listing import Claim, FieldGroup, split
from graph.store.links import links
from graph.store.loading import Loader, Plan
from graph.store.unit import Graph
from tests import make

OLD, NEW = date(2019, 6, 1), date(2025, 6, 1)


@pytest.fixture
async def mapped(empty_graph: Graph) -> Graph:
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    return empty_graph


async def load(graph: Graph, source: str, *records: Any) -> Plan:
    loader = Loader(graph, source)
    plan = await loader.plan_batch(make.batch(*records))
    await loader.load(plan, lambda done: None)
    return plan


def dila(**values: Any) -> Any:
    return make.organisation(source="dila", vouched_on=OLD, **values)


def feed(**values: Any) -> Any:
    return make.organisation(source="data-inclusion", vouched_on=NEW, **values)


async def standing(graph: Graph, id_: str = "t:caf") -> Any:
    async with graph.reading() as unit:
        return (await unit.directory.organisations([id_]))[id_]


async def claims(graph: Graph, listing: Any) -> tuple[Claim, ...]:
    async with graph.reading() as unit:
        return (await unit.claims.of([listing]))[listing]


async def nodes(graph: Graph, label: str) -> int:
    async with graph.reading() as unit:
        rows = await unit.run("MATCH (n) RETURN labels(n) AS labels")
    return sum(label in row["labels"] for row in rows)


async def test_a_single_source_costs_no_claim(mapped: Graph) -> None:
    body = dila(contact=Contact(phone="1"))
    await load(mapped, "dila", body)
    assert await nodes(mapped, "Claim") == 0
    assert await claims(mapped, body) == split(body)


async def test_two_sources_that_disagree_both_stay(mapped: Graph) -> None:
    first = dila(name="CAF", hours="Mo 09:00-12:00", contact=Contact(phone="1"), place=make.place())
    second = feed(name="CAF du Doubs", contact=Contact(phone="2"), covers=("25056",), aliases=("Allocs",))
    await load(mapped, "dila", first)
    plan = await load(mapped, "data-inclusion", second)
    assert (plan.new, plan.changed, plan.unchanged) == (("t:caf",), (), 0)
    body = await standing(mapped)
    assert (body.name, body.contact.phone, body.covers, body.aliases) == ("CAF du Doubs", "2", ("25056",), ("Allocs",))
    assert (body.hours, body.place) == ("Mo 09:00-12:00", make.place())
    assert (body.source, body.vouched_on) == ("data-inclusion", NEW)
    said = await claims(mapped, body)
    assert {(c.source, c.group) for c in said} == {(c.source, c.group) for c in (*split(first), *split(second))}
    assert all(claim in (*split(first), *split(second)) for claim in said)


async def test_each_source_loaded_again_changes_nothing(mapped: Graph) -> None:
    first, second = dila(contact=Contact(phone="1")), feed(contact=Contact(phone="2"))
    await load(mapped, "dila", first, make.service(source="dila"))
    await load(mapped, "data-inclusion", second, make.service(source="data-inclusion", name="Autre"))
    before = await standing(mapped), await claims(mapped, first)
    for source, body, service in (
        ("dila", first, make.service(source="dila")),
        ("data-inclusion", second, make.service(source="data-inclusion", name="Autre")),
    ):
        plan = await load(mapped, source, body, service)
        assert (plan.new, plan.changed, plan.unchanged, plan.gone) == ((), (), 2, ())
    assert (await standing(mapped), await claims(mapped, first)) == before


async def test_the_partners_own_word_wins_though_it_is_older(mapped: Graph) -> None:
    own = make.organisation(source="partner:t:caf", vouched_on=date(2018, 1, 1), contact=Contact(phone="3"))
    await load(mapped, "partner", own)
    await load(mapped, "data-inclusion", feed(contact=Contact(phone="2")))
    body = await standing(mapped)
    assert (body.contact.phone, body.source) == ("3", "partner:t:caf")


async def test_a_source_that_drops_it_leaves_what_the_other_says(mapped: Graph) -> None:
    first = dila(name="CAF", contact=Contact(phone="1"), covers=("departement:25",))
    await load(mapped, "dila", first, make.service(source="dila"))
    await load(mapped, "data-inclusion", feed(contact=Contact(phone="2"), covers=("25056",)))
    plan = await load(mapped, "data-inclusion")
    assert plan.gone == ("t:caf",)
    assert await standing(mapped) == first
    assert await nodes(mapped, "Claim") == 0
    again = await load(mapped, "dila", first, make.service(source="dila"))
    assert (again.new, again.changed, again.unchanged) == ((), (), 2)


async def test_the_first_source_may_go_and_the_id_stays(mapped: Graph) -> None:
    second = feed(contact=Contact(phone="2"))
    await load(mapped, "dila", dila(contact=Contact(phone="1")))
    await load(mapped, "data-inclusion", second)
    assert (await load(mapped, "dila")).gone == ("t:caf",)
    assert await standing(mapped) == second
    assert (await load(mapped, "data-inclusion", second)).unchanged == 1
    assert (await load(mapped, "data-inclusion")).gone == ("t:caf",)
    assert (await standing(mapped)).state is ListingState.ARCHIVED


async def test_of_three_sources_two_remain(mapped: Graph) -> None:
    await load(mapped, "dila", dila(contact=Contact(phone="1")))
    await load(mapped, "data-inclusion", feed(contact=Contact(phone="2")))
    await load(mapped, "autre", make.organisation(source="autre", contact=Contact(phone="3")))
    assert await nodes(mapped, "Claim") == 3
    await load(mapped, "autre")
    assert await nodes(mapped, "Claim") == 2
    assert (await standing(mapped)).contact.phone == "2"
    await load(mapped, "data-inclusion")
    assert await nodes(mapped, "Claim") == 0
    assert (await standing(mapped)).contact.phone == "1"


async def test_services_too(mapped: Graph) -> None:
    body = dila()
    await load(mapped, "dila", body, make.service(source="dila", vouched_on=OLD, publics=(Public.JEUNES,)))
    moved = make.service(source="autre", vouched_on=NEW, publics=(Public.SENIORS,), competences=(make.RSA,))
    await load(mapped, "autre", moved)
    async with mapped.reading() as unit:
        found = (await unit.directory.services(["t:s"]))["t:s"]
        (listing,) = [it for it in await unit.relays.listings_of(["t:caf"]) if it.service]
    assert found == moved
    assert listing.service == moved
    said = await claims(mapped, found)
    assert [c.value["publics"] for c in said if c.group is FieldGroup.CONDITIONS] == [
        (Public.SENIORS,),
        (Public.JEUNES,),
    ]


async def test_an_organisation_and_a_service_of_one_id_do_not_mix(mapped: Graph) -> None:
    for source in ("dila", "autre"):
        await load(mapped, source, make.organisation("t:x"), make.organisation(), make.service("t:x"))
    await load(mapped, "autre", make.organisation("t:x"), make.organisation())
    async with mapped.reading() as unit:
        assert (await unit.directory.services(["t:x"]))["t:x"].state is ListingState.PUBLISHED
    assert await nodes(mapped, "Claim") == 4


async def test_each_keeps_its_successions(mapped: Graph) -> None:
    after = make.organisation("t:apres")
    await load(mapped, "dila", dila(), after, make.succession("t:caf", "t:apres"))
    await load(mapped, "data-inclusion", feed())
    async with mapped.reading() as unit:
        assert [(link.kind, link.id) for link in await links(unit, "t:caf")] == [("carried_to", "t:apres")]
    await load(mapped, "dila", after)
    async with mapped.reading() as unit:
        assert await links(unit, "t:caf") == ()


async def test_the_index_is_told_once_a_batch(mapped: Graph) -> None:
    await load(mapped, "dila", dila())
    async with mapped.reading() as unit:
        before = await unit.outbox.pending()
    await load(mapped, "data-inclusion", feed())
    await load(mapped, "data-inclusion")
    async with mapped.reading() as unit:
        assert await unit.outbox.pending() == before + 2


async def test_what_was_archived_belongs_to_who_tells_it_now(mapped: Graph) -> None:
    await load(mapped, "dila", dila())
    await load(mapped, "dila")
    await load(mapped, "data-inclusion", feed())
    assert await standing(mapped) == feed()
    assert await nodes(mapped, "Claim") == 0


async def test_bodies_in_a_circle_are_written_together(mapped: Graph) -> None:
    one, two = make.organisation("t:1", part_of="t:2"), make.organisation("t:2", part_of="t:1")
    await load(mapped, "essai", one, two)
    assert (await standing(mapped, "t:1"), await standing(mapped, "t:2")) == (one, two)


async def test_a_part_told_before_its_whole_finds_it(mapped: Graph) -> None:
    units = [make.organisation(f"t:{number:04}", part_of="t:whole") for number in range(501)]
    plan = await load(mapped, "essai", *units, make.organisation("t:whole"))
    assert len(plan.new) == 502
    assert await standing(mapped, "t:0000") == units[0]


async def test_one_load_compares_only_what_it_is_given(mapped: Graph) -> None:
    await load(mapped, "essai", make.organisation(), make.organisation("t:autre"))
    plan = await Loader(mapped, "essai").compare(Batch(organisations=(make.organisation(),)))
    assert (plan.new, plan.changed, plan.unchanged, plan.gone) == ((), (), 1, ())
