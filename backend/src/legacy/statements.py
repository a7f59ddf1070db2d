"""The SQL that writes rows: whole batches, one statement a table, and nothing over what is there already."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

from src.database.roles import APP_ROLE, SYSTEM_ROLE
from src.models import RecurringTask, Tag, Task, TaskInstance, TaskTag, User, columns_of

ONE_IMPORT_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('import-sqlite', 0))")
BECOME_SYSTEM: Final = text(f"SET LOCAL ROLE {SYSTEM_ROLE}")
BECOME_USER: Final = text(
    f"SELECT set_config('role', '{APP_ROLE}', true), set_config('app.user_id', CAST(:user_id AS text), true)"
)

FIND_USERS: Final = text("""
    SELECT id, email_key, username_key FROM users
    WHERE id = ANY (CAST(:ids AS uuid[])) OR email_key = ANY (CAST(:email_keys AS text[]))
       OR username_key = ANY (CAST(:username_keys AS text[]))
""")
FIND_TAGS: Final = text("""
    SELECT id, name_key FROM tags
    WHERE user_id = :user_id AND (id = ANY (CAST(:ids AS uuid[])) OR name_key = ANY (CAST(:name_keys AS text[])))
""")
FIND_INSTANCES: Final = text("""
    SELECT recurring_task_id, occurrence_date FROM task_instances
    WHERE user_id = :user_id AND recurring_task_id = ANY (CAST(:ids AS uuid[]))
""")
READ_BACK: Final = text("""
    SELECT id, title, is_completed, due_date, due_time, due_at FROM tasks
    WHERE user_id = :user_id AND id = ANY (CAST(:ids AS uuid[]))
""")
INSERT_DOCUMENTS: Final = text("""
    INSERT INTO task_search (user_id, task_id, document) SELECT :user_id, id, CAST(document AS tsvector)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:documents AS text[])) AS new (id, document)
""")


class BatchInsert:
    """Takes rows as they come, and returns the keys of those that were not there before (without the owner's)."""

    def __init__(self, model: type[SQLModel], *names: str) -> None:
        table = columns_of(model)
        self.names = names
        keys = [column.name for column in table if column.primary_key]
        arrays = ", ".join(f"CAST(:{name} AS {_type_of(table[name])}[])" for name in names)
        listed = ", ".join(names)
        self.statement: TextClause = text(
            f"INSERT INTO {model.__tablename__} ({listed}) SELECT {listed} FROM unnest({arrays}) AS new ({listed}) "  # noqa: S608
            f"ON CONFLICT DO NOTHING RETURNING {', '.join(keys[1:] or keys)}"
        )

    def parameters(self, rows: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
        return {name: [row[name] for row in rows] for name in self.names}


def _type_of(column: Any) -> str:
    written: str = column.type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    return written.partition(" COLLATE")[0]


_STAMPS = ("content_hash", "created_at", "updated_at")

USERS: Final = BatchInsert(
    User,
    *("id", "email", "email_key", "username", "username_key", "password_hash", "first_name", "last_name"),
    *("timezone", "is_active", "created_at", "updated_at"),
)
TAGS: Final = BatchInsert(Tag, "user_id", "id", "name", "name_key", "color", *_STAMPS)
SERIES: Final = BatchInsert(
    RecurringTask,
    *("user_id", "id", "title", "description", "priority_id", "rrule", "start_date", "timezone", "mode", "missed"),
    *("is_active", *_STAMPS),
)
INSTANCES: Final = BatchInsert(TaskInstance, "user_id", "recurring_task_id", "occurrence_date", "status", "closed_at")
TASKS: Final = BatchInsert(
    Task,
    *("user_id", "id", "title", "title_key", "description", "is_completed", "completed_at", "priority_id"),
    *("due_date", "due_time", "timezone", "due_at", "parent_id", "position", "recurring_task_id", "occurrence_date"),
    *("deleted_at", *_STAMPS),
)
TASK_TAGS: Final = BatchInsert(TaskTag, "user_id", "task_id", "tag_id")
