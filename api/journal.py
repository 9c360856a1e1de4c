"""The journal: one line an event on standard error, in JSON or for the eye, with no personal data and no text of queries.

Our own lines hold what their author named. Lines of libraries are held to their template: what they would fill in may quote
a person. A fault is told by its class and its steps, never by its text.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
import warnings
from typing import Any, Final, Literal

import structlog
from opentelemetry import trace
from structlog.types import EventDict, Processor

Style = Literal["auto", "json", "console"]
Level = Literal["debug", "info", "warning", "error"]

STEPS: Final = 4
OURS: Final = ("api", "graph", "search", "importers", "bench", "__main__")
# Its lines name addresses of this machine and nothing that a visitor sent.
TRUSTED: Final = ("uvicorn", "uvicorn.error")
# As asyncio begins them; what follows shows a callback with its arguments.
BEFORE_A_REPR: Final = "(<[{'\"\n"
# One list for good: loggers in use hold on to it, and whoever listens in (a test) listens to all of them.
PROCESSORS: Final = [
    structlog.stdlib.filter_by_level,
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


class _ToStandardError(logging.Handler):
    """Writes to standard error as it is when the line comes."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line, whole."""
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def keep_journal(process: str, style: Style = "auto", level: Level = "info") -> None:
    """Send every line of this process to standard error: ours from `level` up, the libraries' from WARNING up.

    `process` says in each line which one speaks: command, web, work.
    """
    root = logging.getLogger()
    for before in [handler for handler in root.handlers if isinstance(handler, _ToStandardError)]:
        root.removeHandler(before)
    handler = _ToStandardError()
    handler.setFormatter(formatter(process, style))
    root.addHandler(handler)
    root.setLevel(logging.INFO if level == "debug" else logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level.upper())
    # The driver's notices repeat query text.
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    structlog.configure(
        processors=PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def hold_texts_back() -> None:
    """From now on, nothing that Python itself prints of a fault or a warning in this process quotes its text."""
    # A line that cannot be formatted would be printed with its arguments.
    logging.raiseExceptions = False
    warnings.showwarning = _warned
    sys.excepthook = lambda kind, fault, _: _ended("process_ended", kind, fault)
    threading.excepthook = lambda told: _ended("thread_ended", told.exc_type, told.exc_value)
    sys.unraisablehook = lambda told: _ended("fault_ignored", told.exc_type, told.exc_value)


def formatter(process: str, style: Style = "json") -> logging.Formatter:
    """What makes the line of a record, ours or a library's, in one shape."""
    readable = style == "console" or (style == "auto" and sys.stderr.isatty())
    last: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_level=False)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )

    def said_by(_: Any, __: str, event: EventDict) -> EventDict:
        span = trace.get_current_span().get_span_context()
        of_trace = {"trace": f"{span.trace_id:032x}"} if span.is_valid else {}
        return {**event, "process": process, "pid": os.getpid(), **of_trace}

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.contextvars.merge_contextvars, _without_texts],
        pass_foreign_args=True,
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            said_by,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            last,
        ],
    )


def _without_texts(_: Any, __: str, event: EventDict) -> EventDict:
    """The line of a library: its template, and a fault by its class and steps."""
    record: logging.LogRecord = event["_record"]
    filled_in, values = event.pop("event"), event.pop("positional_args")
    fault = record.exc_info[1] if record.exc_info else None
    event.pop("exc_info", None)
    event.pop("stack_info", None)
    said = {"event": _template(record, filled_in, has_values=bool(values))}
    if fault:
        return {**event, **said, "fault": type(fault).__name__, "at": steps_of(fault)}
    return {**event, **said, "at": [f"{record.pathname}:{record.lineno} {record.funcName}"]}


def _template(record: logging.LogRecord, filled_in: str, *, has_values: bool) -> str:
    """What is constant in a message. A text without values may have been filled in already: its place in the code tells it."""
    if record.name in TRUSTED:
        return filled_in.partition("\n")[0].strip()
    if record.name == "asyncio":
        end = min((place for sign in BEFORE_A_REPR if (place := filled_in.find(sign)) >= 0), default=len(filled_in))
        return filled_in[:end].strip()
    return str(record.msg).partition("\n")[0] if has_values else "library_line"


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
    """Python's own warnings, in our shape: their class and place."""
    structlog.get_logger(__name__).warning("python_warning", category=category.__name__, at=[f"{filename}:{lineno}"])


def _ended(event: str, kind: type[BaseException], fault: BaseException | None) -> None:
    """A fault that nobody caught, in one line."""
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    because = (fault.__cause__ or fault.__context__) if fault else None
    structlog.get_logger(__name__).error(
        event,
        fault=kind.__name__,
        because=type(because).__name__ if because else None,
        at=steps_of(fault),
    )


def steps_of(fault: BaseException | None) -> list[str]:
    """The last steps that led to a fault, without its text: that may quote a person."""
    frames = traceback.extract_tb(fault.__traceback__)[-STEPS:] if fault else []
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
