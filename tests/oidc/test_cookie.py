"""The session's cookie as a real browser keeps it, over TLS: `__Host-`, for this host alone, out of reach of scripts."""

from __future__ import annotations

import ssl
from pathlib import Path

from playwright.async_api import Browser, expect

from api.settings import Settings
from graph.store.unit import Graph
from tests.oidc.forger import CLIENT, Forger, app_of
from tests.oidc.house import house_over, issuers_file, prepared, served, two_bodies
from tests.outside import Line, certificate, free_port

COOKIE = "__Host-maillage"


def context(folder: Path) -> ssl.SSLContext:
    """The end of TLS, as a proxy before the site has it."""
    public, private = folder / "public.crt", folder / "private.key"
    certificate(public, private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context


async def test_a_browser_keeps_the_cookie_over_tls_and_forgets_it(
    browser: Browser, empty_graph: Graph, tmp_path: Path
) -> None:
    await two_bodies(empty_graph)
    forger = Forger(f"http://127.0.0.1:{free_port()}")
    port = free_port()
    async with served(app_of(forger), int(forger.issuer.rpartition(":")[2])), Line(port, context(tmp_path)) as line:
        address = f"https://127.0.0.1:{line.port}"
        table = {"label": "Essai", "issuer": forger.issuer, "client_id": CLIENT, "client_secret": "s", "pkce": False}
        settings = Settings(
            data=tmp_path,
            port=port,
            site=address,
            issuers=issuers_file(tmp_path, {"essai": table}),
            pages_per_minute=0,
        )
        forger.userinfo = {"email": "claire@essai.example"}
        async with house_over(empty_graph, settings) as house:
            await prepared(house, "claire", "t:a")
            # Our certificate signs itself.
            there = await browser.new_context(base_url=address, ignore_https_errors=True, locale="fr-FR")
            try:
                page = await there.new_page()
                await page.goto("/aide")
                await page.get_by_role("link", name="Se connecter").click()
                await page.get_by_role("link", name="Essai").click()
                await expect(page).to_have_url(f"{address}/aide")
                await expect(page.locator(".account__for")).to_have_text("CCAS d’essai")
                (cookie,) = await there.cookies(address)
                held = {name: cookie.get(name) for name in ("name", "domain", "path", "secure", "httpOnly", "sameSite")}
                assert held == {
                    "name": COOKIE,
                    "domain": "127.0.0.1",
                    "path": "/",
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
                assert cookie.get("expires") == -1
                assert await page.evaluate("document.cookie") == ""
                # The same token under the plain name, as another port of this host could set it, opens nothing.
                token = cookie.get("value", "")
                await there.clear_cookies()
                await there.add_cookies([{"name": "maillage", "value": token, "url": address}])
                await page.goto("/aide")
                await expect(page.get_by_role("link", name="Se connecter")).to_be_visible()
                await there.clear_cookies()
                await there.add_cookies([{"name": COOKIE, "value": token, "url": address, "secure": True}])
                await page.goto("/aide")
                await page.locator("details.account > summary").click()
                async with page.expect_response(f"{address}/deconnexion"):
                    await page.get_by_role("button", name="Se déconnecter").click()
                assert COOKIE not in [one.get("name") for one in await there.cookies(address)]
                assert await house.count("Session") == 0
            finally:
                await there.close()
