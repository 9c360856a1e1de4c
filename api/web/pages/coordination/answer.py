"""What a page of coordination answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from api.rooms import Rooms
from api.web.pages.coordination.asked import Wish
from api.web.pictures.table import Drawn, number_words
from graph.model.access import Viewer
from graph.model.figures.sums import AtLeast

NOTHING_TOLD: Final = "Ce qui permettrait de répondre est masqué : trop peu de personnes sont concernées ici."


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence that answers first; the pictures with their tables; what can be done, as (words, address); what else there is
    to know.
    """

    sentence: str
    drawn: tuple[Drawn, ...] = ()
    actions: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def hides(self) -> bool:
        """Whether something is hidden on the page."""
        return any(one.table.hides for one in self.drawn)


Builder = Callable[[Rooms, Viewer, Wish], Awaitable[Answer]]


def number(count: int | None, one: str, many: str, none: str = "aucune") -> str:
    """ "1 240 demandes", "au moins 40 demandes", "un nombre masqué de demandes"; `none` agrees with what there is none of."""
    if count is None:
        return f"un nombre masqué de {many}"
    return f"{number_words(count)} {one if count < 2 else many}" if count else f"{none} {one}"


def share(part: int | None, whole: int | None) -> str:
    """ " (67 %)", nothing where it cannot be told: of numbers to which hidden ones would have to be added, neither can a share."""
    if part is None or not whole or isinstance(part, AtLeast) or isinstance(whole, AtLeast):
        return ""
    return f" ({round(100 * part / whole)} %)"
