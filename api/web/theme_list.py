"""The closed list of competences as people browse it: category by category, each a link to a search and to its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from api.actions.coverage import Covered
from api.web.question import Asked
from api.web.render import sheet_path
from api.web.territory_view import grouped
from graph.model.themes import definitions
from graph.model.vocabulary import categories, competences
from graph.model.words import fold

UNCOUNTED: Mapping[str, Covered] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Theme:
    """`address` is that of the search, `href` that of its page.

    `count` its relays at the place asked for, "976+" where there are more than were weighed, empty without a place; `said`
    is the same for who listens: "plus de 976 relais".
    """

    label: str
    address: str
    href: str
    definition: str
    count: str
    said: str


@dataclass(frozen=True, slots=True)
class Category:
    """`entries` are (label, address of the search), `themes` the same with all that is known of them."""

    id: str
    label: str
    themes: tuple[Theme, ...]

    @property
    def entries(self) -> tuple[tuple[str, str], ...]:
        """Where a bare link is enough."""
        return tuple((theme.label, theme.address) for theme in self.themes)


@cache
def theme_list() -> tuple[Category, ...]:
    """Every category, by name."""
    return themes_around(Asked())


def relays_words(one: Covered) -> str:
    """ "12 relais", "plus de 976 relais"."""
    return f"plus de {grouped(one.total - 1)} relais" if one.cut else f"{grouped(one.total)} relais"


def _count(one: Covered) -> str:
    return f"{grouped(one.total - 1)}+" if one.cut else grouped(one.total)


def themes_around(asked: Asked, counts: Mapping[str, Covered] = UNCOUNTED) -> tuple[Category, ...]:
    """Every category, by name; each theme keeps the place and the public of `asked`; `counts` are by competence."""
    query = f"?{asked.address().partition('?')[2]}".rstrip("?")
    listed = (
        Category(
            id=id_,
            label=name,
            themes=tuple(
                Theme(
                    entry.label,
                    asked.only(entry.id).address(),
                    sheet_path("themes", entry.id) + query,
                    definitions()[entry.id],
                    _count(counts[entry.id]) if counts else "",
                    relays_words(counts[entry.id]) if counts else "",
                )
                for entry in competences().values()
                if entry.category == id_
            ),
        )
        for id_, name in categories().items()
    )
    return tuple(sorted(listed, key=lambda category: fold(category.label)))
