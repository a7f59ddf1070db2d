"""Phrases that name a time of day: 5pm, at 9, 17:00, noon, in the evening, in 2 hours."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY
from src.domain.quick_add.readings import ANYWHERE, AT_END, BEHIND_DAY, Clock, Moment, PartOfDay, Reading
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.values import Present
from src.domain.quick_add.vocabulary import PARTS, UNITS, Part, number

PART_TIMES: Final[dict[Part, time]] = {
    "morning": time(9),
    "afternoon": time(15),
    "evening": time(19),
    "night": time(20),
}
_NAMED: Final = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_LEADS: Final = ("at", "by", "@", "before", "for", "around")
_HALVES: Final = {"am": "am", "pm": "pm", "a.m": "am", "p.m": "pm"}
_TWELVE: Final = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm|a\.m|p\.m)")
_DIGITAL: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_HOUR: Final = re.compile(r"[0-9]{1,2}")
_LAST_MORNING_HOUR_THAT_IS_MEANT_LATER: Final = 6


def read_time(line: Line, at: int) -> Reading | None:
    """A time of the clock with its preposition, if it has one."""
    start = line.skip(line.skip(at, "due"), *_LEADS)
    word = line.key(start)
    if word in _NAMED:
        return Reading(start + 1, Clock(_NAMED[word]), ANYWHERE if start > at else AT_END)
    if twelve := _twelve_hours(line, start):
        return twelve
    if match := _DIGITAL.fullmatch(word):
        sure = start > at or len(match[1]) == 2
        return _clock(start + 1, match[1], match[2], sure=sure)
    if not _HOUR.fullmatch(word):
        return None
    if line.key(start + 1) in ("o'clock", "oclock"):
        return _clock(start + 2, word, "00", sure=True)
    return _clock(start + 1, word, "00", sure=False) if line.key(start - 1) in ("at", "@") and start > at else None


def read_part(line: Line, at: int) -> Reading | None:
    """In the morning; morning behind a day."""
    if line.key(at) in ("in", "at"):
        part = PARTS.get(line.key(line.skip(at + 1, "the")))
        if line.key(at) == "in" and line.key(at + 1) == "the" and part:
            return Reading(at + 3, PartOfDay(part))
        return Reading(at + 2, PartOfDay("night"), BEHIND_DAY) if line.follows(at, "at", "night") else None
    part = PARTS.get(line.key(at))
    return Reading(at + 1, PartOfDay(part), BEHIND_DAY) if part else None


def read_moment(line: Line, at: int, present: Present) -> Reading | None:
    """In 2 hours; 30 minutes from now."""
    start = line.skip(at, "in")
    if line.follows(start, "half", "an", "hour"):
        minutes, end = 30, start + 3
    else:
        count = 1 if line.key(start) in ("a", "an") else number(line.key(start))
        unit = UNITS.get(line.key(start + 1), (0, "day"))[1]
        if count is None or unit not in ("minute", "hour"):
            return None
        minutes, end = count * (60 if unit == "hour" else 1), start + 2
    if start == at:
        if not line.follows(end, "from", "now"):
            return None
        end += 2
    moment = _after(minutes, present)
    return Reading(end, moment) if moment else None


def _after(minutes: int, present: Present) -> Moment | None:
    """By the time that really passes; without a zone, as if clocks never changed."""
    if present.now is None or not EARLIEST_DAY <= present.today <= LATEST_DAY:
        return None
    now = datetime.combine(present.today, present.now.replace(second=0, microsecond=0, tzinfo=present.zone))
    if present.zone is None:
        then = now + timedelta(minutes=minutes)
    else:
        then = (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(present.zone)
    return Moment(then.date(), then.time()) if EARLIEST_DAY <= then.date() <= LATEST_DAY else None


def _twelve_hours(line: Line, at: int) -> Reading | None:
    """5pm, 5:30 pm."""
    word, half = line.key(at), _HALVES.get(line.key(at + 1))
    match = _TWELVE.fullmatch(word)
    end = at + 1
    if match is None and half:
        match, end = _TWELVE.fullmatch(word + half), at + 2
    if match is None or not 1 <= int(match[1]) <= 12:
        return None
    hour = int(match[1]) % 12 + (12 if match[3][0] == "p" else 0)
    return _reading(end, hour, int(match[2] or 0), vague=False, sure=True)


def _clock(end: int, hour: str, minute: str, *, sure: bool) -> Reading | None:
    vague = hour[0] != "0" and 1 <= int(hour) <= 12
    later_meant = vague and int(hour) <= _LAST_MORNING_HOUR_THAT_IS_MEANT_LATER
    return _reading(end, int(hour) + (12 if later_meant else 0), int(minute), vague=vague, sure=sure)


def _reading(end: int, hour: int, minute: int, *, vague: bool, sure: bool) -> Reading | None:
    if hour > 23 or minute > 59:
        return None
    return Reading(end, Clock(time(hour, minute), vague), ANYWHERE if sure else AT_END)
