"""Several members: each her own page. What is secret, or of a parent's no business, is on no other page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from graph.model.casework import deciding
from graph.model.casework.acts import Event, MemberSet, PageSet
from graph.model.casework.file import File, MemberRole, PersonPage
from graph.model.casework.grounds import Ground
from graph.model.casework.handoff import Kind, State, Step, Target
from graph.model.casework.household import Shown, minor, shown, unsaid
from graph.model.casework.said import Said
from tests.api.casework.family import (
    AT,
    CHILD,
    FATHER,
    HEALTH,
    LEA,
    MOTHER,
    PAUL,
    RENT,
    SCHOOL,
    VIOLENCE,
    Making,
    consent,
    draft,
    family,
    slots,
)


def seen(made: Making, member: str, at: datetime) -> Shown:
    assert made.file is not None
    return shown(made.file, member, at)


def needs(made: Making, member: str) -> list[str]:
    return [one.id for one in seen(made, member, AT).needs]


def test_each_sees_her_own_and_the_households() -> None:
    made = family()
    assert needs(made, MOTHER) == [RENT, VIOLENCE, SCHOOL]
    assert needs(made, FATHER) == [RENT]
    assert needs(made, CHILD) == [RENT, SCHOOL, HEALTH]


def test_that_a_service_read_it_is_told_only_of_what_one_is_shown() -> None:
    made = family()
    made.add(deciding.consent_given(_file(made), consent("c-v", "t:shelter")))
    made.handed(draft(), Step.OPEN)
    made.handed(draft("h-v", needs=(VIOLENCE,), target=Target(organisation="t:shelter")), Step.OPEN)
    assert unsaid(_file(made), seen(made, MOTHER, AT)) == set()
    assert unsaid(_file(made), seen(made, FATHER, AT)) == {"t:shelter"}
    made.add(deciding.consent_given(_file(made), consent("c-s", "t:shelter", member=FATHER)))
    assert unsaid(_file(made), seen(made, FATHER, AT)) == set()


def _file(made: Making) -> File:
    assert made.file is not None
    return made.file


def test_a_grown_child_is_no_longer_her_mothers() -> None:
    made = family()
    made.add(MemberSet(member=replace(LEA, identity=replace(LEA.identity, born=date(2008, 3, 1)))))
    assert needs(made, MOTHER) == [RENT, VIOLENCE]


def test_a_child_whose_needs_are_secret_is_hidden_whole() -> None:
    made = family()
    made.add(MemberSet(member=replace(LEA, secret=True)))
    assert needs(made, MOTHER) == [RENT, VIOLENCE]
    assert needs(made, CHILD) == [RENT, SCHOOL, HEALTH]


def test_a_birthday_is_believed_before_a_role() -> None:
    child = replace(LEA, identity=replace(LEA.identity, born=date(2008, 3, 2)))
    assert minor(child, date(2026, 3, 1))
    assert not minor(child, date(2026, 3, 2))
    assert not minor(PAUL, date(2026, 3, 2))
    assert minor(replace(PAUL, role=MemberRole.CHILD), date(2026, 3, 2))


def test_where_there_is_danger_at_home_the_others_see_their_own_alone() -> None:
    made = family()
    made.handed(draft(), Step.OPEN)
    made.add(slots(), PageSet(page=PersonPage(member=MOTHER, danger_at_home=True)))
    assert needs(made, FATHER) == []
    of_father = seen(made, FATHER, AT)
    assert (of_father.handoffs, of_father.consents, of_father.appointments) == ((), (), ())
    assert needs(made, CHILD) == [SCHOOL, HEALTH]
    of_mother = seen(made, MOTHER, AT)
    assert [one.id for one in of_mother.handoffs] == ["h-rent"]
    assert [one.id for one in of_mother.appointments] == ["r1"]


def test_a_handoff_is_shown_to_whom_all_of_it_is_known() -> None:
    made = family()
    made.add(*_accord(made, "c-both", recipient="t:both"))
    made.handed(draft("h-both", needs=(RENT, VIOLENCE), target=Target(organisation="t:both")))
    assert [one.id for one in seen(made, MOTHER, AT).handoffs] == ["h-both"]
    assert seen(made, FATHER, AT).handoffs == ()


def test_what_was_only_prepared_or_was_an_error_is_on_no_page() -> None:
    made = family()
    made.drafted(draft("h-draft"))
    made.drafted(draft("h-gone", target=Target(organisation="t:b")))
    made.step("h-gone", Step.RECALL)
    made.handed(draft("h-void", target=Target(organisation="t:c")))
    made.step("h-void", Step.VOID, said=_said())
    assert made.file is not None
    assert made.file.handoffs["h-void"].state is State.VOIDED
    assert seen(made, MOTHER, AT).handoffs == ()


def test_a_childs_protection_has_its_own_path() -> None:
    made = family()
    made.add(
        *_accord(
            made,
            "c-law",
            recipient="t:crip",
            ground=Ground.CASF_L226_2_2,
            member="",
            means=None,
            why_not="intérêt de l’enfant",
        )
    )
    made.handed(draft("h-crip", kind=Kind.REFER, target=Target(organisation="t:crip")))
    assert made.file is not None
    assert made.file.handoffs["h-crip"].state is State.SENT
    told_to = seen(made, MOTHER, AT)
    assert told_to.handoffs == ()
    assert [one.id for one in told_to.consents] == ["c-rent"]


def test_what_was_told_without_her_is_hers_to_know_once_she_was_informed() -> None:
    for informed, told in ((None, False), (date(2026, 3, 1), True)):
        made = family()
        why = "" if informed else "danger immédiat"
        made.add(
            *_accord(
                made,
                "c-danger",
                recipient="t:x",
                ground=Ground.DANGER,
                member="",
                means=None,
                informed=informed,
                why_not=why,
            )
        )
        made.handed(draft("h-x", target=Target(organisation="t:x")))
        told_to = seen(made, MOTHER, AT)
        assert ("h-x" in told_to.handoff_ids) is told
        assert ("c-danger" in {one.id for one in told_to.consents}) is told


def _accord(made: Making, id_: str, **values: Any) -> list[Event]:
    assert made.file is not None
    return [deciding.consent_given(made.file, consent(id_, **values))]


def _said() -> Said:
    return Said(text="erreur")
