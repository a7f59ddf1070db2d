"""What a line of text was understood to mean."""

from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from typing import Literal

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY
from src.domain.priorities import PriorityName

SpanKind = Literal["date", "time", "datetime", "recurrence", "start", "until", "count", "priority", "tag"]
SeriesMode = Literal["schedule", "after_completion"]


class QuickAddError(ValueError):
    """The text makes no task. ``code`` is the machine's word for why.

    ``text_too_long`` (over 1,000 characters), ``title_too_long`` (over 255 are left), ``title_empty`` (nothing that a
    reader would see is left), and the codes of `src.domain.text.UncleanText`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the original text, ``text[start:end]`` in Python, and what it was read as.

    ``start`` and ``end`` count characters (code points). JavaScript counts UTF-16 code units, in which an emoji is two:
    its clients slice with ``utf16_start`` and ``utf16_end``. ``value`` is the day (2026-12-01), the time (17:00), both
    (2026-12-01T17:00), the RRULE, the number of times, the priority or the name of the tag.
    """

    start: int
    end: int
    utf16_start: int
    utf16_end: int
    kind: SpanKind
    value: str


@dataclass(frozen=True, slots=True)
class QuickAdd:
    """A task, or a series if ``rrule`` is given; ``due_date`` is then the first date of the series."""

    title: str
    due_date: date | None
    due_time: time | None
    priority: PriorityName | None
    tags: tuple[str, ...]
    rrule: str | None
    mode: SeriesMode | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """The user's day and time of day. Without ``now``, "in 2 hours" is not understood."""

    today: date
    now: time | None
    zone: tzinfo | None

    def is_past(self, clock_time: time) -> bool:
        return self.now is not None and clock_time <= self.now.replace(tzinfo=None)

    def day_of(self, clock_time: time) -> date | None:
        """The day on which this time comes next."""
        return later(self.today, 1) if self.is_past(clock_time) else self.today


def later(day: date, days: int) -> date | None:
    """So many days later, or None beyond the days that a task can have."""
    return day + timedelta(days) if (EARLIEST_DAY - day).days <= days <= (LATEST_DAY - day).days else None
