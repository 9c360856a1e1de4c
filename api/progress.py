"""Progress bars for long work at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column


class Bar:
    """A bar for one piece of work; each of its stages starts the count again."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None)

    def stage(self, label: str, steps: int | None) -> None:
        """A new stage; nothing to do is done at once."""
        done = steps == 0
        self._progress.reset(self._task, total=1 if done else steps, completed=int(done))

    def advance(self, steps: int) -> None:
        """So many steps more."""
        self._progress.advance(self._task, steps)

    def reach(self, done: int, total: int) -> None:
        """So far, out of so many."""
        self._progress.update(self._task, completed=done, total=max(total, 1))


@contextmanager
def bar_of(console: Console, title: str) -> Iterator[Bar]:
    """A bar on the console for as long as the work lasts."""
    named = TextColumn("{task.description}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    columns = (named, BarColumn(bar_width=20), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, expand=True) as progress:
        yield Bar(progress, title)
