"""What may be decided, what a decision hides, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from graph.model.errors import Conflict, InvalidInput
from graph.model.listing import FieldGroup
from graph.model.moderation import (
    CHOICES,
    SET_ASIDE_FOR,
    Choice,
    Decision,
    Item,
    Task,
    decided,
    item_named,
    left,
    undone,
)
from graph.model.suggestion import UNDO_WITHIN
from tests import make

LATER = make.NOW + timedelta(days=1)


def item(**values: Any) -> Item:
    plain: dict[str, Any] = {
        "task": Task.ORPHAN,
        "subject": "organisation:t:caf",
        "name": "CAF d’essai",
        "since": make.NOW,
        "mark": "m1",
    }
    return Item(**(plain | values))


def decision(of: Item, choice: Choice, **values: Any) -> Decision:
    plain: dict[str, Any] = {"by": "a:m", "name": "Moi", "at": make.NOW, "reason": "Appelée ce matin."}
    return decided("d1", of, choice, **(plain | values))


@pytest.mark.parametrize(("task", "choice"), list(product(Task, Choice)))
def test_each_task_is_decided_in_its_own_ways(task: Task, choice: Choice) -> None:
    if choice in CHOICES[task]:
        assert decision(item(task=task), choice).choice is choice
        return
    with pytest.raises(InvalidInput, match="ne se décide pas ici"):
        decision(item(task=task), choice)


def test_no_decision_without_a_reason() -> None:
    with pytest.raises(InvalidInput, match="Dites pourquoi") as refused:
        decision(item(), Choice.SET_ASIDE, reason="  ")
    assert refused.value.field == "reason"
    with pytest.raises(InvalidInput, match="Dites pourquoi"):
        undone(decision(item(), Choice.SET_ASIDE), by="a:m", name="Moi", at=LATER, reason="")


def test_what_is_set_aside_comes_back() -> None:
    made = decision(item(), Choice.SET_ASIDE)
    assert made.until == make.NOW + SET_ASIDE_FOR
    assert left([item()], [made], make.NOW + SET_ASIDE_FOR - timedelta(seconds=1)) == []
    assert left([item()], [made], make.NOW + SET_ASIDE_FOR) == [item()]


def test_a_thing_that_changed_waits_again() -> None:
    chosen = decision(item(task=Task.CONFLICT, group=FieldGroup.CONTACT), Choice.CHOOSE)
    same = item(task=Task.CONFLICT, group=FieldGroup.CONTACT)
    assert left([same], [chosen], LATER) == []
    assert left([replace(same, mark="m2")], [chosen], LATER) == [replace(same, mark="m2")]
    assert left([replace(same, group=FieldGroup.HOURS)], [chosen], LATER) == [replace(same, group=FieldGroup.HOURS)]


def test_a_decision_that_was_taken_back_hides_nothing() -> None:
    made = decision(item(), Choice.SET_ASIDE)
    back = undone(made, by="a:n", name="Elle", at=LATER, reason="Ce n’était pas la bonne.")
    assert (back.undone_by, back.undone_at, back.undone_reason) == ("a:n", LATER, "Ce n’était pas la bonne.")
    assert (back.by, back.reason) == (made.by, made.reason)
    assert left([item()], [back], LATER) == [item()]
    with pytest.raises(Conflict, match="déjà annulée") as refused:
        undone(back, by="a:m", name="Moi", at=LATER, reason="Encore.")
    assert refused.value.current == back


def test_a_decision_is_taken_back_within_thirty_days() -> None:
    made = decision(item(), Choice.SET_ASIDE)
    last = make.NOW + UNDO_WITHIN
    assert made.may_be_undone(last)
    assert not made.may_be_undone(last + timedelta(seconds=1))
    with pytest.raises(Conflict, match="plus de trente jours"):
        undone(made, by="a:m", name="Moi", at=last + timedelta(seconds=1), reason="Trop tard.")


def test_the_oldest_comes_first() -> None:
    one, two, three = item(subject="c"), item(subject="b"), item(subject="a", since=LATER)
    assert left([three, one, two], [], LATER) == [two, one, three]


@pytest.mark.parametrize("subject", ["organisation:t:caf", "service:a|b"])
@pytest.mark.parametrize("group", [None, FieldGroup.HOURS])
def test_an_item_is_found_again_by_its_id(subject: str, group: FieldGroup | None) -> None:
    held = item(subject=subject, group=group)
    assert item_named(held.id) == (held.task, held.subject, group)


@pytest.mark.parametrize("id_", ["", "orphan", "orphan|", "autre|x", "|x"])
def test_an_id_that_names_nothing(id_: str) -> None:
    with pytest.raises(InvalidInput, match="ne désigne rien"):
        item_named(id_)
