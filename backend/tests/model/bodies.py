"""What the service should show of what an account holds."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tests.model.model import COLORS, LEVELS, Body, Series, Tag, Task
from tests.model.series_model import SeriesModel


def tag_body(account: SeriesModel, tag: Tag) -> Body:
    return {
        "id": tag.id,
        "name": tag.name,
        "color": tag.color,
        "task_count": account.task_count(tag),
        "version": tag.version,
        "created_at": tag.created,
        "updated_at": tag.updated,
    }


def task_body(account: SeriesModel, task: Task) -> Body:
    return {
        "id": task.id,
        "user_id": account.id,
        "title": task.title,
        "description": task.description,
        "is_completed": task.is_completed,
        "completed_at": task.completed,
        "priority": _priority(task.priority),
        "due_date": task.due_date and task.due_date.isoformat(),
        "due_time": task.due_time and task.due_time.isoformat(),
        "timezone": task.timezone,
        "due_at": due_at(task.due_date, task.due_time, task.timezone),
        "tags": _tags(account, task.tags),
        "parent_id": task.parent_id,
        "position": task.position,
        "recurring_task_id": task.series_id,
        "occurrence_date": task.occurrence_date and task.occurrence_date.isoformat(),
        "deleted_at": task.deleted,
        "version": task.version,
        "created_at": task.created,
        "updated_at": task.updated,
    }


def series_body(account: SeriesModel, series: Series, told: Body) -> Body:
    """The rule in words is as it was told."""
    opened = series.with_status("open")
    return {
        "id": series.id,
        "user_id": account.id,
        "title": series.title,
        "description": series.description,
        "priority": _priority(series.priority),
        "tags": _tags(account, series.tags),
        "rrule": series.rrule,
        "rrule_description": told["rrule_description"],
        "start_date": series.start_date.isoformat(),
        "due_time": series.due_time and series.due_time.isoformat(),
        "timezone": series.timezone,
        "mode": series.mode,
        "missed": series.missed,
        "is_active": series.is_active,
        "next_date": opened[0].isoformat() if opened else None,
        "completed_count": len(series.with_status("completed")),
        "skipped_count": len(series.with_status("skipped")),
        "version": series.version,
        "created_at": series.created,
        "updated_at": series.updated,
    }


def _priority(name: str | None) -> Body | None:
    level = LEVELS.get(name or "")
    return level and {"id": level, "name": str(name).title(), "level": level, "color": COLORS[level - 1]}


def _tags(account: SeriesModel, tag_ids: Iterable[str]) -> list[Body]:
    tags = sorted((account.tags[tag_id] for tag_id in tag_ids), key=lambda tag: tag.key)
    return [{"id": tag.id, "name": tag.name, "color": tag.color} for tag in tags]


def due_at(day: date | None, clock_time: time | None, zone: str | None) -> str | None:
    if day is None or clock_time is None:
        return None
    instant = datetime.combine(day, clock_time, ZoneInfo(zone or "")).astimezone(UTC)
    return instant.isoformat().replace("+00:00", "Z")
