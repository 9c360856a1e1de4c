"""A person's own page in a browser: large, accessible, on one sheet; with the keyboard, on a telephone, without scripts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, Page

from api.actions.casework import own_page as worker
from graph.model.access import Role
from graph.model.casework.handoff import Step
from graph.model.directory import Contact
from graph.store.unit import Graph
from tests import make
from tests.api.casework.family import ANNE, MOTHER, RENT, draft, family, kept, slots
from tests.api.inside import Inside, inside
from tests.outside import free_port
from tests.web.looks import listen, violations, width_of

FILE = "f1"


@pytest.fixture
async def served(empty_graph: Graph, tmp_path: Path) -> AsyncIterator[tuple[Inside, str]]:
    """The site of the tests on a port, with a family."""
    records = [
        make.organisation("t:cms", name="Centre médico-social", contact=Contact(phone="03 81 25 81 25")),
        make.organisation("t:adil", name="ADIL du Doubs", contact=Contact(phone="03 81 61 92 41")),
    ]
    async with inside(empty_graph, tmp_path, *records) as site:
        await site.account(Role.PROFESSIONAL, "t:cms")
        made = family()
        made.handed(draft(), Step.ACCEPT, Step.CONTACT)
        soon = datetime.now(UTC) + timedelta(days=7)
        made.add(slots("h-rent", slots=(soon, soon + timedelta(days=1))))
        await kept(empty_graph, made, FILE)
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(site._app, port=port, lifespan="off", log_config=None, ws="none"))
        task = asyncio.create_task(server._serve())
        while not server.started:  # noqa: ASYNC110 - the server tells it no other way
            await asyncio.sleep(0.05)
        yield site, f"http://127.0.0.1:{port}"
        server.should_exit = True
        await task


@asynccontextmanager
async def opened(
    browser: Browser, served: tuple[Inside, str], *, width: int, javascript: bool = True, dark: bool = False
) -> AsyncIterator[tuple[Page, str]]:
    """Her page, come into by its code."""
    site, address = served
    handed = await worker.open_page(site.rooms, ANNE, FILE, MOTHER, key=f"k{width}{javascript}{dark}")
    context = await browser.new_context(
        base_url=address,
        viewport={"width": width, "height": 900},
        java_script_enabled=javascript,
        service_workers="block",
        locale="fr-FR",
        color_scheme="dark" if dark else "light",
    )
    page = await context.new_page()
    heard = listen(page)
    await page.goto(f"/p/{handed.token}")
    if javascript:
        assert await violations(page) == []
    await page.fill("#code", f"{handed.code[:4]} {handed.code[4:]}")
    await page.press("#code", "Enter")
    await page.wait_for_selector("h1:has-text('Bonjour')")
    yield page, f"/p/{handed.token}"
    assert heard == []
    await context.close()


async def test_it_is_accessible_fits_a_telephone_and_is_left_by_a_key(
    browser: Browser, served: tuple[Inside, str]
) -> None:
    async with opened(browser, served, width=380, dark=True) as (page, path):
        assert await violations(page) == []
        assert await width_of(page) == 380
        assert await page.evaluate("getComputedStyle(document.body).fontSize") == "21px"
        for details in await page.query_selector_all("details"):
            await details.evaluate("one => { one.open = true }")
        assert await violations(page) == []
        assert await width_of(page) == 380
        await page.screenshot(path=str(Path(served[0].rooms.settings.data) / "own-380.png"), full_page=True)
        await page.keyboard.press("Escape")
        await page.wait_for_url("**/p/fin")
        assert await page.title() == "Page fermée"
        await page.go_back()
        assert "Qui vous accompagne" not in await page.content()
        await page.goto(path)
        assert await page.text_content("h1") == "Votre code"


async def test_it_is_used_with_the_keyboard_and_prints_on_one_sheet(
    browser: Browser, served: tuple[Inside, str]
) -> None:
    async with opened(browser, served, width=1280) as (page, _):
        await page.screenshot(path=str(Path(served[0].rooms.settings.data) / "own-1280.png"), full_page=True)
        await page.focus("text=Reprendre mon accord")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#fait")
        assert "ne peut pas être effacé" in (await page.text_content("#fait") or "")
        await page.emulate_media(media="print")
        assert await page.is_visible(".qr")
        assert not await page.is_visible("text=Quitter vite")
        await page.screenshot(path=str(Path(served[0].rooms.settings.data) / "own-print.png"), full_page=True)
        await page.emulate_media(media=None)
        pdf = await page.pdf(format="A4", margin={"top": "16mm", "bottom": "16mm", "left": "16mm", "right": "16mm"})
        assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1


async def test_without_scripts_all_of_it_works(browser: Browser, served: tuple[Inside, str]) -> None:
    async with opened(browser, served, width=380, javascript=False) as (page, _):
        await page.locator("input[name=heure]").first.check()
        await page.click("text=Prendre ce rendez-vous")
        await page.wait_for_selector("#fait")
        await page.locator("article", has_text="Impayés").locator("summary", has_text="plus besoin").click()
        await page.locator("article", has_text="Impayés").locator("button", has_text="Oui").last.click()
        await page.wait_for_selector("#fait")
        async with served[0].rooms.graph.reading() as unit:
            file = await unit.files.load(FILE)
        assert file is not None
        assert not file.needs[RENT].open
        await page.click("text=Quitter vite")
        assert await page.text_content("h1") == "Cette page est fermée."


async def test_the_workers_pages_are_accessible(browser: Browser, served: tuple[Inside, str]) -> None:
    site, address = served
    client = await site.signed_in(Role.PROFESSIONAL, "t:cms")
    name, _, token = client.headers["cookie"].partition("=")
    context = await browser.new_context(
        base_url=address, viewport={"width": 380, "height": 900}, service_workers="block"
    )
    await context.add_cookies([{"name": name, "value": token, "url": address}])
    page = await context.new_page()
    for path in (f"/dossier/{FILE}/page", f"/dossier/{FILE}/droits", f"/dossier/{FILE}/copie/{MOTHER}"):
        await page.goto(path)
        assert await violations(page) == [], path
        assert await width_of(page) == 380, path
        await page.screenshot(path=str(Path(site.rooms.settings.data) / f"{path.split('/')[3]}.png"), full_page=True)
    await page.goto(f"/dossier/{FILE}/page")
    await page.locator("button", has_text="Ouvrir la page").first.click()
    await page.wait_for_selector(".handed__code")
    assert await violations(page) == []
    assert await width_of(page) == 380
    pdf = await page.pdf(format="A4")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1
    await page.screenshot(path=str(Path(site.rooms.settings.data) / "sheet.png"), full_page=True)
    await context.close()
    await client.aclose()
