"""The files through which the processes of a site sum what they count: `prometheus_client` writes them, one set a process.

This module is imported before that library, which looks at its surroundings once.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

# In the data folder; the supervisor empties it and names it to its children by this variable.
FOLDER: Final = "metrics"
SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
KINDS: Final = ("counter", "histogram", "gauge_max")
# The library takes the size that it finds. Some 5,000 series of 200 bytes, where we have some hundreds.
BYTES: Final = 1_000_000


def take_room() -> None:
    """Write this process's files full of zeros. They are mapped into memory: a disk that fills later would kill the process at
    the first hole. Where there is no room now, the library makes them as it does.
    """
    folder = os.environ.get(SHARED)
    for kind in KINDS if folder else ():
        with suppress(OSError), Path(f"{folder}/{kind}_{os.getpid()}.db").open("xb") as file:
            file.write(bytes(BYTES))
