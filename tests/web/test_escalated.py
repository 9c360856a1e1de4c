"""What an inbox leads to: whoever keeps the network to the file's way, its two sides to the request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.web.inbox_view import bands
from graph.model.access import Role, Viewer
from graph.model.casework.handoff import ReasonCode, Step
from graph.model.casework.inbox import Window
from graph.model.casework.said import Said
from graph.store.casework.inbox import Whose
from graph.store.unit import Graph
from tests import make
from tests.cases import AT, BEN, CMS, Log, people

KEEPER = make.viewer(Role.COORDINATOR, account="kim", organisation="", organisations=())
BOTH = Viewer(
    account="kim",
    organisation=CMS,
    organisations=(CMS,),
    roles=frozenset({Role.COORDINATOR, Role.PROFESSIONAL}),
)


async def hrefs(graph: Graph, viewer: Viewer, **whose: Any) -> list[str]:
    asked = Whose(organisation=viewer.organisation, account=viewer.account, **whose)
    async with graph.reading() as unit:
        found = await unit.inbox.page(asked, Window.at(AT), None, 20, opened=True)
        count, _ = await unit.inbox.count(asked, AT)
    assert count == len(found)
    return [one.href for band in bands(found, viewer, AT) for one in band.items]


async def test_an_escalated_request_is_followed_to_where_it_can_be_seen(empty_graph: Graph) -> None:
    await people(empty_graph)
    log = Log(empty_graph)
    file = await log.sent(id_="h0")
    for number in range(1, 5):
        file = await log.step(
            file,
            f"h{number - 1}",
            Step.DECLINE,
            BEN,
            Said(reason=ReasonCode.NO_CAPACITY),
            at=AT + timedelta(minutes=number),
        )
        file = await log.send(file, id_=f"h{number}", parent=f"h{number - 1}", confirmed=True, purpose="encore")
    way, request = f"/dossier/{file.id}", "/demande/h4"
    assert await hrefs(empty_graph, KEEPER, coordinator=True) == [way]
    # She also works where it was sent: the desk's own item, and the network's.
    assert await hrefs(empty_graph, BOTH, desk=True, coordinator=True) == [request, request]
    assert await hrefs(empty_graph, BOTH, desk=True) == [request]
