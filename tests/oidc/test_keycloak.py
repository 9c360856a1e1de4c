"""The same doors before a real Keycloak: `python -m pytest -m keycloak`. Its realm is the one that docs/sign-in.md shows."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from api.settings import Settings
from graph.store.unit import Graph
from tests.neo4j_server import Missing
from tests.oidc.house import SIRET, House, house_over, issuers_file, page_of, prepared, two_bodies
from tests.oidc.keycloak import REALM_FILE, Keycloak, someone
from tests.outside import free_port

SITE_PORT = free_port()
ADDRESS = f"http://127.0.0.1:{SITE_PORT}"
SECRET = "a secret of the tests, and long enough"
PEOPLE = (
    someone("claire", attributes={"siret": [SIRET]}),
    someone("paul"),
    someone("ailleurs", attributes={"siret": ["99999999999999"]}),
    someone("incertaine", emailVerified=False, attributes={"siret": [SIRET]}),
)
keycloak = pytest.mark.keycloak


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    given = Keycloak(tmp_path_factory.mktemp("keycloak"), ADDRESS, SECRET, PEOPLE)
    try:
        given.start()
    except Missing as missing:
        pytest.exit(str(missing), returncode=1)
    yield given
    sys.stderr.write(f"\nKeycloak: ready in {given.seconds:.0f} s, {given.megabytes()} MB\n")
    given.stop()


@asynccontextmanager
async def house_of(graph: Graph, server: Keycloak, folder: Path, level: str) -> AsyncIterator[House]:
    """The site, which wants this level of whoever comes from Keycloak."""
    await two_bodies(graph)
    table = {
        "label": "Keycloak",
        "issuer": server.issuer,
        "client_id": "maillage",
        "client_secret": SECRET,
        "siret_claim": "siret",
        "acr_values": [level],
    }
    file = issuers_file(folder, {"keycloak": table})
    settings = Settings(data=folder, port=SITE_PORT, issuers=file, pages_per_minute=0)
    async with house_over(graph, settings) as house:
        yield house


@pytest.fixture
async def house(empty_graph: Graph, server: Keycloak, tmp_path: Path) -> AsyncIterator[House]:
    async with house_of(empty_graph, server, tmp_path, "eidas1") as house:
        yield house


async def go_in(page: Page, login: str) -> None:
    await page.goto("/aide")
    await page.get_by_role("link", name="Se connecter").click()
    await page.get_by_role("link", name="Keycloak").click()
    await page.locator("input[name=username]").fill(login)
    await page.locator("input[name=password]").fill(login)
    await page.locator("#kc-login").click()
    await page.wait_for_url(f"{ADDRESS}/**")


@keycloak
async def test_in_by_e_mail_and_siret_and_out_of_both(browser: Browser, house: House) -> None:
    await prepared(house, "claire", "t:a")
    async with page_of(browser, house) as page:
        await go_in(page, "claire")
        await expect(page).to_have_url(f"{ADDRESS}/aide")
        await expect(page.locator(".account__name")).to_have_text("Nom préparé")
        await expect(page.locator(".account__for")).to_have_text("CCAS d’essai")
        assert (await house.count("Account"), await house.count("Session"), await house.count("Identity")) == (1, 1, 1)
        await page.locator("details.account > summary").click()
        await page.get_by_role("button", name="Se déconnecter").click()
        await expect(page).to_have_url(re.compile(rf"{ADDRESS}/deconnexion/faite/keycloak\?state=[\w-]+$"))
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté")
        assert await house.count("Session") == 0
        # Its own session has ended too: it asks for the password anew. And the identity is known now.
        await go_in(page, "claire")
        await expect(page.locator(".account__for")).to_have_text("CCAS d’essai")
        assert (await house.count("Account"), await house.count("Session"), await house.count("Identity")) == (1, 1, 1)


@keycloak
async def test_out_at_keycloak_is_out_here(browser: Browser, house: House, server: Keycloak) -> None:
    """By the back channel: this browser tells the site nothing."""
    await prepared(house, "claire", "t:a")
    async with page_of(browser, house) as page:
        await go_in(page, "claire")
        assert await house.count("Session") == 1
        await page.goto(f"{server.issuer}/protocol/openid-connect/logout")
        await page.locator("#kc-logout").click()
        await expect(page.locator("body")).to_contain_text("You are logged out")
        assert await house.count("Session") == 0
        await page.goto("/aide")
        await expect(page.get_by_role("link", name="Se connecter")).to_be_visible()


@keycloak
async def test_someone_without_a_siret_asks_to_join(browser: Browser, house: House) -> None:
    async with page_of(browser, house) as page:
        await go_in(page, "paul")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Rejoindre un organisme")
        assert (await house.count("Account"), await house.count("Membership")) == (1, 0)


@keycloak
@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("ailleurs", "pour un autre établissement"),
        ("incertaine", "ne garantit pas votre adresse électronique"),
    ],
)
async def test_who_is_not_vouched_for_stays_outside(browser: Browser, house: House, login: str, words: str) -> None:
    await prepared(house, login, "t:a")
    async with page_of(browser, house) as page:
        await go_in(page, login)
        await expect(page.get_by_role("alert")).to_contain_text(words)
        assert (await house.count("Session"), await house.count("Identity")) == (0, 0)


@keycloak
async def test_a_level_that_keycloak_lowers_without_a_word_is_refused(
    browser: Browser, empty_graph: Graph, server: Keycloak, tmp_path: Path
) -> None:
    async with house_of(empty_graph, server, tmp_path, "eidas2") as house:
        await prepared(house, "claire", "t:a")
        async with page_of(browser, house) as page:
            await go_in(page, "claire")
            # No error came back: Keycloak sent a code, and a token that says less than was asked for.
            await expect(page).to_have_url(re.compile(rf"{ADDRESS}/connexion/retour/keycloak\?.*\bcode="))
            await expect(page.get_by_role("alert")).to_contain_text("n’a pas pu être vérifiée")
            assert (await house.count("Session"), await house.count("Identity")) == (0, 0)


def test_the_realm_holds_no_key_no_secret_and_nobody() -> None:
    text = REALM_FILE.read_text(encoding="utf-8")
    realm = json.loads(text)
    assert "KeyProvider" not in text
    assert "privateKey" not in text
    assert "users" not in realm
    assert [client["secret"] for client in realm["clients"]] == ["${MAILLAGE_CLIENT_SECRET}"]
