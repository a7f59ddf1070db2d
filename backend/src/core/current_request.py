"""The request that is being answered: what logs, events and figures say of it, wherever they are written."""

from contextvars import ContextVar
from time import perf_counter


class CurrentRequest:
    """One request, from its first byte to its last."""

    __slots__ = ("database_seconds", "id", "network", "round_trips", "started")

    def __init__(self, request_id: str) -> None:
        self.id = request_id
        self.network: str | None = None
        self.round_trips = 0
        self.database_seconds = 0.0
        self.started = perf_counter()

    @property
    def seconds(self) -> float:
        """Until now."""
        return perf_counter() - self.started


_current: ContextVar[CurrentRequest | None] = ContextVar("current_request", default=None)


def begin_request(request_id: str) -> CurrentRequest:
    """All that happens until the task ends belongs to this request."""
    request = CurrentRequest(request_id)
    _current.set(request)
    return request


def current_request() -> CurrentRequest | None:
    """None outside of any, such as at start."""
    return _current.get()
