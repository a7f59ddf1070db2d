"""Where in the text the phrases stand, for clients that highlight them."""

from datetime import date, time
from itertools import accumulate
from typing import Final

from src.domain.quick_add.meaning import When
from src.domain.quick_add.readings import Candidate, Day, Priority, Slot, Start, Tag, Times
from src.domain.quick_add.tokens import Line
from src.domain.quick_add.values import Span, SpanKind

_KINDS: Final[dict[Slot, SpanKind]] = {
    "day": "date",
    "time": "time",
    "part": "time",
    "moment": "datetime",
    "recurrence": "recurrence",
    "start": "start",
    "end": "until",
    "priority": "priority",
    "tag": "tag",
}
_LAST_OF_ONE_UNIT: Final = "\uffff"


def spans_of(text: str, line: Line, chosen: list[Candidate], when: When) -> tuple[Span, ...]:
    units = [0, *accumulate(2 if character > _LAST_OF_ONE_UNIT else 1 for character in text)]
    times_stated = any(candidate.slot in ("time", "part") for candidate in chosen)
    spans = []
    for candidate in chosen:
        start, end = line.tokens[candidate.first].start, line.tokens[candidate.last - 1].end
        kind: SpanKind = "count" if isinstance(candidate.meaning, Times) else _kind(candidate, when)
        value = _value(candidate, when, with_time=not times_stated)
        spans.append(Span(start, end, units[start], units[end], kind, value))
    return tuple(spans)


def _kind(candidate: Candidate, when: When) -> SpanKind:
    return "start" if candidate.slot == "day" and when.rrule else _KINDS[candidate.slot]


def _value(candidate: Candidate, when: When, *, with_time: bool) -> str:
    match candidate.meaning:
        case Tag(name) | Priority(name):
            return name
        case Times(count):
            return str(count)
        case Start(day):
            return day.isoformat()
        case Day(day, part):
            stated = day if when.rrule else when.due_date or day
            return _moment(stated, when.due_time) if part and with_time else stated.isoformat()
    match candidate.slot:
        case "recurrence":
            return when.rrule or ""
        case "end":
            return when.until.isoformat() if when.until else ""
        case "moment":
            return _moment(when.due_date, when.due_time)
    return _clock(when.due_time)


def _moment(day: date | None, clock_time: time | None) -> str:
    return "T".join(filter(None, (day.isoformat() if day else "", _clock(clock_time))))


def _clock(clock_time: time | None) -> str:
    return clock_time.isoformat("minutes") if clock_time else ""
