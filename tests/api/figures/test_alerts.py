"""From what searches meet, and from who leaves, to the page: counted without a word, told, silenced with a reason, over."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.actions.figures.noticing import look
from api.tally import Tally, looks_for_someone
from graph.model.access import Role
from graph.model.directory import ListingState
from graph.model.figures.alerts import Alert, AlertKind, Standing
from graph.model.figures.searched import KEPT, Met, SearchCount
from graph.model.territory import COUNTRY, Territory, TerritoryLevel
from graph.store.loading import Loader
from graph.store.unit import Graph
from tests import make
from tests.api.figures import alerts
from tests.api.inside import Inside, inside
from tests.web.rooms import index_of

HERE = "t:caf"
NOW = datetime.now(UTC)
TODAY = alerts.TODAY
CANARY = "zorglubine"
PATH = "/coordination/alertes"
BROWSER = {"user-agent": "Mozilla/5.0"}
EVERYTHING = "MATCH (n) WHERE NOT n:Competence RETURN n{.*} AS node"


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    service = make.service("t:s", name="Écoute loyer", competences=(make.RENT,), covers=("departement:25",))
    records = [make.organisation(HERE, name="Ici", source="dila", covers=("25056",)), replace(service, source="dila")]
    async with inside(empty_graph, tmp_path, *records) as made:
        yield made


async def counted(graph: Graph) -> list[SearchCount]:
    async with graph.reading() as unit:
        return await unit.searched.since(TODAY - KEPT)


async def everything(graph: Graph) -> str:
    async with graph.reading() as unit:
        return repr([row["node"] for row in await unit.run(EVERYTHING)])


async def test_a_search_that_finds_nothing_is_counted_and_its_words_are_nowhere(site: Inside, tmp_path: Path) -> None:
    graph, tally = site.rooms.graph, site.rooms.tally
    asked = {"q": f"impayés de loyer {CANARY}", "ou": "Besançon", "lieu": "25056"}
    async with site.client() as visitor:
        for _ in range(3):
            assert (await visitor.get("/chercher", params=asked, headers=BROWSER)).status_code == 200
        # A machine, a browser that reads ahead, a further page, a choice that leaves all out: nobody looks in vain.
        await visitor.get("/chercher", params=asked, headers={"user-agent": "Examplebot/1.0"})
        await visitor.get("/chercher", params=asked, headers=BROWSER | {"sec-purpose": "prefetch"})
        await visitor.get("/chercher", params=asked | {"gratuit": "1"}, headers=BROWSER)
    assert await counted(graph) == []
    await tally.write(graph)
    await tally.write(graph)
    [one] = await counted(graph)
    assert (one.met, one.competence, one.territory, one.count) == (Met.NOTHING, make.RENT, "25056", 3)
    # A second process adds its own.
    other = Tally()
    other.note([replace(one, count=2)])
    await other.write(graph)
    assert [count.count for count in await counted(graph)] == [5]
    assert CANARY not in await everything(graph)
    # Nor in the engine's folder: pages, logs of transactions, journals.
    files = written(tmp_path.parent)
    assert any("engine" in str(path) for path in files)
    assert not [path for path in files if CANARY.encode() in path.read_bytes()]


def written(folder: Path) -> list[Path]:
    """All files of this run: those of the engine that all tests share, and those of the site."""
    return [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]


def test_who_looks_for_someone() -> None:
    assert looks_for_someone(BROWSER)
    assert not looks_for_someone({})
    assert not looks_for_someone({"user-agent": "Mozilla/5.0 (compatible; Somebot/2.1)"})
    assert not looks_for_someone(BROWSER | {"purpose": "prefetch"})


async def test_old_counts_are_swept(empty_graph: Graph) -> None:
    kept, gone = (SearchCount(day=TODAY - days, met=Met.NOTHING) for days in (KEPT, KEPT + timedelta(days=1)))
    await empty_graph.write(lambda unit: unit.searched.add([kept, gone]))
    assert await empty_graph.write(lambda unit: unit.searched.sweep(TODAY)) == 1
    assert await empty_graph.write(lambda unit: unit.searched.sweep(TODAY)) == 0
    async with empty_graph.reading() as unit:
        assert await unit.searched.since(TODAY - 2 * KEPT) == [kept]


async def standing(graph: Graph) -> dict[AlertKind, Any]:
    async with graph.reading() as unit:
        return {one.alert.kind: one.alert for one in await unit.alerts.standing()}


async def test_a_zone_that_loses_its_last_relay_is_told_until_somebody_is_there(site: Inside) -> None:
    graph, index = site.rooms.graph, site.rooms.index
    # A member of the network is at work in Besançon.
    await site.account(Role.PROFESSIONAL, HERE)
    assert await look(graph, index, NOW - timedelta(days=1)) == 0
    await graph.write(lambda unit: unit.run("MATCH (s:Service {id: 't:s'}) SET s.state = $state", state="suspended"))
    assert await look(graph, index, NOW) == 1
    [alert] = (await standing(graph)).values()
    assert (alert.kind, alert.competence, alert.territory) == (
        AlertKind.ZONE_LOST_LAST_RELAY,
        make.RENT,
        "departement:25",
    )
    # In Besançon a body of this kind still is there by law.
    assert (alert.figure, alert.places) == (make.pontarlier().population, ("25462",))
    assert await look(graph, index, NOW) == 0
    published = ListingState.PUBLISHED.value
    await graph.write(lambda unit: unit.run("MATCH (s:Service {id: 't:s'}) SET s.state = $state", state=published))
    assert await look(graph, index, NOW) == 1
    assert await standing(graph) == {}
    async with graph.reading() as unit:
        assert [one.alert.id for one, _ in await unit.alerts.past(10)] == [alert.id]


PARIS = (
    Territory(id="departement:75", name="Paris", level=TerritoryLevel.DEPARTEMENT, zones=("departement:75", COUNTRY)),
    Territory(
        id="75056",
        name="Paris",
        level=TerritoryLevel.COMMUNE,
        zones=("75056", "departement:75", COUNTRY),
        population=2_100_000,
    ),
)


async def test_what_acts_in_the_whole_country_is_there_in_each_departement_of_the_network(
    site: Inside, tmp_path: Path
) -> None:
    graph, paris = site.rooms.graph, "t:paris"
    everywhere = make.service("t:france", organisation=HERE, competences=(make.HOTEL,), covers=(COUNTRY,))
    records = make.batch(make.organisation(paris, name="Là-bas", kind="EAJE", covers=("75056",)), everywhere)
    loader = Loader(graph, "essai")
    await loader.load(await loader.plan_territories([*make.territories(), *PARIS]), lambda done: None)
    await loader.load(await loader.plan_batch(records), lambda done: None)
    await index_of(tmp_path / "index", [], PARIS)
    await site.rooms.index.follow()
    await site.account(Role.PROFESSIONAL, HERE)
    await site.account(Role.PROFESSIONAL, paris)
    await look(graph, site.rooms.index, NOW)
    async with graph.reading() as unit:
        seen = await unit.alerts.uncovered()
    there = {one.departement for one in seen.values()}
    assert there == {"departement:25", "departement:75"}
    assert [seen[f"{one}|{make.HOTEL}"].communes for one in sorted(there)] == [frozenset()] * 2
    # What is in the Doubs alone is not in Paris.
    assert seen[f"departement:25|{make.RENT}"].communes == frozenset()
    assert seen[f"departement:75|{make.RENT}"].communes != frozenset()


async def test_a_stale_listing_that_many_are_shown_is_told(site: Inside, tmp_path: Path) -> None:
    graph = site.rooms.graph
    old = make.organisation(HERE, vouched_on=TODAY - timedelta(days=800))
    await index_of(tmp_path / "index", [make.listing(organisation=old)])
    many = SearchCount(day=TODAY - timedelta(days=7), met=Met.STALE, listing="organisation:t:caf", count=40)
    await graph.write(lambda unit: unit.searched.add([many]))
    await site.rooms.index.follow()
    await look(graph, site.rooms.index, NOW)
    assert (await standing(graph))[AlertKind.STALE_BUT_SOUGHT].figure == 33


async def test_a_coordinator_reads_silences_with_a_reason_and_undoes_it(site: Inside) -> None:
    await alerts.planted(site.rooms.graph)
    sentence = (
        "Écoute loyer : fiche sans confirmation depuis plus de deux ans, montrée 40 fois au moins en quatre semaines."
    )
    async with await site.signed_in(Role.COORDINATOR) as client:
        page = await client.get(PATH)
        assert "1 alerte appelle votre attention, aucune à traiter d’abord." in plain(page.text)
        assert sentence in plain(page.text)
        assert 'href="/service/t:s"' in page.text
        form = {"alerte": alerts.ALERT.id, "cle": "k1", "jusquau": alerts.SILENCED["until"]}
        refused = await client.post(f"{PATH}/silence", data=form | {"motif": " "})
        assert refused.status_code == 422
        assert 'aria-invalid="true"' in refused.text
        done = await client.post(f"{PATH}/silence", data=form | {"motif": "On s’en occupe."})
        assert (done.status_code, done.headers["location"]) == (303, f"{PATH}?fait=tue")
        page = await client.get(PATH)
        assert "Rien n’appelle votre attention ce matin." in plain(page.text)
        assert "On s’en occupe." in plain(page.text)
        await client.post(f"{PATH}/dire", data={"alerte": alerts.ALERT.id, "cle": "k2"})
        assert "1 alerte appelle" in plain((await client.get(PATH)).text)


async def test_what_is_lost_everywhere_at_once_is_one_sentence_and_a_page_of_its_own(site: Inside) -> None:
    lost = [
        Standing(
            alert=Alert(
                kind=AlertKind.ZONE_LOST_LAST_RELAY,
                figure=1_000 + number,
                before=0,
                since=TODAY,
                territory=f"departement:{number}",
                competence=make.RENT,
            ),
            seen=NOW,
        )
        for number in range(25, 31)
    ]
    await site.rooms.graph.write(lambda unit: unit.alerts.put(lost))
    async with await site.signed_in(Role.COORDINATOR) as client:
        page = await client.get(PATH)
        assert "6 alertes appellent votre attention, dont 6 à traiter d’abord." in plain(page.text)
        assert "plus aucun relais pour 6 165 habitants, dans 6 territoires" in plain(page.text)
        assert "Mettre en silence" not in page.text
        (href,) = re.findall(rf'href="({PATH}\?[^"]+)"', page.text)
        each = await client.get(href.replace("&amp;", "&"))
        assert each.text.count("<summary>Mettre en silence") == 6
        form = {"alerte": lost[0].alert.id, "cle": "k1", "jusquau": alerts.SILENCED["until"]}
        refused = await client.post(f"{PATH}/silence", data=form | {"motif": " "})
        assert (refused.status_code, refused.text.count("<summary>Mettre en silence")) == (422, 1)
    async with site.rooms.graph.reading() as unit:
        assert [one.silence for one in await unit.alerts.standing()] == [None] * 6


async def test_an_auditor_reads_and_silences_nothing_and_others_see_nothing(site: Inside) -> None:
    await alerts.planted(site.rooms.graph)
    form = {"alerte": alerts.ALERT.id, "cle": "k", "jusquau": alerts.SILENCED["until"], "motif": "Non."}
    async with await site.signed_in(Role.AUDITOR) as auditor:
        page = await auditor.get(PATH)
        assert "montrée 40 fois" in plain(page.text)
        assert "Mettre en silence" not in page.text
        assert (await auditor.post(f"{PATH}/silence", data=form)).status_code == 403
        assert (await auditor.post(f"{PATH}/dire", data=form)).status_code == 403
    async with await site.signed_in(Role.PROFESSIONAL, HERE) as professional:
        assert (await professional.get(PATH)).status_code == 403
        told = await professional.post("/graphql", json={"query": "{ alerts { edges { node { id } } } }"})
        assert told.json()["data"] == {"alerts": None}
    async with site.rooms.graph.reading() as unit:
        assert [one.silence for one in await unit.alerts.standing()] == [None]


def plain(html: str) -> str:
    return html.replace("\u00a0", " ").replace("\u202f", " ").replace("&#39;", "’")
