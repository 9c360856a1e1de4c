"""S5, the poles: three needs of one family, three phases, the same referent to the end, and the mother's own page beside.

The file is opened and the handoffs are sent through the actions; the worker opens the page, and the mother reads and acts, through
the doors of the site.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from api.actions.casework import opening
from api.actions.casework.handoffs import give_consent, step
from graph.model.access import Role, Viewer
from graph.model.casework.deciding import Draft
from graph.model.casework.file import File, FileState, Identity, Member, MemberRole, Outcome
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, State, Step, Target
from graph.model.casework.said import Said
from graph.store.unit import Graph
from tests import make
from tests.api.casework.drafting import draft
from tests.api.inside import Inside, inside

POLE, PMI, CAF = "t:pole", "t:pmi", "t:family-caf"
GROUPS = frozenset({ShareGroup.NEED, ShareGroup.CONTACT})
MOTHER, CHILD = "s5-mother", "s5-child"


def at(organisation: str, role: Role = Role.PROFESSIONAL) -> Viewer:
    name = organisation.partition(":")[2]
    return make.viewer(role, account=f"t:{role.value}.{name}", organisation=organisation, organisations=(organisation,))


REFERENT = at(POLE)


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    records = [
        make.organisation(POLE, name="Pôle social de Châtillon", kind="SERVICE_SOCIAL_DEPARTEMENTAL"),
        make.organisation(PMI, name="PMI de Châtillon", kind="PMI"),
        make.organisation(CAF, name="CAF de Châtillon", kind="CAF"),
    ]
    async with inside(empty_graph, tmp_path, *records) as made:
        for organisation in (POLE, PMI, CAF):
            await made.account(Role.PROFESSIONAL, organisation)
        yield made


async def the_file(site: Inside, id_: str) -> File:
    async with site.rooms.graph.reading() as unit:
        file = await unit.files.load(id_)
    assert file is not None
    return file


async def opened(site: Inside) -> File:
    """Reception: a mother and her child, three needs, told once."""
    members = (
        Member(id=MOTHER, role=MemberRole.PARENTAL_AUTHORITY, identity=Identity(name="Mona Roy")),
        Member(id=CHILD, role=MemberRole.CHILD, identity=Identity(name="Tim Roy")),
    )
    now = datetime.now(UTC)
    needs = (
        opening.need_of("famille--garde-denfants", now, member=CHILD, words="garde"),
        opening.need_of("droits-et-prestations--allocations-familiales", now, words="allocations"),
        opening.need_of(make.RENT, now, words="loyer"),
    )
    return await opening.open_file(site.rooms, REFERENT, members, needs, key="s5")


async def referred(site: Inside, file: File, need: str, target: str, name: str) -> None:
    accord = Consent(
        id=f"s5-accord-{name}",
        ground=Ground.ACCORD,
        recipient=target,
        purpose="répondre à la demande",
        groups=GROUPS,
        until=(datetime.now(UTC) + timedelta(days=300)).date(),
        given=datetime.now(UTC),
        member=MOTHER,
        means=Means.ORAL,
    )
    await give_consent(site.rooms, REFERENT, file.id, accord, key=f"a-{name}")
    made = Draft(id=f"s5-{name}", kind=Kind.REFER, target=Target(organisation=target), needs=(need,), groups=GROUPS)
    await draft(site.rooms, REFERENT, file.id, made, key=f"d-{name}")
    await step(site.rooms, REFERENT, made.id, Step.SUBMIT, key=f"s-{name}")


async def her_page(site: Inside, file: str) -> tuple[httpx2.AsyncClient, str]:
    """The referent opens it; she comes in with what she was handed."""
    async with await site.signed_in(Role.PROFESSIONAL, POLE) as worker:
        form = {"personne": MOTHER, "geste": "ouvrir", "cle": "s5-page"}
        sheet = (await worker.post(f"/dossier/{file}/page", data=form)).text
    address, code = re.search(r"http\S+/p/[\w-]+", sheet), re.search(r"\d{4} \d{4}", sheet)
    assert address and code
    client, path = site.client(), urlsplit(address[0]).path
    assert (await client.post(path, data={"code": code[0]})).status_code == 303
    return client, path


async def read(client: httpx2.AsyncClient, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text.replace("\u00a0", " "))


async def does(client: httpx2.AsyncClient, path: str, **fields: Any) -> None:
    answer = await client.post(f"{path}/faire", data={"cle": f"s5{fields}", **fields})
    assert answer.status_code == 303, answer.text


async def test_three_needs_three_phases_one_referent_to_the_end(site: Inside) -> None:
    file = await opened(site)
    childcare, benefits, rent = file.needs
    client, path = await her_page(site, file.id)
    text = await read(client, path)
    assert text.count("cherche qui peut vous aider") == 3
    # Evaluation: two partners side by side, one lead.
    await referred(site, file, childcare, PMI, "pmi")
    await referred(site, file, benefits, CAF, "caf")
    text = await read(client, path)
    assert "Votre demande est partie : PMI de Châtillon l’a reçue." in text
    assert "Votre demande est partie : CAF de Châtillon l’a reçue." in text
    # Accompaniment: one accepts and says to have met her, the other reads.
    await step(site.rooms, at(PMI), "s5-pmi", Step.ACCEPT, key="ok")
    await step(site.rooms, at(PMI), "s5-pmi", Step.CONTACT, key="met")
    await step(site.rooms, at(CAF), "s5-caf", Step.OPEN, key="read")
    assert "PMI de Châtillon s’en occupe avec vous." in await read(client, path)
    # She has seen nobody, and no longer wants the CAF to read; the rent she has settled herself.
    await does(client, path, quoi="etape", etape="dispute", sur="s5-pmi")
    await does(client, path, quoi="accord", sur="s5-accord-caf")
    await does(client, path, quoi="besoin", sur=rent)
    now = await the_file(site, file.id)
    assert now.handoffs["s5-pmi"].state is State.ACCEPTED
    assert now.needs[rent].outcome is Outcome.NO_LONGER_WANTED
    assert now.consents["s5-accord-caf"].withdrawn is not None
    assert now.handoffs["s5-caf"].state is State.RECEIVED
    # She stops the CAF and keeps the PMI, which meets her and ends.
    await does(client, path, quoi="etape", etape="withdraw", sur="s5-caf")
    await step(site.rooms, at(PMI), "s5-pmi", Step.CONTACT, key="met-again")
    await step(site.rooms, at(PMI), "s5-pmi", Step.COMPLETE, Said(outcome=Outcome.MET), key="done")
    await does(client, path, quoi="avis", sur="s5-pmi", clear="5", timely="2", useful="4", mots="Merci")
    now = await the_file(site, file.id)
    assert {one.state for one in now.handoffs.values()} == {State.COMPLETED, State.WITHDRAWN}
    assert now.state is FileState.OPEN
    assert now.lead is not None
    assert (now.lead.account, now.leads) == (REFERENT.account, ())
    text = await read(client, path)
    assert "C’est terminé avec PMI de Châtillon." in text
    assert "Vous avez voulu arrêter cette demande à CAF de Châtillon." in text
    # The partner says how it was, by the same questions.
    async with await site.signed_in(Role.PROFESSIONAL, PMI) as partner:
        given = {"clear": "4", "timely": "4", "useful": "5", "cle": "avis"}
        assert (await partner.post("/demande/s5-pmi/avis", data=given)).status_code == 303
    assert len((await the_file(site, file.id)).opinions) == 2
    await client.post(f"{path}/fin")
    assert "Votre code" in (await client.get(path)).text
    await client.aclose()
