"""The rooms put together: what a door needs to answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.settings import Settings
from api.tally import Tally
from graph.store.unit import Graph
from search.backend import Index
from search.places import Gazetteer
from search.understand import Reader


@dataclass(frozen=True, slots=True)
class Rooms:
    """One per process: the graph, the index, the reader of words, the settings they were opened with, what searches met."""

    settings: Settings
    graph: Graph
    index: Index
    reader: Reader
    tally: Tally = field(default_factory=Tally)

    @property
    def places(self) -> Gazetteer:
        """The territories of the index generation in use."""
        return self.index.places
