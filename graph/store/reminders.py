"""Reminders that have gone: one for each group, date and step, whoever runs the daily pass and however often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, LiteralString

from graph.model.freshness import Step
from graph.model.mail import Item, Reminded

if TYPE_CHECKING:
    from graph.store.unit import Unit

OF: Final[LiteralString] = """
UNWIND $ids AS id
MATCH (o:Organisation {id: id})<-[:REMINDS]-(r:Reminder)
RETURN id AS organisation, r.item AS item, r.step AS step, r.due AS due, r.on AS on ORDER BY organisation, item, on, step
"""
# Not MERGE: of two passes at once one breaks the constraint, begins anew and finds them.
ADD: Final[LiteralString] = """
UNWIND $rows AS row
CREATE (:Reminder {id: row.id, item: row.item, step: row.step, due: row.due, on: row.on})
"""
POINT: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (r:Reminder {id: row.id}), (o:Organisation {id: row.organisation})
CREATE (r)-[:REMINDS]->(o)
"""
FORGET: Final[LiteralString] = """
UNWIND $rows AS row
MATCH (r:Reminder {id: row.id})
DETACH DELETE r
"""
UNANSWERED: Final[LiteralString] = """
MATCH (r:Reminder {step: 'moderator'})-[:REMINDS]->(o:Organisation)
WHERE o.state = 'published' AND o.id > $after
RETURN DISTINCT o.id AS id ORDER BY id LIMIT $most
"""


class Reminders:
    """Reminders within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def of(self, organisations: Sequence[str]) -> dict[str, tuple[Reminded, ...]]:
        """Those that have gone about the listings of each of these."""
        found: dict[str, list[Reminded]] = defaultdict(list)
        for row in await self._unit.run(OF, ids=list(organisations)):
            found[row["organisation"]].append(
                Reminded(
                    item=Item.of(row["item"]),
                    step=Step(row["step"]),
                    due=date.fromisoformat(row["due"]),
                    on=date.fromisoformat(row["on"]),
                )
            )
        return {organisation: tuple(reminded) for organisation, reminded in found.items()}

    async def add(self, organisation: str, reminded: Sequence[Reminded]) -> None:
        """These go with this unit. One that has gone breaks its constraint, and the unit with it."""
        rows = [_row(organisation, one) for one in reminded]
        await self._unit.run(ADD, rows=rows)
        await self._unit.run(POINT, rows=rows)

    async def forget(self, organisation: str, reminded: Sequence[Reminded]) -> None:
        """These were answered: their group has another date now."""
        await self._unit.run(FORGET, rows=[_row(organisation, one) for one in reminded])

    async def unanswered(self, after: str, most: int) -> list[str]:
        """Organisations that answered none of the reminders about some group, in order of id: the moderator's list.

        As of the last daily pass: a group that was confirmed since is still in it.
        """
        return [row["id"] for row in await self._unit.run(UNANSWERED, after=after, most=most)]


def _row(organisation: str, reminded: Reminded) -> dict[str, Any]:
    due = reminded.due.isoformat()
    return {
        "id": f"{reminded.item}|{due}|{reminded.step}",
        "item": str(reminded.item),
        "step": str(reminded.step),
        "due": due,
        "on": reminded.on.isoformat(),
        "organisation": organisation,
    }
