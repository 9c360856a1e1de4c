"""Signing in at a real OpenID provider, through the browser: first time, second time, out from either side."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from api.settings import Settings
from graph.model.account import MembershipState
from graph.store.unit import Graph
from tests.oidc.house import SIRET, House, house_over, issuers_file, page_of, prepared, two_bodies
from tests.oidc.provider import Missing, OpenIdProvider
from tests.outside import free_port
from tests.web.test_browser import violations

SITE_PORT = free_port()
ADDRESS = f"http://127.0.0.1:{SITE_PORT}"


def person(sub: str, **values: Any) -> dict[str, Any]:
    plain = {
        "sub": sub,
        "email": f"{sub}@essai.example",
        "email_verified": True,
        "given_name": sub.capitalize(),
        "usual_name": "Essai",
        "siret": SIRET,
        "acr": "eidas1",
    }
    return plain | values


PEOPLE = (
    person("claire"),
    person("paul"),
    person("ailleurs", siret="99999999999999"),
    person("faible", acr="eidas2"),
    person("incertaine", email_verified=False),
)


def client(name: str, **values: Any) -> dict[str, Any]:
    plain = {
        "client_id": f"maillage-{name}",
        "client_secret": "a secret of the tests, and long enough",
        "token_endpoint_auth_method": "client_secret_post",
        "redirect_uris": [f"{ADDRESS}/connexion/retour/{name}"],
        "post_logout_redirect_uris": [f"{ADDRESS}/deconnexion/faite/{name}"],
        "backchannel_logout_uri": f"{ADDRESS}/connexion/fin/{name}",
        "backchannel_logout_session_required": True,
    }
    return plain | values


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    """One client as ProConnect has them: signed userinfo, no PKCE, a level that is asked for."""
    given = OpenIdProvider(
        tmp_path_factory.mktemp("provider"), PEOPLE, [client("proconnect", userinfo_signed_response_alg="RS256")]
    )
    try:
        given.start()
    except Missing as missing:
        pytest.exit(str(missing), returncode=1)
    yield given
    given.stop()


@pytest.fixture
async def house(empty_graph: Graph, provider: OpenIdProvider, tmp_path: Path) -> AsyncIterator[House]:
    await two_bodies(empty_graph)
    table = {
        "label": "ProConnect",
        "issuer": provider.issuer,
        "client_id": "maillage-proconnect",
        "client_secret": "a secret of the tests, and long enough",
        "scope": "openid email profile siret",
        "siret_claim": "siret",
        "acr_values": ["eidas1"],
        "signed_userinfo": True,
        "pkce": False,
    }
    file = issuers_file(tmp_path, {"proconnect": table})
    settings = Settings(data=tmp_path, port=SITE_PORT, issuers=file, pages_per_minute=0)
    async with house_over(empty_graph, settings) as house:
        yield house


async def go_in(page: Page, login: str, back: str = "/aide") -> None:
    await page.goto(back)
    await page.get_by_role("link", name="Se connecter").click()
    await page.get_by_role("link", name="ProConnect").click()
    await page.locator("input[name=login]").fill(login)
    await page.get_by_role("button", name="Entrer").click()
    await page.wait_for_url(f"{ADDRESS}/**")


async def test_who_was_prepared_is_at_once_where_she_works(browser: Browser, house: House) -> None:
    await prepared(house, "claire", "t:a")
    async with page_of(browser, house) as page:
        await go_in(page, "claire")
        await expect(page).to_have_url(f"{ADDRESS}/aide")
        await expect(page.locator(".account__name")).to_have_text("Nom préparé")
        await expect(page.locator(".account__for")).to_have_text("CCAS d’essai")
        assert (await house.count("Account"), await house.count("Session")) == (1, 1)
        # Out: here at once, then at the provider, which says so by both roads.
        await page.locator("details.account > summary").click()
        await page.get_by_role("button", name="Se déconnecter").click()
        await page.get_by_role("button", name="Oui").click()
        await expect(page).to_have_url(re.compile(rf"{ADDRESS}/deconnexion/faite/proconnect\?state=[\w-]+$"))
        await expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté")
        assert await violations(page) == []
        assert await house.count("Session") == 0
        # And again, by the identity now: the provider asks for the login anew, for its session has ended too.
        await go_in(page, "claire")
        await expect(page.locator(".account__for")).to_have_text("CCAS d’essai")
        assert (await house.count("Account"), await house.count("Identity")) == (1, 1)


async def test_the_provider_ends_the_sessions_of_other_browsers(browser: Browser, house: House) -> None:
    await prepared(house, "claire", "t:a")
    async with page_of(browser, house) as page:
        await go_in(page, "claire")
        assert await house.count("Session") == 1
        # Out at the provider itself, not here.
        issuer = next(iter(house.app.state.providers.values())).issuer.issuer
        await page.goto(f"{issuer}/session/end")
        await page.get_by_role("button", name="Oui").click()
        await expect(page.locator("body")).to_contain_text("Sign-out Success")
        await page.goto("/aide")
        await expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
        assert await house.count("Session") == 0


async def test_a_stranger_asks_to_join_and_is_let_in_by_the_administrator(browser: Browser, house: House) -> None:
    await prepared(house, "claire", "t:a")
    async with page_of(browser, house) as stranger, page_of(browser, house) as administrator:
        await go_in(stranger, "paul")
        await expect(stranger.get_by_role("heading", level=1)).to_have_text("Rejoindre un organisme")
        assert await violations(stranger) == []
        await stranger.get_by_label("Nom de l’organisme").fill("CCAS")
        await stranger.get_by_role("button", name="Chercher", exact=True).last.click()
        await stranger.get_by_role("button", name="Demander à rejoindre").click()
        await expect(stranger.get_by_text("Votre demande pour rejoindre")).to_be_visible()
        members = "/organisme/t:a/membres"
        answer = await stranger.goto(members)
        assert answer and answer.status == 404

        await go_in(administrator, "claire", "/aide")
        await administrator.goto(members)
        await expect(administrator.get_by_role("heading", name="Paul Essai")).to_be_visible()
        await administrator.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert await violations(administrator) == []
        assert await administrator.evaluate("document.documentElement.scrollWidth") == 380
        await administrator.get_by_label("Gestionnaire de fiche").first.check()
        await administrator.get_by_role("button", name="Accepter Paul Essai").click()
        await expect(administrator.get_by_text("Aucune demande en attente.")).to_be_visible()

        # On her next call, without signing in again.
        await stranger.goto("/aide")
        await expect(stranger.locator(".account__for")).to_have_text("CCAS d’essai")
        await expect(stranger.get_by_role("link", name="Mes fiches")).to_be_visible()
        await administrator.locator("article:has-text('Paul Essai') summary").click()
        await administrator.get_by_role("button", name="Ne travaille plus ici").last.click()
        await stranger.goto("/aide")
        await expect(stranger.locator(".account__for")).to_have_count(0)
        await expect(stranger.get_by_role("link", name="Mes fiches")).to_have_count(0)
    async with house.graph.reading() as unit:
        states = {account.name: one.state for one, account in await unit.accounts.members("t:a")}
    assert states == {"Nom préparé": MembershipState.ACTIVE, "Paul Essai": MembershipState.ENDED}


@pytest.mark.parametrize(
    ("login", "words"),
    [
        ("faible", "n’a pas pu être vérifiée"),
        ("incertaine", "ne garantit pas votre adresse électronique"),
        ("inconnu", "Vous avez quitté la page de connexion"),
    ],
)
async def test_who_is_not_vouched_for_stays_outside(browser: Browser, house: House, login: str, words: str) -> None:
    async with page_of(browser, house) as page:
        await go_in(page, login)
        await expect(page.get_by_role("alert")).to_contain_text(words)
        await expect(page.get_by_role("link", name="Recommencer avec ProConnect")).to_be_visible()
        assert await violations(page) == []
        assert (await house.count("Session"), await house.count("Account")) == (0, 0)


async def test_a_known_address_of_another_establishment_does_not_open_the_account(
    browser: Browser, house: House
) -> None:
    await prepared(house, "ailleurs", "t:a")
    async with page_of(browser, house) as page:
        await go_in(page, "ailleurs")
        await expect(page.get_by_role("alert")).to_contain_text("pour un autre établissement")
        assert (await house.count("Session"), await house.count("Identity")) == (0, 0)


async def test_a_closed_account_stays_closed(browser: Browser, house: House) -> None:
    await prepared(house, "claire", "t:a", active=False)
    async with page_of(browser, house) as page:
        await go_in(page, "claire")
        await expect(page.get_by_role("alert")).to_contain_text("Ce compte a été fermé")
        assert (await house.count("Session"), await house.count("Identity")) == (0, 0)
