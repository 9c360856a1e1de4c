"""The keys of an identity provider, fetched when they are needed and no more often than it can bear."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

# What signs with a key of its own: no "none", and no HMAC, for which a public key would do.
ALGORITHMS: Final = ("RS256", "ES256")
# A key that was removed is taken at most so long; and whoever sends tokens of unknown keys makes us ask no more often.
KEPT_SECONDS: Final = 600.0
AGAIN_SECONDS: Final = 30.0


class BadToken(Exception):
    """A token that is not what it should be; the text is for the journal, and holds nothing of the token."""


class Keys:
    """A provider's key set. `fetch` asks for it, and `clock` tells seconds."""

    def __init__(self, fetch: Callable[[], Awaitable[Any]], clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: KeySet | None = None
        self._at = 0.0
        self._turn = asyncio.Lock()

    async def verified(self, token: str) -> jwt.Token:
        """The token, signed by one of the provider's keys. Raises BadToken, or whatever `fetch` does."""
        try:
            return self._decoded(token, await self._keys(KEPT_SECONDS))
        except (InvalidKeyIdError, JoseError, ValueError) as fault:
            if not isinstance(fault, InvalidKeyIdError):
                raise BadToken(type(fault).__name__) from fault
        try:
            return self._decoded(token, await self._keys(AGAIN_SECONDS))
        except (JoseError, ValueError) as fault:
            raise BadToken(type(fault).__name__) from fault

    def _decoded(self, token: str, keys: KeySet) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        return jwt.decode(token, keys, algorithms=list(ALGORITHMS), registry=registry)

    async def _keys(self, seconds: float) -> KeySet:
        """The keys, fetched again when those held are older than `seconds`."""
        async with self._turn:
            if self._held is None or self._clock() - self._at >= seconds:
                self._held = KeySet.import_key_set(await self._fetch())
                self._at = self._clock()
            return self._held
