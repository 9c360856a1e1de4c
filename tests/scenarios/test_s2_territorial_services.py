"""S2: thirteen territorial services in place of the EDAS: the right unit, its sessions on their day, the county's services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import httpx2
import pytest

from graph.model.directory import Batch
from graph.model.relay import OpeningState
from importers.sources.demonstration.get import read
from importers.sources.demonstration.transform import transform
from search.hours import PARIS, opening
from tests.scenarios.doors import relays, shown

RIGHTS: Final = "difficultes-administratives-ou-juridiques--accompagnement-pour-lacces-aux-droits"
PATH: Final = "parcours--accompagnement-social-global"
CHILD: Final = "protection--enfance-en-danger"
MINOR: Final = "protection--mineur-non-accompagne"
CLAMART: Final = "92023"
SESSION: Final = "Permanence du référent unique à Clamart"
TUESDAY, WEDNESDAY = 1, 2


@pytest.fixture(scope="module")
def batch() -> Batch:
    """What was loaded into the site."""
    made, refused = transform(read())
    assert refused == ()
    return made


def next_day(weekday: int, hour: int) -> datetime:
    """The next such day that is no public holiday, at that hour in Paris."""
    now = datetime.now(PARIS).replace(hour=hour, minute=0, second=0, microsecond=0)
    coming = [now + timedelta(days=ahead) for ahead in range(1, 36)]
    return next(day for day in coming if day.weekday() == weekday and opening("PH", day).state is not OpeningState.OPEN)


@pytest.mark.parametrize(
    ("commune", "service"),
    [("92020", "demo:sst-chatillon"), ("92050", "demo:sst-nanterre"), ("92044", "demo:sst-clichy")],
)
async def test_each_territory_has_its_three_units_with_their_two_referents(
    client: httpx2.AsyncClient, commune: str, service: str
) -> None:
    """The single referent for paperwork is not the one who leads."""
    found = {}
    for competence in (RIGHTS, PATH):
        rows = await relays(client, competences=[competence], territory=commune)
        found |= {row.node["organisation"]["id"]: row.node["post"] for row in rows if row.node["service"]}
    assert found[f"{service}--accueil"] == {"label": "Référent unique administratif"}
    assert found[f"{service}--accompagnement"] == {"label": "Référent de parcours"}
    assert f"{service}--evaluation" in found


async def test_a_session_outside_the_walls_is_found_on_its_day_and_not_pretended_open_on_another(
    client: httpx2.AsyncClient,
) -> None:
    places = {}
    for day, weekday in (("on", TUESDAY), ("off", WEDNESDAY)):
        at = next_day(weekday, 10).isoformat()
        rows = await relays(client, competences=[RIGHTS], territory=CLAMART, at=at)
        places[day] = [row.name for row in rows].index(SESSION)
        session = rows[places[day]]
        assert session.node["organisation"]["id"] == "demo:sst-chatillon"
        assert ("Ouvert jusqu’à 12 h" in session.said) is (day == "on")
        assert any(text.startswith("Fermé, rouvre ") for text in session.said) is (day == "off")
    assert places["on"] < places["off"]


async def test_the_page_finds_the_session_too(client: httpx2.AsyncClient) -> None:
    rows = await shown(client, c=RIGHTS, ou="Clamart", lieu=CLAMART)
    assert SESSION in [row.name for row in rows]


async def test_how_fast_one_answers_is_told_of_made_services_only(client: httpx2.AsyncClient) -> None:
    """Until handoffs measure it, nothing else may say so."""
    rows = await relays(client, competences=[RIGHTS], territory=CLAMART)
    fast = [row for row in rows if any(text.startswith("Répond ") for text in row.said)]
    assert "Répond en 3 jours" in [text for row in fast for text in row.said]
    assert [row.node["service"]["demonstration"] for row in fast] == [True] * len(fast)


async def test_the_services_of_the_county_are_reached_from_each_of_its_communes(
    client: httpx2.AsyncClient, batch: Batch
) -> None:
    services = [one for one in batch.organisations if one.id.startswith("demo:sst-") and "--" not in one.id]
    communes = sorted(code for service in services for code in service.covers)
    assert len(communes) == 36
    for commune in communes:
        first, *_ = await relays(client, first=1, competences=[MINOR], territory=commune)
        assert first.node["organisation"]["id"] == "demo:departement-hauts-de-seine--mna", commune
        rows = await relays(client, first=10, competences=[CHILD], territory=commune)
        reached = [row.node["organisation"]["id"] for row in rows]
        assert "demo:departement-hauts-de-seine--cellule" in reached, commune


async def test_every_old_name_leads_to_the_service_that_took_over_there(
    client: httpx2.AsyncClient, batch: Batch
) -> None:
    organisations = {one.id: one for one in batch.organisations}
    olds = sorted({step.predecessor for step in batch.successions if step.predecessor.startswith("demo:edas-")})
    assert len(olds) == 30
    for old in (organisations[id_] for id_ in olds):
        heirs = [organisations[step.successor] for step in batch.successions if step.predecessor == old.id]
        for commune in old.covers:
            [heir] = [one for one in heirs if commune in one.covers]
            first, *_ = await relays(client, first=1, text=old.name, territory=commune)
            assert first.node["organisation"]["id"] == heir.id
            assert f"de « {old.name} » depuis le 1er juillet 2019" in first.said[0]


async def test_an_old_name_leads_there_on_the_page(client: httpx2.AsyncClient) -> None:
    first, *_ = await shown(client, q="EDAS de Châtillon", ou="Châtillon", lieu="92020")
    assert first.name == "Service des solidarités territoriales de Châtillon"
    assert first.said[0] == "Reprend l’activité de « EDAS de Châtillon » depuis le 1er juillet 2019"
