"""Whose rows are whose: the keys of the old tables in temporary tables of SQLite, which checks all references.

The file itself is not written to; temporary tables stand elsewhere, on disk where they grow. They hold keys only, as
hexadecimal UUIDs, and in the end only those of rows that can be moved.
"""

import sqlite3
from typing import Final

from src.domain.trees import MAX_DEPTH
from src.legacy.findings import Findings, Remarks
from src.legacy.sqlite_file import OldDatabase

_REFERENCES: Final = {
    "users": {},
    "tasks": {"user_id": "users", "parent_id": "tasks", "recurring_task_id": "recurring_tasks"},
    "tags": {"user_id": "users"},
    "task_tags": {"task_id": "tasks", "tag_id": "tags"},
    "recurring_tasks": {"user_id": "users"},
    "task_instances": {"recurring_task_id": "recurring_tasks", "task_id": "tasks"},
}
_INDEXES: Final = (
    "tasks (id)", "tasks (user_id)", "tasks (parent_id)", "tags (id)", "tags (user_id)", "task_tags (task_id)",
    "users (id)", "recurring_tasks (id)", "recurring_tasks (user_id)", "task_instances (recurring_task_id)",
)  # fmt: skip

_REFUSED: Final = (
    ("tasks", "user_id NOT IN (SELECT id FROM keys_of_users) OR user_id IS NULL", "the user is not there"),
    ("recurring_tasks", "user_id NOT IN (SELECT id FROM keys_of_users) OR user_id IS NULL", "the user is not there"),
    ("tags", "user_id IS NOT NULL AND user_id NOT IN (SELECT id FROM keys_of_users)", "the user is not there"),
    (
        "tasks",
        "EXISTS (SELECT 1 FROM keys_of_tasks AS other WHERE other.id = it.parent_id AND other.user_id <> it.user_id)",
        "the parent is a task of another user",
    ),
    (
        "tasks",
        "EXISTS (SELECT 1 FROM keys_of_recurring_tasks AS other "
        "WHERE other.id = it.recurring_task_id AND other.user_id <> it.user_id)",
        "the recurring task is one of another user",
    ),
    (
        "task_tags",
        "EXISTS (SELECT 1 FROM keys_of_tasks AS task JOIN keys_of_tags AS tag "
        "WHERE task.id = it.task_id AND tag.id = it.tag_id AND tag.user_id <> task.user_id)",
        "the tag is one of another user",
    ),
    (
        "task_instances",
        "EXISTS (SELECT 1 FROM keys_of_tasks AS task JOIN keys_of_recurring_tasks AS series "
        "WHERE task.id = it.task_id AND series.id = it.recurring_task_id AND series.user_id <> task.user_id)",
        "its task and its recurring task are of two users",
    ),
)
_NOT_MOVED: Final = (
    ("task_tags", "task_id NOT IN (SELECT id FROM keys_of_tasks) OR task_id IS NULL", "the task is not there"),
    ("task_tags", "tag_id NOT IN (SELECT id FROM keys_of_tags) OR tag_id IS NULL", "the tag is not there"),
    (
        "task_tags",
        "EXISTS (SELECT 1 FROM keys_of_task_tags AS other "
        "WHERE other.task_id = it.task_id AND other.tag_id = it.tag_id AND other.rowid < it.rowid)",
        "the task has the tag already",
    ),
    (
        "task_instances",
        "recurring_task_id NOT IN (SELECT id FROM keys_of_recurring_tasks) OR recurring_task_id IS NULL",
        "the recurring task is not there",
    ),
    (
        "tags",
        "user_id IS NULL AND id NOT IN (SELECT tag_id FROM keys_of_task_tags)",
        "it belongs to nobody, and no task has it",
    ),
)
_MENDED: Final = (
    ("tasks", "parent_id", "tasks", "the parent is not there: a task of its own"),
    ("tasks", "recurring_task_id", "recurring_tasks", "the recurring task is not there: a task of its own"),
    ("task_instances", "task_id", "tasks", "the task is not there any more: the day alone is kept"),
)


def copy_keys(database: OldDatabase, refused: Findings) -> None:
    """Makes ``keys_of_…`` for each table. Where a key is ``refused``, nothing more can be said of the file."""
    for table in _REFERENCES:
        _copy_keys(database, table)
    for index in _INDEXES:
        name = index.translate(str.maketrans(" (", "__", ")"))
        database.connection.execute(f"CREATE INDEX temp.by_{name} ON keys_of_{index}")
    _find_bad_keys(database.connection, refused)


def check_references(database: OldDatabase, remarks: Remarks) -> None:
    """Says which rows are refused, mended or left behind for what they refer to, and keeps the keys of the others."""
    connection = database.connection
    for table, condition, reason in _REFUSED:
        remarks.refused.add_all(table, _old_keys(connection, table, condition), reason)
    for table, condition, reason in _NOT_MOVED:
        remarks.not_moved.add_all(table, _old_keys(connection, table, condition), reason)
        connection.execute(f"DELETE FROM keys_of_{table} AS it WHERE {condition}")  # noqa: S608  # constants
    for table, column, target, reason in _MENDED:
        dangling = f"{column} IS NOT NULL AND {column} NOT IN (SELECT id FROM keys_of_{target})"  # noqa: S608  # constants
        remarks.mended.add_all(table, _old_keys(connection, table, dangling), reason)
        connection.execute(f"UPDATE keys_of_{table} AS it SET {column} = NULL WHERE {dangling}")  # noqa: S608
    _measure_depth(connection, remarks.refused)


def count_shared_tags(database: OldDatabase) -> int:
    """How many more tags there will be, because one that belongs to nobody becomes one for each user who has it."""
    row = database.connection.execute("""
        SELECT count(DISTINCT task.user_id || tag.id) - count(DISTINCT tag.id)
        FROM keys_of_tags AS tag JOIN keys_of_task_tags AS link ON link.tag_id = tag.id
        JOIN keys_of_tasks AS task ON task.id = link.task_id WHERE tag.user_id IS NULL
    """).fetchone()
    return int(row[0])


def _copy_keys(database: OldDatabase, name: str) -> None:
    """A reference that holds no key at all becomes one to nothing, so that it is found like any other."""
    table = database.tables.get(name)
    references = _REFERENCES[name]
    if table is None:
        columns = ", ".join(f"NULL AS {column}" for column in ("old_id", "id", *references))
        database.connection.execute(f"CREATE TEMP TABLE keys_of_{name} AS SELECT {columns} WHERE false")
        return
    pair = f"quote({table.column('task_id')}) || '/' || quote({table.column('tag_id')})" if name == "task_tags" else ""
    old_id = pair or table.column("id")
    parts = [f"{old_id} AS old_id", f"new_key('{name}', {old_id}) AS id"]
    for column, target in references.items():
        old = table.column(column)
        parts.append(f"coalesce(new_key('{target}', {old}), CASE WHEN {old} IS NOT NULL THEN '?' END) AS {column}")
    database.connection.execute(
        f"CREATE TEMP TABLE keys_of_{name} AS SELECT {', '.join(parts)} FROM main.{name} AS old"  # noqa: S608
    )


def _find_bad_keys(connection: sqlite3.Connection, refused: Findings) -> None:
    for table in ("users", "tasks", "tags", "recurring_tasks", "task_instances"):
        refused.add_all(table, _old_keys(connection, table, "id IS NULL"), "the key is neither a number nor a text")
        twice = f"id IN (SELECT id FROM keys_of_{table} GROUP BY id HAVING count(*) > 1)"  # noqa: S608
        refused.add_all(table, _old_keys(connection, table, twice), "the key is that of another row too")


def _old_keys(connection: sqlite3.Connection, table: str, condition: str) -> list[object]:
    statement = f"SELECT old_id FROM keys_of_{table} AS it WHERE {condition} ORDER BY it.rowid"  # noqa: S608
    return [row[0] for row in connection.execute(statement)]


def _measure_depth(connection: sqlite3.Connection, refused: Findings) -> None:
    """``depths`` holds how deep each task lies, 0 at the top; what is not reached from the top runs in a circle."""
    connection.execute("""
        CREATE TEMP TABLE depths AS WITH RECURSIVE tree (id, depth) AS (
            SELECT id, 0 FROM keys_of_tasks WHERE parent_id IS NULL
            UNION ALL
            SELECT child.id, depth + 1 FROM tree JOIN keys_of_tasks AS child ON child.parent_id = tree.id
        ) SELECT id, depth FROM tree
    """)
    connection.execute("CREATE INDEX temp.by_depths_id ON depths (id)")
    deep = f"id IN (SELECT id FROM depths WHERE depth > {MAX_DEPTH})"  # noqa: S608  # constants
    refused.add_all("tasks", _old_keys(connection, "tasks", deep), f"it lies more than {MAX_DEPTH} levels deep")
    in_circle = "id NOT IN (SELECT id FROM depths) AND id IS NOT NULL"
    refused.add_all("tasks", _old_keys(connection, "tasks", in_circle), "it is its own parent, or an ancestor of it")
