"""S1: social workers looked for hotel rooms themselves; by mandate, the 115's operator does it, and they are told why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx2

from tests.scenarios.doors import relays, shown

HOTEL = "logement-hebergement--hebergement-hotelier-des-familles"
PARIS_13 = "75113"


async def test_a_room_for_a_family_leads_to_the_operator_with_its_mandate(client: httpx2.AsyncClient) -> None:
    first, *_ = await relays(client, text="hôtel pour une famille", territory=PARIS_13, publics=["FAMILLES"])
    agreement = first.node["agreement"]
    assert agreement["kind"] == "MANDAT_DE_GESTION"
    assert agreement["grantedBy"] == [{"name": "Service de protection de l’enfance de Paris"}]
    operator = "Samu social des Deux Canaux, opérateur du 115 de Paris"
    assert (agreement["givenTo"], first.node["organisation"]["name"]) == ({"name": operator}, operator)
    giver = (
        "Agit pour le compte de : Service de protection de l’enfance de Paris (mandat de gestion en vigueur depuis le "
    )
    assert first.said[0].startswith(giver)
    assert "S’adresse à ce public : familles" in first.said


async def test_what_the_operator_can_take_is_seen_before_anyone_is_sent(client: httpx2.AsyncClient) -> None:
    rows = await relays(client, competences=[HOTEL], territory=PARIS_13, publics=["FAMILLES"])
    assert "Capacité convenue : 30 000 nuitées par jour" in rows[0].said
    rooms = next(row for row in rows if row.node["service"] and "Plateforme hôtelière" in row.name)
    assert rooms.node["service"]["capacity"] == {"placesFree": 140}
    assert "140 places disponibles" in rooms.said


async def test_the_page_says_the_same(client: httpx2.AsyncClient) -> None:
    asked = await relays(client, competences=[HOTEL], territory=PARIS_13, publics=["FAMILLES"])
    rows = await shown(client, c=HOTEL, ou="Paris 13e Arrondissement", lieu=PARIS_13, qui="familles")
    assert [row.name for row in rows] == [row.name for row in asked]
    assert rows[0].said[0] == asked[0].said[0]
    assert "Capacité convenue : 30 000 nuitées par jour" in rows[0].said


async def test_the_mandate_is_for_families_for_paris_and_for_its_time(client: httpx2.AsyncClient) -> None:
    over = (datetime.now(UTC) + timedelta(days=600)).isoformat()
    for question in (
        {"territory": PARIS_13, "publics": ["SENIORS"]},
        {"territory": "25056", "publics": ["FAMILLES"]},
        {"territory": PARIS_13, "publics": ["FAMILLES"], "at": over},
    ):
        rows = await relays(client, competences=[HOTEL], **question)
        assert rows
        assert [row.node["agreement"] for row in rows] == [None] * len(rows)
