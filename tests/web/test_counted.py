"""From a picture to the files: each figure of one's own service leads to the files that it counted, all and no other."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest

from graph.model.access import Role
from graph.model.casework.grounds import ShareGroup
from graph.model.figures.facts import FileFact, HandoffFact
from graph.store.unit import Graph
from tests.api.inside import Inside
from tests.web import coordination as made

OWN = f"vue=service&du={made.QUARTER}"
# Nothing is sent to a front door: its days of load are empty (tests/web/test_counted_address.py has their addresses).
DRILLED = ("parcours", "delais", "enchainements")
COUNTED = """query($filter: CountedFilesFilter!) { countedFiles(filter: $filter) { __typename
  ... on CountedFiles { counted files elsewhere untold page(first: 50) { edges { node { id handoffs counted } } }
    choices(first: 50) { by value files } }
  ... on InvalidInput { field } ... on NotAllowed { code } } }"""


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    async with made.coordinated(empty_graph, tmp_path, published=False) as found:
        yield found


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)).replace("\u00a0", " ").replace("\u202f", " "))


def told(sentence: str) -> tuple[int, int]:
    """How many facts a sentence tells of, and how many files."""
    facts, files = re.search(r" : ([\d ]+) [^\d]", sentence), re.search(r", dans ([\d ]+) dossier", sentence)
    assert facts, sentence
    assert files, sentence
    return int(facts[1].replace(" ", "")), int(files[1].replace(" ", ""))


def rows(page: str) -> int:
    """How many files a page lists."""
    listed = re.search(r'<ul class="dossiers">(.*?)</ul>', page, re.S)
    return listed[1].count("<li") if listed else 0


async def every_row(client: httpx2.AsyncClient, address: str) -> tuple[str, int]:
    """The sentence of a list, and how many files all of its pages list."""
    page = await client.get(address)
    assert page.status_code == 200, (address, page.text[-800:])
    assert page.headers["cache-control"] == "private, no-store"
    sentence = plain(re.search(r"<p class=\"lead[^>]*>(.*?)</p>", page.text, re.S)[1])  # type: ignore[index]
    count = rows(page.text)
    while after := re.search(r'<a href="([^"]*)">Page suivante</a>', page.text):
        page = await client.get(unescape(after[1]))
        count += rows(page.text)
    return sentence, count


def figures(page: str) -> list[tuple[str, int]]:
    """The addresses of files in the tables of a page, each with the number that it stands beside."""
    found = []
    for row in re.findall(r"<tr>(.*?)</tr>", page, re.S):
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        leading = [(re.search(r'href="(/dossiers\?[^"]*)"', cell), cell) for cell in cells]
        # The address of a whole row stands in its head, its number in the last cell.
        leading += [(re.search(r'<th scope="row"><a href="(/dossiers\?[^"]*)"', row), cells[-1] if cells else "")]
        found += [(unescape(address[1]), int(plain(cell).split()[0])) for address, cell in leading if address]
    return found


async def test_each_figure_of_the_own_service_leads_to_the_files_that_it_counted(site: Inside) -> None:
    head = await site.signed_in(Role.HEAD_OF_SERVICE, made.DOOR)
    followed = set()
    for slug in DRILLED:
        page = await head.get(f"/coordination/{slug}?{OWN}")
        found = figures(page.text)
        assert found, slug
        # A click on the picture leads where its table does.
        drawn = {unescape(one) for one in re.findall(r'data-to="([^"]*)"', page.text)}
        assert drawn
        assert drawn <= {address for address, _ in found}, slug
        picture = await head.get(f"/coordination/{slug}.svg?{OWN}")
        assert picture.status_code == 200
        assert "data-to=" not in picture.text
        for address, count in found:
            sentence, listed = await every_row(head, address)
            assert told(sentence) == (count, listed), (address, sentence)
            followed.add(dict(parse_qsl(address.partition("?")[2]))["compte"])
    assert followed == {"sent", "answered", "contacted", "needs_open", "ways"}


async def counted_by_hand(site: Inside) -> tuple[list[HandoffFact], dict[str, FileFact]]:
    """Handoffs that the service sent or received in the quarter, and their files."""
    async with site.rooms.graph.reading() as unit:
        facts = await unit.facts.handoffs_of([made.DOOR], made.QUARTER.begin, made.QUARTER.end)
        files = await unit.facts.files_of([one.file for one in facts])
    some = [
        one for one in facts
        if made.QUARTER.holds(one.sent) and one.sender != one.target and one.kind != "assign" and one.state != "voided"
    ]  # fmt: skip
    return some, files


async def test_the_list_says_what_it_holds_narrows_and_widens(site: Inside) -> None:
    head = await site.signed_in(Role.HEAD_OF_SERVICE, made.DOOR)
    some, files = await counted_by_hand(site)
    target = max((one.target for one in some if one.sender == made.DOOR), key=[one.target for one in some].count)
    asked = f"/dossiers?compte=sent&du=2025-10&au=2025-12&de=unit&vers={target}"
    there = [one for one in some if one.target == target]
    page = await head.get(asked)
    assert page.status_code == 200
    text = plain(page.text)
    whose = {one.file for one in there}
    assert f"D’octobre 2025 à décembre 2025, pour Organisme {made.DOOR} : {len(there)} demande" in text
    assert f"Qui reçoit : Organisme {target}" in text
    ours = {one for one in whose if files[one].lead == made.DOOR}
    links = set(re.findall(r'<h2><a href="/dossier/([^"]*)"', page.text))
    assert links <= ours
    sentence, listed = await every_row(head, asked)
    assert listed == len(whose)
    assert ("d’autres organismes" in sentence or "un autre organisme" in sentence) == (len(ours) < len(whose))
    [without] = re.findall(r'class="chip__away" href="([^"]*)"', page.text)
    sentence, listed = await every_row(head, unescape(without))
    assert f": {len(some)} demandes passées, dans {listed} dossiers" in sentence
    assert listed == len({one.file for one in some})
    nothing = await head.get(f"{asked}&depuis=nobody")
    assert "rien de tel" in plain(nothing.text)
    assert "Aucun dossier ne répond à tout cela à la fois" in plain(nothing.text)


async def test_a_professional_filters_her_own_files_and_no_other(site: Inside) -> None:
    worker = await site.signed_in(Role.PROFESSIONAL, made.DOOR)
    asked = "/dossiers?compte=files_open&du=2025-10&au=2025-12"
    assert (await worker.get(f"{asked}&de=unit")).status_code == 403
    async with site.rooms.graph.reading() as unit:
        led = await unit.facts.files_led([made.DOOR], made.QUARTER.begin, made.QUARTER.end)
    assert led
    # None of these is hers: she came today.
    assert "Aucun dossier ne répond" in plain((await worker.get(f"{asked}&de=mine")).text)
    opened = await worker.post(
        "/dossiers/ouvrir",
        data={"cle": "k", "role": "adult", "name": "Odile", "competence": "droits-et-prestations--rsa"},
    )
    assert opened.status_code == 303
    page = await worker.get("/dossiers?compte=needs_open&theme=droits-et-prestations--rsa")
    assert re.findall(r'<h2><a href="(/dossier/[^"]*)">(\w+)', page.text) == [
        (opened.headers["location"].partition("?")[0], "Odile")
    ]
    assert "Aujourd’hui, dans vos dossiers : 1 besoin ouvert, dans 1 dossier." in plain(page.text)
    for wrong in (
        "compte=rien",
        "compte=sent&du=2025-13",
        "compte=sent&du=2026-02&au=2026-01",
        "compte=answered&delai=99",
    ):
        assert (await worker.get(f"/dossiers?{wrong}")).status_code == 422, wrong
    for stranger in (site.client(), await site.signed_in(Role.COORDINATOR)):
        assert (await stranger.get(asked)).status_code in {303, 401, 403}


async def test_programs_ask_for_the_same(site: Inside) -> None:
    head, worker = (
        await site.signed_in(Role.HEAD_OF_SERVICE, made.DOOR),
        await site.signed_in(Role.PROFESSIONAL, made.DOOR),
    )
    some, files = await counted_by_hand(site)
    filter_: dict[str, Any] = {"counted": "SENT", "from": "2025-10", "to": "2025-12", "unit": True}
    found = await asked(head, filter_)
    whose = {one.file for one in some}
    assert (found["counted"], found["files"]) == (len(some), len(whose))
    nodes = [edge["node"] for edge in found["page"]["edges"]]
    assert {one["id"] for one in nodes} - {None} == {one for one in whose if files[one].lead == made.DOOR}
    assert sum(one["id"] is None for one in nodes) == found["elsewhere"]
    assert sorted(id_ for one in nodes for id_ in one["handoffs"]) == sorted(one.id for one in some)
    for choice in found["choices"]:
        narrowed = await asked(head, filter_ | {"by": [{"by": choice["by"], "value": choice["value"]}]})
        assert narrowed["files"] == choice["files"], choice
    # That she knows now who has what is noted on each; on those that others lead, nothing is hers to know.
    async with site.rooms.graph.reading() as unit:
        read = {one["id"]: await unit.file_reads.of(one["id"]) for one in nodes if one["id"]}
        theirs = [one for id_ in whose - read.keys() for one in await unit.file_reads.of(id_)]
    assert read
    assert all(one[0].groups == (ShareGroup.NEED.value,) for one in read.values())
    assert theirs == []
    places = {one["value"] for one in found["choices"] if one["by"] == "COMMUNE"}
    assert places == {one.commune if one.file in read else "" for one in some}
    unmet = await asked(head, filter_ | {"counted": "UNMET"})
    assert (unmet["__typename"], unmet["untold"]) == ("CountedFiles", 0)
    assert (await head.get("/dossiers?compte=unmet&du=2025-10&au=2025-12&de=unit")).status_code == 200
    by = [{"by": "CATEGORY", "value": "logement-hebergement"}]
    assert await asked(head, filter_ | {"counted": "CONTACTED", "by": by}) == {
        "__typename": "InvalidInput",
        "field": "by",
    }
    assert await asked(worker, filter_) == {"__typename": "NotAllowed", "code": "NOT_ALLOWED"}
    assert await asked(head, filter_ | {"to": "2025"}) == {"__typename": "InvalidInput", "field": "month"}
    assert await asked(head, filter_ | {"to": "2025-01"}) == {"__typename": "InvalidInput", "field": "au"}


async def asked(client: httpx2.AsyncClient, filter_: dict[str, Any]) -> Any:
    answer = await client.post("/graphql", json={"query": COUNTED, "variables": {"filter": filter_}})
    told = answer.json()
    assert "errors" not in told, told
    return told["data"]["countedFiles"]
