"""Makes the backup that the next release must be able to restore, with the code that is here.

python -m tests.upgrade.make

A small map and the demonstration network, loaded by the command line into an empty folder, then backed up into
`tests/upgrade/backup-<version>.tar`. To be run once, on the commit that is released.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from api.settings import VERSION

HERE: Final = Path(__file__).resolve().parent
SOURCES: Final = HERE.parent.parent / "importers" / "sources"
LOADED: Final = {
    "territory": SOURCES / "territory" / "sample",
    "dila": SOURCES / "dila" / "sample.csv",
    "france-travail": SOURCES / "france_travail" / "sample.csv",
    "demonstration": SOURCES / "demonstration",
}
# An import tells by 2 that it refused rows: the map is small, and most of the demonstration lies outside it.
SOME_REFUSED: Final = 2


def make(file: Path) -> None:
    """Write a backup of those sources into a new file."""
    with TemporaryDirectory() as data:
        for source, path in LOADED.items():
            _maillage("import", source, "--file", path, "--data", data)
        _maillage("backup", file, "--data", data)


def _maillage(*arguments: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "api.cli", *map(str, arguments)], stdout=sys.stderr, check=False)
    if done.returncode not in (0, SOME_REFUSED):
        sys.exit(done.returncode)


if __name__ == "__main__":
    make(HERE / f"backup-{VERSION}.tar")
