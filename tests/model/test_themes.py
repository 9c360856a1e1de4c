"""A competence as someone who browses meets it."""

from __future__ import annotations

from graph.model.themes import definitions, rules_about, ways_to_say
from graph.model.vocabulary import LegalRole, competences, rules
from graph.model.wording import Register

RENT = "logement-hebergement--reduire-les-impayes-de-loyer"


def test_every_competence_has_one_sentence_of_its_own() -> None:
    told = definitions()
    assert list(told) == list(competences())
    assert len(set(told.values())) == len(told)
    assert [id_ for id_, said in told.items() if not said.endswith(".") or len(said) > 120] == []
    assert [id_ for id_, said in told.items() if said.rstrip(".") == competences()[id_].label] == []


def test_who_answers_by_right_begins_with_the_usual_first_door() -> None:
    roles = [rule.role for rule in rules_about(RENT)]
    assert roles[0] is LegalRole.FIRST_STEP
    order = [LegalRole.FIRST_STEP, LegalRole.LEGAL, LegalRole.MANDATED, LegalRole.OFFERS]
    assert roles == sorted(roles, key=order.index)
    assert sum(len(rules_about(id_)) for id_ in competences()) == len(rules())


def test_ways_to_say_it_are_of_one_register_and_no_more_than_asked() -> None:
    said = ways_to_say(RENT, Register.SAID, 3)
    assert said[:1] == ("dettes de loyer",)
    assert len(said) == 3
    assert not set(said) & set(ways_to_say(RENT, Register.PRO, 100))
    assert ways_to_say("nulle--part", Register.SAID, 3) == ()
