"""What someone may be about to type: competences, by their label or by a way to say them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from graph.model.vocabulary import acronyms, competence, competences
from graph.model.wording import expressions
from graph.model.words import ELIDED, fold
from search.features import words_of
from search.made import kept

# Folded ending, rank, competence, text.
Ending = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A way to finish what is being typed: `text` is what it completes, `label` the competence's name."""

    competence: str
    label: str
    text: str


class Completion:
    """Every way to go on, in order. Built once; completing changes nothing."""

    def __init__(self) -> None:
        self._endings = kept("endings", list[Ending], _endings)

    def complete(self, text: str, limit: int) -> list[Suggestion]:
        """The best `limit` competences whose label, or a way to say it, goes on from `text`; labels first, each once."""
        typed = words_of(text)
        if not typed or limit < 1:
            return []
        written_out = [token.text for token in typed]
        last = typed[-1]
        # "av" may become "avocat": what is still being typed stands for itself, and for "avec" only when nothing begins so.
        as_typed = [token.text for token in typed if token.start < last.start]
        as_typed.append(fold(text[last.start : last.end]).replace("'", ""))
        chosen = self._going_on(as_typed) if last.end == len(text) else {}
        chosen = chosen or self._going_on(written_out)
        best = sorted(chosen.items(), key=lambda item: (item[1][0], len(item[1][1]), item[0]))
        return [Suggestion(id_, competence(id_).label, said) for id_, (_, said) in best[:limit]]

    def _going_on(self, words: Sequence[str]) -> dict[str, tuple[int, str]]:
        """What goes on from these words, by competence: rank and text of the best."""
        # "garde d": the apostrophe is about to come.
        key = " ".join(words[:-1] if len(words) > 1 and words[-1] in ELIDED else words)
        chosen: dict[str, tuple[int, str]] = {}
        for position in range(bisect_left(self._endings, (key,)), len(self._endings)):
            ending, rank, id_, said = self._endings[position]
            if not ending.startswith(key):
                break
            if id_ not in chosen or rank < chosen[id_][0]:
                chosen[id_] = (rank, said)
        return chosen


def _endings() -> list[Ending]:
    """What can be typed, from each word on, sorted: folded ending, rank, competence, text."""
    endings: list[Ending] = []
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
