"""Figures through GraphQL are those of the pages: the same numbers, the same ones hidden, open to the same people."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import orjson
import pytest

from api.graphql.context import Context
from api.graphql.execution import Asked, Limits, answer
from api.web.pictures.table import HIDDEN_WORDS
from graph.model.access import Role
from graph.model.casework.applying import replayed
from graph.model.figures.chains import Chain
from graph.model.figures.dead_ends import Blockage
from graph.model.figures.flows import Ending
from graph.model.figures.networked import NetworkTold
from graph.model.figures.of_files import facts_of
from graph.model.figures.registry import definitions
from graph.model.figures.tables import handed_over
from graph.model.vocabulary import categories, label
from graph.store.unit import Graph, calls_made
from tests import make
from tests.api.inside import Inside
from tests.web import coordination as made

HERE = f"territoire={made.DOUBS}&du={made.QUARTER}"
OWN = f"vue=service&du={made.QUARTER}"
MONTHS = {"from": "2025-10", "to": "2025-12"}
DEFINITION = "definition { id name words source }"
REFUSED = "... on InvalidInput { field } ... on NotAllowed { code }"
COUNT = "{ value hidden atLeast }"
BUCKETS = f"{DEFINITION} buckets {{ words count {COUNT} waiting {COUNT} }} half {{ words }} nineTenths {{ words }}"
LINES = "lines(first: $n, after: $after) { edges { node { cells { words number hidden atLeast } } } pageInfo { endCursor } }"
# Each question of coordination: its arguments beside the period, and what is read of it.
DELAYS = f"contact {{ {BUCKETS} }} answer {{ {BUCKETS} }} open {COUNT} estimates {{ answered {{ median p90 hidden }} }}"
LOAD = (
    f"{DEFINITION} months {{ month count {COUNT} }} days {{ day contacts received }} "
    f"parts(first: 20) {{ name months {{ month count {COUNT} }} }}"
)
DEAD_ENDS = f"{DEFINITION} bodies(first: 50) {{ body {{ id name }} causes received {COUNT} }}"
BOTTLENECKS = (
    f"{DEFINITION} bridgesDefinition {{ id }} bodies(first: 50) {{ body {{ name }} received {COUNT} }} "
    f"bridges(first: 50) {{ body {{ name }} received {COUNT} }}"
)
CHAINS = (
    f"{DEFINITION} bounces {{ {DEFINITION} handed {COUNT} count {COUNT} }} "
    f"chains {{ stops {{ name }} ending count {COUNT} }}"
)
UNMET = (
    f"{DEFINITION} count {COUNT} causes {{ cause count {COUNT} }} themes {{ id name count {COUNT} }} "
    f"places {{ id name count {COUNT} }}"
)
KIN = {
    "flows": ("Flows", f"{DEFINITION} sent {COUNT}"),
    "delays": ("Delays", DELAYS),
    "load": ("Load", LOAD),
    "deadEnds": ("DeadEnds", DEAD_ENDS),
    "bottlenecks": ("Bottlenecks", BOTTLENECKS),
    "chains": ("Chains", CHAINS),
    "unmet": ("Unmet", UNMET),
}
REPORT = (
    "query($kind: ReportKind!, $period: Months, $place: ID, $n: Int = 20, $after: String) { "
    "report(kind: $kind, period: $period, place: $place) "
    f"{{ __typename {REFUSED} ... on Report {{ kind exact sentence scope "
    f"tables {{ slug definition columns {{ name unit }} {LINES} }} }} }} }}"
)
UNIT = (
    "query($period: Months, $unit: ID) { unitActivity(period: $period, unit: $unit) "
    f"{{ __typename {REFUSED} ... on UnitActivity {{ {DEFINITION} unit {{ id name }} "
    "whole { body { id } active persons opened received closed passedOn days transitional asked waiting sent expecting requests } "
    "bodies { body { name } active } carried { name files persons actions late } } } }"
)
IMPACT = (
    "query($id: ID!) { impact(agreement: $id) { __typename ... on NotAllowed { code } ... on NotFound { code } "
    f"... on AgreementImpact {{ {DEFINITION} told sentence effects {{ gauge }} }} }} }}"
)
COPIED = (
    'query($id: ID!) { simulatedCopy(agreement: $id, departement: "departement:25") '
    "{ __typename ... on NotAllowed { code } ... on NotFound { code } } }"
)


def question(name: str, *, territory: bool = True) -> str:
    placed = territory and name != "chains"
    type_, fields = KIN[name]
    exact = "" if name == "unmet" else ", $exact: Boolean! = false"
    heads = f"$period: Period!{', $territory: ID' if placed else ''}{exact}"
    given = f"period: $period{', territory: $territory' if placed else ''}{', exact: $exact' if exact else ''}"
    return f"query({heads}) {{ {name}({given}) {{ __typename {REFUSED} ... on {type_} {{ {fields} }} }} }}"


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    async with made.coordinated(empty_graph, tmp_path) as found:
        yield found


async def asked(client: httpx2.AsyncClient, query: str, **variables: Any) -> Any:
    answer_ = await client.post(
        "/graphql",
        json={"query": query, "variables": variables},
        headers={"accept": "application/json", "origin": "http://m.example"},
    )
    body = answer_.json()
    assert "errors" not in body, body
    [found] = body["data"].values()
    return found


async def kin(client: httpx2.AsyncClient, name: str, *, exact: bool = False, **changes: Any) -> Any:
    variables = {"period": {"from": str(made.QUARTER)}, "territory": None if exact else made.DOUBS, "exact": exact}
    return await asked(client, question(name), **variables | changes)


async def table(client: httpx2.AsyncClient, address: str) -> list[list[str]]:
    answer_ = await client.get(address)
    assert answer_.status_code == 200, answer_.text[-600:]
    return list(csv.reader(io.StringIO(answer_.text.removeprefix("\ufeff")), delimiter=";"))


def cell(count: dict[str, Any]) -> str:
    """A count as the table of a picture writes it."""
    assert count["hidden"] == (count["value"] is None)
    if count["hidden"]:
        return HIDDEN_WORDS
    return f"au moins {count['value']}" if count["atLeast"] else str(count["value"])


def in_report(count: dict[str, Any]) -> str:
    """The same as a report writes it."""
    return "masqué" if count["hidden"] else cell(count)


def marked() -> NetworkTold:
    """The network that was published, with a sign of each kind and a way: the made-up one has none."""
    told = made.network()
    first, second, *rest = told.bodies
    return replace(
        told,
        bodies=(replace(first, bottleneck=True, dead_end=(Blockage.SILENCE,)), replace(second, cut=True), *rest),
        chains=(Chain(targets=(first.id, second.id, first.id), ending=Ending.DECLINED, count=34),),
    )


async def test_the_network_is_told_by_the_page_and_by_graphql_alike(site: Inside) -> None:
    text = msgspec.json.encode(marked()).decode()
    await site.rooms.graph.write(lambda unit: unit.run("MATCH (p:Publication) SET p.network = $text", text=text))
    async with await site.signed_in(Role.COORDINATOR) as client:
        delays = await kin(client, "delays")
        for image, name in (("contact", "contact"), ("reponse", "answer")):
            rows = (await table(client, f"/coordination/delais.csv?{HERE}&image={image}"))[1:]
            buckets = delays[name]["buckets"]
            assert [row[:2] for row in rows] == [[one["words"], cell(one["count"])] for one in buckets]
            waiting = [cell(one["waiting"]) for one in buckets if one["waiting"]]
            assert [row[2] for row in rows if len(row) > 2] == waiting
        assert any(one["count"]["hidden"] for one in delays["contact"]["buckets"] + delays["answer"]["buckets"])
        page = (await client.get(f"/coordination/delais?{HERE}")).text.replace("\u00a0", " ")
        assert delays["estimates"]["answered"]["median"] == made.network().answered.median
        assert f"la réponse en {delays['estimates']['answered']['median']} jour" in page

        ends, slow = await kin(client, "deadEnds"), await kin(client, "bottlenecks")
        rows = (await table(client, f"/coordination/reseau.csv?{HERE}"))[1:]
        told = {row[0]: row[2] for row in rows}
        for found, mark in ((ends["bodies"], "arrêt"), (slow["bodies"], "Goulet"), (slow["bridges"], "Pont")):
            assert {one["body"]["name"]: cell(one["received"]) for one in found} == {
                row[0]: told[row[0]] for row in rows if mark in row[1]
            }
        assert [one["causes"] for one in ends["bodies"]] == [["SILENCE"]]
        assert len(slow["bodies"]) == len(slow["bridges"]) == 1

        load = await kin(client, "load")
        [head, whole, *rows] = await table(client, f"/coordination/charge.csv?{HERE}")
        assert whole[1:] == [cell(one["count"]) for one in load["months"]]
        assert rows == [[one["name"], *(cell(month["count"]) for month in one["months"])] for one in load["parts"]]
        assert rows
        assert load["days"] == []
        assert len(head) == 1 + len(made.QUARTER.months)

        ways = await kin(client, "chains")
        rows = (await table(client, f"/coordination/enchainements.csv?{HERE}"))[1:]
        assert [row[0] for row in rows] == [" → ".join(stop["name"] for stop in one["stops"]) for one in ways["chains"]]
        assert [row[-1] for row in rows] == [cell(one["count"]) for one in ways["chains"]]
        assert [(one["ending"], len(one["stops"])) for one in ways["chains"]] == [("DECLINED", 3)]
        assert ways["bounces"]["handed"]["value"] == made.network().handed


async def test_a_report_is_told_by_the_page_and_by_graphql_alike(site: Inside) -> None:
    async with await site.signed_in(Role.COORDINATOR) as client:
        address = f"/rapports/besoins.csv?du=2025-10&au=2025-12&territoire={made.DOUBS}"
        rows = await table(client, address)
        report = await asked(client, REPORT, kind="SOCIAL_NEEDS", period=MONTHS, place=made.DOUBS)
        assert (report["kind"], report["exact"], report["scope"]) == ("SOCIAL_NEEDS", False, "Doubs")
        for one in report["tables"]:
            lines = [[cell_["words"] for cell_ in edge["node"]["cells"]] for edge in one["lines"]["edges"]]
            head = [
                f"{column['name']} ({column['unit']})" if column["unit"] else column["name"]
                for column in one["columns"]
            ]
            at = rows.index(head)
            assert rows[at + 1 : at + 1 + len(lines)] == lines
        # The second page follows the first.
        placed = {"kind": "SOCIAL_NEEDS", "period": MONTHS, "place": made.DOUBS, "n": 1}
        first = await asked(client, REPORT, **placed)
        last = first["tables"][0]["lines"]["pageInfo"]["endCursor"]
        more = await asked(client, REPORT, **placed, after=last)
        [next_] = more["tables"][0]["lines"]["edges"]
        assert [cell_["words"] for cell_ in next_["node"]["cells"]] == rows[3]
        cells = [cell_ for one in report["tables"] for edge in one["lines"]["edges"] for cell_ in edge["node"]["cells"]]
        assert all((cell_["words"] == "masqué") == cell_["hidden"] for cell_ in cells)
        assert all(cell_["number"] is None for cell_ in cells if cell_["hidden"])
        # Needs without an answer are those of that report.
        unmet = await kin(client, "unmet")
        causes = {row[0]: row[1] for row in rows if len(row) == 2}
        assert {
            label("cause", one["cause"].lower()): in_report(one["count"]) for one in unmet["causes"]
        }.items() <= causes.items()
        column = rows[1].index("Sans relais")
        themes = {row[0]: row[column] for row in rows[2:] if row[1:2] == ["ensemble du thème"]}
        assert {one["name"]: in_report(one["count"]) for one in unmet["themes"] if one["name"] in themes} == themes
        assert [one["id"] for one in unmet["themes"]] == list(categories())


async def test_the_head_reads_her_own_service_by_both_to_the_last_one(site: Inside) -> None:
    async with await site.signed_in(Role.HEAD_OF_SERVICE, made.DOOR) as client:
        delays = await kin(client, "delays", exact=True)
        rows = (await table(client, f"/coordination/delais.csv?{OWN}&image=reponse"))[1:]
        assert [int(row[1]) for row in rows] == [one["count"]["value"] for one in delays["answer"]["buckets"]]
        assert sum(int(row[1]) for row in rows) > 0
        assert delays["estimates"] is None
        flows = await kin(client, "flows", exact=True)
        page = (await client.get(f"/coordination/parcours?{OWN}")).text.replace("\u202f", "").replace("\u00a0", " ")
        assert flows["sent"]["value"] > 0
        assert f"{flows['sent']['value']} demandes envoyées" in page
        load = await kin(client, "load", exact=True)
        assert sum(one["received"] for one in load["days"]) == received_by()[made.DOOR]
        assert load["months"] == load["parts"] == []
        unit = await asked(client, UNIT, period=MONTHS)
        rows = await table(client, "/rapports/activite.csv?du=2025-10&au=2025-12")
        whole = unit["whole"]
        keys = ("active", "persons", "opened", "received", "closed", "passedOn")
        assert [row[1:7] for row in rows if row[:1] == ["Ensemble"]] == [[str(whole[key]) for key in keys]]
        assert unit["unit"] == {"id": made.DOOR, "name": f"Organisme {made.DOOR}"}
        at = next(number for number, row in enumerate(rows) if row[:1] == ["Professionnel"])
        told = [[one["name"] or "Accueil du service", *(str(one[key]) for key in ("files", "persons", "actions", "late"))]
                for one in unit["carried"]]  # fmt: skip
        assert rows[at + 1 : at + 1 + len(told)] == told
        assert told
        report = await asked(client, REPORT, kind="UNIT_ACTIVITY", period=MONTHS)
        assert report["exact"]
        first = report["tables"][0]["lines"]["edges"][0]["node"]["cells"]
        assert [one["number"] for one in first[1:3]] == [whole["active"], whole["persons"]]


async def test_the_days_of_a_body_that_is_asked_are_alike_on_both(site: Inside) -> None:
    [(body, count)] = received_by().most_common(1)
    async with await site.signed_in(Role.HEAD_OF_SERVICE, body) as client:
        load = await kin(client, "load", exact=True)
        assert sum(one["received"] for one in load["days"]) == count > 0
        rows = (await table(client, f"/coordination/charge.csv?{OWN}&image=recues"))[1:]
        assert sum(int(value) for row in rows for value in row[1:] if value.isdigit()) == count


def received_by() -> Counter[str]:
    """What came to each body in the quarter, by the files that the graph holds."""
    handoffs = [one for log in made.logs()[: made.WRITTEN] for one in facts_of(replayed(log)).handoffs]  # type: ignore[arg-type]
    return Counter(one.target for one in handoffs if made.QUARTER.holds(one.sent) and handed_over(one))


async def test_who_may_ask_and_what_cannot_be_asked(site: Inside) -> None:
    visitor, professional = site.client(), await site.signed_in(Role.PROFESSIONAL, made.DOOR)
    coordinator = await site.signed_in(Role.COORDINATOR)
    refused = {"__typename": "NotAllowed", "code": "NOT_ALLOWED"}
    for name in KIN:
        for client in (visitor, professional):
            assert await kin(client, name) == refused, name
            if name != "unmet":
                assert await kin(client, name, exact=True) == refused, name
        if name != "unmet":
            assert await kin(coordinator, name, exact=True) == refused, name
        found = await kin(coordinator, name)
        assert found["__typename"] == KIN[name][0]
        for one in [found, found.get("contact"), found.get("answer"), found.get("bounces")]:
            if one and "definition" in one:
                words = definitions()[one["definition"]["id"]]
                assert one["definition"] == {
                    "id": words.id, "name": words.title, "words": words.definition, "source": words.source
                }  # fmt: skip
        wrong = await kin(coordinator, name, period={"from": "2026-T1"})
        assert wrong == {"__typename": "InvalidInput", "field": "period"}
    for name in ("deadEnds", "bottlenecks"):
        assert await kin(coordinator, name, territory=None) == {"__typename": "InvalidInput", "field": "territory"}
    below = await kin(coordinator, "unmet", territory="25056")
    assert below == {"__typename": "InvalidInput", "field": "territory"}
    for client, kind in ((visitor, "NETWORK"), (professional, "NETWORK"), (coordinator, "UNIT_ACTIVITY")):
        assert await asked(client, REPORT, kind=kind, period=MONTHS) == refused
    for client in (visitor, professional, coordinator):
        assert await asked(client, UNIT, period=MONTHS) == refused
    for of_agreement in (IMPACT, COPIED):
        for client in (visitor, professional):
            assert await asked(client, of_agreement, id="t:absent") == refused
        assert await asked(coordinator, of_agreement, id="t:absent") == {"__typename": "NotFound", "code": "NOT_FOUND"}
    for given, field in (
        ({"period": {"from": "2025-13"}}, "period"),
        ({"period": {"from": "2025-12", "to": "2025-10"}}, "period"),
        ({"period": MONTHS, "place": "25056"}, "place"),
        ({"period": MONTHS, "place": "departement:00"}, "place"),
    ):
        wrong = await asked(coordinator, REPORT, kind="SOCIAL_NEEDS", **given)
        assert wrong == {"__typename": "InvalidInput", "field": field}, given


# What each takes of the graph: the quarters that are published once, two statements a table, the network once, the names once.
CALLS = {"flows": 6, "delays": 8, "load": 4, "deadEnds": 5, "bottlenecks": 5, "chains": 3, "unmet": 3}
# What is published is held: the second time, the tables are there.
AGAIN = {"flows": 2, "delays": 2, "load": 2, "deadEnds": 3, "bottlenecks": 3, "chains": 3, "unmet": 1}


async def test_each_takes_so_many_calls(site: Inside) -> None:
    limits = Limits(cost=7_000, seconds=20.0, size=1_048_576, introspection=True)
    for name, expected in CALLS.items():
        # Published at another moment: what other tests have left is not taken for it.
        await site.rooms.graph.write(lambda unit: unit.run("MATCH (p:Publication) SET p.at = p.at + 1"))
        taken = []
        for _ in range(2):
            made_: list[str] = []
            token = calls_made.set(made_)
            try:
                context = Context(
                    site.rooms, "repère", viewer=make.viewer(Role.COORDINATOR), now=datetime(2026, 1, 20, tzinfo=UTC)
                )
                variables = {"period": {"from": str(made.QUARTER)}, "territory": made.DOUBS}
                told = await answer(context, Asked(query=question(name), variables=variables), limits)
            finally:
                calls_made.reset(token)
            assert "errors" not in orjson.loads(told.body), told.body
            taken.append(len(made_))
        assert taken == [expected, AGAIN[name]], name
