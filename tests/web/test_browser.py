"""The face in a real browser: accessible, narrow, by keyboard, without JavaScript, and nothing refused by its own rules."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.web.looks import NARROW, Scheme, in_turn, listen, looked_at, violations, width_of
from tests.windows import OpenPage

ANSWER = "/chercher?q=impay%C3%A9s+de+loyer&ou=Besan%C3%A7on"
# Those of our lists; a select has options too.
OPTIONS = ".combo [role=option]"
PAGES = (
    "/",
    ANSWER,
    "/chercher?q=elle+veut+se+suicider&ou=Besan%C3%A7on",
    "/chercher?q=zzzz&ou=Besan%C3%A7on",
    "/chercher?q=rsa&ou=Xyzzyx",
    "/themes",
    "/aide",
    "/accessibilite",
    "/hors-ligne",
    "/galerie",
    "/rien",
)


@pytest.mark.parametrize(("path", "width", "scheme"), in_turn(PAGES, ANSWER, "/galerie"))
async def test_a_page_is_accessible_and_fits(browser_page: OpenPage, path: str, width: int, scheme: Scheme) -> None:
    async with looked_at(browser_page, path, width, scheme):
        pass


@pytest.mark.parametrize(("kind", "width", "scheme"), [("service", 1280, "dark"), ("organisme", 380, "light")])
async def test_a_sheet_is_accessible_and_fits(browser_page: OpenPage, kind: str, width: int, scheme: Scheme) -> None:
    async with looked_at(browser_page, ANSWER, width, scheme) as page:
        await page.locator(f"main a[href^='/{kind}/']").first.click()
        await page.wait_for_url(f"**/{kind}/**")


async def test_open_parts_are_accessible_too(browser_page: OpenPage) -> None:
    async with looked_at(browser_page, ANSWER, *NARROW) as page:
        await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")


async def test_the_keyboard_alone_goes_from_question_to_sheet(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        heard = listen(page)
        await page.goto("/aide")
        await page.keyboard.press("/")
        assert await page.evaluate("document.activeElement.name") == "q"
        await page.goto("/")
        await page.keyboard.press("/")
        await page.keyboard.type("impayés de loyer")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Tab")
        await page.keyboard.type("besan")
        await expect(page.locator(OPTIONS).first).to_contain_text("Besançon (Doubs)")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.locator("#ou")).to_have_value("Besançon (Doubs)")
        await expect(page.locator("[name=lieu]")).to_have_value("25056")
        await expect(page.get_by_role("listbox")).to_have_count(0)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/chercher?**")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        first = page.locator("[data-result]").nth(0)
        second = page.locator("[data-result]").nth(1)
        await expect(second).to_be_focused()
        await page.keyboard.press("ArrowUp")
        await expect(first).to_be_focused()
        await page.keyboard.press("p")
        await expect(page.locator("details.why").first).to_have_attribute("open", "")
        name = await first.inner_text()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text(name)
        assert heard == []


async def test_a_question_mark_shows_the_keys_but_not_while_typing(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto("/")
        help_window = page.get_by_role("dialog")
        await page.locator("#q").focus()
        await page.keyboard.type("?")
        await expect(help_window).to_have_count(0)
        await expect(page.locator("#q")).to_have_value("?")
        await page.locator("h2").first.click()
        await page.keyboard.press("?")
        await expect(help_window).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(help_window).to_have_count(0)


async def test_keys_of_one_character_can_be_turned_off(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto(ANSWER)
        await page.get_by_role("link", name="Raccourcis clavier").click()
        off = page.get_by_label("Désactiver les raccourcis à une touche")
        await off.check()
        assert await violations(page) == []
        await page.get_by_role("button", name="Fermer").click()
        await page.reload()
        for key in ("?", "/", "m"):
            await page.keyboard.press(key)
        await expect(page.get_by_role("dialog")).to_have_count(0)
        assert await page.evaluate("document.activeElement === document.body")
        assert "vue=carte" not in page.url
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("[data-result]").first).to_be_focused()
        await page.get_by_role("link", name="Raccourcis clavier").click()
        await expect(off).to_be_checked()
        await off.uncheck()
        await page.get_by_role("button", name="Fermer").click()
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog")).to_be_visible()


async def test_proposals_that_come_after_escape_are_not_shown(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto("/")
        asked, sent = asyncio.Event(), asyncio.Event()

        async def late(route: Route) -> None:
            asked.set()
            await sent.wait()
            await route.fulfill(json=[{"id": "x", "text": "Trop tard", "hint": ""}])

        await page.route("**/completer/problemes**", late)
        await page.locator("#q").press_sequentially("expuls")
        await asyncio.wait_for(asked.wait(), 60)
        async with page.expect_event("requestfailed"):
            await page.keyboard.press("Escape")
        sent.set()
        await expect(page.get_by_text("Trop tard")).to_have_count(0)
        await expect(page.locator("#q")).to_have_attribute("aria-expanded", "false")
        await expect(page.locator("#q")).to_have_value("expuls")


async def test_completion_follows_the_combobox_pattern(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto("/")
        field = page.locator("#q")
        await expect(field).to_have_attribute("aria-expanded", "false")
        await field.press_sequentially("expuls")
        options = page.locator(OPTIONS)
        await expect(options.first).to_be_visible()
        await expect(field).to_have_attribute("aria-expanded", "true")
        assert await violations(page) == []
        await field.press("ArrowUp")
        last = options.last
        await expect(last).to_have_attribute("aria-selected", "true")
        await expect(field).to_have_attribute("aria-activedescendant", str(await last.get_attribute("id")))
        await field.press("Escape")
        await expect(field).to_have_attribute("aria-expanded", "false")
        await expect(field).to_have_value("expuls")
        await expect(options).to_have_count(0)


async def test_a_changed_place_forgets_the_choice(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto("/")
        await page.locator("#ou").press_sequentially("besan")
        await page.locator(OPTIONS).first.click()
        await expect(page.locator("[name=lieu]")).to_have_value("25056")
        await page.locator("#ou").press_sequentially("x")
        await expect(page.locator("[name=lieu]")).to_have_value("")


async def test_everything_works_without_javascript(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await page.goto("/")
        await page.locator("#q").fill("impayés de loyer")
        await page.locator("#ou").fill("Besançon")
        await page.get_by_role("button", name="Trouver un relais").click()
        await page.wait_for_url("**/chercher?**")
        relays = page.locator(".relay")
        assert await relays.count() != 0
        await page.locator("details.why summary").first.click()
        await expect(page.get_by_text("Ce qui a compté").first).to_be_visible()
        chips = page.locator(".chip__away")
        before = await chips.count()
        await chips.first.click()
        await expect(chips).to_have_count(before - 1)
        await page.go_back()
        name = await page.locator("[data-result]").first.inner_text()
        await page.locator("[data-result]").first.click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(name)


async def test_on_paper_the_sheet_has_room_to_write(browser_page: OpenPage) -> None:
    async with browser_page(width=794) as page:
        await page.goto(ANSWER)
        await page.locator("main a[href^='/service/']").first.click()
        await page.emulate_media(media="print")
        await expect(page.get_by_text("À remettre à la personne")).to_be_visible()
        await expect(page.locator(".head")).to_be_hidden()
        assert await width_of(page) == 794
