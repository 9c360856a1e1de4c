"""What the command line says: its two consoles, and faults as one sentence and a code, never as a trace."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import typer
from pydantic import ValidationError
from rich.console import Console

from api.folder import said_of_disk
from api.journal import keep_journal
from api.settings import Settings
from graph.model.errors import Refusal

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

# As Rust writes an error of the system, for people or for itself.
DISK_FAULT: Final = re.compile(r"os error (\d+)|Os \{ code: (\d+)")


def settings_from(**given: Any) -> Settings:
    """The settings of the environment, with what the command was given. Ends the command on a bad value, with its name."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as fault:
        lines = [
            f"MAILLAGE_{'_'.join(map(str, e['loc'])).upper()} = {e['input']!r} : {e['msg']}" for e in fault.errors()
        ]
        errors.print("Réglage refusé.", *lines, sep="\n", style="red", markup=False)
        raise typer.Exit(2) from fault


@contextmanager
def in_words() -> Iterator[None]:
    """Expected refusals and disk faults as one sentence and a code, never as a trace."""
    keep_journal()
    try:
        yield
    except Refusal as refusal:
        errors.print(refusal.message, style="red", markup=False)
        raise typer.Exit(1) from refusal
    except (OSError, ValueError) as fault:
        sentence = said(fault)
        if sentence is None:
            raise
        errors.print(sentence, style="red", markup=False)
        raise typer.Exit(1) from fault


def said(fault: OSError | ValueError) -> str | None:
    """What the system refused; None for a fault of ours. The search engine tells its disk faults as ValueError."""
    if isinstance(fault, OSError):
        if fault.filename:
            return said_of_disk(fault, Path(str(fault.filename)))
        number = fault.errno
    elif told := DISK_FAULT.search(str(fault)):
        number = int(told[1] or told[2])
    else:
        return None
    if number == errno.ENOSPC:
        return "Le disque est plein. Libérez de la place, puis relancez."
    why = os.strerror(number) if number else type(fault).__name__
    return f"Le système a refusé une opération ({why}). Relancez ; si cela revient, signalez-le."
