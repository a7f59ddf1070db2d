"""OpenTelemetry: traces of requests, sent to a collector by OTLP over HTTP.

What else the SDK reads stands in the environment by its own names: OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER,
OTEL_EXPORTER_OTLP_HEADERS and so on (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
"""

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

EXPORT_TIMEOUT = 2.0  # a process that ends waits for it
QUERY = "url.query"


def tracer_provider(endpoint: str, *, service: str, version: str) -> TracerProvider:
    """Hands spans over from a thread of its own; what the collector does not take is dropped.

    Args:
        endpoint: of the collector, without ``/v1/traces``.
        service: its name, unless OTEL_SERVICE_NAME says another.
    """
    resource = Resource.create({SERVICE_NAME: service, SERVICE_VERSION: version}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(_QueriesLeftOut())
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=EXPORT_TIMEOUT)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


class _QueriesLeftOut(SpanProcessor):
    """What somebody searches for is nobody else's business."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002
        if QUERY in (span.attributes or {}):
            span.set_attribute(QUERY, "REDACTED")
