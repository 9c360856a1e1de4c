"""A network that outgrows one machine: its graph is carried from the embedded engine to a server, once, the site stopped."""

from __future__ import annotations

import asyncio
import os

from api.folder import Folder, Running
from api.keeping import Stage
from api.premises import server
from api.settings import Settings
from graph.model.errors import InvalidInput
from graph.store import copy
from graph.store.engine import Address, Engine
from graph.store.migrate import migrate
from graph.store.moving import Size, carry
from graph.store.ownership import free
from graph.store.unit import Graph


def move(settings: Settings, stage: Stage) -> Size:
    """Copy the graph of the data folder to the empty graph server that the settings name; what was copied.

    The folder's own graph stays where it is, with a note that says where it went. Raises InvalidInput or Unavailable, in words.
    """
    target = server(settings)
    if target is None:
        raise InvalidInput(
            "MAILLAGE_GRAPH_URI est vide : donnez l’adresse du serveur de graphe, et son mot de passe dans "
            "MAILLAGE_GRAPH_PASSWORD. Rien n’a été fait.",
            "graph_uri",
        )
    data = settings.data.resolve()
    if not copy.files_of(data / "engine").is_dir():
        raise InvalidInput(f"Le dossier {data} ne contient pas de graphe : il n’y a rien à porter.", "data")
    # Owned for as long as it takes: nobody writes to the source meanwhile.
    with Folder(data) as folder:
        engine = Engine(data, heap=settings.heap)
        try:
            own = engine.start()
            folder.tell(Running(os.getpid(), own.uri, embedded=True))
            moved = asyncio.run(_carry(own, target, stage))
            folder.note_carried(target.uri)
            return moved
        finally:
            engine.stop()


async def _carry(own: Address, target: Address, stage: Stage) -> Size:
    source = await Graph.open(own)
    try:
        await migrate(source)
        there = await Graph.open(target)
        try:
            with stage("Nœuds et liens") as progress:
                size = await carry(source, there, progress)
            # The leases came with it; whoever held them does not work on this graph.
            await free(there)
            return size
        finally:
            await there.close()
    finally:
        await source.close()
