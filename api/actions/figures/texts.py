"""Published figures as the graph keeps them: a JSON text a row, one for the network."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import orjson

from graph.model.figures.lattice import Node, Published, published_of
from graph.model.figures.networked import NetworkTold


def texts_of(told: Published) -> dict[Node, str]:
    """A text for each row that is told."""
    return {row: orjson.dumps(told.data_of_row(row)).decode() for row in told.rows}


def table_of(texts: Mapping[Node, str]) -> Published:
    """What these rows tell."""
    return published_of((row, orjson.loads(text)) for row, text in texts.items())


def network_of(text: str | None) -> NetworkTold | None:
    """What is told of the network; None where nothing is."""
    return msgspec.json.decode(text, type=NetworkTold) if text else None
