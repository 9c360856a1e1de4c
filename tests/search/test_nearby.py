"""Phrases that mean nearly the same: each speaks for its competence, the nearer the louder."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from graph.model.words import Token
from search.features import words_of
from search.lexicon import ELSEWHERE, Phrase
from search.nearby import Nearby, said
from search.parts import Weights
from search.vectors import Vectors

RENT = "logement-hebergement--reduire-les-impayes-de-loyer"
NURSERY = "famille--garde-denfants"
CLOTHES = "equipement-et-alimentation--habillement"
SAID = (
    Phrase(RENT, "retard de loyer", 1.0),
    Phrase(NURSERY, "garde des petits le mercredi", 1.0),
    Phrase(NURSERY, "nounou", 1.0),
    Phrase(CLOTHES, "manteau pour l’hiver", 1.0),
    Phrase(CLOTHES, "qsdfghjklm", 1.0),
    Phrase(ELSEWHERE, "recette de gâteau", 1.0),
)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return Vectors.load()


def weighed(words: Sequence[Token]) -> list[tuple[str, float]]:
    return [(word.text, 1.0) for word in words]


@pytest.fixture(scope="module")
def nearby(vectors: Vectors) -> Nearby:
    return Nearby(said(SAID, vectors, weighed), vectors.classes)


def chances(nearby: Nearby, vectors: Vectors, text: str) -> dict[str, float]:
    return told(vectors, nearby.chances(vectors.whole(weighed(words_of(text))), range(len(vectors.classes))))


def told(vectors: Vectors, chances: Weights) -> dict[str, float]:
    return dict(zip(vectors.classes, chances.tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "competence"),
    [("écharpe et pull", CLOTHES), ("assistante maternelle", NURSERY), ("échéances du propriétaire", RENT)],
)
def test_words_that_nobody_said_are_near_those_that_mean_the_same(
    nearby: Nearby, vectors: Vectors, text: str, competence: str
):
    found = chances(nearby, vectors, text)
    assert max(found, key=lambda which: found[which]) == competence
    assert sum(found.values()) == pytest.approx(1.0)


def test_the_phrase_itself_is_the_nearest(nearby: Nearby, vectors: Vectors):
    for phrase in (phrase for phrase in SAID if phrase.weight == 1.0):
        found = chances(nearby, vectors, phrase.text)
        known = vectors.whole(weighed(words_of(phrase.text))).any()
        assert (max(found, key=lambda which: found[which]) == phrase.competence) == known


def test_what_points_nowhere_is_near_nothing(nearby: Nearby, vectors: Vectors):
    assert len(set(chances(nearby, vectors, "qsdfghjklm").values())) == 1
    found = chances(nearby, vectors, "retard de loyer")
    assert 0.0 == found["sante--addictions"] < found[CLOTHES] < found[RENT]


def test_only_those_asked_for_are_looked_at(nearby: Nearby, vectors: Vectors):
    whole = vectors.whole(weighed(words_of("nounou")))
    some = [vectors.classes.index(which) for which in (RENT, CLOTHES)]
    found, every = (told(vectors, nearby.chances(whole, which)) for which in (some, range(len(vectors.classes))))
    assert {which for which, chance in found.items() if chance} == {RENT, CLOTHES}
    assert found[RENT] / found[CLOTHES] == pytest.approx(every[RENT] / every[CLOTHES])


def test_what_names_a_competence_among_other_things_speaks_as_low_as_its_weight(vectors: Vectors):
    odds: list[float] = []
    for weight in (1.0, 0.01):
        spoken = Nearby(said((*SAID, Phrase(RENT, "tricot et bonnet", weight)), vectors, weighed), vectors.classes)
        found = chances(spoken, vectors, "tricot et bonnet")
        odds.append(found[RENT] / found[CLOTHES])
    assert odds[0] / odds[1] == pytest.approx(100.0, rel=0.01)


def test_saying_a_phrase_twice_does_not_double_its_voice(vectors: Vectors):
    twice = Nearby(said((*SAID, SAID[0]), vectors, weighed), vectors.classes)
    once = Nearby(said(SAID, vectors, weighed), vectors.classes)
    text = "nounou ou loyer"
    louder, plain = (chances(which, vectors, text) for which in (twice, once))
    assert louder[RENT] / louder[NURSERY] < 2 * plain[RENT] / plain[NURSERY]
