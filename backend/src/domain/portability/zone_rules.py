"""VTIMEZONE components (RFC 5545, 3.6.5), which must stand in a file beside each zone that it names."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from src.domain.portability.content_lines import write_line

_YEARS_BEFORE: Final = 2
_YEARS_AFTER: Final = 10
_STEP: Final = timedelta(days=7)  # no zone has changed its clock twice in a week

_Change = tuple[datetime, timedelta, timedelta, bool, str]


@lru_cache(maxsize=256)
def zone_component(zone: str, year: int) -> str:
    """The changes of the clock in the years around ``year``; readers know the zone's name for all other years."""
    first = datetime(year - _YEARS_BEFORE, 1, 1, tzinfo=UTC)
    grouped: dict[tuple[timedelta, timedelta, bool, str], list[datetime]] = defaultdict(list)
    for instant, before, after, is_summer, name in _changes(ZoneInfo(zone), first, year + _YEARS_AFTER):
        grouped[before, after, is_summer, name].append((instant + before).replace(tzinfo=None))
    written = [write_line("BEGIN", "VTIMEZONE"), write_line("TZID", zone)]
    for (before, after, is_summer, name), starts in grouped.items():
        written += _observance("DAYLIGHT" if is_summer else "STANDARD", before, after, name, starts)
    return "".join([*written, write_line("END", "VTIMEZONE")])


def _changes(zone: ZoneInfo, first: datetime, last_year: int) -> Iterator[_Change]:
    """What holds at first, and each change of it."""
    current = first.astimezone(zone)
    yield first, _offset(current), _offset(current), bool(current.dst()), current.tzname() or str(zone)
    before, state = first, _state(first, zone)
    while before.year <= last_year:
        after = before + _STEP
        if (new := _state(after, zone)) != state:
            instant = _moment_of_change(before, after, zone)
            changed = instant.astimezone(zone)
            yield instant, state[0], _offset(changed), bool(changed.dst()), changed.tzname() or str(zone)
            state = new
        before = after


def _moment_of_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """To the second, by bisection."""
    old = _state(before, zone)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
        before, after = (middle, after) if _state(middle, zone) == old else (before, middle)
    return after


def _state(instant: datetime, zone: ZoneInfo) -> tuple[timedelta, bool]:
    local = instant.astimezone(zone)
    return _offset(local), bool(local.dst())


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()


def _observance(kind: str, before: timedelta, after: timedelta, name: str, starts: list[datetime]) -> list[str]:
    written = [
        write_line("BEGIN", kind),
        write_line("DTSTART", f"{starts[0]:%Y%m%dT%H%M%S}"),
        write_line("TZOFFSETFROM", _written(before)),
        write_line("TZOFFSETTO", _written(after)),
        write_line("TZNAME", name),
    ]
    if len(starts) > 1:
        written.append(write_line("RDATE", ",".join(f"{start:%Y%m%dT%H%M%S}" for start in starts[1:])))
    return [*written, write_line("END", kind)]


def _written(offset: timedelta) -> str:
    seconds = round(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    text = f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return f"{text}{seconds % 60:02}" if seconds % 60 else text
