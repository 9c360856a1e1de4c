"""Files as they are found: opened by a desk, with a need, and transfers that were sent to several at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from graph.model.access import Role
from graph.model.account import Membership
from graph.model.casework import deciding
from graph.model.casework.acts import Entry, Event
from graph.model.casework.applying import applied
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, ActorKind, File, Identity, Member, MemberRole, Need
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, Step, Target
from graph.model.casework.said import NOTHING, Taking
from graph.model.casework.taking import take
from graph.store.unit import Graph, Unit

DESK = "o:desk"
ANNE = Actor(kind=ActorKind.PROFESSIONAL, account="anne", organisation=DESK, name="Anne")
GROUPS = frozenset({ShareGroup.NEED})


class Life:
    """A file in the making, and the events that made it."""

    def __init__(self, at: datetime, by: Actor = ANNE) -> None:
        self.at, self.by, self.events, self.file = at, by, list[Event](), None
        self.id = uuid4().hex

    @property
    def now(self) -> File:
        assert self.file is not None
        return self.file

    def then(self, event: Event) -> Life:
        seq = self.file.seq + 1 if self.file else 1
        self.file: File | None = applied(self.file, Entry(file=self.id, seq=seq, at=self.at, by=self.by, event=event))
        self.events.append(event)
        return self

    def opened(self) -> Life:
        member = Member(id="m1", role=MemberRole.ADULT, identity=Identity(name="Odile Martin"))
        need = Need(
            id=uuid4().hex,
            competence="droits-et-prestations--rsa",
            opened=self.at,
            review=deciding.need_review(self.at, False),
            words="RSA",
        )
        self.then(deciding.opened(self.by, (member,), self.at))
        return self.then(deciding.need_added(self.now, need))

    def sent(self, to: str, kind: Kind = Kind.TRANSFER) -> str:
        """The id of a handoff that was sent there."""
        consent = Consent(
            id=uuid4().hex,
            ground=Ground.ACCORD,
            recipient=to,
            purpose="ouvrir ses droits",
            groups=GROUPS,
            until=date(2099, 1, 1),
            given=self.at,
            member="m1",
            means=Means.ORAL,
        )
        self.then(deciding.consent_given(self.now, consent))
        draft = Draft(
            id=uuid4().hex, kind=kind, target=Target(organisation=to), needs=tuple(self.now.needs), groups=GROUPS
        )
        self.then(deciding.drafted(self.now, draft, self.by, Taking(at=self.at)))
        self.then(take(self.now, draft.id, Step.SUBMIT, self.by, NOTHING, Taking(at=self.at)))
        return draft.id


async def lay(graph: Graph, number: int, to: Sequence[str]) -> dict[str, dict[str, str]]:
    """So many files, each with a transfer sent to each of these: handoffs by file, then by organisation."""
    at, laid = datetime.now(UTC) - timedelta(hours=1), dict[str, dict[str, str]]()
    for _ in range(number):
        life = Life(at).opened()
        laid[life.id] = {organisation: life.sent(organisation) for organisation in to}

        async def write(unit: Unit, life: Life = life) -> None:
            await unit.files.append(None, life.by, at, *life.events, id_=life.id)

        await graph.write(write)
    return laid


async def seat(graph: Graph, account: str, organisation: str) -> None:
    """Someone who works there."""
    membership = Membership(account=account, organisation=organisation, roles=frozenset({Role.PROFESSIONAL}))

    async def write(unit: Unit) -> None:
        await unit.accounts.put_membership(membership)

    await graph.write(write)
