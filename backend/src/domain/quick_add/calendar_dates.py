"""Dates by their month: 2026-12-01, 24/12/2026, 1 Dec, Dec 1st, the 1st of December 2026."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY
from src.domain.quick_add.readings import ANYWHERE, AT_END, Day, Place, Reading
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.values import Present
from src.domain.quick_add.vocabulary import MONTH_WORDS, MONTHS, ordinal, ordinal_digits

_YEAR: Final = re.compile(r"(?:19|20|21)[0-9]{2}")
_DAY_NUMBER: Final = re.compile(r"[0-9]{1,2}")
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/])([0-9]{2})\2([0-9]{2})")
_YEAR_LAST: Final = re.compile(r"([0-9]{1,2})([./])([0-9]{1,2})\2([0-9]{4})")
_LEAP_YEARS_APART: Final = 8


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of any year; ``sure`` unless it may be a number before or behind a verb (12 may, march 3)."""

    end: int
    month: int
    day: int
    sure: bool


def read_calendar_date(line: Line, at: int, present: Present, *, led: bool) -> Reading | None:
    numeric = _numeric(line.key(at))
    if numeric:
        return Reading(at + 1, Day(numeric))
    found = read_month_day(line, at)
    if found is None:
        return None
    year_at = line.skip(found.end, ",")
    if _YEAR.fullmatch(line.key(year_at)):
        return _reading(year_at + 1, day_or_none(int(line.key(year_at)), found.month, found.day), ANYWHERE)
    place = ANYWHERE if led or found.sure else AT_END
    return _reading(found.end, _coming(found.month, found.day, present.today), place)


def read_month_day(line: Line, at: int) -> MonthDay | None:
    return _day_first(line, at) or _month_first(line, at)


def day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if EARLIEST_DAY <= found <= LATEST_DAY else None


def _day_first(line: Line, at: int) -> MonthDay | None:
    start = line.skip(at, "the")
    word = line.key(start)
    bare = bool(_DAY_NUMBER.fullmatch(word))
    day = int(word) if bare else ordinal(word)
    month_at = line.skip(start + 1, "of")
    month = MONTHS.get(line.key(month_at))
    if day is None or month is None or (bare and month_at > start + 1):
        return None
    if bare and ordinal_digits(line.key(month_at + 1)):  # "buy 2 December 24th"
        return None
    return MonthDay(month_at + 1, month, day, sure=not bare or line.key(month_at) not in MONTH_WORDS)


def _month_first(line: Line, at: int) -> MonthDay | None:
    month = MONTHS.get(line.key(at))
    start = line.skip(at + 1, "the")
    word = line.key(start)
    bare = bool(_DAY_NUMBER.fullmatch(word))
    day = int(word) if bare else ordinal_digits(word)
    if month is None or day is None or (bare and start > at + 1) or line.key(start + 1) in ("am", "pm"):
        return None
    return MonthDay(start + 1, month, day, sure=not bare or line.key(at) not in MONTH_WORDS)


def _numeric(word: str) -> date | None:
    """With a year of four digits, and the day's place beyond doubt."""
    if match := _YEAR_FIRST.fullmatch(word):
        return day_or_none(int(match[1]), int(match[3]), int(match[4]))
    match = _YEAR_LAST.fullmatch(word)
    if match is None:
        return None
    one, two, year = int(match[1]), int(match[3]), int(match[4])
    day_first = day_or_none(year, two, one)
    if match[2] == ".":
        return day_first
    month_first = day_or_none(year, one, two)
    if day_first and month_first and day_first != month_first:
        return None
    return day_first or month_first


def _coming(month: int, day: int, today: date) -> date | None:
    for year in range(today.year, min(today.year + _LEAP_YEARS_APART, LATEST_DAY.year) + 1):
        found = day_or_none(year, month, day)
        if found and found >= today:
            return found
    return None


def _reading(end: int, day: date | None, place: Place) -> Reading | None:
    return Reading(end, Day(day), place) if day else None
