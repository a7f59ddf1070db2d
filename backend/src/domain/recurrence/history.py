"""Which days of a series are to be opened next, by what became of those before."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from src.domain.recurrence.occurrences import first_occurrence, next_occurrence
from src.domain.recurrence.rule import Rule
from src.domain.recurrence.series import Missed, after_completion, open_dates

_DAY = timedelta(days=1)


class Mode(StrEnum):
    """Whether the next day comes by the rule, or is counted from the day on which the one before was done."""

    SCHEDULE = "schedule"
    AFTER_COMPLETION = "after_completion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    rule: Rule
    start: date
    mode: Mode
    missed: Missed


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The instances of a series.

    ``counts_from`` is the day on which the latest one was done; of one that was skipped, its own day if that is later.
    ``taken`` are the days later than that which have an instance already.
    """

    open_days: Collection[date] = ()
    newest_closed: date | None = None
    count: int = 0
    counts_from: date | None = None
    taken: Collection[date] = ()

    @property
    def newest(self) -> date | None:
        return max(filter(None, (*self.open_days, self.newest_closed)), default=None)


def missing_dates(schedule: Schedule, history: History, *, today: date, is_resumed: bool = False) -> list[date]:
    """The days for which instances have to be opened now; none while the newest one is open.

    A series that counts from completion has one open instance at a time, and COUNT is the number of all. One that is
    resumed after a pause goes on from today: what it missed meanwhile is not kept, whatever ``missed`` says.
    """
    missed = Missed.SKIP if is_resumed else schedule.missed
    if schedule.mode is Mode.AFTER_COMPLETION:
        day = None if history.open_days else _next_counted(schedule, history, today, missed)
        return [] if day is None else [day]
    newest = history.newest
    if newest in history.open_days:
        would_keep_the_pause = is_resumed and schedule.missed is Missed.KEEP and newest is not None and newest < today
        if not would_keep_the_pause:
            return []
    return open_dates(schedule.rule, schedule.start, newest=newest, today=today, missed=missed)


def projected(schedule: Schedule, *, next_day: date | None, left: int | None) -> Iterator[date]:
    """The days of a series that counts from completion, if each of them is done on its day.

    ``next_day`` is that of its open instance; ``left`` how many COUNT still allows.
    """
    rule = replace(schedule.rule, count=None)
    while next_day is not None and left != 0:
        yield next_day
        next_day = after_completion(rule, next_day)
        left = None if left is None else left - 1


def _next_counted(schedule: Schedule, history: History, today: date, missed: Missed) -> date | None:
    rule = replace(schedule.rule, count=None)
    if schedule.rule.count is not None and history.count >= schedule.rule.count:
        return None
    if history.counts_from is None:
        day = first_occurrence(rule, schedule.start)
    else:
        day = after_completion(rule, history.counts_from)
    if day is not None and day < today and missed is Missed.SKIP:
        day = _from_today(rule, schedule.start if history.counts_from is None else today, today)
    while day is not None and day in history.taken:
        day = after_completion(rule, day)
    return day


def _from_today(rule: Rule, start: date, today: date) -> date | None:
    """The first day from today on that fits. A rule may fit none from such a start, but every completion has a next."""
    return next_occurrence(rule, start, today - _DAY) or after_completion(rule, today - _DAY)
