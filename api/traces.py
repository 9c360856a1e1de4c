"""Traces: what happened in which order, sent to a collector when the settings name one, and never what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.settings import VERSION, Settings

if TYPE_CHECKING:
    # The worker and the commands have no use for the web framework.
    from fastapi.telemetry import TelemetryConfig

PATH: Final = "/v1/traces"
# A collector that is away must not hold the end of a process.
EXPORT_SECONDS: Final = 3


def of_requests(settings: Settings) -> TelemetryConfig:
    """What the web framework is told: spans of requests where there is a collector, nothing otherwise. Its own logs of faults
    and refused values hold texts: they stay off.
    """
    tracing = bool(settings.otlp_endpoint)
    return {"tracing": tracing, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}


def start(settings: Settings, role: str) -> None:
    """Send this process's spans to the collector that the settings name; without one, nothing is loaded or kept. Once a process."""
    if not settings.otlp_endpoint:
        return
    # Half of what they cost is their import.
    from opentelemetry import propagate, trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    from api.bare_spans import OnlyWhatIsListed

    # Baggage, the other half of the default, is free text from the caller.
    propagate.set_global_textmap(TraceContextTextMapPropagator())
    names = {"service.name": "maillage", "service.version": VERSION, "maillage.role": role}
    exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint.rstrip("/") + PATH, timeout=EXPORT_SECONDS)
    provider = TracerProvider(resource=Resource.create(names))
    provider.add_span_processor(BatchSpanProcessor(OnlyWhatIsListed(exporter)))
    trace.set_tracer_provider(provider)
