"""What someone may be about to type: competences, by their label or by a way to say them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from graph.model.vocabulary import acronyms, competence, competences
from graph.model.wording import expressions
from graph.model.words import ELIDED, fold
from search.features import words_of


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to finish what is being typed: `text` is what it completes, `label` the competence's name."""

    competence: str
    label: str
    text: str


class Completion:
    """Every way to go on, in order. Built once; completing changes nothing."""

    def __init__(self) -> None:
        self._endings = _endings()

    def complete(self, text: str, limit: int) -> list[Suggestion]:
        """The best `limit` competences whose label, or a way to say it, goes on from `text`; labels first, each once."""
        typed = [token.text for token in words_of(text)]
        # "garde d": the apostrophe is about to come.
        key = " ".join(typed[:-1] if len(typed) > 1 and typed[-1] in ELIDED else typed)
        if not key or limit < 1:
            return []
        chosen: dict[str, tuple[int, str]] = {}
        for position in range(bisect_left(self._endings, (key,)), len(self._endings)):
            ending, rank, id_, said = self._endings[position]
            if not ending.startswith(key):
                break
            if id_ not in chosen or rank < chosen[id_][0]:
                chosen[id_] = (rank, said)
        best = sorted(chosen.items(), key=lambda item: (item[1][0], len(item[1][1]), item[0]))
        return [Suggestion(id_, competence(id_).label, said) for id_, (_, said) in best[:limit]]


def _endings() -> list[tuple[str, int, str, str]]:
    """What can be typed, from each word on, sorted: folded ending, rank, competence, text."""
    endings: list[tuple[str, int, str, str]] = []
    for entry in competences().values():
        words = [token.text for token in words_of(entry.label)]
        endings += [(" ".join(words[i:]), min(i, 1), entry.id, entry.label) for i in range(len(words))]
    for acronym in acronyms():
        said = f"{acronym.acronym} : {acronym.expansion}"
        endings += [(fold(acronym.acronym), 2 + rank, id_, said) for rank, id_ in enumerate(acronym.competences)]
    for expression in expressions():
        words = [token.text for token in words_of(expression.text)]
        endings.append((" ".join(words), 3, expression.competence, expression.text))
    return sorted(endings)
