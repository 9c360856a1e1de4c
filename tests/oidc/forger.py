"""An issuer that lies: every part of its answers can be made wrong, one at a time, and is signed with a key of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.responses import JSONResponse, RedirectResponse, Response

from graph.model.account import Session

CLIENT = "maillage"


def signed(claims: Mapping[str, Any], key: Any, alg: str = "RS256", **header: Any) -> str:
    """A token signed by `key`."""
    return jwt.encode({"alg": alg, "kid": "k1", **header}, dict(claims), key, algorithms=[alg])


def unsigned(claims: Mapping[str, Any], alg: str = "none") -> str:
    """A token with nothing after its last dot."""

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': alg, 'kid': 'k1', 'typ': 'JWT'})}.{part(claims)}."


def confused(claims: Mapping[str, Any], key: RSAKey) -> str:
    """A token of HS256 whose secret is the text of a public key, as a careless library would take it. Ours would not even
    make one, so this is done by hand.
    """
    text = unsigned(claims, "HS256")[:-1]
    mark = hmac.new(key.as_pem(private=False), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


@dataclass
class Forger:
    """`change` and `userinfo` are laid over what an honest issuer would say; a claim of None is left out."""

    issuer: str
    nonce: str = ""
    change: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    signing: str = "its own"
    signs_userinfo: bool = False
    gives_id_token: bool = True
    used: set[str] = field(default_factory=set)
    sent: list[dict[str, str]] = field(default_factory=list)
    own: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}, private=True))
    strange: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}, private=True))
    curve: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "e1"}, private=True))

    def reset(self) -> None:
        """Honest again, with the same keys."""
        self.nonce, self.signing, self.change, self.userinfo = "", "its own", {}, {}
        self.signs_userinfo, self.gives_id_token = False, True
        self.used.clear()
        self.sent.clear()

    def claims(self, **more: Any) -> dict[str, Any]:
        """Of an ID token."""
        now = int(time.time())
        plain = {
            "iss": self.issuer,
            "sub": "claire",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "acr": "eidas1",
            "sid": "there",
        }
        whole = plain | self.change | more
        return {name: value for name, value in whole.items() if value is not None}

    def id_token(self) -> str:
        """As it is told to sign it."""
        match self.signing:
            case "none":
                return unsigned(self.claims())
            case "strange":
                return signed(self.claims(), self.strange)
            case "hmac":
                return confused(self.claims(), self.own)
            case "curve":
                return jwt.encode({"alg": "ES256", "kid": "e1"}, self.claims(), self.curve, algorithms=["ES256"])
        return signed(self.claims(), self.own)

    def person(self) -> dict[str, Any]:
        """What userinfo says."""
        plain = {
            "sub": "claire",
            "email": "Claire@Essai.example",
            "email_verified": True,
            "given_name": "Claire",
            "usual_name": "Essai",
            "siret": "123 456 789 01234",
        }
        whole = plain | self.userinfo
        return {name: value for name, value in whole.items() if value is not None}


def app_of(forger: Forger) -> FastAPI:
    """Its doors."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def _metadata() -> dict[str, Any]:
        return {
            "issuer": forger.issuer,
            "authorization_endpoint": f"{forger.issuer}/auth",
            "token_endpoint": f"{forger.issuer}/token",
            "userinfo_endpoint": f"{forger.issuer}/userinfo",
            "jwks_uri": f"{forger.issuer}/jwks",
            "end_session_endpoint": f"{forger.issuer}/end",
            "authorization_response_iss_parameter_supported": True,
        }

    @app.get("/auth")
    async def _sign_in(redirect_uri: str, state: str, nonce: str) -> Response:
        """Whoever comes is Claire, and goes back at once."""
        forger.nonce = nonce
        told = urlencode({"code": secrets.token_hex(8), "state": state, "iss": forger.issuer})
        return RedirectResponse(f"{redirect_uri}?{told}", 302)

    @app.get("/jwks")
    async def _keys() -> dict[str, Any]:
        return {"keys": [forger.own.as_dict(private=False), forger.curve.as_dict(private=False)]}

    @app.post("/token")
    async def _token(request: Request) -> Response:
        sent = {str(name): str(value) for name, value in (await request.form()).items()}
        forger.sent.append(sent | {"authorization": request.headers.get("authorization", "")})
        if sent["code"] in forger.used:
            return JSONResponse({"error": "invalid_grant"}, 400)
        forger.used.add(sent["code"])
        given = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60}
        return JSONResponse(given | ({"id_token": forger.id_token()} if forger.gives_id_token else {}))

    @app.get("/userinfo")
    async def _userinfo() -> Response:
        if not forger.signs_userinfo:
            return JSONResponse(forger.person())
        told = {"iss": forger.issuer, "aud": CLIENT} | forger.person()
        return Response(
            signed(told, forger.strange if forger.signing == "userinfo" else forger.own), media_type="application/jwt"
        )

    return app


def of_provider(session: Session | None) -> tuple[str, str]:
    """What a session keeps of its issuer."""
    return (session.sub, session.sid) if session else ("", "")
