"""Clients that race for the same files, in a process of their own: `python -m tests.store.casework.racing < orders.json`.

Each asks a site by GraphQL, in its own session, to accept every file's handoff to its own organisation, then to confirm the first
contact; whatever is answered is written to the log of the process as a line, when it is answered. Keys are the same at each start:
what is done is done once.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from graph.model.access import Role, Viewer
from graph.model.casework.handoff import Step

# A busy machine, an engine or a site that was killed: until then a client asks again.
PATIENCE = 120.0
STEP = """
mutation($i: %sHandoffInput!) {
  done: %sHandoff(input: $i) { __typename ... on Handoff { state seq } ... on Refusal { message code } }
}
"""
AWAY = "UNAVAILABLE"


@dataclass(frozen=True)
class Client:
    """Who accepts, for which organisation."""

    name: str
    account: str
    organisation: str
    token: str = ""

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
    """Which site, who, which handoffs (by file, then by organisation addressed), where to say what was answered."""

    site: str
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


async def main() -> None:
    orders = Orders(**json.load(sys.stdin))
    told = Told(Path(orders.told))
    await asyncio.gather(*(_race(orders.site, Client(**client), orders.files, told) for client in orders.clients))


async def _race(site: str, client: Client, files: dict[str, dict[str, str]], told: Told) -> None:
    chance = random.Random(client.name)
    async with httpx2.AsyncClient(
        base_url=site, headers={"cookie": f"maillage={client.token}"}, timeout=120, verify=False, trust_env=False
    ) as door:
        for file, to in files.items():
            handoff = to[client.organisation]
            await asyncio.sleep(chance.uniform(0, 0.01))
            accepted = await _asked(door, client, file, handoff, Step.ACCEPT, told)
            if accepted:
                await _asked(door, client, file, handoff, Step.CONTACT, told)
            if chance.random() < 0.2:
                await _asked(door, client, file, handoff, Step.ACCEPT, told)


async def _asked(door: httpx2.AsyncClient, client: Client, file: str, handoff: str, step: Step, told: Told) -> bool:
    """Until someone says yes or no. A site or a graph that was away is asked again under the same key."""
    key, end = f"{client.name}-{handoff}-{step}", time.monotonic() + PATIENCE
    query = STEP % (step.value.capitalize(), step.value)
    asked = {"query": query, "variables": {"i": {"handoff": handoff, "idempotencyKey": key}}}
    while True:
        begun = time.monotonic()
        said = {"client": client.name, "file": file, "handoff": handoff, "step": step.value}
        away, answer = await _posted(door, asked)
        if away:
            told.tell(**said, answer="unavailable", why=away, seconds=time.monotonic() - begun)
            if time.monotonic() > end:
                raise TimeoutError(away)
            await asyncio.sleep(0.1)
            continue
        done = answer["__typename"] == "Handoff"
        told.tell(**said, answer="done" if done else answer["code"], **answer, seconds=time.monotonic() - begun)
        return done


async def _posted(door: httpx2.AsyncClient, asked: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Why nobody answered yes or no, empty where someone did; what was answered. Raises where it is neither."""
    try:
        got = await door.post("/graphql", json=asked)
    except httpx2.TransportError as fault:
        return repr(fault), {}
    if got.status_code >= 500:
        return f"{got.status_code} {got.text[:200]}", {}
    told = got.raise_for_status().json()
    if errors := told.get("errors"):
        if any(error["extensions"]["code"] != AWAY for error in errors):
            raise AssertionError(told)
        return errors[0]["message"], {}
    return "", told["data"]["done"]


if __name__ == "__main__":
    asyncio.run(main())
