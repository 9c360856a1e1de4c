"""The journal: one line an event on standard error, with no personal data and no text of queries."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Final

import structlog

STEPS: Final = 4


class WithoutTexts(logging.Formatter):
    """Lines of other libraries. A fault is told by its class and its steps: its text may quote a person."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with no trace."""
        fault = record.exc_info[1] if record.exc_info else None
        message = record.getMessage()
        if fault or record.name == "asyncio":
            # What asyncio adds after its first line holds the fault's text again.
            message = message.partition("\n")[0]
        line = f"{record.levelname} {record.name} {message}"
        return f"{line} {told(fault)}" if fault else line


def keep_journal() -> None:
    """Send structlog and the libraries' own warnings to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutTexts())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    # The driver's notices repeat query text.
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def steps_of(fault: BaseException | None) -> list[str]:
    """The last steps that led to a fault, without its text: that may quote a person."""
    frames = traceback.extract_tb(fault.__traceback__)[-STEPS:] if fault else []
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def told(fault: BaseException) -> str:
    """A fault in one line: its class, where it happened, and the class of its cause."""
    cause = fault.__cause__
    because = f" because of {type(cause).__name__}" if cause else ""
    return f"{type(fault).__name__}{because} at {', '.join(steps_of(fault))}"
