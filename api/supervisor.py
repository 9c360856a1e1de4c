"""Engine, worker and web processes under one lock: started together, watched, ended together."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import structlog

from api.figure_files import FOLDER, SHARED
from api.folder import Folder, Running
from api.owning import as_owner
from api.premises import engine_of, server
from api.settings import Settings
from graph.model.errors import Unavailable
from graph.store.casework.keyring import Keyring
from graph.store.engine import Address, Engine
from graph.store.migrate import migrate
from graph.store.ownership import free
from graph.store.processes import bearing, end, end_with_parent
from graph.store.pulse import Pulse
from graph.store.unit import Graph

log = structlog.get_logger()

CHILD: Final = "api.child"
STOPS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
# From the word to stop until nothing runs any more. Children have the first part of it, the engine what they leave.
STOP_SECONDS: Final = 11.0
CHILDREN_SECONDS: Final = 5.0
WATCH_SECONDS: Final = 0.2
READY_SECONDS: Final = 60.0
# A child that dies soon, again and again, is a fault to show and not to hide.
QUICK_DEATHS: Final = 5
QUICK_SECONDS: Final = 20.0


class _Lives:
    """How long something lived, each time. Raises Unavailable when it ends soon, again and again, by its own doing."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._started = time.monotonic()
        self._quick_deaths = 0

    def again(self, code: int | None) -> None:
        """One life has ended with this exit code and the next begins. One that was killed is not at fault."""
        quick = time.monotonic() - self._started < QUICK_SECONDS and code != -signal.SIGKILL
        self._quick_deaths = self._quick_deaths + 1 if quick else 0
        if self._quick_deaths >= QUICK_DEATHS:
            raise Unavailable(f"Le processus « {self._role} » s’arrête dès son démarrage : son journal dit pourquoi.")
        self._started = time.monotonic()


@dataclass(slots=True)
class _Child:
    role: str
    process: subprocess.Popen[bytes]
    lives: _Lives


class Supervisor:
    """Owns a data folder and what runs over it."""

    def __init__(
        self, settings: Settings, prepare: Callable[[Graph], Coroutine[Any, Any, None]], ready: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._prepare = prepare
        self._ready = ready
        self._stopping = False
        self._children: list[_Child] = []
        self._interrupt: Callable[[], object] = lambda: None
        self._gate = self._life = -1
        self._latch: int | None = None
        self._figures = ""
        # What whoever started us had ignored (nohup) stays ignored.
        self._stops = tuple(number for number in STOPS if signal.getsignal(number) is not signal.SIG_IGN)

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C. Raises Unavailable, in words, when something is missing; leaves no process behind."""
        for number in self._stops:
            signal.signal(number, self._stop)
        with Folder(self._settings.data) as folder:
            # Children of a supervisor that was killed, where the kernel did not tell them: they may hold our port.
            end(bearing(CHILD, str(folder.path)), CHILDREN_SECONDS)
            with listening(self._settings) as door:
                self._run(folder, door)

    def _run(self, folder: Folder, door: socket.socket) -> None:
        address = server(self._settings)
        engine = None if address else engine_of(folder, self._settings)
        self._gate, self._latch = os.pipe()
        self._figures = str(folder.fresh(FOLDER))
        # Nobody writes to it: it ends when we do, however that is.
        self._life, held = os.pipe()
        try:
            self._house(engine, address, folder, door)
        finally:
            until = time.monotonic() + STOP_SECONDS
            # In this order: those that wait at the gate must not pass it now.
            self._end_children()
            self._open_gate()
            for pipe in (self._gate, self._life, held):
                os.close(pipe)
            if engine:
                engine.stop(until - time.monotonic())

    def _house(self, engine: Engine | None, address: Address | None, folder: Folder, door: socket.socket) -> None:
        """Children make themselves ready while the engine starts; none touches the graph before it is prepared."""
        address = address or (engine.address() if engine else None)
        if address is None:
            raise Unavailable("Aucun moteur de graphe n’est configuré.")
        self._start_children(address, folder, door)
        if engine:
            engine.start(self._told_to_stop)
        if not self._stopping:
            asyncio.run(self._open(address))
        if not self._stopping:
            # Now, and not before: another command must not work on a graph that is not prepared.
            folder.tell(Running(os.getpid(), address.uri, self._settings.port, embedded=engine is not None))
            self._open_gate()
            self._wait_until_healthy()
            self._watch(engine, address, folder, door)

    def _told_to_stop(self) -> bool:
        return self._stopping

    def _open_gate(self) -> None:
        if self._latch is not None:
            os.close(self._latch)
            self._latch = None

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True
        self._interrupt()

    async def _open(self, address: Address) -> None:
        """Migrate and prepare the graph. A first load takes a while: told to stop, it stops there and is taken up next time."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        self._interrupt = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            if not self._stopping:
                await self._prepared(address)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            self._interrupt = lambda: None

    async def _prepared(self, address: Address) -> None:
        graph = await Graph.open(address, Keyring(self._settings.keyring_folder))
        try:
            await migrate(graph)
            if not server(self._settings):
                # Its engine has just started, and the folder is ours: a lease that is written there is a dead one's.
                await free(graph)
            await as_owner(graph, self._settings, lambda: self._prepare(graph))
        finally:
            await graph.close()

    def _start_children(self, address: Address, folder: Folder, door: socket.socket) -> None:
        for role in ("work",) * self._settings.worker + ("web",) * self._settings.web:
            self._children.append(_Child(role, self._spawn(role, address, folder, door), _Lives(role)))

    def _spawn(self, role: str, address: Address, folder: Folder, door: socket.socket) -> subprocess.Popen[bytes]:
        environment = {
            **self._settings.environment(os.environ),
            SHARED: self._figures,
            "MAILLAGE_GRAPH_URI": address.uri,
            "MAILLAGE_GRAPH_USER": address.user,
            "MAILLAGE_GRAPH_PASSWORD": address.password,
            "MAILLAGE_GRAPH_DATABASE": address.database,
        }
        told = [str(number) for number in (door.fileno(), self._gate, self._life)]
        return subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", CHILD, role, *told, str(folder.path)],
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[door.fileno(), self._gate, self._life],
            preexec_fn=partial(end_with_parent, os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 - no thread runs yet
            start_new_session=True,
        )

    def _wait_until_healthy(self) -> None:
        """Say that the site is there once it is: a first request that fails helps nobody."""
        until = time.monotonic() + READY_SECONDS
        while not self._stopping and time.monotonic() < until:
            if healthy(self._settings.host, self._settings.port):
                self._ready(f"http://{self._settings.host}:{self._settings.port}")
                return
            if any(child.process.poll() is not None for child in self._children):
                break
            time.sleep(0.05)
        if not self._stopping:
            raise Unavailable("Le site n’a pas démarré : son journal, ci-dessus, dit pourquoi.")

    def _watch(self, engine: Engine | None, address: Address, folder: Folder, door: socket.socket) -> None:
        lives, pulse = _Lives("engine"), Pulse(engine.port) if engine else None
        while not self._stopping:
            if engine and pulse and (not engine.alive() or pulse.stalled()):
                self._revive(engine, lives)
                pulse.forget()
            for child in self._children:
                if child.process.poll() is not None:
                    log.warning("child_ended", role=child.role, code=child.process.returncode)
                    child.lives.again(child.process.returncode)
                    child.process = self._spawn(child.role, address, folder, door)
            time.sleep(WATCH_SECONDS)

    def _revive(self, engine: Engine, lives: _Lives) -> None:
        """Start the engine again, on the same port. One that stalls is killed: it has not heard anything for long."""
        log.error("engine_ended", stalled=engine.alive(), restarting=True)
        lives.again(engine.kill())
        try:
            engine.start(self._told_to_stop)
        except Unavailable as fault:
            # Killed while it started, or no room left: tried again, and shown when it goes on.
            # Its sentence may end with lines of the engine's own log.
            log.error("engine_not_started", fault=type(fault).__name__)

    def _end_children(self) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.terminate()
        until = time.monotonic() + CHILDREN_SECONDS
        for child in self._children:
            try:
                child.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def listening(settings: Settings) -> socket.socket:
    """The site's socket, bound once and shared by the web processes. Raises Unavailable, in words."""
    door = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((settings.host, settings.port))
        door.listen(1024)
    except OSError as fault:
        door.close()
        raise Unavailable(_said_of_door(fault, settings.host, settings.port)) from fault
    return door


def _said_of_door(fault: OSError, host: str, port: int) -> str:
    if fault.errno == errno.EADDRINUSE:
        return (
            f"Le port {port} de {host} n’est pas libre. Arrêtez ce qui l’occupe, ou choisissez-en un autre avec PORT=…"
        )
    if fault.errno in (errno.EACCES, errno.EPERM):
        return f"Le port {port} est réservé au système : choisissez-en un au-dessus de 1023 avec PORT=…"
    if isinstance(fault, socket.gaierror) or fault.errno == errno.EADDRNOTAVAIL:
        return f"L’adresse « {host} » n’est pas une adresse de cette machine : corrigez MAILLAGE_HOST."
    return f"Le site ne peut pas écouter le port {port} de {host} : {fault.strerror or type(fault).__name__}."


def healthy(host: str, port: int) -> bool:
    """Whether the site says that graph and index answer."""
    request = f"GET /ready?all=1 HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    try:
        with socket.create_connection((host, port), timeout=2) as line:
            line.sendall(request)
            return line.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
