"""Our own CSV: a row for each task, which reads back as it was.

A tag list is written ``home,deep work``, with a backslash before a comma or backslash in a name. Instants are RFC 3339,
days YYYY-MM-DD, truth is true or false. Only ``title`` has to be there; a row without an id gets one made of its place.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, get_args
from uuid import UUID

from src.domain.due_dates import EARLIEST_DAY, LATEST_DAY, zone_names
from src.domain.portability.fitting import fit_description, fit_lines, fit_tags, fit_title
from src.domain.portability.formulas import neutralise, restore
from src.domain.portability.records import POSITION, Bundle, FileIds, TaskRecord
from src.domain.portability.tables import Row, read_table
from src.domain.priorities import PriorityName
from src.domain.text import is_visible

COLUMNS: Final = (
    "id", "title", "description", "is_completed", "completed_at", "priority", "due_date", "due_time", "timezone",
    "tags", "parent_id", "position", "created_at", "updated_at",
)  # fmt: skip

_TAG = re.compile(r"((?:[^\\,]|\\.?)++)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPECIAL = re.compile(r"([\\,])")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?", re.ASCII)
_TRUTH = {"": False, "false": False, "no": False, "0": False, "true": True, "yes": True, "1": True}
_MAX_TAG_CELL: Final = 10_000  # more than fifty names can fill
_PRIORITIES: tuple[PriorityName, ...] = get_args(PriorityName)


class _Fault(ValueError):
    """A cell that does not hold what its column is for."""


def header() -> str:
    return _line(COLUMNS)


def rows(tasks: Iterable[TaskRecord], tag_names: Callable[[TaskRecord], Iterable[str]]) -> str:
    """A line for each task."""
    return "".join(_line([neutralise(cell) for cell in _cells(task, tag_names(task))]) for task in tasks)


def is_header(names: Sequence[str]) -> bool:
    return "title" in names


def read_task_csv(body: bytes) -> Bundle:
    """Raises Unreadable."""
    bundle = Bundle(is_lenient=False)
    table = read_table(body, is_header)
    for column in table.columns:
        if column not in COLUMNS:
            bundle.report.warning(table.line, "unknown_column", "A column has a name that is not known; it is left out")
    ids = FileIds(body)
    for row in table.rows:
        if row.extra:
            bundle.report.error(row.line, "too_many_cells", "The row has more cells than there are columns")
        elif (task := _RowReader(row, bundle).task(ids)) is not None:
            bundle.tasks.append(task)
    return bundle


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _cells(task: TaskRecord, tag_names: Iterable[str]) -> list[str]:
    return [
        str(task.id),
        task.title,
        task.description or "",
        "true" if task.is_completed else "false",
        _instant(task.completed_at),
        task.priority or "",
        task.due_date.isoformat() if task.due_date else "",
        task.due_time.isoformat() if task.due_time else "",
        task.timezone or "",
        ",".join(_SPECIAL.sub(r"\\\1", name) for name in tag_names),
        str(task.parent_id or ""),
        task.position or "",
        _instant(task.created_at),
        _instant(task.updated_at),
    ]


def _instant(instant: datetime | None) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z") if instant else ""


@dataclass(slots=True)
class _RowReader:
    row: Row
    bundle: Bundle

    def task(self, ids: FileIds) -> TaskRecord | None:
        """None if a cell is at fault, which is reported."""
        errors = self.bundle.report.error_count
        line, report = self.row.line, self.bundle.report
        title, text = self._title_and_text()
        due_date, due_time = self._read("due_date", _day), self._read("due_time", _time)
        if due_time and not due_date:
            report.error(line, "due_time_without_date", "due_time: needs a due_date")
        task = TaskRecord(
            place=line,
            id=self._read("id", _uuid) or ids.at(line),
            title=title,
            description=fit_description(text, line, report),
            is_completed=self._read("is_completed", _truth) or False,
            completed_at=self._read("completed_at", _moment),
            priority=self._read("priority", _priority),
            due_date=due_date,
            due_time=due_time,
            timezone=self._read("timezone", _zone),
            tags=fit_tags(_tag_names(restore(self.row["tags"])[:_MAX_TAG_CELL]), line, self.bundle),
            parent_id=self._read("parent_id", _uuid),
            position=self._read("position", _position),
            created_at=self._read("created_at", _moment),
            updated_at=self._read("updated_at", _moment),
        )
        return task if report.error_count == errors else None

    def _title_and_text(self) -> tuple[str, str]:
        line, report = self.row.line, self.bundle.report
        title, text = restore(self.row["title"]), restore(self.row["description"])
        if not is_visible(title):
            report.error(line, "title_empty", "title: must have at least one visible character")
            return title, text
        return fit_title(title, fit_lines(text, line, "description", report), line, report)

    def _read(self, column: str, parse: Callable[[str], Any]) -> Any:
        cell = restore(self.row[column]).strip()
        if not cell:
            return None
        try:
            return parse(cell)
        except _Fault as fault:
            self.bundle.report.error(self.row.line, f"invalid_{column}", f"{column}: {fault}")
        return None


def _tag_names(cell: str) -> Iterator[str]:
    return (_ESCAPED.sub(r"\1", match[1]) for match in _TAG.finditer(cell))


def _uuid(cell: str) -> UUID:
    try:
        if len(cell) == 36:
            return UUID(cell)
    except ValueError:
        pass
    raise _Fault("must be a UUID")


def _truth(cell: str) -> bool:
    truth = _TRUTH.get(cell.lower())
    if truth is None:
        raise _Fault("must be true or false")
    return truth


def _day(cell: str) -> date:
    try:
        if _DAY.fullmatch(cell) and EARLIEST_DAY <= (day := date.fromisoformat(cell)) <= LATEST_DAY:
            return day
    except ValueError:
        pass
    raise _Fault("must be a day from 1900-01-01 to 9998-12-31, written YYYY-MM-DD")


def _time(cell: str) -> time:
    try:
        if _TIME.fullmatch(cell):
            return time.fromisoformat(cell)
    except ValueError:
        pass
    raise _Fault("must be a clock time, written HH:MM or HH:MM:SS")


def _moment(cell: str) -> datetime:
    try:
        if (moment := datetime.fromisoformat(cell)).tzinfo:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _Fault("must be an instant with its offset, such as 2026-12-01T17:00:00Z")


def _zone(cell: str) -> str:
    if cell not in zone_names():
        raise _Fault("must be an IANA time zone, such as Europe/Berlin")
    return cell


def _priority(cell: str) -> PriorityName:
    found = next((name for name in _PRIORITIES if name == cell.lower()), None)
    if found is None:
        raise _Fault(f"must be one of {', '.join(_PRIORITIES)}")
    return found


def _position(cell: str) -> str:
    if not POSITION.fullmatch(cell):
        raise _Fault("must be as it was exported")
    return cell
