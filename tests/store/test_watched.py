"""What the store shows to its watchers: retries with the mark of their request, names of statements, spans only within a trace."""

from __future__ import annotations

import structlog
from opentelemetry.trace import INVALID_SPAN
from structlog.testing import capture_logs

from graph.store import outbox, relays
from graph.store.unit import Graph, Unit
from graph.store.watched import RETRIES, UNNAMED, name_of, part


def retries() -> float:
    return sum(
        sample.value for metric in RETRIES.collect() for sample in metric.samples if sample.name.endswith("_total")
    )


async def test_an_action_that_runs_again_is_told_under_the_mark_of_its_request(empty_graph: Graph) -> None:
    await empty_graph.write(lambda unit: unit.run("CREATE (n:Organisation {id: 't:once'})"))
    tries = 0

    async def collides_once(unit: Unit) -> None:
        nonlocal tries
        tries += 1
        id_ = "t:once" if tries == 1 else "t:twice"
        await unit.run("CREATE (n:Organisation {id: $id, name: 'Zibeline'})", id=id_)

    before = retries()
    with (
        structlog.contextvars.bound_contextvars(request_id="mark"),
        capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines,
    ):
        await empty_graph.write(collides_once)
    assert (tries, retries() - before) == (2, 1)
    assert lines == [
        {
            "event": "graph_retry",
            "attempt": 1,
            "fault": "ConstraintError",
            "request_id": "mark",
            "log_level": "info",
        }
    ]
    async with empty_graph.reading() as unit:
        rows = await unit.run("MATCH (n:Organisation) RETURN n.id AS id ORDER BY id")
    assert rows == [{"id": "t:once"}, {"id": "t:twice"}]


def test_a_statement_is_told_by_the_constant_that_holds_it() -> None:
    assert name_of(outbox.CLAIM) == "outbox.CLAIM"
    assert name_of(relays.ORGANISATION_IDS) == "relays.ORGANISATION_IDS"
    assert name_of("MATCH (n {name: 'Zibeline'}) RETURN n") == UNNAMED


def test_outside_a_trace_there_is_no_span() -> None:
    with part("graph", **{"maillage.access": "READ"}) as span:
        assert span is INVALID_SPAN
