"""What the measures stand on: the made-up France is always the same, and no question is asked twice."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from bench.asking import COMMUNE_ALONE, COMMUNE_AND_COMPETENCE, TEXT_AND_POINT, Questions
from bench.france import COVERAGES, France, made, make
from graph.model.vocabulary import competences, kinds
from search.embedded import EmbeddedIndex

SERVICES, BODIES = 500, 300


def test_the_made_up_france_is_always_the_same() -> None:
    france = France(SERVICES, BODIES)
    made_ = list(france.listings())
    assert made_ == list(France(SERVICES, BODIES).listings())
    services = [listing.service for listings in made_ for listing in listings if listing.service]
    assert (len(made_), len(services)) == (BODIES, SERVICES)
    assert len({service.id for service in services}) == SERVICES
    territories = {territory.id for territory in france.territories}
    assert {zone for service in services for zone in service.covers} <= territories
    assert {id_ for service in services for id_ in service.competences} <= set(competences())
    assert {listings[0].organisation.kind for listings in made_} <= set(kinds())
    # Every level that the table names is there.
    levels = [service.covers[0].partition(":")[0] if ":" in service.covers[0] else "commune" for service in services]
    assert set(levels) == set(COVERAGES)


async def test_a_folder_is_made_once_and_holds_all_of_it(tmp_path: Path) -> None:
    assert not made(tmp_path, SERVICES)
    await make(tmp_path, SERVICES)
    assert made(tmp_path, SERVICES)
    assert not made(tmp_path, SERVICES + 1)
    held = await EmbeddedIndex(tmp_path / "index").held()
    assert len(held) == BODIES + SERVICES
    assert sum(key.startswith("service:") for key in held) == SERVICES


def test_no_question_is_asked_twice() -> None:
    asked = list(islice(Questions(France(0, 0).communes), 2_000))
    families = [question.family for question in asked]
    assert [families.count(f) for f in (COMMUNE_AND_COMPETENCE, COMMUNE_ALONE, TEXT_AND_POINT)] == [1_000, 500, 500]
    about = [(q.variables["territory"], *q.variables["competences"]) for q in asked if "territory" in q.variables]
    assert len(set(about)) == len(about)
