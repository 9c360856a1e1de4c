"""A process that is killed the moment its erasure has committed, before it destroys the key."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec

from api.actions.casework.forgetting import _erase
from graph.model.casework.remembering import Cause
from graph.store.casework.keyring import Keyring
from graph.store.engine import Address
from graph.store.unit import Graph, Unit
from tests.api.casework.family import AT, WORKER


async def main(address: Address, folder: str, file_id: str) -> None:
    graph = await Graph.open(address, Keyring(Path(folder)))

    async def erase(unit: Unit) -> list[str]:
        file = await unit.files.load(file_id)
        assert file is not None
        return await _erase(unit, file, WORKER, AT, "", Cause.ASKED)

    assert await graph.write(erase) == [file_id]
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    asyncio.run(main(msgspec.json.decode(sys.stdin.readline(), type=Address), sys.argv[1], sys.argv[2]))
