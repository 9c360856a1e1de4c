"""What a reorganisation does to the directory and to who works where: made ready before files move, ended once they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from api.actions.casework.leaving import move_all
from graph.model import posts as posts_model
from graph.model.access import Role
from graph.model.account import Membership, MembershipState
from graph.model.casework.file import Actor, ActorKind
from graph.model.directory import ListingState, Organisation, Post, SuccessionKind
from graph.model.keeping import Act, Entry, Kept, ListingKind, Step, Target, edited, words_after
from graph.model.listing import PARTNER, FieldGroup, split
from graph.model.posts import PostAct, PostEntry
from graph.model.reorganisation.effects import Carried, Effects, Reading, effects, kind_of
from graph.model.reorganisation.plan import (
    ChangeTerritory,
    CreateBody,
    Ending,
    MoveBody,
    Plan,
    RenameBody,
    created,
)
from graph.store.casework.keyring import KeyUnavailable
from graph.store.casework.rows import milliseconds
from graph.store.casework.sealing import Unreadable
from graph.store.casework.seats import SeatState
from graph.store.unit import Graph, Unit

log = structlog.get_logger(__name__)

Values = Mapping[FieldGroup, Mapping[str, Any]]
# What is left of a role in a house that has its own: who gives rights there could give herself that of reading every file.
ELSEWHERE: Final = {Role.HEAD_OF_SERVICE: Role.PROFESSIONAL, Role.ORGANISATION_ADMINISTRATOR: Role.LISTING_EDITOR}


class Directory:
    """The directory's part of one plan. Every step looks at what is, so that doing it again changes nothing."""

    def __init__(self, graph: Graph, plan: Plan, now: Callable[[], datetime]) -> None:
        self._graph = graph
        self._plan = plan
        self._now = now

    async def prepare(self) -> None:
        """All that files need where they go: bodies, services, posts, members. The bodies that end take nothing new."""
        for move in self._plan.moves:
            if isinstance(move, CreateBody):
                await self._graph.write(lambda unit, record=move.record: self._create(unit, record))
        for move in self._plan.moves:
            match move:
                case RenameBody():
                    await self._graph.write(lambda unit, move=move: self._rename(unit, move))
                case MoveBody():
                    await self._say_of_body(move.id, {FieldGroup.IDENTITY: {"part_of": move.under}})
                case ChangeTerritory():
                    await self._say_of_body(move.body, {FieldGroup.TERRITORY: {"covers": move.covers}})
                case _:
                    pass
        done = await self._effects()
        for unit_moved in done.units:
            await self._say_of_body(unit_moved.id, {FieldGroup.IDENTITY: {"part_of": unit_moved.to}})
        for service in done.services:
            await self._say(Target(ListingKind.SERVICE, service.id), _service_moves(service))
        for post in done.posts:
            await self._graph.write(lambda unit, post=post: self._move_post(unit, post))
        for member in done.members:
            await self._graph.write(lambda unit, member=member: self._welcome(unit, member))
        for ending in done.endings:
            if ending.heirs:
                await self._graph.write(lambda unit, ending=ending: unit.seats.inherit(ending.id, ending.heirs[0].id))

    async def end(self) -> bool:
        """End what ends, if it holds nothing any more. False where work came meanwhile: it moves first. What one cannot let go of
        keeps no other from ending.
        """
        done, over = await self._effects(), True
        for member in done.members:
            if not await self._graph.write(lambda unit, member=member: self._let_go(unit, member)):
                over = False
                await self._hand_over(member)
        for ending in done.endings:
            over &= await self._graph.write(lambda unit, ending=ending: self._close(unit, ending))
        return over

    async def _hand_over(self, member: Carried) -> None:
        """What she was given since goes to the duty desk, as when anyone leaves. A file that does not open stays with her."""
        try:
            by = actor_of_plan(self._plan)
            await move_all(self._graph, by, member.source, member.id, {}, self._name, self._now())
        except (Unreadable, KeyUnavailable) as fault:
            log.error("file_not_reorganised", fault=type(fault).__name__)

    async def _effects(self) -> Effects:
        async with self._graph.reading() as unit:
            return effects(self._plan, await unit.reorganisations.facts(self._plan))

    # -------------------------------------------------------------- listings

    async def _create(self, unit: Unit, record: Organisation) -> None:
        if await unit.directory.organisations([record.id]):
            return
        voice = f"{PARTNER}:{record.id}"
        record = replace(record, source=voice, vouched_on=self._plan.on, state=ListingState.PUBLISHED)
        target = Target(ListingKind.ORGANISATION, record.id)
        empty = Kept(target=target, record=record, claims=(), standing={}, conflicts=(), seq=0)
        values = {claim.group: claim.value for claim in split(record)}
        await self._append(unit, empty, Act.CREATED, voice, values)

    async def _rename(self, unit: Unit, move: RenameBody) -> None:
        """The old name stays as one of those by which it is found."""
        held = await unit.keeping.current(Target(ListingKind.ORGANISATION, move.id))
        assert held is not None
        assert isinstance(held.record, Organisation)
        if held.record.name != move.name.strip():
            aliases = tuple(dict.fromkeys((*held.record.aliases, held.record.name)))
            said = {"name": move.name.strip(), "aliases": aliases}
            await self._write(unit, held, {FieldGroup.IDENTITY: said})

    async def _say_of_body(self, id_: str, values: Values) -> None:
        await self._say(Target(ListingKind.ORGANISATION, id_), values)

    async def _say(self, target: Target, values: Values) -> None:
        async def write(unit: Unit) -> None:
            held = await unit.keeping.current(target)
            assert held is not None
            await self._write(unit, held, values)

        await self._graph.write(write)

    async def _write(self, unit: Unit, held: Kept, values: Values) -> None:
        """Say this of a listing in the voice that stands there, else in its house's own; nothing where it says so already."""
        for group, value in edited(held, values).items():
            standing = held.standing.get(group)
            voice = standing.source if standing and standing.by_partner else f"{PARTNER}:{held.organisation}"
            now = await unit.keeping.current(held.target)
            assert now is not None
            await self._append(unit, now, Act.EDITED, voice, {group: value})

    async def _append(self, unit: Unit, held: Kept, act: Act, voice: str, values: Values) -> None:
        made = Entry(
            target=held.target,
            seq=held.seq + 1,
            act=act,
            at=self._now(),
            by=self._by,
            said_by=self._name,
            voice=voice,
            steps={
                group: Step(value=value, stood=held.standing.get(group), own=held.said(group, voice))
                for group, value in values.items()
            },
        )
        await unit.keeping.append(made, words_after(made, None, self._plan.on))

    # -------------------------------------------------------------- posts and people

    async def _move_post(self, unit: Unit, carried: Carried) -> None:
        before = (await unit.posts.get([carried.id])).get(carried.id)
        if before is None or before.organisation == carried.to:
            return
        seq = (await unit.posts.last([carried.id])).get(carried.id, 0) + 1
        after = await self._beside(unit, replace(before, organisation=carried.to)) if carried.to else None
        entry = PostEntry(
            post=carried.id,
            seq=seq,
            act=PostAct.EDITED if after else PostAct.REMOVED,
            at=self._now(),
            by=self._by,
            said_by=self._name,
            before=before,
            after=after,
            together=(posts_model.entry_id(carried.id, seq),),
        )
        await unit.posts.append([entry])

    async def _beside(self, unit: Unit, post: Post) -> Post:
        """A body has no two posts of one name."""
        others = (await unit.directory.posts_of([post.organisation])).get(post.organisation, ())
        taken = {other.label.casefold() for other in others if other.id != post.id}
        label, number = post.label, 2
        while label.casefold() in taken:
            label, number = f"{post.label} ({number})", number + 1
        return replace(post, label=label)

    async def _welcome(self, unit: Unit, carried: Carried) -> None:
        """She works where she goes before her files arrive there; where she came from she takes nothing new."""
        await unit.seats.turn(carried.source, carried.id, SeatState.LEAVING)
        if not carried.to:
            return
        held = await unit.accounts.lock_membership(carried.id, carried.source)
        there = await unit.accounts.lock_membership(carried.id, carried.to)
        if held is None or held.state is not MembershipState.ACTIVE:
            return
        known = there.roles if there and there.active else frozenset()
        roles = self._roles(held.roles, carried.to)
        if known >= roles:
            return
        await self._put(unit, replace(held, organisation=carried.to, roles=roles | known), MembershipState.ACTIVE)
        await unit.seats.welcome(carried.to, carried.id)
        await self._carry_leave(unit, carried)

    def _roles(self, roles: frozenset[Role], to: str) -> frozenset[Role]:
        """A house that was there before the plan chooses itself who reads its files and who gives rights in it."""
        if to in created(self._plan):
            return roles
        return frozenset(ELSEWHERE.get(role, role) for role in roles)

    async def _carry_leave(self, unit: Unit, carried: Carried) -> None:
        """Who is away stays away there; whoever stands in still does if she goes there too, else the duty desk."""
        reading = Reading(self._plan)
        for leave in await unit.timing.leaves(carried.source):
            if leave.account == carried.id:
                along = bool(leave.substitute) and reading.home(leave.substitute, carried.source) == carried.to
                substitute = leave.substitute if along else ""
                await unit.timing.set_leave(replace(leave, organisation=carried.to, substitute=substitute))

    async def _let_go(self, unit: Unit, carried: Carried) -> bool:
        held = await unit.accounts.lock_membership(carried.id, carried.source)
        if held is None or held.state is not MembershipState.ACTIVE:
            return True
        await unit.seats.turn(carried.source, carried.id, SeatState.OFF)
        if await unit.timing.held(carried.id, carried.source):
            await unit.seats.turn(carried.source, carried.id, SeatState.LEAVING)
            return False
        await self._put(unit, replace(held, roles=frozenset()), MembershipState.ENDED)
        return True

    async def _put(self, unit: Unit, membership: Membership, state: MembershipState) -> None:
        made = replace(
            membership, state=state, since=milliseconds(self._now()), decided_by=self._plan.author, note=self._name
        )
        await unit.accounts.put_membership(made)

    # -------------------------------------------------------------- the end of a body

    async def _close(self, unit: Unit, ending: Ending) -> bool:
        """Whoever would make it lead meanwhile waits, and then finds its heir."""
        held = await unit.keeping.current(Target(ListingKind.ORGANISATION, ending.id))
        assert held is not None
        assert isinstance(held.record, Organisation)
        await unit.seats.turn(ending.id, "", SeatState.OFF)
        if await unit.reorganisations.held([ending.id]):
            await unit.seats.turn(ending.id, "", SeatState.LEAVING)
            return False
        if held.record.closed_on is not None and held.record.closed_on <= self._plan.on:
            return True
        kind = kind_of(ending)
        said: dict[str, Any] = {"closed_on": self._plan.on, "successor": ""}
        if kind is SuccessionKind.TRANSFERRED and ending.heirs:
            said["successor"] = ending.heirs[0].id
        await self._write(unit, held, {FieldGroup.IDENTITY: said})
        if not said["successor"] and ending.heirs:
            await unit.reorganisations.succeed(self._plan, replace(ending, kind=kind))
        return True

    @property
    def _by(self) -> str:
        return f"reorganisation:{self._plan.id}"

    @property
    def _name(self) -> str:
        return f"Réorganisation : {self._plan.title}"


def _service_moves(carried: Carried) -> Values:
    """It is another's, or ends with its body."""
    said = {"organisation": carried.to} if carried.to else {"state": ListingState.ARCHIVED}
    return {FieldGroup.IDENTITY: said}


def actor_of_plan(plan: Plan) -> Actor:
    """Whoever does it, in a file's log: nobody, by what was decided."""
    return Actor(kind=ActorKind.SYSTEM, name=f"Réorganisation : {plan.title}")
