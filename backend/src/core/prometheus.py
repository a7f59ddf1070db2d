"""The metrics for Prometheus: of this process, or of all workers that share a PROMETHEUS_MULTIPROC_DIR.

That directory has to be in the environment before this module is loaded, which takes a tenth of a second; so it is
loaded only where metrics are wanted.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from src.core import security_events
from src.core.metrics import MULTIPROCESS_DIRECTORY, Exposition, Metrics

REQUESTS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
STATEMENTS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
WAITS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
WAITED = ("served", "given up")
JOBS = ("done", "failed", "dropped")
MAILS = ("sent", "failed")
SECURITY_EVENTS = (*get_args(security_events.Event), *get_args(security_events.Suspicion))
KEPT = ("process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds", "process_start_time_seconds")


class PrometheusMetrics(Metrics):
    """Counts for Prometheus, which reads `exposition`.

    Args:
        pool_size: the most connections of this process to the database.
    """

    def __init__(self, *, version: str, pool_size: int) -> None:
        # when each was first counted: as many samples more, which nobody asks for
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._directory = os.environ.get(MULTIPROCESS_DIRECTORY)
        self._registry = registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str, known: Iterable[str] = ()) -> Counter:
            made = Counter(name, text, labels, registry=registry)
            for value in known:  # begins at 0, because an alert does not see what appears as 1
                made.labels(value)
            return made

        def histogram(
            name: str, text: str, *labels: str, buckets: tuple[float, ...], known: Iterable[str] = ()
        ) -> Histogram:
            made = Histogram(name, text, labels, buckets=buckets, registry=registry)
            for value in known:
                made.labels(value)
            return made

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(name, text, labels, registry=registry, multiprocess_mode="livesum")

        self._requests = counter("http_requests_total", "Requests answered", "method", "route", "status")
        self._durations = histogram(
            "http_request_duration_seconds", "From the request to its answer", "method", "route", buckets=REQUESTS
        )
        self._failures = counter("http_failures_total", "Requests that ended in a fault of the service (5xx, not 503)")
        self._running = gauge("http_requests_in_progress", "Requests that are being answered")
        self._refused = counter("http_requests_refused_total", "Requests refused because there were too many at a time")
        self._statements = histogram(
            "database_statement_duration_seconds",
            "From a statement to its answer, by the function that ran it",
            "statement",
            buckets=STATEMENTS,
        )
        self._in_use = gauge("database_connections_in_use", "Connections on which a transaction is open")
        gauge("database_connections_max", "The most connections to the database").set(pool_size)
        self._pool_waits = histogram(
            "database_connection_wait_seconds",
            "Waiting for a connection, where none was free",
            "outcome",
            buckets=WAITS,
            known=WAITED,
        )
        self._wakes = histogram(
            "database_wake_wait_seconds",
            "Waiting for a database that was away, such as a compute that slept",
            "outcome",
            buckets=WAITS,
            known=WAITED,
        )
        self._events = counter(
            "security_events_total", "What happened to accounts and sessions", "what", known=SECURITY_EVENTS
        )
        self._limited = counter("attempts_limited_total", "Attempts refused because there were too many", "limit")
        self._instances = counter("recurring_instances_total", "Instances of recurring tasks that were made")
        self._jobs = counter("background_jobs_total", "Work that no answer waited for", "outcome", known=JOBS)
        self._mails = counter("mails_total", "Mails handed to the mail server, or not", "outcome", known=MAILS)
        Gauge(
            "todo_info", "The version that runs", ("version",), registry=registry, multiprocess_mode="livemostrecent"
        ).labels(version).set(1)

    def exposition(self) -> Exposition:
        registry = self._registry
        if self._directory is not None:
            for pid in _workers(self._directory):
                if not _is_alive(pid):
                    mark_process_dead(pid, self._directory)  # type: ignore[no-untyped-call]
            registry = CollectorRegistry()
            MultiProcessCollector(registry, self._directory)  # type: ignore[no-untyped-call]
        processes = CollectorRegistry()
        processes.register(_Processes(self._directory))
        return Exposition(generate_latest(registry) + generate_latest(processes), CONTENT_TYPE_LATEST)

    def request_began(self) -> None:
        self._running.inc()

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._durations.labels(method, route).observe(seconds)
        if status >= 500 and status != 503:
            self._failures.inc()
        self._running.dec()  # last: whoever sees it gone, sees it counted

    def request_refused(self) -> None:
        self._refused.inc()

    def round_trip(self, statement: str, seconds: float) -> None:
        self._statements.labels(statement).observe(seconds)

    def connection_taken(self) -> None:
        self._in_use.inc()

    def connection_returned(self) -> None:
        self._in_use.dec()

    def connection_awaited(self, seconds: float, *, in_vain: bool) -> None:
        self._pool_waits.labels(WAITED[in_vain]).observe(seconds)

    def database_awaited(self, seconds: float, *, in_vain: bool) -> None:
        self._wakes.labels(WAITED[in_vain]).observe(seconds)

    def security_event(self, what: str, limit: str = "") -> None:
        self._events.labels(what).inc()
        if limit:
            self._limited.labels(limit).inc()

    def instances_made(self, number: int) -> None:
        self._instances.inc(number)

    def background_job(self, outcome: str) -> None:
        self._jobs.labels(outcome).inc()

    def mail(self, outcome: str) -> None:
        self._mails.labels(outcome).inc()


class _Processes(Collector):
    """Memory, processor time and open files of each worker. Only Linux tells them in this way."""

    def __init__(self, directory: str | None) -> None:
        self._directory = directory

    def collect(self) -> Iterator[Metric]:
        pids = [os.getpid()] if self._directory is None else [p for p in _workers(self._directory) if _is_alive(p)]
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for pid in pids:
            for metric in ProcessCollector(pid=lambda pid=pid: pid, registry=None).collect():  # type: ignore[misc]
                if metric.name in KEPT:
                    kind = CounterMetricFamily if metric.type == "counter" else GaugeMetricFamily
                    new = kind(metric.name, metric.documentation, labels=["pid"])
                    family = families.setdefault(metric.name, new)
                    family.add_metric([str(pid)], metric.samples[0].value)
        yield from families.values()


def _workers(directory: str) -> set[int]:
    """Those that have counted anything, also of the dead."""
    return {int(path.stem.rpartition("_")[2]) for path in Path(directory).glob("*_*.db")}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is somebody else's, and there
    return True
