"""Sign-ins under way, and what may be used once only. Kept on our side: the browser holds what points to it, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, LiteralString

from graph.model.account import SigningIn

if TYPE_CHECKING:
    from graph.store.unit import Unit

SWEPT_AT_ONCE: Final = 500

BEGIN: Final[LiteralString] = """
CREATE (f:SigningIn {id: $id, issuer: $issuer, browser: $browser, nonce: $nonce, verifier: $verifier, back: $back,
                     idToken: $token, until: $until})
"""
# Lock first (the SET), then read: a code that comes twice at once is taken once.
LOCK: Final[LiteralString] = """
MATCH (f:SigningIn {id: $id}) SET f.locked = true
WITH f
RETURN f{.*} AS flow
"""
END: Final[LiteralString] = "MATCH (f:SigningIn {id: $id}) DELETE f"
USE: Final[LiteralString] = "CREATE (u:UsedOnce {id: $id, until: $until})"
USED: Final[LiteralString] = "MATCH (u:UsedOnce {id: $id}) RETURN u.id AS id"
OLD_FLOWS: Final[LiteralString] = """
MATCH (f:SigningIn) WHERE f.until <= $now
WITH f ORDER BY f.id LIMIT $most
DELETE f
RETURN count(*) AS swept
"""
OLD_USES: Final[LiteralString] = """
MATCH (u:UsedOnce) WHERE u.until <= $now
WITH u ORDER BY u.id LIMIT $most
DELETE u
RETURN count(*) AS swept
"""


class SigningsIn:
    """Sign-ins under way within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def begin(self, flow: SigningIn) -> None:
        """Remember one."""
        await self._unit.run(
            BEGIN,
            id=flow.id,
            issuer=flow.issuer,
            browser=flow.browser,
            nonce=flow.nonce,
            verifier=flow.verifier,
            back=flow.back,
            token=flow.id_token,
            until=flow.until,
        )

    async def take(self, id_: str, browser: str, now: int, *, leaving: bool = False) -> SigningIn | None:
        """Take it, once: None when there is none, it is too late, or it was begun in another browser, where it goes on; or when
        it was begun to sign out and is taken to sign in, or the other way round. Who signs in has a nonce, who leaves has none.
        """
        rows = await self._unit.run(LOCK, id=id_)
        if not rows:
            return None
        node = rows[0]["flow"]
        if node["browser"] != browser or node["until"] <= now or bool(node["nonce"]) is leaving:
            return None
        await self._unit.run(END, id=id_)
        return SigningIn(
            id=node["id"],
            issuer=node["issuer"],
            browser=node["browser"],
            nonce=node["nonce"],
            verifier=node["verifier"],
            back=node["back"],
            id_token=node["idToken"],
            until=node["until"],
        )

    async def use(self, id_: str, until: int) -> bool:
        """Whether this is used for the first time; remembered until then. Two at once: the later one's commit fails."""
        if await self._unit.run(USED, id=id_):
            return False
        await self._unit.run(USE, id=id_, until=until)
        return True

    async def sweep(self, now: int) -> int:
        """Forget some of what is too old; how many. 0 says that all is swept."""
        rows = [*await self._unit.run(OLD_FLOWS, now=now, most=SWEPT_AT_ONCE)]
        rows += await self._unit.run(OLD_USES, now=now, most=SWEPT_AT_ONCE)
        return sum(row["swept"] for row in rows)
