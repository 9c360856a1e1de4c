"""The same word is the same string however it was typed."""

from __future__ import annotations

import pytest

from graph.model.words import Token, content, fold, spans, tokens


@pytest.mark.parametrize(
    ("typed", "folded"),
    [("L’Œuvre À GENOUX", "l'oeuvre a genoux"), ("Haÿ", "hay"), ("ex æquo", "ex aequo"), ("plain", "plain"), ("", "")],
)
def test_fold(typed: str, folded: str):
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("l’hébergement d'urgence", ("hebergement", "urgence")),
        ("jusqu’à aujourd’hui", ("a", "aujourdhui")),
        ("Prud’hommes", ("prudhommes",)),
        ("jpeux plus payer edf", ("je", "peux", "plus", "payer", "edf")),
        ("mdp perdu", ("mot", "de", "passe", "perdu")),
        ("quelqu’un", ("un",)),
        ("… !?", ()),
    ],
)
def test_tokens_without_elisions_and_with_short_spellings_written_out(typed: str, words: tuple[str, ...]):
    assert tokens(typed) == words


def test_spans_point_at_the_typed_characters():
    typed = "l’ÉCOLE à Saint-Étienne"
    assert list(spans(typed)) == [
        Token("ecole", 2, 7),
        Token("a", 8, 9),
        Token("saint", 10, 15),
        Token("etienne", 16, 23),
    ]
    assert [typed[token.start : token.end] for token in spans(typed)] == ["ÉCOLE", "à", "Saint", "Étienne"]


def test_content_leaves_stop_words_and_negations_out():
    assert content("je n’ai plus de chauffage chez moi") == ("chauffage",)
