"""Recurrence rules as RFC 5545 writes them, and their first dates."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from src.domain.due_dates import LATEST_DAY
from src.domain.quick_add.values import later

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

_CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MONTHS_AHEAD: Final = 40 * 12  # a fifth Friday of February comes every 28 years, around 2100 after 40
_DAYS_OF_EVERY_MONTH: Final = 28


@dataclass(frozen=True, slots=True)
class Rule:
    """``by_day`` holds (ordinal, weekday); the ordinal counts within the month, and is 0 for each such weekday.

    Of BYDAY and BYMONTHDAY a rule has one at most, which is all that the grammar can say.
    """

    frequency: Frequency
    interval: int = 1
    by_day: tuple[tuple[int, int], ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_month: tuple[int, ...] = ()
    by_set_pos: tuple[int, ...] = ()

    def text(self, *, count: int | None = None, until: date | None = None) -> str:
        """The canonical RRULE: parts in the order of the API's contract, values ascending, no INTERVAL of 1."""
        parts = [
            ("FREQ", self.frequency),
            ("INTERVAL", str(self.interval) if self.interval > 1 else ""),
            ("BYDAY", ",".join(_by_day(self.by_day))),
            ("BYMONTHDAY", _listed(self.by_month_day)),
            ("BYMONTH", _listed(self.by_month)),
            ("BYSETPOS", _listed(self.by_set_pos)),
            ("COUNT", str(count) if count else ""),
            ("UNTIL", until.isoformat().replace("-", "") if until else ""),
        ]
        return ";".join(f"{name}={value}" for name, value in parts if value)

    def first_date(self, start: date) -> date | None:
        """The first date that fits, from ``start`` on: there the series starts, and its intervals count from there."""
        if self.frequency == "WEEKLY" and self.by_day:
            return later(start, min((weekday - start.weekday()) % 7 for _, weekday in self.by_day))
        if not (self.by_day or self.by_month_day):
            return start
        for months in range(start.month - 1, start.month + _MONTHS_AHEAD):
            year, month = start.year + months // 12, months % 12 + 1
            if year > LATEST_DAY.year:
                return None
            days = self._days_of(year, month) if month in (self.by_month or (month,)) else []
            found = next((day for day in days if day >= start), None)
            if found:
                return found if found <= LATEST_DAY else None
        return None

    def anchored(self, first: date) -> "Rule":
        """From the 31st, "every month" means the last day of a shorter one, which RFC 5545 would skip."""
        if self.by_day or self.by_month_day or self.by_month or first.day <= _DAYS_OF_EVERY_MONTH:
            return self
        days = tuple(range(_DAYS_OF_EVERY_MONTH, first.day + 1))
        if self.frequency == "MONTHLY":
            return replace(self, by_month_day=days, by_set_pos=(-1,))
        if self.frequency == "YEARLY" and first.month == 2:
            return replace(self, by_month_day=days, by_month=(2,), by_set_pos=(-1,))
        return self

    def _days_of(self, year: int, month: int) -> list[date]:
        length = monthrange(year, month)[1]
        days = [day for number in range(1, length + 1) if self._fits(day := date(year, month, number), length)]
        if not self.by_set_pos:
            return days
        return sorted(days[n - 1 if n > 0 else n] for n in self.by_set_pos if abs(n) <= len(days))

    def _fits(self, day: date, length: int) -> bool:
        if self.by_month_day:
            return day.day in self.by_month_day or day.day - length - 1 in self.by_month_day
        ordinals = (0, (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1))
        return any(weekday == day.weekday() and ordinal in ordinals for ordinal, weekday in self.by_day)


def _by_day(days: tuple[tuple[int, int], ...]) -> list[str]:
    ordered = sorted(days, key=lambda day: (day[1], day[0] < 0, day[0]))
    return [f"{ordinal or ''}{_CODES[weekday]}" for ordinal, weekday in ordered]


def _listed(numbers: tuple[int, ...]) -> str:
    return ",".join(str(n) for n in sorted(numbers, key=lambda n: (n < 0, n)))
