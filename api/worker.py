"""The door that opens by itself: it carries out what the outbox asks for, reminds, tells what is new. One writes an index at a
time.

Mail has a pace of its own: a mail server that is slow keeps no change from the page.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from prometheus_client import Counter, Gauge

from api import demonstrating
from api.actions.casework import forgetting, person
from api.actions.casework.clocks import pass_over
from api.actions.figures import keeping
from api.actions.reorganising_run import run_due
from api.alerting import notice, notice_daily
from api.anchoring import anchor_hourly
from api.auth.signed_in import now_ms
from api.mail.mornings import each_morning, moment
from api.mail.news import tell_daily
from api.mail.noticing import tell_always
from api.mail.reminding import remind_daily
from api.mail.sending import Post
from api.metrics import figures_served
from api.owning import as_owner
from api.premises import searching
from api.settings import Settings
from api.together import first_to_end
from graph.model.errors import Unavailable
from graph.store.casework.keyring import Keyring
from graph.store.engine import Address
from graph.store.mails import Mails
from graph.store.signed_links import SignedLinks
from graph.store.unit import Graph, Unit
from search.backend import Engine
from search.hours import PARIS
from search.indexer import Indexer

STOPS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# Half of what "found within two seconds" leaves once the index has committed and its readers have looked.
POLL_SECONDS: Final = 0.3
SWEEP_SECONDS: Final = 3600.0
TIME_SECONDS: Final = 15.0
FIGURES_SECONDS: Final = 600.0
PAUSE_AFTER_FAULT_SECONDS: Final = 1.0
# Hours of the partners.
NIGHT: Final = range(2, 5)

# Here, and not with the others: web processes have no worker's figures to give.
EFFECTS: Final = Counter("maillage_effects_total", "Effects of the outbox that the worker took up.")
TURN: Final = Gauge(
    "maillage_worker_turn_timestamp_seconds", "When the worker last read the outbox.", multiprocess_mode="max"
)

log = structlog.get_logger()


async def work(settings: Settings, address: Address) -> None:
    """Until SIGTERM, SIGINT or SIGHUP, a rebuild under way included: it is given up, and due again at the next start.

    Faults are logged by their class alone, and tried again. There may be no index yet: the first effect builds it.
    Raises Unavailable, in words, when the graph does not answer at first, or feeds another index.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOPS:
        # What whoever started us had ignored (nohup) stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, stop.set)
    await first_to_end(stop.wait(), _work(settings, address))


async def _work(settings: Settings, address: Address) -> None:
    with figures_served(settings):
        graph = await Graph.open(address, Keyring(settings.keyring_folder))
        async with searching(settings) as search:
            indexer = Indexer(graph, search)
            try:
                await as_owner(graph, settings, lambda: first_to_end(*_duties(graph, indexer, search, settings)))
            finally:
                await indexer.close()
                await graph.close()


def _duties(graph: Graph, indexer: Indexer, search: Engine, settings: Settings) -> list[Coroutine[Any, Any, None]]:
    """Without a mail server nobody is reminded of listings or told of news: nothing could be sent, and the dates would be spent.
    Files keep their clocks all the same, and what happens to them is shown.
    """
    always: list[Coroutine[Any, Any, None]] = [
        _turns(graph, indexer, settings),
        _time(graph),
        _reorganise(graph),
        anchor_hourly(graph, settings),
        _forget_daily(graph),
        _figures(graph, search, settings),
        notice_daily(graph, search),
        tell_always(graph, settings),
    ]
    if not settings.sends_mail:
        return always
    return [
        *always,
        Post(graph, settings).work(),
        remind_daily(graph, settings),
        tell_daily(graph, settings, search),
    ]


async def _turns(graph: Graph, indexer: Indexer, settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    swept = loop.time()
    while True:
        busy = await _turn(indexer)
        if loop.time() - swept > SWEEP_SECONDS:
            await _sweep(graph, settings)
            await arrange_by_night(indexer, datetime.now(UTC))
            swept = loop.time()
        await asyncio.sleep(0 if busy else POLL_SECONDS)


async def _time(graph: Graph) -> None:
    """For ever: what time does to handoffs. What is urgent runs in real time, so it is looked at often."""
    while True:
        try:
            if taken := await pass_over(graph, datetime.now(UTC)):
                log.info("time_acted", steps=taken)
        except (Unavailable, OSError, TimeoutError) as fault:
            log.warning("time_stood_still", fault=type(fault).__name__)
        except Exception as fault:
            log.error("time_failed", fault=type(fault).__name__)
        await asyncio.sleep(TIME_SECONDS)


async def _figures(graph: Graph, search: Engine, settings: Settings) -> None:
    """For ever: flows between bodies follow what is done, and a quarter that has closed is published."""
    await demonstrating.live(graph, settings)
    while True:
        await figures_once(graph, search)
        await asyncio.sleep(FIGURES_SECONDS)


async def figures_once(graph: Graph, search: Engine) -> None:
    """One turn of it. Each duty fails for itself: what keeps one from going on does not keep the others."""

    async def flows() -> None:
        await keeping.keep_flows(graph, datetime.now(UTC))

    async def quarters() -> None:
        made = await keeping.publish_closed(graph, datetime.now(UTC))
        for quarter in made:
            log.info("quarter_published", quarter=str(quarter))
        if made:
            await notice(graph, search, datetime.now(UTC))

    async def rows() -> None:
        await keeping.fill_rows(graph)

    async def deliveries() -> None:
        await keeping.fill_deliveries(graph)

    for duty in (rows, deliveries, flows, quarters):
        try:
            await duty()
        except (Unavailable, OSError, TimeoutError) as fault:
            log.warning("figures_wait", duty=duty.__name__, fault=type(fault).__name__)
        except Exception as fault:
            log.error("figures_failed", duty=duty.__name__, fault=type(fault).__name__)


async def _reorganise(graph: Graph) -> None:
    """For ever: reorganisations whose day has come. What was cut short is taken up where it was."""
    while True:
        try:
            if moved := await run_due(graph, datetime.now(UTC)):
                log.info("files_reorganised", files=moved)
        except (Unavailable, OSError, TimeoutError) as fault:
            log.warning("reorganisation_stood_still", fault=type(fault).__name__)
        except Exception as fault:
            log.error("reorganisation_failed", fault=type(fault).__name__)
        await asyncio.sleep(TIME_SECONDS)


async def _forget_daily(graph: Graph) -> None:
    """What an erasure that was cut short left to do, at once; then each morning what time asks for."""
    try:
        await forgetting.finish(graph)
    except Exception as fault:
        log.warning("keys_not_destroyed", fault=type(fault).__name__)
    await each_morning("files_forgotten", lambda at: forgetting.by_time(graph, at), moment)


async def _turn(indexer: Indexer) -> bool:
    """One look at the outbox; True when there was something in it."""
    try:
        taken = await indexer.drain()
        EFFECTS.inc(taken)
        TURN.set_to_current_time()
        return taken > 0
    except (Unavailable, OSError, TimeoutError) as fault:
        log.warning("outbox_not_read", fault=type(fault).__name__)
    except Exception as fault:
        log.error("effect_failed", fault=type(fault).__name__)
    await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
    return False


async def _sweep(graph: Graph, settings: Settings) -> None:
    """Forgetting can wait: what fails is tried again an hour later."""
    try:
        while await graph.write(lambda unit: _sweep_some(unit, settings)):
            continue
    except Exception as fault:
        log.warning("not_swept", fault=type(fault).__name__)


async def arrange_by_night(indexer: Indexer, at: datetime) -> None:
    """Build an index anew that is worn, at an hour when few write and nobody minds a change that takes minutes to be seen."""
    if at.astimezone(PARIS).hour not in NIGHT:
        return
    try:
        if await indexer.worn():
            log.info("index_worn")
            # Not by the outbox: what fails here is tried again in an hour, and keeps no change from the page until then.
            await indexer.rebuild()
    except Exception as fault:
        log.warning("index_not_arranged", fault=type(fault).__name__)


async def _sweep_some(unit: Unit, settings: Settings) -> int:
    """How many were forgotten; 0 when all is swept."""
    now = now_ms()
    swept = (
        await unit.outbox.sweep(),
        await unit.replies.sweep(),
        await Mails(unit).sweep(),
        await SignedLinks(unit).sweep(datetime.now(UTC)),
        await unit.suggestions.sweep(datetime.now(UTC)),
        await unit.uploads.sweep(datetime.now(UTC)),
        await unit.sessions.sweep(now, settings.session_idle_ms),
        await unit.signings_in.sweep(now),
        await unit.doors.sweep(now, person.IDLE_MS),
        await unit.sweeping.sweep(datetime.now(UTC)),
        await unit.searched.sweep(datetime.now(PARIS).date()),
        await unit.alerts.sweep(datetime.now(PARIS).date()),
    )
    return sum(swept)
