"""A copy of what is kept of a member: hers, whole; nothing of others, nor of whoever raised an alarm."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

from graph.model.casework import deciding
from graph.model.casework.acts import CircleSet, Entry, Event, NeedAdded, NeedEnded, PageSet
from graph.model.casework.exporting import EXPORTED, TAKEN_OUT, copy_of
from graph.model.casework.file import CircleKind, CircleMember, Outcome, PersonPage
from graph.model.casework.handoff import Step, Target
from graph.model.casework.writings import Assessed, Noted, NoteKind, OpinionGiven, Struck, WorryTold
from graph.model.vocabulary import labels
from tests import make
from tests.api.casework.family import (
    AT,
    CHILD,
    FATHER,
    HEALTH,
    MOTHER,
    RENT,
    VIOLENCE,
    Making,
    consent,
    draft,
    family,
    need,
)


def copy(made: Making, member: str = MOTHER) -> dict[str, Any]:
    assert made.file is not None
    entries = [
        Entry(file="f1", seq=number, at=AT, by=by, event=event) for number, (by, event) in enumerate(made.events, 1)
    ]
    return copy_of(made.file, entries, member, AT)


def lived() -> Making:
    made = family()
    assert made.file is not None
    made.add(
        CircleSet(member=CircleMember(id="v", kind=CircleKind.NEIGHBOUR, name="Yvette Durand", phone="03 81 99 99 99"))
    )
    made.add(
        Noted(kind=NoteKind.CALL, text="Madame Durand (03 81 99 99 99) a appelé au sujet de Paul et d’Odile Martin."),
        Assessed(need=VIOLENCE, text="évaluation de la situation"),
        Assessed(need=HEALTH, text="rendez-vous au centre"),
        WorryTold(id="w", on=date(2026, 3, 1), addressee="CRIP", why_not="intérêt de l’enfant"),
        OpinionGiven(of=f"person:{FATHER}", answers=(("clear", 1),), text="avis de Paul"),
    )
    made.add(deciding.consent_given(made.file, consent("c-h", "t:health", member=CHILD, informed=AT.date())))
    made.handed(draft(), Step.OPEN)
    made.handed(draft("h-health", needs=(HEALTH,), target=Target(organisation="t:health")), Step.OPEN)
    made.add(NeedEnded(need=HEALTH, outcome=Outcome.MET, text="fait"))
    return made


def test_every_act_says_what_of_it_is_copied_and_how_it_is_called() -> None:
    assert set(EXPORTED) == set(Event.__args__)
    called = {code for family_, code in labels() if family_ == "kept_act"}
    assert called == {event.__name__ for event in Event.__args__} - {"Stepped", "Erased", "WorryTold"}


def test_it_is_plain_and_hers() -> None:
    told = copy(lived())
    assert json.loads(json.dumps(told)) == told
    assert (told["member"]["name"], told["member"]["born"]) == ("Odile Martin", "1988-05-04")
    members = told["entries"][0]["members"]
    assert [one.get("name") for one in members] == ["Odile Martin", None, "Léa Martin"]
    assert members[1] == {"role": "adult"}


def test_others_and_who_raised_an_alarm_are_not_in_it() -> None:
    text = json.dumps(copy(lived()), ensure_ascii=False)
    for word in (
        "Durand",
        "Yvette",
        "99 99 99",
        "Paul",
        "06 11",
        "CRIP",
        "Anne",
        "Leroy",
        "t:health",
        "centre",
        "fait",
    ):
        assert word not in text, word
    # A need of the child's is secret to her: of what is written of everyone, that it is and when.
    assert "a appelé au sujet" not in text
    assert [one["kind"] for one in copy(lived())["entries"] if one["act"] == "Noted"] == ["call"]
    assert "évaluation de la situation" in text


def noted(struck: bool = False) -> Making:
    made = Making()
    made.add(CircleSet(member=CircleMember(id="v", kind=CircleKind.NEIGHBOUR, name="Yvette Durand")))
    made.add(
        NeedAdded(need=need(RENT, make.RENT, words="loyer")),
        Noted(kind=NoteKind.CALL, text="Madame Durand a appelé au sujet de Paul et d’Odile Martin."),
    )
    if struck:
        made.add(Struck(entry=4, why="erreur"))
    return made


def test_notes_are_copied_where_nothing_is_secret_to_her_but_for_struck_ones() -> None:
    text = json.dumps(copy(noted()), ensure_ascii=False)
    assert f"Madame {TAKEN_OUT} a appelé au sujet de {TAKEN_OUT} et d’Odile Martin." in text
    struck = copy(noted(struck=True))
    assert "a appelé" not in json.dumps(struck, ensure_ascii=False)
    assert [one.get("kind") for one in struck["entries"] if one["act"] == "Noted"] == ["call"]


def test_whoever_is_feared_is_given_nothing_but_his_own_needs() -> None:
    made = lived()
    made.add(
        PageSet(page=PersonPage(member=MOTHER, danger_at_home=True)),
        NeedAdded(need=need("n-his", make.RENT, member=FATHER, words="mon logement")),
        Assessed(need="n-his", text="la sienne"),
        Assessed(text="celle du foyer"),
    )
    told = copy(made, FATHER)
    assert [one["act"] for one in told["entries"]] == ["OpinionGiven", "NeedAdded", "Assessed"]
    text = json.dumps(told, ensure_ascii=False)
    assert "mon logement" in text
    assert "la sienne" in text
    for word in ("t:cms", "t:adil", "foyer", '"loyer', 'last_contact": "2'):
        assert word not in text, word


def test_each_copy_holds_what_its_page_shows() -> None:
    made = lived()
    of_child = json.dumps(copy(made, CHILD), ensure_ascii=False)
    assert "rendez-vous au centre" in of_child
    assert "évaluation de la situation" not in of_child
    assert "1988" not in of_child
    of_father = copy(made, FATHER)
    assert [one["competence"] for one in of_father["entries"] if one["act"] == "NeedAdded"] == [
        made.file.needs[RENT].competence if made.file else ""
    ]
    assert [one["text"] for one in of_father["entries"] if one["act"] == "OpinionGiven"] == ["avis de Paul"]


def test_a_moment_is_told_to_the_second() -> None:
    assert copy(lived())["made"] == datetime(2026, 3, 2, 9, tzinfo=UTC).isoformat()
