"""What a connection may take of this process before there is a request: memory and time.

uvicorn reads heads of any size and waits for the rest of a request without end.
"""

import asyncio
from asyncio import TimerHandle

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 64 << 10
HEAD_SECONDS = 20.0
BODY_SECONDS = 70.0
"""Longer than a route waits that answers slow bodies itself."""

log = structlog.get_logger()


class BoundedConnection(HttpToolsProtocol):
    """Closes a connection whose head (or trailer, or chunk's head) is too large, and one whose request takes too long.

    Also leaves trailers where they are: behind the body, a header could pass by whoever checks the headers before us
    (RFC 9110, 6.5.1).
    """

    _deadline: TimerHandle | None = None
    _reads_body = False
    _undelivered = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._allow(HEAD_SECONDS)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None:
            self._allow(HEAD_SECONDS)
        self._undelivered += len(data)
        super().data_received(data)
        if self._undelivered > MAX_HEAD_BYTES and not self.transport.is_closing():
            log.info("a connection was closed: the head of its request is too large")
            self.transport.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._reads_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._reads_body, self._undelivered = True, 0
        self._allow(BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._undelivered = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._reads_body, self._undelivered = False, 0
        self._forget_deadline()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def _allow(self, seconds: float) -> None:
        """From now on, for what is to come next, however often a byte of it comes."""
        self._forget_deadline()
        self._deadline = self.loop.call_later(seconds, self._end)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _end(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete
        if is_answering:  # what came behind the request may wait for as long as its answer takes
            self._allow(HEAD_SECONDS)
            return
        log.info("a connection was closed: its request took too long to arrive")
        self.transport.close()
