"""Signing in to the demonstration, the account, the session: over the real site."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import expect
from starlette.requests import Request

from api.settings import Settings
from api.web.forms import came_from, number, split, way_back
from tests import make
from tests.signed import DOOR, sign_in, signed_in, whole
from tests.web.rooms import index_of, site_over
from tests.web.test_browser import listen, violations
from tests.web.test_pages import HTML, get, text
from tests.windows import OpenPage

COOKIE = "maillage"


@pytest.mark.parametrize(
    ("given", "back"),
    [
        ("/mes-fiches?a=1#b", "/mes-fiches?a=1#b"),
        ("/service/demo:x", "/service/demo:x"),
        ("", "/"),
        ("https://voleur.example", "/"),
        ("//voleur.example", "/"),
        ("/\\voleur.example", "/"),
        ("\\/voleur.example", "/"),
        ("/\tvoleur", "/"),
        ("/\nvoleur", "/"),
        ("javascript:alert(1)", "/"),
        ("mes-fiches", "/"),
        ("/connexion?retour=/", "/"),
        ("/deconnexion", "/"),
        (f"/{'a' * 2000}", "/"),
    ],
)
def test_one_returns_to_a_path_of_ours_and_nowhere_else(given: str, back: str) -> None:
    assert way_back(given) == back


def test_a_referer_that_is_no_address_leads_nowhere() -> None:
    for odd in ("http://[x", "http://m.example]/", "\u00e9"):
        headers = [(b"host", b"m.example"), (b"referer", odd.encode("latin-1"))]
        request = Request({"type": "http", "headers": headers})
        assert came_from(request, "/aide") == "/aide"
    assert split("http://[x").path == ""


@pytest.mark.parametrize("odd", ["9" * 13, "9" * 5000, "-1", "١", "²", "", "1.0", "0x1"])
def test_a_number_is_one_that_the_graph_can_hold(odd: str) -> None:
    assert number(odd) is None
    assert number("999999999999") == 999_999_999_999


async def test_the_page_lists_who_may_be_played(client: httpx2.AsyncClient) -> None:
    said = text(await get(client, DOOR))
    for name in ("Claire Monnier", "Philippe Vuillemin", "Agnès Bole", "CCAS de Besançon, CCAS de Pontarlier"):
        assert name in said
    assert "Modérateur" in said


async def test_outside_the_demonstration_there_is_no_such_page(tmp_path: Path) -> None:
    await index_of(tmp_path / "index", [make.listing()])
    async with site_over(Settings(data=tmp_path)) as own:
        assert (await own.get(DOOR)).status_code == 404
        answer = await own.post(DOOR, data={"compte": whole("technique")})
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers
        assert "Se connecter" not in text((await own.get("/")).text)


async def test_a_session_is_an_opaque_cookie_that_scripts_cannot_read(site: str) -> None:
    async with httpx2.AsyncClient(base_url=site, headers=HTML) as own:
        tokens = []
        for _ in range(2):
            answer = await own.post(DOOR, data={"compte": whole("editrice.ccas"), "retour": "/aide"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/aide")
            found = re.fullmatch(
                rf"{COOKIE}=([\w-]{{43}}); HttpOnly; Path=/; SameSite=lax", answer.headers["set-cookie"]
            )
            assert found
            tokens.append(found[1])
        assert tokens[0] != tokens[1]
        # The session that the browser held before has ended with the second sign-in.
        own.cookies.clear()
        first = await own.get("/compte", headers={"cookie": f"{COOKIE}={tokens[0]}"})
        second = await own.get("/compte", headers={"cookie": f"{COOKIE}={tokens[1]}"})
        assert (first.status_code, second.status_code) == (303, 200)
        assert first.headers["location"] == "/connexion?retour=%2Fcompte"


async def test_the_head_says_who_acts_and_for_whom(site: str) -> None:
    async with signed_in(site, "editrice.ccas") as own:
        said = text(await get(own, "/aide"))
        assert "Votre compte : Claire Monnier CCAS de Besançon" in said
        assert "Mes fiches" in said
        assert "Se connecter" not in said
        assert "Sans activité, déconnexion à" in said
    async with signed_in(site, "travailleuse.sociale") as own:
        said = text(await get(own, "/aide"))
        assert "Chloé Hardy Centre médico-social de Planoise" in said
        assert "Membres de l’organisme" not in said
    async with signed_in(site, "administrateur.ccas") as own:
        assert "Membres de l’organisme" in text(await get(own, "/aide"))
    async with signed_in(site, "moderatrice") as own:
        said = text(await get(own, "/aide"))
        assert "Hélène Girardot" in said
        assert "Mes fiches" not in said


async def test_a_visitor_sees_the_door_and_keeps_out_of_the_account(client: httpx2.AsyncClient) -> None:
    said = text(await get(client, "/aide"))
    assert "Se connecter" in said
    assert "Mes fiches" not in said
    for path, method in (("/compte", "GET"), ("/compte/partout", "POST"), ("/compte/organisme", "POST")):
        page = await client.request(method, path, headers=HTML)
        assert (page.status_code, page.headers["location"].partition("?")[0]) == (303, "/connexion")
        told = await client.request(method, path)
        assert (told.status_code, told.json()["code"]) == (401, "not_signed_in")


async def test_signing_out_ends_the_session_and_not_the_cookie_alone(site: str) -> None:
    async with signed_in(site, "editrice.ccas") as own:
        token = own.cookies[COOKIE]
        answer = await own.post("/deconnexion")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert COOKIE not in own.cookies
        held = await own.get("/compte", headers={"cookie": f"{COOKIE}={token}"})
        assert held.status_code == 303


async def test_everywhere_ends_the_sessions_of_every_browser(site: str) -> None:
    async with signed_in(site, "animateur") as one, signed_in(site, "animateur") as other:
        assert [(await own.get("/compte")).status_code for own in (one, other)] == [200, 200]
        assert (await one.post("/compte/partout")).status_code == 303
        assert [(await own.get("/compte")).status_code for own in (one, other)] == [303, 303]


async def test_who_works_for_two_chooses_and_changes(site: str) -> None:
    async with signed_in(site, "deux.maisons") as own:
        answer = await own.post(DOOR, data={"compte": whole("deux.maisons"), "retour": "/aide"})
        assert answer.headers["location"] == "/compte?retour=%2Faide"
        said = text(await get(own, "/compte"))
        assert "Organisme à choisir" in said
        assert "Mes fiches" not in said
        for organisation, name in (("demo:ccas-pontarlier", "CCAS de Pontarlier"), ("demo:ccas-besancon", "Besançon")):
            answer = await own.post("/compte/organisme", data={"organisme": organisation, "retour": "/aide"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/aide")
            said = text(await get(own, "/aide"))
            assert f"Agnès Bole {name}" in said.replace("CCAS de Besançon", "Besançon")
            assert "Mes fiches" in said
        refused = await own.post("/compte/organisme", data={"organisme": "demo:bailleur-loue"})
        assert refused.status_code == 404
        assert "Agnès Bole CCAS de Besançon" in text(await get(own, "/aide"))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://voleur.example"},
        {"origin": "null"},
        {"origin": "https://voleur.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_of_another_site_does_nothing(site: str, headers: dict[str, str]) -> None:
    async with signed_in(site, "editrice.ccas") as own:
        async with httpx2.AsyncClient(base_url=site, headers=HTML, cookies=own.cookies) as thief:
            answer = await thief.post("/deconnexion", headers=headers)
            assert answer.status_code == 403
            assert "Cette demande vient d’un autre site" in text(answer.text)
            assert "set-cookie" not in answer.headers
            login = await thief.post(DOOR, data={"compte": whole("technique")}, headers=headers)
            assert (login.status_code, "set-cookie" in login.headers) == (403, False)
        assert (await own.get("/compte")).status_code == 200


async def test_a_page_that_a_browser_holds_is_not_that_of_someone_else(site: str) -> None:
    async with signed_in(site, "editrice.ccas") as own:
        mine = await own.get("/aide")
        held = {"if-none-match": mine.headers["etag"]}
        async with httpx2.AsyncClient(base_url=site, headers=HTML) as visitor:
            assert (await visitor.get("/aide", headers=held)).status_code == 200
        async with signed_in(site, "bailleur") as other:
            assert (await other.get("/aide", headers=held)).status_code == 200
        assert mine.headers["cache-control"] == "private, no-cache"


async def test_a_session_can_be_prolonged(site: str) -> None:
    async with signed_in(site, "editrice.ccas") as own:
        page = await own.post("/compte/prolonger", headers={"referer": f"{site}/aide?x=1"})
        assert (page.status_code, page.headers["location"]) == (303, "/aide?x=1")
        away = await own.post("/compte/prolonger", headers={"referer": "https://voleur.example/aide"})
        assert (away.status_code, away.headers["location"]) == (303, "/")
        script = await own.post("/compte/prolonger", headers={"accept": "application/json"})
        assert (script.status_code, script.json()) == (200, {"prolonged": True})


async def test_a_form_that_is_no_form_is_refused(site: str) -> None:
    async with signed_in(site, "editrice.ccas") as own:
        for content, kind in ((b"{}", "application/json"), (b"organisme=x", "text/plain")):
            answer = await own.post("/compte/organisme", content=content, headers={"content-type": kind})
            assert answer.status_code == 422
        long = await own.post("/compte/organisme", data={"organisme": "x" * 200_000})
        assert (long.status_code, "dépasse 100 ko" in text(long.text)) == (422, True)


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [("/connexion", 380, "dark"), (DOOR, 1280, "light"), (DOOR, 380, "dark")],
)
async def test_the_door_is_accessible(browser_page: OpenPage, path: str, width: int, scheme: Any) -> None:
    async with browser_page(width=width) as page:
        heard = listen(page)
        await page.emulate_media(color_scheme=scheme)
        await page.goto(path)
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        assert heard == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (380, "dark")])
async def test_the_account_is_accessible_with_its_menu_open(browser_page: OpenPage, width: int, scheme: Any) -> None:
    async with browser_page(width=width) as page:
        heard = listen(page)
        await page.emulate_media(color_scheme=scheme)
        await sign_in(page, "deux.maisons", "/aide")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")
        await page.locator("details.account > summary").click()
        assert await violations(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == width
        await page.get_by_role("button", name="CCAS de Pontarlier", exact=True).click()
        await expect(page.locator(".account__for")).to_have_text("CCAS de Pontarlier")
        await page.locator("details.account > summary").press("Enter")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Escape")
        await expect(page.locator("details.account[open]")).to_have_count(0)
        await expect(page.locator("details.account > summary")).to_be_focused()
        await page.locator("details.account > summary").click()
        await page.get_by_role("button", name="Se déconnecter", exact=True).first.click()
        await expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
        assert heard == []


async def test_one_is_warned_before_the_end_and_stays_with_a_click(browser_page: OpenPage) -> None:
    async with browser_page(own=True) as page:
        await page.clock.install()
        await sign_in(page, "editrice.ccas", "/aide")
        warning = page.locator("[data-session-end]")
        await expect(warning).to_be_hidden()
        await page.clock.fast_forward("26:00")
        await expect(warning).to_contain_text("Sans activité, votre session prend fin à")
        assert await violations(page) == []
        await page.get_by_role("button", name="Rester connecté").click()
        await expect(warning).to_be_hidden()
        await page.clock.fast_forward("31:00")
        await expect(warning).to_contain_text("Votre session a pris fin")
        await expect(page.get_by_role("button", name="Rester connecté")).to_be_hidden()


async def test_without_javascript_one_signs_in_and_out(browser_page: OpenPage) -> None:
    async with browser_page(javascript=False, width=380) as page:
        await page.goto("/aide")
        await page.get_by_role("link", name="Se connecter").click()
        await page.get_by_role("link", name="Comptes de démonstration").click()
        await page.get_by_role("button", name="Se connecter comme Claire Monnier").click()
        # Back where she came from, by the address that her browser told.
        await page.wait_for_url("**/aide")
        await page.locator("details.account > summary").click()
        await expect(page.locator(".account__end")).to_contain_text("Sans activité, déconnexion à")
        await page.get_by_role("button", name="Se déconnecter").click()
        await expect(page.get_by_role("link", name="Se connecter")).to_be_visible()


@pytest.mark.parametrize(
    ("who", "doors"),
    [
        ("editrice.ccas", ["suggestions", "fichiers", "alertes", "correspondant"]),
        ("travailleuse.sociale", ["accueil", "dossiers", "equipe", "rapports", "alertes"]),
        ("responsable.cms", ["accueil", "dossiers", "equipe", "coordination", "rapports", "fichiers", "alertes"]),
        ("moderatrice", ["suggestions", "moderation", "alertes"]),
        (
            "animateur",
            ["coordination", "rapports", "suggestions", "reorganisations", "moderation", "alertes", "alertes"],
        ),
        ("technique", ["alertes"]),
    ],
)
async def test_the_menu_names_what_is_hers_to_do_and_each_door_opens(site: str, who: str, doors: list[str]) -> None:
    async with signed_in(site, who) as client:
        menu = (await client.get("/compte")).text.split('class="account__open"')[1].split("</ul>")[0]
        led = re.findall(r'href="([^"]+)"', menu)
        for address in led:
            assert (await client.get(address)).status_code == 200, address
        named = [address.split("?")[0].rsplit("/", 1)[-1] for address in led]
        assert [one for one in named if one not in ("compte", "membres")] == doors
