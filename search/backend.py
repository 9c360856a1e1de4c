"""What a search engine promises here; embedded.py (tantivy) and server.py (Meilisearch) keep it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from graph.model.candidates import Candidates, Preference
from graph.model.errors import Unavailable
from graph.model.facts import Grade
from graph.model.relay import Listing
from graph.model.territory import Territory
from search.places import Gazetteer

# The file of a local index that names the generation in use: here, so that who looks at it loads no engine.
POINTER: Final = "current"


class NotBuilt(Unavailable):
    """There is no generation that this version understands."""

    def __init__(self) -> None:
        super().__init__("L’index de recherche n’est pas encore construit. Réessayez dans un instant.")


class AnotherWrites(Unavailable):
    """One writes an index at a time."""

    def __init__(self) -> None:
        super().__init__(
            "L’index est déjà tenu par un autre worker : un seul écrit à la fois. Arrêtez l’autre, ou laissez-le finir."
        )


# A place lies in no more zones than these, sectors included.
MOST_NEAR: Final = 8
# How many are weighed: that many take about two milliseconds.
MOST_WEIGHED: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which listings to look at: those that cover one of `zones` (or lie inside `inside`), and either handle one of
    `competences` or bear a name that holds all words of one of `names`. No zone means anywhere. `zones` are those of a place,
    the nearest first, if there are MOST_NEAR of them or fewer; of more, none is nearer than another.
    """

    zones: tuple[str, ...] = ()
    inside: str = ""
    competences: tuple[str, ...] = ()
    names: tuple[tuple[str, ...], ...] = ()
    preferred: Preference = ()
    most: int = MOST_WEIGHED

    @property
    def ways(self) -> Preference:
        """The ways to be competent, best first: those preferred, or any for these competences."""
        return self.preferred or tuple((id_, grade) for grade in Grade for id_ in self.competences)

    @property
    def near(self) -> tuple[str, ...]:
        """The zones among which the nearest counts; none where there are too many to be those of a place."""
        return self.zones if len(self.zones) <= MOST_NEAR else ()


class Held(NamedTuple):
    """What an index holds of a listing: the digest of its facts, and the id of its organisation."""

    digest: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """A write that the engine took and did not carry out; `text` says which, and why, in French."""

    id: int
    text: str


class Index(Protocol):
    """Reading side, one per process."""

    @property
    def generation(self) -> str:
        """Changes whenever an answer may change. Raises Unavailable."""
        ...

    @property
    def places(self) -> Gazetteer:
        """The territories of this generation. Raises Unavailable."""
        ...

    async def follow(self) -> None:
        """Look at what is in use now: `places` and `generation` are then those of this moment. Raises Unavailable."""
        ...

    def followed(self) -> AbstractAsyncContextManager[None]:
        """While this lasts, a process that nobody asks anything keeps up with the index all the same."""
        ...

    async def read_ahead(self) -> None:
        """Read now what many questions would wait for one by one; what cannot be read is told by the questions."""
        ...

    async def candidates(self, wanted: Wanted) -> Candidates:
        """The listings that fit, in no order: all of them, or where they are too many the `most` that fit best.

        Agreements, and those that fit by their name, come whole. Names are judged again by graph/model/names.py: more may
        come, never less. Raises Unavailable.
        """
        ...

    async def listings(self, candidates: Candidates, rows: Sequence[int]) -> list[Listing]:
        """The listings of these rows, in their order and as they were when they were found. Raises Unavailable."""
        ...

    async def known(self, keys: Sequence[str]) -> list[Listing]:
        """Those of these listings that are held, in order of key. Raises Unavailable."""
        ...

    async def acting(self, territories: Sequence[str]) -> dict[str, int]:
        """How many listings act in each of these territories or in a part of it; none are left out. Raises Unavailable."""
        ...

    async def held(self) -> dict[str, Held]:
        """Each listing held, by key: what `doctor` compares with the graph. Raises Unavailable."""
        ...

    async def answers(self) -> bool:
        """Whether it can be asked now."""
        ...


class Writer(Protocol):
    """Writing side, over one generation. What is written shows after `commit` and not before it.

    Raises Unavailable or OSError where the engine is at fault, and not what is written.
    """

    @property
    def name(self) -> str:
        """The generation; another rebuild has another name."""
        ...

    async def holds_listings(self) -> bool:
        """Whether a listing was committed."""
        ...

    async def worn(self) -> bool:
        """Whether so much was written since it was built that one built anew would answer faster."""
        ...

    async def replace(self, organisations: Iterable[str], listings: Sequence[Listing]) -> None:
        """Forget all listings of these organisations, then take these."""
        ...

    async def keep_places(self, territories: Sequence[Territory]) -> None:
        """Take these territories in place of those held."""
        ...

    async def commit(self) -> None:
        """Show what was written; it is kept when this returns."""
        ...

    async def switch(self) -> None:
        """Make this the generation in use without a moment between the two, and remove the others."""
        ...

    async def close(self) -> None:
        """End; what was not committed is lost."""
        ...

    async def discard(self) -> None:
        """Close, and remove this generation: it will not be used."""
        ...


class Engine(Protocol):
    """One index, of which there is a generation in use, or none yet."""

    @property
    def shared(self) -> bool:
        """Whether several machines may write it: they then take turns through the graph (graph/store/turn.py)."""
        ...

    def index(self) -> Index:
        """A reading side. It needs no generation yet: it answers once there is one."""
        ...

    async def current(self) -> Writer | None:
        """A writer over the generation in use; None when there is none that this version understands.

        Raises Unavailable when the engine does not answer, AnotherWrites when it lets another write.
        """
        ...

    async def aside(self) -> Writer:
        """A writer over a new, empty generation that nobody reads yet. What earlier ones left unfinished is removed."""
        ...

    async def in_use(self) -> str:
        """The name of the generation in use, of this version's format; empty when there is none. Raises Unavailable."""
        ...

    async def troubles(self) -> list[Trouble]:
        """Writes that failed, or that have not moved for minutes."""
        ...

    async def settle(self, troubles: Sequence[Trouble]) -> None:
        """Forget these: what they should have written is made good by other means."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
