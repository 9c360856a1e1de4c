"""The figures by their ids, with their definitions in words: pages, reports and the API show the same ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from graph.model.figures import (
    acceptance,
    activity,
    chains,
    coverage,
    cuts,
    dead_ends,
    delays,
    flows,
    impact,
    network,
    transitional,
    unmet,
)
from graph.model.sheets import rows

FIGURES: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "flows": flows.added_up,
        "first_contact": delays.first_contact,
        "answer_times": delays.answer_times,
        "acceptance": acceptance.acceptance,
        "accuracy": acceptance.accuracy,
        "bounces": chains.bounces,
        "chains": chains.chains,
        "dead_ends": dead_ends.dead_ends,
        "betweenness": network.betweenness,
        "bottlenecks": network.bottlenecks,
        "cuts": cuts.cuts,
        "unmet": unmet.unmet,
        "transitional": transitional.load,
        "relays": coverage.relays,
        "uncovered": coverage.uncovered,
        "activity": activity.activity,
        "calendar": activity.calendar,
        "impact": impact.impact,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a figure says, in French: its title, how it is counted, in what unit, and from what."""

    id: str
    title: str
    definition: str
    unit: str
    source: str


@cache
def definitions() -> Mapping[str, Definition]:
    """Each figure's, by its id, in the order of the list."""
    return MappingProxyType(
        {
            row.required("id"): Definition(
                id=row.required("id"),
                title=row.required("title"),
                definition=row.required("definition"),
                unit=row.required("unit"),
                source=row.required("source"),
            )
            for row in rows("definitions.csv", Path(__file__).parent)
        }
    )
