"""The results page in a real browser: filters in place, the map and its twin, two taps on a telephone, no network."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.web.looks import NARROW, WIDE, Scheme, listen, looked_at, violations, width_of
from tests.web.test_browser import ANSWER
from tests.windows import OpenPage

MAP = f"{ANSWER}&vue=carte"
FREE = "#filtre-gratuit-1"
BESANCON = {"latitude": 47.2378, "longitude": 6.0241}
TELEPHONE: Any = {
    "viewport": {"width": 380, "height": 780},
    "has_touch": True,
    "is_mobile": True,
    "locale": "fr-FR",
    "service_workers": "block",
}


@asynccontextmanager
async def telephone(browser: Browser, site: str, **more: Any) -> AsyncIterator[Page]:
    context = await browser.new_context(base_url=site, **(TELEPHONE | more))
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def count(page: Page) -> int:
    """The figure of "12 relais", "1 007 relais", "Au moins 977 relais"."""
    found = re.search(r"\d[\d\u202f]*", await page.locator("#compte").inner_text())
    assert found is not None
    return int(found[0].replace("\u202f", ""))


async def test_a_filter_applies_where_it_is_ticked(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        heard = listen(page)
        await page.goto(ANSWER)
        whole = await count(page)
        box = page.locator(FREE)
        promised = int(re.findall(r"\d+", await page.locator(".choice", has=box).inner_text())[0])
        assert 0 < promised < whole
        await box.focus()
        await page.keyboard.press("Space")
        await page.wait_for_url("**gratuit=1**")
        await expect(page.locator("#compte")).to_have_text(f"{promised} relais")
        await expect(page.locator("#dit")).to_have_text(f"{promised} relais")
        await expect(page.locator(FREE)).to_be_focused()
        await expect(page.locator(FREE)).to_be_checked()
        assert await violations(page) == []
        await page.get_by_role("link", name="Retirer Gratuit").click()
        await expect(page.locator("#compte")).to_have_text(f"{whole} relais")
        await expect(page.locator(FREE)).not_to_be_checked()
        await page.go_back()
        await expect(page.locator("#compte")).to_have_text(f"{promised} relais")
        await expect(page.locator(FREE)).to_be_checked()
        assert heard == []


async def test_a_slow_answer_is_announced_and_a_lost_one_leaves_what_was_there(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto(ANSWER)
        whole = await count(page)
        gone = asyncio.Event()

        async def late(route: Route) -> None:
            await gone.wait()
            await route.abort()

        await page.route("**gratuit=1**", late)
        await page.locator(FREE).check()
        await expect(page.locator("#dit")).to_have_text("Recherche en cours…")
        gone.set()
        await expect(page.locator("#dit")).to_contain_text("La connexion est coupée")
        await expect(page.locator("#dit")).to_be_visible()
        await expect(page.locator(FREE)).not_to_be_checked()
        assert await count(page) == whole
        assert "gratuit" not in page.url


async def test_filters_work_without_javascript(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await page.goto(ANSWER)
        whole = await count(page)
        await page.locator("#filtres > summary").click()
        await page.locator(FREE).check()
        await page.get_by_role("button", name="Appliquer").click()
        await page.wait_for_url("**gratuit=1**")
        assert 0 < await count(page) < whole
        await page.get_by_role("link", name="Tout effacer").click()
        assert await count(page) == whole


async def test_the_map_says_what_its_list_says(browser_page: OpenPage) -> None:
    async with browser_page(height=1000) as page:
        heard = listen(page)
        await page.goto(MAP)
        markers = page.locator(".map__marker")
        rows = page.locator(".relay[data-lat]")
        assert await markers.count() == await rows.count() != 0
        spots = [await one.bounding_box() for one in await markers.all()]
        assert [(box["width"], box["height"]) for box in spots if box] == [(44, 44)] * len(spots)
        first, second = rows.nth(0), rows.nth(1)
        await second.locator("[data-result]").focus()
        await expect(markers.nth(1)).to_have_class(re.compile("map__marker--chosen"))
        await expect(second).to_have_class(re.compile("relay--marked"))
        await markers.nth(0).focus()
        await page.keyboard.press("Enter")
        await expect(first.locator("[data-result]")).to_be_focused()
        await expect(markers.nth(1)).not_to_have_class(re.compile("map__marker--chosen"))
        named = await markers.nth(0).get_attribute("aria-label")
        assert named is not None
        assert named.startswith(f"1. {await first.locator('[data-result]').inner_text()}, ")
        await expect(page.get_by_role("button", name="Zoomer", exact=True)).to_be_visible()
        await expect(page.get_by_text("La carte demande JavaScript")).to_be_hidden()
        assert heard == []


@pytest.mark.parametrize(("width", "scheme"), [WIDE, NARROW])
async def test_the_map_is_accessible_and_fits(browser_page: OpenPage, width: int, scheme: Scheme) -> None:
    async with looked_at(browser_page, MAP, width, scheme) as page:
        await expect(page.locator(".map__marker").first).to_be_visible()


async def test_one_key_goes_from_list_to_map_and_back(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto(ANSWER)
        await page.keyboard.press("m")
        await page.wait_for_url("**vue=carte**")
        await page.keyboard.press("ArrowDown")
        await expect(page.locator("[data-result]").first).to_be_focused()
        await page.keyboard.press("m")
        await page.wait_for_url(lambda address: "vue=carte" not in address)


async def test_escape_closes_why_and_stays_there(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto(ANSWER)
        summary = page.locator("details.why summary").first
        await summary.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("details.why").first).to_have_attribute("open", "")
        await page.keyboard.press("Escape")
        await expect(page.locator("details.why").first).not_to_have_attribute("open", "")
        await expect(summary).to_be_focused()


async def test_without_javascript_the_map_leaves_its_place_to_the_list(browser_page: OpenPage) -> None:
    async with browser_page(width=380, javascript=False) as page:
        await page.goto(MAP)
        await expect(page.get_by_text("La carte demande JavaScript")).to_be_visible()
        await expect(page.locator("#carte")).to_be_hidden()
        await expect(page.locator(".relay").first).to_be_visible()
        await page.get_by_role("link", name="Liste").click()
        assert "vue=carte" not in page.url


async def test_two_taps_lead_to_a_telephone_number(browser: Browser, site: str) -> None:
    """From the start page, by someone who lets the site know where they are."""
    async with telephone(browser, site, permissions=["geolocation"], geolocation=BESANCON) as page:
        called: list[str] = []
        await page.expose_function("called", lambda address: called.append(address))
        await page.add_init_script(
            "addEventListener('click', (event) => {"
            " const link = event.target.closest('a[href^=\"tel:\"]');"
            " if (link) { event.preventDefault(); window.called(link.href); } }, true)"
        )
        await page.goto("/")
        await page.get_by_role("button", name="Loyers impayés").tap()
        await page.wait_for_url("**/chercher?**ici=47.238%2C6.024**")
        number = page.locator(".relay .phone").first
        await expect(number).to_be_in_viewport()
        await expect(page.get_by_text("autour de vous, Besançon (Doubs)")).to_be_visible()
        await number.tap()
        await _until(called)
        assert called == [await number.get_attribute("href")]


async def test_where_someone_is_is_only_asked_for_when_they_wish(browser: Browser, site: str) -> None:
    async with telephone(browser, site) as page:
        await page.goto("/")
        await expect(page.get_by_role("button", name="Autour de moi")).to_have_attribute("aria-pressed", "false")
        await page.get_by_role("button", name="Loyers impayés").tap()
        await page.wait_for_url("**/chercher?**")
        assert "ici=" not in page.url


async def test_a_place_that_is_typed_takes_over(browser: Browser, site: str) -> None:
    async with telephone(browser, site, permissions=["geolocation"], geolocation=BESANCON) as page:
        await page.goto("/")
        near = page.get_by_role("button", name="Autour de moi")
        await expect(near).to_have_attribute("aria-pressed", "true")
        await page.locator("#ou").fill("Nanterre")
        await expect(near).to_have_attribute("aria-pressed", "false")
        await page.get_by_role("button", name="RSA").tap()
        await page.wait_for_url("**/chercher?**")
        assert "ici=" not in page.url
        await expect(page.get_by_text("Nanterre (Hauts-de-Seine)")).to_be_visible()


async def test_a_position_that_comes_late_leaves_what_is_being_typed(browser_page: OpenPage) -> None:
    async with browser_page(own=True) as page:
        await page.add_init_script(
            "navigator.geolocation.getCurrentPosition = (found, lost) => {"
            " window.late = () => found({coords: {latitude: 47.2378, longitude: 6.0241}});"
            " window.never = () => lost({code: 3, PERMISSION_DENIED: 1}); }"
        )
        await page.goto("/")
        near = page.get_by_role("button", name="Autour de moi")
        for come in ("late", "never"):
            await near.click()
            await expect(page.locator("[data-near] [role=status]")).to_have_text("Recherche de votre position…")
            await page.locator("#ou").fill("Nanterre")
            await page.evaluate(f"window.{come}()")
            await expect(page.locator("#ou")).to_have_value("Nanterre")
            await expect(near).to_have_attribute("aria-pressed", "false")
            await expect(page.locator("[name=ici]")).to_be_disabled()
            await expect(page.locator("[data-near] [role=status]")).to_be_empty()
            # The proposals of places hang over the button.
            await page.locator("#ou").press("Escape")
        await near.click()
        await page.evaluate("window.late()")
        await expect(page.locator("[name=ici]")).to_have_value("47.238,6.024")
        await expect(page.locator("#ou")).to_have_value("")


async def test_what_was_retained_and_opened_stays_when_a_filter_applies(browser_page: OpenPage) -> None:
    async with browser_page() as page:
        await page.goto(ANSWER)
        whole = await keys(page)
        await page.goto(f"{ANSWER}&gratuit=1")
        free = await keys(page)
        dropped = next(key for key in whole if key not in free)
        await page.goto(ANSWER)
        for key in (free[0], dropped):
            await page.locator(f'.pick input[value="{key}"]').check()
        opened = page.locator(f'[id="pourquoi-{free[0]}"]')
        await opened.locator("summary").click()
        await page.locator(FREE).check()
        await page.wait_for_url("**gratuit=1**")
        await expect(page.locator("#dit")).to_contain_text("relais")
        await expect(page.locator(f'.pick input[value="{free[0]}"]')).to_be_checked()
        await expect(opened).to_have_attribute("open", "")
        await expect(page.locator(".picks input[type=hidden][name=r]")).to_have_value(dropped)
        await page.get_by_role("link", name="Retirer Gratuit").click()
        await expect(page.locator(f'.pick input[value="{dropped}"]')).to_be_checked()
        await expect(page.locator(".picks input[type=hidden][name=r]")).to_have_count(0)
        await page.get_by_role("button", name="Comparer").click()
        await page.wait_for_url("**/comparer?**")
        await expect(page.get_by_role("columnheader")).to_have_count(2)


async def keys(page: Page) -> list[str]:
    """Those of the relays shown."""
    return [str(await box.get_attribute("value")) for box in await page.locator(".relay input[name=r]").all()]


async def test_without_network_the_numbers_stay_and_no_answer_was_kept(browser_page: OpenPage) -> None:
    async with browser_page(width=380, kept=True) as page:
        await page.goto(ANSWER)
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await page.reload()
        kept = await page.evaluate(
            "caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(cache => cache.keys()))))"
            ".then(all => all.flat().map(request => new URL(request.url).pathname))"
        )
        assert {"/", "/aide", "/hors-ligne"} < set(kept)
        assert [path for path in kept if path.startswith(("/chercher", "/service/", "/organisme/"))] == []
        await page.context.set_offline(True)
        await page.goto(ANSWER)
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes hors connexion")
        await expect(page.locator("a[href='tel:115']")).to_be_visible()
        assert await page.evaluate("getComputedStyle(document.body).fontFamily.includes('Atkinson')")
        await page.goto("/")
        await expect(page.locator("#q")).to_be_visible()
        await page.context.set_offline(False)
        await page.goto(ANSWER)
        await expect(page.locator(".relay").first).to_be_visible()


async def test_on_paper_the_answer_is_a_clean_sheet(browser_page: OpenPage) -> None:
    async with browser_page(width=794) as page:
        await page.goto(f"{MAP}&gratuit=1")
        await page.emulate_media(media="print")
        for gone in (".head", ".question", "#filtres", ".map-view", ".pick", ".picks__bar", ".views"):
            await expect(page.locator(gone).first).to_be_hidden()
        await expect(page.get_by_role("heading", level=1)).to_have_text("« impayés de loyer » à Besançon")
        await expect(page.get_by_text("Imprimé le")).to_be_visible()
        await expect(page.locator(".reasons").first).to_be_visible()
        await expect(page.get_by_label("Filtres choisis")).to_contain_text("Gratuit")
        assert await width_of(page) == 794


async def _until(heard: list[str]) -> None:
    """Wait for the first."""
    for _ in range(2_000):
        if heard:
            return
        await asyncio.sleep(0.05)
