"""The journal: one JSON object a line on standard error, with no personal data and no text of queries."""

from __future__ import annotations

import logging
import sys

import structlog


def keep_journal() -> None:
    """Send structlog and the libraries' own warnings to standard error."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
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
