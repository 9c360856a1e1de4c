"""What moderators and partners decided, kept with its reason and with what it takes to undo it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, LiteralString

import msgspec

from graph.model.listing import FieldGroup
from graph.model.moderation import Choice, Decision, Task
from graph.store.suggestions import moment

if TYPE_CHECKING:
    from graph.store.unit import Unit

ADD: Final[LiteralString] = "UNWIND $rows AS row CREATE (d:Decision) SET d = row"
SAVE: Final[LiteralString] = "UNWIND $rows AS row MATCH (d:Decision {id: row.id}) SET d = row"
FIND: Final[LiteralString] = "MATCH (d:Decision {id: $id}) RETURN d{.*} AS node"
HOLD: Final[LiteralString] = "MATCH (d:Decision {id: $id}) SET d.locked = $by WITH d RETURN d{.*} AS node"
ON_ITEMS: Final[LiteralString] = """
UNWIND $items AS item
MATCH (d:Decision) WHERE d.item = item
RETURN d{.*} AS node ORDER BY node.at, node.id
"""
# The latest first: a log is read from its end. `by` is empty for those of everyone.
LOG: Final[LiteralString] = """
MATCH (d:Decision)
WHERE (d.at < $at OR (d.at = $at AND d.id < $id)) AND ($by = '' OR d.by = $by) AND ($task = '' OR d.task = $task)
RETURN d{.*} AS node ORDER BY node.at DESC, node.id DESC LIMIT $most
"""
OF_ORGANISATIONS: Final[LiteralString] = """
UNWIND $organisations AS organisation
MATCH (d:Decision) WHERE d.organisation = organisation AND d.task = $task AND d.at >= $since
RETURN d{.*} AS node ORDER BY node.at DESC, node.id DESC
"""
LATEST: Final = ("9999", "")


class Decisions:
    """Decisions within one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def add(self, decision: Decision) -> None:
        """Keep a new one."""
        await self._unit.run(ADD, rows=[_row(decision)])

    async def hold(self, id_: str, by: str) -> Decision | None:
        """One, for whoever is about to undo it: nobody else does until this unit ends."""
        rows = await self._unit.run(HOLD, id=id_, by=by)
        return _decision(rows[0]["node"]) if rows else None

    async def find(self, id_: str) -> Decision | None:
        """One by id."""
        rows = await self._unit.run(FIND, id=id_)
        return _decision(rows[0]["node"]) if rows else None

    async def save(self, decision: Decision) -> None:
        """One that was taken back."""
        await self._unit.run(SAVE, rows=[_row(decision)])

    async def on_items(self, items: Sequence[str]) -> list[Decision]:
        """All that was decided about these items of the queue, undone ones included."""
        return [_decision(row["node"]) for row in await self._unit.run(ON_ITEMS, items=list(items))]

    async def of_organisations(self, organisations: Sequence[str], task: Task, since: datetime) -> list[Decision]:
        """What was decided since then of this task about listings of these organisations; the latest first."""
        rows = await self._unit.run(
            OF_ORGANISATIONS, organisations=list(organisations), task=task.value, since=moment(since)
        )
        return [_decision(row["node"]) for row in rows]

    async def log(
        self, most: int, *, by: str = "", task: Task | None = None, after: tuple[str, str] = LATEST
    ) -> list[Decision]:
        """The latest first, at most so many, after the one of this moment and id; of one account or task only, where named."""
        rows = await self._unit.run(
            LOG, most=most, by=by, task=task.value if task else "", at=after[0] or LATEST[0], id=after[1]
        )
        return [_decision(row["node"]) for row in rows]


def _row(one: Decision) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": one.id,
        "task": one.task.value,
        "choice": one.choice.value,
        "item": one.item,
        "subject": one.subject,
        "name": one.name,
        "by": one.by,
        "byName": one.by_name,
        "at": moment(one.at),
        "reason": one.reason,
        "organisation": one.organisation,
        "group": one.group.value if one.group else "",
        "mark": one.mark,
        "before": msgspec.json.encode(dict(one.before)).decode(),
        "undoneBy": one.undone_by,
        "undoneName": one.undone_name,
        "undoneReason": one.undone_reason,
    }
    days = {"until": one.until, "undoneAt": one.undone_at}
    return row | {name: moment(day) for name, day in days.items() if day is not None}


def _decision(node: Mapping[str, Any]) -> Decision:
    def day(name: str) -> datetime | None:
        return datetime.fromisoformat(node[name]) if node.get(name) else None

    return Decision(
        id=node["id"],
        task=Task(node["task"]),
        choice=Choice(node["choice"]),
        item=node["item"],
        subject=node["subject"],
        name=node["name"],
        by=node["by"],
        by_name=node["byName"],
        at=datetime.fromisoformat(node["at"]),
        reason=node["reason"],
        organisation=node["organisation"],
        group=FieldGroup(node["group"]) if node["group"] else None,
        mark=node["mark"],
        until=day("until"),
        before=msgspec.json.decode(node["before"]),
        undone_at=day("undoneAt"),
        undone_by=node["undoneBy"],
        undone_name=node["undoneName"],
        undone_reason=node["undoneReason"],
    )
