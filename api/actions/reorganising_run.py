"""A reorganisation is done on its day: first the directory, then file by file, then the old bodies end.

Each step is a transaction of its own, and looks at what is: killed anywhere, it is taken up where it was. An open file has one
lead at every moment, for its lead moves within one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Final

import structlog

from api.actions.casework.filing import seated
from api.actions.reorganising_directory import Directory, actor_of_plan
from graph.model.errors import Unavailable
from graph.model.life import PARIS
from graph.model.reorganisation import plan as model
from graph.model.reorganisation.checking import hindrances
from graph.model.reorganisation.effects import Reading
from graph.model.reorganisation.moving import moves_of
from graph.model.reorganisation.plan import Plan, PlanState, of_ended
from graph.store.casework.keyring import KeyUnavailable
from graph.store.casework.sealing import Unreadable
from graph.store.unit import Graph, Unit

# What reached a body in the moment in which it ended is looked for as long afterwards.
AFTERWARDS: Final = timedelta(days=7)
# More passes than a run needs: each finds what came while the one before was at work.
MOST_PASSES: Final = 20

Clock = Callable[[], datetime]

log = structlog.get_logger(__name__)


async def run_due(graph: Graph, at: datetime) -> int:
    """All that is to be done by this moment. How many files moved. Raises Unavailable; what was done stays. A plan that fails
    keeps no other waiting, and is taken up at the next pass.
    """
    async with graph.reading() as unit:
        plans = await unit.reorganisations.all()
    today, moved = at.astimezone(PARIS).date(), 0
    for plan in sorted(plans, key=lambda one: (one.on, one.published or at, one.id)):
        try:
            moved += await _due(graph, plan, at, today)
        except Unavailable:
            raise
        except Exception as fault:
            log.error("plan_not_done", fault=type(fault).__name__)
    return moved


async def _due(graph: Graph, plan: Plan, at: datetime, today: date) -> int:
    if plan.state is PlanState.RUNNING or (plan.state is PlanState.PUBLISHED and plan.on <= today):
        return await run(graph, plan.id, at)
    if plan.state is PlanState.DONE and plan.ended and at - plan.ended <= AFTERWARDS:
        return await _files(graph, of_ended(plan), _clock(at))
    return 0


async def run(graph: Graph, id_: str, at: datetime) -> int:
    """Do a plan, or what is left of it; how many files moved. One that cannot be done as the directory now is does not begin."""
    plan = await graph.write(lambda unit: _begun(unit, id_, at))
    if plan is None:
        return 0
    clock = _clock(at)
    directory = Directory(graph, plan, clock)
    await directory.prepare()
    moved = await _files(graph, plan, clock)
    for _ in range(MOST_PASSES):
        if await directory.end():
            await graph.write(lambda unit: _done(unit, id_, clock()))
            log.info("reorganised", files=moved)
            break
        moved += await _files(graph, of_ended(plan), clock)
    return moved


def _clock(at: datetime) -> Clock:
    """The moments of a run that began at this one. A run takes long: what it writes last is not told as of its beginning, or a log
    that others wrote meanwhile would go back in time.
    """
    began = monotonic()
    return lambda: at + timedelta(seconds=monotonic() - began)


async def _begun(unit: Unit, id_: str, at: datetime) -> Plan | None:
    """The plan, which runs from now on; None for one that cannot, or is over."""
    plan = await unit.reorganisations.locked(id_)
    if plan is None or plan.state is PlanState.RUNNING:
        return plan
    if plan.state is not PlanState.PUBLISHED:
        return None
    known = await unit.reorganisations.facts(plan)
    if faults := hindrances(plan, known):
        log.warning("reorganisation_hindered", faults=len(faults))
        return None
    # Whose a service is may have changed since the plan was published.
    begun = model.with_sources(model.begun(plan, at), known.services, known.posts)
    begun = replace(begun, version=plan.version + 1)
    await unit.reorganisations.put(begun)
    return begun


async def _done(unit: Unit, id_: str, at: datetime) -> None:
    plan = await unit.reorganisations.locked(id_)
    if plan is not None and plan.state is PlanState.RUNNING:
        await unit.reorganisations.put(replace(model.done(plan, at), version=plan.version + 1))


async def _files(graph: Graph, plan: Plan, clock: Clock) -> int:
    """One file a transaction, until nothing of the plan's is left; how many moved. A file that does not open is gone past."""
    moved, sources = 0, Reading(plan).sources
    for _ in range(MOST_PASSES):
        async with graph.reading() as unit:
            held = await unit.reorganisations.held(sources)
        done = 0
        for id_ in held:
            done += await _moved(graph, plan, id_, clock)
        moved += done
        if not done:
            break
    return moved


async def _moved(graph: Graph, plan: Plan, file: str, clock: Clock) -> int:
    try:
        return await graph.write(lambda unit: _move(unit, plan, file, clock))
    except (Unreadable, KeyUnavailable) as fault:
        log.error("file_not_reorganised", fault=type(fault).__name__)
        return 0


async def _move(unit: Unit, plan: Plan, id_: str, clock: Clock) -> int:
    """1 when the file was moved. What has left a body that goes on is not moved a second time."""
    file = await unit.files.load(id_)
    if file is None or not file.open:
        return 0
    again = await unit.reorganisations.marked_of(plan.id, [id_])
    reading = Reading(of_ended(plan) if again else plan)
    at = clock()
    facts = await unit.reorganisations.facts_of(file)
    events = moves_of(file, facts, reading, at, f"Réorganisation : {plan.title}")
    if not events:
        return 0
    await unit.files.append(file, actor_of_plan(plan), at, *await seated(unit, file.id, events))
    await unit.reorganisations.mark(plan.id, id_, at)
    return 1
