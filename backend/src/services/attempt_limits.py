"""Limits on attempts, counted in the database and so shared by every worker and instance.

The generic cell rate algorithm (GCRA): a row holds the instant at which the quota is full again; each attempt moves
it on by its share of the window, and is refused where that would pass the window. Attempts are counted before the
password is looked at, in a statement that commits by itself: a request that is refused later has still been counted.
"""

import hashlib
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from src.core.errors import TooManyRequests
from src.core.security_events import record_suspicion
from src.database.session import Database

PURGE_CHANCE = 0.01


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``quota`` attempts in ``window`` seconds, at any moment."""

    name: str
    quota: int
    window: int

    def on(self, *subject: str) -> "Attempt":
        """An attempt that counts against ``subject``: whose account, from which network."""
        digest = hashlib.sha256("\x00".join(subject).encode()).hexdigest()
        return Attempt(self, f"{self.name}/{digest}")


@dataclass(frozen=True, slots=True)
class Attempt:
    limit: Limit
    key: str


# Few tries against one account from one place; more in all, so that nobody can lock others out of their accounts.
LOGIN_BY_ACCOUNT_AND_NETWORK = Limit("login-here", 10, 15 * 60)
LOGIN_BY_ACCOUNT = Limit("login-account", 100, 60 * 60)
LOGIN_BY_NETWORK = Limit("login-network", 200, 15 * 60)
TOKEN_EXCHANGE_BY_NETWORK = Limit("token-exchange-network", 200, 15 * 60)
REGISTRATION_BY_NETWORK = Limit("register-network", 100, 60 * 60)
PASSWORD_CONFIRMATION = Limit("confirm-password", 10, 15 * 60)
# Mails to one address. Each attempt that counts sends one, so nobody can use them up without the owner getting a link.
RESET_REQUEST_BY_ACCOUNT = Limit("forgot-password-account", 5, 60 * 60)
RESET_REQUEST_BY_NETWORK = Limit("forgot-password-network", 60, 60 * 60)
RESET_BY_NETWORK = Limit("reset-password-network", 60, 15 * 60)

COUNT_ATTEMPTS = """
    INSERT INTO attempt_limits AS stored (key, full_at, is_allowed)
    SELECT key, now() + share * interval '1 second', true
    FROM unnest(CAST(:keys AS text[]), CAST(:shares AS float8[])) AS attempt (key, share) ORDER BY key
    ON CONFLICT (key) DO UPDATE SET (full_at, is_allowed) = (
        SELECT CASE WHEN wanted <= latest THEN wanted ELSE stored.full_at END, wanted <= latest
        FROM (SELECT greatest(stored.full_at, now()) + (excluded.full_at - now()) AS wanted,
                     now() + interval '1 second'
                     * (CAST(:windows AS float8[]))[array_position(CAST(:keys AS text[]), excluded.key)] AS latest) AS l
    )
    RETURNING key, is_allowed, extract(epoch FROM full_at - now())::float8 AS backlog
"""
"""Counts each attempt once and says for each whether it is allowed; to be read as the first part of a statement."""

_COUNT_ALONE = text(COUNT_ATTEMPTS)

_PURGE = text("""
    DELETE FROM attempt_limits WHERE key IN (SELECT key FROM attempt_limits WHERE full_at < now() LIMIT 1000)
""")


def parameters(attempts: Sequence[Attempt]) -> dict[str, object]:
    """What `COUNT_ATTEMPTS` binds."""
    return {
        "keys": [attempt.key for attempt in attempts],
        "shares": [attempt.limit.window / attempt.limit.quota for attempt in attempts],
        "windows": [float(attempt.limit.window) for attempt in attempts],
    }


async def count_attempt(database: Database, attempt: Attempt) -> None:
    """For what looks at no account. Raises TooManyRequests."""
    row = await database.run_alone(_COUNT_ALONE, parameters([attempt]))
    assert row is not None
    refuse_excess([attempt], {row.key: (row.is_allowed, row.backlog)})
    await purge_now_and_then(database)


def refuse_excess(attempts: Sequence[Attempt], outcome: dict[str, tuple[bool, float]]) -> None:
    """Raises TooManyRequests if any attempt was over its limit. ``outcome``: key → (is allowed, backlog in seconds)."""
    for attempt in attempts:
        is_allowed, backlog = outcome[attempt.key]
        if not is_allowed:
            record_suspicion("attempts limited", limit=attempt.limit.name)
            raise _excess(attempt.limit, backlog)


def _excess(limit: Limit, backlog: float) -> TooManyRequests:
    wait = max(1, math.ceil(backlog + limit.window / limit.quota - limit.window))
    return TooManyRequests(
        "Too many attempts: wait, and try again",
        headers={
            "Retry-After": str(wait),
            "RateLimit-Policy": f'"{limit.name}";q={limit.quota};w={limit.window}',
            "RateLimit": f'"{limit.name}";r=0;t={wait}',
        },
    )


async def purge_now_and_then(database: Database) -> None:
    """Forget what no longer limits anybody, in a hundredth of the calls: no background worker is needed."""
    if random.random() < PURGE_CHANCE:  # noqa: S311  # spreads work, guards nothing
        await database.run_alone(_PURGE)
