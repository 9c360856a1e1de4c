from __future__ import annotations

from datetime import date

import pytest

from graph.model.directory import Capacity, Holder, HolderRole, Mode, Public
from graph.store.links import links
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make


async def load_map(graph: Graph) -> None:
    loader = Loader(graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)


@pytest.fixture
async def mapped(empty_graph: Graph) -> Graph:
    await load_map(empty_graph)
    return empty_graph


async def load(graph: Graph, *records, source: str = "essai"):
    loader = Loader(graph, source)
    plan = await loader.plan_batch(make.batch(*records))
    await loader.load(plan, lambda done: None)
    return plan


async def test_a_territory_comes_back_as_it_was(mapped: Graph) -> None:
    async with mapped.reading() as unit:
        found = await unit.territories.by_ids(["25056", "departement:25", "99999"])
    assert found == {"25056": make.besancon(), "departement:25": make.doubs()}


async def test_the_map_loaded_twice_changes_nothing(mapped: Graph) -> None:
    plan = await Loader(mapped, "carte").plan_territories(make.territories())
    assert (plan.new, plan.changed, plan.unchanged) == ((), (), 4)


async def test_records_come_back_as_they_were(mapped: Graph) -> None:
    organisation = make.organisation(place=make.place(), aliases=("CAF",), hours="Mo-Fr 09:00-12:00")
    service = make.service(
        place=make.place("25462"),
        publics=(Public.FAMILLES, Public.JEUNES),
        excludes=(Public.SENIORS,),
        modes=(Mode.EN_PRESENTIEL,),
        capacity=Capacity(vouched_on=make.TODAY, places_free=0, full_until=date(2026, 6, 1)),
        interpreter=False,
        free=True,
        answer_days=2,
    )
    holder = Holder(
        professional="t:pro",
        name="Personne d’essai",
        function="conseillère",
        role=HolderRole.SUBSTITUTE,
        since=date(2025, 1, 1),
        leave_from=date(2026, 3, 1),
        leave_until=date(2026, 3, 15),
    )
    post = make.post(competences=(make.RENT,), covers=("25056",), holders=(holder,))
    town = make.organisation("t:ville", name="Ville", kind="COMMUNE")
    agreement = make.agreement(capacity=30, unit="nuitée", unit_price=17.5, payers=("département", "famille"))
    await load(mapped, organisation, town, service, make.professional(), post, agreement)

    async with mapped.reading() as unit:
        assert await unit.directory.organisations(["t:caf"]) == {"t:caf": organisation}
        assert await unit.directory.services_of(["t:caf"]) == {"t:caf": (service,)}
        assert await unit.directory.posts_of(["t:caf"]) == {"t:caf": (post,)}
        assert await unit.directory.agreements_of(["t:caf"]) == {"t:caf": (agreement,)}


async def test_only_what_moved_is_written(mapped: Graph) -> None:
    await load(mapped, make.organisation(), make.service())
    plan = await load(mapped, make.organisation(), make.service(name="Autre nom"))
    assert (plan.new, plan.changed, plan.unchanged, plan.gone) == ((), ("t:s",), 1, ())


async def test_an_edge_that_a_source_no_longer_says_is_gone(mapped: Graph) -> None:
    await load(mapped, make.organisation(covers=("25056", "25462")))
    await load(mapped, make.organisation(covers=("25462",)))
    async with mapped.reading() as unit:
        assert (await unit.directory.organisations(["t:caf"]))["t:caf"].covers == ("25462",)


async def test_what_a_source_drops_is_archived_and_other_sources_are_left_alone(mapped: Graph) -> None:
    await load(mapped, make.organisation(), make.service())
    await load(mapped, make.organisation("u:autre", name="Autre"), source="autre")
    plan = await load(mapped, make.organisation())
    assert plan.gone == ("t:s",)
    async with mapped.reading() as unit:
        assert (await unit.directory.services(["t:s"]))["t:s"].state == "archived"
        assert (await unit.directory.organisations(["u:autre"]))["u:autre"].state == "published"


async def test_a_listing_dropped_then_told_again_is_published_again(mapped: Graph) -> None:
    await load(mapped, make.organisation(), make.service())
    await load(mapped, make.organisation())
    plan = await load(mapped, make.organisation(), make.service())
    assert plan.new == ("t:s",)
    async with mapped.reading() as unit:
        assert await unit.directory.services_of(["t:caf"]) == {"t:caf": (make.service(),)}


async def test_a_load_cut_short_is_taken_up_again(mapped: Graph) -> None:
    """Each chunk is sealed with its edges: what was written is not written again."""
    loader = Loader(mapped, "essai")
    plan = await loader.plan_batch(make.batch(make.organisation(), make.service()))

    class Killed(Exception):
        pass

    def kill(done: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        await loader.load(plan, kill)
    again = await loader.plan_batch(make.batch(make.organisation(), make.service()))
    assert (again.new, again.changed, again.unchanged) == (("t:s",), (), 1)
    await loader.load(again, lambda done: None)
    async with mapped.reading() as unit:
        assert await unit.directory.organisations(["t:caf"]) == {"t:caf": make.organisation()}
        assert await unit.directory.services_of(["t:caf"]) == {"t:caf": (make.service(),)}


async def test_each_change_leaves_an_effect_for_the_index(mapped: Graph) -> None:
    async with mapped.reading() as unit:
        before = await unit.outbox.pending()
    await load(mapped, make.organisation())
    await load(mapped, make.organisation())
    async with mapped.reading() as unit:
        assert await unit.outbox.pending() == before + 1


async def test_a_succession_is_told_on_both_sides(mapped: Graph) -> None:
    old = make.organisation("t:old", name="Ancien nom", closed_on=date(2024, 1, 1))
    await load(mapped, make.organisation(), old, make.succession("t:old", "t:caf"))
    async with mapped.reading() as unit:
        after = await links(unit, "t:old")
        before = await links(unit, "t:caf")
        touched = await unit.relays.dependants(["t:old"])
        listings = await unit.relays.listings_of(["t:old", "t:caf"])
    assert [(link.kind, link.id, link.on) for link in after] == [("carried_to", "t:caf", date(2024, 1, 1))]
    assert [(link.kind, link.id) for link in before] == [("takes_over_from", "t:old")]
    assert touched == {"t:old", "t:caf"}
    assert [(listing.key, [former.name for former in listing.formers]) for listing in listings] == [
        ("organisation:t:caf", ["Ancien nom"])
    ]


async def told(graph: Graph) -> list[list[str]]:
    async with graph.reading() as unit:
        rows = await unit.run(
            "MATCH (o:Outbox) WHERE o.kind = 'index_listings' RETURN o.subjects AS s ORDER BY o.written"
        )
    return [row["s"] for row in rows]


async def test_a_service_that_moves_is_told_for_both_bodies(mapped: Graph) -> None:
    other = make.organisation("t:autre")
    await load(mapped, make.organisation(), other, make.service())
    await load(mapped, make.organisation(), other, make.service(organisation="t:autre"))
    assert (await told(mapped))[-1] == ["t:autre", "t:caf"]


async def test_a_successor_that_is_no_longer_one_is_told(mapped: Graph) -> None:
    records = [make.organisation("t:a"), make.organisation("t:b"), make.organisation("t:old")]
    await load(mapped, *records, make.succession("t:old", "t:a"))
    await load(mapped, *records, make.succession("t:old", "t:b"))
    assert set((await told(mapped))[-1]) >= {"t:a", "t:old"}


async def test_a_sheet_hides_what_is_not_for_everyone(mapped: Graph) -> None:
    town = make.organisation("t:ville", name="Ville", kind="COMMUNE")
    draft = make.service("t:brouillon", state="draft")
    await load(mapped, make.organisation(), town, draft, make.agreement(reserved=True))
    async with mapped.reading() as unit:
        sheet = await unit.directory.sheet("t:caf")
        seen_from_town = await unit.directory.sheet("t:ville")
    assert sheet is not None
    assert (sheet.services, sheet.agreements, sheet.links) == ((), (), ())
    assert seen_from_town is not None
    assert seen_from_town.links == ()
