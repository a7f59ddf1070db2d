"""Todoist's CSV export of a project: https://www.todoist.com/help/articles/import-or-export-a-project-as-a-csv-file-YC8YvN

A row is a task, a section or a note (a comment on the task above it). A section becomes a tag on its tasks, an @label
in the content too; priority 1 to 3 becomes urgent, high, medium, and 4, which is Todoist's "none", none. INDENT makes
subtasks. DATE is what a person typed; where it cannot be read it goes to the description, as does all that has no field
here. The file has no ids, so a task's comes from the file and the line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY, zone_names
from src.domain.portability.fitting import fit_description, fit_lines, fit_tags, fit_title, joined
from src.domain.portability.records import Bundle, FileIds, Reader, SeriesMode, TaskRecord
from src.domain.portability.repeating import Repetition, make_repeating
from src.domain.portability.tables import Row, read_table
from src.domain.priorities import PriorityName
from src.domain.quick_add import QuickAddError, parse_quick_add
from src.domain.trees import MAX_DEPTH

_LABEL = re.compile(r"(?:^|(?<=\s))@([^\s@]{1,200})(?=\s|$)")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_EVERY = re.compile(r"^(?:every|ev)(!?)\s", re.IGNORECASE)
_PRIORITIES: Final[dict[str, PriorityName | None]] = {"1": "urgent", "2": "high", "3": "medium", "4": None, "": None}
_ANCHOR: Final = "Imported"
_MAX_PHRASE: Final = 150


@dataclass(frozen=True, slots=True)
class _Due:
    day: date
    clock_time: time | None = None
    rrule: str | None = None
    mode: SeriesMode = "schedule"


@dataclass(slots=True)
class _Open:
    """The task that rows below still belong to."""

    task: TaskRecord
    text: str
    due: _Due | None
    notes: list[str] = field(default_factory=list)


def is_header(names: Sequence[str]) -> bool:
    return {"TYPE", "CONTENT"} <= set(names)


def read_todoist(body: bytes, reader: Reader) -> Bundle:
    """Raises Unreadable."""
    table = read_table(body, is_header)
    project = _Project(Bundle(), reader, FileIds(body))
    for row in table.rows:
        project.take(row)
    project.close()
    return project.bundle


class _Project:
    def __init__(self, bundle: Bundle, reader: Reader, ids: FileIds) -> None:
        self.bundle = bundle
        self._reader = reader
        self._ids = ids
        self._section = ""
        self._above: list[TaskRecord] = []
        self._open: _Open | None = None

    def take(self, row: Row) -> None:
        match row["TYPE"].strip().lower():
            case "task":
                self.close()
                self._start(row)
            case "note":
                self._note(row)
            case "section":
                self.close()
                self._section = row["CONTENT"]
                self._above.clear()
            case "meta" | "":
                pass
            case _:
                self.bundle.report.warning(row.line, "unknown_type", "TYPE: is none that is known; the row is left out")

    def close(self) -> None:
        """The task is complete once its notes have been read."""
        if self._open is None:
            return
        task, report = self._open.task, self.bundle.report
        text = joined(self._open.text, *self._open.notes)
        task.description = fit_description(text, task.place, report)
        if (due := self._open.due) and due.rrule:
            make_repeating(task, Repetition(due.rrule, mode=due.mode), self.bundle, self._reader)
        self._open = None

    def _start(self, row: Row) -> None:
        report = self.bundle.report
        labels = _LABEL.findall(row["CONTENT"])
        content = _LABEL.sub("", row["CONTENT"]).strip() or row["CONTENT"]
        zone = row["TIMEZONE"].strip()
        zone = zone if zone in zone_names() else self._reader.zone
        due = _due_of(row["DATE"], self._reader, zone)
        text = fit_lines(self._text(row, due), row.line, "DESCRIPTION", report)
        title, text = fit_title(content.removeprefix("* "), text, row.line, report)
        task = TaskRecord(
            place=row.line,
            id=self._ids.at(row.line),
            title=title,
            priority=self._priority(row),
            due_date=due.day if due else None,
            due_time=due.clock_time if due else None,
            timezone=zone if due and due.clock_time else None,
            tags=fit_tags([*labels, self._section], row.line, self.bundle),
            parent_id=self._parent(row),
        )
        self._above.append(task)
        self.bundle.tasks.append(task)
        self._open = _Open(task, text, due)

    def _text(self, row: Row, due: _Due | None) -> str:
        phrase = row["DATE"].strip()
        if phrase and due is None:
            message = "DATE: could not be read, so it stands in the description"
            self.bundle.report.warning(row.line, "unreadable_date", message)
        length = f"{row['DURATION'].strip()} {row['DURATION_UNIT'].strip()}" if row["DURATION"].strip() else ""
        notes = {
            "Date": phrase if due is None else "",
            "Deadline": row["DEADLINE"].strip(),
            "Duration": length,
            "Responsible": row["RESPONSIBLE"].strip(),
        }
        return joined(row["DESCRIPTION"], "\n".join(f"{name}: {value}" for name, value in notes.items() if value))

    def _priority(self, row: Row) -> PriorityName | None:
        cell = row["PRIORITY"].strip()
        if cell not in _PRIORITIES:
            self.bundle.report.warning(row.line, "unknown_priority", "PRIORITY: must be 1 to 4; it is left out")
        return _PRIORITIES.get(cell)

    def _parent(self, row: Row) -> UUID | None:
        cell = row["INDENT"].strip()
        depth = int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 4 else 1
        if depth > MAX_DEPTH + 1:
            message = f"INDENT: parts are at most {MAX_DEPTH} deep; it is moved up"
            self.bundle.report.warning(row.line, "too_deep", message)
        del self._above[max(0, min(depth - 1, MAX_DEPTH)) :]
        return self._above[-1].id if self._above else None

    def _note(self, row: Row) -> None:
        if self._open is None:
            self.bundle.report.warning(
                row.line, "note_without_task", "There is no task above this note; it is left out"
            )
            return
        self._open.notes.append(fit_lines(row["CONTENT"], row.line, "CONTENT", self.bundle.report))


@lru_cache(maxsize=4096)
def _due_of(phrase: str, reader: Reader, zone: str) -> _Due | None:
    """None for no phrase, and for one that is not understood as a whole."""
    phrase = phrase.strip()
    if not phrase or len(phrase) > _MAX_PHRASE:
        return None
    if _ISO.fullmatch(phrase):
        return _iso(phrase, zone)
    every = _EVERY.match(phrase)
    if every is not None:
        phrase = f"every {phrase[every.end() :]}{' after completion' if every[1] else ''}"
    now = reader.now.astimezone(ZoneInfo(zone))
    try:
        read = parse_quick_add(f"{_ANCHOR} {phrase}", today=now.date(), now=now.time(), zone=ZoneInfo(zone))
    except QuickAddError:
        return None
    if read.title != _ANCHOR or read.due_date is None or read.tags or read.priority:
        return None
    return _Due(read.due_date, read.due_time, read.rrule, read.mode or "schedule")


def _iso(phrase: str, zone: str) -> _Due | None:
    try:
        moment = datetime.fromisoformat(phrase)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError):
        return None
    if not EARLIEST_DAY <= moment.date() <= LATEST_DAY:
        return None
    has_time = len(phrase) > len("2026-12-01")
    return _Due(moment.date(), moment.time().replace(microsecond=0) if has_time else None)
