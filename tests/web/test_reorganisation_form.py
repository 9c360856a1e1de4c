"""The form of a move that is changed: what is in it reads back as the same move."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from api.actions.reorganisation_said import Said, move_of, said_of
from api.rooms import Rooms
from api.web.forms import Form
from api.web.render import environment
from api.web.reorganisation_form import FIELDS, called_in, choices, filled, form_shown, said_in
from api.web.reorganised_view import Named
from graph.model.errors import InvalidInput
from graph.model.reorganisation.plan import FilesRule, Heir, MergeBodies, Move, MoveFiles, MoveProfessional, SplitBody
from search.places import Gazetteer
from tests import make
from tests.model.test_reorganisation import SOUND

PLACES = Gazetteer(make.territories())
LEFT = MoveProfessional(account="ben", source="a", to="b", with_files=False)
THEMES = SplitBody(
    id="a",
    heirs=(Heir(id="b", scope="le reste"), Heir(id="c", territories=("25056", "25462"), competences=(make.RSA,))),
)


def named(names: dict[str, str], things: dict[str, str] | None = None) -> Named:
    return Named(rooms=cast(Rooms, None), names=names, things=things or {})


def sent(said: Said, values: dict[str, str]) -> Form:
    """What a browser sends of the form: the fields of that kind, a box only where it is ticked."""
    shown = {field.name: values[field.name] for field in FIELDS[said.kind]}
    return Form({"geste": [said.kind.value]} | {name: [value] for name, value in shown.items() if value})


@pytest.mark.parametrize("move", SOUND, ids=lambda move: type(move).__name__)
def test_what_a_move_says_makes_it_again(move: Move) -> None:
    assert move_of(said_of(move), make.TODAY) == replace(move, **_unsaid(move))


def _unsaid(move: Move) -> dict[str, Any]:
    """What a door does not say: how a new listing is vouched for."""
    record = getattr(move, "record", None)
    return {"record": replace(record, source="reorganisation", vouched_on=make.TODAY)} if record else {}


@pytest.mark.parametrize("move", [*SOUND, LEFT, THEMES], ids=lambda move: type(move).__name__)
def test_what_is_in_its_form_says_the_same(move: Move) -> None:
    said = said_of(move)
    values = filled(said, called_in(said, named({})), PLACES)
    read = said_in(sent(said, values))
    # Places are shown by name, and the id of a new body is not in its form.
    there = tuple(place.id for one in read.territories if (place := PLACES.locate(one)))
    heirs = tuple(
        replace(heir, territories=tuple(place.id for one in heir.territories if (place := PLACES.locate(one))))
        for heir in read.heirs
    )
    read = replace(read, territories=there, heirs=heirs, body=said.body)
    assert move_of(read, make.TODAY) == move_of(said, make.TODAY)


def test_names_are_shown_but_for_those_that_say_too_little() -> None:
    names = {"a": "Service social", "b": "Service social", "c": "Accueil, écoute", "d": "Mission locale"}
    said = said_of(MergeBodies(ids=("a", "b", "c"), into="d"))
    called = called_in(said, named(names))
    assert called.bodies == {"a": "a", "b": "b", "c": "c", "d": "Mission locale"}
    values = filled(said, called, PLACES)
    assert (values["organismes"], values["vers"]) == ("a\nb\nc", "Mission locale")
    people = said_of(MoveFiles(source="a", to="d", rule=FilesRule.BY_PROFESSIONAL, accounts=("ben", "bea")))
    called = called_in(people, named(names, {"ben": "Ben Ali", "bea": "Béa Roy"}))
    assert filled(people, called, PLACES)["personnes"] == "Ben Ali, Béa Roy"


def test_a_theme_that_there_is_not_is_refused_at_its_field() -> None:
    with pytest.raises(InvalidInput) as refused:
        said_in(Form({"geste": ["split_body"], "heritiers": ["b | x | | Rien de tel"]}))
    assert (refused.value.field, "Rien de tel" in refused.value.message) == ("heritiers", True)


@pytest.mark.parametrize("values", [None, {"dossiers": ""}, {"dossiers": "oui"}])
def test_a_box_is_ticked_as_the_move_says_and_in_a_new_form(values: dict[str, str] | None) -> None:
    fields: Any = environment().get_template("pages/coordination/reorganisation_fields.html").module
    shown = form_shown(said_of(LEFT).kind)
    told = str(fields.move_fields(shown, choices()["kinds"], choices()["rules"], values, "personnes"))
    assert (" checked" in told) is (values != {"dossiers": ""})
    assert told.count("aria-invalid") == 1
    assert 'name="personnes" aria-invalid="true" aria-describedby="refus"' in told
