"""Posts that an organisation keeps: no import moves them, nor brings back those taken away."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from graph.model.directory import Contact, Holder
from graph.store.loading import Loader
from graph.store.outbox import INDEX_LISTINGS
from graph.store.unit import Graph
from tests import make

HOLDER = Holder(professional="t:pro", name="Personne d’essai", function="conseillère")
OTHER = Holder(professional="t:autre", name="Autre personne", function="assistante")


async def load(graph: Graph, *records):
    loader = Loader(graph, "essai")
    plan = await loader.plan_batch(make.batch(*records))
    await loader.load(plan, lambda done: None)
    return plan


@pytest.fixture
async def told(empty_graph: Graph) -> Graph:
    """What the source says: a body, two workers, three posts."""
    loader = Loader(empty_graph, "carte")
    await loader.load(await loader.plan_territories(make.territories()), lambda done: None)
    await load(empty_graph, *source())
    return empty_graph


def source(**values):
    return (
        make.organisation(),
        make.professional(),
        make.professional("t:autre", name="Autre personne", function="assistante"),
        make.post(holders=(HOLDER,), competences=(make.RENT,), covers=("25056",), **values),
        make.post("t:p2", label="Deuxième"),
        make.post("t:p3", label="Troisième"),
    )


async def posts(graph: Graph):
    async with graph.reading() as unit:
        return {post.id: post for post in (await unit.directory.posts_of(["t:caf"])).get("t:caf", ())}


async def test_a_post_kept_by_its_organisation_survives_the_next_import(told: Graph) -> None:
    kept = replace(
        (await posts(told))["t:p"],
        label="Accueil du logement",
        contact=Contact(phone="03 00 00 00 00"),
        covers=("25462",),
        holders=(replace(HOLDER, until=date(2026, 3, 1)), OTHER),
    )
    await told.write(lambda unit: unit.posts.keep([kept]))
    # The source says something else of it, and of another.
    plan = await load(told, *source(hours="24/7")[:4], make.post("t:p2", label="Renommé"))
    assert (plan.new, plan.changed, plan.gone) == ((), ("t:p2",), ("t:p3",))
    found = await posts(told)
    assert found["t:p"] == replace(kept, holders=(OTHER, replace(HOLDER, until=date(2026, 3, 1))))
    assert found["t:p2"].label == "Renommé"
    assert "t:p3" not in found


async def test_a_kept_post_and_its_holders_outlive_a_source_that_falls_silent(told: Graph) -> None:
    kept = (await posts(told))["t:p"]
    await told.write(lambda unit: unit.posts.keep([kept]))
    plan = await load(told, make.organisation())
    assert plan.gone == ("t:autre", "t:p2", "t:p3")
    assert await posts(told) == {"t:p": kept}


async def test_a_post_taken_in_hand_between_comparison_and_writing_is_left_alone(told: Graph) -> None:
    loader = Loader(told, "essai")
    plan = await loader.plan_batch(make.batch(*source(hours="24/7")))
    assert plan.changed == ("t:p",)
    kept = replace((await posts(told))["t:p"], label="Accueil du logement")
    await told.write(lambda unit: unit.posts.keep([kept]))
    await loader.load(plan, lambda done: None)
    assert (await posts(told))["t:p"] == kept


async def test_a_post_taken_away_does_not_come_back_until_it_is_kept_again(told: Graph) -> None:
    before = await posts(told)
    await told.write(lambda unit: unit.posts.take_away([before["t:p"]]))
    await load(told, *source(hours="24/7"))
    assert await posts(told) == {"t:p2": before["t:p2"], "t:p3": before["t:p3"]}
    async with told.reading() as unit:
        assert await unit.posts.get(["t:p", "t:p2"]) == {"t:p2": before["t:p2"]}
    await told.write(lambda unit: unit.posts.keep([before["t:p"]]))
    assert await posts(told) == before


async def test_the_index_is_told_of_what_is_kept_and_taken_away(told: Graph) -> None:
    before = (await posts(told))["t:p"]

    async def waiting():
        async with told.reading() as unit:
            rows = await unit.run("MATCH (o:Outbox) RETURN o.kind AS kind, o.subjects AS subjects")
        return Counter((row["kind"], *row["subjects"]) for row in rows)

    told_before = await waiting()
    await told.write(lambda unit: unit.posts.keep([before]))
    await told.write(lambda unit: unit.posts.take_away([before]))
    assert await waiting() - told_before == Counter({(INDEX_LISTINGS, "t:caf"): 2})


async def test_someone_whom_no_source_tells_holds_a_post(told: Graph) -> None:
    new = make.professional("partner:essai", name="Nouvelle personne", function="accueil")
    holder = Holder(professional=new.id, name=new.name, function=new.function)
    kept = replace((await posts(told))["t:p2"], holders=(holder,))

    async def add(unit):
        await unit.posts.add_professional(new)
        await unit.posts.keep([kept])

    await told.write(add)
    await load(told, *source())
    assert (await posts(told))["t:p2"] == kept
    async with told.reading() as unit:
        assert [p.id for p in await unit.posts.colleagues("t:caf")] == ["t:autre", "partner:essai", "t:pro"]
        assert await unit.posts.professionals(["partner:essai", "t:none"]) == {"partner:essai": new}
