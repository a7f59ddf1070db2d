"""Tasks and their parts in memory: what `task_trees` does in the database, for many changes one after the other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from src.core.errors import Conflict
from src.services.task_trees import require_fit, unknown_parent

Values = dict[str, Any]
"""The columns of a task: all, or those that trees are made of."""

Change = tuple[Values, Values]
"""A task as it is stored, and as it is to be."""

MAXIMUM_PARTS: Final = 50_000


class TooManyParts(Conflict):
    """The operations of a batch may come to parts of tasks 50,000 times. Send fewer, or delete or restore one alone."""

    code = "too_many_parts"
    title = "The tasks have too many parts for one batch"


def is_whole(task: Values) -> bool:
    """Whether it has all columns."""
    return "title" in task


class TaskForest:
    """Tasks of one user, and everything above and below them that a change of theirs can reach.

    Nobody else may give tasks parents meanwhile (see `task_trees`).
    """

    def __init__(self, stored: Iterable[Values]) -> None:
        self._stored: dict[UUID, Values] = {values["id"]: values for values in stored}
        self._tasks: dict[UUID, Values] = {}
        self._parts: defaultdict[UUID, set[UUID]] = defaultdict(set)
        self._budget = MAXIMUM_PARTS
        self.removed: set[UUID] = set()
        """Ids of stored tasks that are to be removed for good, before others are made: their ids may be used again."""
        for values in self._stored.values():
            self.add(dict(values))

    def find(self, task_id: UUID) -> Values | None:
        return self._tasks.get(task_id)

    def add(self, values: Values) -> None:
        self._tasks[values["id"]] = values
        self._hang(values)

    def change(self, task: Values, changed: Values, *, now: datetime) -> None:
        """A change as any other: the version grows by one."""
        if "parent_id" in changed:
            self._parts[task["parent_id"]].discard(task["id"])
        task.update(changed, version=task["version"] + 1, updated_at=now)
        self._hang(task)

    def trash(self, task: Values, *, now: datetime) -> None:
        """With all parts that are not there yet."""
        for each in [task, *self._below(task["id"])]:
            if each["deleted_at"] is None:
                self.change(each, {"deleted_at": now}, now=now)

    def restore(self, task: Values, *, now: datetime) -> None:
        """With the parts that went into the trash with it. Where its parent is there still, it is on its own now."""
        since, parent = task["deleted_at"], self.find(task["parent_id"])
        parts = self._below(task["id"], goes_on=lambda part: part["deleted_at"] == since)
        is_orphan = parent is not None and parent["deleted_at"] is not None
        self.change(task, {"deleted_at": None, **({"parent_id": None} if is_orphan else {})}, now=now)
        for part in parts:
            self.change(part, {"deleted_at": None}, now=now)

    def remove(self, task: Values) -> None:
        """For good, with all parts."""
        for each in [task, *self._below(task["id"])]:
            del self._tasks[each["id"]]
            self._parts[each["parent_id"]].discard(each["id"])
            if each["id"] in self._stored:
                self.removed.add(each["id"])

    def require_parent(self, parent_id: UUID, *, task_id: UUID) -> None:
        """Raises Invalid unless the task, with what is below it, may be a part of this one."""
        parent = self.find(parent_id)
        if parent is None or parent["deleted_at"] is not None:
            raise unknown_parent()
        above = list(self._up(parent_id))
        require_fit(is_circle=task_id in above, depth=len(above) + self._height(task_id))

    def new(self) -> list[Values]:
        return [task for task in self._tasks.values() if not self._is_stored(task)]

    def changed(self) -> list[Change]:
        pairs = [(self._stored[task["id"]], task) for task in self._tasks.values() if self._is_stored(task)]
        return [(before, task) for before, task in pairs if before != task]

    def gone(self) -> list[Values]:
        """The stored tasks that are removed for good."""
        return [self._stored[task_id] for task_id in self.removed]

    def _is_stored(self, task: Values) -> bool:
        return task["id"] in self._stored and task["id"] not in self.removed

    def _hang(self, task: Values) -> None:
        if task["parent_id"] is not None:
            self._parts[task["parent_id"]].add(task["id"])

    def _up(self, task_id: UUID | None) -> Iterator[UUID]:
        while (task := self._tasks.get(task_id) if task_id is not None else None) is not None:
            yield task["id"]
            task_id = task["parent_id"]

    def _below(self, task_id: UUID, *, goes_on: Callable[[Values], bool] = lambda _: True) -> list[Values]:
        return [part for level in self._levels(task_id, goes_on) for part in level]

    def _height(self, task_id: UUID) -> int:
        return len(list(self._levels(task_id, lambda _: True)))

    def _levels(self, task_id: UUID, goes_on: Callable[[Values], bool]) -> Iterator[list[Values]]:
        """The parts, their parts, and so on."""
        level = self._parts_of([task_id], goes_on)
        while level:
            yield level
            level = self._parts_of([part["id"] for part in level], goes_on)

    def _parts_of(self, task_ids: Iterable[UUID], goes_on: Callable[[Values], bool]) -> list[Values]:
        part_ids = [part_id for task_id in task_ids for part_id in self._parts.get(task_id, ())]
        self._budget -= len(part_ids)
        if self._budget < 0:
            raise TooManyParts
        return [part for part in map(self._tasks.__getitem__, part_ids) if goes_on(part)]
