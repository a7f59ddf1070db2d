"""The process's clock, in one place, so that tests can move it.

What several workers must agree on (session expiry, attempt limits) is decided by the database's clock instead.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC)
