"""Files that tests are about: a desk where Anne works, a medico-social centre where Ben and Cléo do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from graph.model.access import Role
from graph.model.account import Account, Membership, MembershipState
from graph.model.casework import deciding
from graph.model.casework.acts import Event
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, ActorKind, File, Identity, Lead, Member, MemberRole, Need
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, Step, Target
from graph.model.casework.said import NOTHING, Said, Taking
from graph.model.casework.taking import take
from graph.store.unit import Graph, Unit

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DESK, CMS = "o:desk", "o:cms"


def worker(account: str, organisation: str, name: str = "") -> Actor:
    return Actor(kind=ActorKind.PROFESSIONAL, account=account, organisation=organisation, name=name or account.title())


ANNE, BEN, CLEO = worker("anne", DESK), worker("ben", CMS), worker("cleo", CMS)
MEMBER = Member(id="m1", role=MemberRole.ADULT, identity=Identity(name="Odile Martin", phone="0611223344"))
NEED = Need(
    id="n1",
    competence="droits-et-prestations--rsa",
    opened=AT,
    review=deciding.need_review(AT, False),
    words="plus de ressources depuis janvier",
)
ACCORD = Consent(
    id="c1",
    ground=Ground.ACCORD,
    recipient=CMS,
    purpose="ouvrir ses droits",
    groups=frozenset({ShareGroup.NEED}),
    until=date(2027, 1, 1),
    given=AT,
    member="m1",
    means=Means.ORAL,
)


@dataclass(frozen=True, slots=True)
class Log:
    """A graph in which one file is written by hand, entry by entry."""

    graph: Graph

    async def append(self, file: File | None, by: Actor, *events: Event, at: datetime = AT) -> File:
        """The file after these."""

        async def write(unit: Unit) -> File:
            stood = await unit.files.load(file.id) if file else None
            return await unit.files.append(stood, by, at, *events)

        return await self.graph.write(write)

    async def opened(self) -> File:
        """Anne's file of one person with one need, and an accord for the centre."""
        file = await self.append(None, ANNE, deciding.opened(ANNE, (MEMBER,), AT))
        return await self.append(file, ANNE, deciding.need_added(file, NEED), deciding.consent_given(file, ACCORD))

    async def sent(self, kind: Kind = Kind.TRANSFER, id_: str = "h1", **told: Any) -> File:
        """The same, with a handoff sent to the centre."""
        return await self.send(await self.opened(), kind, id_, **told)

    async def send(self, file: File, kind: Kind = Kind.TRANSFER, id_: str = "h1", **told: Any) -> File:
        """A handoff of this file, sent to the centre."""
        draft = Draft(id=id_, kind=kind, target=Target(organisation=CMS), needs=("n1",), groups=ACCORD.groups, **told)
        file = await self.append(file, ANNE, deciding.drafted(file, draft, ANNE, Taking(at=AT)))
        return await self.step(file, id_, Step.SUBMIT, ANNE)

    async def step(
        self, file: File, handoff: str, step: Step, by: Actor, said: Said = NOTHING, at: datetime = AT
    ) -> File:
        """One step of one of its handoffs."""
        return await self.append(file, by, take(file, handoff, step, by, said, Taking(at=at)), at=at)

    async def read(self, id_: str) -> File:
        """The file as it is kept."""
        async with self.graph.reading() as unit:
            file = await unit.files.load(id_)
        assert file is not None
        return file


async def people(graph: Graph) -> None:
    """Anne at the desk; Ben, Cléo and Dora, who is their head of service, at the centre."""
    roles = {"anne": (DESK, Role.PROFESSIONAL), "ben": (CMS, Role.PROFESSIONAL), "cleo": (CMS, Role.PROFESSIONAL)}
    await graph.write(lambda unit: _people(unit, roles | {"dora": (CMS, Role.HEAD_OF_SERVICE)}))


async def _people(unit: Unit, roles: dict[str, tuple[str, Role]]) -> None:
    for name, (organisation, role) in roles.items():
        await unit.accounts.put(Account(id=name, email=f"{name}@example.org", name=name.title()))
        await unit.accounts.put_membership(
            Membership(account=name, organisation=organisation, roles=frozenset({role}), state=MembershipState.ACTIVE)
        )


def lead_of(file: File) -> tuple[str, str]:
    """The organisation and the account that lead it."""
    lead: Lead | None = file.lead
    assert lead is not None
    return lead.organisation, lead.account
