"""Coordination's pages: what they say is what was published, what is hidden stays so, and who may read them."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import httpx2
import pytest

from api.web.pages.coordination.delays import estimated
from api.web.pictures.table import HIDDEN_WORDS
from graph.model.access import Role
from graph.model.figures.facts import HandoffFact
from graph.model.figures.lattice import FEWEST, Measure, part
from graph.model.figures.networked import Days
from graph.store.unit import Graph
from tests import make
from tests.api.inside import Inside
from tests.web import coordination as made

SLUGS = ("parcours", "reseau", "delais", "charge", "couverture", "enchainements")
HERE = f"territoire={made.DOUBS}&du={made.QUARTER}"
OWN = f"vue=service&du={made.QUARTER}"
FLOWS = """query($period: Period!, $territory: ID, $category: ID) {
  flows(period: $period, territory: $territory, category: $category) {
    __typename
    ... on Flows { sent { value hidden atLeast } answered { value } outcomes { outcome count { value hidden } }
      bands(first: 50) { source { kind id name } target { kind id name } count { value hidden } } }
    ... on InvalidInput { field code }
    ... on NotAllowed { code }
  }
}"""
COVERAGE = """query($competence: ID!, $territory: ID!, $public: Public) {
  coverage(competence: $competence, territory: $territory, public: $public) {
    __typename
    ... on Coverage { territory { id } relays cut communes communesWithout population populationWithout
      without(first: 2) { name } }
    ... on InvalidInput { field }
  }
}"""


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    async with made.coordinated(empty_graph, tmp_path) as found:
        yield found


async def table(client: httpx2.AsyncClient, address: str) -> list[list[str]]:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text[-600:]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))


async def asked(client: httpx2.AsyncClient, query: str, **variables: object) -> dict[str, object]:
    answer = await client.post(
        "/graphql",
        json={"query": query, "variables": variables},
        headers={"accept": "application/json", "origin": "http://m.example"},
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert "errors" not in body, body
    [found] = body["data"].values()
    return found


def sent_to() -> Counter[str]:
    """Handoffs of the quarter by target, counted from the facts themselves."""
    return Counter(
        one.target
        for one in made.facts().handoffs
        if made.QUARTER.holds(one.sent) and one.sender != one.target and one.kind != "assign" and one.state != "voided"
    )


async def test_each_page_answers_with_the_same_numbers_as_a_table_and_as_a_picture(site: Inside) -> None:
    coordinator = await site.signed_in(Role.COORDINATOR)
    theme = f"&theme={make.RENT}"
    for slug in ("parcours", "reseau", "delais", "charge", "couverture"):
        page = await coordinator.get(f"/coordination/{slug}?{HERE}{theme}")
        assert page.status_code == 200, page.text[-600:]
        names = re.findall(r'<figcaption[^>]* id="(\w+)-titre"', page.text)
        assert names
        for name in names:
            query = f"{HERE}{theme}&image={name}"
            rows = await table(coordinator, f"/coordination/{slug}.csv?{query}")
            assert len(rows) > 1
            shown = re.findall(r"<td[^>]*>(.*?)</td>", page.text)
            told = [value for row in rows[1:] for value in row[1:]]
            hidden = [value for value in told if value.startswith("moins de")]
            assert sum("masqué" in value for value in shown) >= len(hidden)
            picture = await coordinator.get(f"/coordination/{slug}.svg?{query}")
            assert picture.headers["content-type"].startswith("image/svg+xml")
            assert "script-src" not in picture.headers["content-security-policy"]
            drawn = ElementTree.fromstring(picture.text)
            assert drawn.get("role") == "img"
            small = {int(value) for value in told if value.isdigit() and 0 < int(value) < FEWEST}
            assert slug == "couverture" or not small
    # The sum that is told is that of the facts.
    total = sum(sent_to().values())
    page = await coordinator.get(f"/coordination/parcours?{HERE}")
    assert f"{total} demandes envoyées" in page.text.replace("\u202f", "").replace("\u00a0", " ")


async def test_bodies_are_told_as_they_were_published_and_the_rest_together(site: Inside) -> None:
    coordinator = await site.signed_in(Role.COORDINATOR)
    rows = (await table(coordinator, f"/coordination/parcours.csv?{HERE}"))[1:]
    spread = made.told(Measure.SENT).parts(made.ROW, (), "organisation")
    into: Counter[str] = Counter()
    for name, step, count in rows:
        if step == "Qui envoie → Qui reçoit":
            into[name.partition(" → ")[2]] += int(count)
    told = {f"Organisme {node[-1].partition('=')[2]}": count for node, count in spread.told.items()}
    assert told
    assert spread.hidden
    assert into == told | {"Destinataires masqués": spread.hidden}
    received = await table(coordinator, f"/coordination/reseau.csv?{HERE}")
    assert {row[0]: int(row[-1]) for row in received[1:] if row[-1].isdigit()} == told
    # Some are marked or tied and not told: their number is hidden, not zero.
    assert {row[-1] for row in received[1:]} - {str(count) for count in told.values()} <= {HIDDEN_WORDS}


async def test_the_estimated_delays_of_a_quarter_are_told_of_the_network(site: Inside) -> None:
    coordinator, head = await site.signed_in(Role.COORDINATOR), await site.signed_in(Role.HEAD_OF_SERVICE, made.DOOR)
    found = made.network().answered
    assert found.median is not None
    page = (await coordinator.get(f"/coordination/delais?{HERE}")).text.replace("\u00a0", " ")
    assert f"la réponse {estimated(found)}" in page
    assert "la réponse en" not in (await head.get(f"/coordination/delais?{OWN}")).text.replace("\u00a0", " ")
    assert estimated(Days()) == ""
    assert estimated(Days(count=20)) == "pas encore atteint pour la moitié"
    assert estimated(Days(count=20, median=1)) == "en 1 jour au plus pour la moitié"


async def test_where_no_place_is_asked_the_network_is_shown_where_it_is(site: Inside) -> None:
    coordinator = await site.signed_in(Role.COORDINATOR)
    for slug in ("parcours", "reseau"):
        home = await coordinator.get(f"/coordination/{slug}?du={made.QUARTER}")
        assert home.text == (await coordinator.get(f"/coordination/{slug}?{HERE}")).text
        # A field that was emptied, and every link from there, ask for the whole country.
        country = (await coordinator.get(f"/coordination/{slug}?du={made.QUARTER}&ou=")).text
        words = "dans toute la France" if slug == "parcours" else "Choisissez un département"
        assert words in country.replace("\u00a0", " ")
        assert "territoire=pays%3AFR" in country
        assert "territoire=departement" not in country


async def test_the_questions_lead_to_what_can_be_done(site: Inside) -> None:
    coordinator, auditor = await site.signed_in(Role.COORDINATOR), await site.signed_in(Role.AUDITOR)
    page = (await coordinator.get("/coordination")).text
    doors = ("/coordination/alertes", "/coordination/reorganisations", "/coordination/conventions", "/rapports")
    for door in doors:
        assert f'<a href="{door}">' in page
        assert (await coordinator.get(door)).status_code == 200
    assert "rien n’appelle votre attention" in page.replace("\u00a0", " ")
    assert "Préparer une réorganisation" not in (await auditor.get("/coordination")).text


async def test_exact_pages_are_not_kept_by_a_browser(site: Inside) -> None:
    coordinator, head = await site.signed_in(Role.COORDINATOR), await site.signed_in(Role.HEAD_OF_SERVICE, made.DOOR)
    for client, path, told in (
        (head, f"/coordination/delais?{OWN}", "private, no-store"),
        (head, "/coordination?vue=service", "private, no-store"),
        (head, "/equipe/activite", "private, no-store"),
        (head, "/rapports/accueil", "private, no-store"),
        (coordinator, f"/coordination/delais?{HERE}", "private, no-cache"),
    ):
        answer = await client.get(path)
        assert (path, answer.status_code, answer.headers["cache-control"]) == (path, 200, told)


async def test_what_was_not_published_is_refused_and_an_unpublished_site_says_when_it_will_be(
    site: Inside, empty_graph: Graph
) -> None:
    coordinator = await site.signed_in(Role.COORDINATOR)
    for query, status in (
        ("du=2026-T1", 422),
        ("du=2025", 422),
        ("vue=tout", 422),
        ("categorie=rien", 422),
        ("territoire=departement:00", 422),
        ("public=personne", 422),
    ):
        assert (await coordinator.get(f"/coordination/parcours?{query}")).status_code == status, query
    assert (await coordinator.get("/coordination/autre")).status_code == 404
    assert (await coordinator.get(f"/coordination/parcours.svg?{HERE}&image=autre")).status_code == 404
    await empty_graph.write(lambda unit: unit.run("MATCH (p:Publication) DELETE p"))
    for path in ("/coordination", "/coordination/parcours", "/coordination/enchainements"):
        page = await coordinator.get(path)
        assert page.status_code == 200
        assert "Aucun trimestre n’est encore publié" in page.text.replace("\u00a0", " ")
    assert (await coordinator.get("/coordination/parcours.csv")).status_code == 404


async def test_who_may_read(site: Inside) -> None:
    visitor = site.client()
    for path in ("/coordination", *(f"/coordination/{slug}" for slug in SLUGS), "/coordination/delais.csv"):
        answer = await visitor.get(path)
        assert answer.status_code in {303, 401}, path
    professional = await site.signed_in(Role.PROFESSIONAL, made.DOOR)
    head = await site.signed_in(Role.HEAD_OF_SERVICE, made.DOOR)
    coordinator = await site.signed_in(Role.COORDINATOR)
    for slug in SLUGS:
        assert (await professional.get(f"/coordination/{slug}?{HERE}")).status_code == 403
        assert (await professional.get(f"/coordination/{slug}?{OWN}")).status_code == 403
        assert (await coordinator.get(f"/coordination/{slug}?{OWN}")).status_code == 403
        assert (await head.get(f"/coordination/{slug}?{HERE}")).status_code == 200
        assert (await head.get(f"/coordination/{slug}?{OWN}")).status_code == 200
    doors = {who: "/coordination" in (await client.get("/aide")).text for who, client in
             {"visitor": visitor, "professional": professional, "head": head, "coordinator": coordinator}.items()}  # fmt: skip
    assert doors == {"visitor": False, "professional": False, "head": True, "coordinator": True}


async def test_the_head_reads_her_own_service_to_the_last_one(site: Inside) -> None:
    head = await site.signed_in(Role.HEAD_OF_SERVICE, made.DOOR)
    async with site.rooms.graph.reading() as unit:
        facts: list[HandoffFact] = await unit.facts.handoffs_of([made.DOOR], made.QUARTER.begin, made.QUARTER.end)
    pairs = Counter(
        f"Organisme {one.sender} → Organisme {one.target}"
        for one in facts
        if made.QUARTER.holds(one.sent) and one.sender != one.target and one.kind != "assign" and one.state != "voided"
    )
    assert pairs
    rows = (await table(head, f"/coordination/parcours.csv?{OWN}"))[1:]
    assert {name: int(count) for name, step, count in rows if step == "Qui envoie → Qui reçoit"} == pairs
    for slug in ("parcours", "delais", "charge", "enchainements"):
        page = await head.get(f"/coordination/{slug}?{OWN}")
        assert "masqué" not in page.text, slug
    assert "ne les publiez pas tels quels" in page.text.replace("\u00a0", " ")


async def test_communes_without_a_relay_and_who_lives_there(site: Inside) -> None:
    coordinator = await site.signed_in(Role.COORDINATOR)
    bare = [
        one for one in made.territories() if made.DOUBS in one.zones[1:] and one.level == "commune"
        and one.id not in {"25056", "25462"}
    ]  # fmt: skip
    rows = (await table(coordinator, f"/coordination/couverture.csv?{HERE}&theme={make.RENT}"))[1:]
    assert Counter((name, int(count)) for name, count in rows) == Counter((one.name, one.population) for one in bare)
    found = await asked(site.client(), COVERAGE, competence=make.RENT, territory="25056")
    assert found == {
        "__typename": "Coverage",
        "territory": {"id": made.DOUBS},
        "relays": 1,
        "cut": False,
        "communes": len(bare) + 2,
        "communesWithout": len(bare),
        "population": found["population"],
        "populationWithout": sum(one.population for one in bare),
        "without": [{"name": "Montbéliard"}, {"name": "Audincourt"}],
    }
    for wrong, field in (({"competence": "rien"}, "competence"), ({"territory": "rien"}, "territory")):
        told = {"competence": make.RENT, "territory": made.DOUBS} | wrong
        assert await asked(site.client(), COVERAGE, **told) == {"__typename": "InvalidInput", "field": field}


async def test_flows_tell_what_was_published_and_hide_the_same(site: Inside) -> None:
    coordinator = await site.signed_in(Role.COORDINATOR)
    period = {"from": str(made.QUARTER)}
    found = await asked(coordinator, FLOWS, period=period, territory=made.DOUBS)
    assert found["sent"] == {"value": sum(sent_to().values()), "hidden": False, "atLeast": False}
    table_ = made.told(Measure.ANSWERED)
    for one in found["outcomes"]:  # type: ignore[attr-defined]
        told = table_.count(made.ROW, (part("outcome", one["outcome"].lower()),))
        assert one["count"] == {"value": told, "hidden": told is None}
    bands = json.dumps(found["bands"])
    assert '"HIDDEN"' in bands
    assert not [int(n) for n in re.findall(r'"value": (\d+)', bands) if 0 < int(n) < FEWEST]
    refused = await asked(coordinator, FLOWS, period={"from": "2026-T1"})
    assert refused == {"__typename": "InvalidInput", "field": "period", "code": "INVALID_INPUT"}
    for client in (site.client(), await site.signed_in(Role.PROFESSIONAL, made.DOOR)):
        assert await asked(client, FLOWS, period=period) == {"__typename": "NotAllowed", "code": "NOT_ALLOWED"}
