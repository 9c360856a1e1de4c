"""S3: a direction carved into four: its old name leads to each heir, with its share and the day."""

from __future__ import annotations

from typing import Final

import httpx2

from tests.scenarios.doors import relays, shown

OLD: Final = "Direction parisienne de l’action sociale"
SHARES: Final = {
    "Direction sociale de territoire Paris Nord-Ouest": "8e, 9e, 17e et 18e arrondissements",
    "Direction sociale de territoire Paris Nord-Est": "10e, 19e et 20e arrondissements",
    "Direction sociale de territoire Paris Centre et Est": "1er au 4e, 11e et 12e arrondissements",
    "Direction sociale de territoire Paris Sud": "5e au 7e et 13e au 16e arrondissements",
}


def taken_over(scope: str) -> str:
    return f"Reprend une partie de l’activité de « {OLD} » depuis le 1er janvier 2022 : {scope}"


async def test_the_old_name_leads_to_the_four_each_with_its_share_and_the_day(client: httpx2.AsyncClient) -> None:
    rows = await relays(client, first=4, text=OLD, territory="75056")
    assert {row.name: row.said[0] for row in rows} == {name: taken_over(scope) for name, scope in SHARES.items()}


async def test_asked_from_an_arrondissement_its_own_direction_answers(client: httpx2.AsyncClient) -> None:
    rows = await relays(client, text=OLD, territory="75113")
    assert rows[0].name == "Direction sociale de territoire Paris Sud"
    assert rows[0].said[0] == taken_over(SHARES[rows[0].name])
    assert {row.name for row in rows} & set(SHARES) == {rows[0].name}


async def test_the_body_that_is_no_more_is_not_an_answer(client: httpx2.AsyncClient) -> None:
    rows = await relays(client, text=OLD, territory="75056")
    assert OLD not in [row.node["organisation"]["name"] for row in rows]


async def test_the_page_says_the_same(client: httpx2.AsyncClient) -> None:
    rows = await shown(client, q=OLD, ou="Paris", lieu="75056")
    assert {row.name: row.said[0] for row in rows[:4]} == {name: taken_over(scope) for name, scope in SHARES.items()}


async def test_a_social_service_that_passed_to_another_operator_is_found_under_its_old_name(
    client: httpx2.AsyncClient,
) -> None:
    first, *_ = await relays(client, text="SSDP du 13e", territory="75113")
    assert first.node["organisation"]["id"] == "demo:eps-13"
    assert first.said[0] == "Reprend l’activité de « SSDP du 13e » depuis le 1er janvier 2016"
