"""Files of people for measures: each with some handoffs that were sent, written in bulk by the store's own statement."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from graph.model.access import Viewer
from graph.model.account import Membership
from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.chain import START
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, ActorKind, File, Identity, Member, MemberRole, Need
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, Step, Target
from graph.model.casework.said import NOTHING, Taking
from graph.model.casework.taking import take
from graph.model.vocabulary import competences
from graph.store.casework.files import WRITE, Made, made_of
from graph.store.outbox import CASEWORK
from graph.store.unit import Graph, Unit

FILES_AT_ONCE: Final = 20
GROUPS: Final = frozenset({ShareGroup.NEED})
# As many as a department has front desks; each leads what it has opened.
DESKS: Final = tuple(
    Actor(kind=ActorKind.PROFESSIONAL, account=f"desk-{n}", organisation=f"o:desk-{n}", name="Anne Accueil")
    for n in range(100)
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file, and its handoffs."""

    file: str
    by: Actor
    handoffs: tuple[str, ...]
    entries: tuple[Entry, ...]


def life(targets: Sequence[str], kind: Kind, at: datetime, by: Actor) -> Sent:
    """A file of a desk, with a need and a handoff of this kind sent to each of these."""
    id_, entries, handoffs = uuid4().hex, list[Entry](), list[str]()
    file: File | None = None

    def then(event: Event) -> File:
        nonlocal file
        entries.append(Entry(file=id_, seq=len(entries) + 1, at=at, by=by, event=event))
        file = applied(file, entries[-1])
        return file

    member = Member(id="m", role=MemberRole.ADULT, identity=Identity(name="Odile Inventée", phone="0300000000"))
    now = then(deciding.opened(by, (member,), at))
    need = Need(
        id=uuid4().hex, competence=next(iter(competences())), opened=at, review=at, words="Un besoin, en mots. " * 5
    )
    now = then(deciding.need_added(now, need))
    for target in targets:
        consent = Consent(
            id=uuid4().hex,
            ground=Ground.ACCORD,
            recipient=target,
            purpose="ouvrir ses droits",
            groups=GROUPS,
            until=date(2099, 1, 1),
            given=at,
            member="m",
            means=Means.ORAL,
        )
        now = then(deciding.consent_given(now, consent))
        draft = Draft(
            id=uuid4().hex,
            kind=kind,
            target=Target(organisation=target),
            needs=(need.id,),
            groups=GROUPS,
            message="Un message d’une longueur ordinaire. " * 6,
            confirmed=True,
        )
        now = then(deciding.drafted(now, draft, by, Taking(at=at)))
        now = then(take(now, draft.id, Step.SUBMIT, by, NOTHING, Taking(at=at)))
        handoffs.append(draft.id)
    return Sent(id_, by, tuple(handoffs), tuple(entries))


async def lay(
    graph: Graph, number: int, targets: Sequence[str], each: int = 1, kind: Kind = Kind.TRANSFER
) -> list[Sent]:
    """So many handoffs, `each` to a file, to these in turn."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    async with graph.reading() as unit:
        keyring = unit.keyring
    laid: list[Sent] = []
    for start in range(0, number, FILES_AT_ONCE * each):
        some = []
        for first in range(start, min(start + FILES_AT_ONCE * each, number), each):
            to = [targets[n % len(targets)] for n in range(first, min(first + each, number))]
            some.append(life(to, kind, at, DESKS[first // each % len(DESKS)]))
        keys = await asyncio.gather(*(asyncio.to_thread(keyring.make, one.file) for one in some))
        made = [made_of(key, None, START, one.entries) for key, one in zip(keys, some, strict=True)]
        await graph.write(lambda unit, made=made: _write(unit, made), seconds=60)
        laid += some
    return laid


async def _write(unit: Unit, made: Sequence[Made]) -> None:
    rows: dict[str, list[Any]] = {name: [row for one in made for row in one.rows[name]] for name in made[0].rows}
    subjects = [f"file:{one.file.id}" for one in made]
    await unit.run(WRITE, effect=made[0].effect, kind=CASEWORK, subjects=subjects, **rows)


async def seated(graph: Graph, *viewers: Viewer) -> None:
    """Those who work where they act."""
    for viewer in viewers:
        membership = Membership(account=viewer.account, organisation=viewer.organisation, roles=viewer.roles)
        await graph.write(lambda unit, one=membership: unit.accounts.put_membership(one))
