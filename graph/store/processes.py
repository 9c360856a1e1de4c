"""Processes of ours: they end with their parent, and those that did not are found again by their command line, and ended."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Sequence

import psutil


def end_with_parent(parent: int) -> None:
    """Ask the kernel to end this child when its parent dies, kill -9 included (Linux, prctl PR_SET_PDEATHSIG)."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def bearing(*arguments: str) -> list[psutil.Process]:
    """The other processes whose command line holds all of these arguments: a mark outlives any note of who was started."""
    # Those of other users do not always say.
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if process.pid != os.getpid() and set(arguments) <= set(process.info["cmdline"] or ())
    ]


def end(processes: Sequence[psutil.Process], seconds: float) -> None:
    """End these: asked first, killed after so long. One that sleeps (SIGSTOP) hears nothing but the second."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    _, deaf = psutil.wait_procs(processes, timeout=seconds)
    for process in deaf:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(deaf, timeout=seconds)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
