"""Spans as they may leave: only what is listed here, whoever wrote it.

The frameworks would tell addresses, queries and the Host header too. Neither events nor links pass, no text of a fault, nothing
of what the caller put into its own trace state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, Status

KEPT: Final = frozenset(
    {
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.version",
        "url.scheme",
    }
)
# Ours, set with values that are closed lists, counts or marks.
OURS: Final = "maillage."


class OnlyWhatIsListed(SpanExporter):
    """Passes spans on without what is not listed."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send what may be told of these."""
        return self._exporter.export([bare(span) for span in spans])

    def shutdown(self) -> None:
        """Send nothing more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self._exporter.force_flush(timeout_millis)


def bare(span: ReadableSpan) -> ReadableSpan:
    """The span with its names, times, links to its parent, listed attributes and the kind of its end."""
    attributes = {k: v for k, v in (span.attributes or {}).items() if k in KEPT or k.startswith(OURS)}
    return ReadableSpan(
        name=span.name,
        context=_without_state(span.context),
        parent=_without_state(span.parent),
        resource=span.resource,
        attributes=attributes,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _without_state(context: SpanContext | None) -> SpanContext | None:
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
