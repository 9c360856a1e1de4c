"""What an issuer, a thief or a careless proxy may send in place of a sign-in: no session, each time."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey

from api.actions.signing_in import LOGGED_OUT
from api.auth.cookie import digest
from api.auth.keys import BadToken, Keys
from api.settings import Settings
from graph.model.account import SigningIn
from graph.model.errors import Unavailable
from graph.store.unit import Graph
from tests.oidc.forger import CLIENT, Forger, app_of, of_provider, signed
from tests.oidc.house import House, house_over, issuers_file, served
from tests.outside import free_port
from tests.web.test_pages import text

TABLE = {
    "label": "Essai",
    "client_id": CLIENT,
    "client_secret": "secret",
    "scope": "openid email siret",
    "siret_claim": "siret",
    "acr_values": ["eidas1"],
    "pkce": False,
}


@pytest.fixture(scope="module")
async def standing(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[House, Forger]]:
    """A site with two issuers: the forger, and another that nobody asks."""
    folder, port = tmp_path_factory.mktemp("forged"), free_port()
    forger = Forger(f"http://127.0.0.1:{port}")
    other = TABLE | {"label": "Autre", "issuer": "https://autre.example"}
    file = issuers_file(folder, {"essai": TABLE | {"issuer": forger.issuer}, "autre": other})
    settings = Settings(data=folder, port=free_port(), issuers=file, pages_per_minute=0)
    async with served(app_of(forger), port), house_over(graph, settings) as house:
        yield house, forger


@pytest.fixture
def forger(standing: tuple[House, Forger]) -> Forger:
    """Honest again."""
    standing[1].reset()
    return standing[1]


@pytest.fixture
async def house(standing: tuple[House, Forger], empty_graph: Graph) -> House:
    """Nobody has signed in yet."""
    body = "CREATE (:Organisation {id: 't:a', name: 'CCAS d’essai', siret: '12345678901234', state: 'published'})"
    await empty_graph.write(lambda unit: unit.run(body))
    return standing[0]


async def begun(client: httpx2.AsyncClient, forger: Forger, back: str = "/aide") -> dict[str, str]:
    """A sign-in as far as the issuer; what the site asked of it, each parameter once."""
    answer = await client.get("/connexion/vers/essai", params={"retour": back})
    assert answer.status_code == 302
    asked = parse_qs(urlsplit(answer.headers["location"]).query)
    assert all(len(values) == 1 for values in asked.values())
    forger.nonce = asked["nonce"][0]
    return {name: values[0] for name, values in asked.items()}


async def back(client: httpx2.AsyncClient, forger: Forger, state: str, **more: str) -> httpx2.Response:
    asked = {"code": "code-1", "state": state, "iss": forger.issuer} | more
    return await client.get("/connexion/retour/essai", params=asked)


async def refused(house: House, answer: httpx2.Response, accounts: int = 0) -> None:
    """No session, no account, no cookie that holds one, and words."""
    assert answer.status_code == 403, answer.text
    assert "Vous n’êtes pas connecté" in text(answer.text)
    assert "maillage=" not in answer.headers.get("set-cookie", "")
    assert (await house.count("Session"), await house.count("Account")) == (0, accounts)


async def test_an_honest_sign_in_opens_one_session(house: House, forger: Forger) -> None:
    async with house.client() as client:
        asked = await begun(client, forger)
        assert asked == {
            "response_type": "code",
            "client_id": CLIENT,
            "redirect_uri": f"{house.address}/connexion/retour/essai",
            "scope": "openid email siret",
            "state": asked["state"],
            "nonce": asked["nonce"],
            "acr_values": "eidas1",
        }
        assert min(len(asked["state"]), len(asked["nonce"])) >= 32
        answer = await back(client, forger, asked["state"])
        assert (answer.status_code, answer.headers["location"]) == (303, "/compte/rejoindre")
        assert (await house.count("Session"), await house.count("Account"), await house.count("SigningIn")) == (1, 1, 0)
        # The secret goes in the body, never as Basic, and only what was asked for is sent.
        assert forger.sent == [
            {
                "grant_type": "authorization_code",
                "code": "code-1",
                "redirect_uri": f"{house.address}/connexion/retour/essai",
                "client_id": CLIENT,
                "client_secret": "secret",
                "authorization": "",
            }
        ]
        assert "Claire Essai" in text((await client.get("/aide")).text)


WRONG: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("alg none", {"signing": "none"}, {}),
    ("a key of someone else", {"signing": "strange"}, {}),
    ("the public key as a secret", {"signing": "hmac"}, {}),
    ("another issuer", {}, {"iss": "https://autre.example"}),
    ("another audience", {}, {"aud": "someone-else"}),
    ("a foreign audience whose azp is ours", {}, {"aud": "someone-else", "azp": CLIENT}),
    ("ours among several, asked for by another", {}, {"aud": [CLIENT, "other"], "azp": "other"}),
    ("ours among several, asked for by nobody", {}, {"aud": [CLIENT, "other"]}),
    ("expired", {}, {"exp": int(time.time()) - 60, "iat": int(time.time()) - 600}),
    ("without an end", {}, {"exp": None}),
    ("another nonce", {}, {"nonce": "n" * 43}),
    ("without a nonce", {}, {"nonce": None}),
    ("without an acr", {}, {"acr": None}),
    ("a lower acr", {}, {"acr": "eidas0"}),
    ("without a subject", {}, {"sub": None}),
    ("an empty subject", {}, {"sub": ""}),
    ("a wrong digest of its access token", {}, {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}),
    ("no ID token", {"gives_id_token": False}, {}),
    ("userinfo of someone else", {"userinfo": {"sub": "paul"}}, {}),
    ("userinfo of nobody", {"userinfo": {"sub": None}}, {}),
    ("signed userinfo with a strange key", {"signs_userinfo": True, "signing": "userinfo"}, {}),
    ("signed userinfo for another", {"signs_userinfo": True, "userinfo": {"aud": "other"}}, {}),
    ("signed userinfo of another issuer", {"signs_userinfo": True, "userinfo": {"iss": "https://autre.example"}}, {}),
    ("an e-mail that is not verified", {"userinfo": {"email_verified": False}}, {}),
    ("an e-mail verified in words", {"userinfo": {"email_verified": "true"}}, {}),
    ("an e-mail of which nothing is said", {"userinfo": {"email_verified": None}}, {}),
    ("a verified word for another mouth's e-mail", {"userinfo": {"email_verified": None}}, {"email_verified": True}),
]


@pytest.mark.parametrize(("how", "change"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
async def test_no_session_comes_of(house: House, forger: Forger, how: dict[str, Any], change: dict[str, Any]) -> None:
    async with house.client() as client:
        asked = await begun(client, forger)
        for name, value in how.items():
            setattr(forger, name, value)
        forger.change = change
        await refused(house, await back(client, forger, asked["state"]))
        assert (await client.get("/compte")).status_code == 303


async def test_no_session_comes_of_a_forged_callback(house: House, forger: Forger) -> None:
    async with house.client() as client:
        asked = await begun(client, forger)
        await refused(house, await back(client, forger, "x" * 43))
        await refused(house, await back(client, forger, ""))
        # Another issuer's door, or its name: the state is spent, and nothing came of it.
        stolen = await client.get("/connexion/retour/autre", params={"code": "c", "state": asked["state"]})
        await refused(house, stolen)
        for iss in ("https://autre.example", ""):
            asked = await begun(client, forger)
            await refused(house, await back(client, forger, asked["state"], iss=iss))
        asked = await begun(client, forger)
        await refused(house, await client.get("/connexion/retour/essai", params={"code": "c", "state": asked["state"]}))
        asked = await begun(client, forger)
        given_up = await back(client, forger, asked["state"], error="access_denied")
        await refused(house, given_up)
        assert forger.used == set()


async def test_a_sign_in_goes_on_in_its_own_browser_alone(house: House, forger: Forger) -> None:
    """Someone who sends her own answer to another's browser would have that one work in her account."""
    async with house.client() as thief, house.client() as victim:
        asked = await begun(thief, forger)
        await refused(house, await back(victim, forger, asked["state"]))
        await begun(victim, forger)
        await refused(house, await back(victim, forger, asked["state"]))
        # It is still there for who began it: nobody can void it from outside.
        asked = await begun(thief, forger)
        await refused(house, await back(victim, forger, asked["state"]))
        assert (await back(thief, forger, asked["state"])).status_code == 303


async def test_a_code_and_a_state_are_good_once(house: House, forger: Forger) -> None:
    async with house.client() as client:
        asked = await begun(client, forger)
        assert (await back(client, forger, asked["state"])).status_code == 303
        again = await back(client, forger, asked["state"])
        assert (again.status_code, "recommencez" in text(again.text)) == (403, True)
        await house.graph.write(lambda unit: unit.run("MATCH (s:Session) DELETE s"))
        asked = await begun(client, forger)
        # The issuer refuses the code that was used.
        await refused(house, await back(client, forger, asked["state"]), accounts=1)


async def test_two_tabs_do_not_void_each_other(house: House, forger: Forger) -> None:
    async with house.client() as client:
        first = await begun(client, forger)
        nonce = forger.nonce
        second = await begun(client, forger)
        assert (await back(client, forger, second["state"])).status_code == 303
        forger.nonce = nonce
        late = await back(client, forger, first["state"], code="code-2")
        assert (late.status_code, "recommencez" in text(late.text)) == (403, True)
        assert await house.count("Session") == 1
        assert (await client.get("/compte")).status_code == 200


async def test_a_sign_in_that_took_too_long_starts_again(house: House, forger: Forger) -> None:
    async with house.client() as client:
        asked = await begun(client, forger)
        await house.graph.write(lambda unit: unit.run("MATCH (f:SigningIn) SET f.until = 1"))
        await refused(house, await back(client, forger, asked["state"]))


@pytest.mark.parametrize("away", ["https://voleur.example", "//voleur.example", "/\\voleur.example", "/connexion"])
async def test_one_is_never_sent_to_another_site(house: House, forger: Forger, away: str) -> None:
    async with house.client() as client:
        for _ in range(2):
            asked = await begun(client, forger, away)
            answer = await back(client, forger, asked["state"], code=f"code-{asked['state']}")
            assert answer.headers["location"] in {"/compte/rejoindre", "/"}


async def test_the_identity_of_an_issuer_is_not_that_of_another(house: House, forger: Forger) -> None:
    async with house.client() as client:
        asked = await begun(client, forger)
        assert (await back(client, forger, asked["state"])).status_code == 303
        async with house.graph.reading() as unit:
            account = await unit.accounts.by_identity(f"{forger.issuer}|claire")
            assert account and account.email == "claire@essai.example"
            assert await unit.accounts.by_identity("https://autre.example|claire") is None


async def test_a_token_signed_on_a_curve_is_as_good(house: House, forger: Forger) -> None:
    async with house.client() as client:
        asked = await begun(client, forger)
        forger.signing, forger.signs_userinfo = "curve", True
        assert (await back(client, forger, asked["state"])).status_code == 303


async def test_a_key_that_is_no_longer_published_is_asked_for_no_more_than_every_half_minute() -> None:
    old, new = (RSAKey.generate_key(2048, {"kid": kid}, private=True) for kid in ("old", "new"))
    published, asked, now = [old], [0], [100.0]

    async def fetch() -> dict[str, Any]:
        asked[0] += 1
        return {"keys": [key.as_dict(private=False) for key in published]}

    def token(key: RSAKey) -> str:
        return signed({"sub": "claire"}, key, kid=key.kid)

    keys = Keys(fetch, lambda: now[0])
    assert (await keys.verified(token(old))).claims == {"sub": "claire"}
    published[:] = [new]
    for _ in range(5):
        with pytest.raises(BadToken):
            await keys.verified(token(new))
    assert asked == [1]
    now[0] += 30
    assert (await keys.verified(token(new))).claims == {"sub": "claire"}
    assert asked == [2]
    # The removed one goes with them.
    with pytest.raises(BadToken):
        await keys.verified(token(old))
    assert asked == [2]
    now[0] += 600
    assert (await keys.verified(token(new))).claims == {"sub": "claire"}
    assert asked == [3]


async def test_a_provider_that_is_away_or_says_no_keys_is_left_in_peace_for_a_while() -> None:
    asked, now = [0], [100.0]
    told: list[Any] = [Unavailable("away")]

    async def fetch() -> Any:
        asked[0] += 1
        if isinstance(told[0], Exception):
            raise told[0]
        return told[0]

    key = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    token = signed({"sub": "claire"}, key, kid="one")
    keys = Keys(fetch, lambda: now[0])
    for _ in range(3):
        with pytest.raises(Unavailable):
            await keys.verified(token)
    assert asked == [1]
    for odd in ({}, {"keys": 3}, {"keys": [3]}, [], None):
        now[0] += 5
        told[:] = [odd]
        with pytest.raises(BadToken):
            await keys.verified(token)
    assert asked == [6]
    now[0] += 5
    told[:] = [{"keys": [key.as_dict(private=False)]}]
    assert (await keys.verified(token)).claims == {"sub": "claire"}
    # Those held are good while it is away, and no longer than they would be otherwise.
    told[:] = [Unavailable("away")]
    now[0] += 599
    assert (await keys.verified(token)).claims == {"sub": "claire"}
    now[0] += 1
    for _ in range(3):
        with pytest.raises(Unavailable):
            await keys.verified(token)
    assert asked == [8]


async def test_the_state_of_a_sign_out_signs_nobody_in(empty_graph: Graph) -> None:
    leaving = SigningIn(id="out", issuer="essai", browser="b", until=10)
    entering = SigningIn(id="in", issuer="essai", browser="b", until=10, nonce="n", verifier="v")

    async def take(id_: str, *, leaving: bool) -> SigningIn | None:
        return await empty_graph.write(lambda unit: unit.signings_in.take(id_, "b", 1, leaving=leaving))

    await empty_graph.write(lambda unit: unit.signings_in.begin(leaving))
    await empty_graph.write(lambda unit: unit.signings_in.begin(entering))
    assert await take("out", leaving=False) is None
    assert await take("in", leaving=True) is None
    assert await take("out", leaving=True) == leaving
    assert await take("in", leaving=False) == entering


BAD_LOGOUTS: list[tuple[str, dict[str, Any]]] = [
    ("another issuer", {"iss": "https://autre.example"}),
    ("another audience", {"aud": "other"}),
    ("too old", {"iat": int(time.time()) - 3600}),
    ("of tomorrow", {"iat": int(time.time()) + 3600}),
    ("expired", {"exp": int(time.time()) - 60}),
    ("no event", {"events": None}),
    ("another event", {"events": {"http://schemas.openid.net/event/other": {}}}),
    ("an ID token", {"nonce": "n"}),
    ("without a number", {"jti": None}),
    ("of nobody", {"sub": None, "sid": None}),
]


async def told(house: House, token: str) -> int:
    async with httpx2.AsyncClient(base_url=house.address) as issuer:
        return (await issuer.post("/connexion/fin/essai", data={"logout_token": token})).status_code


def logout(forger: Forger, **change: Any) -> dict[str, Any]:
    plain = {"nonce": None, "acr": None, "jti": "j1", "events": {LOGGED_OUT: {}}}
    return forger.claims(**(plain | change))


async def test_a_bad_logout_token_ends_nothing_and_a_good_one_ends_once(house: House, forger: Forger) -> None:
    async with house.client() as client:
        asked = await begun(client, forger)
        await back(client, forger, asked["state"])
        for _, change in BAD_LOGOUTS:
            assert await told(house, signed(logout(forger, **change), forger.own)) == 400
        assert await told(house, signed(logout(forger), forger.strange)) == 400
        assert await told(house, "not.a.token") == 400
        assert await told(house, "") == 400
        async with house.graph.reading() as unit:
            session = await unit.sessions.get(digest(client.cookies["maillage"]))
        assert of_provider(session) == ("claire", "there")
        assert (await client.get("/compte")).status_code == 200
        token = signed(logout(forger), forger.own)
        assert await told(house, token) == 200
        assert (await client.get("/compte")).status_code == 303
        assert await house.count("Session") == 0
        # The same again ends nothing: a sign-in that came after stays.
        asked = await begun(client, forger)
        assert (await back(client, forger, asked["state"], code="code-9")).status_code == 303
        assert await told(house, token) == 400
        assert (await client.get("/compte")).status_code == 200
