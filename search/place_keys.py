"""What names of places are compared by: keys, the same however the name was typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from graph.model.words import PIECE, fold

ORDINAL: Final = re.compile(r"\b(\d{1,2})\s?(?:er|ere|e|eme|nd|nde)\b")
ARRONDISSEMENT: Final = re.compile(r"\b(?:arrondissements?|arrdt|ardt|arr)\b")
SPELLED: Final = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "ss": "sous"}
# In a text of only these letters and marks, each word folds to one word.
PLAIN: Final = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿŒœ\s'’.,;:!?()«»\"…–—-]*")


def key_of(text: str) -> str:
    """A name as it is compared: "St-Étienne s/ Mer" and "saint etienne sur mer" are one; "13ème arr." is "13"."""
    folded = fold(text)
    if "/" in folded:
        folded = folded.replace(" s/", " sur ")
    if "arr" in folded or "ardt" in folded:
        folded = ARRONDISSEMENT.sub(" ", folded)
    if not folded.isalpha():
        folded = ORDINAL.sub(r"\1 ", folded)
    words: list[str] = PIECE.findall(folded)
    return " ".join(SPELLED.get(word, word) for word in words)


def keys_of(text: str, words: Sequence[str]) -> list[str] | None:
    """The key of each folded word of a text; None when the key of several words may be other than theirs, one after the other."""
    line = " ".join(words)
    if not PLAIN.fullmatch(text) or ORDINAL.search(line) or ARRONDISSEMENT.search(line):
        return None
    return [SPELLED.get(word, word) for word in words]
