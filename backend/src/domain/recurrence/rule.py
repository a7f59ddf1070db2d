"""What a recurrence rule is, and its canonical text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

MAX_RULE_LENGTH = 500
MAX_INTERVAL = 1_000
MAX_COUNT = 1_000
UNTIL_LENGTH = len(";UNTIL=20261201")

WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class InvalidRule(ValueError):
    """The text is no rule that is supported. ``code`` is the machine's word for why; the message repeats no input."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class ByDay(NamedTuple):
    """A weekday (0 is Monday): each one, or the n-th of its month or year; -1 is the last, 0 stands for each."""

    weekday: int
    ordinal: int = 0

    def __str__(self) -> str:
        return f"{self.ordinal or ''}{WEEKDAY_CODES[self.weekday]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recurrence rule of RFC 5545, 3.3.10, as `parse_rule` makes it: checked, its lists sorted, nothing repeated.

    Negative numbers count from the end and stand last in their list. ``until`` is the last local day, included.
    ``str(rule)`` is the canonical RRULE text: defaults are left out, and parsing it gives an equal rule.
    """

    frequency: Frequency
    interval: int = 1
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[ByDay, ...] = ()
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0
    count: int | None = None
    until: date | None = None

    def __str__(self) -> str:
        parts = {
            "FREQ": self.frequency.value,
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "BYMONTH": _listed(self.by_month),
            "BYMONTHDAY": _listed(self.by_month_day),
            "BYDAY": _listed(self.by_day),
            "BYSETPOS": _listed(self.by_set_pos),
            "WKST": WEEKDAY_CODES[self.week_start] if self.week_start else "",
            "COUNT": str(self.count or ""),
            "UNTIL": f"{self.until:%Y%m%d}" if self.until else "",
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)

    @property
    def has_by_parts(self) -> bool:
        """Whether BYMONTH, BYMONTHDAY or BYDAY is there, of which BYSETPOS chooses."""
        return bool(self.by_month or self.by_month_day or self.by_day)


def _listed(values: Iterable[object]) -> str:
    return ",".join(map(str, values))
