"""The SQL of a user's tasks.

Built once, at import or for each kind of list, from columns rather than entities: loading and tracking objects would
cost more than everything else in a request. Every statement binds ``owner_id``.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Update,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal_column,
    not_,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, aggregate_order_by, insert

from src.models import Tag, Task, TaskSearch, TaskTag, columns_of

_task = columns_of(Task)

_link = columns_of(TaskTag)
_tag = columns_of(Tag)

# One line a tag: a name never has a line break. Cheaper by far than JSON, for the database and for us.
_tags = (
    select(
        func.string_agg(
            cast(_tag.id, Text) + _tag.color + _tag.name, aggregate_order_by(literal_column("E'\\n'"), _tag.name_key)
        )
    )
    .select_from(TaskTag)
    .join(Tag, (_tag.user_id == _link.user_id) & (_tag.id == _link.tag_id))
    .where(_link.user_id == _task.user_id, _link.task_id == _task.id)
    .correlate(Task)
    .scalar_subquery()
)

TRASH_KEEPS: Final = timedelta(days=30)

COLUMNS: Final = (
    _task.id, _task.user_id, _task.title, _task.description, _task.is_completed, _task.completed_at, _task.priority_id,
    _task.due_date, _task.due_time, _task.timezone, _task.due_at, _tags.label("tags"), _task.parent_id, _task.position,
    _task.recurring_task_id, _task.occurrence_date, _task.deleted_at, _task.version, _task.created_at, _task.updated_at,
)  # fmt: skip
"""In the order of `TaskPublic`, with the priority's id in the place of the priority, and the tags as one text."""

COLUMN_NAMES: Final = tuple(column.key for column in COLUMNS)
PRIORITY_AT: Final = 6
TAGS_AT: Final = 11

OWNER_ID = bindparam("owner_id", type_=_task.user_id.type)
_task_id = bindparam("task_id", type_=_task.id.type)
_is_it = (_task.user_id == OWNER_ID) & (_task.id == _task_id)
_versions = bindparam("versions", type_=ARRAY(_task.version.type))
_is_admitted = _versions.is_(None) | (_task.version == func.any(_versions))
_document = cast(cast(bindparam("document", type_=Text), Text), TSVECTOR)
_wanted = bindparam("wanted", type_=_task.is_completed.type)
IS_IN_TRASH = _task.deleted_at.is_not(None)
IS_EXPIRED = _task.deleted_at < func.now() - TRASH_KEEPS
_bump = {"version": _task.version + 1, "updated_at": func.now()}
_is_there = not_(IS_IN_TRASH) | not_(IS_EXPIRED)

READ: Final = select(*COLUMNS).where(_is_it, _is_there)
LOCK: Final = READ.with_for_update(key_share=True)
READ_WITH_HASH: Final = READ.add_columns(_task.content_hash)
_AS_INSTANCE = (_task.id, _task.recurring_task_id, _task.occurrence_date, _task.position)  # what `settle` needs
REMOVE: Final = text(f"""
    WITH RECURSIVE parts AS (
        SELECT id, recurring_task_id, occurrence_date, position FROM tasks
        WHERE user_id = :owner_id AND parent_id = :task_id
      UNION
        SELECT tasks.id, tasks.recurring_task_id, tasks.occurrence_date, tasks.position
        FROM parts JOIN tasks ON tasks.user_id = :owner_id AND tasks.parent_id = parts.id
    ), removed AS (
        DELETE FROM tasks WHERE user_id = :owner_id AND id = :task_id
            AND (deleted_at < now() - interval '{TRASH_KEEPS.days} days') IS NOT TRUE
            AND (CAST(:versions AS integer[]) IS NULL OR version = ANY (CAST(:versions AS integer[])))
        RETURNING id, recurring_task_id, occurrence_date, position
    )
    SELECT * FROM removed UNION ALL SELECT * FROM parts WHERE EXISTS (SELECT 1 FROM removed)
""")  # noqa: S608  # made of constants
"""Removes a task, and by their foreign key its parts; yields all of them."""

EMPTY_TRASH: Final = delete(Task).where(_task.user_id == OWNER_ID, IS_EXPIRED)
DELETE: Final = (
    update(Task)
    .where(_is_it, _is_admitted, not_(IS_IN_TRASH))
    .values(deleted_at=func.now(), **_bump)
    .returning(*_AS_INSTANCE)
    .add_cte(EMPTY_TRASH.cte("emptied"))
)
"""Into the trash; what lay there for too long goes for good in the same statement, so that no worker has to come by."""

TOGGLE: Final = (
    update(Task)
    .where(_is_it, _is_admitted, not_(IS_IN_TRASH))
    .values(
        is_completed=not_(_task.is_completed),
        completed_at=case((_task.is_completed, None), else_=func.now()),
        **_bump,
    )
    .returning(*COLUMNS)
)
SET_COMPLETED: Final = (
    update(Task)
    .where(_is_it, _is_admitted, not_(IS_IN_TRASH), _task.is_completed != _wanted)
    .values(is_completed=_wanted, completed_at=case((_wanted, func.now()), else_=None), **_bump)
    .returning(*COLUMNS)
)

_TAGGED = """
    wanted AS (SELECT id, name, color, name_key FROM tags
               WHERE user_id = :owner_id AND id = ANY (CAST(:tag_ids AS uuid[])) FOR KEY SHARE),
    gone AS (DELETE FROM task_tags
             WHERE user_id = :owner_id AND task_id = :task_id AND tag_id <> ALL (CAST(:tag_ids AS uuid[]))),
    new AS (INSERT INTO task_tags (user_id, task_id, tag_id) SELECT :owner_id, :task_id, id FROM wanted
            ON CONFLICT DO NOTHING),
    told AS (SELECT count(*) AS found, string_agg(id::text || color || name, E'\\n' ORDER BY name_key) AS tags
             FROM wanted)
"""
SET_TAGS: Final = text(f"WITH {_TAGGED} SELECT * FROM told")  # noqa: S608  # made of constants
"""Makes ``tag_ids`` the whole set of a task, and tells how many of them are the owner's tags."""

RETAG: Final = text(f"""
    WITH {_TAGGED}, bumped AS (
        UPDATE tasks SET version = version + 1, updated_at = now() WHERE user_id = :owner_id AND id = :task_id
        RETURNING version, updated_at
    )
    SELECT * FROM told, bumped
""")  # noqa: S608  # made of constants
"""As `SET_TAGS`, where nothing else of the task changes."""


def new_values(values: Mapping[str, object]) -> dict[str, object]:
    """As the statements that write them bind them: apart from those by which a row is found."""
    return {f"new_{name}": value for name, value in values.items()}


def _assigned(names: Iterable[str]) -> dict[str, ColumnElement[Any]]:
    assigned: dict[str, ColumnElement[Any]] = {name: bindparam(f"new_{name}", type_=_task[name].type) for name in names}
    if "is_completed" in assigned:
        assigned["completed_at"] = case((assigned["is_completed"], func.now()), else_=None)
    return assigned


def _create_statement() -> Select[Any]:
    first = {**_assigned(WRITTEN), "version": literal_column("1")}
    new = insert(Task).values(first).on_conflict_do_nothing(index_elements=["user_id", "id"])
    made = new.returning(*COLUMNS[:TAGS_AT], null().label("tags"), *COLUMNS[TAGS_AT + 1 :]).cte("made")
    indexed = insert(TaskSearch).from_select(
        ["user_id", "task_id", "document"], select(made.c.user_id, made.c.id, _document)
    )
    return select(made).add_cte(indexed.cte("indexed"))


WRITTEN: Final = (
    "user_id", "id", "title", "title_key", "description", "is_completed", "priority_id", "due_date", "due_time",
    "timezone", "due_at", "parent_id", "content_hash",
)  # fmt: skip
CREATE: Final = _create_statement()
"""``document`` is what the task is found by. Yields no row where the owner has used the id before."""


@lru_cache(maxsize=256)
def update_statement(changed: frozenset[str]) -> Update:
    """Of one task; binds `new_values` of the columns that change, and with its texts the ``document``."""
    updated = update(Task).where(_is_it).values(**_assigned(changed), **_bump).returning(*COLUMNS)
    if changed.isdisjoint({"title", "description"}):
        return updated
    indexed = insert(TaskSearch).values(user_id=OWNER_ID, task_id=_task_id, document=_document)
    indexed = indexed.on_conflict_do_update(
        index_elements=["user_id", "task_id"], set_={"document": indexed.excluded.document}
    )
    return updated.add_cte(indexed.cte("indexed"))


_NEIGHBOURS = """
    SELECT moved.id, moved.version, moved.deleted_at, target.id AS target_id, target.position AS {beyond}, (
        SELECT position FROM tasks WHERE user_id = :owner_id AND deleted_at IS NULL AND id <> :task_id
          AND (position, id) {follows} (target.position, target.id) ORDER BY position {order}, id {order} LIMIT 1
    ) AS {side}, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) AS now_us
    FROM tasks AS moved LEFT JOIN tasks AS target
      ON target.user_id = moved.user_id AND target.id = :target_id AND target.deleted_at IS NULL
    WHERE moved.user_id = :owner_id AND moved.id = :task_id
      AND (moved.deleted_at < now() - interval '{days} days') IS NOT TRUE
"""
NEIGHBOURS: Final = {
    "before": text(_NEIGHBOURS.format(side="before", beyond="after", follows="<", order="DESC", days=TRASH_KEEPS.days)),
    "after": text(_NEIGHBOURS.format(side="after", beyond="before", follows=">", order="ASC", days=TRASH_KEEPS.days)),
}
"""The task, and the positions between which it comes when it is put before, or after, another; and the microsecond, by
the clock that gives new tasks their positions too."""

MOVE: Final = (
    update(Task)
    .where(_is_it, _task.version == bindparam("version", type_=_task.version.type))
    .values(position=bindparam("new_position", type_=Text), **_bump)
    .returning(*COLUMNS)
)
"""Yields no row where the task has changed since that version."""

SPREAD: Final = text("""
    WITH ordered AS (
        SELECT id, row_number() OVER (ORDER BY position, id) AS place, count(*) OVER () AS places
        FROM tasks WHERE user_id = :owner_id
    )
    UPDATE tasks SET version = version + 1, updated_at = now(), position =
        lpad(to_hex((extract(epoch FROM now()) * 1000000)::bigint - (places - place) * 1048576), 14, '0') || '8'
    FROM ordered WHERE tasks.user_id = :owner_id AND tasks.id = ordered.id
""")
"""Gives the user's tasks new positions in the same order, a second apart: for when no room is left between two."""
