"""The life of a suggestion, step by step, and the value that it would make."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, timedelta
from itertools import product
from typing import Any

import pytest

from graph.model.directory import Contact, ListingState, Organisation, Service
from graph.model.errors import Conflict, InvalidInput
from graph.model.listing import GROUPS
from graph.model.suggestion import (
    CORRECTIONS,
    GROUP,
    LONGEST_REASON,
    LONGEST_TEXT,
    NEEDED,
    OPEN,
    PARTS,
    PATIENCE,
    STATE_WORDS,
    STEPS,
    UNDO_WITHIN,
    About,
    Suggestion,
    SuggestionState,
    SuggestionStep,
    checked_text,
    forget_address,
    gone,
    parts_of,
    step,
    suggested,
    undoable,
    would_be,
)
from graph.model.vocabulary import label
from tests import make

LATER = make.NOW + timedelta(days=1)


def suggestion(**values: Any) -> Suggestion:
    plain: dict[str, Any] = {
        "id": "s1",
        "subject": "service:t:s",
        "organisation": "t:caf",
        "about": About.CONTACT,
        "at": make.NOW,
        "value": {"phone": "03 81 00 00 01", "email": "accueil@example.org"},
    }
    return Suggestion(**(plain | values))


def after(state: SuggestionState) -> Suggestion:
    decided = state not in {SuggestionState.WAITING}
    return suggestion(state=state, decided_at=make.NOW if decided else None, decided_by="a:b" if decided else "")


@pytest.mark.parametrize(("state", "what"), list(product(SuggestionState, SuggestionStep)))
def test_a_step_is_one_of_the_table_or_refused(state: SuggestionState, what: SuggestionStep) -> None:
    before = after(state)
    if (state, what) not in STEPS:
        with pytest.raises(Conflict, match=STATE_WORDS[state]) as refused:
            step(before, what, by="a:m", name="Moi", at=LATER, reason="parce que")
        assert refused.value.current == after(state)
        return
    made = step(before, what, by="a:m", name="Moi", at=LATER, reason=" parce que ", taken=("phone",), change=4)
    accepted = what is SuggestionStep.ACCEPT
    assert made == replace(
        before,
        state=STEPS[state, what],
        decided_by="a:m",
        decided_name="Moi",
        decided_at=LATER,
        reason="parce que",
        taken=("phone",) if accepted else (),
        change=4 if accepted else None,
        decisions=1,
    )


def test_from_any_state_but_withdrawn_one_comes_back_to_waiting() -> None:
    assert {state for state, what in STEPS if what is SuggestionStep.UNDO} == {
        SuggestionState.ACCEPTED,
        SuggestionState.REFUSED,
    }
    assert {state for state, _ in STEPS if state in OPEN} == set(OPEN)
    assert set(STATE_WORDS) == set(SuggestionState)


@pytest.mark.parametrize("what", [SuggestionStep.REFUSE, SuggestionStep.UNDO])
def test_no_refusal_and_no_undoing_without_a_reason(what: SuggestionStep) -> None:
    before = after(SuggestionState.WAITING if what is SuggestionStep.REFUSE else SuggestionState.ACCEPTED)
    with pytest.raises(InvalidInput, match="Dites pourquoi") as refused:
        step(before, what, by="a:m", name="Moi", at=LATER, reason=" \n ")
    assert refused.value.field == "reason"


def test_a_decision_is_undone_within_thirty_days() -> None:
    before = after(SuggestionState.REFUSED)
    last = make.NOW + UNDO_WITHIN
    assert step(before, SuggestionStep.UNDO, by="a", name="A", at=last, reason="non").state is SuggestionState.UNDONE
    with pytest.raises(Conflict, match="plus de trente jours"):
        step(before, SuggestionStep.UNDO, by="a", name="A", at=last + timedelta(seconds=1), reason="non")
    assert not undoable(None, last)


def test_only_what_was_suggested_is_taken() -> None:
    with pytest.raises(InvalidInput, match="« url » n’a pas été suggéré"):
        step(suggestion(), SuggestionStep.ACCEPT, by="a", name="A", at=LATER, taken=("phone", "url"))


def test_parts_of_a_contact_are_taken_one_by_one() -> None:
    present = {"contact": Contact(phone="115", email="ancien@example.org", url="https://example.org")}
    held = suggestion()
    assert would_be(held, present) == {
        "contact": Contact(phone="03 81 00 00 01", email="accueil@example.org", url="https://example.org")
    }
    assert would_be(held, present, ("email",))["contact"].phone == "115"
    assert would_be(held, present, ()) == present
    assert present["contact"].phone == "115"


def test_fields_that_were_not_suggested_stay() -> None:
    present: dict[str, Any] = {"conditions": "ancien", "fee": "5 €", "free": None}
    held = suggestion(about=About.CONDITIONS, value={"free": True, "fee": ""})
    assert would_be(held, present) == {"conditions": "ancien", "fee": "", "free": True}
    assert would_be(held, present, ("free",)) == {"conditions": "ancien", "fee": "5 €", "free": True}


@pytest.mark.parametrize(("kind", "about"), list(product([Organisation, Service], CORRECTIONS)))
def test_the_parts_of_a_matter_are_fields_of_its_group(kind: type, about: About) -> None:
    parts = parts_of(kind, about)
    group = GROUP.get(about)
    names = GROUPS[kind].get(group, ()) if group else ()
    assert set(parts) <= set(PARTS[about])
    assert all(part in names or "contact" in names for part in parts)
    assert bool(parts) == (bool(names))
    assert label("suggestion_about", about.value)


def test_an_organisation_has_no_conditions() -> None:
    with pytest.raises(InvalidInput, match="« fee » ne fait pas partie") as refused:
        suggested(suggestion(subject="organisation:t:caf", about=About.CONDITIONS, value={"fee": "5 €"}))
    assert refused.value.field == "fee"


def test_what_is_no_more_ends_or_is_archived() -> None:
    assert gone(Organisation, make.NOW) == {"closed_on": date(2026, 3, 10)}
    assert gone(Service, make.NOW) == {"state": ListingState.ARCHIVED}
    for kind in (Organisation, Service):
        assert set(gone(kind, make.NOW)) <= set(parts_of(kind, About.GONE))


@pytest.mark.parametrize("lacking", NEEDED)
def test_a_missing_organisation_has_a_name_a_kind_and_a_territory(lacking: str) -> None:
    value = {"name": "Régie de quartier", "kind": "SIAE", "covers": ("25056",), "phone": "03 81 00 00 02"}
    proposal = suggestion(subject="organisation:propose:1", organisation="", about=About.MISSING, value=value, text="")
    assert suggested(proposal) == proposal
    assert set(value) <= set(parts_of(Organisation, About.MISSING))
    with pytest.raises(InvalidInput, match="au moins le nom, le type et le territoire") as refused:
        suggested(replace(proposal, value={name: held for name, held in value.items() if name != lacking}))
    assert refused.value.field == lacking
    assert label("suggestion_about", About.MISSING.value)


@pytest.mark.parametrize(
    ("part", "text"),
    [("phone", "appeler"), ("phone", "1" * 2999), ("email", "a@b.fr?bcc=z@z.fr"), ("url", "javascript:alert(1)")],
)
def test_a_contact_that_none_can_be_is_not_suggested(part: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        suggested(suggestion(value={part: text}))
    assert refused.value.field == part
    # What a source wrote so is no fault of whoever mends the rest.
    beside = suggestion(value={part: text, "email" if part != "email" else "phone": ""})
    assert suggested(beside, Contact(**{part: text})) == beside


def test_a_suggestion_says_something() -> None:
    with pytest.raises(InvalidInput, match="Dites ce qui est faux") as refused:
        suggested(suggestion(about=About.OTHER, value={}, text="  "))
    assert refused.value.field == "text"
    assert suggested(suggestion(about=About.OTHER, value={}, text=" Le nom a changé. ")).text == "Le nom a changé."


def test_words_that_are_too_long_are_refused_whole() -> None:
    with pytest.raises(
        InvalidInput, match=f"{LONGEST_TEXT} caractères ici : vous en avez écrit {LONGEST_TEXT + 1}"
    ) as no:
        checked_text("x" * (LONGEST_TEXT + 1), "text")
    assert no.value.field == "text"


@pytest.mark.parametrize(
    ("about", "value", "said"),
    [
        (About.CONTACT, {"phone": "1" * 3001}, "Pas plus de 3000 caractères ici : vous en avez écrit 3001"),
        (About.TERRITORY, {"covers": ("25056",) * 201}, "Pas plus de 200 choix ici : il y en a 201"),
    ],
)
def test_a_value_has_its_limits(about: About, value: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        suggested(suggestion(about=about, value=value))
    assert refused.value.field == next(iter(value))


def test_words_as_they_are_kept() -> None:
    assert checked_text("  <b>Fermé</b> le lundi\r\nrue d’à côté  ", "text") == "<b>Fermé</b> le lundi\nrue d’à côté"
    assert checked_text("un\u202ete\x00xte\u200b à 9\u00a0h", "text") == "untexte à 9\u00a0h"
    assert checked_text("x" * LONGEST_REASON, "reason", LONGEST_REASON, needed=True) == "x" * LONGEST_REASON


def test_after_two_weeks_it_is_the_moderators() -> None:
    held = suggestion()
    assert not held.late(make.NOW + PATIENCE)
    assert held.late(make.NOW + PATIENCE + timedelta(seconds=1))
    assert not replace(held, state=SuggestionState.REFUSED).late(make.NOW + 2 * PATIENCE)
    assert replace(held, state=SuggestionState.UNDONE).late(make.NOW + 2 * PATIENCE)


def test_an_address_is_forgotten_thirty_days_after_the_decision() -> None:
    decided = after(SuggestionState.REFUSED)
    assert decided.decided_at is not None
    assert forget_address(decided) == decided.decided_at.astimezone(UTC) + timedelta(days=30)


def test_an_address_is_forgotten_after_a_year_when_nobody_decides() -> None:
    for state in (SuggestionState.WAITING, SuggestionState.UNDONE):
        assert forget_address(after(state)) == make.NOW.astimezone(UTC) + timedelta(days=365)
