"""Which days of a series are to be opened next, by what became of those before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from src.domain.recurrence.occurrences import first_occurrence, next_occurrence, occurrences
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

    def holds(self, day: date) -> bool:
        """Whether the rule fires on that day."""
        return next(occurrences(self.rule, self.start, after=day - _DAY, before=day + _DAY), None) is not None


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


class Rearrangement(NamedTuple):
    """Open days that become others, those that are given up, and those for which instances have to be made."""

    moved: Mapping[date, date]
    dropped: Collection[date]
    missing: Sequence[date]


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


def rearranged(schedule: Schedule, history: History, *, today: date, is_resumed: bool = False) -> Rearrangement:
    """What becomes of the open days of a series whose schedule has changed.

    Those that no longer fit move to the days that are open now, the latest to the latest. One that fits stays, unless
    it is still to come and there is an earlier one by now. What counts from completion fits no rule: its newest moves.
    """
    in_order = sorted(history.open_days)
    counts = schedule.mode is Mode.AFTER_COMPLETION
    stale = in_order[-1:] if counts else [day for day in in_order if not schedule.holds(day)]
    others = [day for day in in_order if day not in stale]
    taken, count = set(history.taken) - set(stale), history.count - len(stale)
    left = replace(history, open_days=others, taken=taken, count=count)
    if in_order[-1:] == stale[-1:]:  # the newest moves too, so none that is left holds up the next
        left = replace(left, open_days=(), newest_closed=left.newest)
    days = missing_dates(schedule, left, today=today, is_resumed=is_resumed)
    moved = dict(zip(reversed(stale), reversed(days), strict=False))
    dropped = [day for day in stale if day not in moved]
    missing = [day for day in days if day not in moved.values()]
    if not counts:
        moved |= _brought_forward(schedule, left, today)
    return Rearrangement({old: new for old, new in moved.items() if old != new}, dropped, missing)


def _brought_forward(schedule: Schedule, history: History, today: date) -> dict[date, date]:
    """The newest day, if it is open and still to come, to the first day that now comes after the others."""
    newest = history.newest
    if newest is None or newest not in history.open_days or newest < today:
        return {}
    before = replace(history, open_days=[day for day in history.open_days if day != newest]).newest
    first = next_occurrence(schedule.rule, schedule.start, max(filter(None, (before, today - _DAY))))
    return {newest: first} if first is not None else {}


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
        # what is late comes on the first day that fits, however long the interval
        rule_now, start = (rule, schedule.start) if history.counts_from is None else (replace(rule, interval=1), today)
        day = next_occurrence(rule_now, start, today - _DAY)
    while day is not None and day in history.taken:
        day = after_completion(rule, day)
    return day
