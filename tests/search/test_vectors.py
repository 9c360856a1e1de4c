"""Meanings of words: the file fits the competences, and a row says where a word leans."""

from __future__ import annotations

import pytest

from graph.model.vocabulary import competences
from search.lexicon import ELSEWHERE
from search.vectors import Vectors, labels_stamp
from search.vectors_maker import said_by_people

AGAIN = "the vectors are older than the vocabulary: refaire par python -m search.vectors_maker"
# A few new expressions change no direction.
MOST_NEW = 0.1


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return Vectors.load()


def test_the_vectors_were_trained_on_these_competences(vectors: Vectors):
    assert vectors.classes == tuple(sorted({*competences(), ELSEWHERE})), AGAIN
    assert vectors.stamp == labels_stamp((entry.id, entry.label) for entry in competences().values()), AGAIN


def test_few_phrases_have_come_since_the_vectors_were_trained(vectors: Vectors):
    assert abs(len(list(said_by_people())) - vectors.phrases) <= MOST_NEW * vectors.phrases, AGAIN


def test_another_label_or_one_competence_less_has_another_stamp():
    one, two = ("a", "Loyer"), ("b", "Emploi")
    stamps = {labels_stamp(said) for said in ([one, two], [two, one], [one], [one, ("b", "Travail")])}
    assert len(stamps) == 3


@pytest.mark.parametrize(
    ("word", "competence"),
    [
        ("chauffage", "difficultes-financieres--impayes-denergie-et-deau"),
        ("creche", "famille--garde-denfants"),
        ("psychiatre", "sante--sante-mentale"),
        ("lycra", "equipement-et-alimentation--habillement"),
    ],
)
def test_a_word_leans_to_its_field(vectors: Vectors, word: str, competence: str):
    chances = vectors.chances(vectors.whole([(word, 1.0)]))
    assert vectors.classes[chances.argmax()] == competence


def test_chances_make_one_and_the_order_of_words_does_not_matter(vectors: Vectors):
    forth = vectors.whole([("loyer", 2.0), ("retard", 1.0)])
    assert vectors.chances(forth).sum() == pytest.approx(1.0)
    assert vectors.whole([("retard", 1.0), ("loyer", 2.0)]) == pytest.approx(forth)


def test_a_word_that_nobody_writes_has_no_row_and_changes_nothing(vectors: Vectors):
    assert vectors.row("qsdfghjklm") is None
    assert list(vectors.whole([("loyer", 2.0), ("qsdfghjklm", 5.0)])) == list(vectors.whole([("loyer", 2.0)]))
    assert not vectors.whole([("qsdfghjklm", 5.0)]).any()
    rsa = vectors.classes.index("droits-et-prestations--rsa")
    assert vectors.pulls(vectors.rows([("qsdfghjklm", 1.0)]), [rsa]).tolist() == [[0.0]]


def test_the_word_that_leans_there_pulls_most(vectors: Vectors):
    rows = vectors.rows([("mercredi", 1.0), ("nounou", 1.0), ("fenetre", 1.0)])
    (pulls,) = vectors.pulls(rows, [vectors.classes.index("famille--garde-denfants")])
    assert pulls.argmax() == 1
    assert pulls.min() >= 0.0
