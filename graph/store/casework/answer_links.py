"""Links by which an addressee without an account answers: the digest of the token, a one-time code, and who came in by it.

A code is read to the house over its known telephone: only its slow, salted hash is kept. It opens one visit, at most five are
tried, and a new link puts those before out of use. One that a mail bears has no code of its own: the code that the sender is given
opens it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, LiteralString

from graph.store.casework.rows import milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

TRIES: Final = 5
HOLDS: Final = timedelta(days=14)
# Of a link that has no code yet: what is tried there is hashed as long as elsewhere.
NO_SALT: Final = "00" * 16

REVOKE: Final[LiteralString] = "MATCH (l:HandoffLink {handoff: $handoff}) SET l.revoked = true"
REPLACE: Final[LiteralString] = """
MATCH (l:HandoffLink {handoff: $handoff}) WHERE coalesce(l.mailed, false) = $mailed SET l.revoked = true
"""
# The link of the mail opens by the new code, and whoever had come in by it is out.
CODE_MAILED: Final[LiteralString] = """
MATCH (l:HandoffLink {handoff: $handoff}) WHERE l.mailed = true AND l.revoked = false
SET l.code = $code, l.salt = $salt, l.tries = 0, l.visit = '', l.visitEnds = 0
"""
CODE_GIVEN: Final[LiteralString] = """
MATCH (l:HandoffLink {handoff: $handoff}) WHERE l.revoked = false AND l.code <> '' AND l.tries < $tries AND l.ends > $at
RETURN l.code AS code, l.salt AS salt ORDER BY l.id LIMIT 1
"""
MAKE: Final[LiteralString] = """
CREATE (:HandoffLink {id: $id, handoff: $handoff, organisation: $organisation, ends: $ends, revoked: false, mailed: $mailed,
                      code: $code, salt: $salt, tries: 0, visit: '', visitEnds: 0})
"""
READ: Final[LiteralString] = "MATCH (l:HandoffLink {id: $id}) RETURN l{.*} AS link"
# Lock first (the SET), then read: two who guess at once are two tries.
TRY: Final[LiteralString] = """
MATCH (l:HandoffLink {id: $id})
SET l.tries = l.tries + 1
RETURN l{.*} AS link
"""
ENTER: Final[LiteralString] = """
MATCH (l:HandoffLink {id: $id}) SET l.visit = $visit, l.visitEnds = $ends, l.code = '', l.tries = 0
"""
# The code opens one visit, whichever of its links it was typed at.
SPEND: Final[LiteralString] = "MATCH (l:HandoffLink {handoff: $handoff}) SET l.code = ''"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLink:
    """A link. `code` is empty once it was used; `visit` the digest of what whoever came in holds."""

    id: str
    handoff: str
    organisation: str
    ends: datetime
    revoked: bool
    code: str
    salt: str
    tries: int
    visit: str
    visit_ends: datetime

    def open(self, at: datetime) -> bool:
        """Whether it leads anywhere still."""
        return not self.revoked and at < self.ends

    @property
    def locked(self) -> bool:
        """Whether too many codes were tried, this one counted."""
        return self.tries > TRIES

    def visited(self, visit: str, at: datetime) -> bool:
        """Whether whoever holds this came in by its code, and lately."""
        return self.open(at) and bool(self.visit) and visit == self.visit and at < self.visit_ends


class AnswerLinks:
    """Links within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def make(self, id_: str, handoff: str, organisation: str, ends: datetime, code: str, salt: str) -> None:
        """The one link of this handoff that the sender gives from now on; its code is that of a mailed one too."""
        await self._unit.run(REPLACE, handoff=handoff, mailed=False)
        await self._unit.run(CODE_MAILED, handoff=handoff, code=code, salt=salt)
        await self._make(id_, handoff, organisation, ends, code, salt, mailed=False)

    async def make_mailed(self, id_: str, handoff: str, organisation: str, at: datetime, ends: datetime) -> None:
        """The one link of this handoff that a mail bears from now on: it opens by the code that the sender is given."""
        given = await self._unit.run(CODE_GIVEN, handoff=handoff, at=milliseconds(at), tries=TRIES)
        code, salt = (given[0]["code"], given[0]["salt"]) if given else ("", NO_SALT)
        await self._unit.run(REPLACE, handoff=handoff, mailed=True)
        await self._make(id_, handoff, organisation, ends, code, salt, mailed=True)

    async def _make(
        self, id_: str, handoff: str, organisation: str, ends: datetime, code: str, salt: str, *, mailed: bool
    ) -> None:
        await self._unit.run(
            MAKE,
            id=id_,
            handoff=handoff,
            organisation=organisation,
            ends=milliseconds(ends),
            code=code,
            salt=salt,
            mailed=mailed,
        )

    async def revoke(self, handoff: str) -> None:
        """No link leads to this handoff any more, and whoever had come in is out."""
        await self._unit.run(REVOKE, handoff=handoff)

    async def read(self, id_: str) -> AnswerLink | None:
        """By the digest of its token."""
        rows = await self._unit.run(READ, id=id_)
        return _link(rows[0]["link"]) if rows else None

    async def tried(self, id_: str) -> AnswerLink | None:
        """The same, with one try more."""
        rows = await self._unit.run(TRY, id=id_)
        return _link(rows[0]["link"]) if rows else None

    async def enter(self, link: AnswerLink, visit: str, ends: datetime) -> None:
        """Its code is used up; whoever holds this is in."""
        await self._unit.run(SPEND, handoff=link.handoff)
        await self._unit.run(ENTER, id=link.id, visit=visit, ends=milliseconds(ends))


def _link(row: dict[str, object]) -> AnswerLink:
    return AnswerLink(
        id=str(row["id"]),
        handoff=str(row["handoff"]),
        organisation=str(row["organisation"]),
        ends=moment_of(int(str(row["ends"]))),
        revoked=bool(row["revoked"]),
        code=str(row["code"]),
        salt=str(row["salt"]),
        tries=int(str(row["tries"])),
        visit=str(row["visit"]),
        visit_ends=moment_of(int(str(row["visitEnds"]))),
    )
