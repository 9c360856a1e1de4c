"""The choices that narrow an answer, each with how many relays it would leave, and those already made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api.web.question import WISHES, Asked
from graph.model.directory import Mode, Public
from graph.model.relay import Facets
from graph.model.vocabulary import label

# Beyond these, a list of kinds is opened in place.
KINDS_SHOWN: Final = 6
NOW: Final = ("ouvert", "place", "frais")
TERMS: Final = ("sans-condition", "gratuit", "interprete", "accessible")
WISH_WORDS: Final = {
    "ouvert": "Ouvert maintenant",
    "place": "A de la place",
    "frais": "Vérifié depuis moins de six mois",
    "sans-condition": "Sans condition de séjour",
    "gratuit": "Gratuit",
    "interprete": "Interprète",
    "accessible": "Accessible en fauteuil roulant",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick. One that would leave nothing cannot be ticked, and says so with its 0; `whole` when all was counted."""

    name: str
    value: str
    label: str
    count: int
    chosen: bool
    whole: bool = True

    @property
    def id(self) -> str:
        """The id of its box, the same from one answer to the next: the focus is put back by it."""
        return f"filtre-{self.name}-{self.value}".lower()

    @property
    def barred(self) -> bool:
        """Whether it cannot be ticked. A 0 of a part of the relays does not say that there is none."""
        return self.whole and self.count == 0 and not self.chosen


@dataclass(frozen=True, slots=True)
class Group:
    """Choices under one title: `shown`, then `more` that are opened in place."""

    title: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Picked:
    """A choice already made, and the address of the answer without it; `count` is what that would leave, when it is known."""

    label: str
    away: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Everything that the panel shows. `kept` are the fields that its form sends along, unseen; `cut` as in Found."""

    groups: tuple[Group, ...]
    picked: tuple[Picked, ...]
    cleared: str
    kept: tuple[tuple[str, str], ...]
    cut: bool = False


def filters_view(asked: Asked, facets: Facets, *, cut: bool = False) -> Filters:
    """The panel for this question and the counts of its answer, `cut` when they leave relays out."""
    chosen = set(asked.filters())
    return Filters(
        groups=tuple(group for group in _groups(facets, chosen, cut) if group.shown),
        picked=picked(asked),
        cleared=asked.without_filters().address(),
        kept=tuple(asked.kept_by_filters()),
        cut=cut,
    )


def picked(asked: Asked) -> tuple[Picked, ...]:
    """Each choice made, in the order of the address."""
    return tuple(
        Picked(choice_words(name, value), asked.without_filter(name, value).address())
        for name, value in asked.filters()
    )


def choice_words(name: str, value: str) -> str:
    """A choice as people read it."""
    family = {"qui": "public", "mode": "mode", "type": "organisation_kind"}.get(name)
    return label(family, value) if family else WISH_WORDS[name]


def _groups(facets: Facets, chosen: set[tuple[str, str]], cut: bool) -> Iterable[Group]:
    def choice(name: str, value: str, count: int) -> Choice:
        return Choice(name, value, choice_words(name, value), count, (name, value) in chosen, whole=not cut)

    def wishes(names: Iterable[str]) -> tuple[Choice, ...]:
        return tuple(choice(name, "1", getattr(facets, WISHES[name])) for name in names)

    yield Group("En ce moment", wishes(NOW))
    yield Group("Conditions", wishes(TERMS))
    counts = dict(facets.modes)
    yield Group("Être reçu", tuple(choice("mode", mode.value, counts.get(mode, 0)) for mode in Mode))
    of_publics = dict(facets.publics)
    publics = (choice("qui", p.value, of_publics.get(p, 0)) for p in Public if p is not Public.TOUS_PUBLICS)
    yield _cut("Public", publics)
    # A kind that does not answer at all is no choice, unless it was made.
    missing = [value for name, value in sorted(chosen) if name == "type" and value not in dict(facets.kinds)]
    kinds = [*facets.kinds, *((kind, 0) for kind in missing)]
    yield _cut("Type d’organisme", (choice("type", kind, count) for kind, count in kinds))


def _cut(title: str, choices: Iterable[Choice]) -> Group:
    """The likeliest in sight, and before them those that were chosen."""
    ordered = sorted(choices, key=lambda one: (not one.chosen, -one.count, one.label))
    chosen = sum(one.chosen for one in ordered)
    shown, more = ordered[: max(KINDS_SHOWN, chosen)], ordered[max(KINDS_SHOWN, chosen) :]
    return Group(title, tuple(shown), tuple(more))
