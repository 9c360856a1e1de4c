"""What waits for a moderator, what may be decided about it, and how a decision is taken back.

A queue is made anew each time it is looked at: a thing waits as long as nobody mended it. A decision that mends nothing (an
orphan was called and will be looked at in six months) hides its thing until a day, or until it is no longer what was decided on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from graph.model.errors import Conflict, InvalidInput
from graph.model.listing import FieldGroup
from graph.model.suggestion import LONGEST_REASON, checked_text, undoable

SET_ASIDE_FOR: Final = timedelta(days=182)
SHOWN_AT_ONCE: Final = 50


class Task(StrEnum):
    """Why something waits; the order is that of the queue's filters."""

    NEW = "new"
    SUGGESTION = "suggestion"
    CONFLICT = "conflict"
    SILENT = "silent"
    ORPHAN = "orphan"
    JOIN = "join"


class Choice(StrEnum):
    """What may be decided."""

    PUBLISH = "publish"
    ACCEPT = "accept"
    REFUSE = "refuse"
    CHOOSE = "choose"
    SUSPEND = "suspend"
    SET_ASIDE = "set_aside"


CHOICES: Final[Mapping[Task, tuple[Choice, ...]]] = MappingProxyType(
    {
        Task.NEW: (Choice.PUBLISH, Choice.REFUSE),
        Task.SUGGESTION: (Choice.ACCEPT, Choice.REFUSE),
        Task.CONFLICT: (Choice.CHOOSE,),
        Task.SILENT: (Choice.SET_ASIDE, Choice.SUSPEND),
        Task.ORPHAN: (Choice.SET_ASIDE, Choice.SUSPEND),
        Task.JOIN: (Choice.ACCEPT, Choice.REFUSE),
    }
)
# A suggestion that is taken speaks for itself.
WITHOUT_REASON: Final = (Task.SUGGESTION, Choice.ACCEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that waits: `subject` is the id of what it is about (a listing's key, a suggestion, a proposal, a membership).

    `mark` stands for how it is now: once that changed, a decision on it hides it no more.
    """

    task: Task
    subject: str
    name: str
    since: datetime
    group: FieldGroup | None = None
    organisation: str = ""
    organisation_name: str = ""
    mark: str = ""

    @property
    def id(self) -> str:
        """Such as "conflict|organisation:dila:caf-25|contact"."""
        return "|".join([self.task, self.subject, *([self.group] if self.group else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What someone decided about an item, and why. `before` is what it takes to undo it; `until` is when it stops hiding."""

    id: str
    task: Task
    choice: Choice
    item: str
    subject: str
    name: str
    by: str
    by_name: str
    at: datetime
    reason: str
    organisation: str = ""
    group: FieldGroup | None = None
    mark: str = ""
    until: datetime | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    undone_at: datetime | None = None
    undone_by: str = ""
    undone_name: str = ""
    undone_reason: str = ""

    def may_be_undone(self, now: datetime) -> bool:
        """Whether it stands, and is not too old."""
        return self.undone_at is None and undoable(self.at, now)

    def hides(self, item: Item, now: datetime) -> bool:
        """Whether this decision says that nobody need look at `item` now."""
        stands = self.undone_at is None and (self.until is None or now < self.until)
        return stands and self.item == item.id and self.mark == item.mark


def item_named(id_: str) -> tuple[Task, str, FieldGroup | None]:
    """Task, subject and group of an item, from its id. Raises InvalidInput."""
    task, _, rest = id_.partition("|")
    subject, _, group = rest.rpartition("|")
    if group not in set(FieldGroup):
        subject, group = rest, ""
    if task not in set(Task) or not subject:
        raise InvalidInput(f"« {id_[:80]} » ne désigne rien de la file.", "item")
    return Task(task), subject, FieldGroup(group) if group else None


def decided(
    id_: str,
    item: Item,
    choice: Choice,
    *,
    by: str,
    name: str,
    at: datetime,
    reason: str,
    before: Mapping[str, Any] | None = None,
) -> Decision:
    """The decision. Raises InvalidInput when the item is not of a kind that is decided so, or when no reason is given where one
    is needed.
    """
    if choice not in CHOICES[item.task]:
        raise InvalidInput(f"« {choice} » ne se décide pas ici.", "choice")
    needed = (item.task, choice) != WITHOUT_REASON
    return Decision(
        id=id_,
        task=item.task,
        choice=choice,
        item=item.id,
        subject=item.subject,
        name=item.name,
        by=by,
        by_name=name,
        at=at,
        reason=checked_text(reason, "reason", LONGEST_REASON, needed=needed),
        organisation=item.organisation,
        group=item.group,
        mark=item.mark,
        until=at + SET_ASIDE_FOR if choice is Choice.SET_ASIDE else None,
        before=before or {},
    )


def undone(decision: Decision, *, by: str, name: str, at: datetime, reason: str) -> Decision:
    """The decision, taken back. Raises Conflict when it was already, or is older than thirty days; InvalidInput without reason."""
    if decision.undone_at is not None:
        raise Conflict("Cette décision est déjà annulée : rien n’a été modifié.", decision)
    if not undoable(decision.at, at):
        raise Conflict("Cette décision a plus de trente jours : elle ne s’annule plus.", decision)
    said = checked_text(reason, "reason", LONGEST_REASON, needed=True)
    return replace(decision, undone_at=at, undone_by=by, undone_name=name, undone_reason=said)


def left(items: Iterable[Item], decisions: Iterable[Decision], now: datetime) -> list[Item]:
    """Those of the items that no decision hides, the oldest first."""
    by_item: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_item.setdefault(decision.item, []).append(decision)
    waiting = [item for item in items if not any(made.hides(item, now) for made in by_item.get(item.id, ()))]
    return sorted(waiting, key=lambda item: (item.since, item.id))
