"""A small network with a file in it: who sends, who receives, who has nothing to do with it; asked through GraphQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from api.actions.casework import handoffs, opening
from graph.model.access import Role, Viewer
from graph.model.casework.file import File, Identity, Member, MemberRole
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.store.unit import Graph
from tests import make
from tests.api.inside import Inside, inside

SENDER, TARGET, OTHER, LANDLORD = "t:emettrice", "t:destinataire", "t:etrangere", "t:bailleur"
PARENT = "t:tutelle"
SERVICE = "t:appui"
NAME, PHONE, WORDS = "Odile Marchand", "06 11 22 33 44", "Deux mois de loyer en retard."
GROUPS = frozenset({ShareGroup.IDENTITY, ShareGroup.CONTACT, ShareGroup.NEED})
REFUSALS = [
    "StepNotAllowed",
    "ConsentMissing",
    "NotAllowed",
    "ReasonMissing",
    "InvalidInput",
    "NotFound",
    "NeedsConfirming",
]
HANDOFF = "id seq kind state unconfirmed allowed"


@dataclass(slots=True)
class World:
    """The site, and the file that SENDER's professional leads: one member, one need, an accord that names TARGET."""

    site: Inside
    file: File

    @property
    def need(self) -> str:
        """The one need of the file."""
        return next(iter(self.file.needs))

    async def viewer(self, organisation: str, role: Role = Role.PROFESSIONAL) -> Viewer:
        """As the site knows her."""
        account = await self.site.account(role, organisation)
        return Viewer(
            account=account.id,
            name=account.name,
            organisation=organisation,
            organisations=(organisation,),
            roles=frozenset({role}),
        )

    @asynccontextmanager
    async def as_(self, organisation: str, role: Role = Role.PROFESSIONAL) -> AsyncIterator[Asker]:
        """Someone signed in."""
        async with await self.site.signed_in(role, organisation) as client:
            yield Asker(client)

    async def drafted(self, asker: Asker, **more: Any) -> dict[str, Any]:
        """A handoff to TARGET, prepared."""
        given = {
            "file": self.file.id,
            "kind": "REFER",
            "target": {"organisation": TARGET, "service": SERVICE},
            "needs": [self.need],
            "purpose": "Éviter l’expulsion",
            "message": WORDS,
            "groups": [group.name for group in GROUPS],
        }
        return await asker.act("draftHandoff", **(given | more))

    async def sent(self, **more: Any) -> str:
        """A handoff to TARGET that left; its id."""
        async with self.as_(SENDER) as asker:
            made = await self.drafted(asker, **more)
            assert made["__typename"] == "Handoff", made
            done = await asker.act("submitHandoff", handoff=made["id"])
            assert done["state"] in {"SENT", "ACCEPTED", "AWAITING_CONSENT"}, done
        return made["id"]


@dataclass(slots=True)
class Asker:
    """A client of GraphQL."""

    client: httpx2.AsyncClient

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        answer = await self.client.post("/graphql", json={"query": query, "variables": variables})
        assert "errors" not in answer.json(), answer.json()
        return answer.json()["data"]

    async def act(self, name: str, *, key: str = "", **given: Any) -> dict[str, Any]:
        """What a mutation of handoffs answers."""
        kind = name[0].upper() + name[1:]
        query = (
            f"mutation($i: {kind}Input!) {{ {name}(input: $i) {{ __typename ... on Handoff {{ {HANDOFF} }} "
            f"... on Conflict {{ message current {{ {HANDOFF} }} }} ... on Refusal {{ message code }} "
            "... on InvalidInput { field } } }"
        )
        said = given | {"idempotencyKey": key or uuid4().hex}
        return (await self.ask(query, i=said))[name]


def accord(file: File, recipient: str = TARGET, groups: frozenset[ShareGroup] = GROUPS) -> Consent:
    """The first member's, by word of mouth, for half a year."""
    return Consent(
        id=uuid4().hex,
        ground=Ground.ACCORD,
        recipient=recipient,
        purpose="Éviter l’expulsion",
        groups=groups,
        until=date.today() + timedelta(days=180),  # noqa: DTZ011 - the site asks its own clock too
        given=datetime.now(UTC),
        member=next(iter(file.members)),
        means=Means.ORAL,
    )


@asynccontextmanager
async def world(graph: Graph, folder: Path) -> AsyncIterator[World]:
    """Over this graph."""
    records = [
        make.organisation(PARENT, name="Tutelle", kind="DEPARTEMENT", source="dila"),
        make.organisation(
            SENDER, name="Service social", kind="SERVICE_SOCIAL_DEPARTEMENTAL", part_of=PARENT, source="dila"
        ),
        make.organisation(TARGET, name="Espace budget", kind="POINT_CONSEIL_BUDGET", source="dila"),
        make.organisation(OTHER, name="Ailleurs", kind="CCAS", source="dila"),
        make.organisation(LANDLORD, name="Habitat", kind="BAILLEUR_SOCIAL", source="dila"),
        make.service(SERVICE, organisation=TARGET, source="dila"),
    ]
    async with inside(graph, folder, *records) as site:
        made = World(site, None)  # type: ignore[arg-type]
        viewer = await made.viewer(SENDER)
        member = Member(id="", role=MemberRole.ADULT, identity=Identity(name=NAME, phone=PHONE))
        need = opening.need_of(make.RENT, datetime.now(UTC), words=WORDS)
        file = await opening.open_file(site.rooms, viewer, [member], [need], key="file")
        made.file = await handoffs.give_consent(site.rooms, viewer, file.id, accord(file), key="accord")
        yield made
