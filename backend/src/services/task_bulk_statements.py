"""The SQL of batches: each statement reads or writes any number of tasks.

Every statement binds ``owner_id``. Those that write take columns: a list for each, under the column's name.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, bindparam, delete, func, null, select, text, update

from src.models import Task, columns_of
from src.services.task_statements import COLUMNS, EMPTY_TRASH, OWNER_ID

_task = columns_of(Task)
_task_ids = bindparam("task_ids", type_=ARRAY(_task.id.type))

OPEN: Final = text("""
    SELECT timezone, now() AS now, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) AS now_us
    FROM users WHERE id = :owner_id FOR NO KEY UPDATE
""")
"""Takes the lock of `task_trees.lock_trees`: the batches of one user go one after the other."""

READ_TAGS: Final = text("""
    SELECT id, name_key, id::text || color || name AS line FROM tags
    WHERE user_id = :owner_id AND id = ANY (CAST(:tag_ids AS uuid[])) ORDER BY id FOR KEY SHARE
""")

LOCK_TREES: Final = text("""
    WITH RECURSIVE above (id, parent_id) AS (
        SELECT id, parent_id FROM tasks WHERE user_id = :owner_id AND id = ANY (CAST(:lowest AS uuid[]))
      UNION
        SELECT tasks.id, tasks.parent_id FROM above
        JOIN tasks ON tasks.user_id = :owner_id AND tasks.id = above.parent_id
    ), below (id) AS (
        SELECT unnest(CAST(:highest AS uuid[]))
      UNION
        SELECT tasks.id FROM below JOIN tasks ON tasks.user_id = :owner_id AND tasks.parent_id = below.id
    ), wanted (id) AS (
        SELECT unnest(CAST(:task_ids AS uuid[])) UNION SELECT id FROM above UNION SELECT id FROM below
    )
    SELECT tasks.id, parent_id, is_completed, position, recurring_task_id, occurrence_date, deleted_at, version,
        updated_at FROM tasks JOIN wanted ON tasks.id = wanted.id WHERE user_id = :owner_id
    ORDER BY tasks.id FOR NO KEY UPDATE OF tasks
""")
"""The tasks themselves, what is above ``lowest`` and what is below ``highest``. Locked in one order for all."""

READ_POSITIONS: Final = select(_task.id, _task.position).where(
    _task.user_id == OWNER_ID, _task.id == func.any(_task_ids)
)
READ_TASKS: Final = select(*COLUMNS, _task.content_hash).where(
    _task.user_id == OWNER_ID, _task.id == func.any(_task_ids)
)

DETACH: Final = update(Task).where(_task.user_id == OWNER_ID, _task.id == func.any(_task_ids)).values(parent_id=null())
"""For tasks that got another parent just before theirs is removed, which would take them with it."""

REMOVE_TASKS: Final = delete(Task).where(_task.user_id == OWNER_ID, _task.id == func.any(_task_ids))
REMOVE_AND_EMPTY_TRASH: Final = REMOVE_TASKS.add_cte(EMPTY_TRASH.cte("emptied"))

_TREE_TYPES: Final = {
    "id": "uuid",
    "parent_id": "uuid",
    "deleted_at": "timestamptz",
    "version": "integer",
    "updated_at": "timestamptz",
}
_CHANGING_TYPES: Final = {
    **_TREE_TYPES,
    "title": "text",
    "title_key": "text",
    "description": "text",
    "is_completed": "boolean",
    "completed_at": "timestamptz",
    "priority_id": "smallint",
    "due_date": "date",
    "due_time": "time",
    "timezone": "text",
    "due_at": "timestamptz",
}
_TYPES: Final = {**_CHANGING_TYPES, "position": "text", "content_hash": "bytea", "created_at": "timestamptz"}


def _given(types: Mapping[str, str]) -> str:
    lists = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in types.items())
    return f"unnest({lists}) AS given ({', '.join(types)})"


def _update(types: Mapping[str, str]) -> str:
    changes = ", ".join(f"{name} = given.{name}" for name in types if name != "id")
    return f"UPDATE tasks SET {changes} FROM {_given(types)} WHERE user_id = :owner_id AND tasks.id = given.id"  # noqa: S608


_NAMES = ", ".join(_TYPES)
CREATE_TASKS: Final = text(f"""
    WITH made AS (
        INSERT INTO tasks (user_id, {_NAMES}) SELECT :owner_id, {_NAMES} FROM {_given(_TYPES)}
        ON CONFLICT (user_id, id) DO NOTHING RETURNING id
    )
    SELECT count(*) AS made FROM made
""")  # noqa: S608
"""Makes none of which the owner has used the id before; tells how many it made."""

UPDATE_TASKS: Final = text(_update(_CHANGING_TYPES))
UPDATE_TREES: Final = text(_update(_TREE_TYPES))

SET_TAGS_OF_TASKS: Final = text("""
    WITH wanted AS (
        SELECT * FROM unnest(CAST(:of_tasks AS uuid[]), CAST(:tag_ids AS uuid[])) AS given (task_id, tag_id)
    ), gone AS (
        DELETE FROM task_tags WHERE user_id = :owner_id AND task_id = ANY (CAST(:task_ids AS uuid[]))
        AND (task_id, tag_id) NOT IN (SELECT task_id, tag_id FROM wanted)
    )
    INSERT INTO task_tags (user_id, task_id, tag_id) SELECT :owner_id, task_id, tag_id FROM wanted
    ON CONFLICT DO NOTHING
""")
"""Makes the tags that each of ``task_ids`` is given, in pairs, its whole set."""

SET_DOCUMENTS: Final = text("""
    INSERT INTO task_search (user_id, task_id, document)
    SELECT :owner_id, task_id, CAST(document AS tsvector)
    FROM unnest(CAST(:task_ids AS uuid[]), CAST(:documents AS text[])) AS given (task_id, document)
    ON CONFLICT (user_id, task_id) DO UPDATE SET document = EXCLUDED.document
""")


def all_columns(tasks: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    """For `CREATE_TASKS`."""
    return _columns(tasks, _TYPES)


def changing_columns(tasks: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    """For `UPDATE_TASKS`."""
    return _columns(tasks, _CHANGING_TYPES)


def tree_columns(tasks: Iterable[Mapping[str, Any]]) -> dict[str, object]:
    """For `UPDATE_TREES`."""
    return _columns(tasks, _TREE_TYPES)


def tag_pairs(tags_of: Mapping[UUID, list[UUID]]) -> dict[str, object]:
    """For `SET_TAGS_OF_TASKS`."""
    pairs = [(task_id, tag_id) for task_id, tag_ids in tags_of.items() for tag_id in tag_ids]
    return {
        "task_ids": list(tags_of),
        "of_tasks": [task_id for task_id, _ in pairs],
        "tag_ids": [tag_id for _, tag_id in pairs],
    }


def _columns(tasks: Iterable[Mapping[str, Any]], types: Mapping[str, str]) -> dict[str, object]:
    rows = list(tasks)
    return {name: [row[name] for row in rows] for name in types}
