"""A reorganisation on its day: file by file, taken up after kill -9, with one lead at each reading; before the day, nothing."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import msgspec
import pytest

from api.actions import reorganising
from api.actions.casework.filing import seated
from api.actions.reorganising_run import run_due
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.account import Membership, MembershipState
from graph.model.casework import deciding
from graph.model.casework.handoff import Kind, State
from graph.model.casework.leaving import Leave
from graph.model.directory import ListingState, SuccessionKind
from graph.model.errors import Conflict, InvalidInput, NotAllowed, NotFound
from graph.model.reorganisation.carried import Advance, Around
from graph.model.reorganisation.plan import (
    Changed,
    ChangeTerritory,
    CloseBody,
    CreateBody,
    MergeBodies,
    Move,
    MoveFiles,
    MoveProfessional,
    MoveService,
    Plan,
    PlanState,
    RenameBody,
)
from graph.store.casework.checking import check_files
from graph.store.casework.proving import Flaw
from graph.store.casework.seats import SeatState
from graph.store.engine import Address
from graph.store.reorganisations import decoded, encoded
from graph.store.unit import Graph, Unit
from search.embedded import EmbeddedIndex
from tests import make
from tests.api.reorganised import AT, BEN, COORDINATOR, MOVES, NORTH, OLD, OLD_NAME, PARTNER, SOUTH, lay, network
from tests.cases import MEMBER
from tests.model.test_reorganisation import SOUND
from tests.reading import shared

MANY = 200
ON = (AT + timedelta(days=30)).date()
DAY = AT + timedelta(days=30)
LEADS: LiteralString = """
MATCH (f:File) WHERE f.state = 'open'
RETURN f.id AS id, f.leadOrganisation AS lead, f.leadAccount AS account
"""
EVERYTHING: LiteralString = """
MATCH (n) WHERE n:File OR n:Entry OR n:Handoff OR n:Organisation OR n:Service OR n:Post OR n:Membership OR n:Change OR n:Seat
RETURN labels(n)[0] AS label, n{.*} AS node ORDER BY label, n.id
"""


@pytest.fixture
async def rooms(empty_graph: Graph, tmp_path: Path) -> Rooms:
    await network(empty_graph)
    settings = Settings(data=tmp_path)
    return Rooms(settings=settings, graph=empty_graph, index=EmbeddedIndex(tmp_path / "index"), reader=shared())


async def asked(graph: Graph, query: LiteralString) -> list[dict[str, Any]]:
    async with graph.reading(60) as unit:
        return await unit.run(query)


async def leads(graph: Graph) -> dict[str, tuple[str, str]]:
    """By open file, who leads it; read twice it would not be one."""
    rows = await asked(graph, LEADS)
    assert len({row["id"] for row in rows}) == len(rows)
    return {row["id"]: (row["lead"], row["account"] or "") for row in rows}


async def prepared(rooms: Rooms, *moves: Move, on: date = ON) -> Plan:
    """Published for that day."""
    key = uuid4().hex
    made = await reorganising.create(rooms, COORDINATOR, "Deux directions", on, key=key, moves=moves)
    return await reorganising.publish(rooms, COORDINATOR, made.id, key=f"{key}p", at=AT)


async def flaws(graph: Graph) -> list[Flaw]:
    found: list[Flaw] = []
    async with graph.reading() as unit:
        keyring = unit.keyring
    await check_files(graph, keyring, found.append, lambda done, total: None)
    return found


# ------------------------------------------------------------------ before the day


def test_a_plan_is_kept_as_it_was_told() -> None:
    plan = Plan(id="p", title="T", on=ON, moves=(*MOVES, *SOUND), published=AT, author="a", note="n", version=3)
    assert decoded(encoded(plan)) == plan
    changed = replace(plan, changed=Changed(place=1, before=MOVES[0]))
    assert decoded(encoded(changed)) == changed


async def test_a_draft_is_changed_by_coordinators_alone(rooms: Rooms) -> None:
    made = await reorganising.create(rooms, COORDINATOR, " Deux directions ", ON, key="k1")
    again = await reorganising.create(rooms, COORDINATOR, " Deux directions ", ON, key="k1")
    assert (made.title, made.version, again.id) == ("Deux directions", 1, made.id)
    edited = await reorganising.edit(rooms, COORDINATOR, made.id, key="k2", moves=MOVES, expected_version=1)
    assert (edited.moves, edited.version, edited.on) == (MOVES, 2, ON)
    with pytest.raises(Conflict):
        await reorganising.edit(rooms, COORDINATOR, made.id, key="k3", title="Autre", expected_version=1)
    with pytest.raises(NotFound):
        await reorganising.edit(rooms, COORDINATOR, "rien", key="k4", title="Autre")
    for role in (Role.HEAD_OF_SERVICE, Role.MODERATOR, Role.PLATFORM_ADMINISTRATOR, Role.AUDITOR):
        viewer = make.viewer(role, account="x", organisation=OLD, organisations=(OLD,))
        for call in (
            reorganising.plans(rooms, viewer),
            reorganising.planned(rooms, viewer, made.id, at=AT),
            reorganising.status(rooms, viewer, made.id),
            reorganising.create(rooms, viewer, "T", ON, key="x1"),
            reorganising.edit(rooms, viewer, made.id, key="x2", title="Autre"),
            reorganising.publish(rooms, viewer, made.id, key="x3", at=AT),
            reorganising.call_off(rooms, viewer, made.id, key="x4", at=AT),
        ):
            with pytest.raises(NotAllowed):
                await call
    assert await reorganising.plans(rooms, COORDINATOR) == [edited]


async def test_what_cannot_be_done_is_not_published(rooms: Rooms) -> None:
    await lay(rooms.graph, 2)
    made = await reorganising.create(rooms, COORDINATOR, "T", ON, key="k", moves=[CloseBody(id=OLD)])
    faults = (await reorganising.planned(rooms, COORDINATOR, made.id, at=AT)).faults
    assert [(fault.move, fault.field) for fault in faults] == [(0, "successor")] * 2
    assert not any(sign.isdigit() for fault in faults for sign in fault.text)
    with pytest.raises(InvalidInput) as refused:
        await reorganising.publish(rooms, COORDINATOR, made.id, key="p", at=AT)
    assert refused.value.field == "moves.0.successor"
    assert (await reorganising.planned(rooms, COORDINATOR, made.id, at=AT)).plan.draft


async def test_before_the_day_and_called_off_nothing_changes(rooms: Rooms) -> None:
    await lay(rooms.graph, 8)
    before = await asked(rooms.graph, EVERYTHING)
    plan = await prepared(rooms, *MOVES)
    assert await run_due(rooms.graph, DAY - timedelta(days=1)) == 0
    assert await asked(rooms.graph, EVERYTHING) == before
    with pytest.raises(InvalidInput):
        await reorganising.edit(rooms, COORDINATOR, plan.id, key="e", title="Autre")
    off = await reorganising.call_off(rooms, COORDINATOR, plan.id, key="c", at=AT)
    assert off.state is PlanState.CALLED_OFF
    assert await run_due(rooms.graph, DAY) == 0
    assert await asked(rooms.graph, EVERYTHING) == before
    with pytest.raises(InvalidInput, match="déjà annulée"):
        await reorganising.call_off(rooms, COORDINATOR, plan.id, key="d", at=AT)


async def test_what_has_changed_since_keeps_it_from_beginning(rooms: Rooms) -> None:
    plan = await prepared(rooms, CloseBody(id=OLD))
    await lay(rooms.graph, 4)
    before = await asked(rooms.graph, EVERYTHING)
    assert await run_due(rooms.graph, DAY) == 0
    assert await asked(rooms.graph, EVERYTHING) == before
    progress = await reorganising.status(rooms, COORDINATOR, plan.id)
    assert (progress.plan.state, {fault.field for fault in progress.hindered}) == (PlanState.PUBLISHED, {"successor"})


# ------------------------------------------------------------------ on the day


async def test_on_its_day_each_thing_is_where_the_plan_has_it(rooms: Rooms) -> None:
    files = await lay(rooms.graph, 12)
    plan = await prepared(rooms, *MOVES)
    assert await run_due(rooms.graph, DAY) == 12
    progress = await reorganising.status(rooms, COORDINATOR, plan.id)
    assert (progress.plan.state, progress.come) == (PlanState.DONE, Advance(moved=Around(10), left=Around(0)))
    found = await leads(rooms.graph)
    # Ben goes north: there he still leads; of his files that go south he leads none.
    assert Counter(found.values()) == {(NORTH, "ben"): 3, (SOUTH, ""): 3, (PARTNER, "anne"): 6}
    async with rooms.graph.reading() as unit:
        for number, id_ in enumerate(files):
            file = await unit.files.load(id_)
            assert file is not None
            (one,) = file.handoffs.values()
            heir = SOUTH if number % 4 >= 2 else NORTH
            ends = (heir, PARTNER) if number % 2 == 0 else (PARTNER, heir)
            assert ((one.sender, one.target.organisation), one.open) == (ends, True)
            assert file.consents[one.ground].recipient == one.target.organisation
            assert file.workers == (frozenset({"cleo"}) if number % 10 == 0 and heir == SOUTH else frozenset())
        bodies = await unit.directory.organisations([OLD, NORTH, SOUTH])
        assert (bodies[OLD].closed_on, bodies[NORTH].closed_on) == (ON, None)
        services = await unit.directory.services(["t:nord-s", "t:sud-s"])
        assert {id_: one.organisation for id_, one in services.items()} == {"t:nord-s": NORTH, "t:sud-s": SOUTH}
        assert (await unit.posts.get(["t:poste"]))["t:poste"].organisation == NORTH
        for account, body in (("ben", NORTH), ("cleo", SOUTH)):
            states = {one.organisation: one.state for one in await unit.accounts.memberships(account)}
            assert states == {OLD: MembershipState.ENDED, body: MembershipState.ACTIVE}
            assert await unit.seats.state(OLD, account) is SeatState.OFF
        assert await unit.seats.state(OLD, "") is SeatState.OFF
    assert await flaws(rooms.graph) == []
    with pytest.raises(InvalidInput, match="a commencé"):
        await reorganising.call_off(rooms, COORDINATOR, plan.id, key="c", at=DAY)


async def test_the_old_name_leads_to_the_heirs_from_that_day(rooms: Rooms) -> None:
    await prepared(rooms, *MOVES, RenameBody(id=PARTNER, name="Partenaire rebaptisé"))

    async def formers(unit: Unit, *ids: str) -> dict[str, set[tuple[str, str]]]:
        listings = await unit.relays.listings_of(ids)
        return {one.organisation.id: {(f.name, f.scope) for f in one.formers} for one in listings}

    async with rooms.graph.reading() as unit:
        assert (await formers(unit, OLD))[OLD] == set()
        assert (await unit.directory.successions_of([OLD])).get(OLD, ()) == ()
    await run_due(rooms.graph, DAY)
    async with rooms.graph.reading() as unit:
        found = await formers(unit, NORTH, SOUTH)
        assert found == {NORTH: {(OLD_NAME, "Besançon")}, SOUTH: {(OLD_NAME, "Pontarlier")}}
        carried = (await unit.directory.successions_of([OLD]))[OLD]
        assert {(one.successor, one.on, one.kind) for one in carried} == {
            (NORTH, ON, SuccessionKind.SPLIT),
            (SOUTH, ON, SuccessionKind.SPLIT),
        }
        partner = (await unit.directory.organisations([PARTNER]))[PARTNER]
        assert (partner.name, partner.aliases) == ("Partenaire rebaptisé", ("Partenaire",))


async def test_what_comes_to_a_body_that_has_ended_goes_to_its_heir(rooms: Rooms) -> None:
    await prepared(rooms, *MOVES)
    await run_due(rooms.graph, DAY)

    async def opens(unit: Unit) -> str:
        id_ = uuid4().hex
        opened = deciding.opened(BEN, (MEMBER,), DAY)
        assert opened.lead.organisation == OLD
        (event,) = await seated(unit, id_, [opened])
        file = await unit.files.append(None, BEN, DAY, event, id_=id_)
        assert file.lead is not None
        return file.lead.organisation

    assert await rooms.graph.write(opens) == NORTH
    # Sent in the very moment in which it ended: looked for afterwards.
    await lay(rooms.graph, 2)
    assert await run_due(rooms.graph, DAY + timedelta(hours=1)) == 2
    assert {lead for lead, _ in (await leads(rooms.graph)).values()} == {NORTH, PARTNER}
    assert await flaws(rooms.graph) == []


async def test_a_body_that_is_merged_takes_its_people_along(rooms: Rooms) -> None:
    files = await lay(rooms.graph, 6)
    leave = Leave(account="cleo", organisation=OLD, since=ON, until=ON, substitute="ben")
    await rooms.graph.write(lambda unit: unit.timing.set_leave(leave))
    head = Membership(account="ben", organisation=OLD, roles=frozenset({Role.PROFESSIONAL, Role.HEAD_OF_SERVICE}))
    keeper = Membership(
        account="cleo", organisation=OLD, roles=frozenset({Role.PROFESSIONAL, Role.ORGANISATION_ADMINISTRATOR})
    )
    for one in (head, keeper):
        await rooms.graph.write(lambda unit, one=one: unit.accounts.put_membership(one))
    await prepared(rooms, MergeBodies(ids=(OLD,), into=PARTNER), ChangeTerritory(body=PARTNER, covers=("25056",)))
    assert await run_due(rooms.graph, DAY) == 6
    assert Counter((await leads(rooms.graph)).values()) == {(PARTNER, "ben"): 3, (PARTNER, "anne"): 3}
    async with rooms.graph.reading() as unit:
        held = [await unit.files.load(id_) for id_ in files]
        # What was to be transferred is there: nothing of it is owed any longer. What one does for the other goes on.
        states = Counter((one.kind, one.open) for file in held if file for one in file.handoffs.values())
        assert states == {(Kind.TRANSFER, False): 4, (Kind.REFER, True): 2}
        assert await unit.timing.leaves(PARTNER) == [replace(leave, organisation=PARTNER)]
        (step,) = (await unit.directory.successions_of([OLD]))[OLD]
        assert (step.successor, step.kind) == (PARTNER, SuccessionKind.MERGED)
        # A head of service elsewhere: here, a professional. Who gave rights there keeps listings here, and gives none.
        roles = {
            name: one.roles
            for name in ("ben", "cleo")
            for one in await unit.accounts.memberships(name)
            if one.organisation == PARTNER
        }
        assert roles == {
            "ben": {Role.PROFESSIONAL},
            "cleo": {Role.PROFESSIONAL, Role.LISTING_EDITOR},
        }
        partner = (await unit.directory.organisations([PARTNER]))[PARTNER]
        assert partner.covers == ("25056",)
        services = (await unit.directory.services_of([PARTNER]))[PARTNER]
        assert {service.id for service in services} == {"t:nord-s", "t:sud-s"}
    assert await flaws(rooms.graph) == []


async def test_a_transfer_between_two_that_become_one_is_recalled(rooms: Rooms) -> None:
    files = await lay(rooms.graph, 6)
    record = make.organisation(NORTH, name="Direction territoriale", kind="CCAS")
    await prepared(rooms, CreateBody(record=record), MergeBodies(ids=(OLD, PARTNER), into=NORTH))
    assert await run_due(rooms.graph, DAY) == 6
    async with rooms.graph.reading() as unit:
        held = [await unit.files.load(id_) for id_ in files]
        bodies = await unit.directory.organisations([OLD, PARTNER])
    found = Counter(
        (one.kind, one.state is State.RECALLED, one.settled) for file in held if file for one in file.handoffs.values()
    )
    assert found == {(Kind.TRANSFER, True, True): 4, (Kind.REFER, False, False): 2}
    assert {one.closed_on for one in bodies.values()} == {ON}
    assert await flaws(rooms.graph) == []


async def test_a_body_that_holds_nothing_ends_with_what_it_offers(rooms: Rooms) -> None:
    plan = await prepared(rooms, CloseBody(id=OLD))
    assert await run_due(rooms.graph, DAY) == 0
    assert (await reorganising.status(rooms, COORDINATOR, plan.id)).plan.state is PlanState.DONE
    async with rooms.graph.reading() as unit:
        services = (await unit.directory.services_of([OLD]))[OLD]
        assert {service.state for service in services} == {ListingState.ARCHIVED}
        assert await unit.posts.get(["t:poste"]) == {}
        assert (await unit.directory.organisations([OLD]))[OLD].closed_on == ON
        for account in ("ben", "cleo"):
            assert [one.state for one in await unit.accounts.memberships(account)] == [MembershipState.ENDED]


async def test_who_moves_alone_leaves_nothing_in_her_hands(rooms: Rooms) -> None:
    await lay(rooms.graph, 8)
    move = MoveProfessional(account="ben", source=OLD, to=PARTNER, with_files=False)
    await prepared(rooms, move, MoveService(service="t:sud-s", to=PARTNER))
    await run_due(rooms.graph, DAY)
    assert Counter((await leads(rooms.graph)).values()) == {(OLD, ""): 4, (PARTNER, "anne"): 4}
    async with rooms.graph.reading() as unit:
        assert list(await unit.timing.held("ben", OLD)) == []
        assert await unit.seats.state(OLD, "") is SeatState.ACTIVE
        services = await unit.directory.services(["t:nord-s", "t:sud-s"])
        assert {id_: one.organisation for id_, one in services.items()} == {"t:nord-s": OLD, "t:sud-s": PARTNER}
    assert await flaws(rooms.graph) == []


async def test_two_bodies_that_change_their_files_change_them_once(rooms: Rooms) -> None:
    await lay(rooms.graph, 10)
    before = await leads(rooms.graph)
    await prepared(rooms, MoveFiles(source=OLD, to=PARTNER), MoveFiles(source=PARTNER, to=OLD))
    assert await run_due(rooms.graph, DAY) == 10
    other = {OLD: PARTNER, PARTNER: OLD}
    assert {id_: lead for id_, (lead, _) in (await leads(rooms.graph)).items()} == {
        id_: other[lead] for id_, (lead, _) in before.items()
    }
    assert await run_due(rooms.graph, DAY) == 0


# ------------------------------------------------------------------ kill -9


async def test_killed_at_any_moment_it_is_taken_up_again(rooms: Rooms, engine: Address) -> None:
    files = set(await lay(rooms.graph, MANY))
    plan = await prepared(rooms, *MOVES)
    async with rooms.graph.reading() as unit:
        folder = unit.keyring._folder
    over, readings, known = asyncio.Event(), 0, {OLD, NORTH, SOUTH, PARTNER}

    async def reader() -> None:
        nonlocal readings
        while not over.is_set():
            found = await leads(rooms.graph)
            assert found.keys() == files
            assert {lead for lead, _ in found.values()} <= known
            readings += 1
            # What is killed is what works.
            await asyncio.sleep(0.05)

    beside = asyncio.create_task(reader())
    kills, moved = 0, [0]
    while True:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.api.reorganising_child", str(folder), DAY.isoformat(), stdin=PIPE, stdout=PIPE
        )
        assert child.stdin and child.stdout
        child.stdin.write(msgspec.json.encode(engine) + b"\n")
        child.stdin.close()
        assert await child.stdout.readline() == b"begun\n"
        # By what it has done, so that a slow machine is struck where a fast one is; the last one lives.
        while child.returncode is None and (kills >= 4 or moved[-1] < kills * MANY // 5 + 20):
            await asyncio.sleep(0.02)
            async with rooms.graph.reading() as unit:
                moved.append(await unit.reorganisations.marked(plan.id))
        if child.returncode is None:
            child.kill()
            kills += 1
        if await child.wait() == 0:
            break
    over.set()
    await beside
    assert kills == 4
    assert readings > 4
    assert moved == sorted(moved)
    progress = await reorganising.status(rooms, COORDINATOR, plan.id)
    assert (progress.plan.state, progress.come) == (
        PlanState.DONE,
        Advance(moved=Around(MANY), left=Around(0), percent=100),
    )
    found = await leads(rooms.graph)
    assert Counter(found.values()) == {(NORTH, "ben"): 50, (SOUTH, ""): 50, (PARTNER, "anne"): 100}
    assert await flaws(rooms.graph) == []
    async with rooms.graph.reading(60) as unit:
        logs = await unit.files.logs(sorted(files))
    turns = Counter(sum(entry.act == "LeadMoved" for entry in log) for log in logs.values())
    assert turns == {0: 100, 1: 100}
