"""The years, months, weeks and days through which a rule steps, numbered throughout."""

from datetime import date
from typing import NamedTuple

from src.domain.recurrence.rule import Frequency, Rule

# After so many periods the Gregorian calendar is the same again: 400 years.
CYCLES = {
    Frequency.YEARLY: 400,
    Frequency.MONTHLY: 4_800,
    Frequency.WEEKLY: 20_871,
    Frequency.DAILY: 146_097,
}


class Period(NamedTuple):
    """Ordinals of its first and its last day."""

    first: int
    last: int


def period_of(rule: Rule, ordinal: int) -> int:
    """The number of the period that holds the day. Weeks begin on the rule's WKST; ordinal 1 is a Monday."""
    match rule.frequency:
        case Frequency.DAILY:
            return ordinal
        case Frequency.WEEKLY:
            return (ordinal - 1 - rule.week_start) // 7
        case Frequency.MONTHLY:
            day = date.fromordinal(ordinal)
            return day.year * 12 + day.month - 1
        case Frequency.YEARLY:
            return date.fromordinal(ordinal).year


def period_at(rule: Rule, index: int) -> Period:
    """The period of that number; one that ends after year 9999 is cut to a day beyond all days."""
    match rule.frequency:
        case Frequency.DAILY:
            return Period(index, index)
        case Frequency.WEEKLY:
            first = index * 7 + 1 + rule.week_start
            return Period(first, first + 6)
        case Frequency.MONTHLY:
            return Period(_first_of(index), _first_of(index + 1) - 1)
        case Frequency.YEARLY:
            return Period(_first_of(index * 12), _first_of(index * 12 + 12) - 1)


def _first_of(month_index: int) -> int:
    """The ordinal of the first of a month, 12 times the year plus 0 to 11."""
    year, month = divmod(month_index, 12)
    return date(year, month + 1, 1).toordinal() if year <= date.max.year else date.max.toordinal() + 1
