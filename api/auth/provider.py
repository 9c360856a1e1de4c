"""One identity provider, spoken to as OpenID Connect says, with nothing left to a library's defaults."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError

from api.auth.cookie import new_token
from api.auth.issuers import Issuer
from api.auth.keys import BadToken, Keys
from graph.model.errors import Unavailable

SECONDS: Final = 10.0
# What a provider says of itself changes when it moves.
METADATA_SECONDS: Final = 3600.0
# Clocks differ by seconds, not by minutes.
LEEWAY: Final = 10
JWT: Final = "application/jwt"
NEEDED: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
AWAY: Final = "{} ne répond pas en ce moment : vous n’êtes pas connecté. Réessayez dans un instant."


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a sign-in under way remembers between the two ends: both are our own 256 bits, and stay on our side but the nonce."""

    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Whom a provider vouches for. `email` is empty unless it is verified."""

    sub: str
    sid: str
    email: str
    name: str
    siret: str
    id_token: str


def new_flow() -> Flow:
    """Secrets of a sign-in, longer than any provider asks for."""
    return Flow(nonce=new_token(), verifier=new_token())


class Provider:
    """One per issuer and process. Its methods raise Unavailable when it does not answer, BadToken when it says what is not so."""

    def __init__(self, issuer: Issuer, redirect_uri: str) -> None:
        self.issuer = issuer
        self._redirect_uri = redirect_uri
        self._metadata: Mapping[str, Any] = {}
        self._read_at = 0.0
        self._turn = asyncio.Lock()
        self.keys = Keys(self._fetch_keys, time.monotonic)

    async def authorization_url(self, state: str, flow: Flow) -> str:
        """Where the browser goes to sign in. Parameters that ours did not ask for are not sent: ProConnect refuses them."""
        metadata = await self._known()
        more: dict[str, str] = {"nonce": flow.nonce}
        if self.issuer.acr_values:
            more["acr_values"] = " ".join(self.issuer.acr_values)
        verifier = flow.verifier if self.issuer.pkce else None
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, code_verifier=verifier, **more
            )
        return url

    async def vouched(self, code: str, iss: str | None, flow: Flow) -> Vouched:
        """Whom this code stands for. `iss` is the issuer that the callback named, if it did."""
        metadata = await self._known()
        if iss is None and metadata.get("authorization_response_iss_parameter_supported"):
            raise BadToken("iss_missing")
        if iss is not None and iss != self.issuer.issuer:
            raise BadToken("iss_of_callback")
        more = {"code_verifier": flow.verifier} if self.issuer.pkce else {}
        try:
            async with self._client() as client:
                tokens: Mapping[str, Any] = await client.fetch_token(
                    metadata["token_endpoint"], grant_type="authorization_code", code=code, **more
                )
        except httpx2.HTTPError as fault:
            raise Unavailable(AWAY.format(self.issuer.label)) from fault
        except (AuthlibBaseError, ValueError) as fault:
            # A code that was used before, or is someone else's.
            raise BadToken("code") from fault
        id_token = tokens.get("id_token")
        if not isinstance(id_token, str) or not id_token:
            raise BadToken("id_token_missing")
        claims = await self._id_token(id_token, str(tokens.get("access_token") or ""), flow.nonce)
        return self._person(
            await self._userinfo(str(tokens.get("access_token") or ""), claims["sub"]), claims, id_token
        )

    async def _id_token(self, id_token: str, access_token: str, nonce: str) -> dict[str, Any]:
        if not nonce:
            # The library checks none then.
            raise BadToken("nonce")
        token = await self.keys.verified(id_token)
        ours = self.issuer.client_id
        options: Any = {"iss": {"essential": True, "value": self.issuer.issuer}, "exp": {"essential": True}}
        params = {"nonce": nonce, "client_id": ours, "access_token": access_token}
        try:
            CodeIDToken(token.claims, token.header, options, params).validate(leeway=LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, TypeError) as fault:
            raise BadToken(f"id_token: {type(fault).__name__}") from fault
        # The library takes a foreign audience whose `azp` is ours.
        check_audience(token.claims, ours)
        if not isinstance(token.claims["sub"], str) or not token.claims["sub"]:
            raise BadToken("sub")
        # A provider that cannot give the level asked for may give a lower one without a word.
        if self.issuer.acr_values and token.claims.get("acr") not in self.issuer.acr_values:
            raise BadToken("acr")
        return dict(token.claims)

    async def _userinfo(self, access_token: str, sub: str) -> dict[str, Any]:
        endpoint = (await self._known()).get("userinfo_endpoint")
        if not endpoint or not access_token:
            return {}
        answer = await self._get(endpoint, {"authorization": f"Bearer {access_token}"})
        if answer.headers.get("content-type", "").partition(";")[0].strip().lower() == JWT:
            token = await self.keys.verified(answer.text)
            told: Any = token.claims
            check_audience(told, self.issuer.client_id)
            if told.get("iss") != self.issuer.issuer:
                raise BadToken("userinfo_iss")
            if isinstance(told.get("exp"), int | float) and told["exp"] + LEEWAY <= time.time():
                raise BadToken("userinfo_exp")
        elif self.issuer.signed_userinfo:
            raise BadToken("userinfo_unsigned")
        else:
            told = _json(answer)
        if told.get("sub") != sub:
            raise BadToken("userinfo_sub")
        return dict(told)

    def _person(self, info: Mapping[str, Any], claims: Mapping[str, Any], id_token: str) -> Vouched:
        def text(claim: str) -> str:
            value = info.get(claim, claims.get(claim))
            return value if isinstance(value, str) else ""

        # An address and the word that it is verified come from one mouth.
        source = info if "email" in info else claims
        silent = "email_verified" not in source and self.issuer.vouches_for_email
        email = source.get("email") if source.get("email_verified") is True or silent else ""
        given = " ".join(part for part in (text("given_name"), text("usual_name") or text("family_name")) if part)
        return Vouched(
            sub=claims["sub"],
            sid=str(claims.get("sid") or ""),
            email=email if isinstance(email, str) else "",
            name=(given or text("name"))[:200],
            siret=text(self.issuer.siret_claim) if self.issuer.siret_claim else "",
            id_token=id_token,
        )

    async def logout_url(self, id_token: str, back: str, state: str) -> str:
        """Where the browser goes to end the provider's own session; empty where it has no such place."""
        endpoint = (await self._known()).get("end_session_endpoint")
        if not endpoint:
            return ""
        asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "state": state}
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def _client(self) -> Any:
        # Basic and 60 seconds of leeway, which burns short tokens at birth, are the library's defaults.
        return AsyncOAuth2Client(
            client_id=self.issuer.client_id,
            client_secret=self.issuer.client_secret,
            token_endpoint_auth_method="client_secret_post",  # noqa: S106 - a way, not a secret
            code_challenge_method="S256",
            scope=self.issuer.scope,
            redirect_uri=self._redirect_uri,
            leeway=5,
            timeout=SECONDS,
            trust_env=False,
        )

    async def _known(self) -> Mapping[str, Any]:
        """What the provider says of itself."""
        async with self._turn:
            if not self._metadata or time.monotonic() - self._read_at >= METADATA_SECONDS:
                told = _json(await self._get(f"{self.issuer.issuer.rstrip('/')}/.well-known/openid-configuration"))
                if told.get("issuer") != self.issuer.issuer or not all(isinstance(told.get(n), str) for n in NEEDED):
                    raise BadToken("metadata")
                self._metadata, self._read_at = told, time.monotonic()
            return self._metadata

    async def _fetch_keys(self) -> Any:
        return _json(await self._get((await self._known())["jwks_uri"]))

    async def _get(self, url: str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        try:
            async with httpx2.AsyncClient(timeout=SECONDS, trust_env=False) as client:
                answer = await client.get(url, headers=dict(headers or {}))
                answer.raise_for_status()
        except httpx2.HTTPError as fault:
            raise Unavailable(AWAY.format(self.issuer.label)) from fault
        return answer


def check_audience(claims: Mapping[str, Any], ours: str) -> None:
    """Raises BadToken unless the token was made for us, and for nobody else without saying by whom it was asked for."""
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    if ours not in several or (len(several) > 1 and claims.get("azp") != ours):
        raise BadToken("aud")


def _json(answer: httpx2.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError as fault:
        raise BadToken("json") from fault
    if not isinstance(told, dict):
        raise BadToken("json")
    return told
