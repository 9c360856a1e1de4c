"""Our closed lists hold those of data·inclusion v1, as its own package publishes them."""

from __future__ import annotations

from data_inclusion.schema import v1

from graph.model.directory import Mode, Public
from graph.model.vocabulary import competences, label


def test_publics_are_those_of_data_inclusion() -> None:
    assert {public.value for public in Public} == {public.value for public in v1.Public}


def test_modes_are_those_of_data_inclusion() -> None:
    assert {mode.value for mode in Mode} == {mode.value for mode in v1.ModeAccueil}


def test_every_thematique_is_a_competence_of_the_same_label() -> None:
    theirs = {entry.value: entry.label for entry in v1.Thematique}
    assert {id_: competences()[id_].label for id_ in theirs} == theirs


def test_every_public_and_mode_has_its_words() -> None:
    assert {public: label("public", public.value) for public in Public} == {
        public: next(entry.label for entry in v1.Public if entry.value == public.value) for public in Public
    }
