"""Parts of tasks: what may be whose parent, and what goes into the trash, and comes back, together.

Trees of one user are changed one after the other where it matters: whoever gives a task a parent holds the user's row,
so two changes at once cannot close a circle; and the parent's row, so it cannot go into the trash at the same time.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from src.core.errors import Invalid
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.trees import MAX_DEPTH

_LOCK_USER = text("SELECT id FROM users WHERE id = :owner_id FOR NO KEY UPDATE")
_LOCK_PARENT = text("""
    SELECT deleted_at IS NOT NULL AS is_in_trash FROM tasks WHERE user_id = :owner_id AND id = :parent_id FOR SHARE
""")
_MEASURE = text("""
    WITH RECURSIVE above (id, parent_id, distance) AS (
        SELECT id, parent_id, 1 FROM tasks WHERE user_id = :owner_id AND id = :parent_id
      UNION ALL
        SELECT tasks.id, tasks.parent_id, distance + 1 FROM above
        JOIN tasks ON tasks.user_id = :owner_id AND tasks.id = above.parent_id WHERE distance <= :most
    ), below (id, distance) AS (
        SELECT CAST(:task_id AS uuid), 0
      UNION ALL
        SELECT tasks.id, distance + 1 FROM below
        JOIN tasks ON tasks.user_id = :owner_id AND tasks.parent_id = below.id WHERE distance <= :most
    )
    SELECT (SELECT bool_or(id = CAST(:task_id AS uuid)) FROM above) AS is_circle,
           (SELECT max(distance) FROM above) + (SELECT max(distance) FROM below) AS depth
""")
_TRASH_PARTS = text("""
    WITH RECURSIVE below (id) AS (
        SELECT id FROM tasks WHERE user_id = :owner_id AND parent_id = ANY (CAST(:task_ids AS uuid[]))
      UNION
        SELECT tasks.id FROM below JOIN tasks ON tasks.user_id = :owner_id AND tasks.parent_id = below.id
    )
    UPDATE tasks SET deleted_at = now(), version = version + 1, updated_at = now()
    FROM below WHERE tasks.user_id = :owner_id AND tasks.id = below.id AND tasks.deleted_at IS NULL
    RETURNING tasks.id, tasks.recurring_task_id, tasks.occurrence_date, tasks.position
""")
_RESTORE = text("""
    WITH RECURSIVE together (id) AS (
        SELECT CAST(:task_id AS uuid)
      UNION ALL
        SELECT tasks.id FROM together JOIN tasks
        ON tasks.user_id = :owner_id AND tasks.parent_id = together.id AND tasks.deleted_at = :deleted_at
    )
    UPDATE tasks SET deleted_at = NULL, version = version + 1, updated_at = now(),
        parent_id = CASE WHEN tasks.id = :task_id AND :is_orphan THEN NULL ELSE parent_id END
    FROM together WHERE tasks.user_id = :owner_id AND tasks.id = together.id AND tasks.deleted_at = :deleted_at
    RETURNING tasks.id, tasks.recurring_task_id, tasks.occurrence_date, tasks.position,
        tasks.parent_id, tasks.deleted_at, tasks.version, tasks.updated_at
""")


async def lock_trees(session: DatabaseSession, owner_id: UUID) -> None:
    """Until the end of the transaction nobody else gives this user's tasks parents. To be taken before any task."""
    await fetch_first(session, _LOCK_USER, owner_id=owner_id)


async def require_parent(session: DatabaseSession, owner_id: UUID, parent_id: UUID, *, task_id: UUID) -> None:
    """Raises Invalid unless the task, with what is below it, may be a part of this one. Needs `lock_trees`."""
    parent = await fetch_first(session, _LOCK_PARENT, owner_id=owner_id, parent_id=parent_id)
    if parent is None or parent.is_in_trash:
        raise unknown_parent()
    measured = await fetch_first(
        session, _MEASURE, owner_id=owner_id, parent_id=parent_id, task_id=task_id, most=MAX_DEPTH
    )
    assert measured is not None
    require_fit(is_circle=measured.is_circle, depth=measured.depth)


def unknown_parent() -> Invalid:
    return Invalid.field("/parent_id", "unknown_parent", "must be the id of a task of yours outside the trash")


def require_fit(*, is_circle: bool, depth: int) -> None:
    """Raises Invalid for a parent that would close a circle, or make the lowest part lie deeper than `MAX_DEPTH`."""
    if is_circle:
        raise Invalid.field("/parent_id", "circle", "must not be the task itself or a part of it")
    if depth > MAX_DEPTH:
        raise Invalid.field("/parent_id", "too_deep", f"must not make parts more than {MAX_DEPTH} deep")


async def trash_parts(session: DatabaseSession, owner_id: UUID, *task_ids: UUID) -> Sequence[Row]:
    """Everything below tasks that are in the trash by now. Looks again while there is more: somebody may add to it."""
    gone: list[Row] = []
    while more := await fetch_all(session, _TRASH_PARTS, owner_id=owner_id, task_ids=list(task_ids)):
        gone += more
    return gone


async def restore_tree(session: DatabaseSession, owner_id: UUID, task: Row) -> Sequence[Row]:
    """A task and the parts that went into the trash with it. Where its parent is there still, it is on its own now."""
    parent = None
    if task.parent_id is not None:
        parent = await fetch_first(session, _LOCK_PARENT, owner_id=owner_id, parent_id=task.parent_id)
    return await fetch_all(
        session,
        _RESTORE,
        owner_id=owner_id,
        task_id=task.id,
        deleted_at=task.deleted_at,
        is_orphan=parent is not None and parent.is_in_trash,
    )
