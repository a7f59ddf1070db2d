"""iCalendar files of this and other programs (RFC 5545): each VTODO becomes a task.

Events, journals and alarms are passed over. A UID that is no UUID gets an id made of it, the same each time. Place and
link go to the description; all else that a task has no field for is passed over.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from src.domain.portability import icalendar_values as values
from src.domain.portability.content_lines import ContentLine, content_lines
from src.domain.portability.fitting import fit_description, fit_lines, fit_tags, fit_title, joined
from src.domain.portability.icalendar_writing import AFTER_COMPLETION, MODE_PROPERTY, POSITION_PROPERTY
from src.domain.portability.records import (
    MAX_ITEMS,
    POSITION,
    Bundle,
    FileIds,
    Reader,
    SeriesMode,
    TaskRecord,
    Unreadable,
    id_of,
)
from src.domain.portability.repeating import Repetition, make_repeating

_MAX_DEPTH: Final = 20
_WANTED: Final = frozenset(
    {
        "BEGIN", "END", "UID", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS", "COMPLETED", "PERCENT-COMPLETE",
        "PRIORITY", "DUE", "DTSTART", "DURATION", "CATEGORIES", "RELATED-TO", "RRULE", "RDATE", "EXDATE",
        "RECURRENCE-ID", "CREATED", "LAST-MODIFIED", "TZID", "X-LIC-LOCATION", MODE_PROPERTY, POSITION_PROPERTY,
    }
)  # fmt: skip
_REPEATED: Final = 100
_SKIPPED: Final = {"VEVENT": "event", "VJOURNAL": "journal entry", "VFREEBUSY": "free/busy time"}


@dataclass(slots=True)
class _Component:
    name: str
    line: int
    lines: dict[str, list[ContentLine]] = field(default_factory=lambda: defaultdict(list))

    def first(self, name: str) -> ContentLine | None:
        found = self.lines.get(name)
        return found[0] if found else None

    def text(self, name: str) -> str:
        found = self.first(name)
        return found.text if found else ""


def read_icalendar(body: bytes, reader: Reader) -> Bundle:
    """Raises Unreadable."""
    bundle = Bundle()
    zones: dict[str, str] = {}
    ids = FileIds(body)
    seen: set[UUID] = set()
    count = 0
    for component in _components(body, bundle):
        if component.name == "VTIMEZONE":
            zones[component.text("TZID")] = component.text("X-LIC-LOCATION") or component.text("TZID")
            continue
        if (count := count + 1) > MAX_ITEMS:
            raise Unreadable(component.line, "too_many_items", f"The file must hold at most {MAX_ITEMS} items")
        if component.name == "VTODO":
            _add(_Todo(component, bundle, reader, zones), ids, seen)
        elif component.name in _SKIPPED:
            bundle.report.info(component.line, "skipped", f"An {_SKIPPED[component.name]} is no task: it is left out")
    return bundle


def _components(body: bytes, bundle: Bundle) -> Iterator[_Component]:
    """Those right inside a calendar; what is inside them counts as a part of none."""
    open_ones: list[_Component] = []
    has_calendar = False
    for line in content_lines(body, _WANTED):
        if isinstance(line, int):
            bundle.report.warning(line, "malformed_line", "This is no line of iCalendar; it is left out")
        elif line.name == "BEGIN":
            open_ones.append(_Component(line.value.strip().upper(), line.line))
            _check_place(open_ones, line)
            has_calendar = True
        elif line.name == "END":
            if not open_ones or open_ones[-1].name != line.value.strip().upper():
                raise Unreadable(line.line, "unbalanced", "END does not fit the BEGIN before it")
            closed = open_ones.pop()
            if len(open_ones) == 1:
                yield closed
        elif len(open_ones) == 2 and len(kept := open_ones[-1].lines[line.name]) < _REPEATED:
            kept.append(line)
    if open_ones:
        raise Unreadable(open_ones[-1].line, "unclosed_component", "A component that begins here has no END")
    if not has_calendar:
        raise Unreadable(1, "no_calendar", "The file must begin with BEGIN:VCALENDAR")


def _check_place(open_ones: list[_Component], line: ContentLine) -> None:
    if open_ones[0].name != "VCALENDAR":
        raise Unreadable(line.line, "no_calendar", "The file must begin with BEGIN:VCALENDAR")
    if len(open_ones) > _MAX_DEPTH:
        raise Unreadable(line.line, "too_deep", "Components are nested too deeply")


def _add(todo: "_Todo", ids: FileIds, seen: set[UUID]) -> None:
    task = todo.task(ids)
    if task.id in seen:
        todo.bundle.report.warning(task.place, "repeated_uid", "UID: another item has it; this one is left out")
        return
    seen.add(task.id)
    todo.bundle.tasks.append(task)
    if rule := todo.component.first("RRULE"):
        todo.repeat(task, rule.value)


@dataclass(slots=True)
class _Todo:
    component: _Component
    bundle: Bundle
    reader: Reader
    zones: dict[str, str]

    def task(self, ids: FileIds) -> TaskRecord:
        line, report, of = self.component.line, self.bundle.report, self.component
        title, text = fit_title(of.text("SUMMARY"), self._description(), line, report)
        due = self._due()
        completed = self._completed()
        priority = of.first("PRIORITY")
        position = of.text(POSITION_PROPERTY)
        categories = (name for found in of.lines.get("CATEGORIES", ()) for name in found.texts)
        return TaskRecord(
            place=line,
            id=self._id(ids),
            title=title,
            description=fit_description(text, line, report),
            is_completed=completed,
            completed_at=self._instant("COMPLETED") if completed else None,
            priority=values.priority(priority) if priority else None,
            due_date=due.day if due else None,
            due_time=due.clock_time if due else None,
            timezone=due.zone if due else None,
            tags=fit_tags(categories, line, self.bundle),
            parent_id=self._parent_id(),
            position=position if POSITION.fullmatch(position) else None,
            created_at=self._instant("CREATED"),
            updated_at=self._instant("LAST-MODIFIED"),
        )

    def repeat(self, task: TaskRecord, rrule: str) -> None:
        if "EXDATE" in self.component.lines or "RDATE" in self.component.lines:
            self.bundle.report.warning(task.place, "single_dates", "RDATE and EXDATE: single dates are left out")
        start = self._when("DTSTART")
        is_counted_from_completion = self.component.text(MODE_PROPERTY) == AFTER_COMPLETION
        mode: SeriesMode = "after_completion" if is_counted_from_completion else "schedule"
        make_repeating(task, Repetition(rrule, start.day if start else None, mode), self.bundle, self.reader)

    def _id(self, ids: FileIds) -> UUID:
        uid = self.component.text("UID").strip()
        recurrence = self.component.first("RECURRENCE-ID")
        if not uid:
            return ids.at(self.component.line)
        return id_of(f"{uid} {recurrence.value}" if recurrence else uid)

    def _parent_id(self) -> UUID | None:
        for related in self.component.lines.get("RELATED-TO", ()):
            if related.parameters.get("RELTYPE", "PARENT").upper() == "PARENT" and related.text.strip():
                return id_of(related.text.strip())
        return None

    def _description(self) -> str:
        line, report = self.component.line, self.bundle.report
        place, link = self.component.text("LOCATION"), self.component.text("URL")
        text = joined(self.component.text("DESCRIPTION"), place and f"Location: {place}", link and f"URL: {link}")
        return fit_lines(text, line, "description", report)

    def _completed(self) -> bool:
        status = self.component.text("STATUS").strip().upper()
        if status == "CANCELLED":
            self.bundle.report.warning(self.component.line, "cancelled", "STATUS: cancelled is imported as completed")
        is_whole = self.component.text("PERCENT-COMPLETE").strip() == "100"
        return status in {"COMPLETED", "CANCELLED"} or (
            not status and (is_whole or "COMPLETED" in self.component.lines)
        )

    def _due(self) -> values.When | None:
        start, due = self._when("DTSTART"), self._when("DUE")
        length = self.component.first("DURATION")
        if due is None and start is not None and length is not None:
            lasting = values.duration(length)
            due = start.later(lasting) if lasting is not None else None
            if due is None:
                self._warn_of("DURATION")
        return due or start

    def _when(self, name: str) -> values.When | None:
        line = self.component.first(name)
        if line is None:
            return None
        found = values.when(line, self.zones)
        if found is None:
            self._warn_of(name)
            return None
        if found.clock_time is None:
            return found
        if found.zone is None and "TZID" in line.parameters:
            message = f"{name}: the time zone is not known, so your own is taken"
            self.bundle.report.warning(line.line, "unknown_timezone", message)
        is_utc = line.value.endswith("Z")
        local = values.in_zone(found, self.reader.zone) if is_utc else found
        return values.When(local.day, local.clock_time, local.zone or self.reader.zone)

    def _instant(self, name: str) -> datetime | None:
        line = self.component.first(name)
        return values.instant(line) if line else None

    def _warn_of(self, name: str) -> None:
        line = self.component.first(name)
        message = f"{name}: is no date that can be read, so it is left out"
        self.bundle.report.warning(line.line if line else self.component.line, "unreadable_date", message)
