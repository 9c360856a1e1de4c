"""The graph engine: an ArcadeDB of our own as a child process, or the address of a server.

One process owns a data folder; whoever calls `start` must hold its lock. The engine never runs inside Python: a JVM in our
process would take the signals that stop us.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psutil

from graph.model.errors import Unavailable

DATABASE: Final = "maillage"
# Connections that one process keeps at most.
POOL: Final = 50
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 20.0
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

    def __init__(self, folder: Path, *, heap: str = HEAP, development: bool = False) -> None:
        self.folder = folder / "engine"
        self.heap = heap
        self.development = development
        self._port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def address(self) -> Address:
        """Where the engine answers, or will once it is started: the port is chosen once, so clients outlive a restart."""
        return Address(f"bolt://127.0.0.1:{self._port}", "root", self._secret())

    def start(self) -> Address:
        """Start the engine and return its address once its port answers.

        An engine left behind by a supervisor that was killed is stopped first. Raises Unavailable, with the end of its log.
        """
        for part in ("log", "config", "databases"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        self.stop_orphan()
        http = _free_port()
        _write_private(self.folder / HTTP_PORT, str(http))
        arguments = self._write_arguments(self._port, http)
        java = _package() / "jre" / "bin" / "java"
        with (self.folder / "log" / "engine.out").open("wb") as log:
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
        self._pid_file.write_text(str(self.process.pid))
        self._wait(self._port)
        return self.address()

    def alive(self) -> bool:
        """Whether the child still runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the child, cleanly if it answers in time; nothing stays behind."""
        if self.process is None:
            return
        _end(self.process.pid, self.process)
        self.process = None
        self._pid_file.unlink(missing_ok=True)

    def stop_orphan(self) -> bool:
        """Stop an engine of this folder that outlived its supervisor; True when there was one."""
        try:
            pid = int(self._pid_file.read_text())
            command = psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, psutil.Error):
            return False
        if f"@{self._argument_file}" not in command:
            return False
        _end(pid)
        self._pid_file.unlink(missing_ok=True)
        return True

    @property
    def _pid_file(self) -> Path:
        return self.folder / "engine.pid"

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
        jars = sorted(path for path in (_package() / "jars").glob("*.jar") if not path.name.startswith(JARS_LEFT_OUT))
        lines = [
            "--add-modules jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            f"-Xmx{self.heap}",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            *(f'"-D{name}={_quoted(value)}"' for name, value in settings.items()),
            f'-cp "{_quoted(os.pathsep.join(map(str, jars)))}"',
        ]
        _write_private(self._argument_file, "\n".join(lines))
        return self._argument_file

    def _wait(self, port: int) -> None:
        """Until the Bolt port takes connections."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if not self.alive():
                break
            with socket.socket() as probe:
                probe.settimeout(0.2)
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.05)
        tail = (self.folder / "log" / "engine.out").read_text(errors="replace")[-800:]
        self.stop()
        raise Unavailable(f"Le moteur de graphe n’a pas démarré. Fin de son journal :\n{tail}")


def end_with_parent(parent: int) -> None:
    """Ask the kernel to end this child when its parent dies, kill -9 included (Linux, prctl PR_SET_PDEATHSIG)."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def _end(pid: int, child: subprocess.Popen[bytes] | None = None) -> None:
    try:
        process = child or psutil.Process(pid)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            process.kill()
            process.wait(STOP_SECONDS)
    except psutil.NoSuchProcess:
        return


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
