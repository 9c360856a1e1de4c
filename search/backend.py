"""What a search engine promises here; embedded.py (tantivy) keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from graph.model.relay import Listing
from search.places import Gazetteer

# What is first asked for; when as many come, all are taken: a cut among ties would lose results.
MOST_CANDIDATES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which listings to look at: those that cover one of `zones` (or lie inside `inside`), and either handle one of
    `competences` or bear a name that holds all words of one of `names`. No zone means anywhere.
    """

    zones: tuple[str, ...] = ()
    inside: str = ""
    competences: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()


class Index(Protocol):
    """Reading side, one per process."""

    @property
    def generation(self) -> str:
        """Changes whenever an answer may change."""
        ...

    @property
    def places(self) -> Gazetteer:
        """The territories of this generation."""
        ...

    async def candidates(self, wanted: Wanted) -> list[Listing]:
        """Every listing that fits, in order of key. Raises Unavailable."""
        ...

    async def digests(self) -> dict[str, str]:
        """The digest of each listing held, by key: what `doctor` compares with the graph."""
        ...

    def answers(self) -> bool:
        """Whether it can be asked now."""
        ...
