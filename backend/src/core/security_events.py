"""What happens to accounts and sessions, for whoever has to find out later: one line of the log each.

Who (user, session), what, when, from where (network), and in which request: ``id`` is the one of the request's line.
Never an address, a name, a token or a password. A line is written when its work is done; should the COMMIT that follows
fail, the request's line says so. At a LOG_LEVEL above info only what is suspicious is written.
"""

from typing import Literal
from uuid import UUID

import structlog

from src.core.current_request import current_request
from src.core.metrics import metrics

Event = Literal[
    "registered",
    "session started",
    "session ended",
    "other sessions ended",
    "password changed",
    "password reset",
    "reset link sent",
    "address changed",
    "account deleted",
    "account exported",
    "tasks exported",
    "file imported",
    "identity linked",
]
Suspicion = Literal[
    "login failed",
    "password not confirmed",
    "refresh token refused",
    "refresh token reused",
    "reset token refused",
    "subject token refused",
    "foreign origin refused",
    "attempts limited",
    "account handed over",
]

log = structlog.get_logger("security")


def came_from(network: str) -> None:
    """Where the current request came from."""
    request = current_request()
    if request is not None:
        request.network = network


def record(what: Event, *, user: UUID | None = None, session: UUID | None = None) -> None:
    metrics().security_event(what)
    log.info("security", **_described(what, user, session))


def record_suspicion(
    what: Suspicion, *, user: UUID | None = None, session: UUID | None = None, limit: str = ""
) -> None:
    """``limit``: the name of the limit that was reached."""
    metrics().security_event(what, limit)
    log.warning("security", **_described(what, user, session), **({"limit": limit} if limit else {}))


def _described(what: str, user: UUID | None, session: UUID | None) -> dict[str, str]:
    request = current_request()
    fields = {
        "what": what,
        "user": str(user) if user else None,
        "session": str(session) if session else None,
        "network": request.network if request else None,
        "id": request.id if request else None,
    }
    return {name: value for name, value in fields.items() if value is not None}
