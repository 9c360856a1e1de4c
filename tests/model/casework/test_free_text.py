"""A health-insurance number is found as people write it, and what only looks like one is left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.casework.acts import CircleSet, MemberSet
from graph.model.casework.file import CircleKind, CircleMember, Identity, Member, MemberRole
from graph.model.casework.free_text import LONGER, LONGEST, checked_texts, no_health_number
from graph.model.casework.writings import Met, Noted, NoteKind
from graph.model.errors import InvalidInput

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def whole(bare: str) -> str:
    """With its control key."""
    number = bare.replace("2A", "19").replace("2B", "18")
    return f"{bare}{97 - int(number) % 97:02d}"


KNOWN = whole("1841276451089")
CORSICAN = whole("284122A056089")
OTHER = whole("299032B056007")


@pytest.mark.parametrize(
    "text",
    [
        KNOWN,
        KNOWN[:13],
        "1 84 12 76 451 089 46",
        "1 84 12 76 451 089",
        "n° 1.84.12.76.451.089/46, dit-elle",
        "NIR:1\u00a084\u00a012\u00a076\u00a0451\u00a0089",
        "1\u202f84\u202f12\u202f76\u202f451\u202f089\u202f46",
        "1841 2764 5108 946",
        "184127645108946.",
        CORSICAN,
        CORSICAN.lower(),
        "2 84 12 2A 056 089",
        OTHER,
        # Typed with a wrong key, or with an age behind it.
        "1 84 12 76 451 089 12 ans",
        f"({KNOWN})",
    ],
)
def test_a_number_is_found(text: str) -> None:
    with pytest.raises(InvalidInput, match="numéro de sécurité sociale") as refused:
        no_health_number(f"Elle m’a donné {text}", "text")
    assert refused.value.field == "text"
    assert refused.value.message.startswith("« Texte » contient")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "06 12 34 56 78 et 03 81 00 00 01",
        "0381000001",
        "SIRET 123 456 789 00012",
        "12345678901234",
        # Fifteen digits in one piece with another key.
        "184127645108947",
        "FR76 1841 2764 5108 9460 0000 123",
        "3017620422003",
        "1760000000000",
        "le 12/03/2026 à 14 h 10",
        "dossier 184-12-764",
        "1 84 13 76 451 089",
        "né en 1984, 76 rue du 12 mai, 25000 Besançon",
    ],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    no_health_number(text)


@given(st.integers(10**14, 10**15 - 1))
def test_fifteen_digits_in_one_piece_are_judged_by_their_key(number: int) -> None:
    text = str(number)
    right = text[0] in "123478" and 97 - int(text[:13]) % 97 == int(text[13:])
    try:
        no_health_number(text)
    except InvalidInput:
        assert right
    else:
        assert not right


@given(
    st.from_regex(r"[12]\d\d(0[1-9]|1[0-2])(0[1-9]|[1-8]\d|9[0-5]|2[AB])\d{3}(00[1-9]|[1-9]\d\d)", fullmatch=True),
    st.data(),
)
def test_a_true_number_is_found_however_it_is_cut(bare: str, data: st.DataObject) -> None:
    text = "".join(letter + data.draw(st.sampled_from(["", " ", "\u00a0", "-", "."])) for letter in whole(bare))
    with pytest.raises(InvalidInput):
        no_health_number(f"voici {text}")


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (Noted(kind=NoteKind.CALL, text=KNOWN), "text"),
        (Noted(kind=NoteKind.EMERGENCY, text="Vu.", to=KNOWN), "to"),
        (Met(on=AT, present=("Anne", KNOWN), decided="Rien.", invited=False), "present"),
        (MemberSet(member=Member(id="m", role=MemberRole.ADULT, identity=Identity(safe_hours=KNOWN))), "safe_hours"),
        (CircleSet(member=CircleMember(id="c", kind=CircleKind.LANDLORD, name="x", may_know=KNOWN)), "may_know"),
        (
            CircleSet(member=CircleMember(id="c", kind=CircleKind.LANDLORD, name="x", organisation=KNOWN)),
            "organisation",
        ),
    ],
)
def test_every_text_of_an_act_is_looked_at(event: object, field: str) -> None:
    with pytest.raises(InvalidInput, match="sécurité sociale") as refused:
        checked_texts(event)
    assert refused.value.field == field


def test_ids_are_no_texts() -> None:
    checked_texts(MemberSet(member=Member(id=KNOWN, role=MemberRole.ADULT)))


@pytest.mark.parametrize(("field", "most"), [("text", LONGER["text"]), ("to", LONGEST)])
def test_a_text_has_an_end(field: str, most: int) -> None:
    checked_texts(Noted(**{"kind": NoteKind.NOTE, "text": "x", field: "x" * most}))
    with pytest.raises(InvalidInput, match=f"tient en {most} caractères, et en a {most + 1}") as refused:
        checked_texts(Noted(**{"kind": NoteKind.NOTE, "text": "x", field: "x" * (most + 1)}))
    assert refused.value.field == field
