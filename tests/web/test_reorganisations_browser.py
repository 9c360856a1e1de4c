"""The pages of reorganisations as they are seen: accessible, within the width, by the keyboard."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import OpenPage
from tests.signed import sign_in
from tests.web.looks import NARROW, WIDE, Scheme, listen, violations, width_of

COORDINATOR = "animateur@example.org"
ROOT = "/coordination/reorganisations"


@pytest.mark.parametrize("way", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_they_are_accessible_and_fit(browser_page: OpenPage, way: tuple[int, Scheme]) -> None:
    async with browser_page(width=way[0]) as page:
        heard = listen(page)
        await page.emulate_media(color_scheme=way[1])
        await sign_in(page, COORDINATOR)
        await page.goto(ROOT)
        assert await violations(page) == []
        assert await width_of(page) == way[0]
        await page.fill("#titre", f"Essai {way[0]}")
        await page.fill("#date", (datetime.now(UTC).date() + timedelta(days=40)).isoformat())
        await page.press("#date", "Enter")
        await page.wait_for_url(f"**{ROOT}/*")
        # By the keyboard alone: the summary opens, the fields follow, Enter sends.
        await page.locator("summary", has_text="Créer un organisme").focus()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.type("Direction sociale de territoire Nord")
        await page.select_option("#create_body-type", "CCAS")
        await page.fill("#create_body-territoires", "Besançon")
        await page.press("#create_body-territoires", "Enter")
        await page.get_by_text("Créer « Direction sociale de territoire Nord »").first.wait_for()
        await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert await violations(page) == []
        assert await width_of(page) == way[0]
        # Changed in its place and back, by the keyboard.
        await page.get_by_role("link", name="Modifier le mouvement 1").focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Modifier le mouvement 1").wait_for()
        assert await page.input_value("#create_body-territoires") == "Besançon"
        assert await violations(page) == []
        assert await width_of(page) == way[0]
        if shots := os.environ.get("SHOTS"):
            await page.screenshot(path=f"{shots}/move-{way[0]}.png", full_page=True)
        await page.fill("#create_body-territoires", "Nullepart")
        await page.press("#create_body-territoires", "Enter")
        await page.get_by_role("alert").get_by_text("Nullepart").wait_for()
        if shots := os.environ.get("SHOTS"):
            await page.screenshot(path=f"{shots}/move-refused-{way[0]}.png", full_page=True)
        assert await page.input_value("#create_body-nom") == "Direction sociale de territoire Nord"
        await page.fill("#create_body-nom", "Direction du Nord")
        await page.fill("#create_body-territoires", "Besançon")
        await page.press("#create_body-nom", "Enter")
        await page.get_by_role("status").get_by_text("Le mouvement 1 a été modifié.").wait_for()
        await page.get_by_text("Créer « Direction du Nord »").first.wait_for()
        if shots := os.environ.get("SHOTS"):
            await page.screenshot(path=f"{shots}/plan-changed-{way[0]}.png", full_page=True)
        await page.get_by_role("button", name="Remettre comme avant").focus()
        await page.keyboard.press("Enter")
        # What it was a moment ago is what it can be changed back to now.
        await page.get_by_role("status").get_by_text("Direction du Nord").wait_for()
        if shots := os.environ.get("SHOTS"):
            await page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
            await page.screenshot(path=f"{shots}/plan-{way[0]}.png", full_page=True)
        here = page.url
        await page.get_by_role("button", name="En faire une variante").click()
        await page.wait_for_url(lambda url: url != here and ROOT in url)
        await page.get_by_role("button", name="Comparer").click()
        await page.get_by_role("heading", name="Laquelle de ces deux variantes").wait_for()
        assert await violations(page) == []
        assert await width_of(page) == way[0]
        assert heard == []
