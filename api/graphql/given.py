"""What a client gives: words, names, ids, within bounds."""

from __future__ import annotations

from typing import Final

from graph.model.errors import InvalidInput

# What every act says of its key.
KEY: Final = "Chosen by the client: the same act under the same key is done once."
# More is not a question of any kind.
WORDS_LIMIT: Final = 500


def bounded(text: str, field: str) -> str:
    """`text` when it is of a reasonable length. Raises InvalidInput."""
    if len(text) > WORDS_LIMIT:
        raise InvalidInput(f"Pas plus de {WORDS_LIMIT} caractères ici.", field)
    return text
