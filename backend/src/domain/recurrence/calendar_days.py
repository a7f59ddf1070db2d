"""The days that fit a rule's BYMONTH, BYMONTHDAY and BYDAY, found without walking through the days between.

Days are proleptic Gregorian ordinals, as `date.toordinal` counts them. There are 14 kinds of years, by the weekday of
1 January and the leap day; which days of a year fit depends on its kind only.
"""

from bisect import bisect_left, bisect_right
from calendar import isleap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from src.domain.recurrence.rule import ByDay, Frequency, Rule

_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class DayFilter:
    """``clipped``: a month day beyond the end of a month is the month's last day, instead of none."""

    by_month: tuple[int, ...]
    by_month_day: tuple[int, ...]
    by_day: frozenset[ByDay]
    counts_within_year: bool
    clipped: bool


class _Year(NamedTuple):
    """The ordinals of the day before it and of its last day; its fitting days, 1 to 366."""

    before: int
    last: int
    days: tuple[int, ...]


class FittingDays:
    """``rule`` holds what it takes from its start (`anchored`)."""

    def __init__(self, rule: Rule, *, clipped: bool = False) -> None:
        counts_within_year = rule.frequency is Frequency.YEARLY and not rule.by_month
        by_day = frozenset(rule.by_day)
        self._filter = DayFilter(rule.by_month, rule.by_month_day, by_day, counts_within_year, clipped)
        self._positions = frozenset(rule.by_set_pos)
        self._nearest_position = min(map(abs, rule.by_set_pos), default=0)
        self._years: dict[int, _Year] = {}

    def first_between(self, first: int, last: int, *, step: int = 1) -> int | None:
        """The earliest fitting day from ``first`` to ``last`` that lies a multiple of ``step`` days after ``first``."""
        for year in range(_year_of(first), _year_of(last) + 1) if first <= last else ():
            before, _, days = self._year(year)
            for day in days[bisect_left(days, first - before) :]:
                if (before + day - first) % step == 0:
                    return before + day if before + day <= last else None
        return None

    def chosen(self, first: int, last: int) -> list[int]:
        """The fitting days of a period, or those that BYSETPOS chooses of them. Both ends are included."""
        days = self._between(first, last)
        if not self._positions:
            return days
        if len(days) < self._nearest_position:
            return []
        past_end = len(days) + 1
        places = enumerate(days, start=1)
        return [day for n, day in places if n in self._positions or n - past_end in self._positions]

    def _between(self, first: int, last: int) -> list[int]:
        year = _year_of(first)
        found = self._of_year(year, first, last)
        while last > self._year(year).last:
            year += 1
            found += self._of_year(year, first, last)
        return found

    def _of_year(self, year: int, first: int, last: int) -> list[int]:
        before, _, days = self._year(year)
        start, stop = bisect_left(days, first - before), bisect_right(days, last - before)
        return [before + day for day in days[start:stop]]

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            new_year, leap = date(year, 1, 1), isleap(year)
            before = new_year.toordinal() - 1
            days = _fitting_days(self._filter, new_year.weekday(), leap)
            self._years[year] = _Year(before, before + 365 + leap, days)
        return self._years[year]


def _year_of(ordinal: int) -> int:
    return date.fromordinal(max(ordinal, 1)).year


@lru_cache(maxsize=512)
def _fitting_days(wanted: DayFilter, first_weekday: int, leap: bool) -> tuple[int, ...]:
    """The days of such a year, 1 to 366, that pass the filter."""
    lengths = [29 if leap and length == 28 else length for length in _MONTH_LENGTHS]
    year_length = sum(lengths)
    fitting: list[int] = []
    before_month = 0
    for month, length in enumerate(lengths, start=1):
        if not wanted.by_month or month in wanted.by_month:
            for day in _month_days(wanted, length):
                day_of_year = before_month + day
                place, places = (day_of_year, year_length) if wanted.counts_within_year else (day, length)
                if _fits_by_day(wanted.by_day, (first_weekday + day_of_year - 1) % 7, place, places):
                    fitting.append(day_of_year)
        before_month += length
    return tuple(fitting)


def _month_days(wanted: DayFilter, length: int) -> Iterator[int]:
    """The days of a month of that length that pass BYMONTHDAY, ascending."""
    if not wanted.by_month_day:
        return iter(range(1, length + 1))
    days = {day if day > 0 else length + 1 + day for day in wanted.by_month_day}
    if wanted.clipped:
        days = {min(day, length) for day in days}
    return iter(sorted(day for day in days if 1 <= day <= length))


def _fits_by_day(by_day: frozenset[ByDay], weekday: int, place: int, places: int) -> bool:
    """``place``: which day of its month or year it is, out of how many."""
    from_start, from_end = (place + 6) // 7, -((places - place) // 7 + 1)
    return not by_day or not by_day.isdisjoint(ByDay(weekday, ordinal) for ordinal in (0, from_start, from_end))
