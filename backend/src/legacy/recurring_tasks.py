"""Old series as rows of ``recurring_tasks`` and ``task_instances``."""

import json
import re
from datetime import UTC, date, datetime, time
from typing import Any, Final
from uuid import UUID

from src.domain.priorities import PRIORITY_IDS
from src.domain.recurrence import InvalidRule, Missed, Rule, open_dates, parse_rule, require_firing
from src.domain.recurrence.rule import WEEKDAY_CODES
from src.legacy.conversion import Converted, OldRow, checked, imported_hash, key_of, times
from src.legacy.findings import Refused
from src.legacy.priorities import Priorities, priority_of
from src.legacy.sqlite_file import OldDatabase
from src.legacy.tasks import title_and_description
from src.legacy.values import day, flag, instant, is_blank, words
from src.schemas.task import TaskCreate

MODE: Final = "schedule"

_FREQUENCIES: Final = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
    "annually": "FREQ=YEARLY",
    "weekdays": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
}
_WITH_DAYS: Final = {"daily", "weekly"}
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOSED: Final = {
    "completed": "completed", "complete": "completed", "done": "completed",
    "skipped": "skipped", "missed": "skipped", "cancelled": "skipped", "canceled": "skipped",
}  # fmt: skip
_OPEN: Final = {"open", "pending", "todo", "scheduled", "active", "in_progress"}


def convert_series(row: OldRow, owner_id: UUID, zone: str, priorities: Priorities, now: datetime) -> Converted:
    """``zone`` is the owner's. Raises Refused."""
    mended: list[str] = []
    title, description = title_and_description(row, mended)
    template = checked(TaskCreate, {"title": title or "", "description": description})
    priority = priority_of(row, priorities)
    series_id, stamps = key_of(row), times(row, now)
    start_date = day(row["start_date"], "start_date") or _first_day(row) or stamps["created_at"].date()
    values = {
        "user_id": owner_id,
        "id": series_id,
        "title": template.title,
        "description": template.description,
        "priority_id": PRIORITY_IDS[priority] if priority else None,
        "rrule": str(_rule(row, start_date, mended)),
        "start_date": start_date,
        "timezone": zone,
        "mode": MODE,
        "missed": Missed.SKIP.value,
        "is_active": flag(row["is_active"], "is_active", default=True),
        "content_hash": imported_hash(series_id),
        **stamps,
    }
    return Converted(values, mended)


def convert_instance(row: OldRow, owner_id: UUID) -> Converted:
    """Raises Refused."""
    occurrence_date = day(row["occurrence_date"], "the date")
    if occurrence_date is None:
        raise Refused("it has no date")
    status = "completed" if flag(row["is_completed"], "is_completed", default=False) else _status(row)
    closed_at = instant(row["completed_at"], "completed_at") or instant(row["updated_at"], "updated_at")
    series_id = key_of(row, "new_recurring_task_id")
    return Converted(instance_values(owner_id, series_id, occurrence_date, status, closed_at), [])


def instance_values(
    owner_id: UUID, series_id: UUID, occurrence_date: date, status: str, closed_at: datetime | None
) -> dict[str, Any]:
    """A row of ``task_instances``. One that was closed nobody knows when was closed on its day."""
    return {
        "user_id": owner_id,
        "recurring_task_id": series_id,
        "occurrence_date": occurrence_date,
        "status": status,
        "closed_at": None if status == "open" else closed_at or datetime.combine(occurrence_date, time(), UTC),
    }


def next_occurrence_of(series: dict[str, Any], newest: date | None, today: date) -> date | None:
    """The first day from ``today`` on, and after the ``newest`` one that the series has had; None once it has ended."""
    dates = open_dates(
        parse_rule(series["rrule"]), series["start_date"], newest=newest, today=today, missed=Missed(series["missed"])
    )
    return dates[-1] if dates else None


def first_day_of(database: OldDatabase) -> str:
    """As SQL: the first day that a series has an instance for."""
    instances = database.tables.get("task_instances")
    if instances is None:
        return "NULL"
    return (
        f"(SELECT min({instances.column('occurrence_date')}) FROM keys_of_task_instances AS instance "  # noqa: S608
        f"JOIN main.task_instances AS old ON {instances.column('id')} = instance.old_id "
        "WHERE instance.recurring_task_id = keys.id)"
    )


def _first_day(row: OldRow) -> date | None:
    try:
        return day(row["new_first_day"], "")
    except Refused:
        return None  # told where that instance is read


def _status(row: OldRow) -> str:
    word = (words(row["status"], "status") or "open").strip().casefold()
    if word in _OPEN:
        return "open"
    if word not in _CLOSED:
        raise Refused("the status is none of open, completed and skipped")
    return _CLOSED[word]


def _rule(row: OldRow, start_date: date, mended: list[str]) -> Rule:
    try:
        rule = parse_rule(_rule_text(row, mended))
        require_firing(rule, start_date)
    except InvalidRule as error:
        raise Refused(f"the rule {error}") from None
    return rule


def _rule_text(row: OldRow, mended: list[str]) -> str:
    frequency = (words(row["frequency"], "the recurrence") or "").strip()
    for text in (words(row["rrule"], "rrule") or "", frequency):
        if "FREQ=" in text.upper():
            return next(line.strip() for line in text.splitlines() if "FREQ=" in line.upper())
    word = frequency.casefold()
    if word not in _FREQUENCIES:
        raise Refused(f"the recurrence is none of {', '.join(_FREQUENCIES)}")
    parts = [_FREQUENCIES[word], *_interval(row), *_by_day(row, word, mended)]
    if (end := day(row["end_date"], "end_date")) is not None:
        parts.append(f"UNTIL={end:%Y%m%d}")
    return ";".join(parts)


def _interval(row: OldRow) -> list[str]:
    return [] if row["interval"] is None else [f"INTERVAL={row['interval']}"]


def _by_day(row: OldRow, frequency: str, mended: list[str]) -> list[str]:
    if is_blank(row["days_of_week"]) or not (items := _items(row["days_of_week"])):
        return []
    if frequency not in _WITH_DAYS:
        raise Refused(f"days_of_week has no clear meaning for a series that is {frequency}")
    if any(item.isdigit() for item in items):
        mended.append("weekdays that are numbers were read with 0 for Monday (7 is Sunday too)")
    return [f"BYDAY={','.join(dict.fromkeys(map(_weekday, items)))}"]


def _items(value: object) -> list[str]:
    """Of a JSON list, or of words with commas or spaces between them."""
    text = str(value).strip()
    try:
        listed = json.loads(text) if text.startswith("[") else re.split(r"[,;\s]+", text)
    except (ValueError, RecursionError):
        raise Refused("days_of_week cannot be read") from None
    return [str(item).strip().casefold() for item in listed if str(item).strip()]


def _weekday(item: str) -> str:
    if item in set("01234567"):
        return WEEKDAY_CODES[6 if item == "7" else int(item)]
    matches = [place for place, name in enumerate(_WEEKDAYS) if len(item) >= 2 and name.startswith(item)]
    if len(matches) != 1:
        raise Refused("days_of_week holds something that is no weekday")
    return WEEKDAY_CODES[matches[0]]
