"""The questions that the product exists for, asked through both public doors on the shipped data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

import httpx2
import pytest

RELAYS = """
query ($text: String!, $territory: ID!) {
  relays(question: {text: $text, territory: $territory}, first: 10) {
    ... on RelayConnection {
      understood { competence { id } because }
      widened { text }
      edges { node { organisation { name kind } agreement { label } post { label } reasons { kind text } } }
    }
    ... on InvalidInput { message field }
  }
}
"""


@dataclass(frozen=True)
class Asked:
    text: str
    place: str
    territory: str
    competence: str
    kinds: frozenset[str]
    reason: str


QUESTIONS = [
    Asked(
        "impayés de loyer",
        "Besançon",
        "25056",
        "logement-hebergement--reduire-les-impayes-de-loyer",
        frozenset({"ADIL"}),
        r"Première porte à pousser",
    ),
    Asked(
        "RSA",
        "Nanterre",
        "92050",
        "droits-et-prestations--rsa",
        frozenset({"CCAS"}),
        r"Agit pour le compte de : Département des Hauts-de-Seine \(convention en vigueur depuis le ",
    ),
    Asked(
        "chomage",
        "Paris 13e",
        "75113",
        "droits-et-prestations--indemnisation-chomage",
        frozenset({"FRANCE_TRAVAIL"}),
        r"Première porte à pousser|Compétence fixée par la loi",
    ),
    Asked(
        "hôtel pour une famille",
        "Paris",
        "75056",
        "logement-hebergement--hebergement-hotelier-des-familles",
        frozenset({"SAMU_SOCIAL_115"}),
        r"Agit pour le compte de : .* \(mandat de gestion en vigueur depuis le ",
    ),
    Asked(
        "EDAS",
        "Châtillon",
        "92020",
        "parcours--accompagnement-social-global",
        frozenset({"SERVICE_SOCIAL_DEPARTEMENTAL"}),
        r"Reprend l’activité de « .*EDAS.* » depuis le 1er juillet 2019",
    ),
]


async def ask(client: httpx2.AsyncClient, text: str, territory: str) -> dict:
    variables = {"text": text, "territory": territory}
    answer = await client.post("/graphql", json={"query": RELAYS, "variables": variables})
    assert answer.status_code == 200
    body = answer.json()
    assert "errors" not in body, body
    return body["data"]["relays"]


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: f"{asked.text} à {asked.place}")
async def test_the_first_relay_is_right_and_says_why(client: httpx2.AsyncClient, asked: Asked) -> None:
    relays = await ask(client, asked.text, asked.territory)
    first = relays["edges"][0]["node"]
    assert asked.competence in [match["competence"]["id"] for match in relays["understood"]]
    assert first["organisation"]["kind"] in asked.kinds
    assert re.match(asked.reason, first["reasons"][0]["text"]), first["reasons"]
    assert relays["widened"] is None


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: f"{asked.text} à {asked.place}")
async def test_the_page_shows_the_same_first_relay(client: httpx2.AsyncClient, asked: Asked) -> None:
    relays = await ask(client, asked.text, asked.territory)
    answer = await client.get("/chercher", params={"q": asked.text, "ou": asked.place})
    assert answer.status_code == 200
    names = [edge["node"]["organisation"]["name"] for edge in relays["edges"]]
    shown = unescape(answer.text)
    places = [shown.find(name) for name in names if name in shown]
    assert names[0] in shown
    assert shown.find(names[0]) == min(places)


async def test_all_who_are_competent_by_law_for_the_rsa_are_in_the_answer(client: httpx2.AsyncClient) -> None:
    relays = await ask(client, "RSA", "92050")
    kinds = {edge["node"]["organisation"]["kind"] for edge in relays["edges"]}
    assert kinds >= {"CCAS", "SERVICE_SOCIAL_DEPARTEMENTAL", "CAF", "DEPARTEMENT", "FRANCE_TRAVAIL"}


async def test_the_old_name_of_france_travail_finds_it(client: httpx2.AsyncClient) -> None:
    relays = await ask(client, "pôle emploi", "75113")
    first = relays["edges"][0]["node"]
    assert first["organisation"]["name"] == "France Travail – direction territoriale de Paris"
    old = [reason["text"] for reason in first["reasons"] if reason["kind"] == "SUCCESSOR"]
    assert old == ["Reprend l’activité de « Pôle emploi – direction territoriale de Paris » depuis le 1er janvier 2024"]


async def test_the_mandate_is_the_reason_in_paris_and_not_elsewhere(client: httpx2.AsyncClient) -> None:
    paris = await ask(client, "hôtel pour une famille", "75056")
    besancon = await ask(client, "hôtel pour une famille", "25056")
    assert paris["edges"][0]["node"]["agreement"] is not None
    assert [edge["node"]["agreement"] for edge in besancon["edges"] if edge["node"]["agreement"]] == []


async def test_nonsense_finds_nothing_and_says_so(client: httpx2.AsyncClient) -> None:
    relays = await ask(client, "zzzz", "25056")
    assert (relays["understood"], relays["edges"], relays["widened"]) == ([], [], None)
    answer = await client.get("/chercher", params={"q": "zzzz", "ou": "Besançon"})
    assert answer.status_code == 200
    assert "Rien trouvé" in unescape(answer.text)
