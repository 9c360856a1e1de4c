"""The pages of those who keep listings in a real browser: accessible, narrow, without JavaScript where it matters."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.signed import sign_in
from tests.web.looks import in_turn
from tests.web.test_browser import listen, violations
from tests.windows import OpenPage

CCAS = "/mes-fiches/organisme/demo:ccas-besancon"
PAGES = (
    "/mes-fiches",
    "/mes-fiches?filtre=archivees",
    CCAS,
    f"{CCAS}/contact",
    f"{CCAS}/presentation",
    f"{CCAS}/territoire",
    f"{CCAS}/adresse",
    f"{CCAS}/suspendre",
    f"{CCAS}/archiver",
    "/mes-fiches/nouveau-service",
)


async def looked_at(page: Page, width: int, heard: list[str]) -> None:
    assert await violations(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") == width
    assert heard == []


@pytest.mark.parametrize(("path", "width", "scheme"), in_turn(PAGES))
async def test_a_page_is_accessible_and_fits(browser_page: OpenPage, path: str, width: int, scheme: Any) -> None:
    async with browser_page(width=width) as page:
        heard = listen(page)
        await page.emulate_media(color_scheme=scheme)
        await sign_in(page, "editrice.ccas", "/aide")
        await page.goto(path)
        for details in await page.locator("main details").all():
            await details.evaluate("one => { one.open = true; }")
        await looked_at(page, width, heard)


async def test_faults_preview_and_completion(browser_page: OpenPage) -> None:
    async with browser_page(width=380) as page:
        heard = listen(page)
        await sign_in(page, "editrice.ccas", "/aide")
        await page.goto(f"{CCAS}/contact")
        await page.get_by_label("Adresse e-mail").fill("pas une adresse")
        await page.get_by_role("button", name="Publier", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("1 point à corriger")
        await looked_at(page, 380, heard)
        await page.get_by_label("Adresse e-mail").fill("essai@example.org")
        await page.get_by_role("button", name="Voir avant de publier").click()
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Avant de publier")
        await looked_at(page, 380, heard)
        await page.goto(f"{CCAS}/territoire")
        await page.get_by_role("combobox").fill("Pontarl")
        await page.get_by_role("option").first.click()
        await expect(page.get_by_role("combobox")).to_have_value("Pontarlier (Doubs)")


async def test_room_from_a_telephone_without_javascript(browser_page: OpenPage) -> None:
    async with browser_page(width=380, height=780, javascript=False) as page:
        await sign_in(page, "bailleur", "/mes-fiches")
        await page.goto("/mes-fiches")
        await page.get_by_role("link", name="Places").first.click()
        await page.get_by_text("Complet", exact=True).click()
        await expect(page.get_by_label("Combien de places libres")).to_be_hidden()
        await expect(page.get_by_label("Complet jusqu’en")).to_be_visible()
        await page.get_by_text("De la place", exact=True).click()
        await expect(page.get_by_label("Combien de places libres")).to_be_visible()
        await expect(page.get_by_label("Complet jusqu’en")).to_be_hidden()
        box = await page.get_by_role("button", name="Enregistrer").bounding_box()
        assert box is not None
        assert box["height"] >= 60
