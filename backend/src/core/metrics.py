"""What is counted and timed while the service runs. Nobody counts unless `count_with` has said who does."""

from typing import NamedTuple

MULTIPROCESS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""Where the workers of one service count together; Prometheus's library reads it when it is loaded."""


class Exposition(NamedTuple):
    """All figures, as a monitoring system reads them."""

    text: bytes
    content_type: str


class Metrics:
    """Counts nothing. Each method is told what has just happened; times are in seconds."""

    def exposition(self) -> Exposition | None:
        """None where nobody counts. It may read files."""
        return None

    def request_began(self) -> None: ...

    def request_ended(self, method: str, route: str, status: int, seconds: float) -> None:
        """``route`` and ``method`` have few values: a path's form, never the path."""

    def request_refused(self) -> None:
        """There were too many at a time."""

    def round_trip(self, statement: str, seconds: float) -> None:
        """``statement``: the function that ran it, or BEGIN, COMMIT, ROLLBACK."""

    def connection_taken(self) -> None: ...

    def connection_returned(self) -> None: ...

    def connection_awaited(self, seconds: float, *, in_vain: bool) -> None:
        """All connections of the pool were in use."""

    def database_awaited(self, seconds: float, *, in_vain: bool) -> None:
        """The database was away, as a compute that sleeps is, and was tried again."""

    def security_event(self, what: str, limit: str = "") -> None:
        """``limit``: the name of the one that was reached."""

    def instances_made(self, number: int) -> None:
        """Of recurring tasks, in a transaction that may still fail."""

    def background_job(self, outcome: str) -> None:
        """``outcome``: done, failed or dropped."""

    def mail(self, outcome: str) -> None:
        """``outcome``: sent or failed."""


_counting = Metrics()


def metrics() -> Metrics:
    return _counting


def count_with(counting: Metrics) -> None:
    """From now on, in this process."""
    global _counting  # noqa: PLW0603  # one for the process, as the log is
    _counting = counting
