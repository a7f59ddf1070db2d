"""Structured logs: readable lines in a terminal, one JSON object a line everywhere else.

No event may carry a credential or a token. Exceptions are logged by type and place, without their message and
without local variables: both can hold what users sent.
"""

import logging
import sys
import traceback
from contextlib import suppress
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LogFormat = Literal["auto", "console", "json"]

_handler = logging.StreamHandler()


class _Lines:
    """Writes the lines of this service, which need none of what the standard library does for a record of its own."""

    disabled = False

    def __init__(self, *name: str) -> None:
        self.getEffectiveLevel = logging.getLogger(*name).getEffectiveLevel

    def write(self, line: str) -> None:
        with suppress(OSError, ValueError):  # no request fails for a log that cannot be written
            _handler.stream.write(f"{line}\n")
            _handler.stream.flush()

    debug = info = warning = error = exception = write


def configure_logging(level: str, log_format: LogFormat = "auto") -> None:
    """Send this service's, uvicorn's and every library's logs through one chain to standard error."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _describe_exception,
    ]
    written: list[Processor] = [_escape_controls, _renderer(log_format)]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, *written],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    _handler.stream = sys.stderr  # its setter would flush the one before, which may be closed
    _handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *written],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [_handler]
    root.setLevel(level.upper())
    _tame_libraries()


def _renderer(log_format: LogFormat) -> Processor:
    if log_format == "console" or (log_format == "auto" and sys.stderr.isatty()):
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _tame_libraries() -> None:
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # the request log says more, and no query strings
    for name in ("uvicorn.error", "alembic", "asyncio", "sqlalchemy", "passlib"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _describe_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _escape_controls(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A line break or an escape sequence in a value must not start a new log line or colour a terminal."""
    return {key: _escaped(value) if isinstance(value, str) else value for key, value in event.items()}


def _escaped(text: str) -> str:
    return text if text.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
