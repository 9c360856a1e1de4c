"""A process that does what reorganisations ask for, and may be killed meanwhile: `python -m tests.api.reorganising_child KEYRING
MOMENT`, address in JSON on its input. It says "begun" once it starts.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import msgspec

from api.actions.reorganising_run import run_due
from graph.store.casework.keyring import Keyring
from graph.store.engine import Address
from graph.store.unit import Graph


async def main(address: Address, folder: str, at: datetime) -> None:
    graph = await Graph.open(address, Keyring(Path(folder)))
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    await run_due(graph, at)
    await graph.close()


if __name__ == "__main__":
    told = msgspec.json.decode(sys.stdin.readline(), type=Address)
    asyncio.run(main(told, sys.argv[1], datetime.fromisoformat(sys.argv[2])))
