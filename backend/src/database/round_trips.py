"""What is told of each round trip: to the request it belongs to, the metrics, the trace, and if it was slow the log."""

from time import perf_counter
from types import TracebackType

import structlog
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from src.core.current_request import current_request
from src.core.metrics import metrics

TEXT_SHOWN = 300

log = structlog.get_logger()


class _Watch:
    slow_seconds = 0.5
    tracer: Tracer | None = None


def watch(*, slow_seconds: float, tracer: Tracer | None) -> None:
    """From now on, in this process. Statements that take ``slow_seconds`` or longer get a line of the log."""
    _Watch.slow_seconds = slow_seconds
    _Watch.tracer = tracer


class RoundTrip:
    """Times what its block waits for.

    Args:
        name: the function that runs the statement, or BEGIN, COMMIT, ROLLBACK.
        text: the statement, with placeholders for its values; never with values.
    """

    __slots__ = ("_name", "_span", "_started", "_text")

    def __init__(self, name: str, text: str = "") -> None:
        self._name = name
        self._text = text

    def __enter__(self) -> None:
        tracer = _Watch.tracer
        self._span = None if tracer is None else _begin_span(tracer, self._name)
        self._started = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        seconds = perf_counter() - self._started
        request = current_request()
        if request is not None:
            request.round_trips += 1
            request.database_seconds += seconds
        metrics().round_trip(self._name, seconds)
        if self._span is not None:
            _end_span(self._span, kind)
        if seconds >= _Watch.slow_seconds:
            log.warning(
                "slow statement",
                statement=self._name,
                ms=round(seconds * 1000),
                text=" ".join(self._text.split())[:TEXT_SHOWN],
                id=request and request.id,
            )


def _begin_span(tracer: Tracer, name: str) -> Span:
    """As the semantic conventions have it: https://opentelemetry.io/docs/specs/semconv/db/postgresql/."""
    attributes = {"db.system.name": "postgresql", "db.query.summary": name}
    return tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)


def _end_span(span: Span, kind: type[BaseException] | None) -> None:
    if kind is not None:
        span.set_attribute("error.type", kind.__name__)
        span.set_status(Status(StatusCode.ERROR))
    span.end()
