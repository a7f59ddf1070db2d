"""The values of iCalendar's properties (RFC 5545, 3.3) that a task is made of. What is malformed is None."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY, zone_names
from src.domain.portability.content_lines import ContentLine
from src.domain.priorities import PriorityName

_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_DATE_TIME = re.compile(r"(\d{8})T(\d{6})(Z?)", re.ASCII)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.ASCII
)
_PRIORITIES: Final[dict[str, PriorityName]] = {
    "1": "urgent", **dict.fromkeys("234", "high"), "5": "medium", **dict.fromkeys("6789", "low"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class When:
    """``clock_time`` is None for a whole day; ``zone`` is None for what floats (3.3.5), and for a zone not known."""

    day: date
    clock_time: time | None = None
    zone: str | None = None

    def later(self, by: timedelta) -> "When | None":
        """By the wall clock."""
        try:
            moved = datetime.combine(self.day, self.clock_time or time()) + by
        except OverflowError:
            return None
        return When(moved.date(), self.clock_time and moved.time(), self.zone)


def when(line: ContentLine, zones: dict[str, str]) -> When | None:
    """A date or date-time. ``zones`` tells the IANA names of the zones that the file names otherwise."""
    if matched := _DATE.fullmatch(line.value):
        day = _day("".join(matched.groups()))
        return When(day) if day else None
    matched = _DATE_TIME.fullmatch(line.value)
    if matched is None or (day := _day(matched[1])) is None:
        return None
    clock_time = _clock_time(matched[2])
    if clock_time is None:
        return None
    return When(day, clock_time, "UTC" if matched[3] else zone_of(line.parameters.get("TZID"), zones))


def zone_of(name: str | None, zones: dict[str, str]) -> str | None:
    """The IANA zone. Some programs put something before its name: /example.org/2026/Europe/Berlin."""
    if name is None:
        return None
    parts = zones.get(name, name).split("/")[-10:]
    candidates = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((candidate for candidate in candidates if candidate in zone_names()), None)


def instant(line: ContentLine) -> datetime | None:
    """Of the properties that are always in UTC."""
    found = when(line, {})
    if found is None:
        return None
    return datetime.combine(found.day, found.clock_time or time(), UTC)


def duration(line: ContentLine) -> timedelta | None:
    matched = _DURATION.fullmatch(line.value)
    if matched is None:
        return None
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in matched.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def priority(line: ContentLine) -> PriorityName | None:
    """1 is urgent, 2 to 4 are high, 5 is medium, 6 to 9 are low, 0 is none (3.8.1.9)."""
    return _PRIORITIES.get(line.value.strip())


def in_zone(moment: When, zone: str) -> When:
    """What is in UTC by the clocks of ``zone``; else as it is."""
    if moment.zone != "UTC" or moment.clock_time is None:
        return moment
    local = datetime.combine(moment.day, moment.clock_time, UTC).astimezone(ZoneInfo(zone))
    return When(local.date(), local.time(), zone)


def _clock_time(digits: str) -> time | None:
    second = 59 if digits[4:] == "60" else int(digits[4:])  # a leap second (3.3.12)
    try:
        return time(int(digits[:2]), int(digits[2:4]), second)
    except ValueError:
        return None


def _day(digits: str) -> date | None:
    try:
        day = date.fromisoformat(digits)
    except ValueError:
        return None
    return day if EARLIEST_DAY <= day <= LATEST_DAY else None
