"""A partner's press, from the request to the answer, against the bare transaction: `python -m bench.keeping`.

In this process, over an engine of its own with a body and its services: the page of a listing, the mutation that says room,
and a bare transaction that writes by hand what the mutation writes (an entry, a claim, the listing's node, a row of the
outbox). They take turns, so that whatever else the machine does falls on all of them. Prints medians and ratios.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx2

from api.app import create_app
from api.auth.demonstration import put_demonstrated
from api.rooms import Rooms
from api.settings import Settings
from bench.imports import lay_map
from graph.model.directory import Batch, Organisation, Service
from graph.model.vocabulary import competences
from graph.store import claims, edges, keeping, records
from graph.store.engine import Engine
from graph.store.loading import Loader
from graph.store.migrate import migrate
from graph.store.outbox import INDEX_LISTINGS
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedEngine, EmbeddedIndex
from search.understand import Reader

ROUNDS, WARM, SERVICES = 60, 10, 20
BODY: Final = "demo:ccas-besancon"
SITE: Final = "http://bench.example"
ROOM: Final = (
    "mutation ($input: SetCapacityInput!) { setCapacity(input: $input) { __typename ... on Listing { seq } } }"
)
DAY: Final = datetime.now(UTC).date()


def main() -> None:
    """Lay the directory, take turns, print."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder) / "engine")
        try:
            asyncio.run(_measured(engine, Path(folder)))
        finally:
            engine.stop()


async def _measured(engine: Engine, folder: Path) -> None:
    graph = await Graph.open(engine.start())
    try:
        await _laid(graph)
        settings = Settings(data=folder, demo=True, pages_per_minute=0, graphql_requests_per_minute=0)
        writer = await EmbeddedEngine(settings.index_folder).aside()
        await writer.keep_places([])
        await writer.commit()
        await writer.switch()
        app = create_app(settings)
        index = EmbeddedIndex(settings.index_folder)
        app.state.rooms = Rooms(settings=settings, graph=graph, index=index, reader=Reader())
        transport = httpx2.ASGITransport(app=app)
        headers = {"accept": "text/html", "origin": SITE}
        async with httpx2.AsyncClient(transport=transport, base_url=SITE, headers=headers, timeout=60) as client:
            await client.post("/connexion/demonstration", data={"compte": "editrice.ccas@example.org"})
            await _turns(client, graph)
    finally:
        await graph.close()


def _services() -> tuple[Service, ...]:
    return tuple(
        Service(
            id=f"bench:{number}",
            name=f"Service {number}",
            organisation=BODY,
            competences=(next(iter(competences())),),
            covers=("pays:FR",),
            source="bench",
            vouched_on=DAY,
        )
        for number in range(SERVICES)
    )


async def _laid(graph: Graph) -> None:
    await migrate(graph)
    await lay_map(graph)
    body = Organisation(id=BODY, name="Un organisme", kind="CCAS", source="bench", vouched_on=DAY, covers=("pays:FR",))
    loader = Loader(graph, "bench")
    batch = Batch(organisations=(body,), services=_services())
    await loader.load(await loader.plan_batch(batch), lambda done: None)
    await put_demonstrated(graph)


async def _turns(client: httpx2.AsyncClient, graph: Graph) -> None:
    taken: dict[str, list[float]] = {"page": [], "mutation": [], "bare": []}
    for number in range(WARM + ROUNDS):
        for name in taken:
            begun = time.perf_counter()
            await _once(name, number, client, graph)
            if number >= WARM:
                taken[name].append((time.perf_counter() - begun) * 1000)
    median = {name: statistics.median(some) for name, some in taken.items()}
    for name, ms in median.items():
        high = statistics.quantiles(taken[name], n=20)[-1]
        print(
            f"{name:10} {ms:7.1f} ms   p95 {high:7.1f} ms   × {ms / median['bare']:.1f} of the bare transaction",
            flush=True,
        )


async def _once(name: str, number: int, client: httpx2.AsyncClient, graph: Graph) -> None:
    if name == "page":
        answer = await client.get(f"/mes-fiches/service/bench:{number % SERVICES}")
        assert answer.status_code == 200, answer.text
    elif name == "mutation":
        # Each listing gets as many entries as the rounds make of it, as one that is kept with care does.
        said = {
            "listing": f"service:bench:{number % SERVICES}",
            "placesFree": number + 1,
            "idempotencyKey": uuid4().hex,
        }
        answer = await client.post("/graphql", json={"query": ROOM, "variables": {"input": said}})
        assert answer.json()["data"]["setCapacity"]["__typename"] == "Listing", answer.text
    else:
        await graph.write(lambda unit: _bare(unit, number))


async def _bare(unit: Unit, number: int) -> None:
    """On listings of their own, so that no one's log grows by it."""
    id_ = uuid4().hex
    entry = {"id": f"bare#{id_}", "subject": f"bare:{id_}", "seq": 1, "steps": "{}" * 200, "at": str(DAY)}
    claim = {"id": f"bare|{id_}", "origin": "bare", "source": "bare", "said": "{}" * 200}
    node = records.properties(_services()[number % SERVICES]) | {"id": f"bare:{id_}", "origin": "bare"}
    await unit.run(keeping.ADD, rows=[entry])
    await unit.run(claims.KEEP, rows=[claim])
    await unit.run(edges.MERGE[Service], rows=[{"id": node["id"], "node": node}])
    await unit.outbox.add(INDEX_LISTINGS, [BODY])


if __name__ == "__main__":
    main()
