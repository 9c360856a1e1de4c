"""A copy of the embedded engine's files, taken by the engine itself while it works, and what a graph holds.

The engine answers on its HTTP door (`BACKUP DATABASE`): pages that change meanwhile are kept as they were, so the copy is
the graph of one moment, with whole transactions only. It goes to the engine's own folder: it takes no other place.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final, LiteralString

from graph.model.errors import Unavailable
from graph.store.engine import DATABASE, HTTP_PORT
from graph.store.migrate import done
from graph.store.unit import Graph

# Long enough for the largest folder on a slow disk: the engine works as long as we listen.
COPY_SECONDS: Final = 3600.0
COUNT_SECONDS: Final = 60.0
NAME: Final = "maillage.zip"

KINDS: Final[LiteralString] = "MATCH (n) UNWIND labels(n) AS label RETURN label, count(*) AS total ORDER BY label"


@dataclass(frozen=True, slots=True)
class Contents:
    """How many nodes of each label, how many effects wait, which migrations were done."""

    counts: Mapping[str, int]
    waiting: int
    migrations: tuple[str, ...]


async def contents(graph: Graph) -> Contents:
    """What a graph holds now."""
    async with graph.reading(COUNT_SECONDS) as unit:
        counts = {row["label"]: row["total"] for row in await unit.run(KINDS)}
        waiting = await unit.outbox.pending() if "Outbox" in counts else 0
    return Contents(counts, waiting, await done(graph) if "Migration" in counts else ())


def files_of(engine: Path) -> Path:
    """The folder of the database's own files within an engine's folder."""
    return engine / "databases" / DATABASE


def size_of(engine: Path) -> int:
    """How many bytes the database's own files take; some may come and go meanwhile."""
    total = 0
    for path in files_of(engine).iterdir():
        with suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def place_of(engine: Path) -> Path:
    """Where `take` puts its copy."""
    return engine / "backups" / DATABASE / NAME


def take(engine: Path) -> Path:
    """Have the running engine of this folder copy its database into one zip file; blocks until it is there.

    One at a time: one that was left there is removed. Raises Unavailable, in words.
    """
    place = place_of(engine)
    place.unlink(missing_ok=True)
    said = _command(engine, f"BACKUP DATABASE file://{NAME}")
    if said.get("result") != "OK" or not place.is_file():
        raise _failed(engine, "réponse inattendue")
    return place


def _command(engine: Path, command: LiteralString) -> Mapping[str, object]:
    try:
        port, secret = int((engine / HTTP_PORT).read_text()), (engine / "secret").read_text()
    except (OSError, ValueError) as fault:
        raise Unavailable(
            "Le site en marche a été démarré par une version plus ancienne, qui ne sait pas copier ses données : "
            "relancez-le avec cette version, ou arrêtez-le le temps de la sauvegarde."
        ) from fault
    line = HTTPConnection("127.0.0.1", port, timeout=COPY_SECONDS)
    try:
        line.request(
            "POST",
            f"/api/v1/command/{DATABASE}",
            json.dumps({"language": "sql", "command": command}),
            {
                "Authorization": f"Basic {base64.b64encode(f'root:{secret}'.encode()).decode()}",
                "Content-Type": "application/json",
            },
        )
        answer = line.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise _failed(engine, f"code {answer.status}")
        return json.loads(text)["result"][0]
    except (OSError, HTTPException, ValueError, LookupError) as fault:
        raise _failed(engine, type(fault).__name__) from fault
    finally:
        line.close()


def _failed(engine: Path, why: str) -> Unavailable:
    return Unavailable(
        f"Le moteur de graphe n’a pas pu copier ses données ({why}) ; le site n’en souffre pas. "
        f"Son journal dit pourquoi : {engine / 'log'}."
    )
