"""How often one caller may come, and who a caller is: no engine is needed to know."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.responses import JSONResponse
from starlette.types import Scope

from api.callers import Callers
from api.gateway import Gateway
from api.rates import Ledger, Rates
from api.settings import Settings
from api.web.refusals import install_refusals
from graph.model.errors import TooOften

PEER, PROXY = "198.51.100.7", "10.0.0.1"


def scope(peer: str | None, *forwarded: str) -> Scope:
    headers = [(b"x-forwarded-for", text.encode()) for text in forwarded]
    return {"type": "http", "client": (peer, 4_000) if peer else None, "headers": headers}


@pytest.mark.parametrize(
    ("peer", "forwarded", "name"),
    [
        (PEER, (), PEER),
        # Anyone may write the header; only a proxy of ours is believed.
        (PEER, ("203.0.113.9",), PEER),
        (PROXY, ("203.0.113.9",), "203.0.113.9"),
        (PROXY, (), PROXY),
        (PROXY, ("",), PROXY),
        # Each proxy adds at the end: what stands before the first stranger may be made up.
        (PROXY, ("6.6.6.6, 203.0.113.9",), "203.0.113.9"),
        (PROXY, ("6.6.6.6", "203.0.113.9, 10.1.2.3"), "203.0.113.9"),
        (PROXY, ("6.6.6.6, nonsense",), PROXY),
        (PROXY, ("nonsense, 203.0.113.9",), "203.0.113.9"),
        (PROXY, ("203.0.113.9:5123",), "203.0.113.9"),
        (PROXY, ("[2001:db8:1:2:3:4:5:6]:5123",), "2001:db8:1:2::/64"),
        (PROXY, (", ".join(["203.0.113.9", *["10.0.0.2"] * 40]),), "10.0.0.2"),
        ("2001:db8:1:2:3:4:5:6", (), "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", (), "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", (), "2001:db8:1:3::/64"),
        ("fe80::1%eth0", (), "fe80::/64"),
        ("::ffff:198.51.100.7", (), PEER),
        ("::ffff:10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("a socket", (), "?"),
        (None, ("203.0.113.9",), "?"),
    ],
)
def test_who_calls(peer: str | None, forwarded: tuple[str, ...], name: str) -> None:
    assert Callers(("10.0.0.0/8",)).name(scope(peer, *forwarded)) == name


def test_a_window_holds_so_much_and_what_is_refused_is_not_counted() -> None:
    rates = Rates(pages=0, requests=3, points=100)
    rates.spend(rates.points, "a", 60)
    with pytest.raises(TooOften, match="Réessayez dans 60 s") as refused:
        rates.spend(rates.points, "a", 41)
    assert refused.value.seconds == 60
    rates.spend(rates.points, "a", 40)
    rates.spend(rates.points, "b", 100)
    for _ in range(3):
        rates.spend(rates.requests, "a")
    with pytest.raises(TooOften):
        rates.spend(rates.requests, "a")
    assert rates.headers("a", rates.pages, rates.requests, rates.points) == {
        "RateLimit-Policy": '"requests";q=3;w=60, "points";q=100;w=60',
        "RateLimit": '"requests";r=0;t=60, "points";r=0;t=60',
    }
    assert rates.headers("c", rates.points)["RateLimit"] == '"points";r=100;t=60'


def test_zero_is_no_limit() -> None:
    rates = Rates(pages=0, requests=0, points=0)
    for _ in range(1_000):
        rates.spend(rates.points, "a", 1_000_000)
    assert len(rates.ledger) == 0
    assert rates.headers("a", rates.points) == {}


def test_a_window_ends() -> None:
    ledger = Ledger()
    assert ledger.incr("short", expiry=0, amount=5) == 5
    assert ledger.get("short") == 0
    assert (ledger.incr("long", 60), ledger.incr("long", 60, 2), ledger.get("long")) == (1, 3, 3)
    assert len(ledger) == 1


def test_a_flood_of_addresses_takes_no_more_memory() -> None:
    rates = Rates(pages=0, requests=10, points=0, most=500)
    for number in range(20_000):
        rates.spend(rates.requests, f"2001:db8:0:{number:x}::/64")
        assert len(rates.ledger) <= 500
    # Whoever came last is still counted.
    assert rates.headers(f"2001:db8:0:{19_999:x}::/64", rates.requests)["RateLimit"] == '"requests";r=9;t=60'


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("TRUSTED_PROXIES", "10.0.0.0/8, ::1", ("10.0.0.0/8", "::1")),
        ("TRUSTED_PROXIES", " ", ()),
        ("HOSTS", "maillage.example.fr [::1]", ("maillage.example.fr", "[::1]")),
    ],
)
def test_lists_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, read: tuple[str, ...]
) -> None:
    monkeypatch.setenv(f"MAILLAGE_{name}", given)
    assert getattr(Settings(), name.lower()) == read


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("TRUSTED_PROXIES", "10.0.0.1/8", "« 10.0.0.1/8 » n’est ni une adresse ni un réseau"),
        ("TRUSTED_PROXIES", "proxy.example", "n’est ni une adresse ni un réseau"),
        ("HOSTS", "https://maillage.example.fr", "n’est pas un nom de site"),
        ("HOSTS", "maillage.example.fr:8000", "n’est pas un nom de site"),
    ],
)
def test_lists_that_cannot_be_read_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str, told: str
) -> None:
    monkeypatch.setenv(f"MAILLAGE_{name}", given)
    with pytest.raises(ValidationError, match=told):
        Settings()


@asynccontextmanager
async def gateway(**settings: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """Three addresses behind a gateway of these settings."""
    app = FastAPI(openapi_url=None)
    app.state.settings = Settings(**settings)

    async def well() -> JSONResponse:
        return JSONResponse("bien")

    for path in ("/chercher", "/static/a.css", "/graphql/static/a.js", "/health", "/ready", "/metrics"):
        app.add_api_route(path, well)
    install_refusals(app)

    behind = Gateway(app, app.state.settings)

    async def site(scope: Scope, receive: Any, send: Any) -> None:
        # The framework names itself before its layers run.
        await behind({**scope, "app": app}, receive, send)

    transport = httpx2.ASGITransport(app=site, client=(PROXY, 4_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://maillage.example") as client:
        yield client


async def test_pages_have_their_limit_files_and_watchers_none() -> None:
    async with gateway(pages_per_minute=2, trusted_proxies="10.0.0.0/8") as client:
        for _ in range(2):
            assert (await client.get("/chercher")).status_code == 200
        page = await client.get("/chercher", headers={"accept": "text/html"})
        assert (page.status_code, page.headers["retry-after"]) == (429, "60")
        assert "Trop de demandes en peu de temps depuis votre connexion." in page.text
        assert "<h1" in page.text
        data = await client.get("/chercher")
        assert (data.status_code, data.json()["code"]) == (429, "too_often")
        for path in ("/static/a.css", "/graphql/static/a.js", "/health", "/ready", "/metrics"):
            assert (await client.get(path)).status_code == 200
        # Addresses that lead nowhere are counted too; who comes through the proxy is counted apart.
        assert (await client.get("/rien")).status_code == 429
        other = {"x-forwarded-for": "203.0.113.9"}
        assert (await client.get("/rien", headers=other)).status_code == 404


async def test_a_hundred_at_once_are_counted_one_by_one() -> None:
    async with gateway(pages_per_minute=30) as client:
        answers = await asyncio.gather(*(client.get("/chercher") for _ in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 30 + [429] * 70


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("maillage.example.fr", 200),
        ("MAILLAGE.example.fr:8000", 200),
        ("[::1]:8000", 200),
        ("ailleurs.example", 421),
        ("maillage.example.fr.ailleurs.example", 421),
        ("maillage.example.fr:x", 421),
        ("", 421),
    ],
)
async def test_the_site_answers_under_its_names_only(host: str, status: int) -> None:
    async with gateway(hosts="maillage.example.fr [::1]") as client:
        answer = await client.get("/chercher", headers={"host": host})
        assert answer.status_code == status
        assert answer.json() == "bien" if status == 200 else answer.json()["code"] == "not_found"
        # Whoever watches the site knows it by its address.
        for path in ("/health", "/ready", "/ready?all=1", "/metrics"):
            assert (await client.get(path, headers={"host": host})).status_code == 200
