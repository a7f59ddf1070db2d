"""The SQL of imports: one statement for a thousand rows. Every statement binds ``owner_id``."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import text

from src.domain.due_dates import due_instant
from src.domain.ordering import positions_from, title_key
from src.domain.portability import InstanceRecord, SeriesRecord, TagRecord, TaskRecord
from src.domain.priorities import PRIORITY_IDS
from src.domain.search import search_document
from src.schemas.tag import DEFAULT_COLOR

BATCH: Final = 1_000
_Item = TypeVar("_Item")

LOCK_USER: Final = text("SELECT timezone, now() FROM users WHERE id = :owner_id FOR NO KEY UPDATE")
EMPTY_TRASH: Final = text("DELETE FROM tasks WHERE user_id = :owner_id AND deleted_at < :expired_at")
LOCK_PARENTS: Final = text("""
    SELECT id FROM tasks WHERE user_id = :owner_id AND id = ANY (CAST(:ids AS uuid[])) ORDER BY id FOR SHARE
""")
FIND_TASKS: Final = text("""
    WITH RECURSIVE above (id, parent_id, depth) AS (
        SELECT id, parent_id, 0 FROM tasks WHERE user_id = :owner_id AND id = ANY (CAST(:ids AS uuid[]))
      UNION ALL
        SELECT above.id, tasks.parent_id, depth + 1 FROM above
        JOIN tasks ON tasks.user_id = :owner_id AND tasks.id = above.parent_id
    )
    SELECT above.id, max(above.depth) AS depth, max(tasks.deleted_at) AS deleted_at
    FROM above JOIN tasks ON tasks.user_id = :owner_id AND tasks.id = above.id
    WHERE (tasks.deleted_at < :expired_at) IS NOT TRUE GROUP BY above.id
""")
FIND_TAGS: Final = text("""
    SELECT id, name_key FROM tags
    WHERE user_id = :owner_id AND (id = ANY (CAST(:ids AS uuid[])) OR name_key = ANY (CAST(:keys AS text[])))
""")
FIND_SERIES: Final = text("""
    SELECT id FROM recurring_tasks WHERE user_id = :owner_id AND id = ANY (CAST(:ids AS uuid[]))
""")
FIND_INSTANCES: Final = text("""
    SELECT recurring_task_id, occurrence_date, status = 'open' AS is_open, EXISTS (
        SELECT 1 FROM tasks WHERE tasks.user_id = :owner_id
          AND tasks.recurring_task_id = task_instances.recurring_task_id
          AND tasks.occurrence_date = task_instances.occurrence_date
          AND (tasks.deleted_at < :expired_at) IS NOT TRUE
    ) AS is_taken
    FROM task_instances WHERE user_id = :owner_id AND recurring_task_id = ANY (CAST(:ids AS uuid[]))
""")

ADD_TAGS: Final = text("""
    INSERT INTO tags (user_id, id, name, name_key, color, content_hash, created_at, updated_at)
    SELECT CAST(:owner_id AS uuid), * FROM unnest(
        CAST(:id AS uuid[]), CAST(:name AS text[]), CAST(:name_key AS text[]), CAST(:color AS text[]),
        CAST(:content_hash AS bytea[]), CAST(:created_at AS timestamptz[]), CAST(:updated_at AS timestamptz[]))
""")
ADD_SERIES: Final = text("""
    INSERT INTO recurring_tasks (user_id, id, title, description, priority_id, rrule, start_date, due_time, timezone,
        mode, missed, is_active, content_hash, created_at, updated_at)
    SELECT CAST(:owner_id AS uuid), * FROM unnest(
        CAST(:id AS uuid[]), CAST(:title AS text[]), CAST(:description AS text[]), CAST(:priority_id AS smallint[]),
        CAST(:rrule AS text[]), CAST(:start_date AS date[]), CAST(:due_time AS time[]), CAST(:timezone AS text[]),
        CAST(:mode AS text[]), CAST(:missed AS text[]), CAST(:is_active AS boolean[]), CAST(:content_hash AS bytea[]),
        CAST(:created_at AS timestamptz[]), CAST(:updated_at AS timestamptz[]))
""")
ADD_INSTANCES: Final = text("""
    INSERT INTO task_instances (user_id, recurring_task_id, occurrence_date, status, closed_at)
    SELECT CAST(:owner_id AS uuid), * FROM unnest(
        CAST(:recurring_task_id AS uuid[]), CAST(:occurrence_date AS date[]), CAST(:status AS text[]),
        CAST(:closed_at AS timestamptz[]))
""")
ADD_TASKS: Final = text("""
    INSERT INTO tasks (user_id, id, title, title_key, description, is_completed, completed_at, priority_id, due_date,
        due_time, timezone, due_at, parent_id, position, recurring_task_id, occurrence_date, deleted_at, content_hash,
        created_at, updated_at)
    SELECT CAST(:owner_id AS uuid), * FROM unnest(
        CAST(:id AS uuid[]), CAST(:title AS text[]), CAST(:title_key AS text[]), CAST(:description AS text[]),
        CAST(:is_completed AS boolean[]), CAST(:completed_at AS timestamptz[]), CAST(:priority_id AS smallint[]),
        CAST(:due_date AS date[]), CAST(:due_time AS time[]), CAST(:timezone AS text[]),
        CAST(:due_at AS timestamptz[]), CAST(:parent_id AS uuid[]), CAST(:position AS text[]),
        CAST(:recurring_task_id AS uuid[]), CAST(:occurrence_date AS date[]), CAST(:deleted_at AS timestamptz[]),
        CAST(:content_hash AS bytea[]), CAST(:created_at AS timestamptz[]), CAST(:updated_at AS timestamptz[]))
""")
ADD_DOCUMENTS: Final = text("""
    INSERT INTO task_search (user_id, task_id, document)
    SELECT CAST(:owner_id AS uuid), task_id, CAST(document AS tsvector)
    FROM unnest(CAST(:task_id AS uuid[]), CAST(:document AS text[])) AS new (task_id, document)
""")
TAG_TASKS: Final = text("""
    INSERT INTO task_tags (user_id, task_id, tag_id)
    SELECT CAST(:owner_id AS uuid), * FROM unnest(CAST(:task_id AS uuid[]), CAST(:tag_id AS uuid[]))
""")
TAG_SERIES: Final = text("""
    INSERT INTO recurring_task_tags (user_id, recurring_task_id, tag_id)
    SELECT CAST(:owner_id AS uuid), * FROM unnest(CAST(:recurring_task_id AS uuid[]), CAST(:tag_id AS uuid[]))
""")

Row = dict[str, Any]


def batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def arrays(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """The columns of the rows, as the statements above take them."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def tag_row(tag_id: UUID, tag: TagRecord, now: datetime) -> Row:
    created_at = min(tag.created_at or now, now)
    return {
        "id": tag_id,
        "name": tag.name,
        "name_key": tag.key,
        "color": tag.color or DEFAULT_COLOR,
        "content_hash": _content_hash(tag_id),
        "created_at": created_at,
        "updated_at": max(min(tag.updated_at or now, now), created_at),
    }


def series_row(series: SeriesRecord, now: datetime) -> Row:
    created_at = min(series.created_at or now, now)
    names = ("id", "title", "description", "rrule", "start_date", "due_time", "timezone", "mode", "missed", "is_active")
    return {
        **{name: getattr(series, name) for name in names},
        "priority_id": PRIORITY_IDS[series.priority] if series.priority else None,
        "content_hash": _content_hash(series.id),
        "created_at": created_at,
        "updated_at": max(min(series.updated_at or now, now), created_at),
    }


def instance_row(instance: InstanceRecord, now: datetime) -> Row:
    names = ("recurring_task_id", "occurrence_date", "status")
    closed_at = min(instance.closed_at, now) if instance.closed_at else None
    return {**{name: getattr(instance, name) for name in names}, "closed_at": closed_at}


def task_rows(tasks: Sequence[TaskRecord], zone: str, now: datetime) -> Iterator[Row]:
    """``zone`` is that of a time without one. Those without a position come last, in their order."""
    without = sorted((task for task in tasks if task.position is None), key=lambda task: _line_of(task.place))
    for task, position in zip(without, positions_from(int(now.timestamp() * 1e6), len(without)), strict=True):
        task.position = position
    return (_task_row(task, zone) for task in tasks)


def document_row(task: TaskRecord, owner_id: UUID) -> Row:
    return {"task_id": task.id, "document": search_document(owner_id, task.title, task.description)}


def _line_of(place: int | str) -> int:
    return place if isinstance(place, int) else int(place.rpartition("/")[2])


def _task_row(task: TaskRecord, zone: str) -> Row:
    names = (
        "id", "title", "description", "is_completed", "completed_at", "due_date", "due_time", "parent_id", "position",
        "recurring_task_id", "occurrence_date", "deleted_at", "created_at", "updated_at",
    )  # fmt: skip
    timezone = task.timezone or (zone if task.due_time else None)
    return {
        **{name: getattr(task, name) for name in names},
        "title_key": title_key(task.title),
        "priority_id": PRIORITY_IDS[task.priority] if task.priority else None,
        "timezone": timezone,
        "due_at": _due_at(task, timezone),
        "content_hash": _content_hash(task.id),
    }


def _due_at(task: TaskRecord, timezone: str | None) -> datetime | None:
    if task.due_date is None or task.due_time is None or timezone is None:
        return None
    return due_instant(task.due_date, task.due_time, timezone)


def _content_hash(id_: UUID) -> bytes:
    """Of no create that a client could send again."""
    return hashlib.sha256(b"imported " + id_.bytes).digest()
