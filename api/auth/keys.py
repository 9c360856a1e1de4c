"""The keys of an identity provider, fetched when they are needed and no more often than it can bear."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from graph.model.errors import Unavailable

# What signs with a key of its own: no "none", and no HMAC, for which a public key would do.
ALGORITHMS: Final = ("RS256", "ES256")
# A key that was removed is taken at most so long; and whoever sends tokens of unknown keys makes us ask no more often.
KEPT_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 30.0
# A provider that does not answer is left in peace for a while, whoever asks.
PAUSE_SECONDS: Final = 5.0
NO_KEYS: Final = (
    "Le fournisseur d’identité ne répond pas en ce moment : rien n’a été lu ni modifié. Réessayez dans un instant."
)
# What a token, or a key set, that is not one makes the library raise.
MALFORMED: Final = (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError)


class BadToken(Exception):
    """A token that is not what it should be; the text is for the journal, and holds nothing of the token."""


class Keys:
    """A provider's key set. `fetch` asks for it, and `clock` tells seconds."""

    def __init__(self, fetch: Callable[[], Awaitable[Any]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: KeySet | None = None
        self._at = -math.inf
        self._next = -math.inf
        self._turn = asyncio.Lock()

    async def verified(self, token: str) -> jwt.Token:
        """The token, signed by one of the provider's keys. Raises BadToken, or whatever `fetch` does."""
        try:
            return self._decoded(token, await self._keys(KEPT_SECONDS))
        except MALFORMED as fault:
            if not isinstance(fault, InvalidKeyIdError):
                raise BadToken(type(fault).__name__) from fault
        try:
            return self._decoded(token, await self._keys(AGAIN_SECONDS))
        except MALFORMED as fault:
            raise BadToken(type(fault).__name__) from fault

    def _decoded(self, token: str, keys: KeySet) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        return jwt.decode(token, keys, algorithms=list(ALGORITHMS), registry=registry)

    async def _keys(self, seconds: float) -> KeySet:
        """The keys, fetched again when those held are older than `seconds`, and no sooner after an attempt than PAUSE_SECONDS.

        While the provider is away those held are good for KEPT_SECONDS, and then none are.
        """
        async with self._turn:
            now = self._clock()
            if now - self._at >= seconds and now >= self._next:
                self._next = now + PAUSE_SECONDS
                told = await self._fetch()
                try:
                    self._held = KeySet.import_key_set(told)
                except MALFORMED as fault:
                    raise BadToken("keys") from fault
                self._at = now
            if self._held is None or now - self._at >= KEPT_SECONDS:
                raise Unavailable(NO_KEYS)
            return self._held
