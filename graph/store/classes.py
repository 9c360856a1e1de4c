"""The engine's classes, read and linked beforehand by its own Java: it starts in half the time and half the work.

`python -m graph.store.classes` runs an engine once, in a folder that goes with it, and keeps what it used beside the byte code
(about 45 MB, some seconds). Java looks itself whether the archive fits its version and the jars; where there is none, or it does
not fit, the engine starts as it does without.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from graph.store.engine import Engine, archive
from graph.store.migrate import migrate
from graph.store.unit import Graph

HEAP: Final = "384m"
# The archive is written while it stops.
STOP_SECONDS: Final = 300.0


async def learn() -> Path:
    """The archive, made now where there is none. Raises Unavailable when the engine does not start, OSError on a full disk."""
    kept = archive()
    if kept.exists():
        return kept
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix="engine-") as folder:
        learnt = Path(folder) / "classes.aot"
        engine = Engine(Path(folder), heap=HEAP, learnt=learnt)
        try:
            graph = await Graph.open(engine.start())
            await migrate(graph)
            await graph.close()
        finally:
            engine.stop(STOP_SECONDS)
        for older in kept.parent.glob("engine-*.aot"):
            older.unlink()
        learnt.replace(kept)
    return kept


if __name__ == "__main__":
    asyncio.run(learn())
