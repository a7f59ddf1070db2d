"""Tasks in the formats in which they leave and arrive: our CSV, iCalendar, and the exports of Todoist and TickTick.

Readers take a file's bytes and give a `Bundle`: records, and a report of what is wrong with them. They do no more than
that, in time in proportion to the file's length, whatever it holds. `plan_import` then says what of it is new.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from src.domain.portability import task_csv, ticktick, todoist
from src.domain.portability.icalendar_reading import read_icalendar
from src.domain.portability.icalendar_writing import END as CALENDAR_END
from src.domain.portability.icalendar_writing import START as CALENDAR_START
from src.domain.portability.icalendar_writing import Calendar, Repeating, rest_of_rule
from src.domain.portability.planning import Account, Counts, Plan, Stored, plan_import
from src.domain.portability.records import (
    MAX_ITEMS,
    Bundle,
    InstanceRecord,
    Reader,
    SeriesRecord,
    TagRecord,
    TaskRecord,
    Unreadable,
)
from src.domain.portability.report import Level, Report, ReportLine
from src.domain.portability.tables import read_table
from src.domain.portability.task_csv import read_task_csv
from src.domain.portability.ticktick import read_ticktick
from src.domain.portability.todoist import read_todoist

__all__ = [
    "CALENDAR_END", "CALENDAR_START", "MAX_ITEMS", "Account", "Bundle", "Calendar", "Counts", "InstanceRecord", "Level",
    "Plan", "Reader", "Repeating", "Report", "ReportLine", "SeriesRecord", "Stored", "TagRecord", "TaskRecord",
    "Unreadable", "kind_of_csv", "plan_import", "read_icalendar", "read_task_csv", "read_ticktick", "read_todoist",
    "rest_of_rule", "task_csv",
]  # fmt: skip

CsvKind = Literal["csv", "todoist", "ticktick"]
_HEADERS: Final[dict[CsvKind, Callable[[Sequence[str]], bool]]] = {
    "csv": task_csv.is_header,
    "todoist": todoist.is_header,
    "ticktick": ticktick.is_header,
}


def kind_of_csv(body: bytes) -> CsvKind:
    """``csv`` (our own), ``todoist`` or ``ticktick``, by the names of the columns. Raises Unreadable."""
    columns = read_table(body, lambda names: any(is_header(names) for is_header in _HEADERS.values())).columns
    return next(kind for kind, is_header in _HEADERS.items() if is_header(columns))
