"""The last step of a restore: what was made ready aside takes its place in the data folder, whole or not at all.

A note says that it has begun. Whoever owns the folder next, if this process is killed, ends it before anything else: each
move is made once, and what is where says which are left.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Final

NOTE: Final = "restore.json"
NOTE_ASIDE: Final = f"{NOTE}.new"
ASIDE: Final = "restore.partial"
# The index is not in a backup: the one of the old graph leaves with it.
INDEX: Final = "index"
# The next start has the index built anew, wherever it is; then this goes.
RESTORED: Final = "restored"
PARTS: Final = ("engine", INDEX, "format.json", RESTORED)


def switch(folder: Path, kept: str) -> None:
    """Put what `ASIDE` holds in place, and what stood there into the folder `kept`. The folder must be ours."""
    note = folder / NOTE_ASIDE
    with note.open("w") as file:
        json.dump({"kept": kept}, file)
        file.flush()
        os.fsync(file.fileno())
    note.replace(folder / NOTE)
    sync(folder)
    finish(folder)


def finish(folder: Path) -> None:
    """End the switch that has begun in this folder, if there is one. The folder must be ours."""
    note = folder / NOTE
    if not note.exists():
        return
    fresh, kept = folder / ASIDE, folder / Path(json.loads(note.read_text())["kept"]).name
    kept.mkdir(exist_ok=True)
    for name in PARTS:
        here, old, new = folder / name, kept / name, fresh / name
        if here.exists() and not old.exists() and (new.exists() or name == INDEX):
            here.rename(old)
        if new.exists():
            new.rename(here)
    if not holds_data(kept):
        shutil.rmtree(kept)
    shutil.rmtree(fresh, ignore_errors=True)
    sync(folder)
    note.unlink()
    sync(folder)


def holds_data(folder: Path) -> bool:
    """Whether this data folder has a graph or an index."""
    return (folder / "engine" / "databases").exists() or (folder / INDEX).exists()


def sync(folder: Path) -> None:
    """Have the disk keep the names of this folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
