"""The operations of a batch, applied one after the other to tasks in memory, by the rules of the single routes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from src.core.errors import NotFound
from src.domain.ordering import position_between
from src.models import new_id
from src.schemas.task import TaskComplete, TaskCreate, TaskPublic, TaskUpdate
from src.schemas.task_bulk import (
    CompleteOperation,
    CreateOperation,
    DeleteOperation,
    OnTask,
    RestoreOperation,
    TaskOperation,
    TaskRemoval,
    UpdateOperation,
)
from src.services.preconditions import Precondition
from src.services.retried_creates import IdInUse, content_hash
from src.services.task_forest import TaskForest, Values
from src.services.task_rows import public_task
from src.services.task_rules import (
    changed_values,
    completed_values,
    is_retagged,
    refuse_in_trash,
    require_tags,
    updated_values,
)
from src.services.task_statements import COLUMN_NAMES, TRASH_KEEPS

_STEP = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag, as the rows of tasks have it, and what it is sorted by."""

    name_key: str
    line: str


@dataclass(frozen=True, slots=True)
class BatchContext:
    """What holds for the whole batch. ``now`` is the database's instant, as of the transaction's beginning."""

    owner_id: UUID
    own_zone: str
    now: datetime
    now_us: int
    tags: Mapping[UUID, TagLine]


@dataclass(frozen=True, slots=True)
class Done:
    """``status`` is that of the single route; ``task`` what it would show."""

    status: int
    task: TaskPublic | None = None


class TaskBatch:
    """Each operation happens a microsecond after the one before: what goes into the trash together comes back together,
    and nothing else with it.
    """

    def __init__(self, context: BatchContext, stored: Iterable[Values]) -> None:
        self.forest = TaskForest(stored)
        self.empties_trash = False
        """Whether it is the time to let go what has lain in the trash for too long."""
        self._context = context
        self._expiry = context.now - TRASH_KEEPS
        self._now = context.now
        self._now_us = context.now_us

    def apply(self, operation: TaskOperation) -> Done:
        """Raises what the single route raises; then nothing has changed."""
        self._now += _STEP
        self._now_us += 1
        match operation:
            case CreateOperation():
                return self._create(operation.data)
            case UpdateOperation():
                return self._update(self._admitted(operation), operation.data)
            case CompleteOperation():
                return self._complete(self._admitted(operation), operation.data)
            case DeleteOperation():
                return self._delete(operation, operation.data)
            case RestoreOperation():
                return self._restore(self._admitted(operation))

    def _create(self, new: TaskCreate) -> Done:
        values = completed_values(new.model_dump(exclude={"id", "tags"}), own_zone=self._context.own_zone)
        task_id, wanted_hash = new.id or new_id(), content_hash(new)
        stored = self.forest.find(task_id)
        if stored is not None and not self._is_expired(stored):
            if stored["content_hash"] != wanted_hash:
                raise IdInUse
            return Done(200, _public(stored))
        if new.parent_id is not None:
            self.forest.require_parent(new.parent_id, task_id=task_id)
        tags = self._tag_lines(new.tags)
        if stored is not None:
            self.forest.remove(stored)
            self.empties_trash = True
        task = {**dict.fromkeys(COLUMN_NAMES), **self._first_values(), **values, "id": task_id, "tags": tags}
        if new.is_completed:
            task["completed_at"] = self._now
        self.forest.add({**task, "content_hash": wanted_hash})
        return Done(201, _public(task))

    def _update(self, task: Values, changes: TaskUpdate) -> Done:
        refuse_in_trash(task)
        values = completed_values(updated_values(task, changes), own_zone=self._context.own_zone)
        changed = changed_values(task, values)
        if changed.get("parent_id") is not None:
            self.forest.require_parent(changed["parent_id"], task_id=task["id"])
        if is_retagged(task, changes):
            changed["tags"] = self._tag_lines(changes.tags)
        return self._change(task, changed)

    def _complete(self, task: Values, wanted: TaskComplete) -> Done:
        refuse_in_trash(task)
        return self._change(task, changed_values(task, {"is_completed": wanted.is_completed}))

    def _change(self, task: Values, changed: dict[str, Any]) -> Done:
        if "is_completed" in changed:
            changed["completed_at"] = self._now if changed["is_completed"] else None
        if changed:
            self.forest.change(task, changed, now=self._now)
        return Done(200, _public(task))

    def _delete(self, operation: DeleteOperation, removal: TaskRemoval) -> Done:
        task = self._admitted(operation)
        if removal.permanent:
            self.forest.remove(task)
        elif task["deleted_at"] is None:
            self.forest.trash(task, now=self._now)
            self.empties_trash = True
        return Done(204)

    def _restore(self, task: Values) -> Done:
        if task["deleted_at"] is not None:
            self.forest.restore(task, now=self._now)
        return Done(200, _public(task))

    def _admitted(self, operation: OnTask) -> Values:
        """Raises NotFound or PreconditionFailed."""
        task = self.forest.find(operation.id)
        if task is None or self._is_expired(task):
            raise NotFound
        if operation.if_version is not None:
            Precondition(frozenset([operation.if_version])).check(task["version"])
        return task

    def _is_expired(self, task: Values) -> bool:
        return task["deleted_at"] is not None and task["deleted_at"] < self._expiry

    def _first_values(self) -> Values:
        return {
            "user_id": self._context.owner_id,
            "position": position_between(None, None, now_us=self._now_us),
            "version": 1,
            "created_at": self._now,
            "updated_at": self._now,
        }

    def _tag_lines(self, tag_ids: Sequence[UUID]) -> str | None:
        """Raises Invalid."""
        tags = [self._context.tags[tag_id] for tag_id in tag_ids if tag_id in self._context.tags]
        require_tags(tag_ids, found=len(tags))
        return "\n".join(tag.line for tag in sorted(tags, key=lambda tag: tag.name_key)) or None


def _public(task: Mapping[str, Any]) -> TaskPublic:
    return public_task(tuple(task[name] for name in COLUMN_NAMES))
