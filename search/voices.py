"""What the voices that read a question say together: the lexicon, the classifier of words, the one of meanings, near phrases.

What each says is an array: a number for each competence in order, and one for other fields.

The numbers were chosen on a fifth of the lexicon's situations and of the phrases of other fields, kept out of what taught the
voices (decision 0064).
"""

from __future__ import annotations

from typing import Final

from search.lexicon import ELSEWHERE_AT
from search.parts import Weights

# How much of a say each voice has: chances are multiplied, so that one that thinks a competence unlikely holds back another that
# is sure of it; averages of them let the surest win.
SAY_OF_WORDS: Final = 0.67
SAY_OF_MEANING: Final = 0.33
SAY_OF_NEARNESS: Final = 0.33
LEAST_CHANCE: Final = 1e-6
# So many competences hold the answer: none changed on the bench between twelve and all.
LIKELY: Final = 12
# How much their chance weighs beside the lexicon's score.
CHANCE: Final = 7.0
# A question is ours when the field says more than half of its words and what other fields say is not likely …
LEAST_KNOWN: Final = 0.55
MOST_ELSEWHERE: Final = 0.3
# … or on less when there is no doubt what it means, for acronyms and misspelt words have no meaning to look up.
SURE_CHANCE: Final = 0.9
LEAST_KNOWN_WHEN_SURE: Final = 0.35


def likely(by_words: Weights, by_meaning: Weights) -> list[int]:
    """Those whose near phrases are worth looking at: the likeliest by words and meaning, and what other fields say."""
    told = (by_words + LEAST_CHANCE) ** 2 * (by_meaning + LEAST_CHANCE)
    return sorted({ELSEWHERE_AT, *told.argsort(kind="stable")[-LIKELY:].tolist()})


def together(by_words: Weights, by_meaning: Weights, nearby: Weights) -> Weights:
    """The chance of each competence, and of other fields, that the three voices give together."""
    told = (by_words + LEAST_CHANCE) ** SAY_OF_WORDS
    told *= (by_meaning + LEAST_CHANCE) ** SAY_OF_MEANING
    told *= (nearby + LEAST_CHANCE) ** SAY_OF_NEARNESS
    return told / told.sum()


def is_ours(known: float, chances: Weights) -> bool:
    """Whether a question, of which the field knows this share of the words, belongs to the field at all."""
    sure = chances[ELSEWHERE_AT + 1 :].max() >= SURE_CHANCE
    return known >= (LEAST_KNOWN_WHEN_SURE if sure else LEAST_KNOWN) and (
        sure or chances[ELSEWHERE_AT] < MOST_ELSEWHERE
    )


def scored(by_lexicon: Weights, chances: Weights) -> Weights:
    """The score of each: what the lexicon says, and the chance that the voices give."""
    return by_lexicon + CHANCE * chances
