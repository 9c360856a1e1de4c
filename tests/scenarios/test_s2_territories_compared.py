"""S2: thirteen territories, three units each, compared by who heads them all: one line a unit, exact, and nobody else's."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from graph.model.access import Role
from graph.model.casework import deciding
from graph.model.casework.file import Actor, ActorKind, Outcome
from graph.store.unit import Graph
from search.hours import PARIS
from tests import make
from tests.api.inside import Inside, inside
from tests.cases import MEMBER, Log
from tests.web.test_pages import text

WHOLE = "t:sst"
TERRITORIES = [f"t:sst-{number:02}" for number in range(1, 14)]
UNITS = [f"{territory}-{part}" for territory in TERRITORIES for part in ("accueil", "evaluation", "accompagnement")]
NOW = datetime.now(UTC)
MONTH = f"{NOW.astimezone(PARIS):%Y-%m}"


def name_of(id_: str) -> str:
    return f"Unité {id_.removeprefix('t:sst-')}"


@pytest.fixture
async def county(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    bodies = [make.organisation(WHOLE, name="Service social territorial"), make.organisation("t:caf", name="CAF d’ici")]
    bodies += [make.organisation(id_, name=name_of(id_), part_of=WHOLE) for id_ in TERRITORIES]
    bodies += [make.organisation(id_, name=name_of(id_), part_of=id_.rpartition("-")[0]) for id_ in UNITS]
    async with inside(empty_graph, tmp_path, *bodies) as made:
        log = Log(made.rooms.graph)
        for number, territory in enumerate(TERRITORIES, 1):
            unit = f"{territory}-accompagnement"
            by = Actor(kind=ActorKind.PROFESSIONAL, account=f"pro-{number:02}", organisation=unit, name="Ben")
            for place in range(number % 4 + 1):
                file = await log.append(None, by, deciding.opened(by, (MEMBER,), NOW), at=NOW)
                if place == 3:
                    await log.append(file, by, deciding.closed(file, Outcome.MET, "réglé"), at=NOW)
        yield made


async def rows(answer: str) -> dict[str, list[str]]:
    lines = list(csv.reader(io.StringIO(answer.removeprefix("\ufeff")), delimiter=";"))
    head = lines.index(next(line for line in lines if line and line[0] == "Unité"))
    return {line[0]: line[1:] for line in lines[head + 1 : lines.index([], head)]}


async def test_the_head_compares_thirteen_territories_to_the_last_file(county: Inside) -> None:
    async with await county.signed_in(Role.HEAD_OF_SERVICE, WHOLE) as head:
        page = await head.get("/equipe/activite", params={"du": MONTH, "au": MONTH})
        assert page.status_code == 200
        told = await rows((await head.get("/rapports/activite.csv", params={"du": MONTH, "au": MONTH})).text)
        book = (await head.get("/rapports/activite.xlsx", params={"du": MONTH, "au": MONTH})).content
    opened = {f"{territory}-accompagnement": number % 4 + 1 for number, territory in enumerate(TERRITORIES, 1)}
    assert len(told) == 1 + 1 + len(TERRITORIES) + len(UNITS)
    active = {id_: many - (many == 4) for id_, many in opened.items()}
    for id_ in UNITS:
        # Active, then opened, then closed.
        line = told[name_of(id_)]
        assert (line[0], line[2], line[4]) == (
            str(active.get(id_, 0)),
            str(opened.get(id_, 0)),
            str(int(opened.get(id_) == 4)),
        ), id_
    assert told["Ensemble"][0] == str(sum(active.values()))
    assert f"{sum(active.values())} dossiers actifs, {sum(opened.values())} entrés, 3 sortis" in text(page.text)
    sheet = load_workbook(io.BytesIO(book)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:2] == ["Ensemble", sum(active.values())]


async def test_a_territory_is_seen_by_its_own_head_alone(county: Inside) -> None:
    here, there = TERRITORIES[2], TERRITORIES[3]
    async with await county.signed_in(Role.HEAD_OF_SERVICE, here) as head:
        told = await rows((await head.get("/rapports/activite.csv", params={"du": MONTH, "au": MONTH})).text)
        assert len(told) == 1 + 4
        assert told["Ensemble"][:1] == ["3"]
        one = await head.get("/rapports/activite.csv", params={"du": MONTH, "unite": f"{here}-accompagnement"})
        assert set(await rows(one.text)) == {"Ensemble"}
        for elsewhere in (there, WHOLE, "t:caf", "t:nowhere"):
            for name in ("activite", "obligations"):
                refused = await head.get(f"/rapports/{name}", params={"unite": elsewhere})
                assert refused.status_code == 403
                assert "Unité 04" not in refused.text


async def test_who_heads_nothing_sees_none_of_it(county: Inside) -> None:
    unit = UNITS[2]
    for role, status in ((Role.PROFESSIONAL, 403), (Role.COORDINATOR, 403), (Role.VISITOR, 401)):
        async with await county.signed_in(role, unit if role is Role.PROFESSIONAL else "") as client:
            for address in ("/equipe/activite", "/rapports/activite.csv", "/rapports/obligations.xlsx"):
                answer = await client.get(address)
                assert answer.status_code in {status, 303}, (role, address)
                assert "dossiers actifs" not in answer.text
    async with await county.signed_in(Role.COORDINATOR) as client:
        names = text((await client.get("/rapports")).text)
        assert "Analyse des besoins sociaux" in names
        assert "Activité du service" not in names


async def test_months_to_come_and_far_apart(county: Inside) -> None:
    before = f"{(NOW - timedelta(days=62)).astimezone(PARIS):%Y-%m}"
    async with await county.signed_in(Role.HEAD_OF_SERVICE, WHOLE) as head:
        told = await rows((await head.get("/rapports/activite.csv", params={"du": before, "au": before})).text)
        assert told["Ensemble"][0] == "0"
        assert (await head.get("/rapports/activite", params={"du": MONTH, "au": before})).status_code == 422
        assert (await head.get("/rapports/rien")).status_code == 404
