"""Who says what of a listing, through GraphQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import orjson

from api.graphql.context import Context
from api.graphql.execution import Asked, answer
from api.rooms import Rooms
from api.settings import Settings
from graph.model.directory import Contact
from graph.store.loading import Loader
from graph.store.unit import Graph
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.indexer import Indexer
from tests import make, reading
from tests.api.test_graphql_directory import LIMITS

QUERY = """{
  organisation(id: "t:x") { contact { phone } voices { group source vouchedOn byPartner stands } }
  service(id: "t:x") { voices { group source stands } }
}"""


async def test_each_group_has_who_stands_and_who_disagrees(empty_graph: Graph, tmp_path: Path) -> None:
    """An organisation and a service of one id: their voices do not mix."""
    carte = Loader(empty_graph, "carte")
    await carte.load(await carte.plan_territories(make.territories()), lambda done: None)
    own = make.organisation("t:x", source="partner", vouched_on=date(2020, 1, 1), contact=Contact(phone="1"))
    other = make.organisation("t:x", source="dila", contact=Contact(phone="2"))
    for source, body in (("partner", own), ("dila", other)):
        loader = Loader(empty_graph, source)
        records = [body, make.service("t:x", organisation="t:x")] if source == "partner" else [body]
        await loader.load(await loader.plan_batch(make.batch(*records)), lambda done: None)
    indexer = Indexer(empty_graph, EmbeddedEngine(tmp_path))
    await indexer.rebuild()
    await indexer.close()
    rooms = Rooms(settings=Settings(), graph=empty_graph, index=EmbeddedIndex(tmp_path), reader=reading.shared())
    context = Context(rooms, "repère-1", now=make.NOW)
    told = orjson.loads((await answer(context, Asked(query=QUERY, variables={}), LIMITS)).body)
    assert "errors" not in told, told
    partner = {"source": "partner", "vouchedOn": "2020-01-01", "byPartner": True, "stands": True}
    dila = {"source": "dila", "vouchedOn": "2026-03-10", "byPartner": False}
    assert told["data"]["organisation"] == {
        "contact": {"phone": "1"},
        "voices": [
            {"group": "IDENTITY"} | partner,
            {"group": "IDENTITY", "stands": True} | dila,
            {"group": "TERRITORY"} | partner,
            {"group": "TERRITORY", "stands": True} | dila,
            {"group": "CONTACT"} | partner,
            {"group": "CONTACT", "stands": False} | dila,
        ],
    }
    assert told["data"]["service"]["voices"] == [
        {"group": group, "source": "essai", "stands": True} for group in ("IDENTITY", "MATTERS", "TERRITORY")
    ]
