"""A process that confirms one upload and may be killed meanwhile: `python -m tests.api.confirming_child UPLOAD`, address in JSON
on its input. It says "begun" once it starts.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import msgspec

from api.actions.files import confirm
from api.rooms import Rooms
from api.settings import Settings
from graph.store.engine import Address
from graph.store.unit import Graph
from tests.api.test_files import AT, EDITOR, Places


async def run(upload: str, address: Address) -> None:
    graph = await Graph.open(address)
    index: Any = Places()
    no_reader: Any = None
    rooms = Rooms(settings=Settings(), graph=graph, index=index, reader=no_reader)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    await confirm(rooms, EDITOR, upload, AT)
    await graph.close()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], msgspec.json.decode(sys.stdin.readline(), type=Address)))
