"""The figures that /metrics gives: what the processes of a site count, and how its parts are when it is asked.

Counters of the web processes and the worker are summed through files (`api/figure_files.py`). States are read at the moment of
the question: a dead worker cannot tell that its outbox fills.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api.figure_files import SHARED
from api.settings import Settings
from graph.model.errors import Refusal, Unavailable
from graph.store.outbox import MAIL_KINDS, Backlog
from search.backend import POINTER

if TYPE_CHECKING:
    # Readers of words, which the worker does not need.
    from api.rooms import Rooms

BACKLOG_SECONDS: Final = 2.0
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
COSTS: Final = (10, 50, 100, 250, 500, 1000, 2000, 4000, 7000)

REQUESTS: Final = Counter(
    "maillage_requests_total", "Requests by method, template of the route and status.", ("method", "route", "status")
)
REQUEST_SECONDS: Final = Histogram(
    "maillage_request_seconds", "Duration of requests by template of the route.", ("route",), buckets=SECONDS
)
GRAPHQL_COST: Final = Histogram(
    "maillage_graphql_cost", "Cost of the GraphQL operations executed, in objects.", buckets=COSTS
)
SEARCH_SECONDS: Final = Histogram(
    "maillage_search_seconds", "Duration of a search, from the words to the relays in order.", buckets=SECONDS
)


@dataclass(frozen=True, slots=True)
class State:
    """How the parts are now; ages in seconds, None where nobody could tell."""

    graph: bool
    index: bool
    backlog: Backlog | None
    mails: Backlog | None
    generation_age: float | None


async def state(rooms: Rooms) -> State:
    """Ask graph and index: 2 s at most for each of two questions."""
    up = await rooms.graph.answers()
    backlog, mails = await _backlogs(rooms) if up else (None, None)
    return State(
        graph=up,
        index=await rooms.index.answers(),
        backlog=backlog,
        mails=mails,
        generation_age=_age(rooms.settings.index_folder / POINTER),
    )


async def _backlogs(rooms: Rooms) -> tuple[Backlog | None, Backlog | None]:
    try:
        async with rooms.graph.reading(BACKLOG_SECONDS) as unit:
            return await unit.outbox.backlog(), await unit.outbox.backlog(MAIL_KINDS)
    except Refusal:
        return None, None


def exposition(now: State) -> bytes:
    """The text that Prometheus reads: what was counted, and how things are `now`."""
    registry = CollectorRegistry()
    if os.environ.get(SHARED):
        MultiProcessCollector(registry)
    else:
        registry.register(_Alone())
    registry.register(_Present(now))
    return generate_latest(registry)


@contextmanager
def figures_served(settings: Settings) -> Iterator[None]:
    """The figures of a worker on its own, on its `worker_port`; to others than this machine when they are open to everyone.

    That of a site counts into the site's. Raises Unavailable, in words, when the port cannot be had.
    """
    if not settings.worker_port or settings.metrics == "off" or SHARED in os.environ:
        yield
        return
    registry = CollectorRegistry()
    registry.register(_Alone())
    host = settings.host if settings.metrics == "open" else "127.0.0.1"
    try:
        server, thread = start_http_server(settings.worker_port, host, registry)
    except OSError as fault:
        raise Unavailable(
            f"Le port {settings.worker_port} de {host}, où le worker donne ses mesures, ne peut pas être pris "
            f"({fault.strerror or type(fault).__name__}) : choisissez-en un autre avec MAILLAGE_WORKER_PORT."
        ) from fault
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Alone(Collector):
    """What this one process counted."""

    def collect(self) -> Iterator[Metric]:
        for metric in REGISTRY.collect():
            if metric.name.startswith("maillage_"):
                yield metric


class _Present(Collector):
    def __init__(self, now: State) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        now = self._now
        yield _gauge("maillage_graph_up", "1 when the graph answers.", now.graph)
        yield _gauge("maillage_index_up", "1 when the index answers.", now.index)
        if now.generation_age is not None:
            yield _gauge(
                "maillage_index_generation_age_seconds", "Since the index was last rebuilt.", now.generation_age
            )
        if now.backlog:
            oldest = now.backlog.oldest_seconds
            yield _gauge("maillage_outbox_waiting", "Effects to come.", now.backlog.waiting)
            yield _gauge("maillage_outbox_parked", "Effects given up on after several failures.", now.backlog.parked)
            yield _gauge(
                "maillage_outbox_oldest_seconds", "Age of the oldest effect to come; 0 when none waits.", oldest
            )
        if now.mails:
            oldest = now.mails.oldest_seconds
            yield _gauge("maillage_mails_waiting", "Mails to be sent.", now.mails.waiting)
            yield _gauge("maillage_mails_parked", "Mails given up on: the server refuses them.", now.mails.parked)
            yield _gauge("maillage_mails_oldest_seconds", "Age of the oldest mail to be sent; 0 when none.", oldest)


def _gauge(name: str, help_: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, help_)
    family.add_metric((), float(value))
    return family


def _age(file: Path) -> float | None:
    """Since the index was last switched; None when it is not in this folder."""
    try:
        return max(0.0, time.time() - file.stat().st_mtime)
    except OSError:
        return None
