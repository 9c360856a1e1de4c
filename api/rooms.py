"""The rooms put together: what a door needs to answer."""

from __future__ import annotations

from dataclasses import dataclass

from api.settings import Settings
from graph.store.unit import Graph
from search.backend import Index
from search.places import Gazetteer
from search.understand import Reader


@dataclass(frozen=True, slots=True)
class Rooms:
    """One per process: the graph, the index, the reader of words, and the settings they were opened with."""

    settings: Settings
    graph: Graph
    index: Index
    reader: Reader

    @property
    def places(self) -> Gazetteer:
        """The territories of the index generation in use."""
        return self.index.places
