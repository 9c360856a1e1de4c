"""Mails about kept searches, end to end: a real mail server, the site's own pages, an index that changes, a clock that moves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from api.actions import alerts
from api.app import create_app
from api.mail.news import tell
from api.mail.sending import Post
from api.rooms import Rooms
from api.settings import Settings
from api.worker import _sweep_some
from graph.model.access import Role
from graph.model.account import Account
from graph.model.alerts import Pace, SavedSearch, Sought
from graph.model.errors import Unavailable
from graph.model.uploads import Upload, UploadState
from graph.store.outbox import MAIL_KINDS
from graph.store.unit import Graph
from search.embedded import EmbeddedEngine
from tests import make
from tests.mail_server import MailServer, mail_server, sending, text_of
from tests.reading import shared
from tests.web.rooms import index_of

NOW = datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
WORKER = make.viewer(Role.PROFESSIONAL)
SOUGHT = Sought(competences=(make.RENT,), territory="25056")
ADDRESS = "claire@example.org"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


class Site:
    """A worker's morning, and what comes of it."""

    def __init__(self, graph: Graph, server: MailServer, data: Path) -> None:
        self.graph = graph
        self.server = server
        self.settings = sending(server, data=data)
        self.engine = EmbeddedEngine(self.settings.index_folder)
        self.rooms = Rooms(settings=self.settings, graph=graph, index=self.engine.index(), reader=shared())

    async def listed(self, count: int) -> None:
        """So many services answer."""
        listings = [
            make.listing(f"service:t:{n}", service=make.service(f"t:{n}"), organisation=make.organisation(f"t:o{n}"))
            for n in range(count)
        ]
        await index_of(self.settings.index_folder, listings)

    async def morning(self, at: datetime) -> int:
        """The pass, then the post until nothing waits; how many mails were written."""
        written = await tell(self.graph, self.settings, self.engine, at)
        while await Post(self.graph, self.settings, clock=lambda: at).send_one():
            continue
        return written

    async def kept(self, name: str = "") -> SavedSearch:
        """A search whose news she wants every day."""
        search = await alerts.save(self.rooms, WORKER, SOUGHT, key="k", name=name)
        return await alerts.set_pace(self.rooms, WORKER, search.id, Pace.DAILY, key="p")


@pytest.fixture
async def site(empty_graph: Graph, server: MailServer, tmp_path: Path) -> Site:
    account = Account(id=WORKER.account, email=ADDRESS, name="Claire Essai")
    await empty_graph.write(lambda unit: unit.accounts.put(account))
    return Site(empty_graph, server, tmp_path)


async def test_a_new_service_is_one_mail_and_nothing_new_is_none(site: Site) -> None:
    await site.listed(2)
    search = await site.kept("Loyer de Madame Untel")
    assert await site.morning(NOW) == 1
    assert await site.morning(NOW) == 0
    assert await site.morning(NOW + DAY) == 0
    await site.listed(3)
    assert await site.morning(NOW + 2 * DAY) == 1
    assert await site.morning(NOW + 3 * DAY) == 0
    first, second = site.server.taken
    assert site.server.to == [[ADDRESS], [ADDRESS]]
    assert first["Subject"] == "Maillage : 2 solutions dans votre secteur aujourd’hui"
    assert second["Subject"] == "Maillage : 1 nouvelle solution dans votre secteur"
    stop = f"https://maillage.example.org/alertes/arret/{search.id}/{search.key}"
    assert second["List-Unsubscribe"] == f"<{stop}>"
    assert second["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    said = text_of(second)
    assert "1 nouvelle solution dans votre secteur, pour une recherche" in said
    assert re.findall(r"https://\S+", said) == ["https://maillage.example.org/alertes", stop]
    for hidden in ("Untel", "Claire", "Besançon", "loyer"):
        assert hidden not in said + second["Subject"]


async def test_the_button_of_a_mail_programme_ends_them(site: Site) -> None:
    await site.listed(2)
    search = await site.kept()
    await site.morning(NOW)
    stop = urlsplit(site.server.taken[0]["List-Unsubscribe"].strip("<>")).path
    app = create_app(site.settings)
    app.state.rooms = site.rooms
    await site.listed(3)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://maillage.example.org", timeout=60) as client:
        looked = await client.get(stop)
        assert looked.status_code == 200
        # Looking ends nothing: the mail of the next day is written, and waits.
        assert await tell(site.graph, site.settings, site.engine, NOW + DAY) == 1
        wrong = await client.post(stop[:-1] + "!", data={"List-Unsubscribe": "One-Click"})
        assert wrong.status_code == 404
        ended = await client.post(stop, data={"List-Unsubscribe": "One-Click"})
        assert ended.status_code == 200
    # What waited says nothing any more, and nothing follows.
    await site.listed(4)
    assert await site.morning(NOW + 2 * DAY) == 0
    assert len(site.server.taken) == 1
    async with site.graph.reading() as unit:
        assert (await unit.outbox.backlog(MAIL_KINDS)).waiting == 0
        assert [one.pace for one in await unit.searches.of(WORKER.account)] == [Pace.NEVER]
    assert search.id in stop


async def test_without_a_search_that_is_due_no_index_is_opened(site: Site) -> None:
    assert await site.morning(NOW) == 0
    await site.listed(1)
    await site.kept()
    assert await site.morning(NOW) == 1
    nowhere = EmbeddedEngine(site.settings.data / "none")
    assert await tell(site.graph, site.settings, nowhere, NOW) == 0
    with pytest.raises(Unavailable):
        await tell(site.graph, site.settings, nowhere, NOW + DAY)


async def test_nobody_is_written_to_at_an_account_of_the_demonstration(site: Site) -> None:
    account = Account(id=WORKER.account, email=ADDRESS, name="Claire Essai", demonstration=True)
    await site.graph.write(lambda unit: unit.accounts.put(account))
    await site.listed(1)
    await site.kept()
    assert await site.morning(NOW) == 1
    assert site.server.taken == []


async def test_the_worker_forgets_the_files_that_nobody_confirmed(empty_graph: Graph) -> None:
    old = Upload(
        id="old",
        organisation="t:caf",
        by="compte:1",
        said_by="Claire",
        file="services.csv",
        digest="d",
        at=datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2),
        state=UploadState.WAITING,
        created=0,
        changed=0,
        unchanged=0,
        faults=0,
    )
    done = replace(old, id="done", state=UploadState.APPLIED)
    for upload in (old, done):
        await empty_graph.write(lambda unit, one=upload: unit.uploads.add(one, [], []))
    assert await empty_graph.write(lambda unit: _sweep_some(unit, Settings())) == 1
    async with empty_graph.reading() as unit:
        assert await unit.uploads.get("old") is None
        assert (await unit.uploads.get("done")) is not None
