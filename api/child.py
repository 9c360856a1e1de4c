"""What the supervisor starts: `python -m api.child work|web DOOR GATE LIFE FOLDER`: three open file descriptors, and the data
folder, by which a child that outlived its supervisor is found again.

Settings come through the environment. A child makes itself ready while the engine starts, then waits at the gate until the
graph is migrated and loaded. It ends when the other end of LIFE closes, which is when the supervisor dies.
"""

from __future__ import annotations

import asyncio
import gc
import os
import select
import signal
import socket
import sys
import threading
import time
from typing import Final

import structlog

from api import traces
from api.figure_files import take_room
from api.journal import hold_texts_back, keep_journal
from api.settings import Settings
from graph.model.errors import Unavailable

# What an answer under way may take; then connections are cut.
GRACE_SECONDS: Final = 3
# Connections taken before another process has its chance: 8 clients that came together and stayed all went to one of two
# processes, or six of them; this way four to each.
TAKEN_AT_ONCE: Final = 1
WAITING: Final = 1024
# Later than the supervisor's own patience: a child whose supervisor lives is ended by it.
LAST_SECONDS: Final = 8.0

log = structlog.get_logger()


def main(role: str, door: int, gate: int, life: int) -> None:
    """Be that process until told to stop."""
    # Before any room that counts is imported.
    take_room()
    # Nothing that is imported or built for good is garbage: to look for some was a sixth of a start.
    gc.disable()
    settings = Settings()
    keep_journal(role, settings.log, settings.log_level)
    hold_texts_back()
    threading.Thread(target=_end_with, args=(life,), daemon=True).start()
    traces.start(settings, role)
    try:
        if role == "work":
            _work(settings, gate, life)
        else:
            _serve(settings, door, gate, life)
    except Unavailable as refusal:
        log.error("child_refused", said=refusal.message)
        raise SystemExit(1) from None


# Each role imports its own rooms only: half of a start is imports.
def _work(settings: Settings, gate: int, life: int) -> None:
    from api.premises import server

    address = server(settings)
    if address is None:
        raise SystemExit("MAILLAGE_GRAPH_URI manque : ce processus est démarré par « maillage serve ».")
    # Nobody waits for the worker: the cores are for the engine and the site until they answer.
    _pass(gate, life)
    from api.worker import work

    _settle()
    asyncio.run(work(settings, address))


def _serve(settings: Settings, door: int, gate: int, life: int) -> None:
    import uvicorn

    from api.app import create_app
    from api.connection import patience

    class Sharing(uvicorn.Server):
        """Takes few connections at a time, and lets many wait: the loop has one number for both."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            for shared in sockets or ():
                shared.listen(WAITING)

    app = create_app(settings)
    _settle()
    _pass(gate, life)
    site = Sharing(
        uvicorn.Config(
            app,
            backlog=TAKEN_AT_ONCE,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=False,
            **patience(settings.connections),
        )
    )
    site.run(sockets=[socket.socket(fileno=door)])
    if not site.started:
        raise SystemExit(1)


def _settle() -> None:
    """What is there now stays until the end: garbage is looked for from here on, and never again among it."""
    gc.freeze()
    gc.enable()


def _pass(gate: int, life: int) -> None:
    """Wait until the supervisor closes its end of the gate; a supervisor that died has closed both, and nothing is ready."""
    os.read(gate, 1)
    os.close(gate)
    if select.select([life], [], [], 0)[0]:
        raise SystemExit(1)


def _end_with(life: int) -> None:
    """Wait for the supervisor's death, then end: the kernel tells us on Linux only, and this thread where it does not."""
    os.read(life, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
