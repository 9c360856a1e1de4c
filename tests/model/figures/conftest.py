"""Lived networks, made once for all tests of figures: two years of people's files, and what was planted in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from graph.model.casework.acts import Entry
from graph.model.casework.applying import replayed
from graph.model.figures.facts import Facts
from graph.model.figures.of_files import facts_of
from importers.invented.generated import generated
from importers.invented.loading import lives
from importers.invented.network import Network
from tests.conftest import FULL

END = datetime(2026, 3, 2, 9, tzinfo=UTC)
# Seed, cells of 24 bodies, files: thousands of handoffs, of which some dozens come to each body that was planted.
LIVED = [("one", 1, 720), ("two", 1, 720), ("three", 1, 720)]
LIVED_IN_FULL = [(f"full {number}", 1 + number % 3, 3_000 + 3_000 * (number % 3)) for number in range(6)]


@dataclass(frozen=True)
class Lived:
    network: Network
    logs: list[list[Entry]]
    facts: Facts


def lived(seed: str, cells: int, files: int) -> Lived:
    network = generated(seed, cells, END)
    logs = list(lives(network, seed, files, END))
    parts = [facts_of(replayed(log)) for log in logs]
    return Lived(
        network,
        logs,
        Facts(
            handoffs=tuple(one for part in parts for one in part.handoffs),
            needs=tuple(one for part in parts for one in part.needs),
            files=tuple(one for part in parts for one in part.files),
        ),
    )


@pytest.fixture(scope="session", params=LIVED + (LIVED_IN_FULL if FULL else []), ids=lambda param: param[0])
def years(request: pytest.FixtureRequest) -> Lived:
    return lived(*request.param)
