"""« Mon équipe »: absences, what waits too long, clocks, and handing over for who leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from api.actions.casework.clocks import pass_over
from graph.model.access import Role
from graph.model.casework import deciding
from graph.model.casework.clocks import Clock
from graph.model.casework.file import Actor, ActorKind
from graph.model.casework.handoff import State
from graph.store.unit import Graph
from tests import make
from tests.api.inside import Inside, inside
from tests.cases import MEMBER, Log, lead_of
from tests.conftest import OpenPage
from tests.signed import sign_in
from tests.web import test_pages
from tests.web.looks import NARROW, WIDE, Scheme, listen, violations, width_of

HERE = "t:caf"
BEN, DORA = f"t:professional.{HERE.partition(':')[2]}", f"t:head_of_service.{HERE.partition(':')[2]}"


@pytest.fixture
async def house(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(empty_graph, tmp_path, make.organisation(HERE, name="Centre d’ici")) as made:
        yield made


@pytest.fixture
async def ben(house: Inside) -> AsyncIterator[httpx2.AsyncClient]:
    async with await house.signed_in(Role.PROFESSIONAL, HERE) as client:
        yield client


@pytest.fixture
async def dora(house: Inside) -> AsyncIterator[httpx2.AsyncClient]:
    async with await house.signed_in(Role.HEAD_OF_SERVICE, HERE) as client:
        yield client


def text(answer: httpx2.Response) -> str:
    return test_pages.text(answer.text)


async def opened_by_ben(house: Inside, days_ago: int = 0) -> str:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    by = Actor(kind=ActorKind.PROFESSIONAL, account=BEN, organisation=HERE, name="Ben")
    return (await Log(house.rooms.graph).append(None, by, deciding.opened(by, (MEMBER,), at), at=at)).id


async def test_a_colleague_sees_who_is_there_and_says_her_own_absence(
    house: Inside, ben: httpx2.AsyncClient, dora: httpx2.AsyncClient
) -> None:
    shown = text(await ben.get("/equipe"))
    assert "Qui est là" in shown
    assert "Ce qui attend trop longtemps" not in shown
    today = datetime.now(UTC).date()
    said = {
        "compte": BEN,
        "depuis": today.isoformat(),
        "jusqua": (today + timedelta(days=3)).isoformat(),
        "remplace": DORA,
    }
    assert (await ben.post("/equipe/absence", data=said)).status_code == 303
    assert "Remplacement : head_of_service.caf" in text(await dora.get("/equipe")).replace("\u00a0", " ")
    assert (await ben.post("/equipe/absence", data=said | {"compte": DORA, "remplace": ""})).status_code == 403
    async with house.rooms.graph.reading() as unit:
        assert [leave.account for leave in await unit.timing.leaves(HERE)] == [BEN]
    assert (await ben.post("/equipe/absence", data={"compte": BEN, "geste": "revenir"})).status_code == 303
    async with house.rooms.graph.reading() as unit:
        assert await unit.timing.leaves(HERE) == []


async def test_days_that_make_no_sense_are_told_and_change_nothing(house: Inside, ben: httpx2.AsyncClient) -> None:
    answer = await ben.post("/equipe/absence", data={"compte": BEN, "depuis": "demain", "jusqua": "2031-01-01"})
    assert answer.status_code == 422
    assert "Cette date ne peut pas être lue" in text(answer)
    async with house.rooms.graph.reading() as unit:
        assert await unit.timing.leaves(HERE) == []


async def test_the_head_sees_what_waits_too_long_and_who_carries_it(
    house: Inside, ben: httpx2.AsyncClient, dora: httpx2.AsyncClient
) -> None:
    await opened_by_ben(house, days_ago=200)
    await pass_over(house.rooms.graph, datetime.now(UTC))
    shown = text(await dora.get("/equipe"))
    assert "1 action a dépassé sa date" in shown
    assert "1 dossier suivi, 1 action à faire, dont 1 en retard" in shown


async def test_the_head_sets_the_clocks_of_the_house(
    house: Inside, ben: httpx2.AsyncClient, dora: httpx2.AsyncClient
) -> None:
    form = dict(await _fields(dora))
    answer = await dora.post("/equipe/delais", data=form | {"jours-sent-due": "5", "jours-sent-remind": "5, 8"})
    assert answer.status_code == 303
    async with house.rooms.graph.reading() as unit:
        assert (await unit.timing.clocks(HERE)).days[State.SENT] == Clock(5, (5, 8), 9, 30)
    refused = await dora.post("/equipe/delais", data=form | {"jours-sent-due": "demain", "cle": "k2"})
    assert refused.status_code == 422
    assert "Un délai est un nombre entier" in text(refused)
    assert (await ben.get("/equipe/delais")).status_code == 403
    async with house.rooms.graph.reading() as unit:
        assert (await unit.timing.clocks(HERE)).days[State.SENT] == Clock(5, (5, 8), 9, 30)


async def _fields(client: httpx2.AsyncClient) -> list[tuple[str, str]]:
    import re

    html = (await client.get("/equipe/delais")).text
    return re.findall(r'name="([a-z_-]+)" value="([^"]*)"', html)


async def test_each_file_is_handed_over_where_it_was_said(
    house: Inside, ben: httpx2.AsyncClient, dora: httpx2.AsyncClient
) -> None:
    one, other = await opened_by_ben(house), await opened_by_ben(house)
    page = await dora.get("/equipe/depart", params={"compte": BEN})
    assert page.text.count("Odile Martin") == 4
    answer = await dora.post("/equipe/depart", data={"compte": BEN, f"dossier-{one}": DORA, "autres": "desk"})
    assert answer.status_code == 303
    assert "2 dossiers ont changé de mains" in text(await dora.get(answer.headers["location"]))
    log = Log(house.rooms.graph)
    assert [lead_of(await log.read(id_))[1] for id_ in (one, other)] == [DORA, ""]
    assert (await ben.get("/equipe/depart", params={"compte": DORA})).status_code == 403


@pytest.mark.parametrize("way", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_its_pages_are_accessible_and_fit(browser_page: OpenPage, way: tuple[int, Scheme]) -> None:
    async with browser_page(width=way[0]) as page:
        heard = listen(page)
        await page.emulate_media(color_scheme=way[1])
        await sign_in(page, "responsable.cms")
        for path in ("/equipe", "/equipe/delais", "/equipe/depart?compte=demo%3Atravailleuse.sociale"):
            await page.goto(path)
            await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert await violations(page) == []
            assert await width_of(page) == way[0]
        assert heard == []
