"""Links by which an addressee without an account answers: the digest of the token, a one-time code, and who came in by it.

A code is read to the house over its known telephone: only its slow, salted hash is kept. It opens one visit, at most five are
tried, and a new link puts those before out of use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, LiteralString

from graph.store.casework.rows import milliseconds, moment_of

if TYPE_CHECKING:
    from graph.store.unit import Unit

TRIES: Final = 5

REVOKE: Final[LiteralString] = "MATCH (l:HandoffLink {handoff: $handoff}) SET l.revoked = true"
MAKE: Final[LiteralString] = """
CREATE (:HandoffLink {id: $id, handoff: $handoff, organisation: $organisation, ends: $ends, revoked: false,
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
        """The one link of this handoff from now on."""
        await self.revoke(handoff)
        await self._unit.run(
            MAKE, id=id_, handoff=handoff, organisation=organisation, ends=milliseconds(ends), code=code, salt=salt
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

    async def enter(self, id_: str, visit: str, ends: datetime) -> None:
        """Its code is used up; whoever holds this is in."""
        await self._unit.run(ENTER, id=id_, visit=visit, ends=milliseconds(ends))


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
