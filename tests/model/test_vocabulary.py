"""The closed lists hold together, and a broken line is refused with its place."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from graph.model.directory import Public
from graph.model.sheets import VocabularyError, rows
from graph.model.territory import TerritoryLevel
from graph.model.vocabulary import (
    LegalRole,
    acronyms,
    button,
    categories,
    competence,
    competences,
    coverage_level,
    dila_kinds,
    kinds,
    label,
    named_successions,
    rules,
    rules_for,
)
from graph.model.wording import Register, danger_words, emergency_numbers, expressions, public_words, word_classes

LEAST_EXPRESSIONS = 30


def test_every_list_has_the_size_its_source_has():
    assert [len(competences()), len(kinds()), len(rules()), len(acronyms())] == [107, 132, 569, 287]
    assert [len(named_successions()), len(dila_kinds()), len(categories())] == [95, 91, 21]


def test_a_competence_belongs_to_the_category_of_its_id():
    assert [c.id for c in competences().values() if c.id.split("--")[0] != c.category] == []
    assert competence("droits-et-prestations--rsa").category_label == "Droits et prestations"


def test_every_competence_has_a_first_step():
    reached = {rule.competence for rule in rules() if rule.role is LegalRole.FIRST_STEP}
    assert reached == set(competences())


def test_rules_of_a_kind_keep_the_order_of_the_list():
    first = rules_for("SIAO")[0]
    assert (first.competence, first.role) == ("logement-hebergement--mise-a-labri-urgence", LegalRole.LEGAL)
    assert rules_for("NO_SUCH_KIND") == ()


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("CAF", TerritoryLevel.DEPARTEMENT),
        ("TRIBUNAL", TerritoryLevel.DEPARTEMENT),
        ("CCAS", TerritoryLevel.COMMUNE),
        ("EPCI", TerritoryLevel.EPCI),
        ("FRANCE_TRAVAIL", TerritoryLevel.COUNTRY),
        ("NO_SUCH_KIND", None),
    ],
)
def test_coverage_level_is_that_of_most_rules(kind: str, level: TerritoryLevel | None):
    assert coverage_level(kind) is level


def test_labels_have_a_button_and_a_reading():
    assert (button("kind", "orient"), label("kind", "orient")) == ("Orienter", "Orientation")
    assert button("public", "seniors") == label("public", "seniors") == "Séniors"
    assert label("organisation_kind", "CAF") == "Caisse d’allocations familiales"
    with pytest.raises(KeyError):
        label("kind", "no_such_code")


def test_every_public_has_a_label():
    assert [public for public in Public if not label("public", public.value)] == []


def test_every_competence_is_said_in_many_ways_and_in_each_register():
    said = Counter(expression.competence for expression in expressions())
    assert {id_: said[id_] for id_ in competences() if said[id_] < LEAST_EXPRESSIONS} == {}
    spoken = {(expression.competence, expression.register) for expression in expressions()}
    assert [(id_, register) for id_ in competences() for register in Register if (id_, register) not in spoken] == []


def test_no_expression_comes_twice():
    twice = [text for text, times in Counter(expression.text for expression in expressions()).items() if times > 1]
    assert twice == []


def test_words_of_danger_lead_to_each_emergency_number():
    assert {number for danger in danger_words() for number in danger.numbers} == set(emergency_numbers())


def test_words_of_publics_and_classes_are_read():
    assert {words.public for words in public_words()} == set(Public) - {Public.TOUS_PUBLICS}
    assert "boulot" in word_classes()["travail"]


@pytest.mark.parametrize(
    ("field", "line", "message"),
    [
        ("state", "a,,2020-01-01", "line 2, state = '': must not be empty"),
        ("day", "a,b,1er mai", "line 2, day = '1er mai': must be a date, YYYY-MM-DD"),
        ("name", "z,b,2020-01-01", "line 2, name = 'z': is not in the closed list"),
        ("register", "a,b,shouted", "line 2, day = 'shouted': must be one of pro, said, situation"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path, field: str, line: str, message: str):
    (tmp_path / "list.csv").write_text(f"name,state,day\n{line}\n", encoding="utf-8")
    row = next(rows("list.csv", tmp_path))
    reading = {
        "state": lambda: row.required("state"),
        "day": lambda: row.day("day"),
        "name": lambda: row.known("name", {"a"}),
        "register": lambda: row.enum("day", Register),
    }
    with pytest.raises(VocabularyError) as refused:
        reading[field]()
    assert str(refused.value) == f"list.csv, {message}"
