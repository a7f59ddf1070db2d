"""What a failure of the database means: whether to wait, to try again, or to tell a person.

Neon's proxy and poolers answer with general SQLSTATEs, so the code and the text are both looked at.
"""

import ssl
from enum import Enum, auto

import asyncpg
from sqlalchemy.exc import DBAPIError

from src.core.errors import AppError, Unauthorized, Unavailable
from src.database.refusals import find_refusal

IntegrityError = asyncpg.IntegrityConstraintViolationError
"""A constraint refused a row: see `violated_constraint`."""


class Failure(Enum):
    AWAY = auto()
    """Not reachable just now: asleep, restarting, or the connection broke. Worth another try."""
    SLOW = auto()
    """A statement took longer than it may."""
    COLLISION = auto()
    """The server gave up one of two transactions that stood in each other's way, and rolled it back."""
    REFUSED = auto()
    """The server does not want us: wrong password, unknown database, certificate, no privilege. Waiting won't help."""
    FULL = auto()
    """The server has no disk or memory left for this, or its project has reached its size. It rolled back."""
    OTHER = auto()


_CERTAIN = {
    **dict.fromkeys(("40001", "40P01", "55P03"), Failure.COLLISION),
    **dict.fromkeys(("53000", "53100", "53200", "53400"), Failure.FULL),
}
_AWAY_STATES = {"57P01", "57P02", "57P03", "57P05", "08000", "08001", "08003", "08004", "08006", "53300"}
_REFUSED_STATES = {"28P01", "28000", "3D000", "42501"}
_AWAY_TEXTS = (
    "couldn't connect to compute node",
    "control plane request failed",
    "failed to acquire permit",
    "too many database connection attempts",
    "terminating connection due to administrator command",
    "connection was closed in the middle of operation",
    "connection is closed",
    "query_wait_timeout",
    "server conn crashed",
    "server login has been failing",
    "pgbouncer cannot connect",
)
_OF_PROXIES = {"XX000", "08P01"}
"""What Neon's proxy and PgBouncer call nearly all of their own troubles."""


def classify(error: BaseException, *, connecting: bool = False) -> Failure:
    """Works on what SQLAlchemy wraps and on what reaches us raw, as failures to connect do.

    Args:
        connecting: nothing has been asked yet, so whatever a proxy on the way complains of, it is not our statement.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure.REFUSED
    if isinstance(error, asyncpg.InternalClientError):  # the server has said goodbye, and the socket is not closed yet
        return Failure.AWAY
    state, text = sqlstate(error), message(error).lower()
    if state in _CERTAIN:
        return _CERTAIN[state]
    if find_refusal(text):
        return Failure.REFUSED
    if any(sign in text for sign in _AWAY_TEXTS) or state in _AWAY_STATES or (connecting and state in _OF_PROXIES):
        return Failure.AWAY
    if state in _REFUSED_STATES:
        return Failure.REFUSED
    if state == "57014" or isinstance(error, TimeoutError):
        return Failure.SLOW
    if isinstance(error, (OSError, EOFError)) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return Failure.AWAY
    return Failure.OTHER


def message(error: BaseException) -> str:
    """What the server or the driver says of it."""
    return str(getattr(error, "orig", None) or error)


def sqlstate(error: BaseException) -> str | None:
    """The five characters by which PostgreSQL names the error, wherever they hang in the chain of causes."""
    original = getattr(error, "orig", None) or error
    return getattr(original, "sqlstate", None) or getattr(original.__cause__, "sqlstate", None)


def violated_constraint(error: BaseException) -> str | None:
    """The name of the constraint that refused a row."""
    return getattr(error, "constraint_name", None)


def as_app_error(error: BaseException) -> AppError | None:
    """The answer to a request that failed before its COMMIT; None where the failure is a fault of ours."""
    if sqlstate(error) == "42501":  # the roles lack a grant, which the check at start should have told
        return None
    if _is_user_gone(error):
        return Unauthorized()
    match classify(error):
        case Failure.AWAY | Failure.REFUSED:
            return Unavailable("The database cannot be reached", retry_after=2)
        case Failure.SLOW:
            return Unavailable("The database took too long to answer", retry_after=2)
        case Failure.FULL:
            return Unavailable("The database has no room left", retry_after=30)
        case Failure.COLLISION:
            return Unavailable("Another request changed the same data at the same moment")
        case Failure.OTHER:
            return None


def _is_user_gone(error: BaseException) -> bool:
    """Whether the account was deleted by another request since this one's transaction was opened."""
    return sqlstate(error) == "23503" and (violated_constraint(error) or "").endswith("_user_id")
