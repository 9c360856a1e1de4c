"""Reports of what is published: the numbers that were told, hidden where they were hidden; nothing before anything is."""

from __future__ import annotations

from pathlib import Path

from api.actions.figures.keeping import publish_closed
from api.actions.figures.reading import tables
from api.actions.reports.asking import Asked
from api.actions.reports.network import network, returns_published, social_needs
from api.actions.reports.table import Mark, Report, counted
from graph.model.access import Role
from graph.model.figures.lattice import FEWEST, Measure, part
from graph.model.figures.periods import Quarter
from graph.model.vocabulary import categories
from graph.store.unit import Graph
from importers.invented.loading import load
from tests import make
from tests.api.figures.test_publishing import END, LOGS
from tests.api.inside import inside

ASKED = Asked(first="2025-10", last="2025-12")
COORDINATOR = make.viewer(Role.COORDINATOR)


def small(report: Report) -> list[object]:
    """Numbers of persons that should have been hidden."""
    return [
        cell
        for table in report.tables
        for line in table.lines
        for column, cell in zip(table.columns, line, strict=True)
        if isinstance(cell, int) and 0 < cell < FEWEST and column.name != "Population"
    ]


async def test_what_is_published_is_what_is_reported(empty_graph: Graph, tmp_path: Path) -> None:
    async with inside(empty_graph, tmp_path, make.organisation("t:caf")) as site:
        before = await network(site.rooms, COORDINATOR, ASKED)
        assert before.sentence == "Rien n’est encore publié de cette période."
        assert any("Pas encore publié" in note for note in before.notes)
        await load(empty_graph, LOGS)
        await publish_closed(empty_graph, END)
        made = [await make_(site.rooms, COORDINATOR, ASKED) for make_ in (network, social_needs, returns_published)]
        for report in made:
            assert small(report) == []
            assert not report.exact
        wanted = [(measure, Quarter(2025, 4)) for measure in (Measure.SENT, Measure.NEEDS_OPENED)]
        sent, opened = map((await tables(site.rooms, COORDINATOR, wanted)).get, wanted)
        assert sent is not None
        assert opened is not None
        whole = made[0].tables[0]
        place = [column.name for column in whole.columns].index("Demandes envoyées")
        assert whole.lines[0][place] == sent.count()
        themes = {line[0]: line for line in made[0].tables[2].lines}
        for id_, name in categories().items():
            assert themes[name][1] == counted(opened.count(column=(part("category", id_),)))
        assert Mark.HIDDEN in {line[1] for line in themes.values()}
        async with await site.signed_in(Role.COORDINATOR) as client:
            for name in ("reseau", "besoins", "obligations-reseau"):
                for ending in ("", ".csv", ".xlsx"):
                    asked = {"du": "2025-11", "au": "2025-12", "territoire": "pays:FR"}
                    assert (await client.get(f"/rapports/{name}{ending}", params=asked)).status_code == 200
            refused = await client.get("/rapports/besoins", params={"territoire": "25056"})
            assert refused.status_code == 422
        async with await site.signed_in(Role.PROFESSIONAL, "t:caf") as client:
            assert (await client.get("/rapports/besoins.csv")).status_code == 403
            assert (await client.get("/rapports/accueil.csv")).status_code == 200
