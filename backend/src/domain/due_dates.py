"""Due days, clock times and the instants that they name."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

EARLIEST_DAY = date(1900, 1, 1)
LATEST_DAY = date(9998, 12, 31)  # a year later, the last evening of a western zone has no instant in UTC


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """The IANA names that are accepted. What merely lies beside them in a system's folder is not."""
    return frozenset(available_timezones() - {"localtime", "posixrules", "Factory"})


def due_instant(day: date, clock_time: time, zone: str) -> datetime:
    """The instant, in UTC, at which a clock on the wall of ``zone`` shows this day and time.

    A time that the clocks skip in spring moves forward by as much as they do; one that comes twice in autumn is its
    first (RFC 5545, 3.3.5).
    """
    return datetime.combine(day, clock_time, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_begins(day: date, zone: str) -> datetime:
    """The instant, in UTC, of the first midnight of a day, or of the moment in place of one that the clocks skip.

    A day that a zone skipped altogether begins when the next one does.
    """
    return due_instant(day, time(), zone)
