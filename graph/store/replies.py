"""What was answered to whom under which key: an act that is asked for twice is done once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.errors import InvalidInput
from graph.store import records

if TYPE_CHECKING:
    from graph.store.unit import Unit

KEEP_DAYS: Final = 30
SWEPT_AT_ONCE: Final = 2000
LONGEST_KEY: Final = 100

FIND: Final[LiteralString] = "MATCH (r:Reply {id: $id}) RETURN r.input AS input, r.answer AS answer"
KEEP: Final[LiteralString] = "CREATE (r:Reply {id: $id, input: $input, answer: $answer, at: timestamp()})"
SWEEP: Final[LiteralString] = """
MATCH (r:Reply) WHERE r.at < timestamp() - $kept
WITH r LIMIT $most
DELETE r
RETURN count(*) AS swept
"""


class Replies:
    """Answers by key within one unit. Kept a month, with the effects in one transaction."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._looked_for = set[str]()

    async def found(self, by: str, key: str, asked: object) -> dict[str, Any] | None:
        """What was answered to `by` under this key; None the first time.

        Raises InvalidInput when the key was used for something else, and for one that is empty or too long.
        """
        if not 0 < len(key) <= LONGEST_KEY:
            raise InvalidInput(f"La clé de la demande a de 1 à {LONGEST_KEY} caractères.", "idempotencyKey")
        rows = await self._unit.run(FIND, id=_id(by, key))
        if not rows:
            self._looked_for.add(_id(by, key))
            return None
        if rows[0]["input"] != records.digest(asked):
            raise InvalidInput(
                "Cette clé a déjà servi à une autre demande : rien n’a été fait. Donnez-en une nouvelle.",
                "idempotencyKey",
            )
        return msgspec.json.decode(rows[0]["answer"])

    async def keep(self, by: str, key: str, asked: object, answer: dict[str, Any]) -> None:
        """Remember what is answered. Of two who come with one key at once, one meets the constraint and runs again."""
        self._looked_for.discard(_id(by, key))
        encoded = msgspec.json.encode(answer).decode()
        await self._unit.run(KEEP, id=_id(by, key), input=records.digest(asked), answer=encoded)

    async def came_since(self) -> bool:
        """Whether another unit has kept, meanwhile, an answer that this one looked for in vain."""
        for id_ in self._looked_for:
            if await self._unit.run(FIND, id=id_):
                return True
        return False

    async def sweep(self) -> int:
        """Forget some of what is older than a month; how many, 0 when all is swept."""
        rows = await self._unit.run(SWEEP, kept=KEEP_DAYS * 86_400_000, most=SWEPT_AT_ONCE)
        return rows[0]["swept"]


def _id(by: str, key: str) -> str:
    return f"{by}|{key}"
