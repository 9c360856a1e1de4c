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
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog

from api.figure_files import FOLDER, SHARED
from api.folder import Folder, Running
from api.premises import server
from api.settings import Settings
from graph.model.errors import Unavailable
from graph.store.engine import Address, Engine, end_with_parent
from graph.store.migrate import migrate
from graph.store.unit import Graph

log = structlog.get_logger()

STOPS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STOP_SECONDS: Final = 10.0
WATCH_SECONDS: Final = 0.2
READY_SECONDS: Final = 60.0
# A child that dies at once, again and again, is a fault to show and not to hide.
QUICK_DEATHS: Final = 5
QUICK_SECONDS: Final = 5.0


class _Lives:
    """How long something lived, each time. Raises Unavailable when it dies at once, again and again."""

    def __init__(self, role: str) -> None:
        self._role = role
        self._started = time.monotonic()
        self._quick_deaths = 0

    def again(self) -> None:
        """One life has ended and the next begins."""
        quick = time.monotonic() - self._started < QUICK_SECONDS
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
        self, settings: Settings, prepare: Callable[[Graph], Awaitable[None]], ready: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._prepare = prepare
        self._ready = ready
        self._stopping = False
        self._children: list[_Child] = []
        self._gate = -1
        self._latch: int | None = None
        self._figures = ""
        # What whoever started us had ignored (nohup) stays ignored.
        self._stops = tuple(number for number in STOPS if signal.getsignal(number) is not signal.SIG_IGN)

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C. Raises Unavailable, in words, when something is missing; leaves no process behind."""
        for number in self._stops:
            signal.signal(number, self._stop)
        with listening(self._settings) as door, Folder(self._settings.data) as folder:
            address = server(self._settings)
            engine = None if address else Engine(folder.path, heap=self._settings.heap)
            self._gate, self._latch = os.pipe()
            self._figures = str(folder.fresh(FOLDER))
            try:
                self._house(engine, address, folder, door)
            finally:
                # In this order: those that wait at the gate must not pass it now.
                self._end_children()
                self._open_gate()
                os.close(self._gate)
                if engine:
                    engine.stop()

    def _house(self, engine: Engine | None, address: Address | None, folder: Folder, door: socket.socket) -> None:
        """Children make themselves ready while the engine starts; none touches the graph before it is prepared."""
        address = address or (engine.address() if engine else None)
        if address is None:
            raise Unavailable("Aucun moteur de graphe n’est configuré.")
        self._start_children(address, door)
        if engine:
            engine.start()
        folder.tell(Running(os.getpid(), address.uri, self._settings.port))
        if not self._stopping:
            asyncio.run(self._open(address))
        self._open_gate()
        if not self._stopping:
            self._wait_until_healthy()
            self._watch(engine, address, door)

    def _open_gate(self) -> None:
        if self._latch is not None:
            os.close(self._latch)
            self._latch = None

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    async def _open(self, address: Address) -> None:
        """Migrate and prepare the graph. A first load takes a while: told to stop, it stops there and is taken up next time."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        for number in self._stops:
            loop.add_signal_handler(number, self._cancel, task)
        try:
            if not self._stopping:
                await self._prepared(address)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            for number in self._stops:
                loop.remove_signal_handler(number)
                signal.signal(number, self._stop)

    def _cancel(self, task: asyncio.Task[None]) -> None:
        self._stopping = True
        task.cancel()

    async def _prepared(self, address: Address) -> None:
        graph = await Graph.open(address)
        try:
            await migrate(graph)
            await self._prepare(graph)
        finally:
            await graph.close()

    def _start_children(self, address: Address, door: socket.socket) -> None:
        for role in ("work",) * self._settings.worker + ("web",) * self._settings.web:
            self._children.append(_Child(role, self._spawn(role, address, door), _Lives(role)))

    def _spawn(self, role: str, address: Address, door: socket.socket) -> subprocess.Popen[bytes]:
        environment = {
            **self._settings.environment(os.environ),
            SHARED: self._figures,
            "MAILLAGE_GRAPH_URI": address.uri,
            "MAILLAGE_GRAPH_USER": address.user,
            "MAILLAGE_GRAPH_PASSWORD": address.password,
            "MAILLAGE_GRAPH_DATABASE": address.database,
        }
        return subprocess.Popen(  # noqa: S603 - our own command, no shell
            [sys.executable, "-m", "api.child", role, str(door.fileno()), str(self._gate)],
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[door.fileno(), self._gate],
            preexec_fn=partial(end_with_parent, os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509 - no thread runs yet
            start_new_session=True,
        )

    def _wait_until_healthy(self) -> None:
        """Say that the site is there once it is: a first request that fails helps nobody."""
        end = time.monotonic() + READY_SECONDS
        while not self._stopping and time.monotonic() < end:
            if healthy(self._settings.host, self._settings.port):
                self._ready(f"http://{self._settings.host}:{self._settings.port}")
                return
            if any(child.process.poll() is not None for child in self._children):
                break
            time.sleep(0.05)
        if not self._stopping:
            raise Unavailable("Le site n’a pas démarré : son journal, ci-dessus, dit pourquoi.")

    def _watch(self, engine: Engine | None, address: Address, door: socket.socket) -> None:
        lives = _Lives("engine")
        while not self._stopping:
            if engine and not engine.alive():
                log.error("engine_ended", restarting=True)
                lives.again()
                engine.start()
            for child in self._children:
                if child.process.poll() is not None:
                    self._replace(child, address, door)
            time.sleep(WATCH_SECONDS)

    def _replace(self, child: _Child, address: Address, door: socket.socket) -> None:
        log.warning("child_ended", role=child.role, code=child.process.returncode)
        child.lives.again()
        child.process = self._spawn(child.role, address, door)

    def _end_children(self) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for child in self._children:
            try:
                child.process.wait(max(0.1, end - time.monotonic()))
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
