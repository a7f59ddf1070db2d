"""Old tasks as rows of ``tasks``, checked by the rules that the API has for new ones."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from src.domain.due_dates import due_instant
from src.domain.ordering import position_between, title_key
from src.domain.priorities import PRIORITY_IDS
from src.legacy.conversion import (
    Converted,
    OldRow,
    checked,
    imported_hash,
    key_of,
    many_lines,
    one_line,
    optional_key_of,
    times,
)
from src.legacy.keys import NAMESPACE
from src.legacy.priorities import Priorities, priority_of
from src.legacy.values import due, flag, instant
from src.schemas.task import TaskCreate

ZONE: Final = "UTC"
"""Of a time that something is due at: the old app had no zones, and this keeps the instant."""

_LONGEST_TITLE: Final = 255
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_POSITION: Final = 2**55


def convert_task(row: OldRow, owner_id: UUID, priorities: Priorities, now: datetime) -> Converted:
    """Raises Refused. ``tags`` are among the values, and of the series its id only."""
    mended: list[str] = []
    due_date, due_time = due(row["due_date"])
    title, description = title_and_description(row, mended)
    task = checked(
        TaskCreate,
        {
            "title": title or "",
            "description": description,
            "is_completed": flag(row["is_completed"], "is_completed", default=False),
            "priority": priority_of(row, priorities),
            "due_date": due_date,
            "due_time": due_time,
            "timezone": ZONE if due_time else None,
            "parent_id": optional_key_of(row, "new_parent_id"),
            "tags": [UUID(tag_id) for tag_id in (row["new_tag_ids"] or "").split(",") if tag_id],
        },
    )
    values = task.model_dump(exclude={"id", "priority"})
    values |= _derived(row, task, owner_id, now)
    values["completed_at"] = _completed_at(row, values, mended)
    return Converted(values, mended)


def task_of_series(series: dict[str, Any], day: date, *, now: datetime) -> dict[str, Any]:
    """The task that stands for a day of a series."""
    task_id = uuid5(NAMESPACE, f"recurring_tasks/{series['id']}/{day}")
    return {
        **{name: series[name] for name in ("user_id", "title", "description", "priority_id")},
        "id": task_id,
        "title_key": title_key(series["title"]),
        "is_completed": False,
        "due_date": day,
        "recurring_task_id": series["id"],
        "occurrence_date": day,
        "position": _position(now, 0),
        "content_hash": imported_hash(task_id),
        "created_at": now,
        "updated_at": now,
        "tags": [],
        **dict.fromkeys(("completed_at", "due_time", "timezone", "due_at", "parent_id", "deleted_at")),
    }


def title_and_description(row: OldRow, mended: list[str]) -> tuple[str | None, str | None]:
    """A title that is too long goes on top of the description, whole. Raises Refused."""
    title = one_line(row, "title", mended)
    description = many_lines(row, "description", mended)
    whole = unicodedata.normalize("NFC", title or "")
    if len(whole) <= _LONGEST_TITLE:
        return title, description
    mended.append(f"the title has more than {_LONGEST_TITLE} characters: all of it is on top of the description")
    rest = (description or "").strip()
    return whole[: _LONGEST_TITLE - 1].rstrip() + "…", f"{whole}\n\n{rest}" if rest else whole


def _derived(row: OldRow, task: TaskCreate, owner_id: UUID, now: datetime) -> dict[str, Any]:
    task_id, stamps = key_of(row), times(row, now)
    return {
        "user_id": owner_id,
        "id": task_id,
        "title_key": title_key(task.title),
        "priority_id": PRIORITY_IDS[task.priority] if task.priority else None,
        "due_at": _due_at(task),
        "recurring_task_id": optional_key_of(row, "new_recurring_task_id"),
        "occurrence_date": None,
        "position": _position(stamps["created_at"], row["rank"]),
        "deleted_at": now if _is_deleted(row) else None,
        "content_hash": imported_hash(task_id),
        **stamps,
    }


def _due_at(task: TaskCreate) -> datetime | None:
    if task.due_date is None or task.due_time is None:
        return None
    return due_instant(task.due_date, task.due_time, ZONE)


def _is_deleted(row: OldRow) -> bool:
    """The trash keeps it for 30 days from the import on, however long ago it was deleted."""
    is_deleted = flag(row["is_deleted"], "is_deleted", default=False)
    return is_deleted or instant(row["deleted_at"], "deleted_at") is not None


def _completed_at(row: OldRow, values: dict[str, Any], mended: list[str]) -> datetime | None:
    completed_at = instant(row["completed_at"], "completed_at")
    if values["is_completed"]:
        return completed_at or values["updated_at"]
    if completed_at is not None:
        mended.append("completed_at of an open task was left out")
    return None


def _position(created_at: datetime, rank: int) -> str:
    """In the order in which they were made; ``rank`` tells apart those of the same moment."""
    microseconds = (created_at - _EPOCH) // timedelta(microseconds=1) + rank
    return position_between(None, None, now_us=min(max(microseconds, rank), _LATEST_POSITION))
