"""Reads what a batch may touch, and writes what it left, in a number of statements that does not grow with it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Executable

from src.core.errors import Unauthorized, Unavailable
from src.core.security import Principal
from src.database.statements import DatabaseSession, Row, fetch_all, fetch_first
from src.domain.ordering import title_key
from src.domain.search import search_document
from src.schemas.task_bulk import CreateOperation, DeleteOperation, RestoreOperation, TaskOperation, UpdateOperation
from src.services.occurrences import settle
from src.services.task_batch import BatchContext, TagLine, TaskBatch
from src.services.task_bulk_statements import (
    CREATE_TASKS,
    DETACH,
    LOCK_TREES,
    OPEN,
    READ_POSITIONS,
    READ_TAGS,
    READ_TASKS,
    REMOVE_AND_EMPTY_TRASH,
    REMOVE_TASKS,
    SET_DOCUMENTS,
    SET_TAGS_OF_TASKS,
    UPDATE_TASKS,
    UPDATE_TREES,
    all_columns,
    changing_columns,
    tag_pairs,
    tree_columns,
)
from src.services.task_forest import Change, Values, is_whole
from src.services.task_rows import tag_ids_of


class Instance(NamedTuple):
    """What `settle` asks of a task."""

    id: UUID
    recurring_task_id: UUID | None
    occurrence_date: date
    position: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The ids of what operations may read or change.

    ``whole`` tasks are read with all their columns. What is above ``lowest`` and below ``highest`` may count too.
    """

    whole: set[UUID] = field(default_factory=set)
    lowest: set[UUID] = field(default_factory=set)
    highest: set[UUID] = field(default_factory=set)
    tags: set[UUID] = field(default_factory=set)

    @classmethod
    def of(cls, operations: Iterable[TaskOperation]) -> "Reach":
        reach = cls()
        for operation in operations:
            reach._add(operation)
        return reach

    def _add(self, operation: TaskOperation) -> None:
        if isinstance(operation, CreateOperation | UpdateOperation):
            self.tags.update(operation.data.tags or ())
            self.lowest.update(_known(operation.data.parent_id))
        if isinstance(operation, CreateOperation):
            self.whole.update(_known(operation.data.id))
            return
        if not isinstance(operation, DeleteOperation):
            self.whole.add(operation.id)
        if isinstance(operation, RestoreOperation):
            self.lowest.add(operation.id)
        if isinstance(operation, DeleteOperation | RestoreOperation) or _gets_parent(operation):
            self.highest.add(operation.id)


def _known(task_id: UUID | None) -> tuple[UUID, ...]:
    return () if task_id is None else (task_id,)


def _gets_parent(operation: TaskOperation) -> bool:
    return isinstance(operation, UpdateOperation) and operation.data.parent_id is not None


class TaskBatchRows:
    def __init__(self, session: DatabaseSession, owner: Principal) -> None:
        self._session = session
        self._owner = owner

    async def load(self, operations: Iterable[TaskOperation]) -> TaskBatch:
        """Locks the user's row, then the tags, then the tasks: nobody else changes them before the transaction ends."""
        opened = await self._first(OPEN)
        if opened is None:
            raise Unauthorized  # the account was deleted since the transaction was opened
        reach = Reach.of(operations)
        found = await self._all(READ_TAGS, tag_ids=list(reach.tags)) if reach.tags else []
        tags = {tag.id: TagLine(tag.name_key, tag.line) for tag in found}
        context = BatchContext(self._owner.id, opened.timezone, opened.now, opened.now_us, tags)
        return TaskBatch(context, await self._read(reach))

    async def write(self, batch: TaskBatch) -> dict[UUID, str]:
        """The positions of the instances of series that were closed or opened: these may have changed once more.

        Raises Unavailable where a request beside this one has just taken the id that a new task has here.
        """
        new, changed = batch.forest.new(), batch.forest.changed()
        await self._remove(batch, changed)
        await self._create(new)
        await self._update([task for _, task in changed])
        closed_or_opened = [task for before, task in changed if _differ(before, task, "is_completed", "deleted_at")]
        changed += [({}, task) for task in new]
        await self._index([task for before, task in changed if _differ(before, task, "title", "description")])
        await self._tag([task for before, task in changed if _differ(before, task, "tags")])
        return await self._settle([*closed_or_opened, *batch.forest.gone()])

    async def _read(self, reach: Reach) -> Iterable[Values]:
        ids = {"task_ids": list(reach.whole), "lowest": list(reach.lowest), "highest": list(reach.highest)}
        stored = _by_id(await self._all(LOCK_TREES, **ids))
        if not reach.whole.isdisjoint(stored):
            stored |= _by_id(await self._all(READ_TASKS, task_ids=ids["task_ids"]))
        return stored.values()

    async def _remove(self, batch: TaskBatch, changed: Iterable[Change]) -> None:
        removed = batch.forest.removed
        if saved := [task["id"] for before, task in changed if before["parent_id"] in removed]:
            await self._first(DETACH, task_ids=saved)
        if removed or batch.empties_trash:
            statement = REMOVE_AND_EMPTY_TRASH if batch.empties_trash else REMOVE_TASKS
            await self._first(statement, task_ids=list(removed))

    async def _create(self, new: Sequence[Values]) -> None:
        if not new:
            return
        row = await self._first(CREATE_TASKS, **all_columns(map(_with_key, new)))
        assert row is not None
        if row.made != len(new):
            raise Unavailable("Another request used the same id at the same moment")

    async def _update(self, tasks: Sequence[Values]) -> None:
        if whole := [_with_key(task) for task in tasks if is_whole(task)]:
            await self._first(UPDATE_TASKS, **changing_columns(whole))
        if parts := [task for task in tasks if not is_whole(task)]:
            await self._first(UPDATE_TREES, **tree_columns(parts))

    async def _index(self, tasks: Sequence[Values]) -> None:
        if tasks:
            documents = await asyncio.to_thread(self._documents, tasks)  # of 1 MiB of text it takes 0.4 s of work
            await self._first(SET_DOCUMENTS, task_ids=[task["id"] for task in tasks], documents=documents)

    def _documents(self, tasks: Iterable[Values]) -> list[str]:
        return [search_document(self._owner.id, task["title"], task["description"]) for task in tasks]

    async def _tag(self, tasks: Iterable[Values]) -> None:
        if tags_of := {task["id"]: tag_ids_of(task["tags"]) for task in tasks}:
            await self._first(SET_TAGS_OF_TASKS, **tag_pairs(tags_of))

    async def _settle(self, tasks: Iterable[Values]) -> dict[UUID, str]:
        touched = [Instance(*(task[name] for name in Instance._fields)) for task in tasks if task["recurring_task_id"]]
        if not await settle(self._session, self._owner.id, touched):
            return {}
        rows = await self._all(READ_POSITIONS, task_ids=[task.id for task in touched])
        return {row.id: row.position for row in rows}

    async def _first(self, statement: Executable, **parameters: object) -> Row | None:
        return await fetch_first(self._session, statement, owner_id=self._owner.id, **parameters)

    async def _all(self, statement: Executable, **parameters: object) -> Sequence[Row]:
        return await fetch_all(self._session, statement, owner_id=self._owner.id, **parameters)


def _by_id(rows: Iterable[Row]) -> dict[UUID, Values]:
    return {row.id: dict(row) for row in rows}


def _with_key(task: Values) -> Values:
    return {**task, "title_key": title_key(task["title"])}


def _differ(before: Values, task: Values, *names: str) -> bool:
    return any(before.get(name) != task.get(name) for name in names)
