"""The closed list of competences as people browse it: category by category, each a link to a search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from api.web.question import Asked
from graph.model.vocabulary import categories, competences
from graph.model.words import fold


@dataclass(frozen=True, slots=True)
class Category:
    """`entries` are (label, address of the search)."""

    id: str
    label: str
    entries: tuple[tuple[str, str], ...]


@cache
def theme_list() -> tuple[Category, ...]:
    """Every category, by name."""
    return themes_around(Asked())


def themes_around(asked: Asked) -> tuple[Category, ...]:
    """Every category, by name; each theme keeps the place and the public of `asked`."""
    listed = (
        Category(
            id=id_,
            label=name,
            entries=tuple(
                (entry.label, asked.only(entry.id).address())
                for entry in competences().values()
                if entry.category == id_
            ),
        )
        for id_, name in categories().items()
    )
    return tuple(sorted(listed, key=lambda category: fold(category.label)))
