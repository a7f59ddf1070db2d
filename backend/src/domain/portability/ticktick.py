"""TickTick's CSV backup of an account.

A few lines stand before the columns. A list becomes a tag on its tasks (but the inbox), tags stay tags; priorities 1, 3
and 5 become low, medium and high. Repeat is an RRULE. Instants are in UTC; a whole day is written as the instant at
which it begins in the zone of the row. ``taskId`` counts within one file, so a task's id comes from the file and the
line. Folders, kanban columns and reminders have no place here.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY, zone_names
from src.domain.portability.fitting import fit_description, fit_lines, fit_tags, fit_title
from src.domain.portability.records import Bundle, FileIds, Reader, TaskRecord
from src.domain.portability.repeating import Repetition, make_repeating
from src.domain.portability.tables import Row, read_table
from src.domain.priorities import PriorityName

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PRIORITIES: Final[dict[str, PriorityName | None]] = {"": None, "0": None, "1": "low", "3": "medium", "5": "high"}
_STATUSES: Final = {"": False, "0": False, "1": True, "2": True, "-1": True}
_ITEM_MARKS: Final = {"▫": "- [ ] ", "▪": "- [x] "}
_INBOX: Final = "inbox"


def is_header(names: Sequence[str]) -> bool:
    return {"List Name", "Title"} <= set(names)


def read_ticktick(body: bytes, reader: Reader) -> Bundle:
    """Raises Unreadable."""
    table = read_table(body, is_header)
    bundle, ids = Bundle(), FileIds(body)
    rows = list(table.rows)
    by_task_id = {row["taskId"].strip(): ids.at(row.line) for row in reversed(rows) if row["taskId"].strip()}
    has_reminders = False
    for row in rows:
        backup_row = _BackupRow(row, bundle, reader)
        task = backup_row.task(ids.at(row.line), by_task_id)
        bundle.tasks.append(task)
        if row["Repeat"].strip():
            make_repeating(task, Repetition(row["Repeat"]), bundle, reader)
        has_reminders = has_reminders or bool(row["Reminder"].strip())
    if has_reminders:
        bundle.report.warning(table.line, "reminders", "Reminder: there are none here, so they are left out")
    return bundle


class _BackupRow:
    def __init__(self, row: Row, bundle: Bundle, reader: Reader) -> None:
        self._row = row
        self._bundle = bundle
        zone = row["Timezone"].strip()
        self._zone = zone if zone in zone_names() else reader.zone

    def task(self, task_id: UUID, by_task_id: dict[str, UUID]) -> TaskRecord:
        row, line, report = self._row, self._row.line, self._bundle.report
        text = fit_lines(row["Content"], line, "Content", report)
        for mark, written in _ITEM_MARKS.items():
            text = text.replace(mark, written)
        title, text = fit_title(row["Title"], text, line, report)
        day, clock_time = self._due()
        is_completed = self._is_completed()
        return TaskRecord(
            place=line,
            id=task_id,
            title=title,
            description=fit_description(text, line, report),
            is_completed=is_completed,
            completed_at=self._instant("Completed Time") if is_completed else None,
            priority=self._priority(),
            due_date=day,
            due_time=clock_time,
            timezone=self._zone if clock_time else None,
            tags=fit_tags(self._tag_names(), line, self._bundle),
            parent_id=self._parent_id(by_task_id),
            created_at=self._instant("Created Time"),
        )

    def _tag_names(self) -> list[str]:
        names = self._row["Tags"].split(",")
        list_name = self._row["List Name"].strip()
        return names if list_name.casefold() == _INBOX else [*names, list_name]

    def _parent_id(self, by_task_id: dict[str, UUID]) -> UUID | None:
        cell = self._row["parentId"].strip()
        if cell and cell not in by_task_id:
            message = "parentId: there is no such task in the file; it is imported without a parent"
            self._bundle.report.warning(self._row.line, "unknown_parent", message)
        return by_task_id.get(cell)

    def _priority(self) -> PriorityName | None:
        cell = self._row["Priority"].strip()
        if cell not in _PRIORITIES:
            self._bundle.report.warning(self._row.line, "unknown_priority", "Priority: must be 0, 1, 3 or 5; left out")
        return _PRIORITIES.get(cell)

    def _is_completed(self) -> bool:
        cell = self._row["Status"].strip()
        if cell not in _STATUSES:
            self._bundle.report.warning(self._row.line, "unknown_status", "Status: must be 0, 1 or 2; taken as open")
        if cell == "-1":
            self._bundle.report.warning(self._row.line, "cancelled", "Status: won't do is imported as completed")
        return _STATUSES.get(cell, False)

    def _due(self) -> tuple[date | None, time | None]:
        column = "Due Date" if self._row["Due Date"].strip() else "Start Date"
        cell = self._row[column].strip()
        if _DAY.fullmatch(cell):
            cell += "T00:00:00Z"
            is_whole_day = True
        else:
            is_whole_day = self._row["Is All Day"].strip().lower() == "true"
        if not cell:
            return None, None
        moment = _instant(cell)
        local = moment and self._local(moment, is_whole_day=is_whole_day)
        if local is None:
            message = f"{column}: is no date that can be read, so it is left out"
            self._bundle.report.warning(self._row.line, "unreadable_date", message)
            return None, None
        return local.date(), None if is_whole_day else local.time()

    def _local(self, moment: datetime, *, is_whole_day: bool) -> datetime | None:
        """A whole day that does not begin in the row's zone, but in UTC, is the day there."""
        try:
            local = moment.astimezone(ZoneInfo(self._zone))
        except OverflowError:
            return None
        if is_whole_day and local.time() != time() and moment.time() == time():
            local = moment
        return local if EARLIEST_DAY <= local.date() <= LATEST_DAY else None

    def _instant(self, column: str) -> datetime | None:
        return _instant(self._row[column].strip())


def _instant(cell: str) -> datetime | None:
    try:
        return datetime.fromisoformat(cell).astimezone(UTC).replace(microsecond=0) if _INSTANT.fullmatch(cell) else None
    except (ValueError, OverflowError):
        return None
