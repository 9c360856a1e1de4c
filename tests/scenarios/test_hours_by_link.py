"""A partner corrects its hours by the link of a mail, without an account, and the next search shows it."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from playwright.async_api import Page

from api.actions.keeping import change_groups
from api.mail.reminding import remind
from api.mail.sending import Post
from api.premises import premises
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role
from graph.model.keeping import Target
from graph.model.listing import FieldGroup
from graph.store.correspondents import Correspondents
from graph.store.unit import Graph
from search.embedded import EmbeddedIndex
from tests import make, reading
from tests.mail_server import MailServer, mail_server, sending, text_of
from tests.web.test_browser import violations
from tests.windows import OpenPage

SERVICE: Final = "Centre de santé sexuelle de l’hôpital"
ADDRESS: Final = "centre@example.org"
NEW_HOURS: Final = "Tu 10:00-18:00"
# What was said today is due by then.
LATER: Final = timedelta(days=230)
PATIENCE: Final = 240
FIND: Final = """
query ($text: String!) {
  relays(question: {text: $text, territory: "25056"}, first: 3) {
    ... on RelayConnection { edges { node { organisation { id } service { id name hours } } } }
  }
}
"""


async def found(client: httpx2.AsyncClient) -> tuple[str, str, str]:
    """Organisation, service and hours, as a search tells them."""
    answer = await client.post("/graphql", json={"query": FIND, "variables": {"text": SERVICE}})
    nodes = [edge["node"] for edge in answer.json()["data"]["relays"]["edges"]]
    node = next(node for node in nodes if node["service"] and node["service"]["name"] == SERVICE)
    return node["organisation"]["id"], node["service"]["id"], node["service"]["hours"]


@asynccontextmanager
async def partner(settings: Settings, organisation: str, service: str, hours: str) -> AsyncIterator[Graph]:
    """The site's graph, where an address stands for the organisation; all is as before at the end."""
    async with premises(settings) as house:
        graph = house.graph
        await graph.write(lambda unit: Correspondents(unit).appoint(organisation, ADDRESS, "compte:1"))
        try:
            yield graph
        finally:
            rooms = Rooms(settings, graph, EmbeddedIndex(settings.index_folder), reading.shared())
            editor = make.viewer(Role.LISTING_EDITOR, organisation=organisation)
            before: dict[FieldGroup, dict[str, Any]] = {FieldGroup.HOURS: {"hours": hours}}
            target = Target.named(f"service:{service}")
            await change_groups(rooms, editor, target, before, key=datetime.now(UTC).isoformat())
            await graph.write(lambda unit: Correspondents(unit).remove(organisation))
            await graph.write(lambda unit: unit.run("MATCH (r:Reminder) DETACH DELETE r"))


async def mailed(graph: Graph, settings: Settings, server: MailServer) -> str:
    """The address of the link in the mail that the daily pass of a later day has sent."""
    day = datetime.now(UTC).replace(hour=10) + LATER
    assert await remind(graph, settings, day) == 1
    assert await Post(graph, settings, clock=lambda: day).send_one()
    (message,) = server.taken
    assert server.to == [[ADDRESS]]
    assert SERVICE in text_of(message)
    return re.findall(rf"{settings.site}/lien/\S+", text_of(message))[0]


async def correct(page: Page, address: str) -> None:
    """Read, correct, read again in words, save."""
    await page.goto(address)
    await page.get_by_role("heading", name="Vos fiches sont-elles toujours exactes").wait_for()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == 380
    await page.get_by_role("link", name=re.compile(f"^Corriger.: Horaires, {re.escape(SERVICE)}$")).click()
    await page.get_by_label("Horaires", exact=True).fill(NEW_HOURS)
    await page.get_by_role("button", name="Relire en toutes lettres").click()
    await page.get_by_text("mardi", exact=True).wait_for()
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == 380
    await page.get_by_role("button", name="Enregistrer").click()
    await page.get_by_text("La correction est enregistrée").wait_for()
    await page.get_by_text("Fait, merci.").wait_for()
    assert await page.get_by_role("link", name=re.compile(f"^Corriger.: Horaires, {re.escape(SERVICE)}$")).count() == 0


async def test_a_partner_corrects_its_hours_by_a_link_and_the_next_search_shows_it(
    site: str,
    data: Path,
    site_graph: dict[str, str],
    client: httpx2.AsyncClient,
    browser_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in site_graph.items():
        monkeypatch.setenv(name, value)
    organisation, service, hours = await found(client)
    assert hours != NEW_HOURS
    with mail_server() as server:
        settings = sending(server, data=data, site=site)
        async with partner(settings, organisation, service, hours) as graph:
            address = await mailed(graph, settings, server)
            # A programme that looks at the mail's links before its reader does.
            for path in ("", "/arret"):
                assert (await client.head(address + path)).status_code == 200
                assert (await client.get(address + path)).status_code == 200
            assert (await found(client))[2] == hours
            async with browser_page(width=380) as page:
                await correct(page, address)
            end = time.monotonic() + PATIENCE
            while (await found(client))[2] != NEW_HOURS:
                assert time.monotonic() < end
                await asyncio.sleep(0.05)
