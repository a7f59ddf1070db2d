"""What the chosen phrases mean together."""

from dataclasses import dataclass
from datetime import date, time
from typing import Final, TypeVar

from src.domain.quick_add.dates import shifted
from src.domain.quick_add.readings import (
    Clock,
    Day,
    Lasting,
    Meaning,
    Moment,
    PartOfDay,
    Recurrence,
    Start,
    Times,
    Until,
)
from src.domain.quick_add.times import PART_TIMES
from src.domain.quick_add.values import Present, SeriesMode, later
from src.domain.quick_add.vocabulary import Part

_MIDNIGHT: Final = time(0)
_SMALL_HOURS: Final = 5
_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class When:
    due_date: date | None = None
    due_time: time | None = None
    rrule: str | None = None
    mode: SeriesMode | None = None
    until: date | None = None


class Senseless(Exception):
    """With this phrase the series would have no dates."""

    def __init__(self, meaning: Meaning) -> None:
        super().__init__()
        self.meaning = meaning


def when(meanings: list[Meaning], present: Present) -> When:
    """At most one meaning is of each kind."""
    recurrence = the(Recurrence, meanings)
    if recurrence:
        return _series(recurrence, meanings, present)
    moment = the(Moment, meanings)
    return When(moment.day, moment.clock_time) if moment else _task(meanings, present)


def the(kind: type[_Kind], meanings: list[Meaning]) -> _Kind | None:
    return next((meaning for meaning in meanings if isinstance(meaning, kind)), None)


def _task(meanings: list[Meaning], present: Present) -> When:
    day, clock_time, part = the(Day, meanings), _clock_time(meanings), _part(meanings)
    if day is None:
        return When(present.day_of(clock_time), clock_time) if clock_time else When()
    if clock_time is None:
        return When(day.day)
    is_today = day.day == present.today
    if is_today and day.part and not the(Clock, meanings) and present.is_past(clock_time):
        return When(day.day)  # "tonight" at ten: still today, but not two hours ago
    if (is_today and clock_time == _MIDNIGHT) or (part == "night" and clock_time.hour < _SMALL_HOURS):
        return When(later(day.day, 1) or day.day, clock_time)
    return When(day.day, clock_time)


def _series(recurrence: Recurrence, meanings: list[Meaning], present: Present) -> When:
    clock_time = _clock_time(meanings)
    stated = the(Start, meanings) or the(Day, meanings)
    start = stated.day if stated else (present.day_of(clock_time) if clock_time else present.today)
    first = recurrence.rule.first_date(start) if start else None
    if first is None:
        raise Senseless(recurrence)
    until = _until(first, meanings)
    times = the(Times, meanings)
    rule = recurrence.rule if recurrence.after_completion else recurrence.rule.anchored(first)
    return When(
        first,
        clock_time,
        rule.text(count=times.count if times else None, until=until),
        "after_completion" if recurrence.after_completion else "schedule",
        until,
    )


def _until(first: date, meanings: list[Meaning]) -> date | None:
    until, lasting = the(Until, meanings), the(Lasting, meanings)
    if until:
        if until.day < first:
            raise Senseless(until)
        return until.day
    if lasting is None:
        return None
    following = shifted(first, lasting.count, lasting.unit)
    if following is None:
        raise Senseless(lasting)
    return later(following, -1)


def _clock_time(meanings: list[Meaning]) -> time | None:
    clock, part = the(Clock, meanings), _part(meanings)
    if clock is None:
        return PART_TIMES[part] if part else None
    if part is None or not clock.vague:
        return clock.clock_time
    hour = clock.clock_time.hour % 12
    is_small = part == "morning" or (part == "night" and hour < _SMALL_HOURS)
    return clock.clock_time.replace(hour=hour if is_small else hour + 12)


def _part(meanings: list[Meaning]) -> Part | None:
    """The part of the day that is named by itself, in "tonight", or in "every morning"."""
    stated = the(PartOfDay, meanings)
    if stated:
        return stated.part
    day, recurrence = the(Day, meanings), the(Recurrence, meanings)
    return (day and day.part) or (recurrence and recurrence.part) or None
