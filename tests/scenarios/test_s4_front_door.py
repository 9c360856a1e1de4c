"""S4, a single front door: a man of 91, alone, fallen, in a dangerous dwelling, refuses hospital. From the duty officer's alert to
the watch, and to the social worker of a former employer who gradually takes over.

The contact, the look-up, the file, the visit, the emergency, the watch and the report go through the pages; the circle, the letter
and the handoffs through the acts that their pages call.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from api.actions.casework import filing, handoffs, taking_over
from graph.model.access import Role, Viewer
from graph.model.casework.acts import CircleSet, Event
from graph.model.casework.deciding import Draft
from graph.model.casework.file import Actor, CircleKind, CircleMember, File, LeadCause
from graph.model.casework.grounds import Consent, Ground, Means, ShareGroup
from graph.model.casework.handoff import Kind, State, Step, Target
from graph.model.casework.owed import Owed, owed
from graph.model.casework.said import Said
from graph.model.casework.writings import Noted, NoteKind
from graph.model.directory import Contact
from graph.model.errors import NotFound
from graph.store.unit import Graph, Unit
from search.hours import PARIS
from tests import make
from tests.api.casework import drafting
from tests.api.inside import Inside, inside

DESK, CENTRE, HYGIENE, EMPLOYER = "t:accueil", "t:centre", "t:hygiene", "t:employeur"
NAME, BORN = "Anselme Tournebroche", "1935-02-03"
WORDS = "logement insalubre, impayés de loyer"


@pytest.fixture
async def site(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[Inside]:
    records = [
        make.organisation(DESK, name="Accueil social de la ville", source="dila", contact=Contact(phone="0800000001")),
        make.organisation(CENTRE, name="Centre médico-social", source="dila"),
        make.organisation(HYGIENE, name="Service d’hygiène", source="dila"),
        make.organisation(EMPLOYER, name="Service social des anciens", source="dila"),
        make.post("t:poste", organisation=EMPLOYER, duty_desk=True, contact=Contact(phone="0381000009")),
    ]
    async with inside(empty_graph, tmp_path, *records) as made:
        yield made


def words_of(answer: httpx2.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).replace("\u00a0", " ").split())


async def worker(site: Inside, organisation: str) -> Viewer:
    account = await site.account(Role.PROFESSIONAL, organisation)
    return make.viewer(
        Role.PROFESSIONAL,
        account=account.id,
        name=account.name,
        organisation=organisation,
        organisations=(organisation,),
    )


async def say(site: Inside, viewer: Viewer, file: str, *events: Event) -> File:
    async def decide(unit: Unit, stood: File, by: Actor, at: datetime) -> Sequence[Event]:
        return events

    return await filing.act(site.rooms, viewer, file, key=uuid4().hex, asked="said", decide=decide)


async def stands(site: Inside, file: str) -> File:
    async with site.rooms.graph.reading() as unit:
        found = await unit.files.load(file)
    assert found is not None
    return found


async def step(site: Inside, viewer: Viewer, handoff: str, what: Step, **said: Any) -> File:
    return await handoffs.step(site.rooms, viewer, handoff, what, Said(**said), key=uuid4().hex)


async def refer(site: Inside, viewer: Viewer, file: str, to: str, ground: Ground, purpose: str) -> str:
    """An appui, sent: what may be told is said first."""
    stood = await stands(site, file)
    (member,) = stood.members
    groups = frozenset({ShareGroup.NEED, ShareGroup.IDENTITY, ShareGroup.CONTACT})
    consent = Consent(
        id=uuid4().hex,
        ground=ground,
        recipient=to,
        purpose=purpose,
        groups=groups,
        until=(datetime.now(UTC) + timedelta(days=365)).date(),
        given=datetime.now(UTC),
        member=member if ground is Ground.ACCORD else "",
        means=Means.ORAL if ground is Ground.ACCORD else None,
        informed=datetime.now(UTC).date(),
    )
    await handoffs.give_consent(site.rooms, viewer, file, consent, key=uuid4().hex)
    draft = Draft(
        id=uuid4().hex,
        kind=Kind.REFER,
        target=Target(organisation=to),
        needs=(next(iter(stood.needs)),),
        purpose=purpose,
        groups=groups,
        ground=consent.id,
        urgent=ground is Ground.DANGER,
    )
    await drafting.draft(site.rooms, viewer, file, draft, key=uuid4().hex)
    await step(site, viewer, draft.id, Step.SUBMIT)
    return draft.id


async def test_from_the_alert_to_the_watch_and_the_take_over(site: Inside) -> None:
    desk = await worker(site, DESK)
    async with await site.signed_in(Role.PROFESSIONAL, DESK) as client:
        contact = await alerted(client)
        file = await opened(site, client, contact)
        await went_there(site, client, desk, file)
        await surrounded(site, desk, file)
        await watched(site, client, file)
        await taken_over(site, desk, file)
        await told_afterwards(client)
    await nothing_in_the_open(site)


async def alerted(client: httpx2.AsyncClient) -> str:
    """The duty officer calls: the numbers come first, the form after; then, is he already followed?"""
    form = {"canal": "on_call", "qui": "authority", "sexe": "man", "age": "from_85", "ou": "Besançon", "mots": WORDS}
    shown = await client.post("/accueil/danger", data=form | {"cle": "appel"})
    assert shown.text.index('href="tel:15"') < shown.text.index('id="contact"')
    assert 'value="on_call" checked' in shown.text and 'value="from_85" checked' in shown.text
    answer = await client.post("/accueil", data=form | {"danger": "1", "faire": "suite", "cle": "appel"})
    assert answer.status_code == 303
    where = answer.headers["location"]
    look = {"nom": NAME, "ne": BORN, "reseau": "1", "titre": "danger"}
    # The medico-social centre does not know him, nor does anybody else.
    assert "Personne ne suit" in words_of(await client.post(f"{where}/suivi", data=look))
    return where


async def opened(site: Inside, client: httpx2.AsyncClient, contact: str) -> str:
    """Nobody takes him: the desk opens a file itself, for want of a relay."""
    form = {"faire": "dossier", "nom": NAME, "ne": BORN, "urgent": "1", "transitoire": "1", "cle": "ouvre"}
    answer = await client.post(f"{contact}/suite", data=form)
    id_ = answer.headers["location"].removeprefix("/dossier/")
    file = await stands(site, id_)
    assert file.lead and (file.lead.organisation, file.lead.cause) == (DESK, LeadCause.OPENED)
    assert file.transitional and file.needs and all(need.urgent for need in file.needs.values())
    return id_


async def went_there(site: Inside, client: httpx2.AsyncClient, desk: Viewer, file: str) -> None:
    """A visit with the hygiene service; a heater is brought at once, which is its field: it is told, and that is dated."""
    path = f"/dossier/{file}/intervention"
    visit = {
        "faire": "visite",
        "texte": "Vu avec l’hygiène : escalier effondré, pas de chauffage.",
        "vue": "1",
        "cle": "v",
    }
    assert (await client.post(path, data=visit)).status_code == 303
    urgent = {"faire": "urgence", "texte": "Radiateur prêté pour la nuit.", "cle": "u"}
    before = await stands(site, file)
    refused = await client.post(path, data=urgent)
    assert refused.status_code == 422 and "dites lequel" in words_of(refused)
    assert await stands(site, file) == before
    moment = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M}"
    told = urgent | {"partenaire": "Service d’hygiène", "prevenu": moment}
    assert (await client.post(path, data=told)).status_code == 303
    hygiene = await worker(site, HYGIENE)
    asked = await refer(site, desk, file, HYGIENE, Ground.DANGER, "vérifier le chauffage et le logement")
    await step(site, hygiene, asked, Step.OPEN)
    await step(site, hygiene, asked, Step.ACCEPT)
    await step(site, hygiene, asked, Step.CONTACT)
    done = await step(site, hygiene, asked, Step.COMPLETE, outcome="met", text="Chauffage vérifié.")
    assert done.handoffs[asked].state is State.COMPLETED
    assert done.lead and done.lead.organisation == DESK
    assert any(action.what is Owed.REVIEW_DANGER for action in owed(done))


async def surrounded(site: Inside, desk: Viewer, file: str) -> None:
    """A great-nephew who passes by, and the letter to the building's manager."""
    nephew = CircleMember(
        id="neveu", kind=CircleKind.RELATIVE, name="Blaise", tie="petit-neveu", may_know="les jours de visite"
    )
    syndic = CircleMember(id="syndic", kind=CircleKind.LANDLORD, name="Syndic", may_know="l’état de l’escalier")
    letter = Noted(kind=NoteKind.LETTER, text="Escalier à réparer.", to="Syndic", on=datetime.now(UTC))
    after = await say(site, desk, file, CircleSet(member=nephew), CircleSet(member=syndic), letter)
    assert {one.kind for one in after.circle.values()} == {CircleKind.RELATIVE, CircleKind.LANDLORD}


async def watched(site: Inside, client: httpx2.AsyncClient, file: str) -> None:
    """The desk looks again each week; the watch is owed by whoever leads."""
    path = f"/dossier/{file}/intervention"
    day = (datetime.now(UTC) + timedelta(days=2)).date()
    form = {"faire": "veille", "objet": "Passe-t-on chaque semaine ?", "le": day.isoformat(), "tous": "7", "cle": "w"}
    assert (await client.post(path, data=form)).status_code == 303
    (watch,) = (await stands(site, file)).watches.values()
    assert "Veille : Passe-t-on chaque semaine ?" in words_of(await client.get(path))
    following = (day + timedelta(days=7)).isoformat()
    news = {"faire": "nouvelles", "veille": watch.id, "texte": "Le petit-neveu est venu.", "prochaine": following}
    assert (await client.post(path, data=news | {"cle": "n"})).status_code == 303
    (watch,) = (await stands(site, file)).watches.values()
    assert watch.next.isoformat() == following
    assert [one.account for one in owed(await stands(site, file)) if one.what is Owed.LOOK_AGAIN] != [""]


async def taken_over(site: Inside, desk: Viewer, file: str) -> None:
    """First beside the desk, then in its place: the lead moves when the desk accepts, and at no other moment."""
    worker_there = await worker(site, EMPLOYER)
    with pytest.raises(NotFound):
        await filing.seen(site.rooms, worker_there, file)
    beside = await refer(site, desk, file, EMPLOYER, Ground.ACCORD, "l’aider avec son loyer")
    await step(site, worker_there, beside, Step.ACCEPT)
    met = await step(site, worker_there, beside, Step.CONTACT)
    assert met.lead and met.lead.organisation == DESK
    draft = Draft(id="", kind=Kind.TAKE_OVER, target=Target(organisation=""), purpose="suivre son ancien salarié")
    proposal = await taking_over.propose(site.rooms, worker_there, file, draft, key=uuid4().hex)
    sent = await step(site, worker_there, proposal.id, Step.SUBMIT)
    assert sent.lead and sent.lead.organisation == DESK
    after = await step(site, desk, proposal.id, Step.ACCEPT)
    assert after.lead and (after.lead.organisation, after.lead.account) == (EMPLOYER, worker_there.account)
    assert after.lead.cause is LeadCause.TAKEN_OVER and [lead.organisation for lead in after.leads] == [DESK]
    assert [one.organisation for one in owed(after) if one.what is Owed.LOOK_AGAIN] == [EMPLOYER]


async def told_afterwards(client: httpx2.AsyncClient) -> None:
    """He calls again: the desk learns who follows him, and asks for a call; the month counts all of it."""
    look = {"nom": NAME, "ne": BORN}
    assert "Personne ne suit" in words_of(await client.post("/accueil/suivi", data=look))
    known = await client.post("/accueil/suivi", data=look | {"reseau": "1", "titre": "accord"})
    assert "Suivi par Service social des anciens" in words_of(known) and "03 81 00 00 09" in words_of(known)
    hit = re.search(r'name="lien" value="(\w+)"', known.text)
    assert hit
    assert (await client.post("/accueil", data={"lien": hit[1], "cle": "rappel"})).status_code == 303
    report = await client.get(f"/accueil/rapport/{datetime.now(PARIS):%Y-%m}.csv")
    lines = set(report.text.removeprefix("\ufeff").split("\r\n"))
    assert lines >= {
        "ensemble;Contacts;2",
        "ensemble;En danger;1",
        "canal;Astreinte;1",
        "demandeur;La mairie ou un élu;1",
        "age;85 ans et plus;1",
        "suite;Dossier ouvert;1",
        "suite;Remis en lien;1",
        "activite;Visites;1",
        "activite;Interventions d’urgence;1",
        "activite;Veilles ouvertes dans le mois;1",
        "activite;Nouvelles prises dans le mois;1",
        "activite;Dossiers ouverts dans le mois;1",
    }
    assert "Aucun dossier n’est gardé ainsi" in words_of(await client.get("/accueil/transitoires"))


async def nothing_in_the_open(site: Inside) -> None:
    async with site.rooms.graph.reading() as unit:
        everything = await unit.run("MATCH (n) RETURN n{.*} AS node")
    held = json.dumps(everything, default=str, ensure_ascii=False)
    for told in ("Anselme", "Tournebroche", "1935-02-03", "escalier", "Radiateur", "Blaise", "petit-neveu", WORDS):
        assert told not in held
