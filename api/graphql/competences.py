"""Competences, and what words were taken to mean."""

from __future__ import annotations

from functools import lru_cache

import strawberry

from graph.model import relay, vocabulary
from search.understand import Suggestion


@strawberry.type(description="An entry of the closed list: thématiques of data·inclusion v1, and ours.")
class Competence:
    """What a relay can be competent for."""

    id: strawberry.ID = strawberry.field(description="Its id, `category--entry`.")
    label: str = strawberry.field(description="Its name in French; its id when the list no longer has it.")
    category: str = strawberry.field(
        description="Name in French of the category above it; empty when the list has none."
    )

    @classmethod
    def of(cls, competence_id: str) -> Competence:
        """From the vocabulary; a graph older than the list may hold ids that the list has lost."""
        return _competence(competence_id)


# A page of relays names a hundred of them, the same again and again.
@lru_cache(maxsize=512)
def _competence(id_: str) -> Competence:
    record = vocabulary.competences().get(id_)
    label, category = (record.label, record.category_label) if record else (id_, "")
    return Competence(id=strawberry.ID(id_), label=label, category=category)


@strawberry.type(description="A competence that words were taken to mean.")
class CompetenceMatch:
    """One chip of the search page."""

    competence: Competence = strawberry.field(description="The competence.")
    because: str = strawberry.field(description="Which words led to it, in French.")
    certainty: float = strawberry.field(description="How sure that is, from 0 to 1; the list is in this order.")

    @classmethod
    def of(cls, match: relay.CompetenceMatch) -> CompetenceMatch:
        """From the model."""
        return cls(competence=Competence.of(match.competence), because=match.because, certainty=match.certainty)


@strawberry.type(description="A competence that the beginning of a text may mean.")
class Completion:
    """One line of a list under what is being typed."""

    competence: Competence = strawberry.field(description="The competence.")
    text: str = strawberry.field(
        description="The way to say it that goes on from what was typed; its label when that does."
    )

    @classmethod
    def of(cls, suggestion: Suggestion) -> Completion:
        """From the reader of words."""
        return cls(competence=Competence.of(suggestion.competence), text=suggestion.text)
