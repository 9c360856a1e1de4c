"""The graph engine: an ArcadeDB of our own as a child process, or the address of a server.

One process owns a data folder; whoever calls `start` must hold its lock. The engine never runs inside Python: a JVM in our
process would take the signals that stop us.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Final

from graph.model.errors import Unavailable
from graph.store.processes import bearing, end, end_with_parent
from graph.store.pulse import answers

DATABASE: Final = "maillage"
# Connections that one process keeps at most.
POOL: Final = 50
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
ORPHAN_SECONDS: Final = 10.0
HEAP: Final = "768m"
# Doors that would open by themselves (MCP) or that nobody here uses.
JARS_LEFT_OUT: Final = ("arcadedb-mcp", "arcadedb-postgresw", "arcadedb-redisw", "arcadedb-graphql", "arcadedb-console")
COMMAND_TIMEOUT_MS: Final = 30_000
# A file of the engine's folder: where its HTTP door is since its last start.
HTTP_PORT: Final = "http-port"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a graph engine answers over Bolt. `database` is always named; `ca` holds authorities that the system lacks."""

    uri: str
    user: str
    password: str = field(repr=False)
    database: str = DATABASE
    ca: Path | None = None
    pool: int = POOL


class Engine:
    """The embedded engine of one data folder."""

    def __init__(
        self, folder: Path, *, heap: str = HEAP, development: bool = False, learnt: Path | None = None
    ) -> None:
        """`learnt` is a file to write when it stops: the classes it used, for later starts (`graph/store/classes.py`)."""
        self._learnt = learnt
        self.folder = folder / "engine"
        self.heap = heap
        self.development = development
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def address(self) -> Address:
        """Where the engine answers, or will once it is started: the port is chosen once, so clients outlive a restart."""
        return Address(f"bolt://127.0.0.1:{self.port}", "root", self._secret())

    def start(self, given_up: Callable[[], bool] = lambda: False) -> Address:
        """Start the engine and return its address once it answers, or once the wait is `given_up`.

        An engine left behind by a supervisor that was killed is stopped first. Raises Unavailable, with the end of its log.
        """
        for part in ("log", "config", "databases"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.stop_orphan()
        http = _free_port()
        _write_private(self.folder / HTTP_PORT, str(http))
        arguments = self._write_arguments(self.port, http)
        java = _package() / "jre" / "bin" / "java"
        if self._log.exists():
            # What an engine said before it ended may tell why.
            self._log.replace(self._log.with_suffix(".before"))
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                [str(java), f"@{arguments}", "com.arcadedb.server.ArcadeDBServer"],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
                preexec_fn=partial(end_with_parent, os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 - no thread runs yet
                start_new_session=True,
            )
        self._wait(given_up)
        return self.address()

    def alive(self) -> bool:
        """Whether the child still runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop the child, cleanly if it ends within so long; nothing stays behind. What was acknowledged is in its log."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> int | None:
        """End the child at once; its exit code, as Popen tells it, or None when there is none."""
        if self.process is None:
            return None
        self.process.kill()
        code, self.process = self.process.wait(), None
        return code

    def stop_orphan(self) -> bool:
        """Stop an engine of this folder that outlived whoever started it; True when there was one."""
        orphans = bearing(f"@{self._argument_file}")
        end(orphans, ORPHAN_SECONDS)
        return bool(orphans)

    @property
    def _log(self) -> Path:
        return self.folder / "log" / "engine.out"

    @property
    def _argument_file(self) -> Path:
        return self.folder / "java.args"

    def _secret(self) -> str:
        """The password of this folder's engine, made once, readable by its owner alone."""
        path = self.folder / "secret"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_private(path, secrets.token_urlsafe(24))
        return path.read_text()

    def _write_arguments(self, bolt: int, http: int) -> Path:
        """The command line as a file: the password stays out of `ps`, and the file's name is the mark of our engine."""
        settings = {
            "arcadedb.server.rootPath": str(self.folder),
            "arcadedb.server.rootPassword": self._secret(),
            "arcadedb.server.defaultDatabases": f"{DATABASE}[root]",
            "arcadedb.server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "arcadedb.server.mode": "development" if self.development else "production",
            "arcadedb.server.httpIncomingHost": "127.0.0.1",
            "arcadedb.server.httpIncomingPort": str(http),
            "arcadedb.bolt.host": "127.0.0.1",
            "arcadedb.bolt.port": str(bolt),
            "arcadedb.command.timeout": str(COMMAND_TIMEOUT_MS),
            # The default survives a killed process, not a power cut.
            "arcadedb.txWalFlush": "2",
        }
        lines = [
            "--add-modules jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            f"-Xmx{self.heap}",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            *self._classes(),
            *(f'"-D{name}={_quoted(value)}"' for name, value in settings.items()),
            f'-cp "{_quoted(os.pathsep.join(map(str, _jars())))}"',
        ]
        _write_private(self._argument_file, "\n".join(lines))
        return self._argument_file

    def _classes(self) -> list[str]:
        """Classes linked beforehand, where they are there: half a start is reading and linking them."""
        if self._learnt:
            return [f'-XX:AOTCacheOutput="{_quoted(str(self._learnt))}"']
        kept = archive()
        return [f'-XX:AOTCache="{_quoted(str(kept))}"'] if kept.exists() else []

    def _wait(self, given_up: Callable[[], bool]) -> None:
        """Until it answers: to take connections is not enough, another process may have got the port meanwhile."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.alive():
            if given_up() or answers(self.port):
                return
            time.sleep(0.05)
        tail = self._log.read_text(errors="replace")[-800:]
        self.stop(ORPHAN_SECONDS)
        raise Unavailable(f"Le moteur de graphe n’a pas démarré. Fin de son journal :\n{tail}")


@cache
def archive() -> Path:
    """Where the classes that this Java has linked of these jars are kept, beside the byte code, if they are."""
    found = sha256((_package() / "jre" / "release").read_bytes())
    for jar in _jars():
        told = jar.stat()
        found.update(f"{jar} {told.st_size} {int(told.st_mtime)}\n".encode())
    return Path(cache_from_source(__file__)).with_name(f"engine-{found.hexdigest()[:16]}.aot")


def _jars() -> list[Path]:
    return sorted(path for path in (_package() / "jars").glob("*.jar") if not path.name.startswith(JARS_LEFT_OUT))


def _package() -> Path:
    spec = find_spec("arcadedb_embedded")
    if spec is None or spec.origin is None:
        raise Unavailable("Le moteur embarqué n’est pas installé (arcadedb-embedded). Relancez « make demo ».")
    return Path(spec.origin).parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
