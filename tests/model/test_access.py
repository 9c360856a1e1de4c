"""The matrix of rights against a second copy of what is expected, written by hand from the law and the field: both say the same.

`access_expected.csv` has another shape on purpose, so that one is not a copy of the other: a line an act, a column a role.
"""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import pytest

from graph.model.access import VISITOR, Operation, Relation, Role, Subject, Viewer, check, may
from graph.model.errors import NotAllowed
from graph.model.listing import FieldGroup

EXPECTED = Path(__file__).parent / "access_expected.csv"
# What changes from day to day at a front desk.
DAILY = frozenset({FieldGroup.HOURS, FieldGroup.CONTACT, FieldGroup.RECEPTION, FieldGroup.CONDITIONS})
# Who the act is about, and in which relations the viewer of these tests then stands to it.
SUBJECTS = {
    "herself": (Subject(account="a:moi"), {Relation.SELF}),
    "her organisation": (Subject(organisation="o:ici", above=("o:tout",)), {Relation.OWN}),
    "a unit of hers": (Subject(organisation="o:antenne", above=("o:ici", "o:tout")), {Relation.BELOW}),
    "what hers is part of": (Subject(organisation="o:tout"), set[Relation]()),
    "another organisation": (Subject(organisation="o:autre", above=("o:ailleurs",)), set[Relation]()),
    "another account": (Subject(account="a:autre"), set[Relation]()),
    "another account of hers": (Subject(account="a:autre", organisation="o:ici"), {Relation.OWN}),
    "nothing in particular": (Subject(), set[Relation]()),
}


def groups_of(told: str) -> frozenset[FieldGroup]:
    if told == "all":
        return frozenset(FieldGroup)
    return DAILY if told == "daily" else frozenset(map(FieldGroup, told.split("+")))


def expectations() -> dict[tuple[Role, Operation, FieldGroup], frozenset[Relation]]:
    found: dict[tuple[Role, Operation, FieldGroup], frozenset[Relation]] = {}
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            for role, group in product(Role, groups_of(line["groups"])):
                key = role, Operation(line["operation"]), group
                assert key not in found, f"said twice: {key}"
                found[key] = frozenset(map(Relation, filter(None, line[role.value].split("+"))))
    return found


TOLD = expectations()


def viewer(*roles: Role) -> Viewer:
    if roles == (Role.VISITOR,):
        return VISITOR
    return Viewer(account="a:moi", organisation="o:ici", organisations=("o:ici",), roles=frozenset(roles))


def test_the_expectations_speak_of_every_act_role_and_group() -> None:
    assert set(TOLD) == set(product(Role, Operation, FieldGroup))


@pytest.mark.parametrize(("role", "operation"), list(product(Role, Operation)))
def test_each_role_may_what_is_expected_and_no_more(role: Role, operation: Operation) -> None:
    asker = viewer(role)
    for about, (subject, relations) in SUBJECTS.items():
        standing = {Relation.ANY} if role is Role.VISITOR else relations | {Relation.ANY}
        expected = {group: bool(TOLD[role, operation, group] & standing) for group in FieldGroup}
        assert {group: may(asker, operation, subject, group) for group in FieldGroup} == expected, about
        assert may(asker, operation, subject) == any(expected.values()), about


@pytest.mark.parametrize("operation", Operation)
def test_check_refuses_exactly_what_may_does_not_allow(operation: Operation) -> None:
    for role, (subject, _) in product(Role, SUBJECTS.values()):
        if may(viewer(role), operation, subject):
            check(viewer(role), operation, subject)
            continue
        with pytest.raises(NotAllowed, match="rien n’a été modifié"):
            check(viewer(role), operation, subject)


@pytest.mark.parametrize("operation", Operation)
def test_two_roles_add_up(operation: Operation) -> None:
    for (one, other), (subject, _) in product(product(Role, Role), SUBJECTS.values()):
        if Role.VISITOR in (one, other):
            continue
        either = may(viewer(one), operation, subject) or may(viewer(other), operation, subject)
        assert may(viewer(one, other), operation, subject) == either


def test_nobody_in_particular_is_not_the_same_person_as_another_nobody() -> None:
    """Empty ids match nothing: neither an act about no account, nor one about no organisation."""
    nobody = Viewer(roles=frozenset(Role))
    for operation in Operation:
        own = [may(nobody, operation, Subject(account="", organisation="", above=("",)), group) for group in FieldGroup]
        told = [any(Relation.ANY in TOLD[role, operation, group] for role in Role) for group in FieldGroup]
        assert own == told


def test_a_signed_link_opens_its_groups_of_its_listing_and_suggestions() -> None:
    link = Viewer(
        by_link="l:1",
        listing="service:t:s",
        groups=frozenset({FieldGroup.HOURS, FieldGroup.CAPACITY}),
        organisation="o:ici",
        roles=frozenset({Role.LISTING_EDITOR}),
    )
    here = Subject(organisation="o:ici", listing="service:t:s")
    there = Subject(organisation="o:ici", listing="service:t:other")
    allowed = {(op, group) for op, group in product(Operation, FieldGroup) if may(link, op, here, group)}
    assert allowed == {
        (Operation.CONFIRM, FieldGroup.HOURS),
        (Operation.CONFIRM, FieldGroup.CAPACITY),
        (Operation.EDIT, FieldGroup.HOURS),
        (Operation.EDIT, FieldGroup.CAPACITY),
        (Operation.SET_CAPACITY, FieldGroup.CAPACITY),
        *((Operation.SUGGEST, group) for group in FieldGroup),
    }
    assert [op for op in Operation if may(link, op, there, FieldGroup.HOURS)] == [Operation.SUGGEST]
    assert [op for op in Operation if may(link, op, here)] == [Operation.SUGGEST]
