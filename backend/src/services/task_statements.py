"""The SQL of a user's tasks.

Built once, at import or for each kind of list, from columns rather than entities: loading and tracking objects would
cost more than everything else in a request. Every statement binds ``owner_id``.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    Insert,
    Integer,
    Select,
    SmallInteger,
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
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from src.core.security import Position
from src.database.keyset import Order, page_statement
from src.models import Tag, Task, TaskTag, User, columns_of

_task = columns_of(Task)
_user = columns_of(User)

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
    _task.due_date, _task.due_time, _task.timezone, _task.due_at, _tags.label("tags"), _task.deleted_at,
    _task.version, _task.created_at, _task.updated_at,
)  # fmt: skip
"""In the order of `TaskPublic`, with the priority's id in the place of the priority, and the tags as one text."""

PRIORITY_AT: Final = 6
TAGS_AT: Final = 11

_owner_id = bindparam("owner_id", type_=_task.user_id.type)
_is_it = (_task.user_id == _owner_id) & (_task.id == bindparam("task_id", type_=_task.id.type))
_versions = bindparam("versions", type_=ARRAY(_task.version.type))
_is_admitted = _versions.is_(None) | (_task.version == func.any(_versions))
_wanted = bindparam("wanted", type_=_task.is_completed.type)
_is_in_trash = _task.deleted_at.is_not(None)
_is_expired = _task.deleted_at < func.now() - TRASH_KEEPS
_bump = {"version": _task.version + 1, "updated_at": func.now()}

READ: Final = select(*COLUMNS).where(_is_it, not_(_is_in_trash) | not_(_is_expired))
LOCK: Final = READ.with_for_update()
READ_WITH_HASH: Final = READ.add_columns(_task.content_hash)
READ_ZONE: Final = select(_user.timezone).where(_user.id == _owner_id)
REMOVE: Final = delete(Task).where(_is_it, _is_admitted).returning(_task.id)
EMPTY_TRASH: Final = delete(Task).where(_task.user_id == _owner_id, _is_expired)
DELETE: Final = (
    update(Task)
    .where(_is_it, _is_admitted, not_(_is_in_trash))
    .values(deleted_at=func.now(), **_bump)
    .returning(_task.id)
    .add_cte(EMPTY_TRASH.cte("emptied"))
)
"""Into the trash; what lay there for too long goes for good in the same statement, so that no worker has to come by."""

RESTORE: Final = update(Task).where(_is_it, _is_in_trash).values(deleted_at=None, **_bump).returning(*COLUMNS)
TOGGLE: Final = (
    update(Task)
    .where(_is_it, _is_admitted, not_(_is_in_trash))
    .values(
        is_completed=not_(_task.is_completed),
        completed_at=case((_task.is_completed, None), else_=func.now()),
        **_bump,
    )
    .returning(*COLUMNS)
)
SET_COMPLETED: Final = (
    update(Task)
    .where(_is_it, _is_admitted, not_(_is_in_trash), _task.is_completed != _wanted)
    .values(is_completed=_wanted, completed_at=case((_wanted, func.now()), else_=None), **_bump)
    .returning(*COLUMNS)
)

_SORTS = {
    "created_at": _task.created_at,
    "updated_at": _task.updated_at,
    "due_date": _task.due_date,
    "priority": _task.priority_id,
    "title": _task.title_key,
    "completed_at": _task.completed_at,
}
_tag_keys = bindparam("tag_keys", type_=ARRAY(Text))
_matches = func.sum(
    (_tag.name_key == func.any(_tag_keys)).cast(Integer) + (cast(_tag.id, Text) == func.any(_tag_keys)).cast(Integer)
)
_with_tags = (
    select(_link.task_id)
    .join(Tag, (_tag.user_id == _link.user_id) & (_tag.id == _link.tag_id))
    .where(_link.user_id == _owner_id)
    .group_by(_link.task_id)
    .having(_matches >= bindparam("tags_needed", type_=Integer))
)
_FILTERS = {
    "trash": _is_in_trash & not_(_is_expired),
    "kept": not_(_is_in_trash),
    "tag_keys": _task.id.in_(_with_tags),
    "owner_id": _task.user_id == _owner_id,
    "completed": _task.is_completed == bindparam("completed", type_=_task.is_completed.type),
    "priorities": _task.priority_id == func.any(bindparam("priorities", type_=ARRAY(SmallInteger))),
    "due_none": _task.due_date.is_(None),
    "due_today": _task.due_date == bindparam("due_today", type_=Date),
    "due_upcoming": _task.due_date > bindparam("due_upcoming", type_=Date),
    "overdue_at": not_(_task.is_completed)
    & (
        (_task.due_at < bindparam("overdue_at", type_=_task.due_at.type))
        | (_task.due_time.is_(None) & (_task.due_date < bindparam("overdue_on", type_=Date)))
    ),
    "due_before": _task.due_date < bindparam("due_before", type_=Date),
    "due_after": _task.due_date > bindparam("due_after", type_=Date),
}


SET_TAGS: Final = text("""
    WITH wanted AS (SELECT id, name, color, name_key FROM tags
                    WHERE user_id = :owner_id AND id = ANY (CAST(:tag_ids AS uuid[])) FOR KEY SHARE),
    gone AS (DELETE FROM task_tags
             WHERE user_id = :owner_id AND task_id = :task_id AND tag_id <> ALL (CAST(:tag_ids AS uuid[]))),
    new AS (INSERT INTO task_tags (user_id, task_id, tag_id) SELECT :owner_id, :task_id, id FROM wanted
            ON CONFLICT DO NOTHING)
    SELECT count(*) AS found, string_agg(id::text || color || name, E'\\n' ORDER BY name_key) AS tags FROM wanted
""")
"""Makes ``tag_ids`` the whole set of a task, and tells how many of them are the owner's tags."""


def create_statement(values: Mapping[str, object]) -> Insert:
    """Yields no row where the owner has used the id before."""
    new = insert(Task).values(values).on_conflict_do_nothing(index_elements=["user_id", "id"])
    return new.returning(*COLUMNS[:TAGS_AT], null().label("tags"), *COLUMNS[TAGS_AT + 1 :])


def update_statement(changed: Mapping[str, object]) -> Update:
    return update(Task).where(_is_it).values(**changed, **_bump).returning(*COLUMNS)


def order_of(sort: str) -> Order:
    """``sort`` as clients write it: a field, with ``-`` before it for descending."""
    return Order(_SORTS[sort.removeprefix("-")], _task.id, is_descending=sort.startswith("-"))


@lru_cache(maxsize=1024)
def list_statement(sort: str, filters: frozenset[str], *, is_after: bool, is_after_null: bool) -> Select[Any]:
    """A page; each of ``filters`` binds a parameter of its name."""
    after = Position(None if is_after_null else 0, UUID(int=0)) if is_after else None
    return page_statement(_filtered(filters), order_of(sort), after=after)


@lru_cache(maxsize=64)
def count_statement(filters: frozenset[str]) -> Select[Any]:
    return select(func.count()).select_from(_filtered(filters).subquery())


def _filtered(filters: frozenset[str]) -> Select[Any]:
    return select(*COLUMNS).where(*(_FILTERS[name] for name in sorted(filters | {"owner_id"}) if name in _FILTERS))
