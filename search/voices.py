"""What the voices that read a question say together: the lexicon, the classifier of words, the one of meanings, near phrases.

The numbers were chosen on a fifth of the lexicon's situations and of the phrases of other fields, kept out of what taught the
voices (decision 0064).
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nlargest
from typing import Final

from search.lexicon import ELSEWHERE

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

Chances = Mapping[str, float]


def likely(by_words: Chances, by_meaning: Chances) -> list[str]:
    """Those whose near phrases are worth looking at: the likeliest by words and meaning, and what other fields say."""
    told = {id_: (chance + LEAST_CHANCE) ** 2 * (by_meaning[id_] + LEAST_CHANCE) for id_, chance in by_words.items()}
    return list({ELSEWHERE, *nlargest(LIKELY, told, key=lambda id_: (told[id_], id_))})


def together(by_words: Chances, by_meaning: Chances, nearby: Chances) -> dict[str, float]:
    """The chance of each competence, and of other fields, that the three voices give together."""
    told = {
        id_: (chance + LEAST_CHANCE) ** SAY_OF_WORDS
        * (by_meaning[id_] + LEAST_CHANCE) ** SAY_OF_MEANING
        * (nearby[id_] + LEAST_CHANCE) ** SAY_OF_NEARNESS
        for id_, chance in by_words.items()
    }
    whole = sum(told.values())
    return {id_: share / whole for id_, share in told.items()}


def is_ours(known: float, chances: Chances) -> bool:
    """Whether a question, of which the field knows this share of the words, belongs to the field at all."""
    elsewhere = chances[ELSEWHERE]
    sure = max(chance for id_, chance in chances.items() if id_ != ELSEWHERE) >= SURE_CHANCE
    return known >= LEAST_KNOWN_WHEN_SURE if sure else known >= LEAST_KNOWN and elsewhere < MOST_ELSEWHERE


def scored(by_lexicon: Chances, chances: Chances) -> dict[str, float]:
    """The score of each: what the lexicon says, and the chance that the voices give."""
    return {id_: by_lexicon.get(id_, 0.0) + CHANCE * chance for id_, chance in chances.items()}
