"""Phrases that name a day: tomorrow, on friday, in 3 days, end of month, 1 Dec, 2026-12-01, the 15th."""

from calendar import monthrange
from datetime import date
from typing import Final

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY
from src.domain.quick_add import calendar_dates
from src.domain.quick_add.readings import ANYWHERE, AT_END, Day, Place, Reading
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.values import Present, later
from src.domain.quick_add.vocabulary import PARTS, UNITS, WEEKDAY_WORDS, WEEKDAYS, Unit, number, ordinal

LEADS: Final = ("on", "by", "for", "before")
_TOMORROW: Final = ("tomorrow", "tmr", "tmrw")
_ENDS: Final[dict[str, Unit]] = {"eow": "week", "eom": "month", "eoy": "year"}


def read_date(line: Line, at: int, present: Present) -> Reading | None:
    """A day with its preposition and its part of the day, if it has them."""
    start = line.skip(line.skip(at, "due"), *LEADS)
    reading = read_day(line, start, present, led=start > at)
    if reading is None and line.key(at) in ("at", "over"):  # "at the end of the month", "over the weekend"
        start = line.skip(at + 1, "the")
        return _end_of(line, start, present, led=True) or _weekend(line, start, present, AT_END)
    part = PARTS.get(line.key(reading.end)) if reading else None
    if reading and part and isinstance(reading.meaning, Day) and reading.meaning.part is None:
        return Reading(reading.end + 1, Day(reading.meaning.day, part), reading.place)
    return reading


def read_day(line: Line, at: int, present: Present, *, led: bool) -> Reading | None:
    """``led``: behind a preposition, which makes bare names of days credible anywhere."""
    return (
        _near(line, at, present)
        or _weekday(line, at, present, led=led)
        or _relative(line, at, present)
        or _next(line, at, present)
        or _end_of(line, line.skip(at, "the"), present, led=led)
        or calendar_dates.read_calendar_date(line, at, present, led=led)
        or _day_of_month(line, at, present, led=led)
    )


def _near(line: Line, at: int, present: Present) -> Reading | None:
    word = line.key(at)
    if word == "today":
        return _reading(at + 1, present.today)
    if word == "tonight":
        return Reading(at + 1, Day(present.today, "night"))
    if word == "this" and line.key(at + 1) in ("morning", "afternoon", "evening"):
        return Reading(at + 2, Day(present.today, PARTS[line.key(at + 1)]))
    if word in _TOMORROW:
        return _reading(at + 1, later(present.today, 1))
    after = line.skip(at, "the")
    if line.follows(after, "day", "after") and line.key(after + 2) in _TOMORROW:
        return _reading(after + 3, later(present.today, 2))
    return None


def _weekday(line: Line, at: int, present: Present, *, led: bool) -> Reading | None:
    determiner = line.key(at) if line.key(at) in ("this", "next", "coming") else ""
    start = at + 1 if determiner else at
    word = line.key(start)
    if word not in WEEKDAYS:
        weekend_at = line.skip(start, "the") if led and not determiner else start
        place = ANYWHERE if determiner or (led and weekend_at == start) else AT_END
        return _weekend(line, weekend_at, present, place, determiner)
    place = ANYWHERE if (determiner or led) and word not in WEEKDAY_WORDS else AT_END
    if not determiner and line.follows(start + 1, "next", "week"):
        return _reading(start + 3, _weekday_date(WEEKDAYS[word], "next", present.today))
    dated = calendar_dates.read_calendar_date(line, line.skip(start + 1, ","), present, led=True)
    if dated and isinstance(dated.meaning, Day) and dated.meaning.day.weekday() == WEEKDAYS[word]:
        return _reading(dated.end, dated.meaning.day)
    return _reading(start + 1, _weekday_date(WEEKDAYS[word], determiner, present.today), place)


def _weekend(line: Line, at: int, present: Present, place: Place, determiner: str = "this") -> Reading | None:
    """Its Saturday."""
    if line.key(at) != "weekend":
        return None
    return _reading(at + 1, _weekday_date(5, determiner or "this", present.today), place)


def _weekday_date(weekday: int, determiner: str, today: date) -> date | None:
    if determiner == "next":
        return later(today, 7 - today.weekday() + weekday)
    ahead = (weekday - today.weekday()) % 7
    return later(today, ahead if ahead or determiner == "this" else 7)


def _relative(line: Line, at: int, present: Present) -> Reading | None:
    """In 3 days; 3 days from now."""
    start = line.skip(at, "in")
    count = 1 if line.key(start) in ("a", "an") else number(line.key(start))
    factor, unit = UNITS.get(line.key(start + 1), (0, "minute"))
    if count is None or unit in ("minute", "hour"):
        return None
    day = shifted(present.today, count * factor, unit)
    if start > at:
        return _reading(start + 2, day)
    return _reading(start + 4, day) if line.follows(start + 2, "from", "now") else None


def shifted(day: date, count: int, unit: Unit) -> date | None:
    """So many units later; a month without that day gives its last one."""
    if unit in ("day", "week"):
        return later(day, count * (7 if unit == "week" else 1))
    years, month = divmod(day.month - 1 + count * (12 if unit == "year" else 1), 12)
    year = day.year + years
    if year > LATEST_DAY.year:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _next(line: Line, at: int, present: Present) -> Reading | None:
    if line.key(at) != "next" or line.key(at + 1) not in ("week", "month", "year"):
        return None
    unit = UNITS[line.key(at + 1)][1]
    return _reading(at + 2, later(_last_day_of(present.today, unit), 1))


def _end_of(line: Line, at: int, present: Present, *, led: bool) -> Reading | None:
    if line.key(at) in _ENDS:
        return _reading(at + 1, _last_day_of(present.today, _ENDS[line.key(at)]), ANYWHERE if led else AT_END)
    if not line.follows(at, "end", "of"):
        return None
    which = line.key(at + 2)
    start = line.skip(at + 2, "the", "this", "next")
    if line.key(start) not in ("week", "month", "year"):
        return None
    unit = UNITS[line.key(start)][1]
    day: date | None = _last_day_of(present.today, unit)
    if day and which == "next":
        following = later(day, 1)
        day = following and _last_day_of(following, unit)
    return _reading(start + 1, day)


def _last_day_of(day: date, unit: Unit) -> date:
    """A week ends on Sunday."""
    if unit == "week":
        return min(later(day, 6 - day.weekday()) or LATEST_DAY, LATEST_DAY)
    month = 12 if unit == "year" else day.month
    return date(day.year, month, monthrange(day.year, month)[1])


def _day_of_month(line: Line, at: int, present: Present, *, led: bool) -> Reading | None:
    """The 15th, which is as often a floor or a century; the 1st of next month."""
    start = line.skip(at, "the")
    day = ordinal(line.key(start))
    if day is None or not (led or start > at):
        return None
    if line.key(start + 1) == "of" and line.key(start + 2) in ("next", "this") and line.key(start + 3) == "month":
        months = 1 if line.key(start + 2) == "next" else 0
        first = shifted(present.today.replace(day=1), months, "month")
        return _reading(start + 4, calendar_dates.day_or_none(first.year, first.month, day) if first else None)
    if line.key(start)[0].isalpha():
        return None
    return _reading(start + 1, _coming_day(present.today, day), AT_END)


def _coming_day(today: date, day: int) -> date | None:
    for months in range(3):  # of three months on end, one has 31 days, and two have 30
        first = shifted(today.replace(day=1), months, "month")
        found = calendar_dates.day_or_none(first.year, first.month, day) if first else None
        if found and found >= today:
            return found
    return None


def _reading(end: int, day: date | None, place: Place = ANYWHERE) -> Reading | None:
    return Reading(end, Day(day), place) if day and EARLIEST_DAY <= day <= LATEST_DAY else None
