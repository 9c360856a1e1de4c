"""What the store lets its watchers see: spans of what is under way, and how often an action ran again.

Neither costs anything that counts when nobody watches. Names of statements stand for them; no parameter, no row, no text of a
fault is told.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span, StatusCode
from prometheus_client import Counter

from graph import store

RETRIES: Final = Counter("maillage_graph_retries_total", "Actions run again after a conflict in the graph.")
UNNAMED: Final = "statement"

_tracer = trace.get_tracer("maillage")


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[Span]:
    """A span of the present trace, or the first of a new one. A fault is told by its class."""
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException as fault:
            current.set_attribute("error.type", type(fault).__name__)
            current.set_status(StatusCode.ERROR)
            raise


@contextmanager
def part(name: str, **attributes: str | int) -> Iterator[Span]:
    """A span of the present trace; nothing where there is none, as for the worker's looks at an empty outbox."""
    if not trace.get_current_span().is_recording():
        yield INVALID_SPAN
        return
    with span(name, **attributes) as current:
        yield current


def name_of(statement: str) -> str:
    """The constant that holds this Cypher, such as `relays.FACTS`."""
    return _names().get(statement, UNNAMED)


@cache
def _names() -> dict[str, str]:
    modules = [
        sys.modules[found.name]
        for found in pkgutil.walk_packages(store.__path__, f"{store.__name__}.")
        if found.name in sys.modules
    ]
    return {
        text: f"{module.__name__.removeprefix(f'{store.__name__}.')}.{name}"
        for module in modules
        for name, value in vars(module).items()
        if name.isupper()
        for text in (value.values() if isinstance(value, dict) else [value])
        if isinstance(text, str)
    }
