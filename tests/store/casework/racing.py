"""Clients that race for the same files, in a process of their own: `python -m tests.store.casework.racing < orders.json`.

Each has every file's handoff to its own organisation accepted, then confirms the first contact; whatever is answered is written
to the log of the process as a line, when it is answered. Keys are the same at each start: what is done is done once.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from api.actions.casework import handoffs
from api.rooms import Rooms
from api.settings import Settings
from graph.model.access import Role, Viewer
from graph.model.casework.handoff import Step
from graph.model.errors import Refusal, Unavailable
from graph.store.casework.keyring import Keyring
from graph.store.engine import Address
from graph.store.unit import Graph

# A busy machine, an engine that was killed: until then a client asks again.
PATIENCE = 120.0


@dataclass(frozen=True)
class Client:
    """Who accepts, for which organisation."""

    name: str
    account: str
    organisation: str

    @property
    def viewer(self) -> Viewer:
        return Viewer(
            account=self.account,
            organisation=self.organisation,
            organisations=(self.organisation,),
            roles=frozenset({Role.PROFESSIONAL}),
        )


@dataclass(frozen=True)
class Orders:
    """Where, who, which handoffs (by file, then by organisation addressed), where to say what was answered."""

    address: dict[str, Any]
    keyring: str
    clients: list[dict[str, str]]
    files: dict[str, dict[str, str]]
    told: str


class Told:
    """One line an answer, written in one piece."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(self, **answer: object) -> None:
        os.write(self._file, (json.dumps(answer) + "\n").encode())


def answers(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """All that was told; a process that was killed may have left half a line."""
    lines = [line for path in paths if path.exists() for line in path.read_text().split("\n")[:-1]]
    return [json.loads(line) for line in lines]


def rooms_of(graph: Graph) -> Rooms:
    """What these actions are given: they touch the graph alone."""
    return Rooms(settings=Settings(), graph=graph, index=cast("Any", None), reader=cast("Any", None))


async def main() -> None:
    orders = Orders(**json.load(sys.stdin))
    graph = await Graph.open(Address(**orders.address), Keyring(Path(orders.keyring)))
    rooms = rooms_of(graph)
    told = Told(Path(orders.told))
    try:
        await asyncio.gather(*(_race(rooms, Client(**client), orders.files, told) for client in orders.clients))
    finally:
        await graph.close()


async def _race(rooms: Rooms, client: Client, files: dict[str, dict[str, str]], told: Told) -> None:
    chance = random.Random(client.name)
    for file, to in files.items():
        handoff = to[client.organisation]
        await asyncio.sleep(chance.uniform(0, 0.01))
        accepted = await _asked(rooms, client, file, handoff, Step.ACCEPT, told)
        if accepted:
            await _asked(rooms, client, file, handoff, Step.CONTACT, told)
        if chance.random() < 0.2:
            await _asked(rooms, client, file, handoff, Step.ACCEPT, told)


async def _asked(rooms: Rooms, client: Client, file: str, handoff: str, step: Step, told: Told) -> bool:
    """Until someone says yes or no. A graph that was away is asked again under the same key."""
    key, end = f"{client.name}-{handoff}-{step}", time.monotonic() + PATIENCE
    while True:
        begun = time.monotonic()
        said = {"client": client.name, "file": file, "handoff": handoff, "step": step.value}
        try:
            done = await handoffs.step(rooms, client.viewer, handoff, step, key=key, at=datetime.now(UTC))
        except Unavailable as fault:
            told.tell(**said, answer="unavailable", why=str(fault), seconds=time.monotonic() - begun)
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)
        except Refusal as refusal:
            told.tell(**said, answer=refusal.code.value, why=str(refusal), seconds=time.monotonic() - begun)
            return False
        else:
            lead = asdict(done.lead)["organisation"] if done.lead else ""
            told.tell(**said, answer="done", seq=done.seq, lead=lead, seconds=time.monotonic() - begun)
            return True


if __name__ == "__main__":
    asyncio.run(main())
