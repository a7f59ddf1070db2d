"""Phrases that only mean something beside a rule: starting monday, until 1 Dec, for 3 weeks, 10 times."""

from typing import Final

from src.domain.quick_add.dates import LEADS, read_day
from src.domain.quick_add.readings import (
    ANYWHERE,
    BEHIND_RULE,
    BESIDE_RULE,
    Day,
    Lasting,
    Place,
    Reading,
    Start,
    Times,
    Until,
)
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.values import Present
from src.domain.quick_add.vocabulary import UNITS, number

_UNTIL: Final = ("until", "till", "til", "ending")
_STARTING: Final = ("starting", "beginning", "from")


def read_clause(line: Line, at: int, present: Present) -> Reading | None:
    word = line.key(at)
    if word in _UNTIL:
        found = _day(line, at + 1, present)
        return Reading(found[0], Until(found[1].day)) if found else None
    if word in _STARTING:
        found = _day(line, at + 1, present)
        place = BESIDE_RULE if word == "from" else ANYWHERE
        return Reading(found[0], Start(found[1].day), place) if found else None
    return _duration(line, at + 1, ANYWHERE) if word == "for" else _duration(line, at, BEHIND_RULE)


def _day(line: Line, at: int, present: Present) -> tuple[int, Day] | None:
    reading = read_day(line, line.skip(at, *LEADS), present, led=True)
    return (reading.end, reading.meaning) if reading and isinstance(reading.meaning, Day) else None


def _duration(line: Line, at: int, place: Place) -> Reading | None:
    count = 1 if place is ANYWHERE and line.key(at) == "a" else number(line.key(at))
    if count is None:
        return None
    if line.key(at + 1) in ("times", "time", "occurrences"):
        return Reading(at + 2, Times(count), place)
    factor, unit = UNITS.get(line.key(at + 1), (0, "minute"))
    if place is not ANYWHERE or unit in ("minute", "hour"):
        return None
    return Reading(at + 2, Lasting(count * factor, unit), place)
