"""What the supervisor starts: `python -m api.child work|web DOOR GATE`, two open file descriptors.

Settings come through the environment. A child makes itself ready while the engine starts, then waits at the gate until the
graph is migrated and loaded.
"""

from __future__ import annotations

import asyncio
import os
import sys

from api import traces
from api.figure_files import take_room
from api.journal import hold_texts_back, keep_journal
from api.settings import Settings


def main(role: str, door: int, gate: int) -> None:
    """Be that process until told to stop."""
    # Before any room that counts is imported.
    take_room()
    settings = Settings()
    keep_journal(role, settings.log, settings.log_level)
    hold_texts_back()
    traces.start(settings, role)
    if role == "work":
        _work(settings, gate)
    else:
        _serve(settings, door, gate)


# Each role imports its own rooms only: half of a start is imports.
def _work(settings: Settings, gate: int) -> None:
    from api.premises import server

    address = server(settings)
    if address is None:
        raise SystemExit("MAILLAGE_GRAPH_URI manque : ce processus est démarré par « maillage serve ».")
    # Nobody waits for the worker: the cores are for the engine and the site until they answer.
    _pass(gate)
    from api.worker import work

    asyncio.run(work(settings, address))


def _serve(settings: Settings, door: int, gate: int) -> None:
    import uvicorn

    from api.app import create_app

    app = create_app(settings)
    _pass(gate)
    uvicorn.run(
        app,
        fd=door,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        proxy_headers=False,
    )


def _pass(gate: int) -> None:
    """Wait until the supervisor closes its end."""
    os.read(gate, 1)
    os.close(gate)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
