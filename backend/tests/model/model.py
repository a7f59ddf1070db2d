"""What an account holds, as plain Python, and how a request on it may be refused.

Nothing here comes from the service. An instant that only the database knows is a *tick*, the number of the request that
happened at it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NewType
from zoneinfo import ZoneInfo

Tick = NewType("Tick", float)
Body = dict[str, Any]

LEVELS = {"low": 1, "medium": 2, "high": 3, "urgent": 4}
COLORS = ("#6B7280", "#2563EB", "#D97706", "#DC2626")
DAY = timedelta(days=1)


class Refused(Exception):
    """The answer is this problem; ``faults`` are pointers and codes of what is wrong."""

    def __init__(self, status: int, code: str, *faults: tuple[str, str]) -> None:
        super().__init__(f"{status} {code} {faults}")
        self.status, self.code, self.faults = status, code, list(faults)


def not_found() -> Refused:
    return Refused(404, "not_found")


def invalid(pointer: str, code: str) -> Refused:
    return Refused(422, "validation_error", (pointer, code))


@dataclass(frozen=True)
class Match:
    """If-Match: versions of which one must be the stored one; None where there is no header, or it is ``*``."""

    header: str | None = None
    versions: frozenset[int] | None = None

    def check(self, version: int) -> None:
        if self.versions is not None and version not in self.versions:
            raise Refused(412, "version_mismatch")


@dataclass
class Tag:
    id: str
    name: str
    color: str
    made_from: Body | None
    created: Tick
    updated: Tick
    version: int = 1

    @property
    def key(self) -> str:
        return self.name.casefold()


@dataclass
class Task:
    id: str
    title: str
    made_from: Body | None
    created: Tick
    updated: Tick
    description: str | None = None
    is_completed: bool = False
    completed: Tick | None = None
    priority: str | None = None
    due_date: date | None = None
    due_time: time | None = None
    timezone: str | None = None
    tags: set[str] = field(default_factory=set)
    parent_id: str | None = None
    position: str | None = None
    deleted: Tick | None = None
    is_expired: bool = False
    series_id: str | None = None
    occurrence_date: date | None = None
    version: int = 1

    @property
    def due_at(self) -> datetime | None:
        if self.due_date is None or self.due_time is None:
            return None
        return datetime.combine(self.due_date, self.due_time, ZoneInfo(self.timezone or "")).astimezone(UTC)


@dataclass
class Instance:
    status: str = "open"
    closed: Tick | None = None
    closed_at: datetime | None = field(default=None, compare=False)
    """For the day that it was in the zone that its series has by now. Told to the microsecond, and known less well."""


@dataclass
class Series:
    """A rule that fires every so many days, at most ``count`` times, and last on ``until``."""

    id: str
    title: str
    every: int
    count: int | None
    rrule: str
    start_date: date
    timezone: str
    made_from: Body | None
    created: Tick
    updated: Tick
    until: date | None = None
    description: str | None = None
    priority: str | None = None
    due_time: time | None = None
    mode: str = "schedule"
    missed: str = "skip"
    is_active: bool = True
    tags: set[str] = field(default_factory=set)
    instances: dict[date, Instance] = field(default_factory=dict)
    version: int = 1

    def days(self, before: date) -> Iterator[date]:
        day, number = self.start_date, 0
        while day < before and number != self.count and self.lasts_to(day):
            yield day
            day, number = day + self.every * DAY, number + 1

    def lasts_to(self, day: date) -> bool:
        return self.until is None or day <= self.until

    def today(self) -> date:
        return datetime.now(ZoneInfo(self.timezone)).date()

    def with_status(self, *wanted: str) -> list[date]:
        return sorted(day for day, instance in self.instances.items() if instance.status in wanted)


def same(stored: Any, body: Body) -> Any:
    """What was made before, if it was made from this."""
    if stored.made_from != body:
        raise Refused(409, "id_in_use")
    return stored
