"""The days on which a rule fires, each found in bounded work whatever the rule."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from math import lcm

from src.domain.due_dates import LATEST_DAY
from src.domain.recurrence.calendar_days import FittingDays
from src.domain.recurrence.periods import CYCLES, period_at, period_of
from src.domain.recurrence.rule import ByDay, Frequency, Rule


def occurrences(rule: Rule, start: date, *, after: date | None = None, before: date | None = None) -> Iterator[date]:
    """The days on which the rule fires, ascending, later than ``after`` and earlier than ``before``.

    ``start`` itself is among them only if the rule fits it, as with python-dateutil: FREQ=WEEKLY;BYDAY=TU from a Monday
    on fires on the Tuesday. COUNT counts from there, whatever ``after`` is. Periods that INTERVAL skips are counted
    from the one that holds ``start``; what RFC 5545 takes from it (weekday, day of the month, month) is taken from it.
    BYSETPOS chooses from the whole period, with its days before ``start``. The last day of all is `LATEST_DAY`.

    Without COUNT, ``after`` is reached by arithmetic, however far; with it, by counting. The longest search for one
    occurrence ends when the calendar has repeated itself (400 years) without one.
    """
    first = start if rule.count or after is None else max(start, _day_after(after))
    days = _days_between(rule, start, first, LATEST_DAY if before is None else before)
    if rule.count:
        days = islice(days, rule.count)
    return (day for day in days if (after is None or day > after) and (before is None or day < before))


def first_occurrence(rule: Rule, start: date) -> date | None:
    return next(occurrences(rule, start), None)


def next_occurrence(rule: Rule, start: date, after: date) -> date | None:
    """The first day later than ``after`` on which the rule fires."""
    return next(occurrences(rule, start, after=after), None)


def anchored(rule: Rule, start: date) -> Rule:
    """The rule with what it takes from its start written out (RFC 5545, 3.3.10)."""
    match rule.frequency:
        case Frequency.WEEKLY if not rule.by_day:
            return replace(rule, by_day=(ByDay(start.weekday()),))
        case Frequency.MONTHLY if not (rule.by_month_day or rule.by_day):
            return replace(rule, by_month_day=(start.day,))
        case Frequency.YEARLY if not (rule.by_month_day or rule.by_day):
            return replace(rule, by_month=rule.by_month or (start.month,), by_month_day=(start.day,))
    return rule


def fires_from(rule: Rule, days: FittingDays, index: int, *, last: date = LATEST_DAY) -> Iterator[int]:
    """Fires in the index-th period and each INTERVAL-th after it, as ordinals; COUNT is not looked at.

    Periods without a fitting day are jumped over. When as many have been without one as it takes the calendar to be
    the same again, none ever will have.
    """
    end = min(last, rule.until or LATEST_DAY).toordinal()
    cycle = lcm(rule.interval, CYCLES[rule.frequency])
    step = rule.interval if rule.frequency is Frequency.DAILY else 1
    barren_from = index
    while index - barren_from <= cycle and (period := period_at(rule, index)).first <= end:
        chosen = days.chosen(*period)
        yield from (day for day in chosen if day <= end)
        index += rule.interval
        if chosen:
            barren_from = index
        elif (fitting := days.first_between(period_at(rule, index).first, end, step=step)) is None:
            return
        else:
            index += -(-(period_of(rule, fitting) - index) // rule.interval) * rule.interval


def _days_between(rule: Rule, start: date, first: date, last: date) -> Iterator[date]:
    """Fires from ``first`` on, which is not before ``start``; COUNT is not looked at."""
    rule = anchored(rule, start)
    if _misses_weekday(rule, start):
        return
    origin = period_of(rule, start.toordinal())
    skipped = (period_of(rule, first.toordinal()) - origin) // rule.interval
    for ordinal in fires_from(rule, FittingDays(rule), origin + skipped * rule.interval, last=last):
        if ordinal >= first.toordinal():
            yield date.fromordinal(ordinal)


def _misses_weekday(rule: Rule, start: date) -> bool:
    """Every 7, 14, … days are the same weekday: no need to look at 400 years of them."""
    stays = rule.frequency is Frequency.DAILY and rule.interval % 7 == 0
    return stays and bool(rule.by_day) and ByDay(start.weekday()) not in rule.by_day


def _day_after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day
