"""Pure ASGI: what happens around every request, in a few microseconds.

The request id, the one log line, the last-resort 500, the security headers, HEAD, the limit on bodies.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

import structlog
import uuid_utils
from fastapi import HTTPException
from opentelemetry.trace import format_trace_id, get_current_span
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.api.errors import TooLarge, problem_response
from src.core.current_request import CurrentRequest, begin_request
from src.core.errors import Unavailable
from src.core.metrics import metrics

UNLIMITED = frozenset({"/health/live", "/metrics"})
"""What says how the process is has to do so above all when it has too much to do."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"})
SANE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

log = structlog.get_logger("request")


class RequestContext:
    """Gives each request an id, writes its log line, and answers what nothing else caught with a bare 500.

    Args:
        shows_timing: whether answers tell what they took, and of it what the database took (Server-Timing).
    """

    def __init__(
        self, app: ASGIApp, *, headers: Mapping[str, str], last_resort: ASGIApp, shows_timing: bool = False
    ) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._last_resort = last_resort
        self._shows_timing = shows_timing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        request = begin_request(request_id)
        metrics().request_began()
        method = scope["method"]
        # a copy: the server must go on seeing HEAD, and routes only know GET
        scope = {**scope, "state": {**scope.get("state", {}), "request_id": request_id}}
        if method == "HEAD":
            scope["method"] = "GET"
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._with_headers(message["headers"], request_id)
                if self._shows_timing:
                    message["headers"].append((b"server-timing", _server_timing(request)))
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        error: Exception | None = None
        try:
            await self._app(scope, receive, send_on)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception as caught:  # noqa: BLE001  # the last one to catch it
            error = caught
            if not status:
                await self._last_resort(scope, receive, send_on)
        finally:
            _tell(scope, method, status, request, error)

    def _with_headers(self, present: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        names = {name for name, _ in present}
        added = [header for header in self._headers if header[0] not in names]
        return [*present, *added, (b"x-request-id", request_id.encode())]


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and SANE_REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return str(uuid_utils.uuid7())


def _server_timing(request: CurrentRequest) -> bytes:
    """https://www.w3.org/TR/server-timing/, in milliseconds."""
    database = f'db;dur={request.database_seconds * 1000:.1f};desc="{request.round_trips} round trips"'
    return f"{database}, total;dur={request.seconds * 1000:.1f}".encode()


def _tell(scope: Scope, method: str, status: int, request: CurrentRequest, error: Exception | None) -> None:
    state = scope["state"]
    route = getattr(scope.get("route"), "path", "-")
    method = method if method in METHODS else "?"
    seconds = request.seconds
    metrics().request_ended(method, route, status, seconds)
    if "is_told" in state:
        return
    user: UUID | None = state.get("user_id")
    write = log.info if status < 500 else log.error
    write(
        "request",
        id=request.id,
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        db_ms=round(request.database_seconds * 1000, 1),
        db_trips=request.round_trips,
        **({"user": str(user)} if user else {}),
        **_trace(),
        **({"exc_info": error} if error else {}),
    )


def _trace() -> dict[str, str]:
    context = get_current_span().get_span_context()
    return {"trace": format_trace_id(context.trace_id)} if context.is_valid else {}


class ConcurrencyLimit:
    """Refuses at once what would only wait: with more than ``most`` requests at work, all answers would be late.

    Those that wait for their clients, to send or to read, do not count: else a few slow ones could keep others out.
    Whether the process is alive it always says. A refusal costs a tenth of an answer, and must not cost a line of the
    log: one a second tells how many there were.
    """

    def __init__(self, app: ASGIApp, *, most: int) -> None:
        self._app = app
        self._most = most
        self._running = 0
        self._untold = 0
        self._is_quiet = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self._app(scope, receive, send)
            return
        if self._running >= self._most:
            scope["state"]["is_told"] = True
            self._tell()
            await problem_response(scope, Unavailable("The service has too much to do"))(scope, receive, send)
            return

        async def receive_on() -> Message:
            with self._counting(-1):
                return await receive()

        async def send_on(message: Message) -> None:
            with self._counting(-1):
                await send(message)

        with self._counting(+1):
            await self._app(scope, receive_on, send_on)

    @contextmanager
    def _counting(self, number: int) -> Iterator[None]:
        self._running += number
        try:
            yield
        finally:
            self._running -= number

    def _tell(self) -> None:
        metrics().request_refused()
        self._untold += 1
        if self._is_quiet:
            self._write_down()

    def _write_down(self) -> None:
        self._is_quiet = not self._untold
        if self._untold:
            log.warning("too many requests at a time", refused=self._untold, most=self._most)
            self._untold = 0
            asyncio.get_running_loop().call_later(1, self._write_down)


class BodyLimit:
    """Refuses a body that is too large before it is taken into memory, whether or not it says how long it is."""

    def __init__(self, app: ASGIApp, *, limit: int, limits: Mapping[tuple[str, str], int] | None = None) -> None:
        """``limits``: of single routes, by method and path, in place of ``limit``."""
        self._app = app
        self._limit = limit
        self._limits = dict(limits or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        received = 0
        limit = self._limits.get((scope["method"], scope["path"]), self._limit)

        async def receive_on() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(TooLarge.status)  # the one kind that FastAPI lets through while it reads a body
            return message

        if _declared_length(scope) > limit:
            await problem_response(scope, TooLarge())(scope, receive, send)
        else:
            await self._app(scope, receive_on, send)


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
