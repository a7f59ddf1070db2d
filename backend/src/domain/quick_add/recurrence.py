"""Phrases that name a rule: every other friday, weekly on mon and thu, the last day of every month."""

from dataclasses import dataclass, replace
from typing import Final

from src.domain.quick_add.calendar_dates import read_month_day
from src.domain.quick_add.month_days import MonthDays, read_month_days, read_weekdays
from src.domain.quick_add.readings import ADVERB, ANYWHERE, AT_END, Place, Reading, Recurrence
from src.domain.quick_add.rules import Frequency, Rule
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.vocabulary import MONTHS, PARTS, UNITS, WORKDAYS, Part, Unit, number, ordinal

EVERY: Final = ("every", "each", "ev")
_FREQUENCIES: Final[dict[Unit, Frequency]] = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_ADVERBS: Final[dict[str, Rule]] = {
    "daily": Rule("DAILY"),
    "weekly": Rule("WEEKLY"),
    "biweekly": Rule("WEEKLY", 2),
    "fortnightly": Rule("WEEKLY", 2),
    "monthly": Rule("MONTHLY"),
    "quarterly": Rule("MONTHLY", 3),
    "yearly": Rule("YEARLY"),
    "annually": Rule("YEARLY"),
}
_WEEKDAY_SETS: Final = {
    **dict.fromkeys(("weekday", "weekdays", "workday", "workdays"), WORKDAYS),
    **dict.fromkeys(("weekend", "weekends"), (5, 6)),
}
_LONGEST: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_COMPLETION: Final = ("completion", "completing", "completed", "done", "finishing", "finished")


@dataclass(frozen=True, slots=True)
class _Found:
    """``part``: the time of day in "every morning"."""

    end: int
    rule: Rule
    place: Place = ANYWHERE
    part: Part | None = None


def read_recurrence(line: Line, at: int) -> Reading | None:
    """A rule; "every!" and "after completion" count it from the day of completion."""
    start = line.skip(at, "on")
    after_completion = False
    if line.key(start) in EVERY:
        after_completion = line.key(start + 1) == "!" and not line.tokens[start + 1].spaced
        found = _after_every(line, start + (2 if after_completion else 1))
    else:
        found = _adverb(line, at) or _of_every_month(line, start)
    if found is None:
        return None
    if line.key(found.end) in ("after", "from") and line.key(found.end + 1) in _COMPLETION:
        return Reading(found.end + 2, Recurrence(found.rule, after_completion=True, part=found.part))
    return Reading(found.end, Recurrence(found.rule, after_completion, found.part), found.place)


def _after_every(line: Line, at: int) -> _Found | None:
    return (
        _set_of_weekdays(line, at)
        or _weekdays(line, at)
        or _day_of_year(line, at)
        or _days_of_month(line, at)
        or _units(line, at)
    )


def _set_of_weekdays(line: Line, at: int) -> _Found | None:
    word = line.key(at)
    if word in PARTS:
        return _Found(at + 1, Rule("DAILY"), part=PARTS[word])
    days = _WEEKDAY_SETS.get(word)
    return _Found(at + 1, _weekly(days)) if days else None


def _weekdays(line: Line, at: int) -> _Found | None:
    """Monday and friday; other friday."""
    start = line.skip(at, "other")
    found = read_weekdays(line, start)
    return _Found(found[0], _weekly(found[1], 2 if start > at else 1)) if found else None


def _weekly(days: tuple[int, ...], interval: int = 1) -> Rule:
    return Rule("WEEKLY", interval, by_day=tuple((0, day) for day in days))


def _day_of_year(line: Line, at: int) -> _Found | None:
    """29 feb; first of march."""
    found = read_month_day(line, at)
    if found is None or not 1 <= found.day <= _LONGEST[found.month - 1]:
        return None
    return _Found(found.end, Rule("YEARLY", by_month_day=(found.day,), by_month=(found.month,)))


def _days_of_month(line: Line, at: int) -> _Found | None:
    """3rd tuesday; 15th and 30th; last day of the month; first monday of september."""
    found = read_month_days(line, at)
    if found is None:
        return None
    if line.key(found.end) == "of":
        return _of_the_month(line, found) or _of_named_month(line, found)
    if found.kind == "weekday":
        return _Found(found.end, found.rule)
    in_digits = all(line.key(i)[:1].isdigit() for i in (at, found.end - 1))
    return _Found(found.end, found.rule, AT_END) if found.kind == "bare" and in_digits else None


def _of_the_month(line: Line, found: MonthDays) -> _Found | None:
    end = line.skip(found.end + 1, "the", "each", "every", "a")
    return _Found(end + 1, found.rule) if line.key(found.end) == "of" and line.key(end) == "month" else None


def _of_named_month(line: Line, found: MonthDays) -> _Found | None:
    month = MONTHS.get(line.key(found.end + 1))
    if month is None or line.key(found.end) != "of" or found.kind in ("bare", "day"):
        return None
    return _Found(found.end + 2, replace(found.rule, frequency="YEARLY", by_month=(month,)))


def _units(line: Line, at: int) -> _Found | None:
    """Day; other week on monday; 2 months on the 1st; 3rd day."""
    found = _interval(line, at)
    return (_on(line, found.end, found.rule) or found) if found else None


def _interval(line: Line, at: int) -> _Found | None:
    nth = ordinal(line.key(at))
    count = 2 if line.key(at) == "other" else number(line.key(at)) or (nth if nth != 1 else None)
    start = at if count is None else at + 1
    factor, unit = UNITS.get(line.key(start), (0, "minute"))
    frequency = _FREQUENCIES.get(unit)
    return _Found(start + 1, Rule(frequency, (count or 1) * factor)) if frequency else None


def _adverb(line: Line, at: int) -> _Found | None:
    rule = _ADVERBS.get(line.key(at))
    return (_on(line, at + 1, rule) or _Found(at + 1, rule, ADVERB)) if rule else None


def _on(line: Line, at: int, rule: Rule) -> _Found | None:
    """The rule narrowed to the days behind "on"."""
    found = _narrowed(line, at + 1, rule.frequency) if line.key(at) == "on" else None
    return _Found(found.end, replace(found.rule, interval=rule.interval)) if found else None


def _narrowed(line: Line, at: int, frequency: Frequency) -> _Found | None:
    if frequency == "WEEKLY":
        days = read_weekdays(line, at)
        return _Found(days[0], _weekly(days[1])) if days else None
    if frequency == "DAILY":
        return None
    found = read_month_days(line, at)
    if frequency == "YEARLY":
        return _day_of_year(line, at) or (_of_named_month(line, found) if found else None)
    return (_of_the_month(line, found) or _Found(found.end, found.rule)) if found else None


def _of_every_month(line: Line, at: int) -> _Found | None:
    """The 1st of every month; the last friday of every 2 months."""
    found = read_month_days(line, at)
    if found is None or line.key(found.end) != "of" or line.key(found.end + 1) not in EVERY:
        return None
    months = _interval(line, found.end + 2)
    if months is None or months.rule.frequency != "MONTHLY":
        return None
    return _Found(months.end, replace(found.rule, interval=months.rule.interval))
