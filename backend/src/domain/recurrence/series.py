"""What becomes of a series: after a completion, after missed days, and when it is edited from some day on."""

from collections import deque
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from src.domain.recurrence.calendar_days import FittingDays
from src.domain.recurrence.occurrences import anchored, fires_from, first_occurrence, next_occurrence, occurrences
from src.domain.recurrence.periods import period_at, period_of
from src.domain.recurrence.rule import Rule

MAX_MISSED = 50
_FIRST_LOOK_BACK = 64


class Missed(StrEnum):
    """What a series does about days that passed while its instance was open."""

    SKIP = "skip"
    KEEP = "keep"


class Split(NamedTuple):
    """``head`` goes on from the old start; ``tail`` from ``tail_start``, on which it fires. Either may be empty."""

    head: Rule | None
    tail: Rule | None
    tail_start: date | None


def after_completion(rule: Rule, completed_on: date) -> date | None:
    """The next day of a series that counts from the day of completion; None when that is past UNTIL.

    Without BYDAY, BYMONTHDAY and BYMONTH: INTERVAL days, weeks, months or years later, on the last day of a month that
    is too short. With them: the first day of the rule's set later in the same period (week, month, year), or else in
    the first period with one that lies at least INTERVAL periods later. So every completion has a next day, whereas
    FREQ=MONTHLY;INTERVAL=12;BYMONTH=2 from a start in March never fires. COUNT is for the caller, who knows how many
    there were.
    """
    whole = replace(anchored(rule, completed_on), count=None)
    days = FittingDays(whole, clipped=not rule.by_month_day)  # the day of completion may not exist in the next month
    ordinal = completed_on.toordinal()
    index = period_of(whole, ordinal)
    rest = (day for day in days.chosen(*period_at(whole, index)) if day > ordinal)
    later = fires_from(replace(whole, interval=1), days, index + whole.interval)
    found = next(chain(rest, later), None)
    if found is None or (rule.until and found > rule.until.toordinal()):
        return None
    return date.fromordinal(found)


def open_dates(rule: Rule, start: date, *, newest: date | None, today: date, missed: Missed) -> list[date]:
    """The days for which a series opens instances once its newest one, on day ``newest``, is done or skipped.

    ``newest`` is None for a new series. SKIP opens the first day from ``today`` on; KEEP opens it too, and before it
    each day between that has passed: when these are more than `MAX_MISSED`, the latest of them. Empty when the series
    has ended.
    """
    after = newest if newest is not None else start - timedelta(days=1)
    upcoming = next_occurrence(rule, start, max(after, today - timedelta(days=1)))
    passed = _latest_between(rule, start, after, today) if missed is Missed.KEEP else []
    return passed if upcoming is None else [*passed, upcoming]


def split(rule: Rule, start: date, at: date) -> Split:
    """Parts a series for an edit from ``at`` on: together the two rules fire on the same days as the one.

    The head ends by UNTIL on the day before, or by the COUNT that it reached; the tail keeps UNTIL, or what remains of
    COUNT. The tail starts on its first day, from which INTERVAL goes on in step.
    """
    first = first_occurrence(rule, start)
    at = max(at, start)
    tail_start = next_occurrence(rule, start, at - timedelta(days=1))
    head, tail = rule, rule
    if rule.count:
        done = sum(1 for _ in occurrences(rule, start, before=at))
        head, tail = replace(rule, count=done), replace(rule, count=rule.count - done)
    elif tail_start is not None:
        head = replace(rule, until=at - timedelta(days=1))
    return Split(
        head=head if first is not None and first < at else None,
        tail=tail if tail_start is not None else None,
        tail_start=tail_start,
    )


def _latest_between(rule: Rule, start: date, after: date, before: date) -> list[date]:
    """The `MAX_MISSED` latest days, looked for ever further back; COUNT is counted from the start, so in one go."""
    look_back = _FIRST_LOOK_BACK
    while True:
        since = before - min(before - after, timedelta(days=look_back)) if not rule.count else after
        latest = deque(occurrences(rule, start, after=since, before=before), maxlen=MAX_MISSED)
        if since == after or len(latest) == MAX_MISSED:
            return list(latest)
        look_back *= 2
