"""Tasks as iCalendar (RFC 5545): one VTODO each.

The open instance of a series carries the rule that is left of it from its own day on, so that other programs go on with
it. What RFC 5545 has no word for stands in two properties of ours, which others pass over.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from src.domain.portability.content_lines import escape, write_line
from src.domain.portability.records import SeriesMode, TaskRecord
from src.domain.portability.zone_rules import zone_component
from src.domain.priorities import PriorityName
from src.domain.recurrence import parse_rule, split

START: Final = "".join(
    write_line(name, value)
    for name, value in (("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//todo-api//tasks//EN"))
)
END: Final = write_line("END", "VCALENDAR")
MODE_PROPERTY: Final = "X-TODO-MODE"
POSITION_PROPERTY: Final = "X-TODO-POSITION"
AFTER_COMPLETION: Final = "AFTER-COMPLETION"
PRIORITY_NUMBERS: Final[dict[PriorityName, int]] = {"urgent": 1, "high": 3, "medium": 5, "low": 9}


@dataclass(frozen=True, slots=True)
class Repeating:
    """The rule of a series from the day of its open instance on: see `rest_of_rule`."""

    rrule: str
    mode: SeriesMode


class Calendar:
    """Writes VTODOs, and before the first that names a zone the rules of that zone."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._zones: set[str] = set()

    def todo(self, task: TaskRecord, tag_names: Iterable[str], repeating: Repeating | None = None) -> str:
        """``repeating`` where this is the open instance of a series."""
        lines = [("BEGIN", "VTODO"), ("UID", str(task.id)), ("DTSTAMP", _utc(task.updated_at or self._now))]
        lines += [("CREATED", _utc(task.created_at))] if task.created_at else []
        lines += [("LAST-MODIFIED", _utc(task.updated_at))] if task.updated_at else []
        lines += [("SUMMARY", escape(task.title))]
        lines += [("DESCRIPTION", escape(task.description))] if task.description else []
        lines += [("STATUS", "COMPLETED" if task.is_completed else "NEEDS-ACTION")]
        lines += [("COMPLETED", _utc(task.completed_at))] if task.completed_at else []
        lines += [("PRIORITY", str(PRIORITY_NUMBERS[task.priority]))] if task.priority else []
        lines += _when(task, repeating)
        lines += [(MODE_PROPERTY, AFTER_COMPLETION)] if repeating and repeating.mode == "after_completion" else []
        names = ",".join(map(escape, tag_names))
        lines += [("CATEGORIES", names)] if names else []
        lines += [("RELATED-TO", str(task.parent_id))] if task.parent_id else []
        lines += [(POSITION_PROPERTY, task.position)] if task.position else []
        todo = "".join(write_line(name, value) for name, value in [*lines, ("END", "VTODO")])
        return self._zone_of(task) + todo

    def _zone_of(self, task: TaskRecord) -> str:
        if task.due_time is None or task.timezone is None or task.timezone in self._zones:
            return ""
        self._zones.add(task.timezone)
        return zone_component(task.timezone, self._now.year)


def rest_of_rule(rrule: str, start: date, occurrence: date) -> str | None:
    """The rule of a series from one of its days on, with the COUNT that is left; None where nothing is."""
    tail = split(parse_rule(rrule), start, occurrence).tail
    return str(tail) if tail else None


def _when(task: TaskRecord, repeating: Repeating | None) -> list[tuple[str, str]]:
    due = [_moment("DUE", task, task.due_date)] if task.due_date else []
    start = task.occurrence_date or task.due_date
    if repeating is None or start is None:
        return due
    if task.due_date is not None and task.due_date < start:
        due = []  # it must not lie before DTSTART (3.8.2.3), from which the rule counts
    return [_moment("DTSTART", task, start), *due, ("RRULE", repeating.rrule)]


def _moment(name: str, task: TaskRecord, day: date) -> tuple[str, str]:
    if task.due_time is None:
        return f"{name};VALUE=DATE", f"{day:%Y%m%d}"
    return f"{name};TZID={task.timezone}", f"{datetime.combine(day, task.due_time):%Y%m%dT%H%M%S}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
