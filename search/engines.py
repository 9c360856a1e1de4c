"""The one place that knows which engines there are."""

from __future__ import annotations

from pathlib import Path

from search.backend import Engine


def open_engine(folder: Path, url: str = "", key: str = "", name: str = "maillage") -> Engine:
    """The index `name` of the Meilisearch server at `url`, or, without one, that of a folder of this machine."""
    # Either engine is heavy to import, and one is used.
    if url:
        from search.server import ServerEngine

        return ServerEngine(url, key, name)
    from search.embedded import EmbeddedEngine

    return EmbeddedEngine(folder)
