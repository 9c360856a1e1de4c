"""A graph to work on: a server's, that of the process which owns the folder, or our own for the time of a command.

And the search engine beside it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from api.folder import Folder, Running
from api.settings import Settings
from graph.model.errors import Unavailable
from graph.store.casework.keyring import Keyring
from graph.store.engine import Address, Engine
from graph.store.migrate import migrate
from graph.store.ownership import free
from graph.store.unit import Graph
from search.backend import Engine as Search
from search.engines import open_engine


@dataclass(frozen=True, slots=True)
class Premises:
    """`owner` when this process may write the index itself: nobody else does."""

    graph: Graph
    search: Search
    owner: bool


def server(settings: Settings) -> Address | None:
    """The graph server named by the settings, if any."""
    if not settings.graph_uri:
        return None
    return Address(
        settings.graph_uri,
        settings.graph_user,
        settings.graph_password.get_secret_value(),
        settings.graph_database,
        settings.graph_ca,
        settings.graph_pool,
    )


def search_of(settings: Settings) -> Search:
    """The search engine named by the settings: a server, or the index of the data folder."""
    return open_engine(
        settings.index_folder, settings.search_url, settings.search_key.get_secret_value(), settings.search_index
    )


@asynccontextmanager
async def searching(settings: Settings) -> AsyncIterator[Search]:
    """The same, let go of at the end."""
    search = search_of(settings)
    try:
        yield search
    finally:
        await search.close()


def engine_of(folder: Folder, settings: Settings) -> Engine:
    """The embedded engine of a folder, not yet started. Raises Unavailable when its graph was carried to a server."""
    if uri := folder.carried_to():
        raise Unavailable(
            f"Le graphe du dossier {folder.path} a été porté vers {uri} : il n’en reste ici qu’une ancienne copie, et rien "
            "n’a été fait. Donnez à cette commande les réglages MAILLAGE_GRAPH_… de ce serveur. Pour travailler tout de "
            f"même sur l’ancienne copie, retirez le fichier {folder.carried_note}, puis relancez."
        )
    return Engine(folder.path, heap=settings.heap)


def _joined(folder: Folder) -> Address | None:
    """The engine of the supervisor that owns this folder; None when nobody does. A mere command is not joined: it ends soon."""
    running = folder.running()
    if running is None:
        return None
    if not running.port:
        raise Unavailable(
            f"Le dossier {folder.path} est déjà utilisé par une autre commande (numéro {running.pid}). "
            "Attendez qu’elle finisse, puis relancez."
        )
    # A folder whose graph was carried to a server still has the secret of its own engine.
    if not running.embedded:
        raise Unavailable(
            f"Le site de ce dossier utilise le serveur de graphe {running.uri} : donnez à cette commande les mêmes "
            "réglages MAILLAGE_GRAPH_…"
        )
    return Address(running.uri, "root", (folder.path / "engine" / "secret").read_text())


@asynccontextmanager
async def premises(settings: Settings) -> AsyncIterator[Premises]:
    """A migrated graph. Raises Unavailable, in words."""
    async with searching(settings) as search:
        folder = Folder(settings.data)
        address = server(settings) or _joined(folder)
        if address:
            graph = await Graph.open(address, Keyring(settings.keyring_folder))
            try:
                yield Premises(graph, search, owner=False)
            finally:
                await graph.close()
            return
        with folder:
            engine = engine_of(folder, settings)
            try:
                own = engine.start()
                folder.tell(Running(os.getpid(), own.uri, embedded=True))
                graph = await Graph.open(own, Keyring(settings.keyring_folder))
                try:
                    await migrate(graph)
                    # Its engine has just started, and the folder is ours: a lease that is written there is a dead one's.
                    await free(graph)
                    yield Premises(graph, search, owner=True)
                finally:
                    await graph.close()
            finally:
                engine.stop()


@contextmanager
def engine_running(settings: Settings) -> Iterator[None]:
    """The embedded engine of the folder at work, the site's or our own for this time; its graph is taken as it is.

    Raises Unavailable, in words.
    """
    folder = Folder(settings.data)
    if joined := _joined(folder):
        asyncio.run(_answering(joined))
        yield
        return
    with folder:
        engine = engine_of(folder, settings)
        try:
            own = engine.start()
            folder.tell(Running(os.getpid(), own.uri, embedded=True))
            asyncio.run(_answering(own))
            yield
        finally:
            engine.stop()


async def _answering(address: Address) -> None:
    """The database may appear a moment after its engine's port."""
    await (await Graph.open(address)).close()
